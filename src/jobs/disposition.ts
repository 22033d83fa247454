import { UpstreamError } from '../core/kernel/index.ts'
import type { Settlement, StepOutcome, Task, TaskKind } from '../core/kernel/index.ts'

/**
 * What every way an attempt can end means for its task. The only place that decides it: adapters say what
 * happened, steps say what they recorded, here is what comes next.
 *
 * | an attempt ended as              | word          | next                                                    |
 * |----------------------------------|---------------|---------------------------------------------------------|
 * | done                             | `done`        | settled                                                 |
 * | waiting                          | `waiting`     | snooze: again when the step asked, costs no attempt     |
 * | refused by the step              | `refused`     | dead; the step has recorded why                         |
 * | UpstreamError refused            | `refused`     | give up: dead, `onDead` shows it on the document        |
 * | UpstreamError busy               | `busy`        | snooze: when they asked, else `busyMs`; costs no attempt|
 * | UpstreamError unreachable        | `unreachable` | retry with backoff, give up after `maxAttempts`         |
 * | UpstreamError unclear            | `unclear`     | pending: retry with backoff, the step asks before it sends again; never given up where `unclear` says so |
 * | anything else, or no end in time | `broken`      | retry with backoff, give up after `maxAttempts`         |
 */
export type AttemptWord = 'done' | 'waiting' | 'refused' | 'busy' | 'unreachable' | 'unclear' | 'broken'

