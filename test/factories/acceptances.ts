import { createHash } from 'node:crypto'
import { uuidIds } from '../../src/adapters/host/uuid-ids.ts'
import { clientOf, type PgPool, type PgUnitOfWork } from '../../src/adapters/postgres/pool.ts'
import { writeDocumentXml } from '../../src/core/document/index.ts'
import type { Acceptance } from '../../src/core/exchange/index.ts'
import { almatyMonth } from '../../src/core/kernel/index.ts'
import { anAct, buyerTaxId, sellerTaxId } from './documents.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

let taken = 0
const nextTaxId = (): string => String(200_000_000_000 + (taken += 1))

export interface Sides {
  companyId: string
  connectionId: string
  buyerId: string
}

/** A seller with a connection and a buyer, straight into the tables. */
export const someCompanies = async (store: { unitOfWork: PgUnitOfWork }): Promise<Sides> =>
  store.unitOfWork.run(async (tx) => {
    const db = clientOf(tx)
    const [companyId, buyerId, connectionId] = [uuidIds.next(), uuidIds.next(), uuidIds.next()]
    // Tax ids of their own, so that every test of a store gets companies nobody else uses.
    await db.query(`insert into company (id, tax_id, name) values ($1, $2, 'Seller'), ($3, $4, 'Buyer')`, [
      companyId,
      nextTaxId(),
      buyerId,
      nextTaxId(),
    ])
    await db.query(
      `insert into connection (id, company_id, name, login, signing, secrets) values ($1, $2, 'base', $3, 'key', '[]')`,
      [connectionId, companyId, `login-${connectionId}`],
    )
    return { companyId, connectionId, buyerId }
  })

/** A valid acceptance of an act; a test states only what matters. */
export const anAcceptance = (
  sides: Sides,
  overrides: Partial<Acceptance> & { number?: string; guid?: string } = {},
): Acceptance => {
  const { number, guid, ...rest } = overrides
  const act = anAct({ ...(number === undefined ? {} : { number }), ...(guid === undefined ? {} : { guid }) })
  const bytes = writeDocumentXml(act)
  const raw = new TextEncoder().encode(`raw of ${act.guid} ${act.number}`)
  const id = uuidIds.next()
  const receivedAt = rest.receivedAt ?? new Date('2026-03-31T10:00:00Z')
  return {
    id,
    receivedAt,
    companyId: sides.companyId,
    connectionId: sides.connectionId,
    facts: {
      kind: 'act',
      senderTaxId: sellerTaxId,
      senderName: act.seller.name,
      recipientTaxId: buyerTaxId,
      recipientName: act.buyer.name,
      guid: act.guid,
      version: act.version,
      number: act.number,
      date: act.date,
      total: act.totals.amountWithVat,
      currency: act.currency,
    },
    bytes,
    digest: sha256(bytes),
    raw,
    rawDigest: sha256(raw),
    origin: { door: 'test', format: 'test', requestId: 'request-1' },
    senderState: 'signing',
    mirrorState: 'none',
    tasks: [{ id: uuidIds.next(), kind: 'sign', documentId: id, subject: '', dueAt: receivedAt }],
    events: [{ documentId: id, companyId: sides.companyId, name: 'document.received', at: receivedAt }],
    month: almatyMonth(receivedAt),
    ...rest,
  }
}

/** How many rows of each table hang on documents: what "nothing more was written" is compared with. */
export const rowCounts = async (pool: PgPool): Promise<Record<string, number>> => {
  const { rows } = await pool.query<{ name: string; count: string }>(
    `select 'document' as name, count(*) from document
     union all select 'blob', count(*) from blob
     union all select 'meter_line', count(*) from meter_line
     union all select 'event', count(*) from event
     union all select 'task', count(*) from task
     union all select 'idempotency_key', count(*) from idempotency_key
     union all select 'signature', count(*) from signature`,
  )
  return Object.fromEntries(rows.map(({ name, count }) => [name, Number(count)]))
}
