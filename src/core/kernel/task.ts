/**
 * One step that a document still has to take. A task is a row written in the transaction of the fact
 * that caused it; the broker only rings the bell with its id.
 */
export type TaskKind = 'sign' | 'deliver' | 'mirror' | 'notify' | 'archive'

export const taskKinds: readonly TaskKind[] = ['sign', 'deliver', 'mirror', 'notify', 'archive']

export interface NewTask {
  id: string
  kind: TaskKind
  /** The document the step belongs to; several tasks of one document run in the order of `dueAt`. */
  documentId: string
  /** What makes the step one: the same subject twice for one document is the same task (`deliver`, `notify:completed`). */
  subject: string
  dueAt: Date
  /** What the step needs to know beside the document; small, no secrets, no bodies. */
  details?: Record<string, unknown>
}

export interface Task extends NewTask {
  /** Attempts made so far, the running one included. */
  attempts: number
}
