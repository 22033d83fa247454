import { v5 } from 'uuid'

/** Namespace of documents made from foreign ids; it must never change, or the same document gets another GUID. */
const namespace = '5b1f7c3e-6a0d-5e7b-9d53-1a5ed0c0ffee'

/** The same words give the same GUID for ever, on every machine. */
export const uuidOf = (...words: readonly string[]): string => v5(words.join('\u0000'), namespace)
