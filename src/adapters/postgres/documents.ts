import type {
  Digest,
  DocumentChange,
  DocumentFilter,
  DocumentRecord,
  Documents,
  Event,
  KeyUse,
  MirrorState,
  SenderState,
  SignatureRecord,
} from '../../core/exchange/index.ts'
import { isFinal, Outdated } from '../../core/exchange/index.ts'
import type { Attempt, TaskKind, Tx } from '../../core/kernel/index.ts'
import { bytesOfDigest, documentColumns, recordOf, type DocumentRow } from './document-columns.ts'
import { eventOf, type EventRow } from './event-rows.ts'
import { keyUseColumns, keyUseOf, type KeyUseRow } from './key-uses.ts'
import { clientOf, type PgPool } from './pool.ts'
import { addEvents } from './sql/add-events.ts'
import { addKeyUse } from './sql/add-key-use.ts'
import { addProof } from './sql/add-proof.ts'
import { addTasks } from './sql/add-tasks.ts'

/** Documents, their signatures and their history in PostgreSQL. */
export class PgDocuments implements Documents {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async byId(id: string): Promise<DocumentRecord | undefined> {
    return (await this.byIds([id])).get(id)
  }

  async byIds(ids: string[]): Promise<Map<string, DocumentRecord>> {
    const { rows } = await this.#pool.query<DocumentRow & Record<string, unknown>>(
      `select ${documentColumns} from document where id = any($1::uuid[])`,
      [ids],
    )
    return new Map(rows.map((row) => [row.id, recordOf(row)]))
  }

  async byGuid(companyId: string, guid: string): Promise<DocumentRecord | undefined> {
    const { rows } = await this.#pool.query<DocumentRow & Record<string, unknown>>(
      `select ${documentColumns} from document
        where guid = $2 and connection_id in (select id from connection where company_id = $1)
        order by id desc                          -- the newest version
        limit 1`,
      [companyId, guid],
    )
    return rows[0] === undefined ? undefined : recordOf(rows[0])
  }

  async bytes(digest: Digest): Promise<Uint8Array | undefined> {
    const { rows } = await this.#pool.query<{ bytes: Buffer }>(`select bytes from blob where digest = $1`, [
      bytesOfDigest(digest),
    ])
    return rows[0]?.bytes
  }

  async signatures(documentId: string): Promise<SignatureRecord[]> {
    const { rows } = await this.#pool.query<SignatureRow & Record<string, unknown>>(
      `select id, document_id, side, purpose, cms, signed_at, verdict, signer, report
         from signature where document_id = $1 order by signed_at, id`,
      [documentId],
    )
    return rows.map(signatureOf)
  }

  async keyUses(documentId: string): Promise<KeyUse[]> {
    const { rows } = await this.#pool.query<KeyUseRow & Record<string, unknown>>(
      `select ${keyUseColumns} from key_use where document_id = $1 order by at, id`,
      [documentId],
    )
    return rows.map(keyUseOf)
  }

  async attempts(documentId: string): Promise<Attempt[]> {
    const { rows } = await this.#pool.query<AttemptRow & Record<string, unknown>>(
      `select task_id, document_id, kind, number, started_at, duration_ms, outcome, note
         from attempt where document_id = $1 order by id`,
      [documentId],
    )
    return rows.map((row) => ({
      taskId: row.task_id,
      documentId: row.document_id,
      kind: row.kind as TaskKind,
      number: row.number,
      startedAt: row.started_at,
      durationMs: row.duration_ms,
      outcome: row.outcome,
      note: row.note,
    }))
  }

  async events(documentId: string): Promise<Event[]> {
    const { rows } = await this.#pool.query<EventRow & Record<string, unknown>>(
      `select tx, seq, document_id, company_id, name, at, details from event where document_id = $1 order by tx, seq`,
      [documentId],
    )
    return rows.map(eventOf)
  }

  async record(tx: Tx, change: DocumentChange): Promise<void> {
    const db = clientOf(tx)
    const { rows } = await db.query<{
      sender_state: SenderState
      mirror_state: MirrorState
      archived_at: Date | null
    }>(
      `update document
          set revision = revision + 1,
              sender_state = coalesce($3, sender_state),
              recipient_state = coalesce($4, recipient_state),
              mirror_state = coalesce($5, mirror_state),
              recipient_company_id = coalesce($6, recipient_company_id),
              reason = case when $7 then $8 else reason end,
              stamp = coalesce($9::jsonb, stamp),
              archived_at = coalesce($10, archived_at)
        where id = $1 and revision = $2
        returning sender_state, mirror_state, archived_at`,
      [
        change.documentId,
        change.revision,
        change.senderState ?? null,
        change.recipientState ?? null,
        change.mirrorState ?? null,
        change.recipientCompanyId ?? null,
        change.reason !== undefined,
        change.reason ?? null,
        change.stamp === undefined ? null : JSON.stringify(change.stamp),
        change.archivedAt ?? null,
      ],
    )
    const [now] = rows
    if (now === undefined) throw new Outdated(change.documentId)
    if (change.signature !== undefined) {
      const s = change.signature
      await db.query(
        `insert into signature (id, document_id, side, purpose, cms, signed_at, verdict, signer, report)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do update set verdict = excluded.verdict, report = excluded.report`,
        [
          s.id,
          s.documentId,
          s.side,
          s.purpose,
          s.cms,
          s.signedAt,
          s.verdict,
          JSON.stringify(s.signer),
          JSON.stringify(s.report),
        ],
      )
    }
    if (change.proof !== undefined) await addProof(db, change.proof)
    if (change.keyUse !== undefined) await addKeyUse(db, change.keyUse)
    await addEvents(db, change.events ?? [])
    await addTasks(db, change.tasks ?? [])
    if (now.archived_at === null && isFinal({ sender: now.sender_state, mirror: now.mirror_state })) {
      await db.query(
        `insert into task (id, kind, document_id, subject, due_at)
         values (gen_random_uuid(), 'archive', $1, '', $2)
         on conflict (document_id, kind, subject) do nothing`,
        [change.documentId, change.events?.at(-1)?.at ?? new Date()],
      )
    }
  }

  async list(companyId: string, filter: DocumentFilter): Promise<DocumentRecord[]> {
    const outbox = filter.box === 'outbox'
    const { rows } = await this.#pool.query<DocumentRow & Record<string, unknown>>(
      `select ${documentColumns} from document
        where ${outbox ? 'company_id' : 'recipient_company_id'} = $1
          and ($2::uuid is null or id > $2)
          and ($3::text is null or kind = $3)
          and ($4::text is null or number = $4)
          and ($5::text is null or ${outbox ? 'recipient_tax_id' : 'sender_tax_id'} = $5)
        order by id
        limit $6`,
      [
        companyId,
        filter.after ?? null,
        filter.kind ?? null,
        filter.number ?? null,
        filter.partnerTaxId ?? null,
        filter.limit,
      ],
    )
    return rows.map(recordOf)
  }

  async awaitingArchive(limit: number): Promise<DocumentRecord[]> {
    const { rows } = await this.#pool.query<DocumentRow & Record<string, unknown>>(
      `select ${documentColumns} from document d
        where archived_at is null
          and sender_state in ('completed', 'refused', 'annulled')
          and mirror_state in ('none', 'registered', 'rejected')
          and not exists (select from task t where t.document_id = d.id and t.kind = 'archive')
        order by id
        limit $1`,
      [limit],
    )
    return rows.map(recordOf)
  }
}

interface SignatureRow {
  id: string
  document_id: string
  side: string
  purpose: string
  cms: Buffer
  signed_at: Date
  verdict: string
  signer: Record<string, unknown>
  report: Record<string, unknown>
}

const signatureOf = (row: SignatureRow): SignatureRecord => ({
  id: row.id,
  documentId: row.document_id,
  side: row.side as SignatureRecord['side'],
  purpose: row.purpose as SignatureRecord['purpose'],
  cms: row.cms,
  signedAt: row.signed_at,
  verdict: row.verdict as SignatureRecord['verdict'],
  signer: row.signer,
  report: row.report,
})

interface AttemptRow {
  task_id: string
  document_id: string
  kind: string
  number: number
  started_at: Date
  duration_ms: number
  outcome: string
  note: string
}
