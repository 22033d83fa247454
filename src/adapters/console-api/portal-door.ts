import { z } from 'zod'
import { Refusal } from '../../core/exchange/index.ts'
import { causeOf } from '../../core/mirror/index.ts'
import type {
  ActUpload,
  DowntimeDesk,
  ExportedInvoice,
  FetchProgress,
  KeptDifference,
  MirrorLine,
  Reconciliation,
} from '../../core/mirror/index.ts'
import { fault, isLocalDate, UpstreamError, type Fault, type LocalDate } from '../../core/kernel/index.ts'
import type { Door, HttpContext } from '../http/index.ts'
import { asked, paramOf } from './asked.ts'

type Range = { from: LocalDate; to: LocalDate }

/** What an operator asks of the mirror. */
export interface PortalDesk {
  /** Whether the portal is down for this replica, and the calls of the day by kind. */
  state(): Promise<{
    outage?: { since: Date; until: Date }
    callsPerDay: number
    calls: { kind: string; calls: number }[]
  }>
  /** Compares and keeps what differs. */
  reconcile(taxId: string, range: Range): Promise<Reconciliation>
  /** What differs still; with `all`, also what was resolved lately. */
  differences(taxId: string, all: boolean): Promise<KeptDifference[]>
  /** Takes the offered action of every open difference that the gateway can settle itself. */
  take(taxId: string): Promise<{ asked: number; fetching: number }>
  export(taxId: string, range: Range): AsyncIterable<ExportedInvoice>
  /** One invoice as it was sent, with its history, and where it stood at a past moment. */
  travel(
    documentId: string,
    at?: Date,
  ): Promise<(ExportedInvoice & { stood?: MirrorLine['change'] }) | undefined>
  /** Asks the portal for the invoices issued to a company. */
  fetch(taxId: string, range: Range): Promise<FetchProgress>
  progress(taxId: string): Promise<FetchProgress>
  downtime: DowntimeDesk
  /** When acts of a company go to the portal; undefined: never. False where there is no such company. */
  chooseActs(taxId: string, upload: ActUpload | undefined): Promise<boolean>
}

/** Invoices in one answer of the export: with 200 lines each still a few megabytes. */
const exportPage = 50

const range = z.object({ from: z.string().refine(isLocalDate), to: z.string().refine(isLocalDate) })

const instant = z.iso.datetime({ offset: true })
const announcement = z.strictObject({ from: instant, until: instant, note: z.string().max(500).default('') })
const actChoice = z.strictObject({ upload: z.enum(['off', 'signed', 'completed']) })
const ending = z.strictObject({ until: instant.optional() })

