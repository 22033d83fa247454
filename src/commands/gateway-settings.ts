import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  gatewaySettings,
  readCalendarFolder,
  readYamlFile,
  type Configuration,
} from '../adapters/config/index.ts'
import { loadTrust, readTrustPins } from '../adapters/signing/index.ts'
import type { GatewaySettings } from '../app.ts'
import { readSignaturePolicy, type SignaturePolicy } from '../core/signature/index.ts'
import { StartRefusal } from './start-refusal.ts'

type Values = Configuration<typeof gatewaySettings.settings>['values']

/** `config/default.yaml` when it is there, then the file named on the command line, then the environment. */
export const readConfiguration = (file: string | undefined): Configuration<typeof gatewaySettings.settings> =>
  gatewaySettings.read({
    files: [
      ...(existsSync('config/default.yaml') ? ['config/default.yaml'] : []),
      ...(file === undefined ? [] : [file]),
    ],
  })

/** What the declared values mean for the composition root. */
export const gatewaySettingsOf = async (values: Values): Promise<GatewaySettings> => {
  const { pepper, masterKey } = secretsOf(values)
  const trust = await trustOf(values)
  return {
    roles: values.roles,
    http: {
      host: values.httpHost,
      port: values.httpPort,
      publicUrl: values.httpPublicUrl,
      trustProxy: values.httpTrustProxy,
      limits: {
        maxBodyBytes: values.httpMaxBody,
        maxConnections: values.httpMaxConnections,
        requestTimeoutMs: values.httpRequestTimeout,
        stopGraceMs: values.httpStopGrace,
      },
    },
    store:
      values.storeKind === 'embedded'
        ? { kind: 'embedded', dataDir: resolve(values.storeDataDir, 'store') }
        : { kind: 'postgres', url: values.storeUrl ?? '', max: values.storePool, mustBeDurable: true },
    queue:
      values.queueKind === 'table'
        ? { kind: 'table' }
        : { kind: 'rabbitmq', url: values.queueUrl ?? '', prefix: values.queuePrefix },
    relay: { batch: values.relayBatch, pollMs: values.relayPoll },
    concurrency: {
      sign: values.workerSign,
      // Letters both: what a mail server bears does not depend on what they ask.
      invite: values.workerDeliver,
      prove: values.workerProve,
      deliver: values.workerDeliver,
      mirror: values.workerMirror,
      command: values.workerMirror,
      notify: values.workerNotify,
      archive: values.workerArchive,
    },
    secrets: { pepper, masterKey, environment: values.keyEnvironment },
    signature: {
      policy: { ...policyOf(values), environment: values.trustEnvironment },
      anchors: trust.anchors,
      intermediates: trust.intermediates,
      revocation: trust.revocation,
      tspUrl: values.tspUrl,
      ncanodeUrl: values.ncanodeUrl,
      proofGraceMs: values.proofGrace,
      proofRenewDays: values.proofRenewDays,
    },
    mail: {
      url: values.mailUrl,
      from: values.mailFrom,
      timeoutMs: values.mailTimeout,
      linkKeepsMs: values.mailLinkKeeps,
    },
    webhooks: {
      timeoutMs: values.webhookTimeout,
      allowedRanges: values.webhookAllowedRanges,
      allowHttp: values.webhookAllowHttp,
    },
    bases: {
      allowedRanges: values.basesAllowedRanges,
      ca: values.basesCaFiles.map((path) => readFileSync(path, 'utf8')),
    },
    archiveFolder: resolve(values.archiveFolder),
    contract: contractOf(values),
    minFreeDiskBytes: values.storeMinFreeMiB * 1024 * 1024,
    mappingFolders: [...ownMappings(), ...values.mappingFolders],
    retention: {
      tasksKeepDays: values.tasksKeepDays,
      uploadsKeepHours: values.uploadsKeepHours,
      exchangesKeepDays: values.exchangesKeepDays,
    },
    exchangeLog: { maxBodyBytes: values.exchangeMaxBody, maxBufferedBytes: values.exchangeBuffer },
    portal:
      values.portalUrl === undefined
        ? undefined
        : {
            baseUrl: values.portalUrl,
            callsPerDay: values.portalCallsPerDay,
            ca: values.portalCaFiles.map((path) => readFileSync(path, 'utf8')),
            mirror: values.portalGather === undefined ? {} : { gatherMs: values.portalGather },
          },
  }
}

