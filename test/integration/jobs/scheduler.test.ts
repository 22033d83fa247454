import { afterEach, expect, it } from '@jest/globals'
import { PgJobRuns } from '../../../src/adapters/postgres/leases.ts'
import { systemClock } from '../../../src/core/kernel/index.ts'
import { Scheduler, type ScheduledJob } from '../../../src/jobs/scheduler.ts'
import { until } from '../../conformance/task-queue.ts'
import { onBothStores } from '../../servers/index.ts'

onBothStores('three schedulers', (store) => {
  const opened: Scheduler[] = []
  afterEach(async () => {
    for (const scheduler of opened.splice(0)) await scheduler.stop()
  })

  it('run each slot exactly once, and one of them catches up what all have missed', async () => {
    const runs = new PgJobRuns(store.pool)
    const longAgo = new Date(Date.now() - 90 * 86_400_000)
    await runs.begin({ job: 'monthly', slot: longAgo, holder: 'z', now: longAgo, abandonedAfterMs: 1 })
    await runs.end({
      job: 'monthly',
      slot: longAgo,
      holder: 'z',
      now: longAgo,
      count: 0,
      outcome: 'done',
      note: '',
    })
    const ran = { everySecond: 0, monthly: 0 }
    const jobs: ScheduledJob[] = [
      {
        name: 'every-second',
        about: '',
        cron: '* * * * * *',
        run: async () => ({ count: ++ran.everySecond, note: '' }),
      },
      {
        name: 'monthly',
        about: '',
        cron: '0 3 1 * *',
        run: async () => ({ count: ++ran.monthly, note: '' }),
      },
    ]
    for (const holder of ['a', 'b', 'c']) {
      const scheduler = new Scheduler({ runs, clock: systemClock, holder }, jobs, { sweepMs: 100 })
      opened.push(scheduler)
      await scheduler.start()
    }
    await until(() => ran.everySecond >= 3 && ran.monthly >= 1)
    for (const scheduler of opened) await scheduler.stop()
    const history = await runs.history('every-second', 100)
    expect(history).toHaveLength(ran.everySecond)
    expect(new Set(history.map(({ slot }) => slot.getTime())).size).toBe(history.length)
    expect(ran.monthly).toBe(1)
    expect(await runs.history('monthly', 10)).toHaveLength(2)
  })
})
