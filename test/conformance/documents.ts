import { beforeEach, describe, expect, it } from '@jest/globals'
import { uuidIds } from '../../src/adapters/host/uuid-ids.ts'
import {
  Outdated,
  type Documents,
  type Feed,
  type FileDocuments,
  type Ledger,
  type Webhooks,
} from '../../src/core/exchange/index.ts'
import type { Task, TaskStore, UnitOfWork } from '../../src/core/kernel/index.ts'
import { anAcceptance, type Sides } from '../factories/acceptances.ts'

/** The stores around a document, over the same rows. */
export interface DocumentsUnderTest {
  ledger: Ledger
  documents: Documents
  feed: Feed
  files: FileDocuments
  webhooks: Webhooks
  tasks: TaskStore
  unitOfWork: UnitOfWork
  /** Two companies and a connection that nobody else uses. */
  sides(): Promise<Sides>
  /**
   * Resolves once every committed event may be read. A feed stops at the oldest transaction of the whole server,
   * and other tests have theirs open.
   */
  settled?(): Promise<void>
}

/** The promises of `Ledger`, `Documents` and `Feed`, for the twin in memory and for the tables. */
export const documentsConformance = (name: string, open: () => DocumentsUnderTest): void => {
  describe(`${name} keeps documents`, () => {
    let under: DocumentsUnderTest
    let sides: Sides

    beforeEach(async () => {
      under = open()
      sides = await under.sides()
    })

    const feedOf: Feed['after'] = async (...asked) => {
      await under.settled?.()
      return under.feed.after(...asked)
    }

    const names = async (): Promise<string[]> =>
      (await feedOf(sides.companyId, undefined, 100)).map((event) => event.name)

    const dueTasks = async (): Promise<Task[]> => {
      const now = new Date('2030-01-01T00:00:00Z')
      const rung = await under.tasks.takeToRing({ now, limit: 500, aheadMs: 0, rungAgainAfterMs: 1 })
      const claimed = await Promise.all(
        rung.map(({ id }) => under.tasks.claim(id, { now, leaseMs: 1_000, holder: 'test' })),
      )
      return claimed.filter((task) => task !== undefined)
    }

    it('finds what was read from files of a format, with those files, page by page', async () => {
      const format = `generic/${sides.connectionId}`
      const origin = { door: 'rest', format, mapping: 'orders@1', requestId: 'r' }
      const first = anAcceptance(sides, { origin, guid: 'file-1' })
      const second = anAcceptance(sides, {
        origin,
        guid: 'file-2',
        raw: new Uint8Array([7]),
        rawDigest: '07'.repeat(32),
      })
      for (const one of [first, second, anAcceptance(sides, { guid: 'file-3' })])
        await under.ledger.enter(one)
      const ask = (after: string | undefined, since = new Date(0)) =>
        under.files.ofFormat({ format, since, after, limit: 1 })
      const [one] = await ask(undefined)
      expect(one?.record.id).toBe(first.id)
      expect(Buffer.from(one?.raw ?? [])).toEqual(Buffer.from(first.raw))
      const [two] = await ask(first.id)
      expect([two?.record.id, two?.rawDigest, [...(two?.raw ?? [])]]).toEqual([
        second.id,
        '07'.repeat(32),
        [7],
      ])
      expect(await ask(second.id)).toEqual([])
      expect(await ask(undefined, new Date('2999-01-01'))).toEqual([])
    })

    describe('the ledger', () => {
      it('enters a document with its bytes, event and task', async () => {
        const acceptance = anAcceptance(sides)
        expect(await under.ledger.enter(acceptance)).toMatchObject({ outcome: 'new', id: acceptance.id })
        expect(await under.documents.byId(acceptance.id)).toMatchObject({
          ...acceptance.facts,
          revision: 1,
          senderState: 'signing',
          recipientState: 'none',
          mirrorState: 'none',
          origin: acceptance.origin,
        })
        const bytes = await under.documents.bytes(acceptance.digest)
        expect(Buffer.from(bytes ?? []).equals(acceptance.bytes)).toBe(true)
        expect(await names()).toEqual(['document.received'])
        expect((await dueTasks()).map(({ kind, documentId }) => [kind, documentId])).toContainEqual([
          'sign',
          acceptance.id,
        ])
      })

      it('gives the first entry to a repeat, by key or by content id', async () => {
        const first = anAcceptance(sides, { key: 'k1' })
        await under.ledger.enter(first)
        const again = { outcome: 'repeat', id: first.id, receivedAt: first.receivedAt }
        expect(await under.ledger.enter({ ...first, id: uuidIds.next() })).toEqual(again)
        expect(await under.ledger.enter({ ...first, id: uuidIds.next(), key: 'k2' })).toEqual(again)
        expect(await under.ledger.enter({ ...first, id: uuidIds.next(), key: undefined })).toEqual(again)
        expect(await names()).toEqual(['document.received'])
      })

      it('says what an entry would meet, and writes nothing by it', async () => {
        const first = anAcceptance(sides, { key: 'k1', guid: 'g1' })
        expect(await under.ledger.find(first)).toBeUndefined()
        await under.ledger.enter(first)
        expect(await under.ledger.find({ ...first, id: uuidIds.next() })).toEqual({
          outcome: 'repeat',
          id: first.id,
          receivedAt: first.receivedAt,
        })
        const other = anAcceptance(sides, { key: 'k1', guid: 'g2' })
        expect(await under.ledger.find(other)).toEqual({ outcome: 'conflict', id: first.id, on: 'key' })
        expect(await under.documents.byId(other.id)).toBeUndefined()
      })

      it('names the first one in a conflict and leaves it untouched', async () => {
        const first = anAcceptance(sides, { key: 'k1', guid: 'g1', number: '1' })
        await under.ledger.enter(first)
        expect(await under.ledger.enter(anAcceptance(sides, { key: 'k1', guid: 'g2' }))).toEqual({
          outcome: 'conflict',
          id: first.id,
          on: 'key',
        })
        expect(await under.ledger.enter(anAcceptance(sides, { key: 'k9', guid: 'g1', number: '2' }))).toEqual(
          {
            outcome: 'conflict',
            id: first.id,
            on: 'content-id',
          },
        )
        expect(await under.documents.byId(first.id)).toMatchObject({ number: '1', revision: 1 })
        // A key that was refused is not used up.
        expect(await under.ledger.enter(anAcceptance(sides, { key: 'k9', guid: 'g3' }))).toMatchObject({
          outcome: 'new',
        })
      })
    })

    describe('the ledger, given a whole file,', () => {
      const raw = Buffer.from('a file of several documents')
      const ofOneFile = (count: number) =>
        Array.from({ length: count }, (_, nth) =>
          anAcceptance(sides, { guid: `g${nth}`, number: String(nth), key: `k#${nth}` }),
        ).map((acceptance, _, [first]) => ({ ...acceptance, raw, rawDigest: first?.rawDigest ?? '' }))

      it('enters all of its documents and keeps its bytes once', async () => {
        const acceptances = ofOneFile(250)
        const entry = await under.ledger.enterTogether(acceptances)
        expect(entry).toEqual({
          outcome: 'entered',
          entries: acceptances.map(({ id, receivedAt }) => ({ outcome: 'new', id, receivedAt })),
        })
        const found = await under.documents.byIds(acceptances.map(({ id }) => id))
        expect(found.size).toBe(250)
        const last = acceptances[249] as (typeof acceptances)[0]
        expect(Buffer.from((await under.documents.bytes(last.digest)) ?? []).equals(last.bytes)).toBe(true)
        expect(Buffer.from((await under.documents.bytes(last.rawDigest)) ?? []).equals(raw)).toBe(true)
      })

      it('gives the first entries when the file comes again, whole or in part', async () => {
        const acceptances = ofOneFile(3)
        await under.ledger.enterTogether(acceptances.slice(0, 2))
        const again = acceptances.map((one) => ({ ...one, id: uuidIds.next() }))
        expect(await under.ledger.enterTogether(again)).toMatchObject({
          outcome: 'entered',
          entries: [
            { outcome: 'repeat', id: acceptances[0]?.id },
            { outcome: 'repeat', id: acceptances[1]?.id },
            { outcome: 'new', id: again[2]?.id },
          ],
        })
      })

      it('enters none when one is in conflict, by content id or by key', async () => {
        const first = anAcceptance(sides, { guid: 'g1', number: 'другой' })
        const keyed = anAcceptance(sides, { guid: 'elsewhere', key: 'k#2' })
        await under.ledger.enter(first)
        await under.ledger.enter(keyed)
        const acceptances = ofOneFile(4)
        expect(await under.ledger.enterTogether(acceptances)).toEqual({
          outcome: 'conflict',
          conflicts: [
            { index: 1, id: first.id, on: 'content-id' },
            { index: 2, id: keyed.id, on: 'key' },
          ],
        })
        expect((await under.documents.byIds(acceptances.map(({ id }) => id))).size).toBe(0)
        expect(await names()).toEqual(['document.received', 'document.received'])
      })

      it('lets one of two files that share documents win', async () => {
        const mine = ofOneFile(30)
        const theirs = ofOneFile(30)
          .map((one) => ({ ...one, key: undefined }))
          .toReversed()
        const [a, b] = await Promise.all([
          under.ledger.enterTogether(mine.map((one) => ({ ...one, key: undefined }))),
          under.ledger.enterTogether(theirs),
        ])
        const outcomes = [a, b].map((entry) =>
          entry.outcome === 'entered' ? entry.entries.map(({ outcome }) => outcome) : [],
        )
        expect(outcomes.flat().filter((outcome) => outcome === 'new')).toHaveLength(30)
        expect(outcomes.flat().filter((outcome) => outcome === 'repeat')).toHaveLength(30)
      })
    })

    describe('documents', () => {
      it('change state, signature, events and tasks together', async () => {
        const acceptance = anAcceptance(sides)
        await under.ledger.enter(acceptance)
        const at = new Date('2026-03-31T11:00:00Z')
        await under.unitOfWork.run((tx) =>
          under.documents.record(tx, {
            documentId: acceptance.id,
            revision: 1,
            senderState: 'delivered',
            recipientState: 'arrived',
            recipientCompanyId: sides.buyerId,
            reason: 'because',
            signature: {
              id: uuidIds.next(),
              documentId: acceptance.id,
              side: 'sender',
              purpose: 'document',
              cms: new Uint8Array([1, 2, 3]),
              signedAt: at,
              verdict: 'VALID',
              signer: { bin: '260140000114' },
              report: { verdict: 'VALID' },
            },
            events: [
              {
                documentId: acceptance.id,
                companyId: sides.companyId,
                name: 'document.delivered',
                at,
                details: { to: 'inbox' },
              },
              { documentId: acceptance.id, companyId: sides.buyerId, name: 'document.arrived', at },
            ],
          }),
        )
        expect(await under.documents.byId(acceptance.id)).toMatchObject({
          revision: 2,
          senderState: 'delivered',
          recipientState: 'arrived',
          recipientCompanyId: sides.buyerId,
          reason: 'because',
        })
        const [signature] = await under.documents.signatures(acceptance.id)
        expect(signature).toMatchObject({ side: 'sender', verdict: 'VALID', signer: { bin: '260140000114' } })
        expect([...(signature?.cms ?? [])]).toEqual([1, 2, 3])
        expect(await names()).toEqual(['document.received', 'document.delivered'])
        expect((await feedOf(sides.buyerId, undefined, 10)).map((event) => event.name)).toEqual([
          'document.arrived',
        ])
        expect((await under.documents.events(acceptance.id)).map((event) => event.name)).toEqual([
          'document.received',
          'document.delivered',
          'document.arrived',
        ])
      })

      it('refuse a change decided on an older revision, and nothing of it stays', async () => {
        const acceptance = anAcceptance(sides)
        await under.ledger.enter(acceptance)
        const change = {
          documentId: acceptance.id,
          revision: 1,
          senderState: 'signed' as const,
          events: [
            {
              documentId: acceptance.id,
              companyId: sides.companyId,
              name: 'document.signed' as const,
              at: new Date(),
            },
          ],
        }
        await under.unitOfWork.run((tx) => under.documents.record(tx, change))
        await expect(under.unitOfWork.run((tx) => under.documents.record(tx, change))).rejects.toThrow(
          Outdated,
        )
        expect(await names()).toEqual(['document.received', 'document.signed'])
      })

      it('write nothing of a transaction that is rolled back', async () => {
        const acceptance = anAcceptance(sides)
        await under.ledger.enter(acceptance)
        const work = under.unitOfWork.run(async (tx) => {
          await under.documents.record(tx, {
            documentId: acceptance.id,
            revision: 1,
            senderState: 'signed',
            events: [
              {
                documentId: acceptance.id,
                companyId: sides.companyId,
                name: 'document.signed',
                at: new Date(),
              },
            ],
          })
          throw new Error('changed my mind')
        })
        await expect(work).rejects.toThrow('changed my mind')
        expect(await under.documents.byId(acceptance.id)).toMatchObject({
          revision: 1,
          senderState: 'signing',
        })
        expect(await names()).toEqual(['document.received'])
      })

      it('plan the archiving of whatever becomes final, once', async () => {
        const acceptance = anAcceptance(sides, { tasks: [] })
        await under.ledger.enter(acceptance)
        const change = { documentId: acceptance.id, senderState: 'completed' as const }
        await under.unitOfWork.run((tx) => under.documents.record(tx, { ...change, revision: 1 }))
        await under.unitOfWork.run((tx) => under.documents.record(tx, { ...change, revision: 2 }))
        const own = (await dueTasks()).filter(({ documentId }) => documentId === acceptance.id)
        expect(own.map(({ kind }) => kind)).toEqual(['archive'])
        expect((await under.documents.awaitingArchive(500)).map(({ id }) => id)).not.toContain(acceptance.id)
      })

      it('are found by GUID, the newest version first, in their company only', async () => {
        const [first, second] = [anAcceptance(sides, { guid: 'g1' }), anAcceptance(sides, { guid: 'g1' })]
        await under.ledger.enter(first)
        await under.ledger.enter({ ...second, facts: { ...second.facts, version: '2' } })
        expect((await under.documents.byGuid(sides.companyId, 'g1'))?.id).toBe(second.id)
        expect(await under.documents.byGuid(sides.buyerId, 'g1')).toBeUndefined()
      })

      it('are listed by box, page by page', async () => {
        const ids: string[] = []
        for (let n = 0; n < 5; n += 1) {
          const acceptance = anAcceptance(sides, { number: String(n % 2) })
          ids.push(acceptance.id)
          await under.ledger.enter(acceptance)
        }
        const page = await under.documents.list(sides.companyId, { box: 'outbox', limit: 2 })
        expect(page.map(({ id }) => id)).toEqual(ids.slice(0, 2))
        const next = await under.documents.list(sides.companyId, { box: 'outbox', limit: 10, after: ids[1] })
        expect(next.map(({ id }) => id)).toEqual(ids.slice(2))
        const odd = await under.documents.list(sides.companyId, { box: 'outbox', limit: 10, number: '1' })
        expect(odd.map(({ id }) => id)).toEqual([ids[1], ids[3]])
        expect(await under.documents.list(sides.companyId, { box: 'inbox', limit: 10 })).toEqual([])
        expect(
          await under.documents.list(sides.companyId, { box: 'outbox', limit: 10, kind: 'waybill' }),
        ).toEqual([])
      })
    })

    describe('the feed', () => {
      it('is read in order from any cursor, and a cursor stays good', async () => {
        for (let n = 0; n < 4; n += 1) await under.ledger.enter(anAcceptance(sides))
        const all = await feedOf(sides.companyId, undefined, 100)
        expect(all).toHaveLength(4)
        const after = await feedOf(sides.companyId, all[1]?.cursor, 100)
        expect(after.map(({ cursor }) => cursor)).toEqual(all.slice(2).map(({ cursor }) => cursor))
        expect(await feedOf(sides.companyId, all[1]?.cursor, 1)).toHaveLength(1)
        expect(await feedOf(sides.companyId, all.at(-1)?.cursor, 100)).toEqual([])
        expect(all.every(({ cursor }) => under.feed.isCursor(cursor))).toBe(true)
        for (const wrong of ['', 'abc', '1; drop', '-1', '1.2.3', '٣'])
          expect(under.feed.isCursor(wrong)).toBe(false)
      })

      it('asks for a notice at each endpoint that is not disabled', async () => {
        const endpoint = {
          companyId: sides.companyId,
          url: 'https://example.kz/hook',
          secret: 'whsec_c2VjcmV0',
        }
        const [living, disabled] = [uuidIds.next(), uuidIds.next()]
        await under.unitOfWork.run(async (tx) => {
          await under.webhooks.add(tx, { ...endpoint, id: living })
          await under.webhooks.add(tx, { ...endpoint, id: disabled })
          await under.webhooks.disable(tx, disabled, 'HTTP 410', new Date())
        })
        expect((await under.webhooks.of(sides.companyId)).map(({ secret }) => secret)).toEqual([
          endpoint.secret,
          endpoint.secret,
        ])
        const acceptance = anAcceptance(sides, { tasks: [] })
        await under.ledger.enter(acceptance)
        const notices = (await dueTasks()).filter(({ documentId }) => documentId === acceptance.id)
        expect(notices.map(({ kind, details }) => [kind, details?.endpointId])).toEqual([['notify', living]])
        const event = await under.feed.one(String(notices[0]?.details?.seq))
        expect(event).toMatchObject({ documentId: acceptance.id, name: 'document.received' })
        await under.unitOfWork.run((tx) => under.webhooks.remove(tx, sides.companyId, living))
        await under.unitOfWork.run((tx) => under.webhooks.remove(tx, sides.buyerId, disabled))
        expect((await under.webhooks.of(sides.companyId)).map(({ id }) => id)).toEqual([disabled])
      })
    })
  })
}
