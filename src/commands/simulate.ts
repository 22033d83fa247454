import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import {
  startEsfSimulator,
  type EsfSimulator,
  type EsfSimulatorOptions,
  type InjectedFault,
} from '../adapters/esf-simulator/index.ts'
import {
  KzSuite,
  portalChecks,
  RawSignatureVerifier,
  trustFolder,
  TrustStore,
} from '../adapters/signing/index.ts'
import { fault, systemClock, type Fault } from '../core/kernel/index.ts'
import { signaturePolicy } from '../core/signature/index.ts'
import { StartRefusal } from './start-refusal.ts'

interface Options {
  port: string
  host: string
  script?: string
  journal?: string
  user: string[]
  trust: string[]
}

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text))
const delay = z.union([z.number().int().min(0), z.tuple([z.number().int().min(0), z.number().int().min(0)])])

const simple = z.enum([
  'drop',
  'error-500',
  'html',
  'unavailable',
  'session-killed',
  'accept-then-drop',
  'accept-then-500',
  'accept-then-html',
  'accept-then-hang',
  'truncate',
  'wrong-id',
  'unknown-status',
  'other-dress',
  'empty',
])
const injected: z.ZodType<InjectedFault> = z.union([
  simple,
  z.strictObject({ kind: z.literal('delay'), ms: z.number().int().min(0) }),
  z.strictObject({ kind: z.literal('huge'), bytes: z.number().int().min(1) }),
  z.strictObject({
    kind: z.literal('fault'),
    name: z.enum(['accessDenied', 'business', 'sessionClosed']),
    description: z.string(),
    withoutDetail: z.boolean().optional(),
  }),
])

/** One line of what happens; `afterMs` counts from the start. */
const step = z.strictObject({
  afterMs: z.number().int().min(0).default(0),
  next: z.strictObject({ operation: z.string(), faults: z.array(injected).min(1) }).optional(),
  random: z
    .strictObject({
      rate: z.number().min(0).max(1),
      kinds: z.array(injected).optional(),
      operations: z.array(z.string()).optional(),
    })
    .optional(),
  maintenanceMs: z.number().int().min(1).optional(),
  failNext: z.strictObject({ codes: z.array(z.string()).min(1), num: z.string().optional() }).optional(),
  changeStatus: z
    .strictObject({ num: z.string(), status: z.string(), cancelReason: z.string().optional() })
    .optional(),
  changeActStatus: z.strictObject({ number: z.string(), status: z.string() }).optional(),
  cabinetSession: z.strictObject({ iin: z.string(), tin: z.string() }).optional(),
  killSessions: z.boolean().optional(),
  clear: z.boolean().optional(),
})

const script = z.strictObject({
  users: z
    .array(z.strictObject({ iin: z.string(), password: z.string(), tins: z.array(z.string()) }))
    .optional(),
  taxpayers: z
    .array(
      z.strictObject({
        tin: z.string(),
        name: z.string().optional(),
        vatPayer: z.boolean().optional(),
        blocked: z.boolean().optional(),
        fake: z.boolean().optional(),
      }),
    )
    .optional(),
  delays: z.strictObject({ queueMs: delay.optional(), processingMs: delay.optional() }).optional(),
  seed: z.number().int().optional(),
  callsPerDay: z.number().int().min(1).optional(),
  sessionTtlMs: z.number().int().min(1).optional(),
  pageSize: z.number().int().min(1).optional(),
  customerConfirmation: z.boolean().optional(),
  failedNumberReusable: z.boolean().optional(),
  certificateDates: z.enum(['checked', 'ignored']).optional(),
  downtimes: z.array(z.strictObject({ from: instant, until: instant })).optional(),
  steps: z.array(step).default([]),
})
type Script = z.output<typeof script>

/** The person of the demo and its companies, so that a first try needs no settings. */
const demoUser = { iin: '900101300017', password: 'demo-cabinet', tins: ['260140000114', '260140000604'] }

/** `daneker simulate esf`: the state portal's stand-in as a program of its own. */
export const addSimulate = (program: Command): void => {
  program
    .command('simulate')
    .description('имитаторы внешних систем · stand-ins of foreign systems')
    .command('esf')
    .description('имитатор портала ИС ЭСФ: HTTP, SOAP, очередь, сбои · the state portal’s stand-in')
    .option('--port <port>', 'порт · port', '8090')
    .option('--host <host>', 'адрес · address', '127.0.0.1')
    .option('--script <file>', 'JSON: настройки и сбои · settings and faults')
    .option('--journal <file>', 'журнал, синхронно на диск · journal, synced to disk')
    .option(
      '--user <iin:password:tin,…>',
      'пользователь кабинета; можно несколько · a user of the cabinet; may be repeated',
      (one: string, all: string[]) => [...all, one],
      [],
    )
    .option(
      '--trust <dir>',
      'доверенные сертификаты: нужны для ключей ГОСТ · trusted certificates, needed for GOST keys',
      (one: string, all: string[]) => [...all, one],
      [],
    )
    .action(async (options: Options) => {
      const read = options.script === undefined ? script.parse({}) : scriptIn(options.script)
      const simulator = await startEsfSimulator({
        ...settingsOf(read),
        ...(await checksOf(options.trust)),
        users: usersOf(options.user, read),
        host: options.host,
        port: Number(options.port),
        ...(options.journal === undefined ? {} : { journalPath: resolve(options.journal) }),
      })
      const print = (line: string): void => void process.stdout.write(`${line}\n`)
      print(`ИС ЭСФ (имитатор)  ${simulator.url}`)
      print(`WSDL               ${simulator.url}/InvoiceService?wsdl`)
      print(`Обзор · overview   http://${options.host}:${simulator.port}/simulator`)
      const timers = read.steps.map((one) => setTimeout(() => play(simulator, one), one.afterMs))
      await new Promise<void>((done) => {
        process.once('SIGINT', () => done())
        process.once('SIGTERM', () => done())
      })
      for (const timer of timers) clearTimeout(timer)
      const { total, logins, byOperation } = simulator.calls()
      print(
        JSON.stringify({
          invoices: simulator.invoices().length,
          calls: total,
          logins,
          byOperation,
          faults: simulator.faults.injected,
        }),
      )
      await simulator.stop()
    })
}

