import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { unwrapDer } from '../../../../src/adapters/signing/cms/index.ts'
import { checkDer, readOne, sequence } from '../../../../src/adapters/signing/der/index.ts'
import {
  CmsVerifier,
  computableUnder,
  KzSuite,
  Pkcs12Signer,
  TrustStore,
} from '../../../../src/adapters/signing/index.ts'
import {
  RevocationList,
  weighLists,
  weighOcspResponse,
} from '../../../../src/adapters/signing/revocation/index.ts'
import { tokenInfo } from '../../../../src/adapters/signing/tsp/index.ts'
import { collectTimeStamp } from '../../../../src/adapters/signing/verify/time-stamp.ts'
import { readCertificate } from '../../../../src/adapters/signing/x509/index.ts'
import { XmlVerifier } from '../../../../src/adapters/signing/xmldsig/index.ts'
import { signaturePolicy } from '../../../../src/core/signature/index.ts'
import { factsThat } from '../../../factories/test-ca.ts'
import type { Anchor } from '../../../../src/adapters/signing/index.ts'
import type { Certificate } from '../../../../src/adapters/signing/x509/index.ts'
import type { FactName, SignaturePolicy, Verdict } from '../../../../src/core/signature/index.ts'

/**
 * Certificates, signatures, lists and answers that НУЦ РК and others published, with the verdicts they deserve.
 * They are not ours to copy, so without the folder these tests are skipped; everything they show is also shown by
 * tests on files made here.
 */
const folder = join(import.meta.dirname, '../../../../../shared/reference/pki')
const withMaterial = existsSync(folder) ? describe : describe.skip

const file = (...path: string[]): Uint8Array => readFileSync(join(folder, ...path))
const now = new Date('2026-08-12T00:00:00Z')
const suite = new KzSuite()

const certificates = (environment: 'prod' | 'test'): { name: string; certificate: Certificate }[] =>
  readdirSync(join(folder, 'ca', environment)).map((name) => {
    const der = unwrapDer(file('ca', environment, name))
    checkDer(der)
    return { name, certificate: readCertificate(Uint8Array.from(der)) }
  })

const isRoot = ({ subject, issuer }: Certificate): boolean => Buffer.from(subject).equals(issuer)

const trustOf = (policy: SignaturePolicy): TrustStore => {
  const all = (['prod', 'test'] as const).flatMap((folderName) =>
    certificates(folderName).map((one) => ({
      ...one,
      environment: folderName === 'prod' ? ('production' as const) : ('test' as const),
    })),
  )
  const anchors: Anchor[] = all
    .filter(({ certificate }) => isRoot(certificate))
    .map((one) => ({ ...one, uses: ['signer', 'time-stamp'] as const }))
  const rest = all.filter(({ certificate }) => !isRoot(certificate)).map(({ certificate }) => certificate)
  return new TrustStore(suite, anchors, rest, computableUnder(policy))
}

const verifier = (changes: Partial<SignaturePolicy> = {}, at = now): CmsVerifier => {
  const policy = signaturePolicy({ environment: 'test', revocation: 'off', ...changes })
  return new CmsVerifier({ suite, policy, trust: trustOf(policy), clock: { now: () => at } })
}

interface Expected {
  cms: string
  data: string | Buffer
  policy?: Partial<SignaturePolicy>
  now?: Date
  verdict: Verdict
  failed?: FactName[]
  unknown?: FactName[]
}

const zip2020 = 'rsa_prodca_zipmanifest_2020.content.xml'
const zip2021 = 'gost2004_prodca_zipmanifest_2021.content.xml'
const lenient = { signingCertificate: 'if-present' } as const

