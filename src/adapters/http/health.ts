import type { DoorTools, HttpRouter } from './door.ts'
import type { Registry } from 'prom-client'

/** One thing the gateway cannot serve without. */
export interface HealthCheck {
  name: string
  /** Shown, but no reason to be taken out of service: what depends on it waits. */
  informs?: boolean
  /** False or a rejection: not ready. */
  check(): boolean | Promise<boolean>
}

/** A check that hangs is a check that failed. */
const checkTimeoutMs = 2000

const outcome = async (health: HealthCheck): Promise<'ok' | 'failing'> => {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), checkTimeoutMs)
  })
  try {
    return (await Promise.race([Promise.resolve().then(() => health.check()), timeout])) ? 'ok' : 'failing'
  } catch {
    return 'failing'
  } finally {
    clearTimeout(timer)
  }
}

/** A direct caller on the same machine; a proxy on the same machine leaves its mark. */
const isLocal = (address: string | undefined, forwarded: string): boolean =>
  forwarded === '' && (address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1')

/** `/health/live`, `/health/ready` and `/metrics`: for the machines that watch over us. */
export const mountHealth = (
  router: HttpRouter,
  tools: DoorTools,
  options: { checks: HealthCheck[]; registry: Registry | undefined; isStopping(): boolean },
): void => {
  router.get('/health/live', (ctx) => {
    ctx.body = { status: 'ok' }
  })

  router.get('/health/ready', async (ctx) => {
    const outcomes = await Promise.all(
      options.checks.map(async (check) => [check, await outcome(check)] as const),
    )
    const ready =
      !options.isStopping() && outcomes.every(([{ informs }, state]) => informs === true || state === 'ok')
    ctx.status = ready ? 200 : 503
    ctx.body = {
      status: ready ? 'ok' : 'not-ready',
      checks: Object.fromEntries(outcomes.map(([{ name }, state]) => [name, state])),
    }
  })

  const { registry } = options
  if (registry !== undefined)
    router.get('/metrics', async (ctx) => {
      // From elsewhere the figures are for the operator: they show how much everybody sends.
      if (!isLocal(ctx.req.socket.remoteAddress, ctx.get('x-forwarded-for'))) await tools.operator(ctx)
      ctx.set('Content-Type', registry.contentType)
      ctx.body = await registry.metrics()
    })
}
