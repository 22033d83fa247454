import { z } from 'zod'
import type { ConnectionCheck, ConnectionDesk, ConnectionView, Register } from '../../core/company/index.ts'
import type { Words } from '../../core/kernel/index.ts'
import { httpFault, HttpRefusal, type Door } from '../http/index.ts'
import { asked, paramOf } from './asked.ts'

/** The strings of one door, as the door itself names them. */
export interface DoorStrings {
  door: string
  addresses: { name: string; title: Words; value: string }[]
}

export interface ConnectionDoorDeps {
  register: Register
  connections: ConnectionDesk
  addresses: (origin: string) => DoorStrings[]
  /** Texts that go into the base. */
  clientFiles: (subject: {
    origin: string
    login: string
    companyName: string
    companyTaxId: string
    connectionName: string
  }) => { name: string; text: string }[]
  /** Looks at everything a connection needs. */
  doctor(connection: string): Promise<ConnectionCheck[]>
}

const signing = z.enum(['key', 'sender'])
const newConnection = z.strictObject({
  name: z.string(),
  signing: signing.default('sender'),
  door: z.string().optional(),
})
const change = z.strictObject({
  name: z.string().optional(),
  signing: signing.optional(),
  door: z.string().optional(),
})
const overlapHours = z.number().min(0).max(720).default(24)
const passwordRotation = z.strictObject({ overlapHours })
const rotation = z.strictObject({
  what: z.enum(['password', 'key', 'both']).default('password'),
  overlapHours,
})
const baseSecret = z.strictObject({ password: z.string() })
const secretName = z.enum(['odata', 'push'])
const profile = z.record(z.string(), z.unknown())

/**
 * Connections of accounting bases as the operator's command line and console manage them, under `/operator/v1`.
 * `:connection` is the id or the login.
 */
export const connectionDoor = (deps: ConnectionDoorDeps): Door => ({
  name: 'connections',
  mount(router, tools) {
    const at = (path: string): string => `/operator/v1${path}`
    const { register, connections } = deps
    const shown = (origin: string, view: Pick<ConnectionView, 'id'>) => ({
      ...view,
      ...stringsOf(deps.addresses(origin)),
    })

    router.get(at('/companies/:taxId/connections'), async (ctx) => {
      await tools.operator(ctx)
      const all = await connections.list(paramOf(ctx, 'taxId'))
      ctx.body = { connections: all.map((view) => shown(tools.publicOrigin(ctx), view)) }
    })

    router.post(at('/companies/:taxId/connections'), async (ctx) => {
      const { body } = await asked(tools, ctx, newConnection)
      const made = await register.connect({ taxId: paramOf(ctx, 'taxId'), ...body })
      const view = await connections.show(made.connection.id)
      ctx.status = 201
      ctx.body = {
        ...shown(tools.publicOrigin(ctx), view),
        password: made.password,
        apiKey: made.apiKey,
      }
    })

    // The first form of `rotate`; the password alone.
    router.post(at('/companies/:taxId/connections/:id/rotate'), async (ctx) => {
      const { body } = await asked(tools, ctx, passwordRotation)
      const password = await register.rotatePassword({
        taxId: paramOf(ctx, 'taxId'),
        connectionId: paramOf(ctx, 'id'),
        overlapMs: body.overlapHours * 3_600_000,
      })
      ctx.body = { password, oldWorksForHours: body.overlapHours }
    })

    router.get(at('/connections/:connection'), async (ctx) => {
      await tools.operator(ctx)
      const view = await connections.show(paramOf(ctx, 'connection'))
      ctx.body = shown(tools.publicOrigin(ctx), view)
    })

    router.put(at('/connections/:connection'), async (ctx) => {
      const { body } = await asked(tools, ctx, change)
      const view = await connections.change(paramOf(ctx, 'connection'), body)
      ctx.body = shown(tools.publicOrigin(ctx), view)
    })

    router.delete(at('/connections/:connection'), async (ctx) => {
      await tools.operator(ctx)
      ctx.body = await connections.close(paramOf(ctx, 'connection'))
    })

    router.post(at('/connections/:connection/rotate'), async (ctx) => {
      const { body } = await asked(tools, ctx, rotation)
      ctx.body = await connections.rotate(paramOf(ctx, 'connection'), {
        what: body.what,
        overlapMs: body.overlapHours * 3_600_000,
      })
    })

    router.get(at('/connections/:connection/bsl'), async (ctx) => {
      await tools.operator(ctx)
      const { name, ...view } = await connections.show(paramOf(ctx, 'connection'))
      const origin = tools.publicOrigin(ctx)
      ctx.body = { files: deps.clientFiles({ ...view, connectionName: name, origin }) }
    })

    router.post(at('/connections/:connection/doctor'), async (ctx) => {
      await tools.operator(ctx)
      const checks = await deps.doctor(paramOf(ctx, 'connection'))
      ctx.body = { isWell: checks.every(({ outcome }) => outcome !== 'bad'), checks }
    })

    router.put(at('/connections/:connection/secrets/:name'), async (ctx) => {
      const { body } = await asked(tools, ctx, baseSecret)
      const name = secretName.safeParse(paramOf(ctx, 'name'))
      if (!name.success) throw new HttpRefusal(404, [httpFault('HTTP-02')])
      await connections.setBaseSecret(paramOf(ctx, 'connection'), name.data, body.password)
      ctx.status = 204
    })

    router.get(at('/connections/:connection/profile'), async (ctx) => {
      await tools.operator(ctx)
      ctx.body = await connections.profile(paramOf(ctx, 'connection'))
    })

    router.put(at('/connections/:connection/profile'), async (ctx) => {
      const { body } = await asked(tools, ctx, profile)
      ctx.body = await connections.setProfile(paramOf(ctx, 'connection'), body)
    })
  },
})

/** The strings everybody asks for by their names, and those of every door. */
const stringsOf = (doors: DoorStrings[]) => ({
  ...Object.fromEntries(
    doors
      .filter(({ door }) => door === 'onec-soap' || door === 'rest')
      .flatMap(({ addresses }) => addresses.map(({ name, value }) => [name, value])),
  ),
  doors,
})
