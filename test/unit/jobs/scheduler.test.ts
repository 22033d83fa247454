import { afterEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { MemoryJobRuns } from '../../../src/adapters/memory/job-runs.ts'
import { systemClock } from '../../../src/core/kernel/index.ts'
import { Scheduler, type ScheduledJob, type SchedulerOptions } from '../../../src/jobs/scheduler.ts'
import { checkSchedule, slotBefore } from '../../../src/jobs/slots.ts'
import { until } from '../../conformance/task-queue.ts'

const opened: Scheduler[] = []
afterEach(async () => {
  for (const scheduler of opened.splice(0)) await scheduler.stop()
})

const replica = async (
  runs: MemoryJobRuns,
  holder: string,
  jobs: ScheduledJob[],
  options: Partial<SchedulerOptions> = {},
) => {
  const scheduler = new Scheduler({ runs, clock: systemClock, holder }, jobs, options)
  opened.push(scheduler)
  await scheduler.start()
  return scheduler
}

const aJob = (run: ScheduledJob['run'], given: Partial<ScheduledJob> = {}): ScheduledJob => ({
  name: 'tidy',
  about: 'tidies up',
  cron: '* * * * * *',
  run,
  ...given,
})

describe('the scheduler', () => {
  it('runs each slot exactly once over three replicas', async () => {
    const runs = new MemoryJobRuns()
    const ran: string[] = []
    for (const holder of ['a', 'b', 'c']) {
      await replica(runs, holder, [
        aJob(async ({ now }) => {
          ran.push(now.toISOString())
          return { count: 1, note: 'tidy' }
        }),
      ])
    }
    await until(() => ran.length >= 3)
    for (const scheduler of opened) await scheduler.stop()
    const history = await runs.history('tidy', 100)
    expect(history).toHaveLength(ran.length)
    expect(new Set(history.map(({ slot }) => slot.getTime())).size).toBe(history.length)
    expect(
      history.every(
        ({ outcome, count, slot }) => outcome === 'done' && count === 1 && slot.getMilliseconds() === 0,
      ),
    ).toBe(true)
  })

  it('catches a missed slot up once, however many were missed', async () => {
    const runs = new MemoryJobRuns()
    const lastYear = new Date(Date.now() - 300 * 86_400_000)
    await runs.begin({ job: 'tidy', slot: lastYear, holder: 'z', now: lastYear, abandonedAfterMs: 1 })
    await runs.end({
      job: 'tidy',
      slot: lastYear,
      holder: 'z',
      now: lastYear,
      count: 0,
      outcome: 'done',
      note: '',
    })
    let ran = 0
    const job = aJob(
      async () => {
        ran += 1
        return { count: 0, note: '' }
      },
      { cron: '30 2 1 * *' },
    )
    await replica(runs, 'a', [job], { sweepMs: 10 })
    await replica(runs, 'b', [job], { sweepMs: 10 })
    await until(async () => (await runs.last('tidy'))?.outcome === 'done' && ran > 0)
    let sweeps = 0
    await until(() => ++sweeps > 5)
    expect(ran).toBe(1)
    expect((await runs.last('tidy'))?.slot).toEqual(slotBefore('30 2 1 * *', new Date(Date.now() - 15_000)))
  })

  it('catches nothing up for a job that is new', async () => {
    const runs = new MemoryJobRuns()
    let ran = 0
    const job = aJob(async () => ({ count: ++ran, note: '' }), { cron: '0 0 1 1 *' })
    const scheduler = await replica(runs, 'a', [job], { sweepMs: 5 })
    await until(async () => (await scheduler.list()).length === 1)
    await scheduler.stop()
    expect(ran).toBe(0)
  })

  it('takes over a run that its replica abandoned', async () => {
    const runs = new MemoryJobRuns()
    const hourAgo = new Date(Date.now() - 3_600_000)
    const slot = slotBefore('0 0 1 1 *', new Date())!
    await runs.begin({ job: 'tidy', slot, holder: 'dead', now: hourAgo, abandonedAfterMs: 1 })
    await replica(runs, 'a', [aJob(async () => ({ count: 5, note: 'the rest' }), { cron: '0 0 1 1 *' })])
    await until(async () => (await runs.last('tidy'))?.outcome === 'done')
    expect(await runs.last('tidy')).toMatchObject({ slot, holder: 'a', count: 5 })
  })

  it('says that a job failed, and runs it again at the next slot', async () => {
    const runs = new MemoryJobRuns()
    let ran = 0
    await replica(runs, 'a', [
      aJob(async () => {
        ran += 1
        if (ran === 1) throw new RangeError('no such thing')
        return { count: 2, note: 'better' }
      }),
    ])
    await until(async () => (await runs.last('tidy'))?.outcome === 'done')
    expect((await runs.history('tidy', 9)).map(({ outcome, note }) => [outcome, note])).toEqual([
      ['done', 'better'],
      ['failed', 'RangeError'],
    ])
  })

  it('interrupts a running job when it stops', async () => {
    const runs = new MemoryJobRuns()
    let begun = false
    const scheduler = await replica(runs, 'a', [
      aJob(async ({ signal }) => {
        begun = true
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        return { count: 7, note: 'half of it' }
      }),
    ])
    await until(() => begun)
    await scheduler.stop()
    await scheduler.stop()
    expect(await runs.last('tidy')).toMatchObject({ outcome: 'interrupted', count: 7 })
  })

  it('asks a job that runs too long to stop', async () => {
    const runs = new MemoryJobRuns()
    const scheduler = await replica(runs, 'a', [
      aJob(
        async ({ signal }) => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          return { count: 0, note: '' }
        },
        { cron: '0 0 1 1 *', limitMs: 20 },
      ),
    ])
    expect(await scheduler.run('tidy')).toMatchObject({ outcome: 'interrupted' })
  })

  it('runs a job by hand, lists it and tells its history', async () => {
    const runs = new MemoryJobRuns()
    const job = aJob(async () => ({ count: 3, note: 'by hand' }), { cron: '0 0 1 1 *' })
    const scheduler = await replica(runs, 'a', [job])
    expect(await scheduler.run('tidy')).toEqual({ count: 3, note: 'by hand', outcome: 'done' })
    expect(await scheduler.run('unheard-of')).toBeUndefined()
    const [line] = await scheduler.list()
    expect(line).toMatchObject({ name: 'tidy', cron: '0 0 1 1 *', last: { note: 'by hand' } })
    // Midnight of the first of January in Almaty is 19:00 UTC of the day before.
    expect(line?.nextAt?.toISOString()).toMatch(/-12-31T19:00:00\.000Z$/)
    expect(await scheduler.history(undefined, 5)).toHaveLength(1)
  })

  it('refuses a schedule that is not one', () => {
    expect(() => checkSchedule('tidy', '61 * * * *')).toThrow(/tidy.*61/)
    const jobs = [aJob(async () => ({ count: 0, note: '' })), aJob(async () => ({ count: 0, note: '' }))]
    expect(() => new Scheduler({ runs: new MemoryJobRuns(), clock: systemClock, holder: 'a' }, jobs)).toThrow(
      'share',
    )
  })
})

