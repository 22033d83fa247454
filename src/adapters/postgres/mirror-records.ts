import { MirrorOutdated } from '../../core/mirror/index.ts'
import type {
  InvoiceKey,
  MirrorBatches,
  MirrorChange,
  MirrorCursors,
  MirrorDeed,
  MirrorHistory,
  MirrorLine,
  MirrorPhase,
  MirrorRecord,
  MirrorRecords,
  PortalDirection,
  PortalError,
  PortalSignatureType,
  SignedInvoice,
  UpdatesCursor,
} from '../../core/mirror/index.ts'
import type { LocalDate, Tx } from '../../core/kernel/index.ts'
import { clientOf } from './pool.ts'
import type { Querier } from './pool.ts'

interface RecordRow {
  document_id: string
  revision: number
  tax_id: string
  invoice_date: string
  invoice_number: string
  phase: MirrorPhase
  claimed_until: Date | null
  portal_id: string | null
  portal_status: string | null
  registration_number: string | null
  prepared_at: Date
  submitted_at: Date | null
  asked_at: Date | null
  registered_at: Date | null
  errors: PortalError[]
}

interface SignedRow {
  document_id: string
  invoice_date: string
  invoice_number: string
  body: string
  signature: string
  signature_type: PortalSignatureType
  certificate: string
}

interface LineRow {
  document_id: string
  at: Date
  deed: MirrorDeed
  change: Record<string, unknown>
}

/** Without the body: it is large, and most questions do not need it. */
const recordColumns = `document_id, revision, tax_id, invoice_date, invoice_number, phase, claimed_until,
  portal_id, portal_status, registration_number, prepared_at, submitted_at, asked_at, registered_at, errors`

/** `$5` is now: a claim that runs means that somebody is talking to the portal. */
const dueWhen = {
  queued: `phase = 'queued'`,
  unresolved: `phase = 'submitting' and (claimed_until is null or claimed_until <= $5)`,
}

const signedColumns = `document_id, invoice_date, invoice_number, body, signature, signature_type, certificate`

/** The mirror's tables. */
export class PgMirrorRecords implements MirrorRecords, MirrorBatches, MirrorHistory {
  readonly #db: Querier

  constructor(db: Querier) {
    this.#db = db
  }

