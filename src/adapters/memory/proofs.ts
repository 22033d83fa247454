import type { Tx } from '../../core/kernel/index.ts'
import type { NewProof, ProofMaterial, Proofs, SignatureProof } from '../../core/signature/index.ts'
import { onRollback } from './unit-of-work.ts'

/** Twin of the proof table. */
export class MemoryProofs implements Proofs {
  readonly #rows = new Map<string, SignatureProof>()

  /** What the ledger and the documents do when they write a signature. */
  promise(proof: NewProof): void {
    if (!this.#rows.has(proof.signatureId)) this.#rows.set(proof.signatureId, { ...proof, state: 'pending' })
  }

  forget(signatureId: string): void {
    this.#rows.delete(signatureId)
  }

  bySignature(signatureId: string): Promise<SignatureProof | undefined> {
    return Promise.resolve(this.#rows.get(signatureId))
  }

  byDocument(documentId: string): Promise<SignatureProof[]> {
    const found = [...this.#rows.values()].filter((row) => row.documentId === documentId)
    return Promise.resolve(found.sort((a, b) => a.since.getTime() - b.since.getTime()))
  }

  oldestPending(): Promise<Date | undefined> {
    const waiting = [...this.#rows.values()].filter(({ state }) => state === 'pending')
    waiting.sort((a, b) => a.since.getTime() - b.since.getTime())
    return Promise.resolve(waiting[0]?.since)
  }

  complete(tx: Tx, signatureId: string, material: ProofMaterial, at: Date): Promise<void> {
    const row = this.#rows.get(signatureId)
    if (row !== undefined && row.state !== 'complete')
      this.#put(tx, { ...row, state: 'complete', material, gatheredAt: at })
    return Promise.resolve()
  }

  fail(tx: Tx, signatureId: string): Promise<void> {
    const row = this.#rows.get(signatureId)
    if (row?.state === 'pending') this.#put(tx, { ...row, state: 'failed' })
    return Promise.resolve()
  }

  endingBefore(moment: Date, limit: number): Promise<SignatureProof[]> {
    const endOf = ({ material }: SignatureProof): number => material?.stampEndsAt.getTime() ?? Infinity
    const ending = [...this.#rows.values()].filter((row) => endOf(row) < moment.getTime())
    return Promise.resolve(ending.sort((a, b) => endOf(a) - endOf(b)).slice(0, limit))
  }

  renew(
    tx: Tx,
    { signatureId, renewedAt }: Pick<SignatureProof, 'signatureId' | 'renewedAt'>,
    material: ProofMaterial,
    at: Date,
  ): Promise<void> {
    const row = this.#rows.get(signatureId)
    if (row?.state === 'complete' && row.renewedAt?.getTime() === renewedAt?.getTime())
      this.#put(tx, { ...row, material, renewedAt: at })
    return Promise.resolve()
  }

  #put(tx: Tx, row: SignatureProof): void {
    const before = this.#rows.get(row.signatureId)
    this.#rows.set(row.signatureId, row)
    onRollback(tx, () => {
      if (before !== undefined) this.#rows.set(row.signatureId, before)
    })
  }
}
