import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino'

export interface LogOptions {
  level: 'debug' | 'info' | 'warn' | 'error'
  /** Goes on every line: version, replica. */
  base?: Record<string, string>
  /** Where lines go; stdout unless told otherwise. */
  destination?: DestinationStream
}

/** Names under which secrets and bodies travel through the program; a line that carries one loses it. */
const unspoken = [
  'password',
  'passwd',
  'pin',
  'secret',
  'secrets',
  'token',
  'apiKey',
  'authorization',
  'cookie',
  'pepper',
  'masterKey',
  'privateKey',
  'p12',
  'cms',
  'signature',
  'body',
  'bytes',
  'raw',
  'content',
  'xml',
]

/** pino looks where it is told: the top of a line and two levels below. */
const paths = unspoken.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

/** As much of a message as a person needs; libraries put whole documents into theirs. */
const longestMessage = 1_000

/**
 * The log: one JSON line for each thing that happened, its event in `msg` as `noun.verb-in-past`. Tax ids
 * are masked wherever they stand in a text, secrets and bodies are left out by name.
 */
export const openLog = ({ level, base = {}, destination }: LogOptions): Logger =>
  pino(
    {
      level,
      base,
      timestamp: stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => maskFields(fields) as Record<string, unknown>,
      },
      redact: { paths, censor: '[left out]' },
      serializers: {
        err: errorForLog,
        error: (error: unknown) => (error instanceof Error ? errorForLog(error) : error),
      },
    },
    destination ?? process.stdout,
  )

/** A thrown thing as a line tells it: its causes too, but neither documents nor addresses with passwords. */
export const errorForLog = (error: unknown, depth = 0): Record<string, unknown> => {
  if (!(error instanceof Error)) return { message: speakable(String(error)) }
  const { name, message, stack, cause } = error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return {
    name,
    message: speakable(message),
    code,
    // The frames without the message that V8 puts before them.
    stack: stack
      ?.split('\n')
      .filter((line) => /^\s+at /.test(line))
      .join('\n'),
    cause: cause === undefined || depth === 3 ? undefined : errorForLog(cause, depth + 1),
  }
}

const speakable = (text: string): string => {
  const whole = maskTaxIds(text.replaceAll(/\/\/[^/\s@]+@/g, '//…@'))
  return whole.length > longestMessage ? `${whole.slice(0, longestMessage)}…` : whole
}

/** `123456789012` as `1234••••••12`: enough to recognise one's own, not enough to look somebody up. */
export const maskTaxId = (taxId: string): string =>
  /^\d{12}$/.test(taxId) ? `${taxId.slice(0, 4)}••••••${taxId.slice(10)}` : taxId

/** Every stand-alone run of twelve digits. Longer numbers and digits within ids are something else. */
export const maskTaxIds = (text: string): string => text.replaceAll(/(?<![\w-])\d{12}(?![\w-])/g, maskTaxId)

/** Masks texts down to the depth that lines have; instants, errors and buffers are left to the serialisers. */
const maskFields = (value: unknown, depth = 0): unknown => {
  if (typeof value === 'string') return maskTaxIds(value)
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date)
    return value
  if (depth === 4) return '[…]'
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => maskFields(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, maskFields(item, depth + 1)]))
}
