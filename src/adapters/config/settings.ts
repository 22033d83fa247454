import { declare, type Rule } from './configuration.ts'
import { clash, missing } from './config-refusal.ts'
import { variableOf } from './sources.ts'
import { bool, choice, duration, int, list, path, secret, size, text, url } from './setting.ts'

const amqpAddress = {
  ru: 'amqp://логин:пароль@хост:5672/vhost или amqps://…',
  kk: 'amqp://логин:құпиясөз@хост:5672/vhost немесе amqps://…',
  en: 'amqp://user:password@host:5672/vhost or amqps://…',
}
const postgresAddress = {
  ru: 'postgres://логин:пароль@хост:5432/база',
  kk: 'postgres://логин:құпиясөз@хост:5432/база',
  en: 'postgres://user:password@host:5432/database',
}
const smtpAddress = {
  ru: 'smtp://хост:25 или smtps://логин:пароль@хост:465',
  kk: 'smtp://хост:25 немесе smtps://логин:құпиясөз@хост:465',
  en: 'smtp://host:25 or smtps://user:password@host:465',
}
const key32 = {
  ru: '32 случайных байта в base64 (openssl rand -base64 32)',
  kk: 'base64 түріндегі 32 кездейсоқ байт (openssl rand -base64 32)',
  en: '32 random bytes in base64 (openssl rand -base64 32)',
}
/** A country and, after a comma, whatever tells the place. Another country is no place for this data. */
const inKazakhstan = /^KZ(, [^\r\n]{1,200})?$/
const base64Of32Bytes = /^[A-Za-z0-9+/]{43}=$/

