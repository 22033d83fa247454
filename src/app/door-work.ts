import type { DoorSubject, DoorWork } from '../adapters/erp/contract.ts'
import {
  CallFailed,
  openCaller,
  type BaseCall,
  type CallAnswer,
  type CallerOptions,
} from '../adapters/outbound/index.ts'
import { PgLeases } from '../adapters/postgres/leases.ts'
import type { PgPool } from '../adapters/postgres/pool.ts'
import type { BaseSecrets, Caller, ConnectionProfiles, Connections } from '../core/company/index.ts'
import type { DoorNotes, Exchange } from '../core/exchange/index.ts'
import type { Clock, Ids, Log } from '../core/kernel/index.ts'
import type { ExchangeRecorder } from '../jobs/index.ts'

/** The base of one caller, for doors and the doctor. */
export const subjectOf = async (
  { connections, profiles }: { connections: Connections; profiles: ConnectionProfiles },
  idOrLogin: string,
): Promise<DoorSubject | undefined> => {
  const record = await connections.find(idOrLogin)
  if (record === undefined || record.closedAt !== undefined) return undefined
  const { connection, company } = record
  return {
    caller: {
      companyId: company.id,
      companyTaxId: company.taxId,
      companyName: company.name,
      connectionId: connection.id,
      connectionName: connection.name,
      signing: connection.signing,
    },
    profile: await profiles.of(connection.id),
  }
}

/** What doors that work by themselves are given: bases to call, with every call in the raw log. */
export const openDoorWork = (
  deps: {
    pool: PgPool
    gateway: Exchange
    notes: DoorNotes
    clock: Clock
    log: Log
    ids: Ids
    holder: string
    connections: Connections
    profiles: ConnectionProfiles
    secrets: BaseSecrets
    recorder: ExchangeRecorder
    publicUrl: () => string
  },
  options: CallerOptions,
): DoorWork => {
  const { clock, ids, recorder, profiles, secrets, holder } = deps
  const leases = new PgLeases(deps.pool)
  const call = openCaller(options)

  return {
    gateway: deps.gateway,
    notes: deps.notes,
    clock,
    log: deps.log,
    newId: () => ids.next(),
    publicUrl: deps.publicUrl,
    async subjects(door) {
      const found: DoorSubject[] = []
      for (const id of await profiles.withSettings(door)) {
        const subject = await subjectOf(deps, id)
        if (subject !== undefined) found.push(subject)
      }
      return found
    },
    secretOf: (connectionId, name) => secrets.of(connectionId, name),
    async call(of, order) {
      const at = clock.now()
      const startedAt = performance.now()
      const noted = (answer: CallAnswer | undefined, codes: readonly string[]): void =>
        recorder.record({
          ...callLine(of.caller, of.door, of.operation),
          id: ids.next(),
          at,
          durationMs: performance.now() - startedAt,
          direction: 'out',
          requestId: ids.next(),
          method: order.method,
          target: targetOf(order),
          status: answer?.status ?? 0,
          codes,
          request: { head: headOf(order.headers ?? {}), bytes: order.body ?? new Uint8Array() },
          response: { head: headOf(answer?.headers ?? {}), bytes: answer?.bytes ?? new Uint8Array() },
        })
      try {
        const answer = await call(order)
        noted(answer, answer.status < 400 ? [] : [`HTTP-${answer.status}`])
        return answer
      } catch (error) {
        noted(undefined, [error instanceof CallFailed ? error.code : 'UNKNOWN'])
        throw error
      }
    },
    record: ({ caller, door, operation, request, response, ...line }) =>
      recorder.record({
        ...callLine(caller, door, operation),
        ...line,
        id: ids.next(),
        durationMs: Math.max(0, clock.now().getTime() - line.at.getTime()),
        direction: 'in',
        method: 'PULL',
        request: { head: { 'content-type': 'application/json' }, bytes: request },
        response: {
          head: { 'content-type': 'application/json' },
          bytes: Buffer.from(JSON.stringify(response)),
        },
      }),
    async alone(name, ttlMs, work) {
      const { held } = await leases.acquire(name, { holder, now: clock.now(), ttlMs })
      if (!held) return undefined
      try {
        return await work()
      } finally {
        await leases.release(name, holder)
      }
    },
  }
}

const callLine = ({ connectionId, companyId }: Caller, door: string, operation: string) => ({
  door,
  operation,
  connectionId,
  companyId,
})

/** The host is in the profile; a password in an address is refused there. */
const targetOf = ({ url }: BaseCall): string => {
  const { host, pathname, search } = new URL(url)
  return `${host}${pathname}${search}`.slice(0, 2_000)
}

const told = ['content-type', 'accept', 'date', 'server', 'retry-after']

const headOf = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => told.includes(name.toLowerCase()) || /^x-daneker/i.test(name)),
  )