  async find(documentId: string) {
    const { rows } = await this.#db.query<RecordRow>(
      `select ${recordColumns} from mirror_record where document_id = $1`,
      [documentId],
    )
    return rows[0] === undefined ? undefined : recordOf(rows[0])
  }

  async findAll(documentIds: string[]) {
    return this.#records(`select ${recordColumns} from mirror_record where document_id = any($1::uuid[])`, [
      documentIds,
    ])
  }

  async byKey(taxId: string, { date, number }: InvoiceKey) {
    return this.#records(
      `select ${recordColumns} from mirror_record
        where tax_id = $1 and invoice_date = $2 and invoice_number = $3
        order by prepared_at, document_id`,
      [taxId, date, number],
    )
  }

  async add(tx: Tx, invoice: SignedInvoice & { taxId: string; at: Date }) {
    const db = clientOf(tx)
    await db.query(
      `insert into mirror_record
         (document_id, tax_id, invoice_date, invoice_number, phase, prepared_at,
          body, signature, signature_type, certificate)
       values ($1, $2, $3, $4, 'prepared', $5, $6, $7, $8, $9)`,
      [
        invoice.documentId,
        invoice.taxId,
        invoice.date,
        invoice.number,
        invoice.at,
        invoice.body,
        invoice.signature,
        invoice.signatureType,
        invoice.certificate,
      ],
    )
    await addLines(db, [invoice.documentId], invoice.at, 'prepared', { phase: 'prepared' })
  }

  async hold(tx: Tx, seen: Pick<MirrorRecord, 'documentId' | 'revision'>[]) {
    const { rows } = await clientOf(tx).query<{ document_id: string }>(
      `select m.document_id from mirror_record m
         join unnest($1::uuid[], $2::integer[]) as seen (document_id, revision)
           on seen.document_id = m.document_id and seen.revision = m.revision
        order by m.document_id
          for update of m skip locked`,
      [seen.map(({ documentId }) => documentId), seen.map(({ revision }) => revision)],
    )
    return new Set(rows.map(({ document_id }) => document_id))
  }

  async change(
    tx: Tx,
    seen: Pick<MirrorRecord, 'documentId' | 'revision'>,
    { deed, at, change }: { deed: MirrorDeed; at: Date; change: MirrorChange },
  ) {
    const db = clientOf(tx)
    const sets = ['revision = revision + 1']
    const values: unknown[] = [seen.documentId, seen.revision]
    for (const [name, column] of Object.entries(changeColumns) as [keyof MirrorChange, string][]) {
      const value = change[name]
      if (value === undefined) continue
      values.push(name === 'errors' ? JSON.stringify(value) : value)
      sets.push(`${column} = $${values.length}`)
    }
    const { rowCount } = await db.query(
      `update mirror_record set ${sets.join(', ')} where document_id = $1 and revision = $2`,
      values,
    )
    if (rowCount !== 1) throw new MirrorOutdated(seen.documentId)
    await addLines(db, [seen.documentId], at, deed, change)
  }

  async claimPrepared(
    tx: Tx,
    wanted: {
      taxId: string
      documentId: string
      limit: number
      maxBytes: number
      at: Date
      claimedUntil: Date
    },
  ) {
    const db = clientOf(tx)
    const { rows } = await db.query<SignedRow>(
      `with first as (
         select document_id, prepared_at, certificate from mirror_record
          where document_id = $2 and phase = 'prepared'
          for update skip locked               -- another replica takes it along; do not wait
       ), others as (
         select m.document_id, m.prepared_at from mirror_record m, first f
          where m.tax_id = $1 and m.phase = 'prepared' and m.document_id <> f.document_id
            and m.certificate = f.certificate
          order by m.prepared_at, m.document_id
          limit $3::int - 1
          for update of m skip locked
       ), batch as (
         select document_id, 0 as place, prepared_at from first
         union all
         select document_id, 1, prepared_at from others
       ), sized as (
         select document_id, place,
                sum(octet_length(m.body)) over (order by b.place, b.prepared_at, b.document_id) as bytes
           from batch b join mirror_record m using (document_id)
       )
       update mirror_record m
          set phase = 'submitting', claimed_until = $5, revision = revision + 1
         from sized s
        where m.document_id = s.document_id and (s.place = 0 or s.bytes <= $4::bigint)
       returning ${signedColumns
         .split(', ')
         .map((column) => `m.${column}`)
         .join(', ')}`,
      [wanted.taxId, wanted.documentId, wanted.limit, wanted.maxBytes, wanted.claimedUntil],
    )
    const ids = rows.map(({ document_id }) => document_id)
    if (ids.length > 0) {
      await addLines(db, ids, wanted.at, 'claimed', {
        phase: 'submitting',
        claimedUntil: wanted.claimedUntil,
      })
    }
    return rows.map(signedOf)
  }

  async takeToAsk(
    tx: Tx,
    wanted: {
      taxId: string
      documentId: string
      which: 'queued' | 'unresolved'
      askedBefore: Date
      alongAskedBefore: Date
      limit: number
      at: Date
    },
  ) {
    const isDue = `tax_id = $1 and ${dueWhen[wanted.which]}`
    const { rows } = await clientOf(tx).query<RecordRow>(
      `with first as (
         select document_id, asked_at from mirror_record
          where document_id = $2 and (asked_at is null or asked_at < $3) and ${isDue}
          for update skip locked               -- another step asks about it; do not wait
       ), others as (
         select document_id from mirror_record
          where ${isDue} and (asked_at is null or asked_at < $6)
            and document_id <> $2 and exists (select from first)
          order by asked_at nulls first, document_id
          limit $4::int - 1
          for update skip locked
       )
       update mirror_record set asked_at = $5
        where document_id in (select document_id from first union all select document_id from others)
       returning ${recordColumns}`,
      [wanted.taxId, wanted.documentId, wanted.askedBefore, wanted.limit, wanted.at, wanted.alongAskedBefore],
    )
    return rows.map(recordOf)
  }

  async byPortalIds(taxId: string, ids: string[]) {
    return this.#records(
      `select ${recordColumns} from mirror_record where tax_id = $1 and portal_id = any($2::text[])`,
      [taxId, ids],
    )
  }

  async lines(documentId: string) {
    const { rows } = await this.#db.query<LineRow>(
      `select document_id, at, deed, change from mirror_line where document_id = $1 order by id`,
      [documentId],
    )
    return rows.map(lineOf)
  }

  async signed(documentId: string) {
    const { rows } = await this.#db.query<SignedRow>(
      `select ${signedColumns} from mirror_record where document_id = $1`,
      [documentId],
    )
    return rows[0] === undefined ? undefined : signedOf(rows[0])
  }

  async between(
    taxId: string,
    { from, to, after, limit }: { from: LocalDate; to: LocalDate; after?: string; limit: number },
  ) {
    return this.#records(
      `select ${recordColumns} from mirror_record
        where tax_id = $1 and invoice_date between $2 and $3 and ($4::uuid is null or document_id > $4)
        order by document_id
        limit $5`,
      [taxId, from, to, after ?? null, limit],
    )
  }

  async #records(sql: string, values: unknown[]): Promise<MirrorRecord[]> {
    const { rows } = await this.#db.query<RecordRow>(sql, values)
    return rows.map(recordOf)
  }
}

