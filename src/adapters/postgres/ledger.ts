import type { Acceptance, Entry, Ledger } from '../../core/exchange/index.ts'
import { bytesOfDigest } from './document-columns.ts'
import { GroupCommit } from './group-commit.ts'
import { CommitUnknown, sqlStateOf, type PgPool, type Querier } from './pool.ts'
import { enterDocuments } from './sql/enter-documents.ts'
import { findEntered, type Entered } from './sql/find-entered.ts'

const uniqueViolation = '23505'

/**
 * Enters documents exactly once. The happy way is one statement for all requests in flight; whatever was
 * there before is then looked up, never guessed.
 */
export class PgLedger implements Ledger {
  readonly #pool: PgPool
  readonly #commits: GroupCommit<Acceptance, Entry>

  constructor(pool: PgPool) {
    this.#pool = pool
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
      return await enterDocuments(this.#pool, acceptances)
    } catch (error) {
      if (!isAnswerLost(error)) throw error
      // Committed or not, the second run tells: rows that are there stay, and are found by their own ids.
      return enterDocuments(this.#pool, acceptances)
    }
  }

  async #whatWasThere(acceptance: Acceptance): Promise<Entry> {
    const { byKey, byContentId } = await findEntered(this.#pool, acceptance)
    if (byKey !== undefined) return entryFor(acceptance, byKey, 'key')
    if (byContentId === undefined) {
      throw new Error(`document ${acceptance.id} was neither entered nor found`)
    }
    const entry = entryFor(acceptance, byContentId, 'content-id')
    if (entry.outcome === 'repeat' && acceptance.key !== undefined) {
      await rememberKey(this.#pool, acceptance.connectionId, acceptance.key, entry.id)
    }
    return entry
  }
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
