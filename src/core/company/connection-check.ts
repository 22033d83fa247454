import type { Words } from '../kernel/index.ts'

/** One thing the doctor of a connection looked at. */
export interface ConnectionCheck {
  /** Stable, for machines: `tls`, `odata.rights`. */
  id: string
  title: Words
  outcome: 'ok' | 'warning' | 'bad'
  /** What was found. */
  found: Words
  /** Why it is so; with everything that is not well. */
  cause?: Words
  /** What to do about it. */
  remedy?: Words
}

/** The same words in every language: addresses, versions, figures. */
export const sameWords = (text: string): Words => ({ ru: text, kk: text, en: text })
