import type { SignatureReport } from '../signature/index.ts'
import type { SignatureRecord } from './document-record.ts'

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
