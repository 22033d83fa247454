import type { ArchivedDocument, ArchiveLink, ArchivePackage, PackageBook } from '../../core/archive/index.ts'
import { emptyHead } from '../../core/chain/index.ts'
import type { Digest } from '../../core/exchange/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { archiveColumns, archivedOf, type ArchiveRow } from './archive-records.ts'
import { bytesOfDigest } from './document-columns.ts'
import { digestsIn, hexOf } from './meter-rows.ts'
import { clientOf, type PgPool, type Querier } from './pool.ts'

/** Any number that nobody else locks with: `archiv` in ASCII. */
const lockNumber = 0x617263686976

interface PackageRow extends Record<string, unknown> {
  number: string
  day: string
  first: string
  last: string
  documents: string
  bytes: string
  root: Buffer
  head: Buffer
  sheets: Buffer
  previous: Buffer
  digest: Buffer
  signature: Buffer
  knots: Buffer
  closed_at: Date
  token: Buffer | null
}

const packageColumns = `p.number, p.day, p.first, p.last, p.documents, p.bytes, p.root, p.head, p.sheets, p.previous,
  p.digest, p.signature, p.knots, p.closed_at, s.token`

/** Places and packages of the archive in PostgreSQL. */
export class PgPackageBook implements PackageBook {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async lock(tx: Tx): Promise<void> {
    await clientOf(tx).query(`select pg_advisory_xact_lock($1)`, [lockNumber])
  }

  async unplaced(tx: Tx, limit: number): Promise<ArchivedDocument[]> {
    const { rows } = await clientOf(tx).query<ArchiveRow>(
      `select ${archiveColumns}, null as purged_at from archive_record a
        where a.place is null order by a.document_id limit $1`,
      [limit],
    )
    return rows.map(archivedOf)
  }

  async end(tx?: Tx): Promise<{ place: number; head: Digest }> {
    const { rows } = await this.#in(tx).query<{ place: string; head: Buffer }>(
      `select place, head from archive_record where place is not null order by place desc limit 1`,
    )
    const row = rows[0]
    return row === undefined
      ? { place: 0, head: emptyHead }
      : { place: Number(row.place), head: hexOf(row.head) }
  }

  async place(tx: Tx, links: readonly ArchiveLink[]): Promise<void> {
    await clientOf(tx).query(
      `update archive_record a set place = l.place, leaf = l.leaf, head = l.head
         from unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[]) as l (document_id, place, leaf, head)
        where a.document_id = l.document_id`,
      [
        links.map(({ documentId }) => documentId),
        links.map(({ place }) => place),
        links.map(({ leaf }) => bytesOfDigest(leaf)),
        links.map(({ head }) => bytesOfDigest(head)),
      ],
    )
  }

  async lastPlaceBefore(moment: Date, after: number): Promise<{ place: number; head: Digest } | undefined> {
    const { rows } = await this.#pool.query<{ place: string; head: Buffer }>(
      `with bound as (
         select coalesce((select min(place) - 1 from archive_record where place > $2 and at >= $1),
                         (select max(place) from archive_record where place > $2)) as place
       )
       select a.place, a.head from bound join archive_record a using (place) where a.place > $2`,
      [moment, after],
    )
    const row = rows[0]
    return row && { place: Number(row.place), head: hexOf(row.head) }
  }

  async listed(first: number, last: number) {
    const { rows } = await this.#pool.query<
      ArchiveRow & { leaf: Buffer; digests: Buffer[] | null; sizes: string[] | null }
    >(
      `select ${archiveColumns}, null as purged_at, a.leaf, p.digests, p.sizes
         from archive_record a
         left join lateral (select array_agg(digest order by digest) as digests,
                                   array_agg(size::text order by digest) as sizes
                              from archive_piece where document_id = a.document_id) p on true
        where a.place between $1 and $2 order by a.place`,
      [first, last],
    )
    return rows.map((row) => ({
      ...archivedOf(row),
      place: Number(row.place),
      leaf: hexOf(row.leaf),
      pieces: (row.digests ?? []).map((digest, at) => ({
        digest: hexOf(digest),
        size: Number(row.sizes?.[at] ?? 0),
      })),
    }))
  }

  async leaves(first: number, last: number): Promise<Digest[]> {
    const { rows } = await this.#pool.query<{ leaf: Buffer }>(
      `select leaf from archive_record where place between $1 and $2 order by place`,
      [first, last],
    )
    return rows.map(({ leaf }) => hexOf(leaf))
  }

  async lastPackage(tx?: Tx): Promise<ArchivePackage | undefined> {
    return (await this.#packages(this.#in(tx), 'order by p.number desc limit 1', []))[0]
  }

  async close(tx: Tx, made: ArchivePackage): Promise<void> {
    await clientOf(tx).query(
      `insert into archive_package (number, day, first, last, documents, bytes, root, head, sheets, previous, digest,
                                    signature, knots, closed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        made.number,
        made.day,
        made.first,
        made.last,
        made.documents,
        made.bytes,
        bytesOfDigest(made.root),
        bytesOfDigest(made.head),
        Buffer.concat(made.sheets.map(bytesOfDigest)),
        bytesOfDigest(made.previous),
        bytesOfDigest(made.digest),
        made.signature,
        Buffer.concat(made.knots.map(bytesOfDigest)),
        made.closedAt,
      ],
    )
  }

  async packageOf(place: number): Promise<ArchivePackage | undefined> {
    const [found] = await this.#packages(this.#pool, 'where p.last >= $1 order by p.last limit 1', [place])
    return found !== undefined && found.first <= place ? found : undefined
  }

  packages(after: number, limit: number): Promise<ArchivePackage[]> {
    return this.#packages(this.#pool, 'where p.number > $1 order by p.number limit $2', [after, limit])
  }

  async stamp(number: number, stamp: Uint8Array): Promise<void> {
    await this.#pool.query(
      `insert into archive_package_stamp (number, token) values ($1, $2) on conflict do nothing`,
      [number, stamp],
    )
  }

  unstamped(limit: number): Promise<ArchivePackage[]> {
    return this.#packages(this.#pool, 'where s.number is null order by p.number limit $1', [limit])
  }

  async #packages(db: Querier, rest: string, values: unknown[]): Promise<ArchivePackage[]> {
    const { rows } = await db.query<PackageRow>(
      `select ${packageColumns} from archive_package p left join archive_package_stamp s using (number) ${rest}`,
      values,
    )
    return rows.map(packageOf)
  }

  #in(tx: Tx | undefined): Querier {
    return tx === undefined ? this.#pool : clientOf(tx)
  }
}

const packageOf = (row: PackageRow): ArchivePackage => ({
  number: Number(row.number),
  day: row.day,
  first: Number(row.first),
  last: Number(row.last),
  documents: Number(row.documents),
  bytes: Number(row.bytes),
  root: hexOf(row.root),
  head: hexOf(row.head),
  sheets: digestsIn(row.sheets),
  previous: hexOf(row.previous),
  digest: hexOf(row.digest),
  signature: row.signature,
  knots: digestsIn(row.knots),
  closedAt: row.closed_at,
  stamp: row.token ?? undefined,
})
