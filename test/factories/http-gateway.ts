import type { Registry } from 'prom-client'
import { doorOf } from '../../src/adapters/erp/contract.ts'
import type { Desks, ErpDoor } from '../../src/adapters/erp/contract.ts'
import { uuidIds } from '../../src/adapters/host/uuid-ids.ts'
import { MemoryBaseSecrets } from '../../src/adapters/memory/base-secrets.ts'
import { MemoryCompanies } from '../../src/adapters/memory/companies.ts'
import { MemoryConnectionProfiles } from '../../src/adapters/memory/connection-profiles.ts'
import { MemoryUnitOfWork } from '../../src/adapters/memory/unit-of-work.ts'
import { MemoryDoorNotes } from '../../src/adapters/memory/door-notes.ts'
import { hmacSecrets, openHttp } from '../../src/adapters/http/index.ts'
import type { Door, HttpOptions, OpenHttp } from '../../src/adapters/http/index.ts'
import { authenticate, openConnectionDesk } from '../../src/core/company/index.ts'
import type { Caller, Credential, Credentials } from '../../src/core/company/index.ts'
import type { ForeignFormat } from '../../src/core/exchange/index.ts'
import { buyerTaxId, sellerTaxId } from './documents.ts'
import { contractHouse } from './contract-house.ts'
import { memoryMeterDesk } from './memory-meter.ts'
import { memoryExchange } from './memory-exchange.ts'
import type { MemoryExchange } from './memory-exchange.ts'

/** Doors that are tried here without webhooks and links. */
const noDesks: Omit<Desks, 'connections'> = {
  webhooks: {
    add: () => Promise.reject(new Error('no webhooks here')),
    list: () => Promise.resolve([]),
    remove: () => Promise.reject(new Error('no webhooks here')),
  },
  makeSigningLink: () => Promise.reject(new Error('no links here')),
  notes: new MemoryDoorNotes(),
  meter: memoryMeterDesk(),
  contracts: contractHouse().clients,
  invoices: {
    standing: () => Promise.reject(new Error('no portal here')),
    original: () => Promise.reject(new Error('no portal here')),
    command: () => Promise.reject(new Error('no portal here')),
    fetch: () => Promise.reject(new Error('no portal here')),
    progress: () => Promise.reject(new Error('no portal here')),
  },
  addresses: () => [],
  clientFiles: () => [],
  archive: {
    search: () => Promise.resolve([]),
    count: () => Promise.resolve({ documents: 0, bytes: 0 }),
    bundle: () => Promise.resolve(new Uint8Array()),
  },
}

/** A desk that knows the connections of some callers. */
const connectionsOf = async (callers: Caller[]): Promise<Desks['connections']> => {
  const companies = new MemoryCompanies()
  const unitOfWork = new MemoryUnitOfWork()
  await unitOfWork.run(async (tx) => {
    for (const { companyId, companyTaxId, companyName, connectionId, connectionName, signing } of callers) {
      await companies.register(tx, { id: companyId, taxId: companyTaxId, name: companyName })
      await companies.addConnection(tx, {
        id: connectionId,
        companyId,
        name: connectionName,
        login: connectionId,
        signing,
        door: 'rest',
        secrets: [],
      })
    }
  })
  return openConnectionDesk({
    clock: { now: () => new Date() },
    ids: uuidIds,
    unitOfWork,
    companies,
    connections: companies,
    profiles: new MemoryConnectionProfiles(),
    secrets: hmacSecrets({ pepper: Buffer.alloc(32, 7), environment: 'test' }),
    baseSecrets: new MemoryBaseSecrets(),
    doors: new Set(['rest']),
    checkSettings: () => [],
  })
}

export const aCaller = (overrides: Partial<Caller> = {}): Caller => ({
  companyId: 'company-1',
  companyTaxId: sellerTaxId,
  companyName: 'ТОО «Алатау Снаб»',
  connectionId: 'connection-1',
  connectionName: 'Бухгалтерия',
  signing: 'key',
  ...overrides,
})

export const basic = (login: string, password: string): string =>
  `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`