const table: Expected[] = [
  { cms: 'gost2015_individual_attached_tsp.der', data: 'gost2015_individual_document.txt', verdict: 'VALID' },
  { cms: 'gost2015_individual_detached_tsp.der', data: 'gost2015_individual_document.txt', verdict: 'VALID' },
  {
    cms: 'gost2015_individual_detached_tsp.der',
    data: Buffer.from('other'),
    verdict: 'INVALID',
    failed: ['message-digest'],
  },
  // A test key in production, though its stamp comes from the production authority.
  {
    cms: 'gost2015_individual_detached_tsp.der',
    data: 'gost2015_individual_document.txt',
    policy: { environment: 'production' },
    verdict: 'INVALID',
    failed: ['environment'],
  },
  // Years later the certificate has ended; the stamp still proves the signature.
  {
    cms: 'gost2015_individual_detached_tsp.der',
    data: 'gost2015_individual_document.txt',
    now: new Date('2035-01-01'),
    verdict: 'VALID',
  },
  {
    cms: 'rsa_attached_lol_kek.cms',
    data: Buffer.from('lol_kek'),
    verdict: 'INVALID',
    failed: ['signing-certificate', 'validity'],
  },
  {
    cms: 'rsa_attached_lol_kek.cms',
    data: Buffer.from('lol_kek'),
    policy: lenient,
    verdict: 'INVALID',
    failed: ['validity'],
  },
  {
    cms: 'two_signers_gost2015_rsa_attached_test123.cms',
    data: Buffer.from('test123'),
    policy: lenient,
    verdict: 'INVALID',
    failed: ['validity'],
    unknown: ['validity'],
  },
  {
    cms: 'rsa_prodca_zipmanifest_detached_tsp_2020.cms',
    data: zip2020,
    policy: { environment: 'production' },
    verdict: 'INVALID',
    failed: ['key-usage', 'certificate-policy'],
  },
  {
    cms: 'gost2004_prodca_zipmanifest_detached_2021.cms',
    data: zip2021,
    policy: { environment: 'production', ...lenient },
    verdict: 'INDETERMINATE',
    failed: [],
    unknown: ['algorithms', 'validity'],
  },
  {
    cms: 'gost2004_detached_unknown_content.pem',
    data: Buffer.from('?'),
    policy: { ...lenient, defaultRoles: ['employee'] },
    verdict: 'INVALID',
    failed: ['message-digest'],
    unknown: ['algorithms', 'validity'],
  },
]

withMaterial('published signatures', () => {
  it.each(table)('$cms is $verdict', async ({ cms, data, policy, now: at, verdict, failed, unknown }) => {
    const bytes = typeof data === 'string' ? file('cms', data) : data
    const report = await verifier(policy, at).verify({ cms: file('cms', cms), data: bytes })
    expect({ failed: factsThat(report, 'failed'), verdict: report.verdict }).toEqual({
      failed: failed ?? [],
      verdict,
    })
    expect(factsThat(report, 'unknown')).toEqual(unknown ?? [])
  })

  it('tells who signed', async () => {
    const report = await verifier().verify({
      cms: file('cms', 'gost2015_individual_attached_tsp.der'),
      data: file('cms', 'gost2015_individual_document.txt'),
    })
    expect(report.signers).toMatchObject([
      {
        keyAlgorithm: 'GOST-2015-512',
        roles: ['person'],
        trustedTimeSource: 'time-stamp',
        trustedTime: new Date('2026-07-20T09:08:07Z'),
        signingTime: new Date('2026-07-20T09:08:06Z'),
      },
    ])
  })
})

