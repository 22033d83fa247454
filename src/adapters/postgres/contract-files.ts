import {
  emptyFile,
  isFollowed,
  nextMomentOf,
  type ContractChange,
  type ContractEvent,
  type ContractFile,
  type ContractFiles,
} from '../../core/contract/index.ts'
import type { Deadline } from '../../core/deadline/index.ts'
import type { AccessState } from '../../core/access/index.ts'
import { Outdated } from '../../core/exchange/index.ts'
import { addMonths, almatyDate, type Ids, type Tx } from '../../core/kernel/index.ts'
import type { PgAccesses } from './accesses.ts'
import { withInstants } from './dated-json.ts'
import { clientOf, type PgPool, type Row } from './pool.ts'
import { insertNotices } from './notices.ts'

interface FileRow extends Row {
  company_id: string
  state: AccessState
  activated_at: Date | null
  expires_at: Date | null
  stopped_at: Date | null
  revision: number
  contents: unknown
}

const columns = 'company_id, state, activated_at, expires_at, stopped_at, revision, contents'

/** Contract files in PostgreSQL: the access row and its chain of events. */
export class PgContractFiles implements ContractFiles {
  readonly #pool: PgPool
  readonly #accesses: PgAccesses
  readonly #ids: Ids

  constructor(pool: PgPool, accesses: PgAccesses, ids: Ids) {
    this.#pool = pool
    this.#accesses = accesses
    this.#ids = ids
  }

  async of(companyId: string): Promise<ContractFile | undefined> {
    const { rows } = await this.#pool.query<FileRow>(`select ${columns} from access where company_id = $1`, [
      companyId,
    ])
    return rows[0] === undefined ? undefined : fileOf(rows[0])
  }

  async due(now: Date, limit: number): Promise<ContractFile[]> {
    const { rows } = await this.#pool.query<FileRow>(
      `select ${columns} from access where next_at <= $1 order by next_at limit $2`,
      [now, limit],
    )
    return rows.map(fileOf)
  }

  async following(after: string | undefined, limit: number): Promise<ContractFile[]> {
    const { rows } = await this.#pool.query<FileRow>(
      `select ${columns} from access
        where follows and ($1::uuid is null or company_id > $1) order by company_id limit $2`,
      [after ?? null, limit],
    )
    return rows.map(fileOf)
  }

  async list({
    state,
    after,
    limit,
  }: {
    state?: AccessState
    after?: string
    limit: number
  }): Promise<ContractFile[]> {
    const { rows } = await this.#pool.query<FileRow>(
      `select ${columns} from access
        where ($1::text is null or state = $1) and ($2::uuid is null or company_id > $2)
        order by company_id limit $3`,
      [state ?? null, after ?? null, limit],
    )
    return rows.map(fileOf)
  }

  async events(companyId: string): Promise<ContractEvent[]> {
    const { rows } = await this.#pool.query<{
      company_id: string
      seq: number
      name: string
      from_state: AccessState
      to_state: AccessState
      clause: string
      offer_version: string
      at: Date
      by: string
      details: Record<string, unknown>
      previous: string
      hash: string
    }>(`select * from contract_event where company_id = $1 order by seq`, [companyId])
    return rows.map((row) => ({
      companyId: row.company_id,
      seq: row.seq,
      name: row.name,
      from: row.from_state,
      to: row.to_state,
      clause: row.clause,
      offerVersion: row.offer_version,
      at: row.at,
      by: row.by,
      details: row.details,
      previous: row.previous,
      hash: row.hash,
    }))
  }

  async save(tx: Tx, changes: readonly ContractChange[]): Promise<void> {
    const client = clientOf(tx)
    const { rows } = await client.query<{ company_id: string }>(
      `insert into access as kept
         (company_id, state, activated_at, expires_at, stopped_at, revision, next_at, follows, contents)
       select company_id, state, activated_at, expires_at, stopped_at, revision, next_at, follows, contents
         from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::integer[],
                     $7::timestamptz[], $8::boolean[], $9::jsonb[])
           as t (company_id, state, activated_at, expires_at, stopped_at, revision, next_at, follows, contents)
       on conflict (company_id) do update
          set state = excluded.state, activated_at = excluded.activated_at, expires_at = excluded.expires_at,
              stopped_at = excluded.stopped_at, revision = excluded.revision, next_at = excluded.next_at,
              follows = excluded.follows, contents = excluded.contents
        where kept.revision = excluded.revision - 1   -- somebody else wrote meanwhile: this row stays
       returning company_id`,
      [
        changes.map(({ file }) => file.companyId),
        changes.map(({ file }) => file.state),
        changes.map(({ file }) => file.activatedAt ?? null),
        changes.map(({ file }) => file.expiresAt ?? null),
        changes.map(({ file }) => file.stoppedAt ?? null),
        changes.map(({ file }) => file.revision),
        changes.map(({ file }) => nextMomentOf(file) ?? null),
        changes.map(({ file }) => isFollowed(file)),
        changes.map(({ file }) => JSON.stringify(contentsOf(file))),
      ],
    )
    if (rows.length < changes.length) {
      const written = new Set(rows.map(({ company_id }) => company_id))
      const lost = changes.find(({ file }) => !written.has(file.companyId))
      throw new Outdated(`contract of ${lost?.file.companyId ?? ''}`)
    }
    const events = changes.flatMap((change) => change.events)
    await client.query(
      `insert into contract_event
         (company_id, seq, name, from_state, to_state, clause, offer_version, at, by, details, previous, hash)
       select * from unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                            $8::timestamptz[], $9::text[], $10::jsonb[], $11::text[], $12::text[])`,
      [
        events.map(({ companyId }) => companyId),
        events.map(({ seq }) => seq),
        events.map(({ name }) => name),
        events.map(({ from }) => from),
        events.map(({ to }) => to),
        events.map(({ clause }) => clause),
        events.map(({ offerVersion }) => offerVersion),
        events.map(({ at }) => at),
        events.map(({ by }) => by),
        events.map(({ details }) => JSON.stringify(details)),
        events.map(({ previous }) => previous),
        events.map(({ hash }) => hash),
      ],
    )
    await insertNotices(
      client,
      changes.flatMap(({ notices }) => notices),
      this.#ids,
    )
    for (const { file } of changes) this.#accesses.forget(file.companyId)
  }

  async nextNumber(): Promise<number> {
    const { rows } = await this.#pool.query<{ n: string }>(`select nextval('contract_number') as n`)
    return Number(rows[0]?.n)
  }
}

