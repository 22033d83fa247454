import type { DocumentKind } from '../document/index.ts'
import type { LocalDate } from '../kernel/index.ts'
import type { SignerRole, Verdict } from '../signature/index.ts'
import type { Digest, DocumentRecord } from './document-record.ts'
import type { Documents } from './ports.ts'

/**
 * What anybody holding a printed document may learn by its QR: that it is here, what its exact bytes are, and
 * what became of its signatures. No content, no names, no sums: whoever has the paper has those.
 */
export interface PublicCheck {
  documentId: string
  kind: DocumentKind
  date: LocalDate
  digest: Digest
  senderState: DocumentRecord['senderState']
  signatures: { side: 'sender' | 'recipient'; verdict: Verdict; signedAt: Date; roles: SignerRole[] }[]
}

/** Undefined for an id that is not one, and for one that nothing hides behind. */
export const publicCheck =
  (deps: { documents: Pick<Documents, 'byId' | 'signatures'> }) =>
  async (documentId: string): Promise<PublicCheck | undefined> => {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(documentId)) return undefined
    const record = await deps.documents.byId(documentId)
    if (record === undefined) return undefined
    const signatures = await deps.documents.signatures(documentId)
    return {
      documentId,
      kind: record.kind,
      date: record.date,
      digest: record.digest,
      senderState: record.senderState,
      signatures: signatures
        .filter(({ purpose }) => purpose === 'document')
        .map(({ side, verdict, signedAt, signer }) => ({
          side,
          verdict,
          signedAt,
          roles: (signer as { roles?: SignerRole[] }).roles ?? [],
        })),
    }
  }
