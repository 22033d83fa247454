import type { Words } from './words.ts'

/**
 * Something wrong that somebody outside can fix: the sender, the recipient, the operator.
 * Faults are values. A lost database is not a fault, it is thrown.
 */
export interface Fault {
  /** Stable for ever: never changes meaning, never reused (`TAXID-02`, `ACCESS-01`). */
  code: string
  /** Where it is, in the words of the document language: `seller.taxId`, `lines[3].vatRate`; empty when it concerns the whole. */
  path: string
  /** The field of the sender's own file behind it, in that file's words (`Товары/Строка[3]/Цена`). */
  source?: string
  /** What is wrong and what to do about it. */
  message: Words
}

export type Result<T> = { ok: true; value: T } | { ok: false; faults: Fault[] }

export const ok = <T>(value: T): Result<T> => ({ ok: true, value })
export const failed = (...faults: Fault[]): Result<never> => ({ ok: false, faults })

export const fault = (code: string, path: string, message: Words): Fault => ({ code, path, message })
