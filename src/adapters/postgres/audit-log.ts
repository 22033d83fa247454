import type {
  AuditBook,
  AuditDay,
  AuditLine,
  AuditLink,
  AuditLog,
  AuditQuestion,
} from '../../core/audit/index.ts'
import { emptyHead } from '../../core/chain/index.ts'
import type { Digest } from '../../core/exchange/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { bytesOfDigest } from './document-columns.ts'
import { GroupCommit } from './group-commit.ts'
import { hexOf, idBefore } from './meter-rows.ts'
import { clientOf, type PgPool, type Querier } from './pool.ts'

/** Any number that nobody else locks with: `audit` in ASCII. */
const lockNumber = 0x6175646974

interface LineRow extends Record<string, unknown> {
  id: string
  at: Date
  who: AuditLine['who']
  actor: string
  deed: string
  object: string | null
  company_id: string | null
  reason: string | null
}

const lineColumns = 'l.id, l.at, l.who, l.actor, l.deed, l.object, l.company_id, l.reason'

/** The audit log in PostgreSQL. Lines in flight share commits, so that looking stays quick. */
export class PgAuditLog implements AuditLog, AuditBook {
  readonly #pool: PgPool
  readonly #commits: GroupCommit<AuditLine, undefined>

  constructor(pool: PgPool) {
    this.#pool = pool
    this.#commits = new GroupCommit({
      lanes: 1,
      limit: 200,
      marks: ({ id }) => [id],
      write: (lines) => this.#write(lines),
    })
  }

  async add(line: AuditLine): Promise<void> {
    await this.#commits.add(line)
  }

  async #write(lines: AuditLine[]): Promise<undefined[]> {
    const of = <T>(read: (line: AuditLine) => T): T[] => lines.map(read)
    await this.#pool.run({
      name: 'add-audit-lines',
      text: `insert into audit_line (id, at, who, actor, deed, object, company_id, reason)
             select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[],
                                  $7::uuid[], $8::text[])
             on conflict (id) do nothing`,
      values: [
        of((l) => l.id),
        of((l) => l.at),
        of((l) => l.who),
        of((l) => l.actor),
        of((l) => l.deed),
        of((l) => l.object ?? null),
        of((l) => l.companyId ?? null),
        of((l) => l.reason ?? null),
      ],
    })
    return lines.map(() => undefined)
  }

  async lock(tx: Tx): Promise<void> {
    await clientOf(tx).query(`select pg_advisory_xact_lock($1)`, [lockNumber])
  }

  async unlinked(tx: Tx, limit: number): Promise<AuditLine[]> {
    const db = clientOf(tx)
    const newest = await db.query<{ id: string }>(
      `select line_id as id from audit_link order by number desc limit 1`,
    )
    const { rows } = await db.query<LineRow>(
      `select ${lineColumns} from audit_line l
        where l.id >= $1 and not exists (select 1 from audit_link k where k.line_id = l.id)
        order by l.id limit $2`,
      [idBefore(newest.rows[0]?.id), limit],
    )
    return rows.map(lineOf)
  }

  async end(tx?: Tx): Promise<{ number: number; head: Digest }> {
    const { rows } = await this.#in(tx).query<{ number: string; head: Buffer }>(
      `select number, head from audit_link order by number desc limit 1`,
    )
    const row = rows[0]
    return { number: Number(row?.number ?? 0), head: row === undefined ? emptyHead : hexOf(row.head) }
  }

  async append(tx: Tx, links: readonly AuditLink[]): Promise<void> {
    await clientOf(tx).query(
      `insert into audit_link (number, line_id, leaf, head)
       select * from unnest($1::bigint[], $2::uuid[], $3::bytea[], $4::bytea[])`,
      [
        links.map(({ number }) => number),
        links.map(({ line }) => line.id),
        links.map(({ leaf }) => bytesOfDigest(leaf)),
        links.map(({ head }) => bytesOfDigest(head)),
      ],
    )
  }

  async lines({ object, companyId, actor, from, to, limit }: AuditQuestion) {
    const values: unknown[] = []
    const where = ['true']
    if (object !== undefined) where.push(`l.object = $${values.push(object)}`)
    if (companyId !== undefined) where.push(`l.company_id = $${values.push(companyId)}`)
    if (actor !== undefined) where.push(`l.actor = $${values.push(actor)}`)
    if (from !== undefined) where.push(`l.at >= $${values.push(from)}`)
    if (to !== undefined) where.push(`l.at < $${values.push(to)}`)
    const { rows } = await this.#pool.query<LineRow & { number: string | null }>(
      `select ${lineColumns}, k.number from audit_line l left join audit_link k on k.line_id = l.id
        where ${where.join(' and ')} order by l.id desc limit $${values.push(limit)}`,
      values,
    )
    return rows.map((row) => ({
      ...lineOf(row),
      number: row.number === null ? undefined : Number(row.number),
    }))
  }

  async linksAfter(number: number, limit: number): Promise<AuditLink[]> {
    const { rows } = await this.#pool.query<LineRow & { number: string; leaf: Buffer; head: Buffer }>(
      `select k.number, k.leaf, k.head, ${lineColumns} from audit_link k join audit_line l on l.id = k.line_id
        where k.number > $1 order by k.number limit $2`,
      [number, limit],
    )
    return rows.map((row) => ({
      number: Number(row.number),
      line: lineOf(row),
      leaf: hexOf(row.leaf),
      head: hexOf(row.head),
    }))
  }

  async lastDay(): Promise<AuditDay | undefined> {
    return (await this.#days('order by day desc limit 1'))[0]
  }

  days(): Promise<AuditDay[]> {
    return this.#days('order by day')
  }

  async close({ day, last, head, signature, stamp }: AuditDay): Promise<void> {
    await this.#pool.query(
      `insert into audit_day (day, last, head, signature, token) values ($1, $2, $3, $4, $5) on conflict do nothing`,
      [day, last, bytesOfDigest(head), signature, stamp ?? null],
    )
  }

  async #days(rest: string): Promise<AuditDay[]> {
    const { rows } = await this.#pool.query<{
      day: string
      last: string
      head: Buffer
      signature: Buffer
      token: Buffer | null
    }>(`select day, last, head, signature, token from audit_day ${rest}`)
    return rows.map((row) => ({
      day: row.day,
      last: Number(row.last),
      head: hexOf(row.head),
      signature: row.signature,
      stamp: row.token ?? undefined,
    }))
  }

  #in(tx: Tx | undefined): Querier {
    return tx === undefined ? this.#pool : clientOf(tx)
  }
}

const lineOf = (row: LineRow): AuditLine => ({
  id: row.id,
  at: row.at,
  who: row.who,
  actor: row.actor,
  deed: row.deed,
  object: row.object ?? undefined,
  companyId: row.company_id ?? undefined,
  reason: row.reason ?? undefined,
})
