import type { Fault, LocalDate, Words } from '../../kernel/index.ts'
import { words } from '../language/declare.ts'
import type { Details } from '../language/faults.ts'
import { fill, maxFaults, readingFaults } from '../language/faults.ts'

/** What the rules know beside the document. */
export interface CheckContext {
  /** The business day in Almaty. */
  today: LocalDate
  /** Whose connection sends it: the sender of the document must be this company. */
  companyTaxId?: string
}

/** `faults` refuse the document; `notices` go with it, to the sender and into its trail. */
export interface Checked {
  faults: Fault[]
  notices: Fault[]
}

export type Severity = 'fault' | 'notice'

/** A code with its words. Codes never change meaning and are never reused. */
export interface Coded {
  readonly code: string
  readonly severity: Severity
  readonly words: Words
}

/** A statement about a subject that must hold; `at` is where to look when it does not. */
export interface Rule<S> extends Coded {
  readonly at: string
  readonly holds: (subject: S, context: CheckContext) => boolean
}

export const fault = (code: string, ru: string, kk: string, en: string): Coded => ({
  code,
  severity: 'fault',
  words: words(ru, kk, en),
})

export const notice = (code: string, ru: string, kk: string, en: string): Coded => ({
  ...fault(code, ru, kk, en),
  severity: 'notice',
})

export const rule = <S>(coded: Coded, at: string, holds: Rule<S>['holds']): Rule<S> => ({
  ...coded,
  at,
  holds,
})

const tooManyFaults: Coded = { code: 'DOC-19', severity: 'fault', words: readingFaults['DOC-19'] }

export const tooManyNotices = notice(
  'DOC-20',
  'Показаны первые {max} замечаний, остальные опущены. Документ проверен целиком.',
  'Алғашқы {max} ескерту көрсетілді, қалғандары түсірілді. Құжат толығымен тексерілді.',
  'The first {max} notices are shown, the others left out. The whole document was checked.',
)

/** Gathers what the rules say. */
export class Report implements Checked {
  readonly faults: Fault[] = []
  readonly notices: Fault[] = []

  say(coded: Coded, path: string, details: Details = {}): void {
    const isFault = coded.severity === 'fault'
    const said = isFault ? this.faults : this.notices
    if (said.length > maxFaults) return
    if (said.length < maxFaults) {
      said.push({ code: coded.code, path, message: fill(coded.words, details) })
      return
    }
    // Ten thousand wrong lines must not make an answer of thirty megabytes.
    const last = isFault ? tooManyFaults : tooManyNotices
    said.push({ code: last.code, path: '', message: fill(last.words, { max: maxFaults }) })
  }

  /** Asks every rule about one subject; `prefix` stands before the path of each (`lines[3].`). */
  ask<S>(
    rules: readonly Rule<S>[],
    subject: S,
    context: CheckContext,
    prefix: () => string = () => '',
  ): void {
    for (const asked of rules) if (!asked.holds(subject, context)) this.say(asked, prefix() + asked.at)
  }
}
