import { failed, ok } from '../../core/kernel/index.ts'
import type { Result } from '../../core/kernel/index.ts'
import { readerFault } from './reader-faults.ts'
import type { ReaderFaultCode } from './reader-faults.ts'

/**
 * A JSON object as read. It inherits nothing: `__proto__` and `constructor` are ordinary keys, and a key
 * that is not there is undefined.
 */
export type JsonObject = Record<string, unknown>

export interface JsonLimits {
  maxDepth: number
  /** Members and elements together. */
  maxValues: number
  /** Numbers stay the text they were written as, of any length up to 64: no double ever holds them. */
  numbersAsText: boolean
}

export const defaultJsonLimits: JsonLimits = { maxDepth: 64, maxValues: 200_000, numbersAsText: false }

/**
 * Objects made by this constructor have an empty prototype that itself has none. Unlike
 * `Object.create(null)` they stay in V8's fast mode, which halves the time of a document.
 */
const Bare = function () {} as unknown as new () => JsonObject
Bare.prototype = Object.freeze(Object.create(null) as object)

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

const numberPattern = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/
const digit = /[0-9]/

/** No number that a message needs is longer. A bound, because a pattern over 20 million digits overflows its stack. */
const longestNumber = 64

/** More digits than a double keeps: the value read would not be the value sent. */
const maxExactDigits = 15

class NotJson extends Error {
  readonly code: ReaderFaultCode
  readonly at: number
  readonly values: Record<string, string | number>

  constructor(code: ReaderFaultCode, at: number, values: Record<string, string | number> = {}) {
    super(code)
    this.code = code
    this.at = at
    this.values = values
  }
}

class Scanner {
  private readonly text: string
  private readonly limits: JsonLimits
  private at = 0
  private depth = 0
  private values = 0

  constructor(text: string, limits: JsonLimits) {
    this.text = text
    this.limits = limits
  }

  whole(): unknown {
    this.space()
    const value = this.value()
    this.space()
    if (this.at < this.text.length) throw new NotJson('JSON-05', this.at)
    return value
  }