/** How far the portal's streams of changes were read. */
export class PgMirrorCursors implements MirrorCursors {
  readonly #db: Querier

  constructor(db: Querier) {
    this.#db = db
  }

  async read(taxId: string, direction: PortalDirection) {
    const { rows } = await this.#db.query<{ last_event_date: string; last_invoice_id: string | null }>(
      `select last_event_date, last_invoice_id from mirror_cursor where tax_id = $1 and direction = $2`,
      [taxId, direction],
    )
    const [row] = rows
    if (row === undefined) return undefined
    return {
      lastEventDate: row.last_event_date,
      ...(row.last_invoice_id === null ? {} : { lastInvoiceId: row.last_invoice_id }),
    }
  }

  async write(tx: Tx, taxId: string, direction: PortalDirection, cursor: UpdatesCursor) {
    await clientOf(tx).query(
      `insert into mirror_cursor (tax_id, direction, last_event_date, last_invoice_id) values ($1, $2, $3, $4)
       on conflict (tax_id, direction) do update
         set last_event_date = excluded.last_event_date, last_invoice_id = excluded.last_invoice_id`,
      [taxId, direction, cursor.lastEventDate, cursor.lastInvoiceId ?? null],
    )
  }
}

const changeColumns: Readonly<Record<keyof MirrorChange, string>> = {
  phase: 'phase',
  claimedUntil: 'claimed_until',
  portalId: 'portal_id',
  portalStatus: 'portal_status',
  registrationNumber: 'registration_number',
  submittedAt: 'submitted_at',
  askedAt: 'asked_at',
  registeredAt: 'registered_at',
  errors: 'errors',
}

const addLines = async (
  db: Querier,
  documentIds: string[],
  at: Date,
  deed: MirrorDeed,
  change: MirrorChange,
): Promise<void> => {
  await db.query(
    `insert into mirror_line (document_id, at, deed, change)
     select unnest($1::uuid[]), $2, $3, $4`,
    [documentIds, at, deed, JSON.stringify(change)],
  )
}

const recordOf = (row: RecordRow): MirrorRecord => ({
  documentId: row.document_id,
  revision: row.revision,
  taxId: row.tax_id,
  date: row.invoice_date,
  number: row.invoice_number,
  phase: row.phase,
  ...present('claimedUntil', row.claimed_until),
  ...present('portalId', row.portal_id),
  ...present('portalStatus', row.portal_status),
  ...present('registrationNumber', row.registration_number),
  preparedAt: row.prepared_at,
  ...present('submittedAt', row.submitted_at),
  ...present('askedAt', row.asked_at),
  ...present('registeredAt', row.registered_at),
  errors: row.errors,
})

const signedOf = (row: SignedRow): SignedInvoice => ({
  documentId: row.document_id,
  date: row.invoice_date,
  number: row.invoice_number,
  body: row.body,
  signature: row.signature,
  signatureType: row.signature_type,
  certificate: row.certificate,
})

const instants = ['claimedUntil', 'submittedAt', 'askedAt', 'registeredAt'] as const

/** JSON has no instants: they come back from text. */
const lineOf = (row: LineRow): MirrorLine => {
  const change = { ...row.change } as MirrorChange
  for (const name of instants) {
    const value: unknown = row.change[name]
    if (typeof value === 'string') change[name] = new Date(value)
  }
  return { documentId: row.document_id, at: row.at, deed: row.deed, change }
}

const present = <K extends string, V>(name: K, value: V | null): { [key in K]?: V } =>
  value === null ? {} : ({ [name]: value } as { [key in K]: V })
