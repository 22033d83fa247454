import type { Clock, Ids, TaskStore, Tx, UnitOfWork } from '../kernel/index.ts'
import { changeBy, eventFor } from './change.ts'
import type { Documents } from './ports.ts'

/**
 * An operator puts dead tasks back: the document leaves `failed` and the step runs again with a fresh count.
 * Returns the tasks that were dead; the others are left as they are.
 */
export const putBackTasks =
  (deps: { clock: Clock; ids: Ids; unitOfWork: UnitOfWork; documents: Documents; tasks: TaskStore }) =>
  async (ids: string[], by: string): Promise<string[]> => {
    const now = deps.clock.now()
    const dead = new Map((await deps.tasks.dead({ limit: 10_000 })).map((task) => [task.id, task]))
    const back: string[] = []
    for (const id of ids) {
      const task = dead.get(id)
      if (task === undefined) continue
      const record = await deps.documents.byId(task.documentId)
      const happening = task.kind === 'sign' ? 'put-back-to-signing' : 'put-back-to-delivery'
      const change =
        record !== undefined && (task.kind === 'sign' || task.kind === 'deliver')
          ? changeBy(record, happening, {
              reason: null,
              events: [eventFor(record, 'sender', 'document.put-back', now, { by })],
            })
          : undefined
      // The document first: a task that runs while its document still says `failed` would find nothing to do.
      if (change !== undefined) await deps.unitOfWork.run((tx: Tx) => deps.documents.record(tx, change))
      back.push(...(await deps.tasks.putBack([id], { now, by })))
    }
    return back
  }
