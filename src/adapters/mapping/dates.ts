import { almatyDate, isLocalDate, type LocalDate } from '../../core/kernel/index.ts'

/** `0001-01-01`: there is a field, and no day in it. */
export const noDay = Symbol('the empty date of 1C')

/** What is read when a mapping names no format. */
export const usualDates = '2026-03-31, 31.03.2026, 2026-03-31T10:00:00+05:00'

const isoDay = /^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)?$/
const instant = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/
const pointed = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ г.]*(?:\d{1,2}:\d{2}(?::\d{2})?)?)?$/

/** Formats that are no pattern: seconds and milliseconds since 1970, days of a sheet since 1900. */
const counted: Readonly<Record<string, (count: number) => Date>> = {
  unix: (count) => new Date(count * 1000),
  'unix-ms': (count) => new Date(count),
  // Day 1 is 1900-01-01, and a 29 February 1900 that never was is counted.
  excel: (count) => new Date(Math.floor(count - 25_569) * 86_400_000),
}

const tokens: Readonly<Record<string, string>> = {
  yyyy: '(?<year>\\d{4})',
  yy: '(?<short>\\d{2})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  dd: '(?<day>\\d{2})',
  d: '(?<day>\\d{1,2})',
  HH: '\\d{2}',
  H: '\\d{1,2}',
  mm: '\\d{2}',
  ss: '\\d{2}',
}

/** True for a format of dates: `dd.MM.yyyy`, `yyyyMMdd`, `M/d/yyyy H:mm`, `unix`, `unix-ms`, `excel`. */
export const isDateFormat = (format: string): boolean =>
  Object.hasOwn(counted, format) || patternOf(format) !== undefined

const patternOf = (format: string): RegExp | undefined => {
  if (format.length > 40) return undefined
  const source = format.replace(/yyyy|yy|MM|M|dd|d|HH|H|mm|ss|[^A-Za-z]|[A-Za-z]+/g, (part) => {
    if (Object.hasOwn(tokens, part)) return tokens[part] ?? ''
    return /^[A-Za-z]/.test(part) ? '\u0000' : part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  })
  const isWhole = ['<month>', '<day>'].every((one) => source.split(one).length === 2)
  const hasYear = source.split('<year>').length + source.split('<short>').length === 3
  return isWhole && hasYear && !source.includes('\u0000') ? new RegExp(`^${source}$`) : undefined
}

/**
 * The day a foreign text means; undefined when it means none. An instant with a zone is the day it falls on in
 * Almaty; a time without one is dropped. `0001-01-01` is how 1C writes no day.
 */
export const dayIn = (text: string, format: string | undefined): LocalDate | typeof noDay | undefined => {
  const said = text.trim()
  if (/^0001-01-01|^01\.01\.0001/.test(said)) return noDay
  const day = format === undefined ? usual(said) : byFormat(said, format)
  return day !== undefined && isLocalDate(day) ? day : undefined
}

const usual = (text: string): string | undefined => {
  if (text.length > 40) return undefined
  if (instant.test(text)) return dayOf(new Date(text.replace(' ', 'T')))
  const iso = isoDay.exec(text)?.[1]
  if (iso !== undefined) return iso
  const point = pointed.exec(text)
  if (point === null) return undefined
  const [, day = '', month = '', year = ''] = point
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

const byFormat = (text: string, format: string): string | undefined => {
  const count = Object.hasOwn(counted, format) ? counted[format] : undefined
  if (count !== undefined) {
    if (!/^\d{1,13}(?:\.\d{1,10})?$/.test(text)) return undefined
    const date = count(Number(text))
    // Days of a sheet have no zone.
    return format === 'excel'
      ? Number.isNaN(date.getTime())
        ? undefined
        : date.toISOString().slice(0, 10)
      : dayOf(date)
  }
  const found = patternOf(format)?.exec(text)?.groups
  if (found === undefined) return undefined
  const year = found['year'] ?? `20${found['short'] ?? ''}`
  return `${year}-${(found['month'] ?? '').padStart(2, '0')}-${(found['day'] ?? '').padStart(2, '0')}`
}

const dayOf = (date: Date): string | undefined =>
  Number.isNaN(date.getTime()) ? undefined : almatyDate(date)
