import { z } from 'zod'
import { Refusal } from '../../core/exchange/index.ts'
import { fault, isLocalDate, type Fault, type LocalDate } from '../../core/kernel/index.ts'
import type { Difference, ExportedInvoice } from '../../core/mirror/index.ts'
import type { Door, HttpContext } from '../http/index.ts'

type Range = { from: LocalDate; to: LocalDate }

/** What an operator asks of the mirror. */
export interface PortalDesk {
  /** Whether the portal is down for this replica, and the calls of the day by kind. */
  state(): Promise<{
    outage?: { since: Date; until: Date }
    callsPerDay: number
    calls: { kind: string; calls: number }[]
  }>
  reconcile(taxId: string, range: Range): Promise<{ compared: number; differences: Difference[] }>
  /** Settles what the gateway can settle itself; returns how many invoices it asked about. */
  take(differences: readonly Difference[]): Promise<number>
  export(taxId: string, range: Range): AsyncIterable<ExportedInvoice>
}

/** Invoices in one answer of the export: with 200 lines each still a few megabytes. */
const exportPage = 50

const range = z.object({ from: z.string().refine(isLocalDate), to: z.string().refine(isLocalDate) })

/** What the operator's command line calls about the state portal, under `/operator/v1`. */
export const portalDoor = (desk: PortalDesk): Door => ({
  name: 'portal',
  mount(router, tools) {
    router.get('/operator/v1/esf', async (ctx) => {
      await tools.operator(ctx)
      ctx.body = await desk.state()
    })

    router.post('/operator/v1/companies/:taxId/esf/reconcile', async (ctx) => {
      await tools.operator(ctx)
      const result = await desk.reconcile(taxIdOf(ctx), rangeOf(ctx))
      ctx.body =
        ctx.query.take === 'true' ? { ...result, taken: await desk.take(result.differences) } : result
    })

    router.get('/operator/v1/companies/:taxId/esf/invoices', async (ctx) => {
      await tools.operator(ctx)
      const after = typeof ctx.query.after === 'string' ? ctx.query.after : ''
      const invoices: ExportedInvoice[] = []
      for await (const invoice of desk.export(taxIdOf(ctx), rangeOf(ctx))) {
        // Ids sort by time, and the export goes by them.
        if (invoice.record.documentId <= after) continue
        invoices.push(invoice)
        if (invoices.length === exportPage) break
      }
      ctx.body = {
        invoices,
        ...(invoices.length === exportPage ? { after: invoices.at(-1)?.record.documentId } : {}),
      }
    })
  },
})

const taxIdOf = (ctx: HttpContext & { params?: Record<string, string> }): string => ctx.params?.taxId ?? ''

const rangeOf = (ctx: HttpContext): Range => {
  const parsed = range.safeParse(ctx.query)
  if (parsed.success && parsed.data.from <= parsed.data.to) return parsed.data
  throw new Refusal('invalid', [wrongRange()])
}

const wrongRange = (): Fault =>
  fault('OPERATOR-02', 'from', {
    ru: 'Укажите период: from и to в виде ГГГГ-ММ-ДД, from не позже to.',
    kk: 'Кезеңді көрсетіңіз: from және to ЖЖЖЖ-АА-КК түрінде, from to-дан кеш емес.',
    en: 'Give the period: from and to as YYYY-MM-DD, from not later than to.',
  })
