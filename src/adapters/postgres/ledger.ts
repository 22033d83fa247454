import type { Acceptance, Conflict, Entry, Ledger, PackageEntry } from '../../core/exchange/index.ts'
import { bytesOfDigest } from './document-columns.ts'
import { GroupCommit } from './group-commit.ts'
import { clientOf, CommitUnknown, PgUnitOfWork, sqlStateOf, type PgPool, type Querier } from './pool.ts'
import { enterDocuments } from './sql/enter-documents.ts'
import { findEntered, type Entered } from './sql/find-entered.ts'

const uniqueViolation = '23505'
const deadlock = '40P01'

/** Documents of a package that one statement takes: bounded in number and in bytes. */
const chunkOf = { documents: 100, bytes: 16 * 1024 * 1024 }

/** Thrown inside a transaction to take everything back. */
class Withheld extends Error {}

/**
 * Enters documents exactly once. The happy way is one statement for all requests in flight; whatever was
 * there before is then looked up, never guessed.
 */
export class PgLedger implements Ledger {
  readonly #pool: PgPool
  readonly #commits: GroupCommit<Acceptance, Entry>
  readonly #unitOfWork: PgUnitOfWork

  constructor(pool: PgPool) {
    this.#pool = pool
    this.#unitOfWork = new PgUnitOfWork(pool)
    this.#commits = new GroupCommit({
      lanes: pool.embedded ? 1 : 2,
      limit: 64,
      marks: ({ connectionId, key, facts }) => [
        `content ${connectionId} ${facts.guid} ${facts.version}`,
        ...(key === undefined ? [] : [`key ${connectionId} ${key}`]),
      ],
      write: (acceptances) => this.#enter(acceptances),
    })
  }

  enter(acceptance: Acceptance): Promise<Entry> {
    return this.#commits.add(acceptance)
  }

  find(acceptance: Acceptance): Promise<Entry | undefined> {
    return entryOf(this.#pool, acceptance)
  }

  async #enter(acceptances: Acceptance[]): Promise<Entry[]> {
    let entered: Set<string>
    try {
      entered = await this.#write(acceptances)
    } catch (error) {
      if (sqlStateOf(error) !== uniqueViolation) throw error
      // A key of the batch was used before for another document. One bad key must not cost its neighbours:
      // each acceptance is entered alone, and only the guilty one is refused.
      if (acceptances.length > 1) {
        const entries: Entry[] = []
        for (const acceptance of acceptances) entries.push(...(await this.#enter([acceptance])))
        return entries
      }
      entered = new Set()
    }
    const entries: Entry[] = []
    for (const acceptance of acceptances) {
      entries.push(
        entered.has(acceptance.id)
          ? { outcome: 'new', id: acceptance.id, receivedAt: acceptance.receivedAt }
          : await this.#whatWasThere(acceptance),
      )
    }
    return entries
  }

  /** One statement is one transaction. After a lost answer the same ids are looked for before writing again. */
  async #write(acceptances: Acceptance[]): Promise<Set<string>> {
    try {
      return await enterDocuments((statement) => this.#pool.run(statement), acceptances)
    } catch (error) {
      // Lost: committed or not, the second run tells; rows that are there stay, and are found by their own ids.
      // Deadlock: a package was entering the same documents in another order; it has gone ahead.
      if (!isAnswerLost(error) && sqlStateOf(error) !== deadlock) throw error
      return enterDocuments((statement) => this.#pool.run(statement), acceptances)
    }
  }

  async enterTogether(acceptances: Acceptance[]): Promise<PackageEntry> {
    for (let answerLost = false; ; answerLost = true) {
      try {
        const entries = await this.#unitOfWork.run((tx) => enterAll(clientOf(tx), acceptances))
        return { outcome: 'entered', entries }
      } catch (error) {
        if (!answerLost && isAnswerLost(error)) continue
        if (!(error instanceof Withheld) && sqlStateOf(error) !== uniqueViolation) throw error
        const conflicts = await this.#conflictsOf(acceptances)
        // Whoever stood in the way has gone since: nothing was entered, the sender may try again.
        if (conflicts.length === 0) throw error
        return { outcome: 'conflict', conflicts }
      }
    }
  }

  async #conflictsOf(acceptances: Acceptance[]): Promise<Conflict[]> {
    const conflicts: Conflict[] = []
    for (const [index, acceptance] of acceptances.entries()) {
      const entry = await entryOf(this.#pool, acceptance)
      if (entry?.outcome === 'conflict') conflicts.push({ index, id: entry.id, on: entry.on })
    }
    return conflicts
  }

  async #whatWasThere(acceptance: Acceptance): Promise<Entry> {
    const entry = await entryOf(this.#pool, acceptance)
    if (entry === undefined) throw new Error(`document ${acceptance.id} was neither entered nor found`)
    if (entry.outcome === 'repeat' && acceptance.key !== undefined) {
      await rememberKey(this.#pool, acceptance.connectionId, acceptance.key, entry.id)
    }
    return entry
  }
}

/** Enters a package in one order for all, so that two that share documents wait for each other. */
const enterAll = async (
  db: Querier,
  acceptances: Acceptance[],
): Promise<Extract<PackageEntry, { outcome: 'entered' }>['entries']> => {
  const entered = new Set<string>()
  const rawKept = new Set<string>()
  for (const chunk of chunksOf(acceptances.toSorted(byContentId))) {
    for (const id of await enterDocuments((statement) => db.query(statement), chunk, rawKept)) {
      entered.add(id)
      // Bytes are kept with the first document that was new; until one was, they come along again.
      for (const { id: own, rawDigest } of chunk) if (own === id) rawKept.add(rawDigest)
    }
  }
  const entries = []
  for (const acceptance of acceptances) {
    const { id, receivedAt, connectionId, key } = acceptance
    const entry: Entry | undefined = entered.has(id)
      ? { outcome: 'new', id, receivedAt }
      : await entryOf(db, acceptance)
    if (entry === undefined || entry.outcome === 'conflict') throw new Withheld()
    if (entry.outcome === 'repeat' && key !== undefined) await rememberKey(db, connectionId, key, entry.id)
    entries.push(entry)
  }
  return entries
}

const byContentId = (a: Acceptance, b: Acceptance): number =>
  a.facts.guid < b.facts.guid
    ? -1
    : a.facts.guid > b.facts.guid
      ? 1
      : a.facts.version < b.facts.version
        ? -1
        : 1

const chunksOf = (acceptances: Acceptance[]): Acceptance[][] => {
  const chunks: Acceptance[][] = []
  let bytes = Infinity
  for (const acceptance of acceptances) {
    const last = chunks.at(-1)
    bytes += acceptance.bytes.byteLength
    if (last === undefined || last.length === chunkOf.documents || bytes > chunkOf.bytes) {
      chunks.push([acceptance])
      bytes = acceptance.bytes.byteLength
    } else last.push(acceptance)
  }
  return chunks
}

/** What stands under an acceptance's key or content id; undefined when nothing does. */
const entryOf = async (db: Querier, acceptance: Acceptance): Promise<Entry | undefined> => {
  const { byKey, byContentId } = await findEntered(db, acceptance)
  if (byKey !== undefined) return entryFor(acceptance, byKey, 'key')
  return byContentId && entryFor(acceptance, byContentId, 'content-id')
}

/** Ours (the answer of our own commit was lost), the same again, or another under the same name. */
const entryFor = (acceptance: Acceptance, there: Entered, on: 'key' | 'content-id'): Entry => {
  if (there.id === acceptance.id) return { outcome: 'new', id: there.id, receivedAt: there.receivedAt }
  return bytesOfDigest(acceptance.digest).equals(there.digest)
    ? { outcome: 'repeat', id: there.id, receivedAt: there.receivedAt }
    : { outcome: 'conflict', id: there.id, on }
}

const rememberKey = (db: Querier, connectionId: string, key: string, documentId: string): Promise<unknown> =>
  db.query(
    `insert into idempotency_key (connection_id, key, document_id) values ($1, $2, $3) on conflict do nothing`,
    [connectionId, key, documentId],
  )

/** 57P01, 57P02: the server was told to stop while the statement ran; whether it committed is not known. */
const isAnswerLost = (error: unknown): boolean =>
  error instanceof CommitUnknown || ['57P01', '57P02'].includes(sqlStateOf(error) ?? '')
