import { MemoryBellStore } from '../../../../src/adapters/memory/bell-store.ts'
import { TableQueue } from '../../../../src/adapters/table-queue/index.ts'
import { systemClock } from '../../../../src/core/kernel/index.ts'
import { taskQueueConformance } from '../../../conformance/task-queue.ts'

const maxDeliveries = 4

taskQueueConformance('the table queue over memory', async () => {
  const bells = new MemoryBellStore()
  const opened: TableQueue[] = []
  const open = async () => {
    const queue = new TableQueue(
      { bells, clock: systemClock },
      { pollMs: 50, maxDeliveries, afterThrowMs: 10 },
    )
    opened.push(queue)
    await queue.start()
    return queue
  }
  return {
    queue: await open(),
    maxDeliveries,
    another: open,
    buried: async () => (await bells.buried(100)).map(({ taskId }) => taskId),
    close: async () => {
      for (const queue of opened) await queue.stop()
    },
  }
})