/** Lines as the gateway logged them. */
export interface LoggedLine {
  level: 'info' | 'warn' | 'error'
  event: string
  fields: Record<string, unknown>
}

export interface HttpGateway {
  url: string
  soapUrl: string
  exchange: MemoryExchange
  /** Authorization headers. */
  alatau: string
  esil: string
  operator: string
  /** An API key of the first company's connection. */
  apiKey: string
  password: string
  log: LoggedLine[]
  lookups: () => number
  stop: OpenHttp['stop']
}

/** A gateway on a free port: real HTTP, real doors, the exchange in memory, two companies and an operator. */
export const openHttpGateway = async (
  options: {
    erp?: ErpDoor[]
    /** Read and sent by `sendMessage`. */
    formats?: readonly ForeignFormat[]
    desks?: Partial<Desks>
    doors?: (exchange: MemoryExchange) => Door[]
    registry?: Registry
  } & Partial<Pick<HttpOptions, 'limits' | 'gate' | 'checks' | 'publicUrl' | 'clock' | 'trustProxy'>> = {},
): Promise<HttpGateway> => {
  const secrets = hmacSecrets({ pepper: Buffer.alloc(32, 7), environment: 'test' })
  const clock = options.clock ?? { now: () => new Date() }
  const password = secrets.newPassword()
  const key = secrets.newApiKey()
  const operatorKey = secrets.newApiKey()
  const esil = aCaller({
    companyId: 'company-2',
    companyTaxId: buyerTaxId,
    companyName: 'ТОО «Есіл Құрылыс»',
    connectionId: 'connection-2',
  })
  const byLogin = new Map<string, Credential>([
    ['alatau', { role: 'connection', caller: aCaller(), secrets: [{ hash: secrets.hash(password) }] }],
    ['есіл', { role: 'connection', caller: esil, secrets: [{ hash: secrets.hash(password) }] }],
  ])
  const byKeyId = new Map<string, Credential>([
    [key.keyId, { role: 'connection', caller: aCaller(), secrets: [{ hash: secrets.hash(key.key) }] }],
    [
      operatorKey.keyId,
      {
        role: 'operator',
        operator: { keyId: operatorKey.keyId, name: 'дежурный' },
        secrets: [{ hash: secrets.hash(operatorKey.key) }],
      },
    ],
  ])
  let lookups = 0
  const credentials: Credentials = {
    byLogin: async (login) => {
      lookups++
      return byLogin.get(login)
    },
    byKeyId: async (keyId) => {
      lookups++
      return byKeyId.get(keyId)
    },
  }

  const connections = await connectionsOf([aCaller(), esil])
  const exchange = memoryExchange(undefined, options.formats)
  const log: LoggedLine[] = []
  const write = (level: LoggedLine['level']) => (fields: Record<string, unknown>, event: string) => {
    log.push({ level, event, fields })
  }
  let ids = 0
  const opened = await openHttp({
    host: '127.0.0.1',
    port: 0,
    doors: [
      ...(options.erp ?? []).map((erp) =>
        doorOf(erp, exchange, { ...noDesks, connections, ...options.desks }),
      ),
      ...(options.doors?.(exchange) ?? []),
    ],
    authenticate: authenticate({ credentials, secrets, clock }),
    clock,
    ids: { next: () => `request-${String(++ids).padStart(6, '0')}` },
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    ...(options.limits && { limits: options.limits }),
    ...(options.gate && { gate: options.gate }),
    ...(options.checks && { checks: options.checks }),
    ...(options.publicUrl && { publicUrl: options.publicUrl }),
    ...(options.trustProxy && { trustProxy: options.trustProxy }),
    ...(options.registry && { registry: options.registry }),
  })
  return {
    url: opened.url,
    soapUrl: `${opened.url}/ws/EdoGateway_1_0`,
    exchange,
    alatau: basic('alatau', password),
    esil: basic('есіл', password),
    operator: `Bearer ${operatorKey.key}`,
    apiKey: key.key,
    password,
    log,
    lookups: () => lookups,
    stop: opened.stop,
  }
}
