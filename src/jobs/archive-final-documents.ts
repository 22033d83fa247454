import type { Documents } from '../core/exchange/index.ts'
import type { Ids, TaskStore, UnitOfWork } from '../core/kernel/index.ts'
import { inBatches, type ScheduledJob } from './scheduler.ts'

interface Deps {
  documents: Pick<Documents, 'awaitingArchive'>
  tasks: TaskStore
  unitOfWork: UnitOfWork
  ids: Ids
  /** The relay's `nudge`, when it lives in this process. */
  nudge?: () => void
}

/** Gives every final document its archive task; the worker does the archiving, with its retries and its trail. */
export const archiveFinalDocuments = (
  { documents, tasks, unitOfWork, ids, nudge }: Deps,
  { cron = '* * * * *' }: { cron?: string } = {},
): ScheduledJob => ({
  name: 'archive-final-documents',
  about: 'Sends documents on which nothing more will happen to the archive',
  cron,
  run: async ({ now, signal }) => {
    const count = await inBatches(signal, 200, async (limit) => {
      const final = await documents.awaitingArchive(limit)
      if (final.length === 0) return 0
      // Another replica or a repeat finds the task there already: document, kind and subject make it one.
      await unitOfWork.run((tx) =>
        tasks.add(
          tx,
          final.map(({ id }) => ({
            id: ids.next(),
            kind: 'archive',
            documentId: id,
            subject: '',
            dueAt: now,
          })),
        ),
      )
      nudge?.()
      return final.length
    })
    return { count, note: `${count} documents` }
  },
})
