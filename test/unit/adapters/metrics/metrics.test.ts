import { afterEach, describe, expect, it } from '@jest/globals'
import { openMetrics, type Metrics } from '../../../../src/adapters/metrics/index.ts'
import { systemClock } from '../../../../src/core/kernel/index.ts'

let metrics: Metrics
afterEach(() => metrics.stop())

describe('the metrics', () => {
  it('show what is due, late and dead, what was attempted, and whether the queue is well', async () => {
    let looks = 0
    metrics = openMetrics({
      tasks: {
        census: async () => {
          looks += 1
          return [
            { kind: 'deliver', state: 'due', count: 12, oldestMs: 90_000 },
            { kind: 'mirror', state: 'dead', count: 1, oldestMs: 5_000 },
          ]
        },
      },
      queue: { healthy: () => false },
      clock: systemClock,
      relayLastRoundAt: () => new Date(Date.now() - 3_000),
      storeLoad: () => ({ total: 5, idle: 2, waiting: 1 }),
    })
    metrics.attempted({ kind: 'sign', word: 'done', settled: 'done', durationMs: 120 })
    const text = await metrics.registry.metrics()
    expect(text).toContain('daneker_tasks{kind="deliver",state="due"} 12')
    expect(text).toContain('daneker_task_oldest_seconds{kind="deliver",state="due"} 90')
    expect(text).toContain('daneker_tasks{kind="mirror",state="dead"} 1')
    expect(text).toContain('daneker_task_attempts_total{kind="sign",outcome="done",state="done"} 1')
    expect(text).toContain('daneker_queue_healthy 0')
    expect(text).toMatch(/daneker_relay_idle_seconds 3/)
    expect(text).toContain('daneker_store_connections{state="busy"} 3')
    expect(text).toContain('daneker_process_cpu_seconds_total')
    await metrics.registry.metrics()
    expect(looks).toBe(1)
  })
})
