import { UpstreamError, type Clock, type Procedure, type Step } from '../../kernel/index.ts'
import type { ProofGatherer, Proofs } from '../../signature/index.ts'
import type { ArchiveStore } from '../../archive/index.ts'
import type { Documents } from '../ports.ts'

export interface ProveDeps {
  clock: Clock
  documents: Pick<Documents, 'signatures'>
  proofs: Proofs
  gatherer: ProofGatherer
  /** Where the large revocation lists lie. */
  store: Pick<ArchiveStore, 'put'>
}

/** A silent authority is asked again after a quarter of the time it has been silent, within these bounds. */
const askAgain = { soonestMs: 2_000, latestMs: 5 * 60_000 }

/**
 * Gathers the proof of one signature; the task's subject is the signature's id. Whatever an authority does short
 * of giving the proof, it is asked again for ever: the signature is good, and only its evidence is missing.
 */
export const proveStep = (deps: ProveDeps): Procedure => ({
  step: provingStep(deps, new Set()),
  onDead: (task) => Promise.resolve((tx) => deps.proofs.fail(tx, task.subject)),
})

/** `stored` are lists this process has put already: one of 20 MB serves every signature of a day. */
const provingStep =
  (deps: ProveDeps, stored: Set<string>): Step =>
  async (task) => {
    const done = (note: string) => ({ word: 'done' as const, note, record: async () => {} })
    const proof = await deps.proofs.bySignature(task.subject)
    if (proof === undefined) return done('the signature is gone')
    // Stamped, and killed before the task was settled: the first proof stands.
    if (proof.state === 'complete') return done('proven before')
    const signature = (await deps.documents.signatures(task.documentId)).find(({ id }) => id === task.subject)
    if (signature === undefined) return done('the signature is gone')
    try {
      const { warning, lists, ...material } = await deps.gatherer.gather(signature.cms)
      // First what the material will name: writing the same again is success.
      for (const { digest, bytes } of lists) {
        if (stored.has(digest)) continue
        await deps.store.put(digest, bytes)
        stored.add(digest)
      }
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
  }
