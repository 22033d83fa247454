import { randomBytes } from 'node:crypto'
import type { Replay } from '../adapters/console-api/index.ts'
import { doorOf, type Desks, type ErpDoor } from '../adapters/erp/contract.ts'
import { openHttp } from '../adapters/http/index.ts'
import type { Caller, ConnectionDesk, Connections } from '../core/company/index.ts'
import {
  asOf,
  firstDifference,
  makeSigningLink,
  notesOver,
  openExchange,
  Refusal,
  type ExchangeDeps,
  type ExchangeLine,
  type ExchangeLog,
  type Links,
} from '../core/exchange/index.ts'
import { fault, silentLog, type Fault } from '../core/kernel/index.ts'

export interface ReplayDeps {
  exchanges: ExchangeLog
  exchange: ExchangeDeps
  erpDoors: readonly ErpDoor[]
  desks: Desks
  /** The desk of connections over stores that keep nothing. */
  dryConnections: ConnectionDesk
  connections: Connections
  publicUrl(): string
}

/** Members of answers that are of the moment they were given. */
const ofTheMoment: ReadonlySet<string> = new Set(['meter'])

/** Operations that bring a part of a file which a later one joins. */
const bringsPart = /file/i
/** How long before an exchange its parts may have come, and how many of them are gone through. */
const partsWithinMs = 24 * 3_600_000
const partsAtMost = 200

/**
 * Goes through exchanges of the raw log once more. The same doors stand over an exchange that reads everything and
 * writes nothing, in a gateway of its own that lives for the one request on the loopback address, opened by a password
 * that nobody else has.
 */
export const replayer =
  (deps: ReplayDeps) =>
  async (id: string): Promise<Replay> => {
    const line = await deps.exchanges.byId(id)
    if (line === undefined || line.direction === 'out' || line.connectionId === undefined)
      throw new Refusal('conflict', [notReplayed()])
    const caller = await callerOf(deps.connections, line.connectionId)
    if (caller === undefined) throw new Refusal('conflict', [notReplayed()])

    const alone = await rehearsed(deps, caller, line, [])
    if (alone.same) return alone
    // Perhaps it joined a file whose parts are joined and gone: their own exchanges come first then.
    const parts = (
      await deps.exchanges.search({
        connectionId: line.connectionId,
        door: line.door,
        refused: false,
        from: new Date(line.at.getTime() - partsWithinMs),
        before: line.id,
        limit: partsAtMost,
      })
    ).filter(({ operation }) => bringsPart.test(operation))
    return parts.length === 0 ? alone : rehearsed(deps, caller, line, parts.reverse())
  }

