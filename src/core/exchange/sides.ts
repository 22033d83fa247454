import type { Caller } from '../company/index.ts'
import type { ExchangeDeps } from './deps.ts'
import type { DocumentRecord } from './document-record.ts'
import { noSuchDocument } from './faults.ts'
import { Refusal, type Status } from './receipt.ts'
import { isFinal } from './states.ts'

export type Side = Status['side']

/**
 * The document as this caller may see it. A document of others, one that has not arrived yet and one that
 * does not exist are the same to the caller, to the byte.
 */
export const documentFor = async (
  deps: Pick<ExchangeDeps, 'documents'>,
  caller: Pick<Caller, 'companyId'>,
  idOrGuid: string,
): Promise<{ record: DocumentRecord; side: Side }> => {
  const record = isUuid(idOrGuid)
    ? ((await deps.documents.byId(idOrGuid.toLowerCase())) ??
      (await deps.documents.byGuid(caller.companyId, idOrGuid)))
    : await deps.documents.byGuid(caller.companyId, idOrGuid)
  const side = record === undefined ? undefined : sideOf(record, caller)
  if (record === undefined || side === undefined) throw new Refusal('not-found', [noSuchDocument()])
  return { record, side }
}

/** A document a company sends to itself is seen as its sender sees it. */
export const sideOf = (record: DocumentRecord, caller: Pick<Caller, 'companyId'>): Side | undefined => {
  if (record.companyId === caller.companyId) return 'sender'
  return record.recipientCompanyId === caller.companyId ? 'recipient' : undefined
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

export const statusOf = (record: DocumentRecord, side: Side): Status => ({
  documentId: record.id,
  side,
  kind: record.kind,
  guid: record.guid,
  version: record.version,
  number: record.number,
  date: record.date,
  senderTaxId: record.senderTaxId,
  senderName: record.senderName,
  recipientTaxId: record.recipientTaxId,
  recipientName: record.recipientName,
  total: record.total,
  currency: record.currency,
  digest: record.digest,
  receivedAt: record.receivedAt,
  senderState: record.senderState,
  recipientState: record.recipientState,
  mirrorState: record.mirrorState,
  final: isFinal({ sender: record.senderState, mirror: record.mirrorState }),
  reason: record.reason,
  registrationNumber: record.stamp?.registrationNumber,
  archivedAt: record.archivedAt,
})
