import type {
  Arrival,
  FetchRange,
  FetchRanges,
  IncomingInvoices,
  IncomingOriginal,
  IncomingRecord,
  PortalSignatureCheck,
} from '../../core/mirror/index.ts'
import type { LocalDate, Tx } from '../../core/kernel/index.ts'
import { bytesOfDigest } from './document-columns.ts'
import { clientOf } from './pool.ts'
import type { Querier } from './pool.ts'
import { addEvents } from './sql/add-events.ts'
import { addTasks } from './sql/add-tasks.ts'

interface IncomingRow {
  tax_id: string
  portal_id: string
  company_id: string
  document_id: string
  brought: boolean
  invoice_date: string
  invoice_number: string
  sender_tax_id: string
  status: string | null
  status_since: Date | null
  registration_number: string | null
  deadline: Date | null
  fetched_at: Date
}

/** Without the original: it is large, and most questions do not need it. */
const columns = `tax_id, portal_id, company_id, document_id, brought, invoice_date, invoice_number, sender_tax_id,
  status, status_since, registration_number, deadline, fetched_at`

/** Invoices that others issued to our companies. */
export class PgIncomingInvoices implements IncomingInvoices {
  readonly #db: Querier

  constructor(db: Querier) {
    this.#db = db
  }

  find(taxId: string, portalIds: string[]) {
    return this.#records(
      `select ${columns} from incoming_invoice where tax_id = $1 and portal_id = any($2::text[])`,
      [taxId, portalIds],
    )
  }

  async byDocument(documentId: string) {
    const [found] = await this.#records(`select ${columns} from incoming_invoice where document_id = $1`, [
      documentId,
    ])
    return found
  }

  async original(taxId: string, portalId: string): Promise<IncomingOriginal | undefined> {
    const { rows } = await this.#db.query<{
      body: string | null
      signature: string | null
      certificate: string | null
      signature_check: PortalSignatureCheck | null
    }>(
      `select body, signature, certificate, signature_check from incoming_invoice where tax_id = $1 and portal_id = $2`,
      [taxId, portalId],
    )
    const [row] = rows
    if (row === undefined || row.body === null || row.signature_check === null) return undefined
    return {
      body: row.body,
      signature: row.signature ?? '',
      certificate: row.certificate ?? '',
      check: row.signature_check,
    }
  }

  async arrive(tx: Tx, arrival: Arrival) {
    const db = clientOf(tx)
    const { record, facts, original, bytes } = arrival
    const { rowCount } = await db.query(
      `insert into document (id, kind, sender_tax_id, sender_name, recipient_tax_id, recipient_name,
           recipient_company_id, guid, version, number, date, total, currency, digest, size, received_at,
           sender_state, recipient_state, mirror_state, stamp, door, format, request_id, raw_digest)
       select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
              'completed', 'settled', $17, $18::jsonb, 'portal', 'esf', $19, $20
        where not exists (select from incoming_invoice where tax_id = $5 and portal_id = $21)`,
      [
        record.documentId,
        facts.kind,
        facts.senderTaxId,
        facts.senderName,
        facts.recipientTaxId,
        facts.recipientName,
        record.companyId,
        facts.guid,
        facts.version,
        facts.number,
        facts.date,
        facts.total ?? null,
        facts.currency ?? null,
        bytesOfDigest(arrival.digest),
        bytes.byteLength,
        record.fetchedAt,
        arrival.mirrorState,
        arrival.stamp === undefined ? null : JSON.stringify(arrival.stamp),
        arrival.requestId,
        bytesOfDigest(arrival.rawDigest),
        record.portalId,
      ],
    )
    if (rowCount !== 1) return false
    const raw = Buffer.from(original.body)
    await db.query(
      `insert into blob (digest, size, bytes) values ($1, $2, $3), ($4, $5, $6) on conflict (digest) do nothing`,
      [
        bytesOfDigest(arrival.digest),
        bytes.byteLength,
        bytes,
        bytesOfDigest(arrival.rawDigest),
        raw.byteLength,
        raw,
      ],
    )
    await this.#insert(tx, record, original)
    await addEvents(db, arrival.events)
    if (arrival.mirrorState !== 'submitted') {
      await addTasks(db, [
        {
          id: arrival.archiveTaskId,
          kind: 'archive',
          documentId: record.documentId,
          subject: '',
          dueAt: record.fetchedAt,
        },
      ])
    }
    return true
  }

  async link(tx: Tx, record: IncomingRecord) {
    await this.#insert(tx, record)
  }

  async change(
    tx: Tx,
    { taxId, portalId }: Pick<IncomingRecord, 'taxId' | 'portalId'>,
    change: Pick<IncomingRecord, 'status' | 'statusSince' | 'registrationNumber' | 'deadline'>,
  ) {
    await clientOf(tx).query(
      `update incoming_invoice
          set status = coalesce($3, status), status_since = coalesce($4, status_since),
              registration_number = coalesce($5, registration_number), deadline = $6
        where tax_id = $1 and portal_id = $2`,
      [
        taxId,
        portalId,
        change.status ?? null,
        change.statusSince ?? null,
        change.registrationNumber ?? null,
        change.deadline ?? null,
      ],
    )
  }

  between(
    taxId: string,
    { from, to, after, limit }: { from: LocalDate; to: LocalDate; after?: string; limit: number },
  ) {
    return this.#records(
      `select ${columns} from incoming_invoice
        where tax_id = $1 and invoice_date between $2 and $3 and ($4::text is null or portal_id > $4)
        order by portal_id
        limit $5`,
      [taxId, from, to, after ?? null, limit],
    )
  }

  async #insert(tx: Tx, record: IncomingRecord, original?: IncomingOriginal): Promise<void> {
    await clientOf(tx).query(
      `insert into incoming_invoice (${columns}, body, signature, certificate, signature_check)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
       on conflict (tax_id, portal_id) do nothing`,
      [
        record.taxId,
        record.portalId,
        record.companyId,
        record.documentId,
        record.brought,
        record.date,
        record.number,
        record.senderTaxId,
        record.status ?? null,
        record.statusSince ?? null,
        record.registrationNumber ?? null,
        record.deadline ?? null,
        record.fetchedAt,
        original?.body ?? null,
        original?.signature ?? null,
        original?.certificate ?? null,
        original === undefined ? null : JSON.stringify(original.check),
      ],
    )
  }

  async #records(sql: string, values: unknown[]): Promise<IncomingRecord[]> {
    const { rows } = await this.#db.query<IncomingRow>(sql, values)
    return rows.map(recordOf)
  }
}

