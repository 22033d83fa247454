import { accessStateAfter, paragraphOf, type AccessHappening } from '../access/index.ts'
import type { Deadline } from '../deadline/index.ts'
import { Refusal } from '../exchange/receipt.ts'
import type { Hasher } from '../exchange/ports.ts'
import { canonicalBytes } from './canonical.ts'
import { notNow } from './faults.ts'
import type { ContractEvent, ContractFile, Timer } from './file.ts'
import type { NewNotice, NoticeKind } from './notices.ts'
import { offerVersionAt } from './publication.ts'
import { timerOf, type Terms } from './terms.ts'

/** A change of one contract: the file as it will be, what happened, and who is told. Saved together or not at all. */
export interface ContractChange {
  file: ContractFile
  /** The revision the decision was made on. */
  wasRevision: number
  events: ContractEvent[]
  notices: NewNotice[]
}

export interface DraftContext {
  terms: Terms
  now: Date
  by: string
  hasher: Hasher
}

/**
 * A contract file while a decision is made. Decisions are plain functions over a draft; they throw `Refusal` for
 * what somebody outside can put right, and nothing is changed then.
 */
export class Draft {
  readonly file: ContractFile
  readonly terms: Terms
  /** Never earlier than the last event: a clock that went back does not turn the order of facts. */
  readonly now: Date
  readonly by: string
  readonly #hasher: Hasher
  readonly #wasRevision: number
  readonly #events: ContractEvent[] = []
  readonly #notices: NewNotice[] = []

  constructor(file: ContractFile, { terms, now, by, hasher }: DraftContext) {
    this.file = structuredClone(file)
    this.#wasRevision = file.revision
    this.terms = terms
    this.now = file.chain.at !== undefined && file.chain.at > now ? file.chain.at : now
    this.by = by
    this.#hasher = hasher
  }

  get changed(): boolean {
    return this.#events.length > 0
  }

  get offerVersion(): string {
    return offerVersionAt(this.terms.log, this.now)
  }

  /** Whether the table allows it now. */
  may(happening: AccessHappening): boolean {
    return accessStateAfter(this.file.state, happening) !== undefined
  }

  /** Moves the state by the table, or refuses with the clause. */
  happen(happening: AccessHappening, details: Record<string, unknown> = {}, at = this.now): void {
    const to = accessStateAfter(this.file.state, happening)
    if (to === undefined) {
      const why = notNow(happening, this.file.state, paragraphOf(happening), this.offerVersion)
      throw new Refusal('conflict', [why])
    }
    const from = this.file.state
    this.file.state = to
    this.#write(happening, paragraphOf(happening), from, details, at)
  }

  /** Writes a fact that moves no state. */
  note(name: string, clause: string, details: Record<string, unknown> = {}, at = this.now): void {
    this.#write(name, clause, this.file.state, details, at)
  }

  /** Starts a term with its reminders; a term of the same clause and subject that runs is replaced. */
  start(deadline: Deadline, subject = ''): void {
    this.drop(deadline.clause, subject)
    this.file.timers.push(timerOf(this.terms, deadline, subject))
    this.note('term-started', deadline.paragraph, { clause: deadline.clause, subject, deadline })
  }

  /** Ends a term because its fact came; nothing when it does not run. */
  stop(clause: string, subject = ''): void {
    const running = this.timer(clause, subject)
    if (running === undefined) return
    this.drop(clause, subject)
    this.note('term-met', running.deadline.paragraph, { clause, subject, dueOn: running.deadline.dueOn })
  }

  /** Ends every term: nothing of a contract that is over is due any more. */
  stopAll(except: readonly string[] = []): void {
    for (const { clause, subject } of [...this.file.timers])
      if (!except.includes(clause)) this.stop(clause, subject)
  }

  timer(clause: string, subject = ''): Timer | undefined {
    return this.file.timers.find((one) => one.clause === clause && one.subject === subject)
  }

  drop(clause: string, subject = ''): void {
    this.file.timers = this.file.timers.filter((one) => one.clause !== clause || one.subject !== subject)
  }

  /** Somebody is told, once for each key. */
  tell(
    kind: NoticeKind,
    key: string,
    facts: Record<string, string> = {},
    { to = 'client', documentId }: { to?: 'client' | 'operator'; documentId?: string } = {},
  ): void {
    this.#notices.push({
      companyId: this.file.companyId,
      to,
      kind,
      key: `${kind}:${key}`,
      facts,
      documentId,
      dueAt: this.now,
    })
  }

  /** What is to be saved; undefined when nothing happened. */
  done(): ContractChange | undefined {
    if (!this.changed) return undefined
    this.file.revision = this.#wasRevision + 1
    return { file: this.file, wasRevision: this.#wasRevision, events: this.#events, notices: this.#notices }
  }

  #write(
    name: string,
    clause: string,
    from: ContractFile['state'],
    details: Record<string, unknown>,
    at: Date,
  ): void {
    const unhashed = {
      companyId: this.file.companyId,
      seq: this.file.chain.seq + 1,
      name,
      from,
      to: this.file.state,
      clause,
      offerVersion: offerVersionAt(this.terms.log, at),
      at,
      by: this.by,
      details,
      previous: this.file.chain.hash,
    }
    const hash = this.#hasher.digest(canonicalBytes(unhashed))
    this.#events.push({ ...unhashed, hash })
    this.file.chain = { seq: unhashed.seq, hash, at: at > this.now ? at : this.now }
  }
}

/** Where a contract's chain of events stops being one; undefined when every event hangs on the one before. */
export const breakInEvents = (
  events: readonly ContractEvent[],
  hasher: Hasher,
): { seq: number; why: 'order' | 'previous' | 'hash' } | undefined => {
  let previous = ''
  for (const [n, { hash, ...unhashed }] of events.entries()) {
    if (unhashed.seq !== n + 1) return { seq: n + 1, why: 'order' }
    if (unhashed.previous !== previous) return { seq: unhashed.seq, why: 'previous' }
    if (hasher.digest(canonicalBytes(unhashed)) !== hash) return { seq: unhashed.seq, why: 'hash' }
    previous = hash
  }
  return undefined
}
