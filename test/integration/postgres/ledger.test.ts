import { beforeAll, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { uuidIds } from '../../../src/adapters/host/uuid-ids.ts'
import { PgDocuments } from '../../../src/adapters/postgres/documents.ts'
import { PgFeed } from '../../../src/adapters/postgres/feed.ts'
import { PgLedger } from '../../../src/adapters/postgres/ledger.ts'
import { clientOf } from '../../../src/adapters/postgres/pool.ts'
import { Outdated } from '../../../src/core/exchange/index.ts'
import { anAcceptance, rowCounts, someCompanies, type Sides } from '../../factories/acceptances.ts'
import { onBothStores } from '../../servers/index.ts'

onBothStores('the ledger', (store) => {
  let sides: Sides
  let ledger: PgLedger

  beforeAll(async () => {
    sides = await someCompanies(store)
    ledger = new PgLedger(store.pool)
  })

  it('enters a document with everything that hangs on it', async () => {
    const before = await rowCounts(store.pool)
    const acceptance = anAcceptance(sides, { key: 'first' })
    expect(await ledger.enter(acceptance)).toEqual({
      outcome: 'new',
      id: acceptance.id,
      receivedAt: acceptance.receivedAt,
    })
    const after = await rowCounts(store.pool)
    expect(
      Object.fromEntries(Object.entries(after).map(([name, n]) => [name, n - (before[name] ?? 0)])),
    ).toEqual({
      document: 1,
      blob: 2,
      meter_line: 1,
      event: 1,
      task: 1,
      idempotency_key: 1,
      signature: 0,
    })
    const documents = new PgDocuments(store.pool)
    expect(await documents.byId(acceptance.id)).toMatchObject({
      ...acceptance.facts,
      digest: acceptance.digest,
    })
    expect(Buffer.from((await documents.bytes(acceptance.digest)) ?? []).equals(acceptance.bytes)).toBe(true)
    expect(Buffer.from((await documents.bytes(acceptance.rawDigest)) ?? []).equals(acceptance.raw)).toBe(true)
  })

  it('gives the first receipt to the same key with the same content', async () => {
    const first = anAcceptance(sides, { key: 'again' })
    await ledger.enter(first)
    const before = await rowCounts(store.pool)
    const second = { ...first, id: uuidIds.next(), receivedAt: new Date('2026-04-01T00:00:00Z') }
    expect(await ledger.enter(second)).toEqual({
      outcome: 'repeat',
      id: first.id,
      receivedAt: first.receivedAt,
    })
    expect(await rowCounts(store.pool)).toEqual(before)
  })

  it('gives the first receipt to a new key with the same content id', async () => {
    const first = anAcceptance(sides, { key: 'content-1' })
    await ledger.enter(first)
    const second = { ...first, id: uuidIds.next(), key: 'content-2' }
    expect(await ledger.enter(second)).toMatchObject({ outcome: 'repeat', id: first.id })
    // The second key now stands for that document too.
    const other = anAcceptance(sides, { key: 'content-2' })
    expect(await ledger.enter(other)).toEqual({ outcome: 'conflict', id: first.id, on: 'key' })
  })

  it('names the first document when a key comes back with other content, and enters its neighbours', async () => {
    const first = anAcceptance(sides, { key: 'taken' })
    await ledger.enter(first)
    const [guilty, ...neighbours] = [
      anAcceptance(sides, { key: 'taken' }),
      anAcceptance(sides),
      anAcceptance(sides),
    ]
    const entries = await Promise.all([guilty, ...neighbours].map((a) => ledger.enter(a)))
    expect(entries.map(({ outcome }) => outcome)).toEqual(['conflict', 'new', 'new'])
    expect(entries[0]).toEqual({ outcome: 'conflict', id: first.id, on: 'key' })
  })

  it('names the first document when a content id comes back with other bytes', async () => {
    const first = anAcceptance(sides, { guid: 'same-guid', number: '1' })
    await ledger.enter(first)
    const before = await rowCounts(store.pool)
    const second = anAcceptance(sides, { guid: 'same-guid', number: '2', key: 'never-burnt' })
    expect(await ledger.enter(second)).toEqual({ outcome: 'conflict', id: first.id, on: 'content-id' })
    expect(await rowCounts(store.pool)).toEqual(before)
  })

  it('says new again when the answer of its own commit was lost', async () => {
    const acceptance = anAcceptance(sides, { key: 'lost' })
    await ledger.enter(acceptance)
    // What the second run of a statement whose answer was lost amounts to: the same ids once more.
    expect(await new PgLedger(store.pool).enter(acceptance)).toMatchObject({
      outcome: 'new',
      id: acceptance.id,
    })
  })

  it('enters one of fifty twins that arrive at once', async () => {
    const first = anAcceptance(sides, { key: 'twin' })
    const ledgers = [ledger, new PgLedger(store.pool)]
    const entries = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        (ledgers[n % 2] as PgLedger).enter({
          ...first,
          id: n === 0 ? first.id : uuidIds.next(),
          tasks: [],
          events: [],
        }),
      ),
    )
    expect(entries.filter(({ outcome }) => outcome === 'new')).toHaveLength(1)
    expect(new Set(entries.map(({ id }) => id)).size).toBe(1)
  })

  it('holds: one document for each content id, one meter line for each document, whatever comes in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            guid: fc.integer({ min: 1, max: 4 }),
            key: fc.option(fc.integer({ min: 1, max: 4 })),
            number: fc.integer({ min: 1, max: 2 }),
          }),
          { minLength: 1, maxLength: 12 },
        ),
        fc.uuid(),
        async (arrivals, round) => {
          const acceptances = arrivals.map(({ guid, key, number }) =>
            anAcceptance(sides, {
              guid: `${round}-${guid}`,
              number: String(number),
              ...(key === null ? {} : { key: `${round}-${key}` }),
            }),
          )
          const entries = await Promise.all(acceptances.map((acceptance) => ledger.enter(acceptance)))
          const entered = entries.filter(({ outcome }) => outcome === 'new')
          const { rows } = await store.pool.query<{ documents: string; lines: string }>(
            `select count(*) as documents,
                    (select count(*) from meter_line m join document d on d.id = m.document_id
                      where d.guid like $1) as lines
               from document where guid like $1`,
            [`${round}-%`],
          )
          expect(rows[0]).toEqual({ documents: String(entered.length), lines: String(entered.length) })
          acceptances.forEach((acceptance, n) => {
            const entry = entries[n]
            if (entry?.outcome !== 'repeat') return
            const first = acceptances.find(({ id }) => id === entry.id)
            expect(first?.digest).toBe(acceptance.digest)
          })
        },
      ),
      { numRuns: 25 },
    )
  })

  it('never lets a reader of the feed jump over an event that commits late', async () => {
    const feed = new PgFeed(store.pool)
    const start = (await feed.after(sides.companyId, undefined, 500)).at(-1)?.cursor
    if (store.kind === 'embedded') {
      // One backend: no transaction can be open beside another.
      await ledger.enter(anAcceptance(sides))
      expect(await feed.after(sides.companyId, start, 10)).toHaveLength(1)
      return
    }
    const anchor = anAcceptance(sides)
    await ledger.enter(anchor)
    const [seen] = await feed.after(sides.companyId, start, 10)
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    let written = () => {}
    const inserted = new Promise<void>((resolve) => (written = resolve))
    const late = store.unitOfWork.run(async (tx) => {
      await clientOf(tx).query(
        `insert into event (document_id, company_id, name, at) values ($1, $2, 'document.viewed', now())`,
        [anchor.id, sides.companyId],
      )
      written()
      await held
    })
    await inserted
    const quick = anAcceptance(sides)
    await ledger.enter(quick)
    expect(await feed.after(sides.companyId, seen?.cursor, 10)).toEqual([])
    release()
    await late
    expect((await feed.after(sides.companyId, seen?.cursor, 10)).map(({ name }) => name)).toEqual([
      'document.viewed',
      'document.received',
    ])
  })

  it('refuses a change that was decided on an older revision', async () => {
    const documents = new PgDocuments(store.pool)
    const acceptance = anAcceptance(sides)
    await ledger.enter(acceptance)
    const change = { documentId: acceptance.id, revision: 1, senderState: 'signed' as const }
    await store.unitOfWork.run((tx) => documents.record(tx, change))
    await expect(store.unitOfWork.run((tx) => documents.record(tx, change))).rejects.toThrow(Outdated)
  })
})
