import type { VerifiedFile } from '../adapters/signing/index.ts'
import type { Language, Words } from '../core/kernel/index.ts'
import { factWords } from '../core/signature/index.ts'
import type {
  Fact,
  FactName,
  FactOutcome,
  SignerReport,
  SignerRole,
  TrustedTimeSource,
  Verdict,
} from '../core/signature/index.ts'

const verdicts: Readonly<Record<Verdict, Words>> = {
  VALID: { ru: 'Подпись действительна', kk: 'Қолтаңба жарамды', en: 'The signature is valid' },
  INVALID: { ru: 'Подпись недействительна', kk: 'Қолтаңба жарамсыз', en: 'The signature is not valid' },
  INDETERMINATE: {
    ru: 'Решить нельзя: не хватает сведений',
    kk: 'Шешу мүмкін емес: мәлімет жеткіліксіз',
    en: 'It cannot be decided: something is not known',
  },
}

const roles: Readonly<Record<SignerRole, Words>> = {
  person: { ru: 'физическое лицо', kk: 'жеке тұлға', en: 'a person' },
  head: { ru: 'первый руководитель', kk: 'бірінші басшы', en: 'the head' },
  'signing-right': { ru: 'право подписи', kk: 'қол қою құқығы', en: 'the right to sign' },
  'financial-right': {
    ru: 'право подписи финансовых документов',
    kk: 'қаржы құжаттарына қол қою құқығы',
    en: 'the right to sign financial documents',
  },
  personnel: { ru: 'отдел кадров', kk: 'кадр бөлімі', en: 'personnel' },
  employee: { ru: 'сотрудник', kk: 'қызметкер', en: 'an employee' },
  system: { ru: 'информационная система', kk: 'ақпараттық жүйе', en: 'an information system' },
  treasury: { ru: 'клиент казначейства', kk: 'қазынашылық клиенті', en: 'a treasury client' },
}

const sources: Readonly<Record<TrustedTimeSource, Words>> = {
  'time-stamp': { ru: 'метка времени', kk: 'уақыт белгісі', en: 'time stamp' },
  receipt: { ru: 'указано при проверке', kk: 'тексеру кезінде көрсетілген', en: 'named for this check' },
  now: { ru: 'момент проверки', kk: 'тексеру сәті', en: 'the moment of the check' },
}

const labels = {
  signer: { ru: 'Подписант', kk: 'Қол қоюшы', en: 'Signer' },
  key: { ru: 'ключ', kk: 'кілт', en: 'key' },
  certificate: { ru: 'сертификат', kk: 'сертификат', en: 'certificate' },
  lasts: { ru: 'действует', kk: 'мерзімі', en: 'lasts' },
  claimed: { ru: 'заявленное время', kk: 'мәлімделген уақыт', en: 'claimed time' },
  judged: { ru: 'проверено на', kk: 'тексеру сәті', en: 'judged at' },
  advice: { ru: 'что делать', kk: 'не істеу керек', en: 'what to do' },
} as const satisfies Record<string, Words>

const marks: Readonly<Record<FactOutcome, string>> = { passed: '✓', failed: '✗', unknown: '?', warning: '!' }

/** Advice that fits the place better than the usual. */
export type OtherAdvice = Readonly<Partial<Record<FactName, Words>>>

const adviceOf = ({ name, outcome }: Fact, other: OtherAdvice): Words | undefined =>
  outcome === 'unknown'
    ? (other[name] ?? factWords[name].advice)
    : outcome === 'failed'
      ? factWords[name].advice
      : undefined

/** The report as a person reads it: the verdict, who signed, every step. */
export const reportLines = ({ report }: VerifiedFile, lang: Language, other: OtherAdvice = {}): string[] => {
  const ofMessage = report.facts.filter(({ signer }) => signer === undefined)
  return [
    `${verdicts[report.verdict][lang]} · ${report.verdict}`,
    '',
    ...ofMessage.flatMap((fact) => factLines(fact, lang, other)),
    ...report.signers.flatMap((signer) => [
      '',
      ...signerLines(signer, lang),
      ...report.facts
        .filter((fact) => fact.signer === signer.index)
        .flatMap((fact) => factLines(fact, lang, other)),
    ]),
  ].map(printable)
}

/** Names and details come from files of strangers: nothing in them may move a terminal's cursor. */
const printable = (line: string): string => line.replace(/\p{C}/gu, '?')

const signerLines = (signer: SignerReport, lang: Language): string[] => {
  const { commonName, organization, bin, iin, serial, keyAlgorithm, notBefore, notAfter } = signer
  const who = [
    commonName,
    organization,
    bin === undefined ? undefined : `БИН ${bin}`,
    iin === undefined ? undefined : `ИИН ${iin}`,
    ...signer.roles.map((role) => roles[role][lang]),
  ]
  const time = (date: Date): string => date.toISOString().replace('.000Z', 'Z')
  const { signingTime, trustedTime, trustedTimeSource: source } = signer
  return [
    `${labels.signer[lang]} ${signer.index + 1}: ${joined(who) || '—'} · ${signer.verdict}`,
    ...(serial === undefined
      ? []
      : [`  ${labels.certificate[lang]} ${serial}, ${labels.key[lang]} ${keyAlgorithm ?? '—'}`]),
    ...(notBefore === undefined || notAfter === undefined
      ? []
      : [`  ${labels.lasts[lang]} ${time(notBefore)} … ${time(notAfter)}`]),
    ...(signingTime === undefined ? [] : [`  ${labels.claimed[lang]} ${time(signingTime)}`]),
    ...(trustedTime === undefined || source === undefined
      ? []
      : [`  ${labels.judged[lang]} ${time(trustedTime)} (${sources[source][lang]})`]),
  ]
}

const factLines = (fact: Fact, lang: Language, other: OtherAdvice): string[] => {
  const { name, outcome, detail } = fact
  const advice = adviceOf(fact, other)
  return [
    `  ${marks[outcome]} ${factWords[name].checks[lang]} (${name}: ${detail})`,
    ...(advice === undefined ? [] : [`      ${labels.advice[lang]}: ${advice[lang]}`]),
  ]
}

const joined = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join(', ')

/** The report for machines: names and outcomes never change, words are in the language asked for. */
export const reportValue = (
  { form, content, report, exitCode }: VerifiedFile,
  lang: Language,
  other: OtherAdvice = {},
): Record<string, unknown> => ({
  verdict: report.verdict,
  exitCode,
  form,
  content,
  checkedAt: report.checkedAt,
  policyVersion: report.policyVersion,
  trustedTime: report.trustedTime,
  signers: report.signers,
  facts: report.facts.map((fact) => ({
    ...fact,
    checks: factWords[fact.name].checks[lang],
    advice: adviceOf(fact, other)?.[lang],
  })),
})
