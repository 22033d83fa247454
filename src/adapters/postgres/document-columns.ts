import type { DocumentRecord, Stamp } from '../../core/exchange/index.ts'
import type { DocumentKind } from '../../core/document/index.ts'

/** A row of `document` as the driver gives it. */
export interface DocumentRow {
  id: string
  revision: number
  kind: string
  company_id: string | null
  connection_id: string | null
  sender_tax_id: string
  sender_name: string
  recipient_tax_id: string
  recipient_name: string
  recipient_email: string | null
  recipient_company_id: string | null
  guid: string
  version: string
  number: string
  date: string
  total: string | null
  currency: string | null
  digest: Buffer
  size: number
  received_at: Date
  sender_state: string
  recipient_state: string
  mirror_state: string
  reason: string | null
  stamp: { registrationNumber: string; portalId: string; registeredAt: string } | null
  archived_at: Date | null
  door: string
  format: string
  request_id: string
  mapping: string | null
}

export const documentColumns = `id, revision, kind, company_id, connection_id, sender_tax_id, sender_name,
  recipient_tax_id, recipient_name, recipient_email, recipient_company_id, guid, version, number, date, total,
  currency, digest, size, received_at, sender_state, recipient_state, mirror_state, reason, stamp, archived_at,
  door, format, request_id, mapping`

export const bytesOfDigest = (digest: string): Buffer => Buffer.from(digest, 'hex')

const stampOf = (stamp: DocumentRow['stamp']): Stamp | undefined =>
  stamp === null
    ? undefined
    : {
        registrationNumber: stamp.registrationNumber,
        portalId: stamp.portalId,
        registeredAt: new Date(stamp.registeredAt),
      }

export const recordOf = (row: DocumentRow): DocumentRecord => ({
  id: row.id,
  revision: row.revision,
  kind: row.kind as DocumentKind,
  companyId: row.company_id ?? undefined,
  connectionId: row.connection_id ?? undefined,
  senderTaxId: row.sender_tax_id,
  senderName: row.sender_name,
  recipientTaxId: row.recipient_tax_id,
  recipientName: row.recipient_name,
  recipientEmail: row.recipient_email ?? undefined,
  recipientCompanyId: row.recipient_company_id ?? undefined,
  guid: row.guid,
  version: row.version,
  number: row.number,
  date: row.date,
  total: row.total ?? undefined,
  currency: row.currency ?? undefined,
  digest: row.digest.toString('hex'),
  size: row.size,
  receivedAt: row.received_at,
  senderState: row.sender_state as DocumentRecord['senderState'],
  recipientState: row.recipient_state as DocumentRecord['recipientState'],
  mirrorState: row.mirror_state as DocumentRecord['mirrorState'],
  reason: row.reason ?? undefined,
  stamp: stampOf(row.stamp),
  archivedAt: row.archived_at ?? undefined,
  origin: {
    door: row.door,
    format: row.format,
    requestId: row.request_id,
    mapping: row.mapping ?? undefined,
  },
})
