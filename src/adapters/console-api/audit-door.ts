import { z } from 'zod'
import type { checkAudit, AuditBook, AuditLine, AuditLog } from '../../core/audit/index.ts'
import { fault, isLocalDate, type Clock, type Fault, type Ids } from '../../core/kernel/index.ts'
import { HttpRefusal, type Door, type DoorTools, type HttpContext } from '../http/index.ts'
import { paramOf, parsedBy } from './asked.ts'

interface Deps {
  book: AuditBook
  check: ReturnType<typeof checkAudit>
}

const question = z.strictObject({
  document: z.uuid().optional(),
  company: z.uuid().optional(),
  actor: z.string().max(100).optional(),
  from: z.string().refine(isLocalDate).optional(),
  to: z.string().refine(isLocalDate).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
})

/** What the operator's command line asks of the audit log, under `/operator/v1`. */
export const auditDoor = ({ book, check }: Deps): Door => ({
  name: 'audit',
  mount(router, tools) {
    router.get('/operator/v1/audit', async (ctx) => {
      await tools.operator(ctx)
      const { document, company, actor, from, to, limit } = parsedBy(question, { ...ctx.query })
      ctx.body = {
        lines: await book.lines({
          object: document,
          companyId: company,
          actor,
          from: from === undefined ? undefined : new Date(`${from}T00:00:00Z`),
          to: to === undefined ? undefined : new Date(`${to}T24:00:00Z`),
          limit,
        }),
      }
    })

    router.get('/operator/v1/audit/check', async (ctx) => {
      await tools.operator(ctx)
      ctx.body = await check()
    })
  },
})

/** Calls of the operator that show content of documents: they need a reason (offer 6.1, need to know). */
const contentRoutes = [/^\/operator\/v1\/archive\/documents\/:id\/bundle$/]

/**
 * The door with every call of the operator written down before it is carried out: whose key, which call, about what,
 * why (`Daneker-Reason`). When the line cannot be written, nothing happens.
 */
export const watched =
  ({ clock, ids, log }: { clock: Clock; ids: Ids; log: AuditLog }) =>
  (door: Door): Door => ({
    ...door,
    mount(router, tools) {
      const watching: DoorTools = {
        ...tools,
        operator: async (ctx) => {
          const operator = await tools.operator(ctx)
          const route = routeOf(ctx)
          const reason = reasonOf(ctx)
          if (reason === undefined && contentRoutes.some((one) => one.test(route)))
            throw new HttpRefusal(400, [reasonNeeded()])
          const line: AuditLine = {
            id: ids.next(),
            at: clock.now(),
            who: 'operator',
            actor: operator.name.slice(0, 100),
            deed: `${ctx.method} ${route}`,
            object: paramOf(ctx, 'id') || paramOf(ctx, 'taxId') || undefined,
            reason,
          }
          await log.add(line)
          return operator
        },
      }
      door.mount(router, watching)
    },
  })

const routeOf = (ctx: HttpContext): string =>
  '_matchedRoute' in ctx && typeof ctx._matchedRoute === 'string' ? ctx._matchedRoute : ctx.path.slice(0, 200)

/** Sent as UTF-8 bytes in a header; percent-encoded when it is not Latin. */
const reasonOf = (ctx: HttpContext): string | undefined => {
  const said = ctx.get('daneker-reason').slice(0, 1_000)
  if (said.trim() === '') return undefined
  try {
    return decodeURIComponent(said)
  } catch {
    return said
  }
}

const reasonNeeded = (): Fault =>
  fault('AUDIT-01', 'reason', {
    ru: 'Назовите причину, по которой вы смотрите содержание документов: заголовок Daneker-Reason или --reason.',
    kk: 'Құжаттардың мазмұнын не себепті қарайтыныңызды көрсетіңіз: Daneker-Reason тақырыбы немесе --reason.',
    en: 'Say why you look at the content of documents: the header Daneker-Reason or --reason.',
  })
