import { overviewValue, statementValue, type MeterDesk } from '../../core/meter/index.ts'
import type { Door, HttpContext } from '../http/index.ts'

/** What the operator's command line asks of the meter, under `/operator/v1`. */
export const meterDoor = (desk: MeterDesk): Door => ({
  name: 'meter',
  mount(router, tools) {
    router.get('/operator/v1/companies/:taxId/meter', async (ctx) => {
      await tools.operator(ctx)
      ctx.body = overviewValue(await desk.overview(await desk.companyOf(paramOf(ctx, 'taxId'))))
    })

    router.get('/operator/v1/companies/:taxId/meter/:month', async (ctx) => {
      await tools.operator(ctx)
      const company = await desk.companyOf(paramOf(ctx, 'taxId'))
      ctx.body = statementValue(await desk.statement(company, paramOf(ctx, 'month')))
    })

    router.get('/operator/v1/meter/check', async (ctx) => {
      await tools.operator(ctx)
      ctx.body = await desk.check()
    })
  },
})

const paramOf = (ctx: HttpContext & { params?: Record<string, string> }, name: string): string =>
  ctx.params?.[name] ?? ''