describe('the slot before an instant', () => {
  const before = (expression: string, instant: string) =>
    slotBefore(expression, new Date(instant))?.toISOString()

  it('reads schedules in Almaty time', () => {
    expect(before('20 3 * * *', '2026-01-15T12:00:00Z')).toBe('2026-01-14T22:20:00.000Z')
    expect(before('20 3 * * *', '2026-01-14T22:19:59Z')).toBe('2026-01-13T22:20:00.000Z')
    expect(before('*/5 * * * *', '2026-01-15T12:03:10Z')).toBe('2026-01-15T12:00:00.000Z')
    expect(before('* * * * * *', '2026-01-15T12:03:10.900Z')).toBe('2026-01-15T12:03:10.000Z')
  })

  it('finds days of the week, of the month and of the year', () => {
    expect(before('0 9 * * 1', '2026-01-15T12:00:00Z')).toBe('2026-01-12T04:00:00.000Z')
    expect(before('0 0 1 * *', '2026-01-15T12:00:00Z')).toBe('2025-12-31T19:00:00.000Z')
    expect(before('0 0 29 2 *', '2025-03-01T12:00:00Z')).toBe('2024-02-28T18:00:00.000Z')
  })

  it('knows that the zone lost an hour on 1 March 2024', () => {
    expect(before('0 12 * * *', '2024-02-29T12:00:00Z')).toBe('2024-02-29T06:00:00.000Z')
    expect(before('0 12 * * *', '2024-03-01T12:00:00Z')).toBe('2024-03-01T07:00:00.000Z')
  })

  it('is at or before the instant, and there is none between the two', () => {
    const expressions = fc.constantFrom('*/7 * * * *', '15,45 2-4 * * *', '0 0 * * 1-5', '30 23 28-31 * *')
    const instants = fc.date({
      min: new Date('2024-06-01'),
      max: new Date('2028-01-01'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(expressions, instants, (expression, instant) => {
        const slot = slotBefore(expression, instant)!
        expect(slot.getTime()).toBeLessThanOrEqual(instant.getTime())
        const later = slotBefore(expression, new Date(slot.getTime() - 1))!
        expect(later.getTime()).toBeLessThan(slot.getTime())
        expect(slotBefore(expression, slot)).toEqual(slot)
      }),
      { numRuns: 100 },
    )
  })
})
