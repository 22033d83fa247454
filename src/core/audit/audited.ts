import type { ArchiveDesk } from '../archive/index.ts'
import type { Caller } from '../company/index.ts'
import type { Exchange, LinkVisits, PublicCheck } from '../exchange/index.ts'
import type { Clock, Ids } from '../kernel/index.ts'
import type { AuditLog } from './audit.ts'

interface Deps {
  clock: Clock
  ids: Ids
  log: AuditLog
}

/**
 * The same doors with somebody writing down who looks. A line is durable before the content goes out: when it cannot
 * be written, nothing is shown. Sending and answering need no line here, the trail of the document has them.
 */
export const auditing = ({ clock, ids, log }: Deps) => {
  const byClient = (deed: string, caller: Caller, object: string): Promise<void> =>
    log.add({
      id: ids.next(),
      at: clock.now(),
      who: 'client',
      actor: caller.connectionId,
      deed,
      object,
      companyId: caller.companyId,
    })
  const byVisitor = (deed: string, actor: string, object: string): Promise<void> =>
    log.add({ id: ids.next(), at: clock.now(), who: 'visitor', actor, deed, object })

  return {
    exchange: (exchange: Exchange): Exchange => ({
      ...exchange,
      document: async (question) => {
        const given = await exchange.document(question)
        await byClient('document.read', question.caller, given.status.documentId)
        return given
      },
      print: async (question) => {
        const given = await exchange.print(question)
        await byClient('document.printed', question.caller, given.status.documentId)
        return given
      },
      signatures: async (question) => {
        const given = await exchange.signatures(question)
        await byClient('signatures.read', question.caller, question.documentId)
        return given
      },
    }),

    /** Bundles of clients; the operator's are written down with his reason by his door. */
    archive: (archive: ArchiveDesk): ArchiveDesk => ({
      ...archive,
      bundle: async (caller, documentId) => {
        const bytes = await archive.bundle(caller, documentId)
        if (caller !== undefined) await byClient('bundle.exported', caller as Caller, documentId)
        return bytes
      },
    }),

    visits: (visits: LinkVisits): LinkVisits => ({
      ...visits,
      open: async (token, purpose, place) => {
        const visit = await visits.open(token, purpose, place)
        if (visit !== undefined)
          await byVisitor('document.read', maskedAddress(visit.link.sentTo), visit.record.id)
        return visit
      },
      look: async (token, purpose, place) => {
        const glimpse = await visits.look(token, purpose, place)
        if (glimpse !== undefined)
          await byVisitor('document.downloaded', maskedAddress(glimpse.link.sentTo), glimpse.record.id)
        return glimpse
      },
    }),

    check:
      (check: (documentId: string) => Promise<PublicCheck | undefined>) =>
      async (documentId: string): Promise<PublicCheck | undefined> => {
        const found = await check(documentId)
        if (found !== undefined) await byVisitor('check-page.opened', '', documentId)
        return found
      },
  }
}

/** `buh***@example.kz`: enough to know one from another, too little to write to. */
export const maskedAddress = (address: string): string => address.replace(/^(.{0,3})[^@]*/, '$1***')
