import { UpstreamError, type Clock, type Procedure, type UnitOfWork } from '../../kernel/index.ts'
import { sideOf, statusOf } from '../sides.ts'
import type { Documents, Feed, Webhooks, WebhookSender } from '../ports.ts'

export interface NotifyDeps {
  clock: Clock
  unitOfWork: UnitOfWork
  documents: Documents
  feed: Feed
  webhooks: Webhooks
  sender: WebhookSender
}

/** The receiver asked never to be called again (HTTP 410). */
export const webhookGone = 'WEBHOOK-410'

/**
 * Tells one webhook endpoint about one event. The message id is the event's own, so that a receiver can
 * drop what it already had. The feed is the truth; a webhook only saves polling.
 */
export const notifyStep = (deps: NotifyDeps): Procedure => ({
  async step(task) {
    const { endpointId, seq } = task.details as { endpointId: string; seq: string }
    const [endpoint, event] = await Promise.all([deps.webhooks.byId(endpointId), deps.feed.one(seq)])
    const record = await deps.documents.byId(task.documentId)
    const done = (note: string) => ({ word: 'done' as const, note, record: async () => {} })
    if (endpoint === undefined || endpoint.disabledAt !== undefined) return done('the endpoint is gone')
    if (event === undefined || record === undefined) return done('the event is gone')
    const side = sideOf(record, { companyId: endpoint.companyId })
    if (side === undefined) return done('not visible to this company')
    try {
      await deps.sender.send(endpoint, {
        id: `msg_${seq}`,
        at: event.at,
        body: {
          type: event.name,
          timestamp: event.at.toISOString(),
          data: { cursor: event.cursor, documentId: record.id, status: statusOf(record, side) },
        },
      })
    } catch (error) {
      const gone = error instanceof UpstreamError && error.faults.some((fault) => fault.code === webhookGone)
      if (!gone) throw error
      return {
        word: 'done',
        note: 'the receiver does not want more: endpoint disabled',
        record: (tx) => deps.webhooks.disable(tx, endpoint.id, 'HTTP 410', deps.clock.now()),
      }
    }
    return done('told')
  },
})
