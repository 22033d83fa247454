import type { Fault, LocalDate, Words } from '../../kernel/index.ts'
import { words } from '../language/declare.ts'
import type { Details } from '../language/faults.ts'
import { fill } from '../language/faults.ts'

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

/** Gathers what the rules say. */
export class Report implements Checked {
  readonly faults: Fault[] = []
  readonly notices: Fault[] = []

  say(coded: Coded, path: string, details: Details = {}): void {
    const said = { code: coded.code, path, message: fill(coded.words, details) }
    if (coded.severity === 'fault') this.faults.push(said)
    else this.notices.push(said)
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
