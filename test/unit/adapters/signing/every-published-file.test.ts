import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import {
  AuthorityRevocation,
  CmsVerifier,
  computableUnder,
  GivenRevocation,
  KzSuite,
  trustFolder,
  TrustStore,
  verifyFile,
  XmlVerifier,
} from '../../../../src/adapters/signing/index.ts'
import { signaturePolicy } from '../../../../src/core/signature/index.ts'
import { factsThat } from '../../../factories/test-ca.ts'
import type { FileVerifiers } from '../../../../src/adapters/signing/index.ts'
import type { FactName, SignaturePolicy, Verdict } from '../../../../src/core/signature/index.ts'

/** Published by НУЦ РК and others, not ours to copy: without the folder these tests are skipped. */
const folder = join(import.meta.dirname, '../../../../../shared/reference/pki')
const withMaterial = existsSync(folder) ? describe : describe.skip

const now = new Date('2026-08-12T00:00:00Z')
const suite = new KzSuite()

/** As `daneker verify --trust` does it. The lists that were published are given, nothing is asked. */
const verifiersOf = async (changes: Partial<SignaturePolicy>): Promise<FileVerifiers> => {
  const policy = signaturePolicy({ environment: 'test', ...changes })
  const [test, production] = [
    await trustFolder(join(folder, 'ca/test'), 'test'),
    await trustFolder(join(folder, 'ca/prod'), 'production'),
  ]
  const trust = new TrustStore(
    suite,
    [...test.anchors, ...production.anchors],
    [...test.intermediates, ...production.intermediates],
    computableUnder(policy),
  )
  const crls = readdirSync(join(folder, 'crl')).map((name) => readFileSync(join(folder, 'crl', name)))
  const revocation = new GivenRevocation(
    suite,
    { crls, ocspResponses: [] },
    new AuthorityRevocation({ suite, addresses: new Map() }),
  )
  const deps = { suite, policy, trust, revocation, clock: { now: () => now } }
  return { cms: new CmsVerifier(deps), xml: new XmlVerifier(deps) }
}

interface Row {
  data?: string
  at?: Date
  policy?: Partial<SignaturePolicy>
  verdict: Verdict
  failed?: FactName[]
  unknown?: FactName[]
}

const lenient = { signingCertificate: 'if-present' } as const
const production = { environment: 'production' } as const
/** No list of the root has been published, so of the issuing authority nothing is known offline. */
const offline: FactName[] = ['revocation-authority']

/** What each signature deserves, in our own words; a file without a row is not a signature and must be refused. */
const table: Record<string, Row[]> = {
  'cms/gost2015_individual_attached_tsp.der': [
    { verdict: 'INDETERMINATE', unknown: offline },
    { policy: { revocation: 'if-available' }, verdict: 'VALID' },
    { policy: { revocation: 'if-available', ...production }, verdict: 'INVALID', failed: ['environment'] },
  ],
  'cms/gost2015_individual_detached_tsp.der': [
    {
      data: 'cms/gost2015_individual_document.txt',
      policy: { revocation: 'if-available' },
      verdict: 'VALID',
    },
    { data: 'cms/gost2015_individual_signer.cer', verdict: 'INVALID', failed: ['message-digest'] },
  ],
  // Its certificate had ended before it signed.
  'cms/rsa_attached_lol_kek.cms': [{ policy: lenient, verdict: 'INVALID', failed: ['validity'] }],
  // The second signer's certificate had.
  'cms/two_signers_gost2015_rsa_attached_test123.cms': [
    {
      policy: lenient,
      verdict: 'INVALID',
      failed: ['validity'],
      unknown: ['validity', 'revocation', 'revocation-authority'],
    },
  ],
  // A key for logging in.
  'cms/rsa_prodca_zipmanifest_detached_tsp_2020.cms': [
    {
      data: 'cms/rsa_prodca_zipmanifest_2020.content.xml',
      policy: { ...production, ...lenient },
      verdict: 'INVALID',
      failed: ['key-usage', 'certificate-policy'],
    },
  ],
  // Holds, but nothing proves that it was made before its certificate ended.
  'cms/gost2004_prodca_zipmanifest_detached_2021.cms': [
    {
      data: 'cms/gost2004_prodca_zipmanifest_2021.content.xml',
      policy: { ...production, ...lenient, revocation: 'off' },
      verdict: 'INDETERMINATE',
      unknown: ['algorithms', 'validity'],
    },
    {
      data: 'cms/gost2004_prodca_zipmanifest_2021.content.xml',
      policy: { ...production, ...lenient, revocation: 'off' },
      at: new Date('2021-06-01'),
      verdict: 'VALID',
    },
  ],
  'cms/gost2004_detached_unknown_content.pem': [
    { data: 'cms/gost2015_individual_document.txt', verdict: 'INVALID', failed: ['message-digest'] },
  ],
  'xml/gost2015_enveloped.xml': [
    { policy: { revocation: 'off' }, at: new Date('2025-01-01'), verdict: 'VALID' },
    { policy: { revocation: 'off' }, verdict: 'INDETERMINATE', unknown: ['validity'] },
  ],
  'xml/rsa_enveloped.xml': [{ policy: { revocation: 'off' }, at: new Date('2021-06-01'), verdict: 'VALID' }],
  'xml/gost2015_kalkan_selfsigned_enveloped.xml': [{ verdict: 'INVALID', failed: ['chain'] }],
}

const filesUnder = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()

withMaterial('every published file', () => {
  const exitCodes = { VALID: 0, INVALID: 1, INDETERMINATE: 2 }
  const rows = existsSync(folder)
    ? Object.entries(table).flatMap(([name, ofFile]) => ofFile.map((row) => ({ name, ...row })))
    : []
  it.each(rows)('$name is $verdict', async ({ name, data, at, policy, verdict, failed, unknown }) => {
    const verified = await verifyFile(
      readFileSync(join(folder, name)),
      { ...(data === undefined ? {} : { data: readFileSync(join(folder, data)) }), at },
      await verifiersOf(policy ?? {}),
    )
    if (!verified.ok) throw new Error(verified.faults[0]?.message.en)
    const { report, exitCode } = verified.value
    expect({ verdict: report.verdict, exitCode, failed: factsThat(report, 'failed') }).toEqual({
      verdict,
      exitCode: exitCodes[verdict],
      failed: failed === undefined ? [] : (expect.arrayContaining(failed) as unknown),
    })
    if (unknown !== undefined) expect(factsThat(report, 'unknown').sort()).toEqual([...unknown].sort())
  })

  it('has a row for every signature', () => {
    const signatures = [...filesUnder(join(folder, 'cms')), ...filesUnder(join(folder, 'xml'))].filter(
      (name) => !/content\.xml$|document\.txt$|signer\.cer$/.test(name),
    )
    expect(Object.keys(table).sort()).toEqual(signatures)
  })

  it('is refused with a reason when it is no signature', async () => {
    const verifiers = await verifiersOf({})
    const others = filesUnder(folder).filter((name) => !(name in table))
    expect(others.length).toBeGreaterThan(30)
    for (const name of others) {
      const verified = await verifyFile(readFileSync(join(folder, name)), {}, verifiers)
      if (!verified.ok) throw new Error(`${name}: ${verified.faults[0]?.code}`)
      expect({ name, exitCode: verified.value.exitCode }).toEqual({ name, exitCode: 1 })
      expect(factsThat(verified.value.report, 'failed')).toHaveLength(1)
    }
  })
})
