import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { NcanodeSigner } from '../../../../../src/adapters/signing/index.ts'
import { anAuthorityServer } from '../../../../factories/authority-server.ts'
import { aTestCa, testData } from '../../../../factories/test-ca.ts'
import type { UpstreamWord } from '../../../../../src/core/kernel/index.ts'
import type { Answer, AuthorityServer } from '../../../../factories/authority-server.ts'

const password = 'очень-тайный-пароль'
let server: AuthorityServer
let requests: Record<string, unknown>[]

beforeEach(async () => {
  requests = []
  server = await anAuthorityServer(() => 404)
})
afterEach(() => server.stop())

const answering = (answer: Answer): void => {
  server.answer = (body, path) => {
    requests.push(JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, unknown>)
    return answer(body, path)
  }
}
const json = (body: unknown): Uint8Array => Buffer.from(JSON.stringify(body))
const signer = (timeoutMs?: number): NcanodeSigner =>
  new NcanodeSigner({ url: server.url, keyFile: Buffer.from('key file'), password, timeoutMs })

it('asks NCANode for a detached signature with a stamp of the GOST 2015 authority', async () => {
  const ca = await aTestCa()
  const cms = await ca.sign(await ca.issue())
  answering(() => json({ status: 200, message: 'OK', cms: Buffer.from(cms).toString('base64') }))
  const signed = await signer().sign(testData)
  expect((await ca.verifier().verify({ ...signed, data: testData })).verdict).toBe('VALID')
  expect(server.asked).toEqual(['/cms/sign'])
  expect(requests).toEqual([
    {
      data: testData.toString('base64'),
      signers: [{ key: Buffer.from('key file').toString('base64'), password, keyAlias: null }],
      withTsp: true,
      tsaPolicy: 'TSA_GOST2015_POLICY',
      detached: true,
    },
  ])
})

const bad: [string, Answer, UpstreamWord][] = [
  ['a refusal in the body', () => json({ status: 400, message: `wrong password ${password}` }), 'refused'],
  ['HTTP 400', () => 400, 'refused'],
  ['HTTP 500', () => 500, 'refused'],
  ['HTTP 503', () => 503, 'busy'],
  ['an answer without a signature', () => json({ status: 200 }), 'refused'],
  ['a signature that is none', () => json({ status: 200, cms: 'AAAA' }), 'refused'],
  ['a page', () => Buffer.from('<html>'), 'refused'],
  ['silence', () => undefined, 'unreachable'],
]
it.each(bad)('says what %s means, and never the password', async (_name, answer, word) => {
  answering(answer)
  const error: unknown = await signer(200)
    .sign(testData)
    .catch((cause: unknown) => cause)
  expect(error).toMatchObject({ word, partner: 'ncanode' })
  expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toContain(password)
})

it('does not take an attached signature for a detached one', async () => {
  const ca = await aTestCa()
  const cms = await ca.sign(await ca.issue(), { embed: true })
  answering(() => json({ status: 200, cms: Buffer.from(cms).toString('base64') }))
  await expect(signer().sign(testData)).rejects.toMatchObject({ word: 'refused' })
})

it('refuses to send a password over plain http to another machine', () => {
  expect(
    () => new NcanodeSigner({ url: 'http://ncanode.example:14579', keyFile: new Uint8Array(0), password }),
  ).toThrow(/https/)
})

const contract = join(
  import.meta.dirname,
  '../../../../../../shared/reference/pki/protocol/ncanode_v3_openapi.yml',
)
const withContract = existsSync(contract) ? it : it.skip

// The contract is published by NCANode and not ours to copy: skipped without it.
withContract('sends what the contract of NCANode v3 names', async () => {
  answering(() => 400)
  await signer()
    .sign(testData)
    .catch(() => undefined)
  const { components } = parse(readFileSync(contract, 'utf8')) as {
    components: {
      schemas: Record<string, { properties: Record<string, { enum?: string[] }>; required?: string[] }>
    }
  }
  const { CmsCreateRequest: request, SignerRequest: one } = components.schemas
  const [sent] = requests
  expect(Object.keys(request!.properties)).toEqual(expect.arrayContaining(Object.keys(sent!)))
  expect(Object.keys(sent!)).toEqual(expect.arrayContaining(request!.required ?? []))
  expect(request!.properties['tsaPolicy']?.enum ?? [sent!['tsaPolicy']]).toContain(sent!['tsaPolicy'])
  const [key] = sent!['signers'] as Record<string, unknown>[]
  expect(Object.keys(one!.properties)).toEqual(expect.arrayContaining(Object.keys(key!)))
  expect(Object.keys(key!)).toEqual(expect.arrayContaining(one!.required ?? []))
})
