import { finalActStatuses, MirrorOutdated } from '../../core/mirror/index.ts'
import type {
  ActChange,
  ActChoices,
  ActRecord,
  ActRecords,
  ActUpload,
  MirrorPhase,
  PortalError,
  PortalSignatureType,
  SignedAct,
} from '../../core/mirror/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { clientOf } from './pool.ts'
import type { Querier } from './pool.ts'

interface ActRow {
  document_id: string
  revision: number
  tax_id: string
  act_date: string
  act_number: string
  phase: MirrorPhase
  claimed_until: Date | null
  portal_id: string | null
  status: string | null
  registration_number: string | null
  prepared_at: Date
  submitted_at: Date | null
  registered_at: Date | null
  errors: PortalError[]
}

const columns = `document_id, revision, tax_id, act_date, act_number, phase, claimed_until, portal_id, status,
  registration_number, prepared_at, submitted_at, registered_at, errors`

const changeColumns: Readonly<Record<keyof ActChange, string>> = {
  phase: 'phase',
  claimedUntil: 'claimed_until',
  portalId: 'portal_id',
  status: 'status',
  registrationNumber: 'registration_number',
  submittedAt: 'submitted_at',
  registeredAt: 'registered_at',
  errors: 'errors',
}

/** Acts on their way to the portal and there. */
export class PgActRecords implements ActRecords {
  readonly #db: Querier

  constructor(db: Querier) {
    this.#db = db
  }

  async find(documentId: string) {
    const { rows } = await this.#db.query<ActRow>(
      `select ${columns} from portal_act where document_id = $1`,
      [documentId],
    )
    return rows[0] === undefined ? undefined : recordOf(rows[0])
  }

  async signed(documentId: string): Promise<SignedAct | undefined> {
    const { rows } = await this.#db.query<{
      act_date: string
      act_number: string
      body: string
      signature: string
      signature_type: PortalSignatureType
      certificate: string
      signer_name: string
    }>(
      `select act_date, act_number, body, signature, signature_type, certificate, signer_name
         from portal_act where document_id = $1`,
      [documentId],
    )
    const [row] = rows
    if (row === undefined) return undefined
    return {
      documentId,
      date: row.act_date,
      number: row.act_number,
      body: row.body,
      signature: row.signature,
      signatureType: row.signature_type,
      certificate: row.certificate,
      signerName: row.signer_name,
    }
  }

  async add(tx: Tx, act: SignedAct & { taxId: string; at: Date }) {
    await clientOf(tx).query(
      `insert into portal_act (document_id, tax_id, act_date, act_number, phase, prepared_at, body, signature,
           signature_type, certificate, signer_name)
       values ($1, $2, $3, $4, 'prepared', $5, $6, $7, $8, $9, $10)`,
      [
        act.documentId,
        act.taxId,
        act.date,
        act.number,
        act.at,
        act.body,
        act.signature,
        act.signatureType,
        act.certificate,
        act.signerName,
      ],
    )
  }

  async change(tx: Tx, seen: Pick<ActRecord, 'documentId' | 'revision'>, change: ActChange) {
    const sets = ['revision = revision + 1']
    const values: unknown[] = [seen.documentId, seen.revision]
    for (const [name, column] of Object.entries(changeColumns) as [keyof ActChange, string][]) {
      const value = change[name]
      if (value === undefined) continue
      values.push(name === 'errors' ? JSON.stringify(value) : value)
      sets.push(`${column} = $${values.length}`)
    }
    const { rowCount } = await clientOf(tx).query(
      `update portal_act set ${sets.join(', ')} where document_id = $1 and revision = $2`,
      values,
    )
    if (rowCount !== 1) throw new MirrorOutdated(seen.documentId)
  }

  async byPortalIds(taxId: string, ids: string[]) {
    const { rows } = await this.#db.query<ActRow>(
      `select ${columns} from portal_act where tax_id = $1 and portal_id = any($2::text[])`,
      [taxId, ids],
    )
    return rows.map(recordOf)
  }

  async moving(taxId: string, limit: number) {
    const { rows } = await this.#db.query<ActRow>(
      `select ${columns} from portal_act
        where tax_id = $1 and phase = 'registered' and (status is null or status <> all($2::text[]))
        order by registered_at limit $3`,
      [taxId, finalActStatuses, limit],
    )
    return rows.map(recordOf)
  }
}

/** Which companies send their acts, and what is due. */
export class PgActChoices implements ActChoices {
  readonly #db: Querier

  constructor(db: Querier) {
    this.#db = db
  }

  async choose(companyId: string, upload: ActUpload | undefined, since: Date) {
    if (upload === undefined) {
      await this.#db.query(`delete from portal_act_choice where company_id = $1`, [companyId])
      return
    }
    await this.#db.query(
      `insert into portal_act_choice (company_id, upload, since) values ($1, $2, $3)
       on conflict (company_id) do update set upload = excluded.upload`,
      [companyId, upload, since],
    )
  }

  async of(companyId: string) {
    const { rows } = await this.#db.query<{ upload: ActUpload }>(
      `select upload from portal_act_choice where company_id = $1`,
      [companyId],
    )
    return rows[0]?.upload
  }

  async due(limit: number) {
    const { rows } = await this.#db.query<{ id: string }>(
      `select d.id from portal_act_choice c join document d on d.company_id = c.company_id
        where d.kind = 'act' and d.received_at >= c.since
          and (d.sender_state = 'completed'
               or (c.upload = 'signed' and d.sender_state in ('signed', 'delivered')))
          and not exists (select from task t
                           where t.document_id = d.id and t.kind = 'mirror' and t.subject = 'act')
        order by d.id
        limit $1`,
      [limit],
    )
    return rows.map(({ id }) => id)
  }
}

const recordOf = (row: ActRow): ActRecord => ({
  documentId: row.document_id,
  revision: row.revision,
  taxId: row.tax_id,
  date: row.act_date,
  number: row.act_number,
  phase: row.phase,
  ...(row.claimed_until === null ? {} : { claimedUntil: row.claimed_until }),
  ...(row.portal_id === null ? {} : { portalId: row.portal_id }),
  ...(row.status === null ? {} : { status: row.status }),
  ...(row.registration_number === null ? {} : { registrationNumber: row.registration_number }),
  preparedAt: row.prepared_at,
  ...(row.submitted_at === null ? {} : { submittedAt: row.submitted_at }),
  ...(row.registered_at === null ? {} : { registeredAt: row.registered_at }),
  errors: row.errors,
})
