import type { Tx } from '../../core/kernel/index.ts'
import type { ProofMaterial, Proofs, ProofState, SignatureProof } from '../../core/signature/index.ts'
import { clientOf, type PgPool } from './pool.ts'

interface ProofRow {
  signature_id: string
  document_id: string
  state: ProofState
  since: Date
  extended_cms: Buffer | null
  ocsp: Buffer[] | null
  crl_digests: string[] | null
  stamped_at: Date | null
  stamp_ends_at: Date | null
  gathered_at: Date | null
  renewed_at: Date | null
}

const columns = `signature_id, document_id, state, since, extended_cms, ocsp, crl_digests, stamped_at, stamp_ends_at,
  gathered_at, renewed_at`

/** Proofs of signatures in PostgreSQL. Promises are written with their signatures, by the ledger and the documents. */
export class PgProofs implements Proofs {
  readonly #pool: PgPool

  constructor(pool: PgPool) {
    this.#pool = pool
  }

  async bySignature(signatureId: string): Promise<SignatureProof | undefined> {
    const [found] = await this.#select('where signature_id = $1', [signatureId])
    return found
  }

  byDocument(documentId: string): Promise<SignatureProof[]> {
    return this.#select('where document_id = $1 order by since, signature_id', [documentId])
  }

  async oldestPending(): Promise<Date | undefined> {
    // Answered by the first entry of the partial index, however many there are.
    const { rows } = await this.#pool.query<{ since: Date }>(
      `select since from proof where state = 'pending' order by since limit 1`,
      [],
    )
    return rows[0]?.since
  }

  async complete(tx: Tx, signatureId: string, material: ProofMaterial, at: Date): Promise<void> {
    await clientOf(tx).query(
      `update proof
          set state = 'complete', extended_cms = $2, ocsp = $3, crl_digests = $4, stamped_at = $5,
              stamp_ends_at = $6, gathered_at = $7
        where signature_id = $1 and state <> 'complete'`,
      [signatureId, ...valuesOf(material), at],
    )
  }

  async fail(tx: Tx, signatureId: string): Promise<void> {
    await clientOf(tx).query(
      `update proof set state = 'failed' where signature_id = $1 and state = 'pending'`,
      [signatureId],
    )
  }

  endingBefore(moment: Date, limit: number): Promise<SignatureProof[]> {
    return this.#select(
      `where state = 'complete' and stamp_ends_at < $1 order by stamp_ends_at, signature_id limit $2`,
      [moment, limit],
    )
  }

  async renew(
    tx: Tx,
    { signatureId, renewedAt }: Pick<SignatureProof, 'signatureId' | 'renewedAt'>,
    material: ProofMaterial,
    at: Date,
  ): Promise<void> {
    await clientOf(tx).query(
      `update proof
          set extended_cms = $2, ocsp = $3, crl_digests = $4, stamped_at = $5, stamp_ends_at = $6, renewed_at = $7
        where signature_id = $1 and state = 'complete' and renewed_at is not distinct from $8`,
      [signatureId, ...valuesOf(material), at, renewedAt ?? null],
    )
  }

  async #select(rest: string, values: unknown[]): Promise<SignatureProof[]> {
    const { rows } = await this.#pool.query<ProofRow & Record<string, unknown>>(
      `select ${columns} from proof ${rest}`,
      values,
    )
    return rows.map(proofOf)
  }
}

const valuesOf = (material: ProofMaterial): unknown[] => [
  material.extendedCms,
  material.ocspResponses,
  material.crlDigests,
  material.stampedAt,
  material.stampEndsAt,
]

const proofOf = (row: ProofRow): SignatureProof => ({
  signatureId: row.signature_id,
  documentId: row.document_id,
  state: row.state,
  since: row.since,
  material:
    row.extended_cms === null || row.stamped_at === null || row.stamp_ends_at === null
      ? undefined
      : {
          extendedCms: row.extended_cms,
          ocspResponses: row.ocsp ?? [],
          crlDigests: row.crl_digests ?? [],
          stampedAt: row.stamped_at,
          stampEndsAt: row.stamp_ends_at,
        },
  gatheredAt: row.gathered_at ?? undefined,
  renewedAt: row.renewed_at ?? undefined,
})
