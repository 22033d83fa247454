import type { TaxInvoice } from '../document/index.ts'
import { almatyDate, type Clock, type Ids, type LocalDate } from '../kernel/index.ts'

/**
 * A time in which the portal did not work. `announced`: its owner said so beforehand, and only for such days may an
 * invoice be entered later as one issued on paper. `detected`: found by our own probes and calls.
 */
export interface PortalOutage {
  id: string
  kind: 'announced' | 'detected'
  from: Date
  /** Undefined while it lasts. */
  until?: Date
  note: string
  /** Key of the operator who entered it; empty for what was detected. */
  by: string
  reportedAt: Date
}

/** One look at whether the portal answers. */
export interface PortalProbe {
  at: Date
  ok: boolean
  ms: number
  note: string
}

/** The history of the portal's outages, shared by all replicas. */
export interface PortalOutages {
  add(outage: PortalOutage): Promise<void>
  /** Ends it at `until`; false when there is no such outage, or it began later. */
  end(id: string, until: Date): Promise<boolean>
  /** Those that touch a span of time, newest first. */
  between(from: Date, to: Date): Promise<PortalOutage[]>
  noteProbe(probe: PortalProbe): Promise<void>
  /** Newest first. */
  probes(limit: number): Promise<PortalProbe[]>
  /** Removes probes before `before`; returns how many. */
  purgeProbes(before: Date): Promise<number>
}

/** Why nothing goes to the portal now, and until when. */
export interface Hold {
  until: Date
  note: string
}

/** A detected outage is believed as long as somebody still looks at it. */
const believedMs = 15 * 60_000
/** When a held task looks again, while nobody knows when the portal will be back. */
const lookAgainMs = 60_000

/** Whether the portal is to be left alone now; undefined when it is not. */
export const holdAt = async (
  outages: Pick<PortalOutages, 'between' | 'probes'>,
  now: Date,
): Promise<Hold | undefined> => {
  const current = (await outages.between(now, now)).filter(({ until }) => until === undefined || until > now)
  const announced = current.find(({ kind, until }) => kind === 'announced' && until !== undefined)
  if (announced?.until !== undefined) {
    return { until: announced.until, note: `announced outage of the portal: ${announced.note}` }
  }
  const detected = current.find(({ kind }) => kind === 'detected')
  if (detected === undefined) return undefined
  const [latest] = await outages.probes(1)
  if (latest === undefined || now.getTime() - latest.at.getTime() > believedMs) return undefined
  return { until: new Date(now.getTime() + lookAgainMs), note: 'the portal is down' }
}

/** What the steps ask about outages. */
export interface OutageWatch {
  /** Whether the portal is to be left alone now. */
  hold(): Promise<Hold | undefined>
  /** Outages at a moment. */
  at(moment: Date): Promise<PortalOutage[]>
}

/** Many steps ask at once whether to wait: one look serves all of them for two seconds. */
const holdKeptMs = 2_000

export const openOutageWatch = ({
  outages,
  clock,
}: {
  outages: Pick<PortalOutages, 'between' | 'probes'>
  clock: Clock
}): OutageWatch => {
  let kept: { at: number; hold: Promise<Hold | undefined> } | undefined
  return {
    hold: () => {
      const now = clock.now()
      if (kept === undefined || now.getTime() - kept.at >= holdKeptMs || now.getTime() < kept.at) {
        kept = { at: now.getTime(), hold: holdAt(outages, now) }
        // A store that is away is asked again by the next step, not in two seconds.
        kept.hold.catch(() => (kept = undefined))
      }
      return kept.hold
    },
    at: (moment) => outages.between(moment, moment),
  }
}

/** How often the portal is looked at. A probe is a call like any other and costs one of the day's. */
export interface WatchSettings {
  /** While all is well: 48 calls a day. */
  calmMs: number
  /** While it is down. */
  downMs: number
  /** Probes are kept for so long. */
  keepMs: number
}

export const watchDefaults: WatchSettings = {
  calmMs: 30 * 60_000,
  downMs: 2 * 60_000,
  keepMs: 30 * 86_400_000,
}

/** What a probe found; `unknown` when it could not be made (the calls of the day are spent). */
export type ProbeResult = 'up' | 'down' | 'unknown'

export interface WatchDeps {
  outages: PortalOutages
  /** Asks the portal for its version: no session, no harm. Never throws. */
  probe(): Promise<{ result: ProbeResult; note: string }>
  /** Since when this process's own calls have been failing. */
  failingSince(): Date | undefined
  clock: Clock
  ids: Ids
  settings: WatchSettings
}

/**
 * One look at the portal, when it is time for one: calls of ours that fail make it so at once. Two failures in a row,
 * or one beside failing calls, begin an outage; the first answer ends it.
 */
export const watchPortal = async (deps: WatchDeps): Promise<'not-due' | ProbeResult> => {
  const { outages, settings } = deps
  const now = deps.clock.now()
  const [before] = await outages.probes(1)
  const failingSince = deps.failingSince()
  const open = (await outages.between(now, now)).find(
    ({ kind, until }) => kind === 'detected' && until === undefined,
  )
  const isUneasy = open !== undefined || failingSince !== undefined || before?.ok === false
  const sinceMs = before === undefined ? Infinity : now.getTime() - before.at.getTime()
  if (sinceMs < (isUneasy ? settings.downMs : settings.calmMs)) return 'not-due'

  const startedAt = performance.now()
  const { result, note } = await deps.probe()
  if (result === 'unknown') return result
  const at = deps.clock.now()
  await outages.noteProbe({ at, ok: result === 'up', ms: Math.round(performance.now() - startedAt), note })
  await outages.purgeProbes(new Date(at.getTime() - settings.keepMs))
  if (result === 'up') {
    if (open !== undefined) await outages.end(open.id, at)
    return result
  }
  const failedBefore = before?.ok === false ? before.at : undefined
  if (open === undefined && (failedBefore !== undefined || failingSince !== undefined)) {
    const from = [failedBefore, failingSince, at]
      .filter((one) => one !== undefined)
      .reduce((a, b) => (a < b ? a : b))
    await outages.add({
      id: deps.ids.next(),
      kind: 'detected',
      from,
      note: note.slice(0, 500),
      by: '',
      reportedAt: at,
    })
  }
  return result
}

/** Days an outage touches, for the paper rule: it is granted for days, not for hours. */
const touches = ({ from, until }: PortalOutage, day: LocalDate): boolean =>
  almatyDate(from) <= day && day <= almatyDate(until ?? from)

/**
 * The invoice as it is entered after an announced outage: issued on one of its days, handed to us while it lasted,
 * and only now on its way, it is one that was issued on paper (DOWN_TIME). Anything the sender has said about paper
 * himself stands.
 */
export const afterOutage = (
  invoice: TaxInvoice,
  receivedAt: Date,
  outages: readonly PortalOutage[],
): TaxInvoice => {
  if (invoice.datePaper !== undefined || invoice.reasonPaper !== undefined) return invoice
  const wasDown = outages.some(
    (outage) =>
      outage.kind === 'announced' &&
      outage.until !== undefined &&
      outage.from <= receivedAt &&
      receivedAt < outage.until &&
      touches(outage, invoice.date),
  )
  return wasDown ? { ...invoice, datePaper: invoice.date, reasonPaper: 'down-time' } : invoice
}
