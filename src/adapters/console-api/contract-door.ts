import { z } from 'zod'
import type { BankStatementFormat } from '../../core/access/index.ts'
import {
  consentNames,
  incomingLines,
  type BadFaithDesk,
  type ContractDesk,
  type OfferDesk,
  type StatementLine,
} from '../../core/contract/index.ts'
import { Refusal, type Hasher } from '../../core/exchange/index.ts'
import { fault, type Fault } from '../../core/kernel/index.ts'
import { HttpRefusal, type Door, type HttpContext } from '../http/index.ts'
import { asked, paramOf, parsedBy } from './asked.ts'

export interface ContractDoorDeps {
  desk: ContractDesk
  offers: OfferDesk
  badFaith: BadFaithDesk
  statements: readonly BankStatementFormat[]
  hasher: Hasher
}

const text = z.string().max(2000)
const money = z.string().max(30)
const day = z.string().max(10)
const side = z.enum(['client', 'operator'])
const none = z.strictObject({})

/** What the operator does to one contract, by the word in the path. The shapes say what has to be told. */
const deeds = (desk: ContractDesk) => {
  const deed = <T>(shape: z.ZodType<T>, run: (taxId: string, body: T, by: string) => Promise<unknown>) => ({
    run: (taxId: string, body: unknown, by: string) => run(taxId, parsedBy(shape, body), by),
  })
  return new Map(
    Object.entries({
      invoice: deed(z.strictObject({ tariff: z.string().max(40), bonus: money.optional() }), (id, body, by) =>
        desk.invoice(id, body, by),
      ),
      grant: deed(none, (id, _, by) => desk.grant(id, by)),
      upgrade: deed(z.strictObject({ tariff: z.string().max(40) }), (id, { tariff }, by) =>
        desk.askUpgrade(id, tariff, by),
      ),
      'approve-upgrade': deed(none, (id, _, by) => desk.approveUpgrade(id, by)),
      bonus: deed(z.strictObject({ amount: money, reason: text, expiresOn: day }), (id, body, by) =>
        desk.grantBonus(id, body, by),
      ),
      termination: deed(
        z.strictObject({ side: side.default('operator'), reason: text.optional() }),
        (id, body, by) => desk.terminate(id, body.side, body.reason, by),
      ),
      breach: deed(z.strictObject({ reason: text }), (id, { reason }, by) => desk.breach(id, reason, by)),
      objection: deed(z.strictObject({ publication: z.int().optional(), reason: text }), (id, body, by) =>
        desk.object(id, body, by),
      ),
      consent: deed(z.strictObject({ name: z.enum(consentNames), given: z.boolean() }), (id, body, by) =>
        desk.consent(id, body.name, body.given, by),
      ),
      requisites: deed(
        z.strictObject({
          changedOn: day,
          email: text.optional(),
          phone: text.optional(),
          address: text.optional(),
          name: text.optional(),
          iik: text.optional(),
          bik: text.optional(),
        }),
        (id, body, by) => desk.requisites(id, body, by),
      ),
      override: deed(z.strictObject({ note: text }), (id, { note }, by) => desk.override(id, note, by)),
      'act-received': deed(z.strictObject({ evidence: text, on: day.optional() }), (id, body, by) =>
        desk.actReceived(id, body, by),
      ),
      claim: deed(z.strictObject({ text }), (id, body, by) => desk.claim(id, body.text, by)),
      'answer-claim': deed(
        z.strictObject({
          id: z.string().max(60),
          answer: z.enum(['satisfied', 'refused']),
          reason: text.optional(),
        }),
        (id, body, by) => desk.answerClaim(id, body.id, body, by),
      ),
      incident: deed(z.strictObject({ text }), (id, body, by) => desk.incident(id, body.text, by)),
      'close-incident': deed(z.strictObject({ id: z.string().max(60), outcome: text }), (id, body, by) =>
        desk.closeIncident(id, body.id, body.outcome, by),
      ),
      'force-majeure': deed(
        z.strictObject({ onsetOn: day, text, side: side.default('operator') }),
        (id, body, by) => desk.forceMajeure(id, body, by),
      ),
      disclosure: deed(z.strictObject({ to: text, basis: text, scope: text }), (id, body, by) =>
        desk.disclosure(id, body, by),
      ),
    }),
  )
}

