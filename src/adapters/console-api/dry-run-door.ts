import { z } from 'zod'
import type { Caller } from '../../core/company/index.ts'
import { dryRunValue, type Exchange } from '../../core/exchange/index.ts'
import type { Door } from '../http/index.ts'
import { paramOf, parsedBy } from './asked.ts'

export interface DryRunDoorDeps {
  exchange: Pick<Exchange, 'dryRun'>
  /** Whom a connection stands for; refuses with words when there is none. */
  callerOf(idOrLogin: string): Promise<Caller>
}

const query = z.strictObject({
  format: z.string().min(1).max(60).optional(),
  fileName: z.string().max(255).default(''),
  diff: z.enum(['true', 'false']).default('false'),
})

const maxFileBytes = 32 * 1024 * 1024

/** What a client's file would become, for the operator who helps him: nothing is stored, metered or sent. */
export const dryRunDoor = (deps: DryRunDoorDeps): Door => ({
  name: 'dry-run',
  mount(router, tools) {
    router.post('/operator/v1/connections/:connection/dry-run', async (ctx) => {
      await tools.operator(ctx)
      const { format, fileName, diff } = parsedBy(query, { ...ctx.query })
      const caller = await deps.callerOf(paramOf(ctx, 'connection'))
      const content = await tools.body(ctx, maxFileBytes)
      const run = await deps.exchange.dryRun({ caller, format, fileName, content, diff: diff === 'true' })
      ctx.body = dryRunValue(run, ctx.state.language)
    })
  },
})
