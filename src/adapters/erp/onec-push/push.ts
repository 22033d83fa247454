import type { Change } from '../../../core/exchange/index.ts'
import type { DoorJob, DoorSubject, DoorWork } from '../contract.ts'
import { callBase } from './call.ts'
import { doorName, settingsOf, type PushSettings } from './settings.ts'

/** 30 s, 1, 5, 15 min, then every hour: the ladder of Kontur's webhooks, without an end. */
const ladderMs = [30_000, 60_000, 300_000, 900_000, 3_600_000]

const pageChanges = 100
const pagesAtMost = 20
const roundMs = 10 * 60_000

interface Position {
  cursor: string
  failures: number
  /** ISO 8601; not before. */
  nextAt?: string
  /** The address that answered 410; another address is tried again. */
  goneAt?: string
}

/**
 * Brings changes to bases that can be reached, in the order of the feed. The position moves when the base has taken a
 * page: a page whose answer was lost comes again, with the same cursors, and the base drops what it has.
 */
export const pushChanges = (work: DoorWork): DoorJob => ({
  name: 'push-changes',
  about: 'Brings changes to HTTP services of bases that want to be called',
  cron: '*/30 * * * * *',
  limitMs: 55 * 60_000,
  run: async ({ now, signal }) => {
    let count = 0
    let silent = 0
    for (const subject of await work.subjects(doorName)) {
      if (signal.aborted) break
      const settings = settingsOf(subject.profile.settings?.[doorName])
      if (settings === undefined) continue
      const name = `push-changes ${subject.caller.connectionId}`
      const done = await work.alone(name, roundMs, () => push(work, subject, settings, { now, signal }))
      count += done?.taken ?? 0
      silent += Number(done?.failed ?? false)
    }
    return { count, note: `${count} changes${silent === 0 ? '' : `, ${silent} bases did not take them`}` }
  },
})

const push = async (
  work: DoorWork,
  subject: DoorSubject,
  settings: PushSettings,
  { now, signal }: { now: Date; signal: AbortSignal },
): Promise<{ taken: number; failed: boolean }> => {
  const place = { connectionId: subject.caller.connectionId, door: doorName, key: 'position' }
  let note = await work.notes.read(place)
  let position = (note?.value as Position | undefined) ?? { cursor: '', failures: 0 }
  const move = async (next: Position): Promise<void> => {
    await work.notes.write(place, next, note?.revision ?? 0)
    note = await work.notes.read(place)
    position = next
  }
  const waits = position.nextAt !== undefined && Date.parse(position.nextAt) > now.getTime()
  if (waits || position.goneAt === settings.url) return { taken: 0, failed: false }

  let taken = 0
  for (let page = 0; page < pagesAtMost && !signal.aborted; page += 1) {
    const { changes, cursor, more } = await work.gateway.changes({
      caller: subject.caller,
      cursor: position.cursor,
      limit: pageChanges,
    })
    if (changes.length === 0) break
    const called = await callBase(work, subject, settings, 'changes', {
      changes: changes.map(changeOut),
      cursor,
    })
    if (called.word === 'gone') {
      await move({ ...position, goneAt: settings.url })
      return { taken, failed: true }
    }
    if (called.word !== 'taken') {
      const failures = position.failures + 1
      const asked = called.word === 'failed' ? called.askAgainInMs : undefined
      const waitMs = asked ?? ladderMs[Math.min(failures, ladderMs.length) - 1] ?? 0
      await move({
        cursor: position.cursor,
        failures,
        nextAt: new Date(now.getTime() + waitMs).toISOString(),
      })
      work.log.warn(
        { connection: subject.caller.connectionId, why: called.word, failures },
        'base.did-not-take',
      )
      return { taken, failed: true }
    }
    taken += changes.length
    await move({ cursor, failures: 0 })
    if (!more) break
  }
  return { taken, failed: false }
}

/** As `GET /api/v1/changes` shows it, so that a module reads both by one function. */
const changeOut = ({ cursor, documentId, name, at, status }: Change) => ({
  cursor,
  documentId,
  name,
  at: at.toISOString(),
  status: {
    ...status,
    receivedAt: status.receivedAt.toISOString(),
    archivedAt: status.archivedAt?.toISOString(),
  },
})