/** What the operator's command line calls about the state portal, under `/operator/v1`. */
export const portalDoor = (desk: PortalDesk): Door => ({
  name: 'portal',
  mount(router, tools) {
    router.get('/operator/v1/esf', async (ctx) => {
      await tools.operator(ctx)
      ctx.body = await desk.state()
    })

    router.get('/operator/v1/esf/downtime', async (ctx) => {
      await tools.operator(ctx)
      ctx.body = await desk.downtime.show()
    })

    router.post('/operator/v1/esf/downtime', async (ctx) => {
      const { body, operator } = await asked(tools, ctx, announcement)
      ctx.status = 201
      ctx.body = await desk.downtime.announce({
        from: new Date(body.from),
        until: new Date(body.until),
        note: body.note,
        by: operator.name,
      })
    })

    router.post('/operator/v1/esf/downtime/:id/end', async (ctx) => {
      const { body } = await asked(tools, ctx, ending)
      await desk.downtime.end({
        id: paramOf(ctx, 'id'),
        ...(body.until === undefined ? {} : { until: new Date(body.until) }),
      })
      ctx.status = 204
    })

    router.get('/operator/v1/esf/invoices/:id', async (ctx) => {
      await tools.operator(ctx)
      const at = ctx.query.at === undefined ? undefined : instant.safeParse(ctx.query.at)
      if (at?.success === false) throw new Refusal('invalid', [wrongMoment()])
      const id = paramOf(ctx, 'id')
      const found = z.uuid().safeParse(id).success
        ? await desk.travel(id, at === undefined ? undefined : new Date(at.data))
        : undefined
      if (found === undefined) throw new Refusal('not-found', [noSuchInvoice()])
      ctx.body = found
    })

    router.put('/operator/v1/companies/:taxId/esf/acts', async (ctx) => {
      const { body } = await asked(tools, ctx, actChoice)
      const isKnown = await desk.chooseActs(taxIdOf(ctx), body.upload === 'off' ? undefined : body.upload)
      if (!isKnown) throw new Refusal('not-found', [noSuchCompany()])
      ctx.body = body
    })

    router.post('/operator/v1/companies/:taxId/esf/fetch', async (ctx) => {
      await tools.operator(ctx)
      ctx.body = await desk.fetch(taxIdOf(ctx), rangeOf(ctx))
    })

    router.get('/operator/v1/companies/:taxId/esf/fetch', async (ctx) => {
      await tools.operator(ctx)
      ctx.body = await desk.progress(taxIdOf(ctx))
    })

    router.post('/operator/v1/companies/:taxId/esf/reconcile', async (ctx) => {
      await tools.operator(ctx)
      const taxId = taxIdOf(ctx)
      const range = rangeOf(ctx)
      const result = await spoken(() => desk.reconcile(taxId, range))
      if (ctx.query.take !== 'true') {
        ctx.body = withCauses(result)
        return
      }
      const taken = await spoken(() => desk.take(taxId))
      // What the action settled is gone from the second comparison; what it fetches comes within a minute.
      ctx.body = { ...withCauses(await spoken(() => desk.reconcile(taxId, range))), taken }
    })

    router.get('/operator/v1/companies/:taxId/esf/differences', async (ctx) => {
      await tools.operator(ctx)
      const kept = await desk.differences(taxIdOf(ctx), ctx.query.all === 'true')
      ctx.body = { differences: kept.map((one) => ({ ...one, cause: causeOf(one.kind) })) }
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

/** What the portal's client says, in words for the operator: a portal that is busy or down is no error of ours. */
const spoken = async <T>(ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    if (error.word === 'refused') throw new Refusal('conflict', [portalRefused(error.message)])
    throw new Refusal('unavailable', [portalSilent(error.message)], {
      retryAfterMs: error.retryAfterMs ?? 60_000,
    })
  }
}

const withCauses = (result: Reconciliation) => ({
  ...result,
  differences: result.differences.map((one) => ({ ...one, cause: causeOf(one.kind) })),
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

const wrongMoment = (): Fault =>
  fault('OPERATOR-03', 'at', {
    ru: 'Укажите момент с часовым поясом, например 2026-03-06T10:00:00+05:00.',
    kk: 'Сәтті уақыт белдеуімен көрсетіңіз, мысалы 2026-03-06T10:00:00+05:00.',
    en: 'Give the moment with its zone, for example 2026-03-06T10:00:00+05:00.',
  })

const noSuchInvoice = (): Fault =>
  fault('OPERATOR-04', 'id', {
    ru: 'Этот документ в ИС ЭСФ не передавался.',
    kk: 'Бұл құжат ЭШФ АЖ-ға берілмеген.',
    en: 'This document was not given to the portal.',
  })

export const noSuchCompany = (): Fault =>
  fault('OPERATOR-05', 'taxId', {
    ru: 'Организация с таким БИН/ИИН не зарегистрирована.',
    kk: 'Мұндай БСН/ЖСН бар ұйым тіркелмеген.',
    en: 'No company with this tax id is registered.',
  })

const portalRefused = (said: string): Fault =>
  fault('PORTAL-11', '', {
    ru: `ИС ЭСФ отказала: ${said.slice(0, 300)}. Проверьте вход в кабинет и ключ организации (daneker company portal-login).`,
    kk: `ЭШФ АЖ бас тартты: ${said.slice(0, 300)}. Ұйымның кабинетке кіруін және кілтін тексеріңіз (daneker company portal-login).`,
    en: `The portal refused: ${said.slice(0, 300)}. Check the company's cabinet login and key (daneker company portal-login).`,
  })

const portalSilent = (said: string): Fault =>
  fault('PORTAL-12', '', {
    ru: `ИС ЭСФ сейчас не отвечает: ${said.slice(0, 300)}. Повторите позже; очередь счетов-фактур идёт сама.`,
    kk: `ЭШФ АЖ қазір жауап бермейді: ${said.slice(0, 300)}. Кейінірек қайталаңыз; шот-фактуралар кезегі өзі жүреді.`,
    en: `The portal does not answer now: ${said.slice(0, 300)}. Repeat later; the queue of invoices goes on by itself.`,
  })
