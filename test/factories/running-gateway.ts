import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DemoAuthority } from '../../src/adapters/signing/demo-authority/index.ts'
import { startGateway, type Gateway, type GatewaySettings } from '../../src/app.ts'
import type { NewConnection } from '../../src/core/company/index.ts'
import { silentLog, systemClock, type Clock, type Log } from '../../src/core/kernel/index.ts'
import { testEmbeddedFolder, testPostgres, testRabbit } from '../servers/index.ts'
import { anchorOf, connectCompany, testAuthority } from './connected-companies.ts'
import { buyerTaxId, sellerTaxId } from './documents.ts'

export { basicOf, connectCompany, keyFileFor, testAuthority } from './connected-companies.ts'

export type StoreKind = 'embedded' | 'postgresql'

/** A whole gateway with two connected companies, on either pair of store and queue. */
export interface RunningGateway {
  gateway: Gateway
  settings: GatewaySettings
  authority: DemoAuthority
  seller: NewConnection
  buyer: NewConnection
  operatorKey: string
  /** Stops the gateway and starts it again on the same store. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export const settingsFor = async (
  kind: StoreKind,
  overrides: Partial<GatewaySettings> = {},
): Promise<{ settings: GatewaySettings; clean(): void }> => {
  const folder = mkdtempSync(join(tmpdir(), 'daneker-test-'))
  const authority = await testAuthority()
  const embedded = kind === 'embedded' ? await testEmbeddedFolder() : undefined
  const settings: GatewaySettings = {
    roles: ['http', 'worker', 'scheduler'],
    http: { host: '127.0.0.1', port: 0, publicUrl: 'http://127.0.0.1:1', trustProxy: false },
    store:
      embedded !== undefined
        ? { kind: 'embedded', dataDir: embedded }
        : { kind: 'postgres', url: await testPostgres(), max: 10, mustBeDurable: false },
    queue:
      embedded !== undefined
        ? { kind: 'table' }
        : { kind: 'rabbitmq', url: await testRabbit(), prefix: 'daneker' },
    secrets: { pepper: randomBytes(32), masterKey: randomBytes(32), environment: 'test' },
    signature: {
      policy: { environment: 'test', revocation: 'off' },
      anchors: [anchorOf(authority.root.certificate)],
    },
    mail: { url: undefined, from: 'Daneker <edo@example.kz>', timeoutMs: 2_000, linkKeepsMs: 86_400_000 },
    webhooks: { allowedRanges: ['127.0.0.0/8'], allowHttp: true, timeoutMs: 2_000 },
    archiveFolder: join(folder, 'archive'),
    ...overrides,
  }
  return {
    settings,
    clean: () => {
      for (const path of [folder, ...(embedded === undefined ? [] : [embedded])]) {
        rmSync(path, { recursive: true, force: true })
      }
    },
  }
}

export const aRunningGateway = async (
  kind: StoreKind,
  overrides: Partial<GatewaySettings> = {},
  log: Log = silentLog,
  clock: Clock = systemClock,
): Promise<RunningGateway> => {
  const authority = await testAuthority()
  const { settings, clean } = await settingsFor(kind, overrides)
  let gateway = await startGateway(settings, { log, clock })
  const seller = await connectCompany(gateway, authority, { taxId: sellerTaxId, name: 'ТОО «Алатау Снаб»' })
  const buyer = await connectCompany(gateway, authority, { taxId: buyerTaxId, name: 'ТОО «Есіл Құрылыс»' })
  const operatorKey = await gateway.register.newOperatorKey('test')
  return {
    get gateway() {
      return gateway
    },
    settings,
    authority,
    seller,
    buyer,
    operatorKey,
    restart: async () => {
      await gateway.stop()
      gateway = await startGateway(settings, { log, clock })
    },
    stop: async () => {
      await gateway.stop()
      clean()
    },
  }
}

/** The caller behind a connection, for tests that go straight to the use cases. */
export const callerOf = (
  { connection }: NewConnection,
  company: { taxId: string; name: string },
): Parameters<Gateway['exchange']['changes']>[0]['caller'] => ({
  companyId: connection.companyId,
  companyTaxId: company.taxId,
  companyName: company.name,
  connectionId: connection.id,
  connectionName: connection.name,
  signing: connection.signing,
})

/** Reads a company's feed, event by event, until one satisfies; every event seen is kept. */
export const changesUntil = async (
  gateway: Gateway,
  caller: Parameters<Gateway['exchange']['changes']>[0]['caller'],
  isIt: (change: Awaited<ReturnType<Gateway['exchange']['changes']>>['changes'][number]) => boolean,
  withinMs = 20_000,
): Promise<Awaited<ReturnType<Gateway['exchange']['changes']>>['changes']> => {
  const seen: Awaited<ReturnType<Gateway['exchange']['changes']>>['changes'] = []
  const end = performance.now() + withinMs
  for (let cursor = ''; performance.now() < end;) {
    const page = await gateway.exchange.changes({ caller, cursor, limit: 100 })
    seen.push(...page.changes)
    cursor = page.cursor
    if (page.changes.some(isIt)) return seen
    // The feed is polled by clients, and so it is here: an event is awaited, not a time.
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(
    `not in the feed: ${JSON.stringify(seen.map(({ name, status }) => [name, status.senderState, status.reason]))}`,
  )
}
