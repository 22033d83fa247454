import type { NewProof } from '../../../core/signature/index.ts'
import type { Querier } from '../pool.ts'

/** Promises a proof; one that is promised already is left as it is. */
export const addProof = async (db: Querier, proof: NewProof): Promise<void> => {
  await db.query(
    `insert into proof (signature_id, document_id, since) values ($1, $2, $3)
     on conflict (signature_id) do nothing`,
    [proof.signatureId, proof.documentId, proof.since],
  )
}
