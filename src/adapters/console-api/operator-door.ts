import { z } from 'zod'
import {
  noSuchDocument,
  Refusal,
  trailOf,
  type Documents,
  type KeyUses,
  type MakeSigningLink,
  type signBatch,
} from '../../core/exchange/index.ts'
import type { Register } from '../../core/company/index.ts'
import { fault, type Clock, type Fault, type JobRun, type TaskStore } from '../../core/kernel/index.ts'
import type { Door } from '../http/index.ts'
import { asked, paramOf } from './asked.ts'

/** The scheduled jobs as an operator sees them; the scheduler is one. */
export interface JobDesk {
  list(): Promise<{ name: string; about: string; cron: string; nextRun?: Date; last?: JobRun }[]>
  history(job: string | undefined, limit: number): Promise<JobRun[]>
  /** Runs a job now, in a slot of its own. Undefined when there is no such job. */
  run(
    job: string,
  ): Promise<{ count: number; note: string; outcome: JobRun['outcome'] | undefined } | undefined>
}

export interface OperatorDoorDeps {
  register: Register
  documents: Documents
  keyUses: KeyUses
  signBatch: ReturnType<typeof signBatch>
  makeSigningLink: MakeSigningLink
  tasks: TaskStore
  putBack(ids: string[], by: string): Promise<string[]>
  jobs: JobDesk
  clock: Clock
}

const company = z.strictObject({ taxId: z.string(), name: z.string() })
const accessGrant = z.strictObject({ months: z.number().int() })
const key = z.strictObject({ file: z.base64(), password: z.string().max(1024) })
const portalLogin = z.strictObject({
  userIin: z.string(),
  password: z.string().max(1024),
  login: z.enum(['ticket', 'certificate']).default('ticket'),
  profile: z.string().max(64).optional(),
})
const batch = z.strictObject({ documentIds: z.array(z.string().max(100)).min(1).max(100) })
const signingLink = z.strictObject({
  documentIds: z.array(z.string().max(100)).min(1).max(50),
  sentTo: z.string().max(254),
  keepsDays: z.int().min(1).max(30).default(7),
  mail: z.boolean().default(false),
  askedBy: z.string().max(200).optional(),
  signBy: z.iso.date().optional(),
  note: z.string().max(500).optional(),
})
const tasks = z.strictObject({ ids: z.array(z.uuid()).min(1).max(1000) })
const operatorKey = z.strictObject({ name: z.string().min(1).max(100) })

/**
 * What the operator's command line and console call, under `/operator/v1`. Only keys of the operator open
 * it; nothing here sends a document or shows its content.
 */
export const operatorDoor = (deps: OperatorDoorDeps): Door => ({
  name: 'operator',
  mount(router, tools) {
    const at = (path: string): string => `/operator/v1${path}`
    const { register } = deps

    router.post(at('/companies'), async (ctx) => {
      const { body } = await asked(tools, ctx, company)
      ctx.body = await register.registerCompany(body)
    })

    router.post(at('/companies/:taxId/access'), async (ctx) => {
      const { body } = await asked(tools, ctx, accessGrant)
      ctx.body = await register.grantAccess({ taxId: paramOf(ctx, 'taxId'), months: body.months })
    })

    router.put(at('/companies/:taxId/key'), async (ctx) => {
      const { body } = await asked(tools, ctx, key)
      await register.loadKey({
        taxId: paramOf(ctx, 'taxId'),
        key: { file: Buffer.from(body.file, 'base64'), password: body.password },
      })
      ctx.status = 204
    })

    router.put(at('/companies/:taxId/portal-login'), async (ctx) => {
      const { body } = await asked(tools, ctx, portalLogin)
      await register.setPortalLogin({ taxId: paramOf(ctx, 'taxId'), login: body })
      ctx.status = 204
    })

    router.delete(at('/companies/:taxId/key'), async (ctx) => {
      await tools.operator(ctx)
      await register.removeKey(paramOf(ctx, 'taxId'))
      ctx.status = 204
    })

    router.get(at('/companies/:taxId/key-uses'), async (ctx) => {
      await tools.operator(ctx)
      const { id } = await register.companyByTaxId(paramOf(ctx, 'taxId'))
      ctx.body = { uses: await deps.keyUses.of(id, 500) }
    })

    router.post(at('/companies/:taxId/signatures'), async (ctx) => {
      const { body, operator } = await asked(tools, ctx, batch)
      const { id: companyId, taxId: companyTaxId } = await register.companyByTaxId(paramOf(ctx, 'taxId'))
      const caller = { companyId, companyTaxId }
      ctx.body = await deps.signBatch({ ...body, caller, by: `operator:${operator.name}` })
    })

    router.post(at('/companies/:taxId/signing-links'), async (ctx) => {
      const { body, operator } = await asked(tools, ctx, signingLink)
      const { id: companyId } = await register.companyByTaxId(paramOf(ctx, 'taxId'))
      const { keepsDays, ...request } = body
      ctx.status = 201
      ctx.body = await deps.makeSigningLink({
        ...request,
        caller: { companyId, connectionName: operator.name },
        keepsMs: keepsDays * 86_400_000,
      })
    })

    router.post(at('/keys'), async (ctx) => {
      const { body } = await asked(tools, ctx, operatorKey)
      ctx.status = 201
      ctx.body = { apiKey: await register.newOperatorKey(body.name) }
    })

    router.get(at('/documents/:id'), async (ctx) => {
      await tools.operator(ctx)
      const id = paramOf(ctx, 'id')
      const record = z.uuid().safeParse(id).success ? await deps.documents.byId(id) : undefined
      if (record === undefined) throw new Refusal('not-found', [noSuchDocument()])
      ctx.body = { document: record, trail: await trailOf(deps, record, 'operator') }
    })

    router.get(at('/tasks'), async (ctx) => {
      await tools.operator(ctx)
      ctx.body = { census: await deps.tasks.census(deps.clock.now()) }
    })

    router.get(at('/tasks/dead'), async (ctx) => {
      await tools.operator(ctx)
      ctx.body = { tasks: await deps.tasks.dead({ limit: 500 }) }
    })

    router.post(at('/tasks/put-back'), async (ctx) => {
      const { body, operator } = await asked(tools, ctx, tasks)
      ctx.body = { putBack: await deps.putBack(body.ids, operator.name) }
    })

    router.get(at('/jobs'), async (ctx) => {
      await tools.operator(ctx)
      ctx.body = { jobs: await deps.jobs.list() }
    })

    router.get(at('/jobs/history'), async (ctx) => {
      await tools.operator(ctx)
      const job = typeof ctx.query.job === 'string' ? ctx.query.job : undefined
      ctx.body = { runs: await deps.jobs.history(job, 100) }
    })

    router.post(at('/jobs/:name/run'), async (ctx) => {
      await tools.operator(ctx)
      const outcome = await deps.jobs.run(paramOf(ctx, 'name'))
      if (outcome === undefined) throw new Refusal('not-found', [noSuchJob()])
      ctx.body = outcome
    })
  },
})

const noSuchJob = (): Fault =>
  fault('JOB-01', 'name', {
    ru: 'Такого задания нет на этом узле.',
    kk: 'Бұл түйінде мұндай тапсырма жоқ.',
    en: 'There is no such job on this node.',
  })
