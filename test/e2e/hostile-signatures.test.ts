import { afterAll, beforeAll, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { makeCms } from '../../src/adapters/signing/index.ts'
import {
  oids,
  tlv,
  tags,
  writeContext,
  writeInteger,
  writeNull,
  writeOctets,
  writeOid,
  writeSequence,
  writeSetOf,
} from '../../src/adapters/signing/der/index.ts'
import { silentLog, type Log } from '../../src/core/kernel/index.ts'
import { anAct, sellerTaxId } from '../factories/documents.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import {
  aRunningGateway,
  basicOf,
  connectCompany,
  testAuthority,
  type RunningGateway,
} from '../factories/running-gateway.ts'
import { soapCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

/** How many changed signatures through each door; `FUZZ_RUNS` asks for more. */
const numRuns = Number(process.env.FUZZ_RUNS ?? 250)

/** The promise is 2 s on a quiet machine; tests share theirs. */
const limitMs = process.env.FUZZ_RUNS === undefined ? 6_000 : 2_000

const surprises: unknown[] = []
const log: Log = { ...silentLog, error: (...line: unknown[]) => void surprises.push(line) }

let running: RunningGateway
let signs: RestClient
let basic: string
let documentId: string
let good: Buffer

/** A document that waits, and the right signature for it. */
const anotherDocument = async (): Promise<void> => {
  documentId = (await signs.post<{ documentId: string }>('/documents/act', anAct())).documentId
  const data = await signs.bytes(`/documents/${documentId}/content`)
  const authority = await testAuthority()
  const identity = await authority.issue({
    subject: { commonName: 'ТЕСТОВ ТЕСТ', iin: '900101300017', bin: sellerTaxId, organization: 'ТОО' },
  })
  good = Buffer.from(
    await makeCms(data, identity, { signingTime: new Date(), certificates: authority.intermediates }),
  )
}

beforeAll(async () => {
  running = await aRunningGateway('embedded', {}, log)
  const base = await connectCompany(running.gateway, running.authority, {
    taxId: sellerTaxId,
    name: 'ТОО «Алатау Снаб»',
    signing: 'sender',
  })
  basic = basicOf(base)
  signs = restClient(() => `${running.gateway.url}/api/v1`, basic)
  await anotherDocument()
}, serverStartMs)
afterAll(() => running.stop())

interface Outcome {
  status: number
  code: string
  tookMs: number
}

const byRest = async (cms: Buffer): Promise<Outcome> => {
  const start = performance.now()
  const { status, body } = await signs.ask('POST', `/documents/${documentId}/signature`, {
    cms: cms.toString('base64'),
  })
  return { status, code: (body as { code?: string }).code ?? '', tookMs: performance.now() - start }
}

const bySoap = async (cms: Buffer): Promise<Outcome> => {
  const start = performance.now()
  const answer = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
    method: 'POST',
    headers: { authorization: basic, 'content-type': 'text/xml; charset=utf-8' },
    body: soapCall('SubmitSignature', [
      ['DocumentId', documentId],
      ['Signature', cms.toString('base64')],
    ]),
  })
  const xml = await answer.text()
  const code = /<m:Code>([^<]+)</.exec(xml)?.[1] ?? ''
  // A SOAP fault is always 500; whose matter it is, `faultcode` says.
  const isClients = xml.includes('Client')
  return {
    status: answer.status === 500 && isClients ? 422 : answer.status,
    code,
    tookMs: performance.now() - start,
  }
}

const doors = { REST: byRest, SOAP: bySoap }

const expectRefused = ({ status, code, tookMs }: Outcome, what: string): void => {
  expect([what, status >= 400 && status < 500, code]).toEqual([
    what,
    true,
    expect.stringMatching(/^[A-Z]+-\d+$/),
  ])
  expect(tookMs).toBeLessThan(limitMs)
}

