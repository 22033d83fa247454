import { UpstreamError, type Clock, type Procedure } from '../../kernel/index.ts'
import type { ProofGatherer, Proofs } from '../../signature/index.ts'
import type { Documents } from '../ports.ts'

export interface ProveDeps {
  clock: Clock
  documents: Pick<Documents, 'signatures'>
  proofs: Proofs
  gatherer: ProofGatherer
}

/** A silent authority is asked again after a quarter of the time it has been silent, within these bounds. */
const askAgain = { soonestMs: 2_000, latestMs: 5 * 60_000 }

/**
 * Gathers the proof of one signature; the task's subject is the signature's id. Whatever an authority does short
 * of giving the proof, it is asked again for ever: the signature is good, and only its evidence is missing.
 */
export const proveStep = (deps: ProveDeps): Procedure => ({
  async step(task) {
    const done = (note: string) => ({ word: 'done' as const, note, record: async () => {} })
    const proof = await deps.proofs.bySignature(task.subject)
    if (proof === undefined) return done('the signature is gone')
    // Stamped, and killed before the task was settled: the first proof stands.
    if (proof.state === 'complete') return done('proven before')
    const signature = (await deps.documents.signatures(task.documentId)).find(({ id }) => id === task.subject)
    if (signature === undefined) return done('the signature is gone')
    try {
      const { warning, ...material } = await deps.gatherer.gather(signature.cms)
      const answers = material.ocspResponses.length + material.crlDigests.length
      return {
        word: 'done',
        note: `stamped ${material.stampedAt.toISOString()}, ${answers} answers about revocation kept${warning === undefined ? '' : `; ${warning}`}`,
        record: (tx) => deps.proofs.complete(tx, proof.signatureId, material, deps.clock.now()),
      }
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      const silentMs = deps.clock.now().getTime() - proof.since.getTime()
      return {
        word: 'waiting',
        note: `evidence pending: ${error.partner} ${error.word}: ${error.message}`.slice(0, 500),
        askAgainInMs:
          error.retryAfterMs ?? Math.min(askAgain.latestMs, Math.max(askAgain.soonestMs, silentMs / 4)),
      }
    }
  },
  onDead: (task) => Promise.resolve((tx) => deps.proofs.fail(tx, task.subject)),
})
