import { randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readCalendarFolder } from '../adapters/config/index.ts'
import { startEsfSimulator } from '../adapters/esf-simulator/index.ts'
import {
  DemoAuthority,
  startDemoAuthorityServices,
  type DemoAuthorityServices,
} from '../adapters/signing/demo-authority/index.ts'
import {
  certificateAnchor,
  KzSuite,
  portalChecks,
  TrustStore,
  type Anchor,
  type PortalChecks,
} from '../adapters/signing/index.ts'
import { startGateway, type Gateway, type GatewaySettings } from '../app.ts'
import type { Caller, NewConnection } from '../core/company/index.ts'
import type { WorkingCalendar } from '../core/deadline/index.ts'
import { documentKinds, kindTitles } from '../core/document/index.ts'
import { needsAnswer, type Change } from '../core/exchange/index.ts'
import { systemClock, type Log } from '../core/kernel/index.ts'
import { signaturePolicy } from '../core/signature/index.ts'
import { alatau, connect, newcomer, operator, portalUser, yesil } from './companies.ts'
import { publishOffer } from './offer.ts'
import { sampleOf, type Sample } from './sample-documents.ts'

export interface DemoOptions {
  /** Ends when every document is final. */
  once: boolean
  /** Emptied at the start. */
  dataDir: string
  host: string
  /** 0: any free port. */
  port: number
  log: Log
  print: (line: string) => void
  /** Resolves when the demo is asked to end. */
  interrupted: Promise<void>
}

/** Where the commands that ask a running gateway find the demo, when they are told no other address. */
export const demoAddressFile = 'address.json'

/** Two of the acts' answers are refusals, so that both ends of an exchange can be seen. */
const refusedThrough: Sample['door'] = 'REST'
const refusal = 'Работы приняты не полностью: нет отчёта за вторую неделю.'

/**
 * The whole gateway on the embedded store with the state portal's stand-in and a second company. Sends one
 * document of each kind through each door, prints what happens to them, and says where to look.
 * Returns how many documents did not reach their end.
 */
export const runDemo = async (options: DemoOptions): Promise<number> => {
  const { print } = options
  await rm(options.dataDir, { recursive: true, force: true })
  await mkdir(options.dataDir, { recursive: true })

  const authority = await DemoAuthority.create()
  const trustFolder = await keepAnchors(authority, options.dataDir)
  const services = await startDemoAuthorityServices(authority)
  const simulator = await startEsfSimulator({
    users: [{ ...portalUser, tins: [alatau.taxId, yesil.taxId, operator.taxId] }],
    delays: { queueMs: [200, 600], processingMs: [300, 800] },
    journalPath: join(options.dataDir, 'portal.jsonl'),
    ...portalChecksOf(authority),
  })
  let gateway: Gateway | undefined
  try {
    gateway = await startGateway(settingsOf(options, authority, services, simulator.url), {
      log: options.log,
    })
    await connect(gateway, authority, operator)
    await publishOffer(gateway)
    const seller = await connect(gateway, authority, alatau)
    const buyer = await connect(gateway, authority, yesil)
    const fresh = await connect(gateway, authority, newcomer, { granted: false })
    const operatorKey = await gateway.register.newOperatorKey('demo')
    await writeFile(
      join(options.dataDir, demoAddressFile),
      JSON.stringify({ url: gateway.url, key: operatorKey }),
    )

    printAddresses(print, { url: gateway.url, portalUrl: simulator.url, operatorKey, trustFolder }, [
      [alatau, seller],
      [yesil, buyer],
      [{ ...newcomer, name: `${newcomer.name} (без доступа: начните с оферты)` }, fresh],
    ])
    const unfinished = await walk(gateway, { seller, buyer }, options)
    if (options.once) return unfinished
    print('')
    print(
      `Шлюз работает: ${gateway.url}. След документа: npx daneker trail ИДЕНТИФИКАТОР. Остановить: Ctrl+C.`,
    )
    await options.interrupted
    return unfinished
  } finally {
    await gateway?.stop()
    await simulator.stop()
    await services.stop()
  }
}

/** What the portal's stand-in checks by; it asks nobody about revocation, the gateway does. */
const demoPolicy = { environment: 'test', revocation: 'off' } as const

/** The demo's own authority, for who checks its signatures and bundles with `daneker verify`. */
const keepAnchors = async (authority: DemoAuthority, dataDir: string): Promise<string> => {
  const folder = join(dataDir, 'trust')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'root.cer'), authority.root.certificate)
  await writeFile(join(folder, 'issuer.cer'), authority.issuer.certificate)
  return folder
}

const demoAnchors = (authority: DemoAuthority): Anchor[] => [
  certificateAnchor('demo', authority.root.certificate),
]

