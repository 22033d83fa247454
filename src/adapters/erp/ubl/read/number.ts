import { ExactDecimal } from '../../../../core/kernel/index.ts'

/** `xs:decimal` of at most 36 digits: what no field holds is no number. */
const written = /^[+-]?\d{1,18}(\.\d{1,18})?$/

export const numberIn = (text: string): ExactDecimal | undefined =>
  written.test(text) ? new ExactDecimal(text.replace(/^\+/, '')) : undefined
