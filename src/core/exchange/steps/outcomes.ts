import type { Clock, Ids, StepOutcome, Task, Tx } from '../../kernel/index.ts'
import { changeBy, eventFor } from '../change.ts'
import type { DocumentRecord } from '../document-record.ts'
import type { DocumentChange, Documents } from '../ports.ts'
import type { Happening } from '../states.ts'

/** The step came too late or twice: the document is past it, or gone. */
export const nothingToDo = (record: DocumentRecord | undefined, wanted: string): StepOutcome => ({
  word: 'done',
  note: record === undefined ? 'the document is gone' : `not ${wanted} but ${record.senderState}`,
  record: async () => {},
})

/** Done, with the change written in the transaction that settles the task. */
export const recorded = (
  deps: { documents: Documents },
  note: string,
  change: DocumentChange | undefined,
): Extract<StepOutcome, { word: 'done' }> => ({
  word: 'done',
  note,
  record: async (tx) => {
    if (change !== undefined) await deps.documents.record(tx, change)
  },
})

/** The task was given up: the document shows why, and an operator can put it back. */
export const failureOf = async (
  deps: { clock: Clock; ids: Ids; documents: Documents },
  task: Task,
  happening: Happening,
  reason: string,
): Promise<(tx: Tx) => Promise<void>> => {
  const record = await deps.documents.byId(task.documentId)
  const change =
    record === undefined
      ? undefined
      : changeBy(record, happening, {
          reason,
          events: [eventFor(record, 'sender', 'document.failed', deps.clock.now(), { reason })],
        })
  return async (tx) => {
    if (change !== undefined) await deps.documents.record(tx, change)
  }
}
