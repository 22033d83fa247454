import { exchangeDoor } from '../adapters/console-api/index.ts'
import { sha256 } from '../adapters/host/sha256.ts'
import type { Door, HttpExchange } from '../adapters/http/index.ts'
import { PgExchangeLog } from '../adapters/postgres/exchange-log.ts'
import type { PgPool } from '../adapters/postgres/pool.ts'
import type { Companies, Connections } from '../core/company/index.ts'
import type { ExchangeLog } from '../core/exchange/index.ts'
import type { Ids, Log } from '../core/kernel/index.ts'
import { ExchangeRecorder, type RecorderOptions } from '../jobs/index.ts'
import type { Stoppable } from './gateway.ts'
import { replayer, type ReplayDeps } from './replay.ts'

/** The raw log of a gateway: who writes it, who reads it. */
export interface OpenExchangeLog {
  exchanges: ExchangeLog
  recorder: ExchangeRecorder
  /** What the HTTP floor tells of a served request. */
  recorded(exchange: HttpExchange): void
  door(deps: Omit<ReplayDeps, 'exchanges'> & { companies: Companies }): Door
}

/** Refusals of people who were not proved, a minute: a stranger must not fill the log. */
const strangersPerMinute = 60

export const openExchangeLog = (
  {
    pool,
    ids,
    log,
    counted,
    started,
  }: {
    pool: PgPool
    ids: Ids
    log: Log
    counted: (outcome: string, count: number) => void
    started: Stoppable[]
  },
  options: Partial<RecorderOptions> = {},
): OpenExchangeLog => {
  const exchanges = new PgExchangeLog(pool)
  const recorder = new ExchangeRecorder({ log: exchanges, hasher: sha256, lines: log, counted }, options)
  started.push(recorder)
  let minute = 0
  let strangers = 0

  return {
    exchanges,
    recorder,
    recorded(exchange) {
      // A dry run promises to leave nothing behind, its bytes least of all.
      if (exchange.operation === 'dryRun') return
      if (exchange.caller === undefined) {
        const now = Math.floor(exchange.at.getTime() / 60_000)
        if (now !== minute) [minute, strangers] = [now, 0]
        strangers += 1
        if (strangers > strangersPerMinute) return counted('dropped', 1)
      }
      recorder.record({
        id: ids.next(),
        at: exchange.at,
        durationMs: exchange.durationMs,
        direction: 'in',
        door: exchange.door,
        operation: exchange.operation,
        connectionId: exchange.caller?.connectionId,
        companyId: exchange.caller?.companyId,
        requestId: exchange.requestId,
        method: exchange.method,
        target: exchange.target,
        status: exchange.status,
        codes: exchange.codes,
        documentId: exchange.documentId,
        request: {
          head: exchange.requestHead,
          bytes: exchange.received ?? (exchange.requestSize === 0 ? new Uint8Array() : undefined),
          size: exchange.requestSize,
          isSecret: exchange.secrets.has('request'),
        },
        response: {
          head: exchange.responseHead,
          bytes: exchange.sent,
          size: exchange.sentSize,
          isSecret: exchange.secrets.has('response'),
        },
      })
    },
    door: (deps) => {
      const replay = replayer({ ...deps, exchanges })
      return exchangeDoor({
        search: async ({ connection, company, ...filter }) => {
          // Whoever looks wants to see what has just happened.
          await recorder.flush()
          const connectionId = connection === undefined ? undefined : await idOf(deps.connections, connection)
          const companyId =
            company === undefined ? undefined : ((await deps.companies.byTaxId(company))?.id ?? nobody)
          return exchanges.search({ ...filter, connectionId, companyId })
        },
        show: async (id) => {
          await recorder.flush()
          return exchanges.byId(id)
        },
        bytes: (id, side) => exchanges.bytes(id, side),
        replay,
      })
    },
  }
}

/** An id that nothing has: a search for what is unknown finds nothing. */
const nobody = '00000000-0000-0000-0000-000000000000'

const idOf = async (connections: Connections, idOrLogin: string): Promise<string> =>
  (await connections.find(idOrLogin))?.connection.id ?? nobody
