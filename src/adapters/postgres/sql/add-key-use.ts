import type { KeyUse } from '../../../core/exchange/index.ts'
import { bytesOfDigest } from '../document-columns.ts'
import type { Querier } from '../pool.ts'

/** One line for each time a kept key signed. */
export const addKeyUse = async (db: Querier, use: KeyUse): Promise<void> => {
  await db.query(
    `insert into key_use (signature_id, company_id, document_id, digest, serial, by, purpose, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      use.signatureId ?? null,
      use.companyId,
      use.documentId ?? null,
      bytesOfDigest(use.digest),
      use.serial,
      use.by,
      use.purpose,
      use.at,
    ],
  )
}
