import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { uuidIds } from '../../src/adapters/host/uuid-ids.ts'
import type { ExchangeEntry, ExchangeLine, ExchangeLog, RawSide } from '../../src/core/exchange/index.ts'

const side = (given: Partial<RawSide> = {}): RawSide => ({
  head: { 'content-type': 'text/xml' },
  size: 3,
  digest: 'a'.repeat(64),
  kept: 'whole',
  blotted: false,
  ...given,
})

/** The promises of `ExchangeLog`. */
export const exchangeLogConformance = (
  name: string,
  open: () => Promise<{
    exchanges: ExchangeLog
    /** Raw bytes of an accepted document, and their digest. */
    document: { digest: string; bytes: Uint8Array }
    close(): Promise<void>
  }>,
): void => {
  describe(`${name} keeps raw exchanges`, () => {
    let under: Awaited<ReturnType<typeof open>>
    const connectionId = uuidIds.next()
    beforeEach(async () => {
      under = await open()
    })
    afterEach(() => under.close())

    const entry = (line: Partial<ExchangeLine> = {}, bytes: Partial<ExchangeEntry> = {}): ExchangeEntry => ({
      line: {
        id: uuidIds.next(),
        at: new Date('2026-05-01T10:00:00.123Z'),
        durationMs: 12,
        direction: 'in',
        door: 'onec-soap',
        operation: 'SendAct',
        connectionId,
        companyId: uuidIds.next(),
        requestId: `request-${uuidIds.next()}`,
        method: 'POST',
        target: '/ws/EdoGateway_1_0',
        status: 200,
        codes: [],
        documentId: undefined,
        request: side(),
        response: side({ digest: 'b'.repeat(64), head: {} }),
        ...line,
      },
      request: new Uint8Array([1, 0, 255]),
      response: new Uint8Array([7]),
      ...bytes,
    })
    const added = async (...given: Parameters<typeof entry>) => {
      const one = entry(...given)
      await under.exchanges.append([one])
      return one
    }
    const bytesOf = async (id: string, of: 'request' | 'response') => {
      const bytes = await under.exchanges.bytes(id, of)
      return bytes && [...bytes]
    }

    it('gives lines and bytes back as they came, the same line once', async () => {
      const one = await added({ codes: ['DOC-02', 'LINE-10'], status: 500, documentId: uuidIds.next() })
      await under.exchanges.append([one, entry()])
      expect(await under.exchanges.byId(one.line.id)).toEqual(one.line)
      expect([await bytesOf(one.line.id, 'request'), await bytesOf(one.line.id, 'response')]).toEqual([
        [1, 0, 255],
        [7],
      ])
      expect(await under.exchanges.search({ requestId: one.line.requestId, limit: 10 })).toEqual([one.line])
      expect(await under.exchanges.byId(uuidIds.next())).toBeUndefined()
      expect(await under.exchanges.bytes(uuidIds.next(), 'request')).toBeUndefined()
    })

    it('keeps nobody’s exchanges, and sides without bytes', async () => {
      const none = side({ kept: 'none', size: 9 })
      const one = await added(
        {
          connectionId: undefined,
          companyId: undefined,
          status: 401,
          codes: ['AUTH-01'],
          request: none,
          response: none,
        },
        { request: undefined, response: undefined },
      )
      expect(await under.exchanges.byId(one.line.id)).toEqual(one.line)
      expect(await bytesOf(one.line.id, 'request')).toBeUndefined()
    })

    it('refers to the bytes of an accepted document, and keeps its own when there are none', async () => {
      const { digest, bytes } = under.document
      const known = await added({ request: side({ kept: 'document', digest }) }, { request: bytes })
      expect(await bytesOf(known.line.id, 'request')).toEqual([...bytes])
      expect((await under.exchanges.byId(known.line.id))?.request.kept).toBe('document')
      const other = await added({ request: side({ kept: 'document', digest: 'c'.repeat(64) }) })
      expect(await bytesOf(other.line.id, 'request')).toEqual([1, 0, 255])
      expect((await under.exchanges.byId(other.line.id))?.request.kept).toBe('whole')
    })

    it('finds by every mark, newest first, page by page', async () => {
      const own = uuidIds.next()
      const documentId = uuidIds.next()
      const first = await added({ connectionId: own, at: new Date(Date.now() - 60_000) })
      const second = await added({
        connectionId: own,
        door: 'rest',
        operation: 'sendDocument',
        at: new Date(),
        documentId,
      })
      const third = await added({ connectionId: own, direction: 'out', codes: ['X-01'], at: new Date() })
      const ids = async (filter: Partial<Parameters<ExchangeLog['search']>[0]>) =>
        (await under.exchanges.search({ connectionId: own, limit: 10, ...filter })).map(({ id }) => id)
      const [a, b, c] = [first.line.id, second.line.id, third.line.id]
      expect(await ids({})).toEqual([c, b, a])
      expect(await ids({ limit: 2 })).toEqual([c, b])
      expect(await ids({ before: b })).toEqual([a])
      expect(await ids({ door: 'rest', operation: 'sendDocument' })).toEqual([b])
      expect(await ids({ direction: 'out' })).toEqual([c])
      expect(await ids({ refused: true })).toEqual([c])
      expect(await ids({ refused: false })).toEqual([b, a])
      expect(await ids({ code: 'X-01' })).toEqual([c])
      expect(await ids({ documentId })).toEqual([b])
      expect(await ids({ companyId: first.line.companyId })).toEqual([a])
      expect(await ids({ until: new Date(Date.now() - 30_000) })).toEqual([a])
      expect(await ids({ from: new Date(Date.now() - 30_000) })).toEqual([c, b])
    })

    it('forgets what is old, in batches', async () => {
      // The first bits of an id are its time.
      const at = (id: string) => `0180c0de-${id}-7000-8000-000000000000`
      for (const id of ['0001', '0002', '0003']) await added({ id: at(id) })
      const young = await added()
      const before = new Date('2025-01-01T00:00:00Z')
      expect(await under.exchanges.purge(before, 2)).toBe(2)
      expect(await under.exchanges.purge(before, 2)).toBe(1)
      expect(await under.exchanges.purge(before, 2)).toBe(0)
      expect(await under.exchanges.byId(young.line.id)).toEqual(young.line)
    })
  })
}