const publicationShape = z.strictObject({
  kind: z.enum(['offer', 'tariff', 'guide', 'regulation', 'news']),
  version: z.string().min(1).max(40),
  title: z.string().min(1).max(200),
  content: z.base64(),
  effectiveOn: z.iso.date().optional(),
  legalBasis: text.optional(),
  recall: z.boolean().optional(),
  dayRules: z
    .record(
      z.string().max(4),
      z.strictObject({
        unit: z.enum(['working-days', 'calendar-days', 'calendar-months']).optional(),
        count: z.int().min(1).max(1200).optional(),
        startsOn: z.enum(['next-day', 'same-day']).optional(),
        lastDayOff: z.enum(['moves', 'stays']).optional(),
      }),
    )
    .optional(),
  tariff: z
    .strictObject({
      id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
      name: z.strictObject({ ru: text, kk: text, en: text }),
      price: money,
      currency: z.literal('KZT'),
      vatRate: z.string().max(2).optional(),
      outgoingPerMonth: z.int().min(1).optional(),
    })
    .optional(),
})

const linesShape = z.strictObject({
  lines: z
    .array(
      z.strictObject({
        key: z.string().min(1).max(200),
        payerTaxId: z.string().max(12),
        amount: money,
        paidOn: day,
        purpose: text.default(''),
        source: z.string().max(100).default('operator'),
      }),
    )
    .min(1)
    .max(1000),
})

/** What the operator's command line calls about contracts and the offer, under `/operator/v1`. */
export const contractDoor = ({ desk, offers, badFaith, statements, hasher }: ContractDoorDeps): Door => ({
  name: 'contract',
  mount(router, tools) {
    const at = (path: string): string => `/operator/v1${path}`
    const known = deeds(desk)
    const queryOf = (ctx: HttpContext, name: string): string | undefined =>
      typeof ctx.query[name] === 'string' ? ctx.query[name] : undefined

    router.get(at('/contracts'), async (ctx) => {
      await tools.operator(ctx)
      const state = queryOf(ctx, 'state') as Parameters<ContractDesk['list']>[0]['state']
      const files = await desk.list({ state, after: queryOf(ctx, 'after') })
      ctx.body = {
        contracts: files.map(({ companyId, state: now, activatedAt, expiresAt, stoppedAt }) => ({
          companyId,
          state: now,
          activatedAt,
          expiresAt,
          stoppedAt,
        })),
      }
    })

    router.get(at('/contracts/what-if'), async (ctx) => {
      await tools.operator(ctx)
      ctx.body = await desk.whatIf(queryOf(ctx, 'company'), queryOf(ctx, 'on') ?? '')
    })

    router.get(at('/companies/:taxId/contract'), async (ctx) => {
      await tools.operator(ctx)
      ctx.body = await desk.show(paramOf(ctx, 'taxId'))
    })

    router.get(at('/companies/:taxId/contract/history'), async (ctx) => {
      await tools.operator(ctx)
      ctx.body = await desk.history(paramOf(ctx, 'taxId'))
    })

    router.get(at('/companies/:taxId/contract/requisites'), async (ctx) => {
      await tools.operator(ctx)
      ctx.body = (await desk.requisitesOn(paramOf(ctx, 'taxId'), queryOf(ctx, 'on') ?? '')) ?? {}
    })

    router.post(at('/companies/:taxId/contract/acceptance'), async (ctx) => {
      const shape = z.strictObject({ signature: z.base64(), hash: z.string().max(64).optional() })
      const { body, operator } = await asked(tools, ctx, shape)
      const cms = Buffer.from(body.signature, 'base64')
      await offers.accept(paramOf(ctx, 'taxId'), { cms, hash: body.hash, by: `operator:${operator.name}` })
      ctx.body = await desk.show(paramOf(ctx, 'taxId'))
    })

    router.post(at('/companies/:taxId/contract/:deed'), async (ctx) => {
      const { body, operator } = await asked(tools, ctx, z.record(z.string(), z.unknown()))
      const deed = known.get(paramOf(ctx, 'deed'))
      if (deed === undefined) throw new Refusal('not-found', [noSuchDeed([...known.keys()])])
      await deed.run(paramOf(ctx, 'taxId'), body, `operator:${operator.name}`)
      ctx.body = await desk.show(paramOf(ctx, 'taxId'))
    })

    router.get(at('/payments'), async (ctx) => {
      await tools.operator(ctx)
      const outcome = queryOf(ctx, 'outcome') as Parameters<ContractDesk['payments']>[0]['outcome']
      ctx.body = { payments: await desk.payments({ taxId: queryOf(ctx, 'company'), outcome }) }
    })

    router.post(at('/payments'), async (ctx) => {
      const { body, operator } = await asked(tools, ctx, linesShape)
      ctx.body = { payments: await desk.takePayments(body.lines, `operator:${operator.name}`) }
    })

    router.post(at('/payments/statement'), async (ctx) => {
      const operator = await tools.operator(ctx)
      const bytes = await tools.body(ctx, 20 * 1024 * 1024)
      const lines = await linesOf(bytes, statements, hasher)
      ctx.body = {
        lines: lines.length,
        payments: await desk.takePayments(lines, `operator:${operator.name}`),
      }
    })

    router.get(at('/notices'), async (ctx) => {
      await tools.operator(ctx)
      const open = queryOf(ctx, 'open') === 'true'
      ctx.body = { notices: await desk.notices({ taxId: queryOf(ctx, 'company'), open }) }
    })

    router.get(at('/offer/log'), async (ctx) => {
      await tools.operator(ctx)
      ctx.body = { publications: await offers.log() }
    })

    router.get(at('/offer/verify'), async (ctx) => {
      await tools.operator(ctx)
      ctx.body = await offers.verify()
    })

    router.get(at('/offer/prove'), async (ctx) => {
      await tools.operator(ctx)
      const on = queryOf(ctx, 'on') ?? ''
      ctx.body = await offers.prove({ on, taxId: queryOf(ctx, 'company'), tariff: queryOf(ctx, 'tariff') })
    })

    router.post(at('/offer/publications'), async (ctx) => {
      const { body, operator } = await asked(tools, ctx, publicationShape)
      const { content, ...asks } = body
      const entry = await offers.publish(asks, Buffer.from(content, 'base64'), `operator:${operator.name}`)
      ctx.status = 201
      ctx.body = { ...entry, announcedTo: await desk.announce(entry) }
    })

    router.get(at('/bad-faith'), async (ctx) => {
      await tools.operator(ctx)
      ctx.body = { entries: await badFaith.list() }
    })

    router.get(at('/bad-faith/export'), async (ctx) => {
      await tools.operator(ctx)
      ctx.body = await badFaith.export()
    })

    router.post(at('/bad-faith'), async (ctx) => {
      const shape = z.strictObject({ taxId: z.string(), source: text, reason: text, expiresOn: day })
      const { body, operator } = await asked(tools, ctx, shape)
      ctx.status = 201
      ctx.body = await badFaith.add(body, `operator:${operator.name}`)
    })

    router.post(at('/bad-faith/import'), async (ctx) => {
      const { body, operator } = await asked(tools, ctx, badFaithFile)
      const entries = body.entries.map((one) => ({ ...one, addedAt: new Date(one.addedAt) }))
      ctx.body = { taken: await badFaith.import({ ...body, entries }, `operator:${operator.name}`) }
    })

    router.post(at('/bad-faith/:id/appeal'), async (ctx) => {
      const { body } = await asked(tools, ctx, z.strictObject({ text }))
      ctx.body = await badFaith.appeal(paramOf(ctx, 'id'), body.text)
    })

    router.post(at('/bad-faith/:id/decision'), async (ctx) => {
      const { body } = await asked(tools, ctx, z.strictObject({ outcome: z.enum(['upheld', 'rejected']) }))
      ctx.body = await badFaith.decide(paramOf(ctx, 'id'), body.outcome)
    })
  },
})