/** What has no column of its own. */
const contentsOf = ({
  companyId: _,
  revision: _revision,
  state: _state,
  activatedAt: _activated,
  expiresAt: _expires,
  stoppedAt: _stopped,
  ...contents
}: ContractFile): Omit<
  ContractFile,
  'companyId' | 'revision' | 'state' | 'activatedAt' | 'expiresAt' | 'stoppedAt'
> => contents

const fileOf = (row: FileRow): ContractFile => {
  const head = {
    companyId: row.company_id,
    revision: row.revision,
    state: row.state,
    activatedAt: row.activated_at ?? undefined,
    expiresAt: row.expires_at ?? undefined,
    stoppedAt: row.stopped_at ?? undefined,
  }
  if (row.contents !== null)
    return { ...emptyFile(row.company_id), ...(withInstants(row.contents) as object), ...head }
  return { ...emptyFile(row.company_id), ...head, ...beforeContracts(head) }
}

/** An access that was granted before contracts were kept: one period, and the term that ends it. */
const beforeContracts = ({
  activatedAt,
  expiresAt,
}: Pick<ContractFile, 'activatedAt' | 'expiresAt'>): Partial<ContractFile> => {
  if (activatedAt === undefined || expiresAt === undefined) return {}
  const startedOn = almatyDate(activatedAt)
  const dueOn = almatyDate(new Date(expiresAt.getTime() - 1))
  let months = 1
  while (months < 120 && addMonths(startedOn, months) < dueOn) months += 1
  const deadline: Deadline = {
    clause: 'S9',
    paragraph: '2.3',
    offerVersion: '1',
    startFact: 'access-granted',
    startedAt: activatedAt,
    startedOn,
    dayRule: { unit: 'calendar-months', count: months, startsOn: 'next-day', lastDayOff: 'stays' },
    certainty: 'published',
    dueOn,
    dueAt: expiresAt,
  }
  return {
    periods: [{ fromAt: activatedAt, toAt: expiresAt, paid: '0.00' }],
    timers: [{ clause: 'S9', subject: '', deadline, moments: [{ at: expiresAt, on: dueOn, what: 'due' }] }],
  }
}
