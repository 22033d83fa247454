import type { Clock, Procedure, Task, UnitOfWork } from '../../kernel/index.ts'
import { eventFor } from '../change.ts'
import type { DocumentRecord } from '../document-record.ts'
import type { Courier, Documents, Link, Links } from '../ports.ts'

export interface InviteDeps {
  clock: Clock
  unitOfWork: UnitOfWork
  documents: Documents
  links: Links
  courier: Courier
  /** Where links lead: the gateway's public address, without a slash at the end. */
  publicUrl(): string
}

/**
 * Mails a person the active URL behind which he signs. The link is made before the mail is sent and the mail before it
 * is recorded: a crash in between sends a second mail with a second link, never none.
 */
export const inviteStep = (deps: InviteDeps): Procedure => ({
  async step(task) {
    const done = (note: string) => ({ word: 'done' as const, note, record: async () => {} })
    const now = deps.clock.now()
    const asked = linkOf(task)
    if (asked.expiresAt <= now) return done('too late: the link would have ended')
    const found = await deps.documents.byIds([...asked.documentIds])
    const records = asked.documentIds.flatMap((id) => {
      const record = found.get(id)
      return record?.senderState === 'awaiting_signature' ? [record] : []
    })
    if (records.length === 0) return done('nothing waits for a signature any more')
    const { token } = await deps.unitOfWork.run((tx) =>
      deps.links.make(tx, { ...asked, documentIds: records.map(({ id }) => id) }),
    )
    const { messageId } = await deps.courier.mailSigningLink({
      request: task.subject,
      to: asked.sentTo,
      link: `${deps.publicUrl()}/sign/${token}`,
      records,
      about: asked,
    })
    return {
      word: 'done',
      note: `asked to sign ${records.length} documents`,
      record: (tx) => tell(deps, records, 'notice.sent', { for: 'signature', messageId })(tx),
    }
  },
  onDead: async (task, reason) => {
    const records = [...(await deps.documents.byIds([...linkOf(task).documentIds])).values()]
    return tell(deps, records, 'notice.failed', { for: 'signature', reason })
  },
})

const linkOf = ({ details }: Task): Link => {
  const { expiresAt, ...link } = details as unknown as Omit<Link, 'expiresAt'> & { expiresAt: string }
  return { ...link, expiresAt: new Date(expiresAt) }
}

/** A line in the sender's feed for each document; one that was changed meanwhile is looked at again by the next attempt. */
const tell =
  (
    { clock, documents }: Pick<InviteDeps, 'clock' | 'documents'>,
    records: readonly DocumentRecord[],
    name: 'notice.sent' | 'notice.failed',
    details: Record<string, unknown>,
  ) =>
  async (tx: Parameters<Documents['record']>[0]): Promise<void> => {
    for (const record of records)
      await documents.record(tx, {
        documentId: record.id,
        revision: record.revision,
        events: [eventFor(record, 'sender', name, clock.now(), details)],
      })
  }
