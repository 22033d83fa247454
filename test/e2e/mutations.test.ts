import { afterAll, beforeAll, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { documentKinds } from '../../src/core/document/index.ts'
import { silentLog, type Log } from '../../src/core/kernel/index.ts'
import { aDocument } from '../factories/documents.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, basicOf, type RunningGateway } from '../factories/running-gateway.ts'
import { serverStartMs } from '../servers/index.ts'

/** What turns up in fields when something else than a person fills them. */
const values: unknown[] = [
  ...['', ' ', '\u0000', 'a\u0000b', '\ufffe', '\uffff', '\u0001', '\u2028', '\u202e', '\u00a0', '\r\n\t'],
  ...['1e400', '-0', '-1', '+5', '.5', '1.', '1 000,50', '0.0000000000001', '9'.repeat(40), 'NaN', '١٢٣'],
  ...['2026-02-30', '0000-00-00', '9999-12-31', '000000000000', '260140000604', 'true'],
  ...[
    '<a/>',
    ']]>',
    '&amp;',
    "'; drop table document; --",
    '%s%n',
    '=cmd()',
    '😀'.repeat(100),
    'x'.repeat(5000),
  ],
  ...[null, true, 0, 116000, [], {}, [[]], { a: 1 }],
]

type Slot = { owner: Record<string, unknown>; key: string }

const slotsOf = (value: unknown): Slot[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => [
        { owner: value as Record<string, unknown>, key },
        ...slotsOf(inner),
      ])

const surprises: unknown[] = []
const log: Log = { ...silentLog, error: (...line: unknown[]) => void surprises.push(line) }

let running: RunningGateway
let seller: RestClient
beforeAll(async () => {
  running = await aRunningGateway('embedded', {}, log)
  seller = restClient(() => `${running.gateway.url}/api/v1`, basicOf(running.seller))
}, serverStartMs)
afterAll(() => running.stop())

it('a document with anything in any field is taken and kept as it is, or refused with faults; never a surprise', async () => {
  const change = fc.record({ at: fc.nat(), value: fc.constantFrom(...values), drop: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...documentKinds),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      async (kind, changes) => {
        const document = structuredClone(aDocument(kind)) as unknown as Record<string, unknown>
        for (const { at, value, drop } of changes) {
          const slots = slotsOf(document)
          const slot = slots[at % slots.length]
          if (slot === undefined) continue
          if (drop) delete slot.owner[slot.key]
          else slot.owner[slot.key] = value
        }
        const answer = await seller.ask('POST', `/documents/${kind}`, document)
        expect([200, 201, 400, 409, 422]).toContain(answer.status)
        if (answer.status >= 400) {
          expect((answer.body as { faults: unknown[] }).faults.length).toBeGreaterThan(0)
          return
        }
        const { documentId } = answer.body as { documentId: string }
        expect((await seller.ask('GET', `/documents/${documentId}/content`)).status).toBe(200)
      },
    ),
    { numRuns: 400 },
  )
  expect(surprises).toEqual([])
}, 120_000)