  private space(): void {
    const { text } = this
    let at = this.at
    for (;;) {
      const code = text.charCodeAt(at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break
      at++
    }
    this.at = at
  }

  private value(): unknown {
    if (++this.values > this.limits.maxValues)
      throw new NotJson('JSON-06', this.at, { limit: this.limits.maxValues })
    switch (this.text.charCodeAt(this.at)) {
      case quote:
        return this.string()
      case openBrace:
        return this.object()
      case openBracket:
        return this.array()
      case 0x74:
        return this.word('true', true)
      case 0x66:
        return this.word('false', false)
      case 0x6e:
        return this.word('null', null)
      default:
        return this.number()
    }
  }

  private enter(): void {
    if (++this.depth > this.limits.maxDepth)
      throw new NotJson('JSON-03', this.at, { limit: this.limits.maxDepth })
    this.at++
    this.space()
  }

  private leave(): void {
    this.depth--
    this.at++
  }

  /** After a value inside `{}` or `[]`: true when another follows. */
  private another(close: number): boolean {
    this.space()
    const code = this.text.charCodeAt(this.at)
    if (code === close) return false
    if (code !== comma) throw new NotJson('JSON-01', this.at)
    this.at++
    this.space()
    return true
  }

  private object(): JsonObject {
    const made = new Bare()
    this.enter()
    if (this.text.charCodeAt(this.at) !== closeBrace) {
      do {
        const keyAt = this.at
        if (this.text.charCodeAt(keyAt) !== quote) throw new NotJson('JSON-01', keyAt)
        const key = this.string()
        this.space()
        if (this.text.charCodeAt(this.at) !== colon) throw new NotJson('JSON-01', this.at)
        this.at++
        this.space()
        if (made[key] !== undefined) throw new NotJson('JSON-02', keyAt, { key: key.slice(0, 60) })
        made[key] = this.value()
      } while (this.another(closeBrace))
    }
    this.leave()
    return made
  }

  private array(): unknown[] {
    const made: unknown[] = []
    this.enter()
    if (this.text.charCodeAt(this.at) !== closeBracket) {
      do made.push(this.value())
      while (this.another(closeBracket))
    }
    this.leave()
    return made
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw new NotJson('JSON-01', this.at)
    this.at += word.length
    return value
  }

  private number(): number | string {
    const { text } = this
    let end = this.at
    while (isNumberLetter(text.charCodeAt(end))) end++
    if (end - this.at > longestNumber)
      throw new NotJson(digit.test(text.slice(this.at, this.at + 2)) ? 'JSON-04' : 'JSON-01', this.at)
    const literal = text.slice(this.at, end)
    if (!numberPattern.test(literal)) throw new NotJson('JSON-01', this.at)
    if (this.limits.numbersAsText) {
      this.at = end
      return literal
    }
    const value = Number(literal)
    if (!Number.isFinite(value) || (literal.length > maxExactDigits && digitsOf(literal) > maxExactDigits))
      throw new NotJson('JSON-04', this.at)
    this.at += literal.length
    return value
  }

  private string(): string {
    const { text } = this
    const start = this.at + 1
    let end = start
    // The common case: no escapes, one slice.
    for (;;) {
      const code = text.charCodeAt(end)
      if (code === quote) {
        this.at = end + 1
        return text.slice(start, end)
      }
      if (code === backslash) break
      // NaN (the end of the text) fails both comparisons below.
      if (!(code >= 0x20)) throw new NotJson('JSON-01', end)
      end++
    }
    return this.escapedString(start, end)
  }

  /** A string with escapes: its end is found here, its meaning by the platform, which knows the same escapes. */
  private escapedString(start: number, firstEscape: number): string {
    const { text } = this
    let end = firstEscape
    for (;;) {
      const code = text.charCodeAt(end)
      if (code === quote) break
      if (!(code >= 0x20)) throw new NotJson('JSON-01', end)
      end += code === backslash ? 2 : 1
    }
    let made: string
    try {
      made = JSON.parse(text.slice(start - 1, end + 1)) as string
    } catch {
      throw new NotJson('JSON-01', firstEscape)
    }
    // A lone surrogate cannot be stored or signed as UTF-8.
    if (/\p{Surrogate}/u.test(made)) throw new NotJson('JSON-01', start)
    this.at = end + 1
    return made
  }
}

/** `0`-`9`, `+`, `-`, `.`, `e`, `E`; false for the end of the text (NaN). */
const isNumberLetter = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) ||
  code === 0x2e ||
  code === 0x2d ||
  code === 0x2b ||
  code === 0x65 ||
  code === 0x45

const digitsOf = (literal: string): number =>
  (literal.split(/[eE]/)[0] ?? '').replace(/^-?[0.]*|\.|/g, '').length

/** One-based line and column of a position. */
const placeOf = (text: string, at: number): { line: number; column: number } => {
  let line = 1
  let start = 0
  for (let next = text.indexOf('\n'); next !== -1 && next < at; next = text.indexOf('\n', start)) {
    line++
    start = next + 1
  }
  return { line, column: at - start + 1 }
}

/**
 * Reads JSON strictly (RFC 8259): duplicate keys, lone surrogates, trailing data and numbers that a double
 * cannot hold exactly are refused. Objects inherit nothing. Never throws for what the sender wrote.
 */
export const readJson = (text: string, limits: Partial<JsonLimits> = {}): Result<unknown> => {
  try {
    return ok(new Scanner(text, { ...defaultJsonLimits, ...limits }).whole())
  } catch (error) {
    if (error instanceof NotJson)
      return failed(readerFault(error.code, { ...placeOf(text, error.at), ...error.values }))
    throw error
  }
}

/** True for a JSON object (not an array, not null). */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
