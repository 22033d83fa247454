import type { Words } from '../../core/kernel/index.ts'

/** What a source says for one setting, before it is understood: a scalar as it is written, or a list of them. */
export type RawValue = string | string[]

export type Reading<T> = { ok: true; value: T } | { ok: false }

/** One setting: where it is found, what it may be, what it is for. */
export interface Setting<T> {
  /** `section.name`; the environment spells it `DANEKER__SECTION__NAME`. */
  readonly key: string
  /** One sentence for `docs/configuration.md`. */
  readonly doc: string
  /** What the value looks like, for the page: `whole number, 1–1000, rows`. */
  readonly shape: Words
  readonly example: string
  /** Never shown, may come from a file (`…_FILE`, or `…File` in YAML). */
  readonly secret: boolean
  readonly required: boolean
  /** As it would be written; undefined when there is none. */
  readonly defaultText: string | undefined
  read(raw: RawValue): Reading<T>
  /** The value when nobody sets it. */
  fallback(): T
}

interface Common<T> {
  key: string
  doc: string
  /** Without a default the setting may be absent, unless it is `required`. */
  default?: T
  required?: boolean
  example?: string
}

/** `T` where a value is certain, `T | undefined` where it may be absent. */
type Certain<T, O> = O extends { default: NonNullable<unknown> } | { required: true } ? T : T | undefined

interface Kind<T> {
  shape: Words
  example: string
  parse(text: string): T | undefined
  show(value: T): string
  secret?: boolean
}

const scalar = <T, const O extends Common<T>>(options: O, kind: Kind<T>): Setting<Certain<T, O>> => ({
  key: options.key,
  doc: options.doc,
  shape: kind.shape,
  example: options.example ?? (options.default === undefined ? kind.example : kind.show(options.default)),
  secret: kind.secret ?? false,
  required: options.required ?? false,
  defaultText: options.default === undefined ? undefined : kind.show(options.default),
  read: (raw) => {
    const value = typeof raw === 'string' ? kind.parse(raw.trim()) : undefined
    return value === undefined ? { ok: false } : { ok: true, value: value as Certain<T, O> }
  },
  fallback: () => options.default as Certain<T, O>,
})

const sameWord = (text: string): Words => ({ ru: text, kk: text, en: text })

const words = (ru: string, kk: string, en: string): Words => ({ ru, kk, en })

const join = (first: Words, second: Words): Words => ({
  ru: first.ru + second.ru,
  kk: first.kk + second.kk,
  en: first.en + second.en,
})

/** A whole number with its limits and its unit. */
export const int = <const O extends Common<number> & { min?: number; max?: number; unit?: string }>(
  options: O,
): Setting<Certain<number, O>> => {
  const { min = 0, max, unit } = options
  const limits = max === undefined ? `≥ ${min}` : `${min}–${max}`
  return scalar<number, O>(options, {
    shape: join(
      words('целое число ', 'бүтін сан ', 'whole number '),
      sameWord(unit === undefined ? limits : `${limits} (${unit})`),
    ),
    example: String(min),
    parse: (text) => {
      if (!/^-?\d{1,15}$/.test(text)) return undefined
      const value = Number(text)
      return value < min || (max !== undefined && value > max) ? undefined : value
    },
    show: String,
  })
}

/** One line of text. */
export const text = <const O extends Common<string> & { pattern?: RegExp; looksLike?: Words }>(
  options: O,
): Setting<Certain<string, O>> =>
  scalar<string, O>(options, {
    shape: options.looksLike ?? words('строка', 'жол', 'text'),
    example: 'daneker',
    parse: (value) =>
      value === '' || (options.pattern !== undefined && !options.pattern.test(value)) ? undefined : value,
    show: (value) => value,
  })

/** `true` or `false`; nothing that YAML's older readers would take for one. */
export const bool = <const O extends Common<boolean>>(options: O): Setting<Certain<boolean, O>> =>
  scalar<boolean, O>(options, {
    shape: words('true или false', 'true немесе false', 'true or false'),
    example: 'true',
    parse: (value) => (value === 'true' ? true : value === 'false' ? false : undefined),
    show: String,
  })

const durationUnits: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A length of time, read to milliseconds. */
export const duration = <const O extends Common<string> & { min?: string; max?: string }>(
  options: O,
): Setting<Certain<number, O>> => {
  const min = durationMs(options.min ?? '0ms') ?? 0
  const max = durationMs(options.max ?? '3650d') ?? Number.MAX_SAFE_INTEGER
  const between = `${options.min ?? '0ms'}–${options.max ?? '3650d'}`
  const setting = scalar<string, Common<string>>(options, {
    shape: words(
      `длительность ${between}: число и единица ms, s, m, h или d`,
      `ұзақтық ${between}: сан және ms, s, m, h немесе d бірлігі`,
      `length of time ${between}: a number and ms, s, m, h or d`,
    ),
    example: '30s',
    parse: (value) => {
      const ms = durationMs(value)
      return ms === undefined || ms < min || ms > max ? undefined : value
    },
    show: (value) => value,
  })
  return through(setting, (value) => durationMs(value)) as Setting<Certain<number, O>>
}