const recordOf = (row: IncomingRow): IncomingRecord => ({
  taxId: row.tax_id,
  companyId: row.company_id,
  portalId: row.portal_id,
  documentId: row.document_id,
  brought: row.brought,
  date: row.invoice_date,
  number: row.invoice_number,
  senderTaxId: row.sender_tax_id,
  ...(row.status === null ? {} : { status: row.status }),
  ...(row.status_since === null ? {} : { statusSince: row.status_since }),
  ...(row.registration_number === null ? {} : { registrationNumber: row.registration_number }),
  ...(row.deadline === null ? {} : { deadline: row.deadline }),
  fetchedAt: row.fetched_at,
})

interface RangeRow {
  id: string
  tax_id: string
  from_day: string
  to_day: string
  page: number
  seen: number
  brought: number
  unread: number
  requested_at: Date
  done_at: Date | null
}

const rangeColumns = `id, tax_id, from_day, to_day, page, seen, brought, unread, requested_at, done_at`

/** Requests for history and how far they are. */
export class PgFetchRanges implements FetchRanges {
  readonly #db: Querier

  constructor(db: Querier) {
    this.#db = db
  }

  async add(tx: Tx, ranges: FetchRange[]) {
    for (const range of ranges) {
      await clientOf(tx).query(
        `insert into portal_fetch (${rangeColumns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (tax_id, from_day, to_day) where done_at is null do nothing`,
        [
          range.id,
          range.taxId,
          range.from,
          range.to,
          range.page,
          range.seen,
          range.brought,
          range.unread,
          range.requestedAt,
          range.doneAt ?? null,
        ],
      )
    }
  }

  of(taxId: string, limit: number) {
    return this.#ranges(
      `select ${rangeColumns} from portal_fetch where tax_id = $1
        order by requested_at desc, from_day desc limit $2`,
      [taxId, limit],
    )
  }

  open(taxId: string) {
    return this.#ranges(
      `select ${rangeColumns} from portal_fetch where tax_id = $1 and done_at is null
        order by requested_at, from_day desc`,
      [taxId],
    )
  }

  async progress(
    tx: Tx,
    id: string,
    change: Pick<FetchRange, 'page' | 'seen' | 'brought' | 'unread' | 'doneAt'>,
  ) {
    await clientOf(tx).query(
      `update portal_fetch set page = $2, seen = $3, brought = $4, unread = $5, done_at = $6 where id = $1`,
      [id, change.page, change.seen, change.brought, change.unread, change.doneAt ?? null],
    )
  }

  async waiting() {
    const { rows } = await this.#db.query<{ tax_id: string }>(
      `select distinct tax_id from portal_fetch where done_at is null order by tax_id`,
    )
    return rows.map(({ tax_id }) => tax_id)
  }

  async #ranges(sql: string, values: unknown[]): Promise<FetchRange[]> {
    const { rows } = await this.#db.query<RangeRow>(sql, values)
    return rows.map((row) => ({
      id: row.id,
      taxId: row.tax_id,
      from: row.from_day,
      to: row.to_day,
      page: row.page,
      seen: row.seen,
      brought: row.brought,
      unread: row.unread,
      requestedAt: row.requested_at,
      ...(row.done_at === null ? {} : { doneAt: row.done_at }),
    }))
  }
}