const settings = {
  roles: list({
    key: 'process.roles',
    of: ['http', 'worker', 'scheduler'],
    default: ['http', 'worker', 'scheduler'],
    doc: 'What this process does: all of it, or a part beside other processes on the same store.',
  }),

  httpHost: text({ key: 'http.host', default: '127.0.0.1', doc: 'Address to listen on; 0.0.0.0 for all.' }),
  httpPort: int({
    key: 'http.port',
    default: 8080,
    max: 65_535,
    doc: 'Port to listen on; 0 for any free one.',
  }),
  httpPublicUrl: url({
    key: 'http.publicUrl',
    doc: 'How the world reaches the gateway: goes into the WSDL and into links. Without it mails carry no links.',
  }),
  httpTrustProxy: bool({
    key: 'http.trustProxy',
    default: false,
    doc: 'A proxy stands in front and its X-Forwarded-For may be believed.',
  }),
  httpMaxBody: size({
    key: 'http.maxBody',
    default: '32MB',
    min: '1MB',
    max: '256MB',
    doc: 'Largest body of one request; larger files come in parts.',
  }),
  httpMaxConnections: int({
    key: 'http.maxConnections',
    default: 2_000,
    min: 10,
    max: 100_000,
    doc: 'Connections held open at once.',
  }),
  httpRequestTimeout: duration({
    key: 'http.requestTimeout',
    default: '60s',
    min: '1s',
    max: '1h',
    doc: 'A whole request arrives within this.',
  }),
  httpStopGrace: duration({
    key: 'http.stopGrace',
    default: '20s',
    max: '10m',
    doc: 'How long requests in flight may take to end when the gateway stops.',
  }),

  storeKind: choice({
    key: 'store.kind',
    of: ['embedded', 'postgres'],
    default: 'embedded',
    doc: 'embedded needs nothing and serves one process; postgres serves any number of them.',
  }),
  storeDataDir: path({
    key: 'store.dataDir',
    default: './data',
    doc: 'Folder of the embedded store and of made keys.',
  }),
  storeMinFreeMiB: int({
    key: 'store.minFreeMiB',
    default: 1_024,
    min: 64,
    max: 1_048_576,
    unit: 'MiB',
    doc: 'With less free on a disk it writes to, the gateway takes no new documents.',
  }),
  storeUrl: secret({
    key: 'store.url',
    pattern: /^postgres(ql)?:\/\/.+/,
    looksLike: postgresAddress,
    doc: 'PostgreSQL 15 or newer, encoding UTF8.',
  }),
  storePool: int({
    key: 'store.pool',
    default: 10,
    min: 2,
    max: 200,
    unit: 'connections',
    doc: 'Connections to PostgreSQL.',
  }),

  queueKind: choice({
    key: 'queue.kind',
    of: ['table', 'rabbitmq'],
    default: 'table',
    doc: 'What carries tasks to workers: a table of the store, or RabbitMQ 3.10 or newer.',
  }),
  queueUrl: secret({
    key: 'queue.url',
    pattern: /^amqps?:\/\/.+/,
    looksLike: amqpAddress,
    doc: 'The broker.',
  }),
  queuePrefix: text({
    key: 'queue.prefix',
    default: 'daneker',
    pattern: /^[a-z0-9][a-z0-9._-]{0,60}$/,
    doc: 'Begins the name of every queue, so that installations share a broker.',
  }),

  relayBatch: int({
    key: 'relay.batch',
    default: 500,
    min: 1,
    max: 5_000,
    unit: 'rows',
    doc: 'Task rows rung at once.',
  }),
  relayPoll: duration({
    key: 'relay.poll',
    default: '1s',
    min: '50ms',
    max: '1m',
    doc: 'How often to look for tasks that other processes wrote.',
  }),

  workerSign: int({ key: 'worker.sign', default: 4, min: 1, max: 200, doc: 'Signatures made at once.' }),
  workerProve: int({
    key: 'worker.prove',
    default: 8,
    min: 1,
    max: 200,
    doc: 'Proofs of signatures gathered at once.',
  }),
  workerDeliver: int({ key: 'worker.deliver', default: 16, min: 1, max: 200, doc: 'Deliveries at once.' }),
  workerMirror: int({
    key: 'worker.mirror',
    default: 8,
    min: 1,
    max: 200,
    doc: 'Tax invoices at the portal at once.',
  }),
  workerNotify: int({ key: 'worker.notify', default: 16, min: 1, max: 200, doc: 'Webhooks at once.' }),
  workerArchive: int({
    key: 'worker.archive',
    default: 4,
    min: 1,
    max: 200,
    doc: 'Documents archived at once.',
  }),

  pepper: secret({
    key: 'secrets.pepper',
    pattern: base64Of32Bytes,
    looksLike: key32,
    doc: 'Mixed into every stored hash of a password or an API key. Changing it locks everybody out.',
  }),
  masterKey: secret({
    key: 'secrets.masterKey',
    pattern: base64Of32Bytes,
    looksLike: key32,
    doc: 'Seals signing keys, portal logins and webhook secrets at rest. Losing it loses them.',
  }),
  keyEnvironment: choice({
    key: 'secrets.environment',
    of: ['live', 'test'],
    default: 'live',
    doc: 'Goes into API keys, so that a test key is seen for what it is.',
  }),

  trustFile: path({
    key: 'signature.trustFile',
    default: 'config/trust.yaml',
    doc: 'Root and issuing certificates that are trusted, by their SHA-256.',
  }),
  signaturePolicyFile: path({
    key: 'signature.policyFile',
    default: 'config/signature-policy.yaml',
    doc: 'Who may sign what, what is asked about revocation and stamps. Without the file the defaults count.',
  }),
  trustEnvironment: choice({
    key: 'signature.environment',
    of: ['production', 'test'],
    default: 'production',
    doc: 'Which of the trusted certificates count: test ones never in production.',
  }),
  tspUrl: url({
    key: 'signature.tspUrl',
    example: 'http://tsp.pki.gov.kz/',
    doc: 'Time-stamp service (RFC 3161). With it every valid signature gets a proof for years; without it none does.',
  }),
  ncanodeUrl: url({
    key: 'signature.ncanodeUrl',
    example: 'http://127.0.0.1:14579/',
    doc: 'NCANode v3: signs with kept keys through the certified Kalkan library. Without it the gateway signs itself. http only on the same machine.',
  }),
  proofGrace: duration({
    key: 'signature.proofGrace',
    default: '4h',
    min: '1m',
    max: '7d',
    doc: 'When a proof has been pending for longer, because time stamps or OCSP are silent, nothing new is taken.',
  }),
  proofRenewDays: int({
    key: 'signature.proofRenewDays',
    default: 180,
    min: 1,
    max: 1_000,
    unit: 'days',
    doc: 'Proofs are stamped again when the certificate of their stamp ends within this.',
  }),

  mailUrl: secret({
    key: 'mail.url',
    pattern: /^smtps?:\/\/.+/,
    looksLike: smtpAddress,
    doc: 'Mail server for links to those who are not connected. Without it such documents wait.',
  }),
  mailFrom: text({
    key: 'mail.from',
    default: 'Daneker <edo@localhost>',
    pattern: /^[^\r\n]+$/,
    doc: 'Sender of mails.',
  }),
  mailTimeout: duration({
    key: 'mail.timeout',
    default: '30s',
    min: '1s',
    max: '5m',
    doc: 'A mail server answers within this.',
  }),
  mailLinkKeeps: duration({
    key: 'mail.linkKeeps',
    default: '30d',
    min: '1h',
    max: '30d',
    doc: 'How long a one-document link opens.',
  }),

  webhookTimeout: duration({
    key: 'webhook.timeout',
    default: '20s',
    min: '1s',
    max: '30s',
    doc: 'A receiver answers within this.',
  }),
  webhookAllowedRanges: list({
    key: 'webhook.allowedRanges',
    default: [],
    example: '10.20.0.0/16,192.168.7.5/32',
    doc: 'Networks outside the public internet that endpoints may lie in (CIDR). Each one is a hole in the wall.',
  }),
  webhookAllowHttp: bool({
    key: 'webhook.allowHttp',
    default: false,
    doc: 'Plain http to the allowed ranges; never to the internet.',
  }),

  portalUrl: url({
    key: 'portal.url',
    example: 'https://esf.gov.kz:8443/esf-web/ws/api1',
    doc: 'The invoice portal. Without it tax invoices wait.',
  }),
  portalCaFiles: list({
    key: 'portal.caFiles',
    default: [],
    example: 'config/portal-ca.pem',
    doc: "Certificates (PEM) trusted for the portal's TLS beside the system's own.",
  }),
  portalCallsPerDay: int({
    key: 'portal.callsPerDay',
    default: 3_000,
    min: 10,
    max: 1_000_000,
    unit: 'calls',
    doc: 'What the portal allows one address in a day.',
  }),
  portalGather: duration({
    key: 'portal.gather',
    max: '1h',
    doc: 'How long an invoice waits for others of its seller, to go up in one call.',
  }),

  mappingFolders: list({
    key: 'mapping.folders',
    default: [],
    example: '/etc/daneker/mappings',
    doc: 'Folders with mappings of foreign formats (*.yaml) beside config/adapters.',
  }),

  contractOperatorTaxId: text({
    key: 'contract.operatorTaxId',
    pattern: /^\d{12}$/,
    example: '260140000114',
    doc: "БИН of the operator: whose offer it is, and who signs publications, invoices and acts. Its company, connection and key are set up like a client's.",
  }),
  contractOperatorAddress: text({
    key: 'contract.operatorAddress',
    doc: "The operator's address in its documents.",
  }),
  contractOperatorBank: text({
    key: 'contract.operatorBank',
    pattern: /^[^;]+;[^;]+;[^;]+(;\d{2})?$/,
    example: 'KZ18722S000012345678;CASPKZKA;АО «Kaspi Bank»;17',
    doc: 'Where clients pay: ИИК;БИК;bank;КБе.',
  }),
  contractOperatorVat: text({
    key: 'contract.operatorVat',
    pattern: /^\d{5} \d{7}$/,
    example: '60001 0012345',
    doc: "Series and number of the operator's VAT certificate.",
  }),
  contractOperatorPerson: text({
    key: 'contract.operatorPerson',
    pattern: /^[^;]+;[^;]+$/,
    example: 'Директор;Исполнитель А. А.',
    doc: 'Who hands the act over: position;name.',
  }),
  contractOperatorEmail: text({
    key: 'contract.operatorEmail',
    pattern: /^[^\s@]+@[^\s@]+$/,
    example: 'contracts@example.kz',
    doc: "Where the operator's own notices go: alarms, claims, refusals.",
  }),
  contractLimitPolicy: choice({
    key: 'contract.limitPolicy',
    of: ['warn', 'restrict'],
    default: 'warn',
    doc: 'At the monthly limit (offer 4.3 reserves a right): tell, or close sending until the next month or a higher tariff.',
  }),
  contractGrant: choice({
    key: 'contract.grant',
    of: ['operator', 'on-payment'],
    default: 'operator',
    doc: 'Who grants paid access (offer 2.2): the operator by hand, with alarms on the third and fifth working day, or the gateway as soon as it is paid.',
  }),
  contractArchiveAfterDays: int({
    key: 'contract.archiveAfterDays',
    default: 30,
    max: 1_095,
    unit: 'days',
    doc: 'From the end of access to ARCHIVE_ONLY. The three years of offer 4.5 run from the end of access all the same.',
  }),
  contractCalendarFolder: path({
    key: 'contract.calendarFolder',
    default: 'config/calendar',
    doc: 'Working days of Kazakhstan, by years.',
  }),

  basesAllowedRanges: list({
    key: 'bases.allowedRanges',
    default: [],
    example: '10.20.0.0/16,192.168.7.5/32',
    doc: 'Networks outside the public internet in which bases of clients may be called (CIDR), over plain http too.',
  }),
  basesCaFiles: list({
    key: 'bases.caFiles',
    default: [],
    example: 'config/client-ca.pem',
    doc: "Certificates (PEM) trusted for the TLS of clients' bases beside the public ones.",
  }),

  archiveFolder: path({
    key: 'archive.folder',
    default: './data/archive',
    doc: 'Where archived documents lie.',
  }),

  tasksKeepDays: int({
    key: 'retention.tasksKeepDays',
    default: 30,
    min: 1,
    max: 3_650,
    unit: 'days',
    doc: "Done tasks and job runs; a document's attempts stay with it.",
  }),
  uploadsKeepHours: int({
    key: 'retention.uploadsKeepHours',
    default: 24,
    min: 1,
    max: 720,
    unit: 'hours',
    doc: 'Parts of files that nobody finished.',
  }),

  exchangesKeepDays: int({
    key: 'retention.exchangesKeepDays',
    default: 30,
    min: 1,
    max: 1_100,
    unit: 'days',
    doc: 'Raw exchanges with bases. Raw bytes of accepted documents stay with them.',
  }),
  exchangeMaxBody: size({
    key: 'exchangeLog.maxBody',
    default: '2MB',
    min: '1KB',
    max: '32MB',
    doc: 'Larger bodies are kept as their first part, and cannot be replayed.',
  }),
  exchangeBuffer: size({
    key: 'exchangeLog.buffer',
    default: '32MB',
    min: '1MB',
    max: '1GB',
    doc: 'What waits in memory to be written; beyond it bodies, then lines are left out and counted.',
  }),

  residencyStore: text({
    key: 'residency.store',
    pattern: inKazakhstan,
    example: 'KZ, Алматы, ЦОД 1',
    doc: 'Where the database server stands. Production refuses to start without it (offer 3.3.6).',
  }),
  residencyArchive: text({
    key: 'residency.archive',
    pattern: inKazakhstan,
    example: 'KZ, Астана, ЦОД 2',
    doc: 'Where archived documents lie.',
  }),
  residencyBackup: text({
    key: 'residency.backup',
    pattern: inKazakhstan,
    example: 'KZ, Астана, ЦОД 2',
    doc: 'Where copies of both lie.',
  }),
  residencyLog: text({
    key: 'residency.log',
    pattern: inKazakhstan,
    example: 'KZ, Алматы, ЦОД 1',
    doc: 'Where the log goes.',
  }),
  residencyMail: text({
    key: 'residency.mail',
    pattern: inKazakhstan,
    example: 'KZ, Алматы, ЦОД 1',
    doc: 'Where the mail server stands; needed with mail.url.',
  }),

  logLevel: choice({
    key: 'log.level',
    of: ['debug', 'info', 'warn', 'error'],
    default: 'info',
    doc: 'How much is told. No level tells bodies, keys, passwords or whole tax ids.',
  }),
}

