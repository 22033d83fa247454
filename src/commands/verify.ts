import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { InvalidArgumentError, Option, type Command } from 'commander'
import {
  AuthorityRevocation,
  CmsVerifier,
  computableUnder,
  GivenRevocation,
  KzSuite,
  stampCheck,
  trustFolder,
  TrustStore,
  verifyFile,
  XmlVerifier,
  type FileVerifiers,
  type KeptAnswers,
} from '../adapters/signing/index.ts'
import { systemClock, type Fault, type Language, type Words } from '../core/kernel/index.ts'
import { signaturePolicy, type RevocationDemand } from '../core/signature/index.ts'
import { policyOf, readConfiguration, trustOf } from './gateway-settings.ts'
import { faultsIn } from './start-refusal.ts'
import { reportLines, reportValue } from './signature-report.ts'
import { bundleLines, isContainer, verifyBundle } from './verify-bundle.ts'

export interface Said {
  exitCode: number
  stdout: string
  stderr: string
}

export interface VerifyCommandOptions {
  data?: string
  at?: Date
  json: boolean
  lang: Language
  trust: string[]
  testKeys: boolean
  online: boolean
  crl: string[]
  ocsp: string[]
  revocation: RevocationDemand
  taxId?: string
  kind?: string
  config?: string
}

const several = (value: string, former: string[]): string[] => [...former, value]

const moment = (text: string): Date => {
  const time = new Date(text)
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(time.getTime()))
    throw new InvalidArgumentError(
      'нужно время, например 2026-11-20T06:00:00Z · a time like 2026-11-20T06:00:00Z',
    )
  if (time > systemClock.now()) throw new InvalidArgumentError('время в будущем · the time lies ahead')
  return time
}

/** Exit codes: 0 VALID, 1 INVALID, 2 INDETERMINATE or not to be judged at all (a file is missing). */
export const addVerify = (program: Command): void => {
  program
    .command('verify <file>')
    .description(
      'проверить подпись (CMS, подписанный XML) или контейнер с доказательствами (.asice) · check a signature or an evidence container',
    )
    .option('--data <file>', 'документ отсоединённой подписи · document of a detached signature')
    .option(
      '--at <time>',
      'когда подпись уже существовала · when the signature is known to have existed',
      moment,
    )
    .option('--trust <dir>', 'доверять сертификатам папки · trust the certificates of a folder', several, [])
    .option('--test-keys', 'ключи тестовой среды НУЦ · keys of the test environment', false)
    .option('--online', 'спросить OCSP и списки отзыва · ask OCSP and revocation lists', false)
    .option('--crl <file>', 'список отзыва из файла · revocation list from a file', several, [])
    .option('--ocsp <file>', 'ответ OCSP из файла · OCSP response from a file', several, [])
    .addOption(
      new Option('--revocation <demand>', 'нужен ли ответ об отзыве · is an answer about revocation needed')
        .choices(['required', 'if-available', 'off'])
        .default('required'),
    )
    .option('--tax-id <id>', 'чья подпись ожидается (БИН/ИИН) · whose signature is expected')
    .option('--kind <kind>', 'вид документа, от него зависят роли · kind of document, decides the roles')
    .addOption(new Option('--lang <lang>', 'язык · language').choices(['ru', 'kk', 'en']).default('ru'))
    .option('--json', 'ответ в JSON · answer in JSON', false)
    .option('-c, --config <file>', 'файл настроек YAML · configuration file')
    .action(async (file: string, options: VerifyCommandOptions) => {
      const { exitCode, stdout, stderr } = await verifyCommand(file, options)
      process.stdout.write(stdout)
      process.stderr.write(stderr)
      process.exitCode = exitCode
    })
}

/** What the command says and ends with; it touches nothing but the files it is given. */
export const verifyCommand = async (file: string, options: VerifyCommandOptions): Promise<Said> => {
  const signature = fileBytes(file)
  const data = options.data === undefined ? undefined : fileBytes(options.data)
  if (signature === undefined || (options.data !== undefined && data === undefined))
    return cannotJudge([noFile(signature === undefined ? file : (options.data ?? ''))], options)
  const verifiers = await verifiersOf(options).catch((error: unknown) => {
    const faults = faultsIn(error)
    if (faults === undefined) throw error
    return { faults }
  })
  // 1 would say that the signature is not good.
  if ('faults' in verifiers) return cannotJudge(verifiers.faults, options)
  if ('missing' in verifiers) return cannotJudge([noFile(verifiers.missing)], options)
  if (isContainer(signature)) return containerCommand(signature, verifiers, options)
  const { taxId, kind: documentKind, at, json, lang, online } = options
  const verified = await verifyFile(
    signature,
    { ...(data === undefined ? {} : { data }), at, expected: { taxId, documentKind } },
    verifiers,
  )
  if (!verified.ok) return cannotJudge(verified.faults, options)
  const { exitCode } = verified.value
  const advice = online ? {} : offlineAdvice
  return {
    exitCode,
    stdout: json
      ? `${JSON.stringify(reportValue(verified.value, lang, advice))}\n`
      : `${reportLines(verified.value, lang, advice).join('\n')}\n`,
    stderr: [
      ...(verifiers.hasTrust ? [] : [noTrust[lang]]),
      ...(options.revocation === 'required' ? [] : [notAsked[lang]]),
    ]
      .map((line) => `${line}\n`)
      .join(''),
  }
}

type Verifiers = FileVerifiers & {
  verifierWith: (kept: KeptAnswers) => CmsVerifier
  isStamped: ReturnType<typeof stampCheck>
  hasTrust: boolean
}