/** Bytes that mean something to a reader of DER, and any others. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 6 }),
  fc.constantFrom(
    ...['', '00', '30', '3080', '0000', '3084ffffffff', '04820400', 'a0', '0500', '020100'].map((hex) =>
      Buffer.from(hex, 'hex'),
    ),
  ),
)

it.each(['REST', 'SOAP'] as const)(
  'a changed signature through %s is refused with words, in time, and nothing breaks',
  async (door) => {
    let harmless = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(8), bytes), { minLength: 1, maxLength: 3 }),
        async (changes) => {
          let changed: Buffer = Buffer.from(good)
          for (const [at, removed, added] of changes)
            changed = Buffer.concat([changed.subarray(0, at), added, changed.subarray(at + removed)])
          // A change that puts back what was there is none.
          if (changed.equals(good) || changed.length === 0) return
          const outcome = await doors[door](changed)
          if (outcome.status !== 200) return expectRefused(outcome, 'changed')
          // Nothing signs a version, or parameters that may be left out: the signature is what it was.
          harmless += 1
          await anotherDocument()
        },
      ),
      { numRuns },
    )
    expect(harmless).toBeLessThan(2 + numRuns / 100)
  },
  600_000,
)

const nested = (depth: number): Buffer => {
  let inner: Uint8Array = writeNull()
  for (let level = 0; level < depth; level += 1) inner = writeSequence(inner)
  return Buffer.from(inner)
}
const message = (...parts: Uint8Array[]): Buffer =>
  Buffer.from(writeSequence(writeOid(oids.signedData), writeContext(0, writeSequence(...parts))))
const head = [writeInteger(1), writeSetOf([]), writeSequence(writeOid(oids.data))] as const

const hostile: [string, () => Buffer][] = [
  ['a megabyte of nulls', () => Buffer.alloc(1_000_000)],
  ['a megabyte of FF', () => Buffer.alloc(1_000_000, 0xff)],
  [
    'a megabyte that begins like a message',
    () => Buffer.concat([good, Buffer.alloc(1_000_000 - good.length)]),
  ],
  ['four gigabytes announced', () => Buffer.from('3084ffffffff', 'hex')],
  ['five thousand boxes', () => nested(5_000)],
  [
    'a third of a million values',
    () => Buffer.from(writeSequence(Buffer.alloc(700_000, Buffer.from([5, 0])))),
  ],
  ['an OID of 250 KB', () => Buffer.from(writeSequence(tlv(tags.oid, Buffer.alloc(250_000, 0x81))))],
  ['nobody who signed', () => message(...head, writeSetOf([]))],
  [
    'ten thousand signers',
    () => message(...head, tlv(tags.set, ...Array.from({ length: 10_000 }, () => writeSequence()))),
  ],
  [
    'ten thousand certificates',
    () =>
      message(
        ...head,
        writeContext(0, ...Array.from({ length: 10_000 }, () => writeSequence())),
        writeSetOf([]),
      ),
  ],
  [
    'content of a megabyte',
    () =>
      message(
        head[0],
        head[1],
        writeSequence(writeOid(oids.data), writeContext(0, writeOctets(Buffer.alloc(900_000)))),
        writeSetOf([]),
      ),
  ],
  ['the message twice', () => Buffer.concat([good, good])],
  ['a byte behind the end', () => Buffer.concat([good, Buffer.from([0])])],
  ['half of it', () => good.subarray(0, good.length >> 1)],
]

it.each(hostile)('%s is refused by both doors in time', async (what, make) => {
  const cms = make()
  for (const door of [byRest, bySoap]) expectRefused(await door(cms), what)
})

it('many of them at once hold up nobody else', async () => {
  const shots = hostile.flatMap(([, make]) => [byRest(make()), bySoap(make())])
  const start = performance.now()
  const me = await signs.ask('GET', '/me')
  expect([me.status, performance.now() - start < limitMs]).toEqual([200, true])
  for (const outcome of await Promise.all(shots)) expect(outcome.status).toBeLessThan(500)
})

it('after all of it the right signature is taken, and nothing was a surprise', async () => {
  expect(await signs.get(`/documents/${documentId}`)).toMatchObject({ senderState: 'awaiting_signature' })
  expect(await byRest(good)).toMatchObject({ status: 200 })
  expect(await signs.get(`/documents/${documentId}`)).toMatchObject({
    senderState: expect.stringMatching(/^(signed|delivered)$/),
  })
  expect(surprises).toEqual([])
})