const badFaithFile = z.strictObject({
  entries: z
    .array(
      z.strictObject({
        id: z.uuid(),
        taxId: z.string().max(12),
        source: text,
        reason: text,
        addedAt: z.iso.datetime(),
        expiresOn: day,
      }),
    )
    .max(10_000),
  madeAt: z.iso.datetime(),
  by: z.string().max(12),
  signature: z.base64(),
})

const linesOf = async (
  bytes: Uint8Array,
  statements: readonly BankStatementFormat[],
  hasher: Hasher,
): Promise<StatementLine[]> => {
  const format = statements.find((one) => one.recognises(bytes))
  if (format === undefined) throw new HttpRefusal(415, [unknownStatement(statements)])
  const statement = await format.read(bytes)
  if (!statement.ok) throw new Refusal('invalid', statement.faults)
  return incomingLines(statement.value, hasher, format.name)
}

const unknownStatement = (statements: readonly BankStatementFormat[]): Fault =>
  fault('OPERATOR-20', '', {
    ru: `Выписка не распознана. Понимаются: ${statements.map(({ name }) => name).join(', ')}.`,
    kk: `Үзінді көшірме танылмады. Түсінікті: ${statements.map(({ name }) => name).join(', ')}.`,
    en: `The statement is of no kind that is understood: ${statements.map(({ name }) => name).join(', ')}.`,
  })

const noSuchDeed = (known: readonly string[]): Fault =>
  fault('OPERATOR-21', 'deed', {
    ru: `Такого действия с договором нет. Есть: ${known.join(', ')}.`,
    kk: `Шартпен мұндай әрекет жоқ. Бары: ${known.join(', ')}.`,
    en: `There is no such deed of a contract. There are: ${known.join(', ')}.`,
  })
