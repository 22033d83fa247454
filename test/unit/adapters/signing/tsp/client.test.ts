import { afterEach, beforeEach, expect, it } from '@jest/globals'
import {
  answerTimeStamp,
  refuseTimeStamp,
  writePkcs12,
} from '../../../../../src/adapters/signing/demo-authority/index.ts'
import { KzSuite, Pkcs12Signer, TspClient } from '../../../../../src/adapters/signing/index.ts'
import { signaturePolicy } from '../../../../../src/core/signature/index.ts'
import { anAuthorityServer } from '../../../../factories/authority-server.ts'
import { aTestCa, testData, testNow } from '../../../../factories/test-ca.ts'
import type {
  DemoKeyKind,
  TimeStampAnswerOptions,
} from '../../../../../src/adapters/signing/demo-authority/index.ts'
import type { UpstreamWord } from '../../../../../src/core/kernel/index.ts'
import type { Answer, AuthorityServer } from '../../../../factories/authority-server.ts'
import type { TestCa } from '../../../../factories/test-ca.ts'

const clock = { now: () => testNow }
let server: AuthorityServer
let ca: TestCa

beforeEach(async () => {
  ca = await aTestCa()
  server = await anAuthorityServer(() => 404)
})
afterEach(() => server.stop())

const client = (timeoutMs?: number): TspClient => {
  const policy = signaturePolicy({ environment: 'test' })
  return new TspClient({
    url: server.url,
    clock,
    timeoutMs,
    verify: { suite: new KzSuite(), policy, trust: ca.trust(policy) },
  })
}
const answering = (options: Partial<TimeStampAnswerOptions> = {}): void => {
  server.answer = (body) => answerTimeStamp(ca.authority, body, { now: testNow, ...options })
}

it.each<DemoKeyKind>(['ec-p256', 'rsa-2048', 'gost-2015-512'])(
  'a signer puts a stamp of a %s authority on his GOST signature, and it is VALID',
  async (keyKind) => {
    ca = await aTestCa({ keyKind })
    answering()
    const { key, certificate } = await ca.issue({ keyKind: 'gost-2015-512' })
    const file = await writePkcs12({
      pkcs8: key.pkcs8,
      certificates: [certificate],
      password: 'p',
      friendlyName: 'k',
    })
    const signer = await Pkcs12Signer.open(file, 'p', { clock, timeStamper: client() })
    if (!signer.ok) throw new Error('must open')
    const { cms } = await signer.value.sign(testData)
    const report = await ca.verifier({ timeStamp: 'required' }).verify({ cms, data: testData })
    expect(report.verdict).toBe('VALID')
    expect(report.signers[0]).toMatchObject({ trustedTimeSource: 'time-stamp', trustedTime: testNow })
    const without = await signer.value.sign(testData, { timeStamp: false })
    expect(
      (await ca.verifier({ timeStamp: 'required' }).verify({ ...without, data: testData })).verdict,
    ).toBe('INDETERMINATE')
  },
)

const refused: [string, () => Promise<Partial<TimeStampAnswerOptions>> | Partial<TimeStampAnswerOptions>][] =
  [
    ['a stamp over something else', () => ({ imprint: new Uint8Array(64) })],
    ['a stamp under another policy', () => ({ policy: '1.2.3' })],
    ['a stamp with another nonce', () => ({ nonce: 'change' })],
    ['a stamp of a signer of documents', async () => ({ signer: await ca.issue() })],
    ['a stamp of a foreign authority', async () => ({ signer: (await aTestCa()).authority.timeStamper })],
    ['a stamp from the future', () => ({ now: new Date(testNow.getTime() + 600_000) })],
  ]
it.each(refused)('does not take %s', async (_name, options) => {
  answering(await options())
  await expect(client().stamp(testData)).rejects.toMatchObject({ word: 'refused', partner: 'tsp' })
})

const words: [string, Answer, UpstreamWord][] = [
  ['a refusal', () => refuseTimeStamp(), 'refused'],
  ['noise', () => Buffer.from('hello'), 'refused'],
  ['HTTP 503', () => 503, 'busy'],
  ['silence', () => undefined, 'unreachable'],
]
it.each(words)('says what %s means', async (_name, answer, word) => {
  server.answer = answer
  await expect(client(200).stamp(testData)).rejects.toMatchObject({ word, partner: 'tsp' })
})
