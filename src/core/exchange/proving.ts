import type { Clock, Ids, NewTask } from '../kernel/index.ts'
import type { NewProof, Proofs } from '../signature/index.ts'
import type { SignatureRecord } from './document-record.ts'
import { evidenceLate } from './faults.ts'
import { Refusal } from './receipt.ts'

/** Signatures get proofs here; without a time-stamping authority there is no `Proving` at all. */
export interface Proving {
  /** The fault that says so while proofs have been waiting for too long: nothing new is taken then. */
  lateness(): Promise<ReturnType<typeof evidenceLate> | undefined>
}

/** One look serves every request of these milliseconds. */
const lookEveryMs = 3_000

/**
 * Watches that proofs keep up with signatures. When the authorities have been silent for longer than the grace,
 * whatever would need another proof is refused, so that nobody gathers signatures that nothing will prove; it ends
 * by itself when the oldest proof is complete. (The X-Road security server stops after 4 hours likewise.)
 */
export const openProving = ({
  proofs,
  clock,
  graceMs,
}: {
  proofs: Pick<Proofs, 'oldestPending'>
  clock: Clock
  graceMs: number
}): Proving => {
  let look: { at: number; oldest: Promise<Date | undefined> } | undefined
  return {
    async lateness() {
      const now = clock.now().getTime()
      if (look === undefined || Math.abs(now - look.at) >= lookEveryMs) {
        const fresh = { at: now, oldest: proofs.oldestPending() }
        look = fresh
        // A look that failed is not remembered.
        fresh.oldest.catch(() => {
          if (look === fresh) look = undefined
        })
      }
      const oldest = await look.oldest
      return oldest !== undefined && now - oldest.getTime() > graceMs ? evidenceLate() : undefined
    },
  }
}

/** How soon a sender should look again whether the authorities are back. */
const askAgainMs = 60_000

/** Throws `Refusal` while proofs are late: call it before a new signature or document is taken. */
export const mustKeepUp = async ({ proving }: { proving?: Proving }): Promise<void> => {
  const late = await proving?.lateness()
  if (late !== undefined) throw new Refusal('unavailable', [late], { retryAfterMs: askAgainMs })
}

/** The proof that a recorded signature needs, with the task that gathers it; nothing for one that is not VALID. */
export const proofOf = (
  { ids, proving }: { ids: Ids; proving?: Proving },
  signature: SignatureRecord | undefined,
  now: Date,
): { proof?: NewProof; tasks: NewTask[] } => {
  if (proving === undefined || signature?.verdict !== 'VALID') return { tasks: [] }
  const { id, documentId } = signature
  return {
    proof: { signatureId: id, documentId, since: now },
    tasks: [{ id: ids.next(), kind: 'prove', documentId, subject: id, dueAt: now }],
  }
}
