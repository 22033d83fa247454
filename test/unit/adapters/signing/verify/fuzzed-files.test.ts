import { beforeAll, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { KzSuite, signXml, verifyFile, XmlVerifier } from '../../../../../src/adapters/signing/index.ts'
import { signaturePolicy } from '../../../../../src/core/signature/index.ts'
import { aTestCa, testData, testNow } from '../../../../factories/test-ca.ts'
import type { FileVerifiers } from '../../../../../src/adapters/signing/index.ts'

/** How many changed files of each form; `FUZZ_RUNS` asks for more. */
const numRuns = Number(process.env.FUZZ_RUNS ?? 500)

let verifiers: FileVerifiers
let files: Record<'attached' | 'detached' | 'base64' | 'pem' | 'xml', Uint8Array>

beforeAll(async () => {
  const ca = await aTestCa()
  const key = await ca.issue()
  const policy = signaturePolicy({ environment: 'test', revocation: 'off' })
  const deps = { suite: new KzSuite(), policy, clock: { now: () => testNow } }
  verifiers = { cms: ca.verifier(), xml: new XmlVerifier({ ...deps, trust: ca.trust(policy) }) }
  const attached = await ca.sign(key, { embed: true, certificates: ca.authority.intermediates })
  const text = Buffer.from(attached).toString('base64')
  const xml = await signXml('<акт><сумма>100.00</сумма></акт>', key)
  if (!xml.ok) throw new Error('must be signed')
  files = {
    attached,
    detached: await ca.sign(key),
    base64: Buffer.from(text),
    pem: Buffer.from(`-----BEGIN CMS-----\n${text}\n-----END CMS-----\n`),
    xml: Buffer.from(xml.value),
  }
})

/** Bytes that mean something to one reader or another, and any others. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 4 }),
  fc.constantFrom(
    ...['', '30', '3080', '0000', '3084ffffffff', '04820400', 'a0', '3c', '2d2d2d2d2d'].map((hex) =>
      Buffer.from(hex, 'hex'),
    ),
  ),
)

it.each(['attached', 'detached', 'base64', 'pem', 'xml'] as const)(
  'a changed file (%s) gets a verdict in time and is never an error',
  async (form) => {
    const original = files[form]
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(5), bytes), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (changes, withData) => {
          let changed = Buffer.from(original)
          for (const [at, removed, added] of changes)
            changed = Buffer.concat([changed.subarray(0, at), added, changed.subarray(at + removed)])
          const started = performance.now()
          const verified = await verifyFile(changed, withData ? { data: testData } : {}, verifiers)
          expect(performance.now() - started).toBeLessThan(2_000)
          if (!verified.ok) expect(verified.faults[0]?.code).toMatch(/^VERIFY-0[12]$/)
          else expect(verified.value.report.facts.length).toBeGreaterThan(0)
        },
      ),
      { numRuns },
    )
  },
)