/** How long we try for one kind of task. */
export interface Patience {
  /** Attempts that count, the first included; snoozes do not count. */
  maxAttempts: number
  /** Pause after the 1st, 2nd, 3rd … counted attempt; the last one stands for all that follow. */
  pausesMs: readonly number[]
  /** Pause when they are busy and did not say until when. */
  busyMs: number
  /**
   * `pending`: only an explicit yes or no ends it, we ask for ever (an operator sees its age).
   * `retry`: doing it twice harms nobody, so after `maxAttempts` it is given up like any other.
   */
  unclear: 'pending' | 'retry'
  /** An attempt that lasts longer is abandoned as `broken`; whatever it still does is never recorded. */
  limitMs: number
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

export const patience: Readonly<Record<TaskKind, Patience>> = {
  // Our own key or a signing server: back within minutes, or somebody must look at it.
  // Tries at 0 s, 1 s, 5 s, 21 s, 1.4 min, 5.7 min, 20.7 min, then hourly; given up after the 12th, 5.3 h.
  sign: {
    maxAttempts: 12,
    pausesMs: [1 * second, 4 * second, 16 * second, 64 * second, 256 * second, 15 * minute, hour],
    busyMs: 10 * second,
    unclear: 'pending',
    limitMs: 2 * minute,
  },
  // Stamps and OCSP. What the authorities do is never the signature's fault: the step itself waits for them and
  // costs nothing. Only a defect of ours counts: 0 s, 1 s, 5 s, 21 s, 1.4 min, 5.7 min, 20.7 min, then every
  // quarter of an hour; given up after the 12th, at 1.6 h. That is before the intake stops for pending evidence: one signature that brings
  // out a defect must not stop everybody's.
  prove: {
    maxAttempts: 12,
    pausesMs: [1 * second, 4 * second, 16 * second, 64 * second, 256 * second, 15 * minute],
    busyMs: 30 * second,
    unclear: 'pending',
    limitMs: 2 * minute,
  },
  // Inbox and mail. 0 s, 1 s, 5 s, 21 s, 1.4 min, 5.6 min, 22.7 min, then hourly; 30 tries span a day,
  // because a mail server that is down over a night must not fail a document.
  deliver: {
    maxAttempts: 30,
    pausesMs: [1 * second, 4 * second, 16 * second, 64 * second, 256 * second, 1024 * second, hour],
    busyMs: 30 * second,
    unclear: 'pending',
    limitMs: 2 * minute,
  },
  // Asks a person by mail to sign. As `deliver`: a mail server that is down over a night loses no request.
  invite: {
    maxAttempts: 30,
    pausesMs: [1 * second, 4 * second, 16 * second, 64 * second, 256 * second, 1024 * second, hour],
    busyMs: 30 * second,
    unclear: 'retry',
    limitMs: 2 * minute,
  },
  // The state portal announces outages of hours and may fall for days; 15 days of paper are allowed then.
  // 0 s, 1 s, 5 s, 21 s, 1.4 min, 5.6 min, 20.6 min, then every half hour; 350 tries span a week.
  mirror: {
    maxAttempts: 350,
    pausesMs: [1 * second, 4 * second, 16 * second, 64 * second, 256 * second, 15 * minute, 30 * minute],
    busyMs: minute,
    unclear: 'pending',
    limitMs: 5 * minute,
  },
  // A word about an invoice that is at the portal already: as patient as the mirror itself.
  command: {
    maxAttempts: 350,
    pausesMs: [1 * second, 4 * second, 16 * second, 64 * second, 256 * second, 15 * minute, 30 * minute],
    busyMs: minute,
    unclear: 'pending',
    limitMs: 5 * minute,
  },
  // The schedule that receivers of Standard Webhooks know: 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h,
  // 20 h, 24 h after each other: 10 tries within 3.2 days. A message id lets them drop a repeat.
  notify: {
    maxAttempts: 10,
    pausesMs: [
      5 * second,
      5 * minute,
      30 * minute,
      2 * hour,
      5 * hour,
      10 * hour,
      14 * hour,
      20 * hour,
      24 * hour,
    ],
    busyMs: minute,
    unclear: 'retry',
    limitMs: minute,
  },
  // Our own store: a full disk or a lost bucket. Writing the same twice is success.
  // 0 s, 4 s, 20 s, 1.4 min, 5.7 min, 20.7 min, then hourly; 30 tries span a day.
  archive: {
    maxAttempts: 30,
    pausesMs: [4 * second, 16 * second, 64 * second, 256 * second, 15 * minute, hour],
    busyMs: 30 * second,
    unclear: 'retry',
    limitMs: 10 * minute,
  },
}

/** How an attempt ended: with an outcome of the step, or with something thrown. */
export type Ending = { outcome: StepOutcome } | { thrown: unknown }

export interface Disposition {
  word: AttemptWord
  settlement: Settlement
  /** One sentence for the trail; no bodies, no secrets. */
  note: string
  /** Who was asked, when somebody was. */
  partner?: string
  /** The task dies and the step has recorded nothing about it: `onDead` must. */
  givenUp: boolean
}

/** ±10 %, so that what failed together does not come back together. */
const jitter = 0.1

/** The pause after `attempts` counted attempts. `random` is in [0, 1). */
export const backoffMs = (kind: TaskKind, attempts: number, random: number): number => {
  const { pausesMs } = patience[kind]
  const pause = pausesMs[Math.min(Math.max(attempts, 1), pausesMs.length) - 1] ?? minute
  return Math.round(pause * (1 - jitter + 2 * jitter * random))
}

/** Decides what an attempt means for its task. */
export const dispose = (
  task: Pick<Task, 'kind' | 'attempts'>,
  ending: Ending,
  { now, random }: { now: Date; random: number },
): Disposition => {
  const { maxAttempts, pausesMs, busyMs, unclear } = patience[task.kind]
  const later = (ms: number) => new Date(now.getTime() + ms)

  const snooze = (word: AttemptWord, note: string, ms: number, partner?: string): Disposition => ({
    word,
    // Never in the past and never so far that nobody would ask again within a day.
    settlement: { state: 'due', dueAt: later(clamp(ms, second, 24 * hour)), countsAttempt: false },
    note,
    partner,
    givenUp: false,
  })

  const bury = (word: AttemptWord, note: string, reason: string, partner?: string): Disposition => ({
    word,
    settlement: { state: 'dead', reason },
    note,
    partner,
    givenUp: true,
  })

  const retry = (word: AttemptWord, note: string, partner?: string): Disposition =>
    task.attempts >= maxAttempts
      ? bury(word, note, `given up after ${task.attempts} attempts: ${note}`, partner)
      : again(word, note, true, partner)

  const again = (word: AttemptWord, note: string, countsAttempt: boolean, partner?: string): Disposition => ({
    word,
    settlement: { state: 'due', dueAt: later(backoffMs(task.kind, task.attempts, random)), countsAttempt },
    note,
    partner,
    givenUp: false,
  })

  if ('outcome' in ending) {
    const { outcome } = ending
    switch (outcome.word) {
      case 'done':
        return { word: 'done', settlement: { state: 'done' }, note: outcome.note, givenUp: false }
      case 'waiting':
        return snooze('waiting', outcome.note, outcome.askAgainInMs)
      case 'refused':
        return {
          word: 'refused',
          settlement: { state: 'dead', reason: outcome.note },
          note: outcome.note,
          givenUp: false,
        }
    }
  }

  const { thrown } = ending
  if (!(thrown instanceof UpstreamError)) return retry('broken', defect(thrown))

  const note = shorten(thrown.message)
  const { partner, retryAfterMs } = thrown
  switch (thrown.word) {
    case 'refused': {
      const codes = thrown.faults.map(({ code }) => code).join(', ')
      return bury('refused', note, codes === '' ? note : `${note} (${codes})`, partner)
    }
    case 'busy':
      return snooze('busy', note, retryAfterMs ?? busyMs, partner)
    case 'unreachable':
      return retry('unreachable', note, partner)
    case 'unclear':
      if (unclear === 'retry') return retry('unclear', note, partner)
      // Counted until the pause is at its longest, then no more: what is asked for ever must not wear the
      // task out.
      return again('unclear', note, task.attempts < pausesMs.length, partner)
  }
}

/**
 * A task that was claimed more often than it may be: each attempt took its worker down before it could be
 * settled. Running it again would take this one down too.
 */
export const isPoison = (task: Pick<Task, 'kind' | 'attempts'>): boolean =>
  task.attempts > patience[task.kind].maxAttempts

const clamp = (value: number, low: number, high: number) =>
  Number.isFinite(value) ? Math.min(Math.max(value, low), high) : low

/** The message of a defect may carry anything, so the trail gets its name and the log gets the rest. */
const defect = (thrown: unknown) =>
  `a defect of the gateway (${thrown instanceof Error ? thrown.name : typeof thrown}); the log has the details`

const shorten = (text: string) => (text.length > 500 ? `${text.slice(0, 499)}…` : text)
