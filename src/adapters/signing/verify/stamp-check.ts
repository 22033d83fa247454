import { judgeTimeStamp } from '../../../core/signature/index.ts'
import { collectTimeStamp } from './time-stamp.ts'
import type { Clock } from '../../../core/kernel/index.ts'
import type { CollectContext } from './collect-signer.ts'

/** Whether a time stamp token (RFC 3161) covers bytes, by our trust and policy. */
export const stampCheck =
  ({ clock, ...context }: CollectContext & { clock: Clock }) =>
  async (token: Uint8Array, covered: Uint8Array): Promise<{ holds: boolean; detail: string }> => {
    const evidence = await collectTimeStamp(token, covered, context)
    const problem = judgeTimeStamp(evidence, context.policy, clock.now())
    return problem === undefined
      ? { holds: true, detail: `stamped ${evidence.genTime?.toISOString() ?? ''}` }
      : { holds: false, detail: problem }
  }
