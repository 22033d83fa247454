import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { findViolations } from './checker.ts'
import type { StoreContents } from './store-contents.ts'
import type { Testimony } from './witness.ts'

const connectionId = 'c1'
const seller = 's1'
const buyer = 'b1'

const sha256 = (...parts: (Buffer | string)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')

const chainOf = (documents: { documentId: string; digest: string }[]): StoreContents['meterLinks'] => {
  let head = '0'.repeat(64)
  return documents.map(({ documentId, digest }, at) => {
    const facts = { taxId: '200000000001', number: at + 1, documentId, digest }
    const when = { receivedAt: '2026-03-31T10:00:00.000Z', month: '2026-03' }
    const values = [...Object.values(facts), ...Object.values(when)]
    const leaf = sha256(Buffer.of(0), ['urn:daneker:meter-line:1', ...values].join('\n'))
    head = sha256(Buffer.of(2), Buffer.from(head + leaf, 'hex'))
    return { ...facts, ...when, leaf, head }
  })
}

/** Two documents sent, accepted, one of them repeated, one key refused, everything delivered. */
const aRun = (): { testimonies: Testimony[]; store: StoreContents } => {
  const letters = [
    { guid: 'g1', version: '1', digest: 'd1', key: 'k1' },
    { guid: 'g2', version: '1', digest: 'd2', key: 'k2' },
  ]
  const ids = ['id1', 'id2']
  const testimonies: Testimony[] = [
    ...letters.flatMap((letter, index): Testimony[] => [
      { what: 'sent', ...letter },
      {
        what: 'acknowledged',
        ...letter,
        documentId: ids[index] ?? '',
        receiptDigest: letter.digest,
        repeat: false,
      },
    ]),
    {
      what: 'acknowledged',
      guid: 'g1',
      version: '1',
      digest: 'd1',
      key: 'k3',
      documentId: 'id1',
      receiptDigest: 'd1',
      repeat: true,
    },
    { what: 'sent', guid: 'g3', version: '1', digest: 'd3', key: 'k1' },
    { what: 'refused', guid: 'g3', version: '1', digest: 'd3', key: 'k1', status: 409 },
    // Sent as the gateway died, never answered, never asked again: stored or not, both are right.
    { what: 'sent', guid: 'g4', version: '1', digest: 'd4' },
  ]
  const store: StoreContents = {
    documents: letters.map(({ guid, version, digest }, index) => ({
      id: ids[index] ?? '',
      connectionId,
      guid,
      version,
      digest,
      bytesDigest: digest,
      rawDigest: `raw ${digest}`,
      rawBytesDigest: `raw ${digest}`,
      senderState: 'delivered',
      recipientState: 'arrived',
    })),
    meterLines: [...ids],
    meterLinks: chainOf(ids.map((documentId, at) => ({ documentId, digest: letters[at]?.digest ?? '' }))),
    keys: [
      { connectionId, key: 'k1', documentId: 'id1' },
      { connectionId, key: 'k2', documentId: 'id2' },
      { connectionId, key: 'k3', documentId: 'id1' },
    ],
    tasks: ids.flatMap((documentId) => [
      { documentId, kind: 'sign', state: 'done' },
      { documentId, kind: 'deliver', state: 'done' },
    ]),
    events: ids.flatMap((documentId) => [
      { documentId, name: 'document.received', companyId: seller },
      { documentId, name: 'document.signed', companyId: seller },
      { documentId, name: 'document.delivered', companyId: seller },
      { documentId, name: 'document.arrived', companyId: buyer },
    ]),
  }
  return { testimonies, store }
}

/** The run of before with one thing wrong. */
const spoilt = (spoil: (run: ReturnType<typeof aRun>) => void): string[] => {
  const run = aRun()
  spoil(run)
  return [...new Set(findViolations(run.testimonies, run.store).map(({ promise }) => promise))]
}

const first = <T>(items: T[]): T => items[0] as T

describe('the checker of the kill rounds', () => {
  it('finds nothing in a run without a fault', () => {
    const { testimonies, store } = aRun()
    expect(findViolations(testimonies, store)).toEqual([])
  })

  it('takes a document that was sent and never answered either way', () => {
    expect(
      spoilt(({ store }) => {
        const stored = first(store.documents)
        store.documents.push({ ...stored, id: 'id4', guid: 'g4', digest: 'd4', bytesDigest: 'd4' })
        store.meterLines.push('id4')
        store.events.push(...store.events.slice(0, 4).map((event) => ({ ...event, documentId: 'id4' })))
      }),
    ).toEqual([])
  })

  it.each<[string, string[], (run: ReturnType<typeof aRun>) => void]>([
    [
      'a receipt whose document is gone',
      ['lost', 'metered-wrong', 'chained-wrong'],
      ({ store }) => {
        store.documents.shift()
      },
    ],
    [
      'a receipt for a document that never was',
      ['lost', 'key-forgotten'],
      ({ testimonies }) => {
        testimonies.push({
          what: 'acknowledged',
          guid: 'g9',
          version: '1',
          digest: 'd9',
          key: 'k9',
          documentId: 'id9',
          receiptDigest: 'd9',
          repeat: false,
        })
      },
    ],
    [
      'bytes that are not those of the receipt',
      ['altered'],
      ({ store }) => {
        first(store.documents).bytesDigest = 'other'
      },
    ],
    [
      'bytes that are missing',
      ['altered'],
      ({ store }) => {
        delete first(store.documents).bytesDigest
      },
    ],
    [
      'another digest in the row',
      ['altered', 'from-nowhere', 'chained-wrong'],
      ({ store }) => {
        first(store.documents).digest = 'other'
      },
    ],
    [
      'a received message that lost a bit',
      ['altered'],
      ({ store }) => {
        first(store.documents).rawBytesDigest = 'other'
      },
    ],
    [
      'a document stored twice',
      ['doubled'],
      ({ store }) => {
        store.documents.push({ ...first(store.documents), id: 'id5' })
        store.meterLines.push('id5')
        store.events.push(...store.events.slice(0, 4).map((event) => ({ ...event, documentId: 'id5' })))
      },
    ],
    [
      'a repeat that was told another document',
      ['lost', 'repeat-got-another', 'key-forgotten'],
      ({ testimonies }) => {
        const repeat = testimonies.find((t) => t.what === 'acknowledged' && t.repeat)
        if (repeat?.what === 'acknowledged') repeat.documentId = 'id2'
      },
    ],
    [
      'a repeat that was told to be the first',
      ['accepted-twice'],
      ({ testimonies }) => {
        const repeat = testimonies.find((t) => t.what === 'acknowledged' && t.repeat)
        if (repeat?.what === 'acknowledged') repeat.repeat = false
      },
    ],
    [
      'a refused document that is stored',
      ['refused-but-stored'],
      ({ store }) => {
        const stored = first(store.documents)
        store.documents.push({ ...stored, id: 'id3', guid: 'g3', digest: 'd3', bytesDigest: 'd3' })
        store.meterLines.push('id3')
        store.events.push(...store.events.slice(0, 4).map((event) => ({ ...event, documentId: 'id3' })))
      },
    ],
    [
      'a document that nobody sent',
      ['from-nowhere'],
      ({ testimonies }) => {
        testimonies.splice(0, testimonies.length)
      },
    ],
    [
      'a document counted twice',
      ['metered-wrong'],
      ({ store }) => {
        store.meterLines.push('id1')
      },
    ],
    [
      'a document not counted',
      ['metered-wrong'],
      ({ store }) => {
        store.meterLines.pop()
      },
    ],
    [
      'a line of the meter without a document',
      ['metered-wrong'],
      ({ store }) => {
        store.meterLines.push('id9')
      },
    ],
    [
      'a link of the chain that is gone',
      ['chained-wrong'],
      ({ store }) => {
        store.meterLinks.shift()
      },
    ],
    [
      'a link that was altered',
      ['chained-wrong'],
      ({ store }) => {
        first(store.meterLinks).month = '2026-02'
      },
    ],
    [
      'a document chained twice',
      ['chained-wrong'],
      ({ store }) => {
        store.meterLinks = chainOf(['id1', 'id2', 'id1'].map((documentId) => ({ documentId, digest: 'd1' })))
      },
    ],
    [
      'a key that leads elsewhere',
      ['key-forgotten'],
      ({ store }) => {
        first(store.keys).documentId = 'id2'
      },
    ],
    [
      'a document that stands still',
      ['not-delivered', 'told-wrong', 'task-left'],
      ({ store }) => {
        first(store.documents).senderState = 'signing'
        store.events = store.events.filter(
          ({ documentId, name }) => documentId === 'id2' || name === 'document.received',
        )
        first(store.tasks).state = 'leased'
      },
    ],
    [
      'a document delivered twice',
      ['told-wrong'],
      ({ store }) => {
        store.events.push({ documentId: 'id1', name: 'document.arrived', companyId: buyer })
      },
    ],
    [
      'a task that died',
      ['task-left'],
      ({ store }) => {
        first(store.tasks).state = 'dead'
      },
    ],
  ])('finds %s', (_, promises, spoil) => {
    expect(spoilt(spoil).sort()).toEqual([...promises].sort())
  })
})
