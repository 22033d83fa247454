import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { rsaPortalKey } from '../../../../../src/adapters/esf/index.ts'
import { verifyRsaTicket } from '../../../../../src/adapters/esf-simulator/signatures.ts'
import { demoKeyOf } from '../../../../../src/adapters/signing/demo-authority/index.ts'
import { cmsKeyOf, KzSuite, Pkcs12Signer, TrustStore } from '../../../../../src/adapters/signing/index.ts'
import { signXml, XmlVerifier } from '../../../../../src/adapters/signing/xmldsig/index.ts'
import { signaturePolicy } from '../../../../../src/core/signature/index.ts'
import { aTestCa, factsThat, testNow } from '../../../../factories/test-ca.ts'
import type { SignaturePolicy } from '../../../../../src/core/signature/index.ts'
import type { TestCa } from '../../../../factories/test-ca.ts'

const suite = new KzSuite()
const document =
  '<?xml version="1.0"?><акт xmlns:т="urn:т"><т:бин>180740000031</т:бин><сумма>100.00</сумма></акт>'
const canonical = '<акт xmlns:т="urn:т"><т:бин>180740000031</т:бин><сумма>100.00</сумма></акт>'

const verifierOf = (ca: TestCa, changes: Partial<SignaturePolicy> = {}): XmlVerifier => {
  const policy = signaturePolicy({ environment: 'test', revocation: 'off', ...changes })
  return new XmlVerifier({ suite, policy, trust: ca.trust(policy), clock: { now: () => testNow } })
}

const pem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`

describe('XML signatures of ours and of xml-crypto', () => {
  it('are checked by it', async () => {
    const ca = await aTestCa({ keyKind: 'rsa-2048' })
    const made = await signXml(document, await ca.issue())
    if (!made.ok) throw new Error('must be signed')
    expect(await verifyRsaTicket(made.value)).toMatchObject({ signedXml: canonical })
    expect(await verifyRsaTicket(made.value.replace('100.00', '900.00'))).toBeUndefined()
  })

  it('are checked by us', async () => {
    const ca = await aTestCa({ keyKind: 'rsa-2048' })
    const identity = await ca.issue()
    const key = rsaPortalKey({
      privateKeyPem: pem('PRIVATE KEY', identity.key.pkcs8),
      certificatePem: pem('CERTIFICATE', identity.certificate),
    })
    const { report, signedBytes } = await verifierOf(ca).verify({
      xml: Buffer.from(await key.signTicket(document)),
    })
    expect(factsThat(report, 'failed')).toEqual([])
    expect(Buffer.from(signedBytes!).toString()).toBe(canonical)
  })
})

it.each(['secp384r1', 'secp521r1'])(
  'ECDSA on %s is written and read as r and s of fixed length',
  async (curve) => {
    const ca = await aTestCa()
    const identity = await ca.issue({
      key: demoKeyOf(generateKeyPairSync('ec', { namedCurve: curve }).privateKey),
    })
    // A short r or s comes once in 128 signatures.
    for (let round = 0; round < 20; round++) {
      const made = await signXml(document, identity)
      if (!made.ok) throw new Error('must be signed')
      expect((await verifierOf(ca).verify({ xml: Buffer.from(made.value) })).report.verdict).toBe('VALID')
    }
  },
)

it('no change of a letter is both believed and seen', async () => {
  const ca = await aTestCa()
  const key = await ca.issue()
  const once = await signXml(document, key)
  const twice = once.ok ? await signXml(once.value, await ca.issue()) : once
  if (!twice.ok) throw new Error('must be signed')
  const verifier = verifierOf(ca)
  const letters = fc.constantFrom(
    '',
    '<',
    '>',
    '&',
    '"',
    ' ',
    '\n',
    '0',
    'a',
    'A',
    '/',
    '!',
    '<!--',
    '-->',
    '<a/>',
    'ds:',
    '=',
    '\0',
  )
  await fc.assert(
    fc.asyncProperty(fc.nat(twice.value.length - 1), fc.nat(3), letters, async (at, removed, added) => {
      const changed = twice.value.slice(0, at) + added + twice.value.slice(at + removed)
      const { report, signedBytes } = await verifier.verify({ xml: Buffer.from(changed) })
      if (report.verdict === 'VALID' || signedBytes !== undefined)
        expect(Buffer.from(signedBytes!).toString()).toBe(canonical)
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 600) },
  )
})

/** Test keys of НУЦ РК are not ours to copy: skipped without the folder. */
const folder = join(import.meta.dirname, '../../../../../../shared/reference/pki/p12')
const withKeys = existsSync(folder) ? describe : describe.skip
const names = existsSync(folder) ? readdirSync(folder).filter((name) => !name.includes('AUTH')) : []

withKeys('a signature over XML with the published key', () => {
  it.each(names)('%s holds', async (name) => {
    const password = name.includes('Aa123456') ? 'Aa123456' : 'Qwerty12'
    const opened = await Pkcs12Signer.open(readFileSync(join(folder, name)), password, {
      clock: { now: () => testNow },
    })
    if (!opened.ok) throw new Error(opened.faults[0]?.message.en)
    const made = await signXml(document, cmsKeyOf(opened.value.rawKey))
    if (!made.ok) throw new Error('must be signed')
    const policy = signaturePolicy({ environment: 'test', revocation: 'off' })
    const verifier = new XmlVerifier({
      suite,
      policy,
      trust: new TrustStore(suite, []),
      clock: { now: () => testNow },
    })
    const at = opened.value.certificate.notBefore
    const { report, signedBytes } = await verifier.verify({ xml: Buffer.from(made.value), at })
    expect(factsThat(report, 'failed')).not.toContain('algorithms')
    expect(Buffer.from(signedBytes!).toString()).toBe(canonical)
  })
})
