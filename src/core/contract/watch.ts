import { denialOfSending } from '../access/index.ts'
import { kindTitles, type DocumentKind } from '../document/index.ts'
import { Outdated } from '../exchange/ports.ts'
import { almatyDate, almatyMonth } from '../kernel/index.ts'
import { termsOf, type ContractDeps } from './deps.ts'
import { Draft } from './draft.ts'
import type { ContractFile } from './file.ts'
import { limitAt, watchLimit } from './limits.ts'

/** A page of contracts whose month is counted against their limit; one transaction. */
export const watchLimits =
  (deps: ContractDeps) =>
  async (after: string | undefined, limit: number): Promise<{ moved: number; next: string | undefined }> => {
    const now = deps.clock.now()
    const month = almatyMonth(now)
    const page = await deps.files.list({ after, limit })
    const files = page.filter(
      (file) => ['ACTIVE', 'RESTRICTED'].includes(file.state) && limitAt(file, now) !== undefined,
    )
    const counts = await deps.counts.of(
      files.map(({ companyId }) => companyId),
      month,
    )
    const terms = await termsOf(deps)
    const changes = files.flatMap((file) => {
      const draft = new Draft(file, { terms, now, by: 'gateway', hasher: deps.hasher })
      watchLimit(draft, { month, used: counts.get(file.companyId) ?? 0 })
      return draft.done() ?? []
    })
    const next = page.length < limit ? undefined : page.at(-1)?.companyId
    if (changes.length === 0) return { moved: 0, next }
    try {
      await deps.unitOfWork.run((tx) => deps.files.save(tx, changes))
      return { moved: changes.length, next }
    } catch (error) {
      // Somebody changed one of them meanwhile: the next round looks again.
      if (error instanceof Outdated) return { moved: 0, next }
      throw error
    }
  }

/** Seven days, offer 3.4.8. */
const pickUpMs = 7 * 86_400_000

/** A digest to clients who fetched nothing for a week: what waits, and the news (offer 3.4.8, 9.6). */
export const remindPickUps =
  (deps: ContractDeps) =>
  async (limit: number): Promise<number> => {
    const now = deps.clock.now()
    const before = new Date(now.getTime() - pickUpMs)
    const overdue = await deps.pickUps.overdue(before, limit)
    if (overdue.length === 0) return 0
    const log = await deps.publications.all()
    const news = log
      .filter(({ publishedAt }) => publishedAt > before)
      .map(({ title, version }) => `${title} ${version}`)
    const today = almatyDate(now)
    await deps.unitOfWork.run(async (tx) => {
      const told = overdue.filter(({ waiting }) => waiting > 0 || news.length > 0)
      await deps.notices.add(
        tx,
        told.map(({ companyId, since, waiting, titles }) => ({
          companyId,
          to: 'client' as const,
          kind: 'pick-up-overdue' as const,
          key: `pick-up-overdue:${today}`,
          facts: {
            since: almatyDate(since),
            count: String(waiting),
            list: titles
              .map(
                ({ kind, number, sender }) => `${kindTitles[kind as DocumentKind].ru} № ${number}, ${sender}`,
              )
              .join('; '),
            news: news.join('; ') || '—',
          },
          dueAt: now,
        })),
      )
      await deps.pickUps.told(
        tx,
        overdue.map(({ companyId }) => companyId),
        now,
      )
    })
    return overdue.length
  }

/** The reading side of a client, as the nightly check tries it. */
export interface ReadingRights {
  /** Tries what offer 4.3 promises: the list, the feed, one document's bytes. Resolves with what failed. */
  failures(companyId: string): Promise<string[]>
}

/**
 * The nightly proof of offer 4.3: clients whose sending is closed still read, download and may sign what comes in. A
 * sample of each closed state; what fails is told to the operator by the job's outcome.
 */
export const checkReadingRights =
  (deps: Pick<ContractDeps, 'files' | 'clock'>, rights: ReadingRights) =>
  async (sample: number): Promise<{ checked: number; failures: string[] }> => {
    const failures: string[] = []
    let checked = 0
    for (const state of [
      'RESTRICTED',
      'ARCHIVE_ONLY',
      'TERMINATED',
      'BREACH_ENDED',
      'CONSENT_WITHDRAWN',
    ] as const) {
      for (const file of await deps.files.list({ state, limit: sample })) {
        checked += 1
        for (const one of await rights.failures(file.companyId))
          failures.push(`${state} ${file.companyId}: ${one}`)
        if (!isClosed(file, deps.clock.now())) failures.push(`${state} ${file.companyId}: sending is open`)
      }
    }
    return { checked, failures }
  }

const isClosed = (file: ContractFile, now: Date): boolean =>
  denialOfSending({ companyId: file.companyId, state: file.state, expiresAt: file.expiresAt }, now) !==
  undefined