/** The portal's stand-in believes the demo's authority as the portal believes НУЦ РК. */
const portalChecksOf = (authority: DemoAuthority): PortalChecks => {
  const suite = new KzSuite()
  const issuer = certificateAnchor('issuer', authority.issuer.certificate).certificate
  return portalChecks({
    suite,
    trust: new TrustStore(suite, demoAnchors(authority), [issuer]),
    policy: signaturePolicy(demoPolicy),
    clock: systemClock,
  })
}

const settingsOf = (
  options: DemoOptions,
  authority: DemoAuthority,
  services: DemoAuthorityServices,
  portalUrl: string,
): GatewaySettings => ({
  roles: ['http', 'worker', 'scheduler'],
  http: { host: options.host, port: options.port, trustProxy: false },
  store: { kind: 'embedded', dataDir: resolve(options.dataDir, 'store') },
  queue: { kind: 'table' },
  secrets: { pepper: randomBytes(32), masterKey: randomBytes(32), environment: 'test' },
  signature: {
    policy: { ...demoPolicy, revocation: 'required' },
    anchors: demoAnchors(authority),
    revocation: services.revocation,
    tspUrl: services.tspUrl,
  },
  mail: { url: undefined, from: 'Daneker <demo@localhost>', timeoutMs: 5_000, linkKeepsMs: 30 * 86_400_000 },
  webhooks: { allowedRanges: ['127.0.0.0/8'], allowHttp: true },
  archiveFolder: resolve(options.dataDir, 'archive'),
  contract: {
    calendar: demoCalendar(),
    operator: {
      taxId: operator.taxId,
      address: 'г. Алматы, пр. Достык, 1',
      bank: { iik: 'KZ18722S000012345678', bik: 'CASPKZKA', bankName: 'АО «Kaspi Bank»', kbe: '17' },
      vatCertificate: { series: '60001', number: '0012345' },
      person: { position: 'Директор', name: 'Исполнитель А. А.' },
    },
  },
  portal: {
    baseUrl: portalUrl,
    loginEveryMs: 1_000,
    mirror: { gatherMs: 200, askMs: 500, askAtMostMs: 2_000 },
  },
})

const demoCalendar = (): WorkingCalendar => {
  const calendar = readCalendarFolder(fileURLToPath(new URL('../../config/calendar', import.meta.url)))
  if (!calendar.ok) throw new Error(calendar.faults.map(({ message }) => message.en).join('; '))
  return calendar.value
}

const printAddresses = (
  print: DemoOptions['print'],
  {
    url,
    portalUrl,
    operatorKey,
    trustFolder,
  }: { url: string; portalUrl: string; operatorKey: string; trustFolder: string },
  companies: [{ taxId: string; name: string }, NewConnection][],
): void => {
  print('')
  print('Куда смотреть')
  print(`  WSDL для 1С      ${url}/ws/EdoGateway_1_0?wsdl`)
  print('                   urn:daneker:edo:1.0 · EdoGateway_1_0 · EdoGateway_1_0Soap')
  print(`  REST             ${url}/api/v1`)
  print(`  Описание вызовов ${url}/docs  (OpenAPI: ${url}/openapi.json)`)
  print(`  Состояние        ${url}/health/ready · ${url}/metrics`)
  print(`  Портал ИС ЭСФ    ${portalUrl}  (имитатор)`)
  print(`  Ключ оператора   ${operatorKey}`)
  print(`  Корни УЦ демо    ${trustFolder}  (daneker verify ФАЙЛ --test-keys --trust ${trustFolder})`)
  for (const [company, made] of companies) {
    print(`  ${company.name}, БИН ${company.taxId}`)
    print(`    логин ${made.connection.login} · пароль ${made.password}`)
    print(`    ключ API ${made.apiKey}`)
  }
  print('')
}

interface Sides {
  seller: NewConnection
  buyer: NewConnection
}