/** The mappings that come with the gateway, where it is started from its own folder. */
export const ownMappings = (): string[] => (existsSync('config/adapters') ? ['config/adapters'] : [])

/** The calendars that came with the program, for a start from another folder. */
export const calendarFolderOf = (folder = 'config/calendar'): string =>
  existsSync(folder) ? folder : fileURLToPath(new URL('../../config/calendar', import.meta.url))

/** The contract with clients. A calendar that cannot be read stops the start: terms are not counted without it. */
const contractOf = (values: Values): GatewaySettings['contract'] => {
  const calendar = readCalendarFolder(calendarFolderOf(values.contractCalendarFolder))
  if (!calendar.ok) throw new StartRefusal(calendar.faults)
  const [iik, bik, bankName, kbe] = values.contractOperatorBank?.split(';') ?? []
  const [series, number] = values.contractOperatorVat?.split(' ') ?? []
  const [position, name] = values.contractOperatorPerson?.split(';') ?? []
  return {
    calendar: calendar.value,
    settings: {
      limitPolicy: values.contractLimitPolicy,
      grant: values.contractGrant,
      archiveAfterDays: values.contractArchiveAfterDays,
      operatorEmail: values.contractOperatorEmail,
    },
    operator:
      values.contractOperatorTaxId === undefined
        ? undefined
        : {
            taxId: values.contractOperatorTaxId,
            address: values.contractOperatorAddress,
            bank:
              iik === undefined || bik === undefined || bankName === undefined
                ? undefined
                : { iik, bik, bankName, kbe },
            vatCertificate: series === undefined || number === undefined ? undefined : { series, number },
            person: position === undefined || name === undefined ? undefined : { position, name },
          },
  }
}

/**
 * The two keys of the installation. On the embedded store they are made at the first start and lie beside it;
 * replicas on PostgreSQL must agree on them, so there they are configured.
 */
const secretsOf = (values: Values): { pepper: Uint8Array; masterKey: Uint8Array } => {
  const file = join(resolve(values.storeDataDir), 'keys.json')
  const made = values.storeKind === 'embedded' ? madeKeys(file) : undefined
  const keyOf = (given: string | undefined, own: string | undefined): Uint8Array =>
    Buffer.from(given ?? own ?? '', 'base64')
  return { pepper: keyOf(values.pepper, made?.pepper), masterKey: keyOf(values.masterKey, made?.masterKey) }
}

const madeKeys = (file: string): { pepper: string; masterKey: string } => {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const fresh = {
      pepper: randomBytes(32).toString('base64'),
      masterKey: randomBytes(32).toString('base64'),
    }
    // `wx`: of two first starts one makes the keys and the other reads them.
    writeFileSync(file, JSON.stringify(fresh), { mode: 0o600, flag: 'wx' })
  }
  return JSON.parse(readFileSync(file, 'utf8')) as { pepper: string; masterKey: string }
}

/** The operator's own rules about signatures. */
export const policyOf = ({
  signaturePolicyFile: file,
}: Pick<Values, 'signaturePolicyFile'>): Partial<SignaturePolicy> => {
  const read = readSignaturePolicy(existsSync(file) ? readYamlFile(file) : undefined)
  if (!read.ok) throw new StartRefusal(read.faults)
  return read.value
}

/** Pins from the trust file, certificates from the folder `trust` beside it. */
export const trustOf = async ({ trustFile }: Pick<Values, 'trustFile'>) => {
  const pins = readTrustPins(existsSync(trustFile) ? readYamlFile(trustFile) : {})
  if (!pins.ok) throw new StartRefusal(pins.faults)
  return loadTrust(pins.value, trustFolderOf(trustFile))
}

export const trustFolderOf = (trustFile: string): string => {
  const folder = join(dirname(resolve(trustFile)), 'trust')
  mkdirSync(folder, { recursive: true })
  return folder
}