/** Everything of the script that is a setting of the portal. */
const settingsOf = (read: Script): Omit<EsfSimulatorOptions, 'users'> => {
  const { users, steps, ...settings } = read
  void users
  void steps
  return settings
}

const play = (simulator: EsfSimulator, one: Script['steps'][number]): void => {
  if (one.clear === true) simulator.faults.clear()
  if (one.next !== undefined) simulator.faults.next(one.next.operation, ...one.next.faults)
  if (one.random !== undefined) simulator.faults.random(one.random)
  if (one.maintenanceMs !== undefined) {
    const from = simulator.now()
    simulator.faults.maintenance({ from, until: new Date(from.getTime() + one.maintenanceMs) })
  }
  if (one.failNext !== undefined) {
    const { codes, num } = one.failNext
    simulator.failNext(codes, num === undefined ? undefined : { num })
  }
  if (one.changeStatus !== undefined) {
    const { num, status, cancelReason } = one.changeStatus
    for (const { id } of simulator.invoices().filter((invoice) => invoice.num === num))
      simulator.changeStatus(id, status, cancelReason)
  }
  if (one.changeActStatus !== undefined) {
    const { number, status } = one.changeActStatus
    for (const { id } of simulator.acts().filter((act) => act.number === number))
      simulator.changeActStatus(id, status)
  }
  if (one.cabinetSession !== undefined)
    simulator.openCabinetSession(one.cabinetSession.iin, one.cabinetSession.tin)
  if (one.killSessions === true) simulator.killSessions()
}

const scriptIn = (file: string): Script => {
  if (!existsSync(file)) throw new StartRefusal([badScript(file, 'файла нет · no such file')])
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new StartRefusal([badScript(file, error instanceof Error ? error.message : 'JSON')])
  }
  const parsed = script.safeParse(value)
  if (parsed.success) return parsed.data
  throw new StartRefusal(
    parsed.error.issues
      .slice(0, 20)
      .map(({ path, message }) => badScript(path.map(String).join('.'), message)),
  )
}

const badScript = (path: string, what: string): Fault =>
  fault('SIMULATE-01', path, {
    ru: `Сценарий не читается: ${what.slice(0, 200)}. Образец — src/adapters/esf-simulator/README.md.`,
    kk: `Сценарий оқылмайды: ${what.slice(0, 200)}. Үлгісі — src/adapters/esf-simulator/README.md.`,
    en: `The script cannot be read: ${what.slice(0, 200)}. See src/adapters/esf-simulator/README.md.`,
  })

const usersOf = (given: readonly string[], { users }: Script): EsfSimulatorOptions['users'] => {
  if (given.length === 0) return users ?? [demoUser]
  return given.map((text) => {
    const [iin, password, tins] = text.split(':')
    if (iin === undefined || password === undefined || tins === undefined) {
      throw new StartRefusal([
        fault('SIMULATE-02', '--user', {
          ru: 'Пользователь пишется так: ИИН:пароль:БИН,БИН',
          kk: 'Пайдаланушы былай жазылады: ЖСН:құпиясөз:БСН,БСН',
          en: 'A user is written as IIN:password:BIN,BIN',
        }),
      ])
    }
    return { iin, password, tins: tins.split(',') }
  })
}

/**
 * How signatures are checked. Without trusted certificates: RSA tickets, and raw signatures of any key by their
 * mathematics alone. With them, tickets and raw signatures of GOST keys too, chain included.
 */
const checksOf = async (
  folders: readonly string[],
): Promise<Pick<EsfSimulatorOptions, 'verifyTicket' | 'verifyRaw'>> => {
  if (folders.length === 0) {
    const raw = new RawSignatureVerifier()
    return {
      verifyRaw: async ({ data, signature, certificate }) =>
        (
          await raw.verify({
            body: Buffer.from(data).toString('utf8'),
            signature: Buffer.from(signature).toString('base64'),
            certificate,
          })
        ).verdict === 'valid',
    }
  }
  const suite = new KzSuite()
  const trusted = await Promise.all(folders.map((folder) => trustFolder(folder, 'test')))
  return portalChecks({
    suite,
    trust: new TrustStore(
      suite,
      trusted.flatMap(({ anchors }) => anchors),
      trusted.flatMap(({ intermediates }) => intermediates),
    ),
    policy: signaturePolicy({ environment: 'test', revocation: 'off' }),
    clock: systemClock,
  })
}
