import type { DoorJob, DoorSubject, DoorWork } from '../contract.ts'
import { BaseClient } from './client.ts'
import { odataFault } from './odata-faults.ts'
import { publishedBy, pull, stopOf, type PullReport } from './pull.ts'
import { doorName, settingsOf, type OdataSettings } from './settings.ts'
import { writeBack } from './write-back.ts'

/** One base at a time in one place; a run that takes longer may be taken over. */
const roundMs = 10 * 60_000

/** The client of a base; undefined while it has no password. */
export const clientFor = async (
  work: DoorWork,
  { caller }: DoorSubject,
  { url, login }: OdataSettings,
): Promise<BaseClient | undefined> => {
  const password = await work.secretOf(caller.connectionId, 'odata')
  return password === undefined
    ? undefined
    : new BaseClient({
        url,
        login,
        password,
        call: (operation, call) => work.call({ caller, door: doorName, operation }, call),
      })
}

/** How the last round over a base went. */
interface LastRound {
  at: string
  report: PullReport & { written: number }
}

/** Goes round all bases that are due. Each base is one poller over all replicas. */
export const pollBases = (work: DoorWork): DoorJob => ({
  name: 'pull-odata',
  about: 'Reads documents of bases that publish OData, and writes states and incoming documents back',
  cron: '* * * * *',
  limitMs: 55 * 60_000,
  run: async ({ now, signal }) => {
    let count = 0
    let stopped = 0
    for (const subject of await work.subjects(doorName)) {
      if (signal.aborted) break
      const settings = settingsOf(subject.profile.settings?.[doorName])
      if (settings === undefined) continue
      const { connectionId } = subject.caller
      const done = await work.alone(`pull-odata ${connectionId}`, roundMs, () =>
        round(work, subject, settings, { now, signal }),
      )
      if (done === undefined) continue
      count += done.sent + done.written
      if (done.stopped === undefined) continue
      stopped += 1
      work.log.warn(
        { connection: connectionId, code: done.stopped.code, why: done.stopped.message.en },
        'base.not-read',
      )
    }
    return { count, note: `${count} documents${stopped === 0 ? '' : `, ${stopped} bases not read`}` }
  },
})

const round = async (
  work: DoorWork,
  subject: DoorSubject,
  settings: OdataSettings,
  { now, signal }: { now: Date; signal: AbortSignal },
): Promise<LastRound['report'] | undefined> => {
  const place = { connectionId: subject.caller.connectionId, door: doorName, key: 'round' }
  const note = await work.notes.read(place)
  const last = note?.value as LastRound | undefined
  // A quarter of a minute of grace: the clock of a schedule is not exact.
  const isDue =
    last === undefined || now.getTime() - Date.parse(last.at) >= settings.everyMinutes * 60_000 - 15_000
  if (!isDue) return undefined

  const report: LastRound['report'] = { sent: 0, repeated: 0, refused: 0, written: 0 }
  const deps = { subject, settings, work, signal }
  try {
    const client = await clientFor(work, subject, settings)
    if (client === undefined) report.stopped = odataFault('ODATA-14')
    else {
      const published = await publishedBy(client)
      Object.assign(report, await pull({ ...deps, client }, published))
      report.written = await writeBack({ ...deps, client }, published)
    }
  } catch (error) {
    // One base must not keep the others from being read; a defect of ours must be seen.
    const stop = stopOf(error)
    if (stop === undefined) throw error
    report.stopped = stop
  }
  await work.notes.write(place, { at: now.toISOString(), report }, note?.revision ?? 0)
  return report
}
