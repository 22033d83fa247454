import type { ArchivedDocument } from './ports.ts'

/** An archived document as answers show it. */
export const archivedValue = ({
  documentId,
  kind,
  number,
  date,
  senderTaxId,
  recipientTaxId,
  manifestDigest,
  at,
  size,
  place,
  purgedAt,
}: ArchivedDocument) => ({
  documentId,
  kind,
  number,
  date,
  senderTaxId,
  recipientTaxId,
  manifestDigest,
  archivedAt: at.toISOString(),
  size,
  place,
  purgedAt: purgedAt?.toISOString(),
})