const rehearsed = async (
  deps: ReplayDeps,
  caller: Caller,
  line: ExchangeLine,
  before: readonly ExchangeLine[],
): Promise<Replay> => {
  const password = randomBytes(24).toString('hex')
  const then = {
    at: line.at,
    until: new Date(line.at.getTime() + line.durationMs),
    requestId: line.requestId,
  }
  const exchange = asOf(deps.exchange, then)
  const desks: Desks = {
    ...deps.desks,
    notes: notesOver(deps.desks.notes),
    webhooks: {
      list: (request) => deps.desks.webhooks.list(request),
      add: ({ url }) => Promise.resolve({ id: deps.exchange.ids.next(), url, secret: '' }),
      remove: () => Promise.resolve(),
    },
    connections: deps.dryConnections,
    invoices: {
      ...deps.desks.invoices,
      command: () => Promise.reject(new Refusal('conflict', [notRehearsed()])),
      fetch: () => Promise.reject(new Refusal('conflict', [notRehearsed()])),
    },
    makeSigningLink: makeSigningLink({ ...exchange, links: noLinks, publicUrl: () => deps.publicUrl() }),
  }
  const gateway = openExchange(exchange)
  const sandbox = await openHttp({
    host: '127.0.0.1',
    port: 0,
    doors: deps.erpDoors.map((erp) => doorOf(erp, gateway, desks)),
    authenticate: (proof) =>
      Promise.resolve(
        proof.by === 'login' && proof.password === password ? { role: 'connection', caller } : undefined,
      ),
    clock: exchange.clock,
    ids: deps.exchange.ids,
    log: silentLog,
    publicUrl: deps.publicUrl(),
    limits: { stopGraceMs: 1_000 },
  })
  const ask = async (one: ExchangeLine) => {
    const body = await requestOf(deps.exchanges, one)
    const { 'content-encoding': _, ...head } = one.request.head
    const answer = await fetch(`${sandbox.url}${one.target}`, {
      method: one.method,
      headers: {
        // The proof may be remembered for the instant of then, which never ends.
        authorization: `Basic ${Buffer.from(`replay:${password}`).toString('base64')}`,
        'x-request-id': one.requestId,
        ...head,
      },
      ...(one.method === 'GET' || one.method === 'HEAD' ? {} : { body: body as BodyInit }),
      redirect: 'manual',
    })
    return { answer, bytes: new Uint8Array(await answer.arrayBuffer()) }
  }
  try {
    for (const part of before) await ask(part)
    const { answer, bytes } = await ask(line)
    const status = { was: line.status, is: answer.status }
    const was = await deps.exchanges.bytes(line.id, 'response')
    const type = line.response.head['content-type'] ?? ''
    const difference =
      status.was !== status.is
        ? { at: 'status', was: String(status.was), is: String(status.is) }
        : was === undefined || line.response.kept !== 'whole' || line.response.blotted
          ? undefined
          : firstDifference(
              { type, bytes: was },
              { type: answer.headers.get('content-type') ?? '', bytes },
              ofTheMoment,
            )
    return { same: difference === undefined, status, difference, after: before.length }
  } finally {
    await sandbox.stop()
  }
}

const noLinks: Links = {
  make: () => Promise.resolve({ token: '' }),
  byToken: () => Promise.resolve(undefined),
  asked: () => Promise.resolve({ all: 0, document: 0 }),
}

/** The request as it came; throws `Refusal` when it was not kept whole. */
const requestOf = async (exchanges: ExchangeLog, line: ExchangeLine): Promise<Uint8Array> => {
  if (line.request.size === 0) return new Uint8Array()
  const bytes = await exchanges.bytes(line.id, 'request')
  const isWhole = line.request.kept === 'whole' || line.request.kept === 'document'
  if (bytes === undefined || !isWhole) throw new Refusal('conflict', [notWhole()])
  return bytes
}

const callerOf = async (connections: Connections, id: string): Promise<Caller | undefined> => {
  const record = await connections.find(id)
  return (
    record && {
      companyId: record.company.id,
      companyTaxId: record.company.taxId,
      companyName: record.company.name,
      connectionId: record.connection.id,
      connectionName: record.connection.name,
      signing: record.connection.signing,
    }
  )
}

const notReplayed = (): Fault =>
  fault('LOG-03', 'id', {
    ru: 'Этот обмен нельзя повторить: это наш вызов наружу или вызов без подтверждённого входа.',
    kk: 'Бұл алмасуды қайталауға болмайды: бұл біздің сыртқа шақыруымыз немесе кіруі расталмаған шақыру.',
    en: 'This exchange cannot be replayed: we called, or nobody was proved.',
  })

const notRehearsed = (): Fault =>
  fault('LOG-05', '', {
    ru: 'Команды порталу при повторе не выполняются.',
    kk: 'Қайталау кезінде порталға командалар орындалмайды.',
    en: 'Commands to the portal are not carried out in a replay.',
  })

const notWhole = (): Fault =>
  fault('LOG-04', 'id', {
    ru: 'Запрос сохранён не целиком, повторить его нельзя. Увеличьте exchangeLog.maxBody.',
    kk: 'Сұрау толық сақталмаған, оны қайталауға болмайды. exchangeLog.maxBody мәнін арттырыңыз.',
    en: 'The request was not kept whole and cannot be replayed. Raise exchangeLog.maxBody.',
  })