const durationMs = (value: string): number | undefined => {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(value)
  return match === null ? undefined : Number(match[1]) * (durationUnits[match[2]!] ?? Number.NaN)
}

const sizeUnits: Record<string, number> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 }

/** An amount of bytes; KB, MB and GB are powers of 1024. */
export const size = <const O extends Common<string> & { min?: string; max?: string }>(
  options: O,
): Setting<Certain<number, O>> => {
  const min = sizeBytes(options.min ?? '0B') ?? 0
  const max = sizeBytes(options.max ?? '1024GB') ?? Number.MAX_SAFE_INTEGER
  const between = `${options.min ?? '0B'}–${options.max ?? '1024GB'}`
  const setting = scalar<string, Common<string>>(options, {
    shape: words(
      `размер ${between}: число и единица B, KB, MB или GB`,
      `өлшем ${between}: сан және B, KB, MB немесе GB бірлігі`,
      `size ${between}: a number and B, KB, MB or GB`,
    ),
    example: '20MB',
    parse: (value) => {
      const bytes = sizeBytes(value)
      return bytes === undefined || bytes < min || bytes > max ? undefined : value
    },
    show: (value) => value,
  })
  return through(setting, (value) => sizeBytes(value)) as Setting<Certain<number, O>>
}

const sizeBytes = (value: string): number | undefined => {
  const match = /^(\d{1,12})(B|KB|MB|GB)$/.exec(value)
  return match === null ? undefined : Number(match[1]) * (sizeUnits[match[2]!] ?? Number.NaN)
}

/** The same setting, its text turned into what the program computes with. */
const through = <T>(
  setting: Setting<string | undefined>,
  turn: (value: string) => T,
): Setting<T | undefined> => ({
  ...setting,
  read: (raw) => {
    const reading = setting.read(raw)
    if (!reading.ok) return reading
    return { ok: true, value: reading.value === undefined ? undefined : turn(reading.value) }
  },
  fallback: () => {
    const value = setting.fallback()
    return value === undefined ? undefined : turn(value)
  },
})

/** An address. Passwords do not belong in it: use a `secret` for those that carry one. */
export const url = <const O extends Common<string> & { protocols?: readonly string[] }>(
  options: O,
): Setting<Certain<string, O>> => {
  const protocols = options.protocols ?? ['https', 'http']
  return scalar<string, O>(options, {
    shape: join(
      words('адрес ', 'мекенжай ', 'address '),
      sameWord(protocols.map((p) => `${p}://…`).join(', ')),
    ),
    example: `${protocols[0]}://edo.example.kz`,
    parse: (value) => {
      if (!URL.canParse(value)) return undefined
      const parsed = new URL(value)
      const fits = protocols.includes(parsed.protocol.slice(0, -1)) && parsed.hostname !== ''
      return fits && parsed.password === '' ? value : undefined
    },
    show: (value) => value,
  })
}

/** One of a few words. */
export const choice = <const V extends string, const O extends Common<V>>(
  options: O & { of: readonly V[] },
): Setting<Certain<V, O>> =>
  scalar<V, O>(options, {
    shape: join(words('одно из: ', 'мыналардың бірі: ', 'one of: '), sameWord(options.of.join(', '))),
    example: options.of[0] ?? '',
    parse: (value) => options.of.find((one) => one === value),
    show: (value) => value,
  })

/** Several words: a YAML list, or one line with commas. */
export const list = <const V extends string = string>(options: {
  key: string
  doc: string
  default: readonly V[]
  of?: readonly V[]
  example?: string
}): Setting<readonly V[]> => ({
  key: options.key,
  doc: options.doc,
  shape: join(
    words('список через запятую', 'үтірмен бөлінген тізім', 'list with commas'),
    sameWord(options.of === undefined ? '' : `: ${options.of.join(', ')}`),
  ),
  example: options.example ?? options.default.join(','),
  secret: false,
  required: false,
  defaultText: options.default.join(','),
  read: (raw) => {
    const values = (typeof raw === 'string' ? raw.split(',') : raw).map((one) => one.trim()).filter(Boolean)
    const known = values.every((one) => options.of === undefined || options.of.includes(one as V))
    return known && new Set(values).size === values.length
      ? { ok: true, value: values as V[] }
      : { ok: false }
  },
  fallback: () => options.default,
})

/** A password, a key, an address with a password. Shown as `configured: true`, never in a message. */
export const secret = <const O extends Common<string> & { pattern?: RegExp; looksLike?: Words }>(
  options: O,
): Setting<Certain<string, O>> =>
  scalar<string, O>(options, {
    shape: options.looksLike ?? words('секрет', 'құпия', 'secret'),
    example: '…',
    parse: (value) =>
      value === '' || (options.pattern !== undefined && !options.pattern.test(value)) ? undefined : value,
    show: (value) => value,
    secret: true,
  })

/** A file or a folder; relative to the folder the gateway was started in. */
export const path = <const O extends Common<string>>(options: O): Setting<Certain<string, O>> =>
  scalar<string, O>(options, {
    shape: words('путь', 'жол', 'path'),
    example: './data',
    parse: (value) => (value === '' || value.includes('\0') ? undefined : value),
    show: (value) => value,
  })
