import type { SignatureReport } from '../signature/index.ts'
import type { DocumentRecord, SignatureRecord } from './document-record.ts'
import type { KeyUse } from './ports.ts'

/** Keeps a signature with what was found when it was checked. */
export const signatureRecord = ({
  id,
  documentId,
  side,
  purpose = 'document',
  cms,
  report,
  at,
}: {
  id: string
  documentId: string
  side: SignatureRecord['side']
  purpose?: SignatureRecord['purpose']
  cms: Uint8Array
  report: SignatureReport
  at: Date
}): SignatureRecord => ({
  id,
  documentId,
  side,
  purpose,
  cms,
  signedAt: at,
  verdict: report.verdict,
  signer: { ...report.signers[0] },
  report: { ...report },
})

/** The line that a kept key leaves behind: what it signed, when, on whose word. */
export const keyUseOf = (
  record: DocumentRecord,
  companyId: string,
  { serial = '', signatureId, by, at }: { serial?: string; signatureId?: string; by: string; at: Date },
): KeyUse => ({
  companyId,
  documentId: record.id,
  signatureId,
  digest: record.digest,
  serial,
  by,
  purpose: 'document',
  at,
})