/** An evidence container: everything in it at once, without a network. */
const containerCommand = async (
  file: Uint8Array,
  { verifierWith, isStamped, hasTrust }: Verifiers,
  options: VerifyCommandOptions,
): Promise<Said> => {
  const checked = await verifyBundle(file, { verifierWith, isStamped })
  if (!checked.ok) return cannotJudge(checked.faults, options)
  const { json, lang } = options
  return {
    exitCode: { VALID: 0, INVALID: 1, INDETERMINATE: 2 }[checked.value.verdict],
    stdout: json ? `${JSON.stringify(checked.value)}\n` : `${bundleLines(checked.value, lang).join('\n')}\n`,
    stderr: hasTrust ? '' : `${noTrust[lang]}\n`,
  }
}

const verifiersOf = async (options: VerifyCommandOptions): Promise<Verifiers | { missing: string }> => {
  const { values } = readConfiguration(options.config)
  const environment = options.testKeys ? 'test' : values.trustEnvironment
  const policy = signaturePolicy({ ...policyOf(values), environment, revocation: options.revocation })
  const suite = new KzSuite()
  // A look at a file must not make the folder of trusted certificates where there is none.
  const hasFolder = existsSync(join(dirname(values.trustFile), 'trust'))
  const pinned = hasFolder ? await trustOf(values) : undefined
  const anchors = [...(pinned?.anchors ?? [])]
  const intermediates = [...(pinned?.intermediates ?? [])]
  for (const folder of options.trust) {
    if (!existsSync(folder)) return { missing: folder }
    const given = await trustFolder(folder, environment)
    anchors.push(...given.anchors)
    intermediates.push(...given.intermediates)
  }
  const kept: Record<'crl' | 'ocsp', Uint8Array[]> = { crl: [], ocsp: [] }
  for (const kind of ['crl', 'ocsp'] as const) {
    for (const name of options[kind]) {
      const bytes = fileBytes(name)
      if (bytes === undefined) return { missing: name }
      kept[kind].push(bytes)
    }
  }
  const addresses = options.online ? (pinned?.revocation ?? new Map()) : new Map()
  const deps = {
    suite,
    policy,
    clock: systemClock,
    trust: new TrustStore(suite, anchors, intermediates, computableUnder(policy)),
    revocation: new GivenRevocation(
      suite,
      { crls: kept.crl, ocspResponses: kept.ocsp },
      new AuthorityRevocation({ suite, addresses }),
    ),
  }
  return {
    verifierWith: (answers) =>
      new CmsVerifier({ ...deps, revocation: new GivenRevocation(suite, answers, deps.revocation) }),
    cms: new CmsVerifier(deps),
    xml: new XmlVerifier(deps),
    isStamped: stampCheck(deps),
    hasTrust: anchors.length > 0,
  }
}

const noTrust = {
  ru: 'Доверенных сертификатов нет. Возьмите их с pki.gov.kz: daneker trust import ПАПКА, или назовите папку: --trust ПАПКА.',
  kk: 'Сенімді сертификаттар жоқ. Оларды pki.gov.kz сайтынан алыңыз: daneker trust import ҚАЛТА немесе --trust ҚАЛТА.',
  en: 'There are no trusted certificates. Take them from pki.gov.kz: daneker trust import DIR, or name a folder: --trust DIR.',
} as const

/** A VALID that was asked for less must not look like one that was asked for all. */
const notAsked: Words = {
  ru: 'Отзыв сертификатов проверен не обязательно (--revocation): для суда и для приёма документов этого мало.',
  kk: 'Сертификаттардың қайтарып алынуын тексеру міндетті болмады (--revocation): сот пен құжат қабылдау үшін бұл жеткіліксіз.',
  en: 'An answer about revocation was not demanded (--revocation): not enough for a court or for accepting documents.',
}

const askOrGive: Words = {
  ru: 'Спросите удостоверяющий центр (--online) или дайте его списки и ответы (--crl ФАЙЛ, --ocsp ФАЙЛ).',
  kk: 'Куәландырушы орталықтан сұраңыз (--online) немесе оның тізімдері мен жауаптарын беріңіз (--crl ФАЙЛ, --ocsp ФАЙЛ).',
  en: 'Ask the authority (--online) or give its lists and answers (--crl FILE, --ocsp FILE).',
}
/** The gateway asks again by itself; a command that was told to stay offline does not. */
const offlineAdvice = { revocation: askOrGive, 'revocation-authority': askOrGive }

const cannotJudge = (faults: readonly Fault[], { json, lang }: VerifyCommandOptions): Said => {
  const told = faults.map(({ code, message }) => ({ code, message: message[lang] }))
  return json
    ? { exitCode: 2, stdout: `${JSON.stringify({ exitCode: 2, faults: told })}\n`, stderr: '' }
    : { exitCode: 2, stdout: '', stderr: told.map(({ code, message }) => `${code}: ${message}\n`).join('') }
}

const noFile = (name: string): Fault => ({
  code: 'VERIFY-03',
  path: '',
  message: {
    ru: `Файл не читается: ${name}. Проверьте имя и права доступа.`,
    kk: `Файл оқылмайды: ${name}. Атауы мен қолжеткізу құқықтарын тексеріңіз.`,
    en: `The file cannot be read: ${name}. Check its name and the permissions.`,
  },
})

const fileBytes = (name: string): Uint8Array | undefined => {
  try {
    return new Uint8Array(readFileSync(name))
  } catch {
    // Missing, a folder, not ours to read: the words say what to look at.
    return undefined
  }
}
