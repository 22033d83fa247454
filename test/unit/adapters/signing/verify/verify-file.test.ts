import { expect, it } from '@jest/globals'
import { KzSuite, signXml, verifyFile, XmlVerifier } from '../../../../../src/adapters/signing/index.ts'
import { signaturePolicy } from '../../../../../src/core/signature/index.ts'
import { aTestCa, testData, testNow } from '../../../../factories/test-ca.ts'
import type { FileVerifiers } from '../../../../../src/adapters/signing/index.ts'
import type { TestCa } from '../../../../factories/test-ca.ts'

const checkers = (ca: TestCa): FileVerifiers => {
  const policy = signaturePolicy({ environment: 'test', revocation: 'off' })
  const trust = ca.trust(policy)
  return {
    cms: ca.verifier(),
    xml: new XmlVerifier({ suite: new KzSuite(), policy, trust, clock: { now: () => testNow } }),
  }
}

it('takes the document out of a signature that carries it', async () => {
  const ca = await aTestCa()
  const cms = await ca.sign(await ca.issue(), { embed: true })
  expect(await verifyFile(cms, {}, checkers(ca))).toMatchObject({
    ok: true,
    value: { content: 'embedded', exitCode: 0, report: { verdict: 'VALID' } },
  })
})

it('asks for the document of a detached signature', async () => {
  const ca = await aTestCa()
  const cms = await ca.sign(await ca.issue())
  expect(await verifyFile(cms, {}, checkers(ca))).toMatchObject({
    ok: false,
    faults: [{ code: 'VERIFY-01' }],
  })
  expect(await verifyFile(cms, { data: testData }, checkers(ca))).toMatchObject({
    ok: true,
    value: { content: 'given', exitCode: 0 },
  })
})

it('ends with 1 for INVALID, noise included, and with 2 for INDETERMINATE', async () => {
  const ca = await aTestCa()
  expect(await verifyFile(Buffer.from('noise'), {}, checkers(ca))).toMatchObject({
    ok: true,
    value: { exitCode: 1 },
  })
  const ended = await ca.issue({ notAfter: new Date(testNow.getTime() - 1000) })
  const cms = await ca.sign(ended, { signingTime: new Date(testNow.getTime() - 60_000) })
  expect(await verifyFile(cms, { data: testData }, checkers(ca))).toMatchObject({
    ok: true,
    value: { exitCode: 2 },
  })
})

it('knows a signed XML file by its first letter, in any encoding', async () => {
  const ca = await aTestCa()
  const made = await signXml('<акт><сумма>100</сумма></акт>', await ca.issue())
  if (!made.ok) throw new Error('must be signed')
  const forms = [
    Buffer.from(made.value),
    Buffer.from(`\n ${made.value}`),
    Buffer.from(`\ufeff${made.value}`),
    Buffer.from(`\ufeff${made.value}`, 'utf16le'),
  ]
  for (const form of forms) {
    expect(await verifyFile(form, {}, checkers(ca))).toMatchObject({
      ok: true,
      value: { form: 'xml', content: 'embedded', exitCode: 0 },
    })
  }
  expect(await verifyFile(Buffer.from('<акт/>'), {}, checkers(ca))).toMatchObject({ value: { exitCode: 1 } })
  expect(await verifyFile(forms[0]!, { data: testData }, checkers(ca))).toMatchObject({
    ok: false,
    faults: [{ code: 'VERIFY-02' }],
  })
})