/** Sends the samples and follows them to their end. */
const walk = async (
  gateway: Gateway,
  { seller, buyer }: Sides,
  { print, interrupted }: DemoOptions,
): Promise<number> => {
  const names = new Map<string, string>()
  const doors = new Map<string, Sample['door']>()
  let number = 0
  for (const door of ['SOAP', 'REST'] as const) {
    for (const kind of documentKinds) {
      number += 1
      const sample = await sampleOf(kind, door, { now: new Date(), number })
      const documentId =
        door === 'SOAP'
          ? await postSoap(gateway.url, seller, sample)
          : await postRest(gateway.url, seller, sample)
      names.set(documentId, `${kindTitles[kind].ru.split(' (')[0]} № ${number} (${door})`)
      doors.set(documentId, door)
    }
  }

  const open = new Set(names.keys())
  const [sender, recipient] = [callerOf(seller, alatau), callerOf(buyer, yesil)]
  const cursors = { sender: '', recipient: '' }
  let over = false
  void interrupted.then(() => (over = true))
  // Documents that make no progress for this long have got stuck: the demo says so instead of waiting for ever.
  let patienceUntil = performance.now() + 40_000
  while (open.size > 0 && !over && performance.now() < patienceUntil) {
    let moved = false
    for (const side of ['sender', 'recipient'] as const) {
      const caller = side === 'sender' ? sender : recipient
      const page = await gateway.exchange.changes({ caller, cursor: cursors[side], limit: 200 })
      cursors[side] = page.cursor
      for (const change of page.changes) {
        const name = names.get(change.documentId)
        if (name === undefined) continue
        moved = true
        print(lineOf(change, name, side))
        if (side === 'recipient' && change.name === 'document.arrived' && needsAnswer(change.status.kind)) {
          await answer(gateway, recipient, change, doors.get(change.documentId))
        }
        if (change.name === 'document.archived') open.delete(change.documentId)
      }
    }
    if (moved) patienceUntil = performance.now() + 40_000
    else await new Promise((resolve) => setTimeout(resolve, 50))
  }
  for (const documentId of open) print(`НЕ ЗАВЕРШЁН: ${names.get(documentId) ?? documentId} ${documentId}`)
  print('')
  print(`Документов: ${names.size}, дошли до конца: ${names.size - open.size}.`)
  return open.size
}

const answer = async (
  gateway: Gateway,
  caller: Caller,
  change: Change,
  door: Sample['door'] | undefined,
): Promise<void> => {
  const { documentId, status } = change
  await gateway.exchange.document({ caller, documentId })
  const refuses = status.kind === 'act' && door === refusedThrough
  await gateway.exchange.answer({
    caller,
    documentId,
    ...(refuses ? { answer: 'refuse', reason: refusal } : { answer: 'accept' }),
  })
}

const words: Partial<Record<Change['name'], string>> = {
  'document.received': 'принят',
  'document.signed': 'подписан, подпись проверена',
  'document.delivered': 'доставлен',
  'document.arrived': 'пришёл получателю',
  'document.viewed': 'просмотрен получателем',
  'document.accepted': 'принят получателем с подписью',
  'document.refused': 'отклонён получателем',
  'document.completed': 'обмен завершён',
  'document.archived': 'в архиве',
  'document.failed': 'ОСТАНОВЛЕН',
  'mirror.submitted': 'передан на портал ИС ЭСФ',
  'mirror.registered': 'зарегистрирован на портале',
  'mirror.rejected': 'НЕ ПРИНЯТ порталом',
}

const lineOf = (
  { at, name, status, details }: Change,
  title: string,
  side: 'sender' | 'recipient',
): string => {
  const time = at.toLocaleTimeString('ru-KZ', { timeZone: 'Asia/Almaty', hour12: false })
  const reason = typeof details.reason === 'string' ? `: ${details.reason}` : ''
  const number =
    name === 'mirror.registered'
      ? ` ${status.registrationNumber ?? ''}`
      : name === 'document.received'
        ? ` ${status.documentId}`
        : ''
  const who = side === 'sender' ? '→' : '←'
  return `${time}  ${who} ${title.padEnd(52)} ${words[name] ?? name}${number}${reason}`
}

const basic = ({ connection, password }: NewConnection): string =>
  `Basic ${Buffer.from(`${connection.login}:${password}`).toString('base64')}`

const postSoap = async (url: string, base: NewConnection, sample: Sample): Promise<string> => {
  const answer = await fetch(`${url}/ws/EdoGateway_1_0`, {
    method: 'POST',
    headers: { authorization: basic(base), 'content-type': 'text/xml; charset=utf-8', soapaction: '""' },
    body: sample.body,
  })
  const text = await answer.text()
  return idIn(/<(?:\w+:)?DocumentId>([^<]+)</.exec(text)?.[1], sample, text)
}

const postRest = async (url: string, base: NewConnection, sample: Sample): Promise<string> => {
  const answer = await fetch(`${url}/api/v1/documents/${sample.kind}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${base.apiKey}`, 'content-type': 'application/json' },
    body: sample.body,
  })
  const text = await answer.text()
  const parsed = answer.ok ? (JSON.parse(text) as { documentId?: string }) : {}
  return idIn(parsed.documentId, sample, text)
}

const idIn = (documentId: string | undefined, { kind, door }: Sample, answer: string): string => {
  if (documentId === undefined)
    throw new Error(`the sample ${kind} was not taken over ${door}: ${answer.slice(0, 2000)}`)
  return documentId
}

const callerOf = ({ connection }: NewConnection, company: { taxId: string; name: string }): Caller => ({
  companyId: connection.companyId,
  companyTaxId: company.taxId,
  companyName: company.name,
  connectionId: connection.id,
  connectionName: connection.name,
  signing: connection.signing,
})