type Settings = typeof settings

const forPostgres = {
  ru: 'нужна при store.kind = postgres',
  kk: 'store.kind = postgres болғанда керек',
  en: 'needed with store.kind = postgres',
}
const forRabbit = {
  ru: 'нужна при queue.kind = rabbitmq',
  kk: 'queue.kind = rabbitmq болғанда керек',
  en: 'needed with queue.kind = rabbitmq',
}
const forProduction = {
  ru: 'нужна в промышленном режиме: данные лежат в Казахстане, оферта 3.3.6',
  kk: 'өнеркәсіптік режимде керек: деректер Қазақстанда сақталады, оферта 3.3.6',
  en: 'needed in production: the data rests in Kazakhstan, offer 3.3.6',
}
const allRolesHere = {
  ru: 'встроенное хранилище служит одному процессу, роли нельзя делить. Оставьте все три или выберите store.kind = postgres',
  kk: 'кіріктірілген қойма бір ғана үдеріске қызмет етеді, рөлдерді бөлуге болмайды. Үшеуін де қалдырыңыз немесе store.kind = postgres таңдаңыз',
  en: 'the embedded store serves one process, its roles cannot be split. Keep all three or choose store.kind = postgres',
}

/** Production is PostgreSQL with production certificates; there every place of data has a tag. */
const tagged =
  (
    name: 'residencyStore' | 'residencyArchive' | 'residencyBackup' | 'residencyLog' | 'residencyMail',
  ): Rule<Settings> =>
  (values, all) =>
    values.storeKind === 'postgres' &&
    values.trustEnvironment === 'production' &&
    values[name] === undefined &&
    (name !== 'residencyMail' || values.mailUrl !== undefined)
      ? missing(all[name], variableOf(all[name].key), forProduction)
      : undefined

