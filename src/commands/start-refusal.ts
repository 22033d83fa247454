import type { Fault } from '../core/kernel/index.ts'

/** The command cannot go on, for reasons its user can remove: each is told in Russian and English. */
export class StartRefusal extends Error {
  readonly faults: Fault[]

  constructor(faults: Fault[]) {
    super(faults.map(({ code }) => code).join(', '))
    this.name = 'StartRefusal'
    this.faults = faults
  }
}

/** Faults of anything that carries them: a refused configuration, a store in use, an answer of the gateway. */
export const faultsIn = (error: unknown): Fault[] | undefined => {
  if (typeof error !== 'object' || error === null) return undefined
  const { faults, fault } = error as { faults?: Fault[]; fault?: Fault }
  return Array.isArray(faults) && faults.length > 0 ? faults : fault === undefined ? undefined : [fault]
}
