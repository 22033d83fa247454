import type { Fault, Language } from '../../core/kernel/index.ts'
import type { Answerable } from '../http/index.ts'
import { envelope, escaped } from './write.ts'

/** Faults in the first sentence that 1C shows; all of them are in the detail. */
const maxShown = 10

const counted = (count: number): Record<Language, string> => ({
  ru: `Ошибок: ${count}`,
  kk: `Қателер: ${count}`,
  en: `Faults: ${count}`,
})

/** The field of the sender's own file tells an accountant more than ours. */
const line = ({ source, path, message }: Fault, language: Language): string => {
  const place = source ?? path
  return place === '' ? message[language] : `${place}: ${message[language]}`
}

/** One string for the message box of 1C: what is wrong and what to do, with the place. */
export const faultSentence = (faults: readonly Fault[], language: Language): string => {
  const lines = faults.slice(0, maxShown).map((f) => line(f, language))
  return lines.length === 1 ? (lines[0] ?? '') : [counted(faults.length)[language], ...lines].join('\n')
}

const faultCode = (answer: Answerable): string => {
  const code = answer.faults[0]?.code
  if (code === 'SOAP-02') return 'VersionMismatch'
  if (code === 'SOAP-03') return 'MustUnderstand'
  return answer.status >= 500 ? 'Server' : 'Client'
}

/** Answers that HTTP itself has a word for keep their status; all other faults go out as 500, as SOAP 1.1 says. */
const httpStatuses: readonly number[] = [400, 401, 408, 413, 415, 429, 503]

export const soapStatus = (answer: Answerable): number =>
  httpStatuses.includes(answer.status) ? answer.status : 500

/**
 * A fault in the 1.1 form. A 1.2 form inside a 1.1 envelope reaches every client as an empty fault.
 * @param detail XML for programs; people read the sentence
 */
export const faultEnvelope = (answer: Answerable, language: Language, detail = ''): string =>
  envelope(
    `<soap:Fault><faultcode>soap:${faultCode(answer)}</faultcode><faultstring>${escaped(faultSentence(answer.faults, language))}</faultstring>` +
      `${detail === '' ? '' : `<detail>${detail}</detail>`}</soap:Fault>`,
  )
