import { expect, it } from '@jest/globals'
import { verifyFile } from '../../../../../src/adapters/signing/index.ts'
import { aTestCa, testData, testNow } from '../../../../factories/test-ca.ts'

it('takes the document out of a signature that carries it', async () => {
  const ca = await aTestCa()
  const cms = await ca.sign(await ca.issue(), { embed: true })
  expect(await verifyFile(cms, {}, ca.verifier())).toMatchObject({
    ok: true,
    value: { content: 'embedded', exitCode: 0, report: { verdict: 'VALID' } },
  })
})

it('asks for the document of a detached signature', async () => {
  const ca = await aTestCa()
  const cms = await ca.sign(await ca.issue())
  expect(await verifyFile(cms, {}, ca.verifier())).toMatchObject({
    ok: false,
    faults: [{ code: 'VERIFY-01' }],
  })
  expect(await verifyFile(cms, { data: testData }, ca.verifier())).toMatchObject({
    ok: true,
    value: { content: 'given', exitCode: 0 },
  })
})

it('ends with 1 for INVALID, noise included, and with 2 for INDETERMINATE', async () => {
  const ca = await aTestCa()
  expect(await verifyFile(Buffer.from('noise'), {}, ca.verifier())).toMatchObject({
    ok: true,
    value: { exitCode: 1 },
  })
  const ended = await ca.issue({ notAfter: new Date(testNow.getTime() - 1000) })
  const cms = await ca.sign(ended, { signingTime: new Date(testNow.getTime() - 60_000) })
  expect(await verifyFile(cms, { data: testData }, ca.verifier())).toMatchObject({
    ok: true,
    value: { exitCode: 2 },
  })
})