withMaterial('published signed XML', () => {
  const xmlVerifier = (): XmlVerifier => {
    const policy = signaturePolicy({ environment: 'test', revocation: 'off' })
    return new XmlVerifier({ suite, policy, trust: trustOf(policy), clock: { now: () => now } })
  }
  const rows: { name: string; at?: Date; verdict: Verdict; failed?: FactName[]; unknown?: FactName[] }[] = [
    { name: 'gost2015_enveloped.xml', at: new Date('2025-01-01'), verdict: 'VALID' },
    // Its certificate ended in October 2025 and nothing in the file proves when it was signed.
    { name: 'gost2015_enveloped.xml', verdict: 'INDETERMINATE', unknown: ['validity'] },
    { name: 'rsa_enveloped.xml', at: new Date('2021-06-01'), verdict: 'VALID' },
    { name: 'rsa_enveloped.xml', verdict: 'INDETERMINATE', unknown: ['validity'] },
    {
      name: 'gost2015_kalkan_selfsigned_enveloped.xml',
      verdict: 'INVALID',
      failed: ['chain', 'validity', 'key-usage', 'certificate-policy', 'role'],
    },
  ]
  it.each(rows)('$name is $verdict at $at', async ({ name, at, verdict, failed, unknown }) => {
    const { report, signedBytes } = await xmlVerifier().verify({ xml: file('xml', name), at })
    expect({ failed: factsThat(report, 'failed'), unknown: factsThat(report, 'unknown') }).toEqual({
      failed: failed ?? [],
      unknown: unknown ?? [],
    })
    expect(report.verdict).toBe(verdict)
    // Whoever signed: the signature itself holds, and these are the bytes.
    expect(Buffer.from(signedBytes!).toString()).toMatch(/^<(test><message|a><b>test|root><a>1)/)
  })

  it.each(rows)('$name is INVALID once a letter has been changed', async ({ name, at }) => {
    const text = Buffer.from(file('xml', name)).toString('utf8')
    const changed = text.replace(/>(\w)/, '>x$1')
    const { report, signedBytes } = await xmlVerifier().verify({ xml: Buffer.from(changed), at })
    expect(factsThat(report, 'failed')).toContain('message-digest')
    expect(signedBytes).toBeUndefined()
  })
})

withMaterial('published authorities', () => {
  it.each(['prod', 'test'] as const)(
    'all certificates of %s chain to their roots by signature',
    async (environment) => {
      const trust = trustOf(signaturePolicy())
      for (const { name, certificate } of certificates(environment)) {
        const { evidence } = await trust.chainOf(certificate, [], 'signer')
        expect({ name, environment: evidence.anchor?.environment }).toEqual({
          name,
          environment: environment === 'prod' ? 'production' : 'test',
        })
      }
    },
  )
})

withMaterial('published keys', () => {
  const keys: [string, string, Verdict, FactName[]][] = [
    ['gost2015_2026_individual_valid.p12', 'Qwerty12', 'VALID', []],
    ['gost2015_2026_legal_ceo_valid.p12', 'Qwerty12', 'VALID', []],
    ['gost2015_2026_legal_employee_valid.p12', 'Qwerty12', 'INVALID', ['role']],
    ['gost2015_2026_treasury_client_valid.p12', 'Qwerty12', 'INVALID', ['role']],
    ['gost2015_2026_digital_system_valid.p12', 'Qwerty12', 'INVALID', ['role']],
    // Revocation is asked elsewhere: by its own list below.
    ['gost2015_2026_legal_ceo_revoked.p12', 'Qwerty12', 'VALID', []],
  ]
  it.each(keys)('a signature by %s (password %s) is %s', async (name, password, verdict, failed) => {
    const clock = { now: () => now }
    const signer = await Pkcs12Signer.open(file('p12', name), password, { clock })
    if (!signer.ok) throw new Error(signer.faults[0]?.message.en)
    const data = Buffer.from('документ')
    const report = await verifier().verify({ ...(await signer.value.sign(data)), data })
    expect({ verdict: report.verdict, failed: factsThat(report, 'failed') }).toEqual({ verdict, failed })
  })

  it.each(['rsa_2023_individual_AUTH_expired.p12', 'rsa_2023_legal_ceo_AUTH_expired.p12'])(
    '%s is no signing key',
    async (name) => {
      const signer = await Pkcs12Signer.open(file('p12', name), 'Qwerty12', { clock: { now: () => now } })
      expect(signer.ok ? [] : signer.faults.map((fault) => fault.code)).toEqual(['SIGNER-01'])
    },
  )
})

const issuerNamed = (name: string): Certificate =>
  certificates('test').find((one) => one.name === name)!.certificate

/** Certificates of НУЦ begin with their serial; a stand-in with the serial asked about is enough for lists. */
const withSerial = (serial: string): Certificate => ({ ...issuerNamed('nca_gost2022_test.cer'), serial })