const rules: readonly Rule<Settings>[] = [
  ({ storeKind, storeUrl }, { storeUrl: setting }) =>
    storeKind === 'postgres' && storeUrl === undefined
      ? missing(setting, variableOf(setting.key), forPostgres)
      : undefined,
  ({ queueKind, queueUrl }, { queueUrl: setting }) =>
    queueKind === 'rabbitmq' && queueUrl === undefined
      ? missing(setting, variableOf(setting.key), forRabbit)
      : undefined,
  // Replicas must agree on these two, so nobody may make up his own.
  ({ storeKind, pepper }, { pepper: setting }) =>
    storeKind === 'postgres' && pepper === undefined
      ? missing(setting, variableOf(setting.key), forPostgres)
      : undefined,
  ({ storeKind, masterKey }, { masterKey: setting }) =>
    storeKind === 'postgres' && masterKey === undefined
      ? missing(setting, variableOf(setting.key), forPostgres)
      : undefined,
  ({ storeKind, roles }, { roles: setting }) =>
    storeKind === 'embedded' && roles.length < 3 ? clash(setting.key, allRolesHere) : undefined,
  tagged('residencyStore'),
  tagged('residencyArchive'),
  tagged('residencyBackup'),
  tagged('residencyLog'),
  tagged('residencyMail'),
]

/** Every setting of the gateway. `docs/configuration.md` is made from it. */
export const gatewaySettings = declare(settings, rules)