withMaterial('published revocation data', () => {
  it.each([
    ['nca_gost2022_test_20260811.crl', 'nca_gost2022_test.cer', 195],
    ['nca_gost2022_d_test_20250429.crl', 'nca_gost2022_test.cer', 0],
    ['nca_gost_test_20231117.crl', 'nca_gost_test.cer', 6],
    ['nca_rsa_test_20231117.crl', 'nca_rsa_test.cer', 9],
  ])('%s is signed by its authority and has its entries', async (name, issuer, size) => {
    const list = await RevocationList.read(file('crl', name))
    expect(list.size).toBe(size)
    expect(await list.isSignedBy(issuerNamed(issuer), suite)).toBe(true)
    expect(await list.isSignedBy(issuerNamed('root_test_gost_2022.cer'), suite)).toBe(false)
  })

  it('finds the revoked key of 2026, and not the valid one', async () => {
    const issuer = issuerNamed('nca_gost2022_test.cer')
    const base = file('crl', 'nca_gost2022_test_20260811.crl')
    const serialOf = async (name: string): Promise<string> => {
      const signer = await Pkcs12Signer.open(file('p12', name), 'Qwerty12', { clock: { now: () => now } })
      if (!signer.ok) throw new Error('must open')
      return signer.value.certificate.serial
    }
    const revoked = await weighLists(
      base,
      undefined,
      withSerial(await serialOf('gost2015_2026_legal_ceo_revoked.p12')),
      issuer,
      suite,
    )
    expect(revoked).toMatchObject({ status: 'revoked', reason: 'certificateHold' })
    const valid = await weighLists(
      base,
      undefined,
      withSerial(await serialOf('gost2015_2026_legal_ceo_valid.p12')),
      issuer,
      suite,
    )
    expect(valid).toMatchObject({ status: 'good' })
  })

  it('reads an OCSP answer "revoked in 1970" as never issued', async () => {
    const issuer = issuerNamed('nca_gost2022_test.cer')
    const opened = await Pkcs12Signer.open(file('p12', 'gost2015_2022_individual_Aa123456.p12'), 'Aa123456', {
      clock: { now: () => now },
    })
    if (!opened.ok) throw new Error('must open')
    const certificate = withSerial(opened.value.certificate.serial)
    const answer = await weighOcspResponse(
      file('ocsp', 'ocsp_response_individual_2015.bin'),
      { certificate, issuer },
      suite,
    )
    expect(answer).toMatchObject({ status: 'unknown', thisUpdate: new Date('2022-09-02T16:58:34Z') })
  })

  it('reads an OCSP answer "good" of an RSA responder', async () => {
    const opened = await Pkcs12Signer.open(file('p12', 'rsa_2021_individual_sign_expired.p12'), 'Qwerty12', {
      clock: { now: () => now },
    })
    if (!opened.ok) throw new Error('must open')
    const certificate = withSerial(opened.value.certificate.serial)
    const answer = await weighOcspResponse(
      file('ocsp', 'ocsp_response_individual_sign_2004.bin'),
      { certificate, issuer: issuerNamed('nca_rsa_test_old.crt') },
      suite,
    )
    expect(answer).toMatchObject({ status: 'good' })
  })

  it('reads a time-stamp token of the GOST 2004 authority', async () => {
    const [, token] = sequence(readOne(file('tsp', 'tsp_response.bin')), 'response')
    expect(tokenInfo(token!.bytes)).toMatchObject({
      policy: '1.2.398.3.3.2.6.1',
      genTime: new Date('2022-09-18T13:20:14Z'),
    })
    const policy = signaturePolicy({ environment: 'test' })
    const evidence = await collectTimeStamp(token!.bytes, new Uint8Array(0), {
      suite,
      policy,
      trust: trustOf(policy),
    })
    expect(evidence).toMatchObject({
      signature: 'holds',
      imprintMatches: false,
      digest: 'sha-1',
      chain: { anchor: { environment: 'test' } },
    })
  })
})
