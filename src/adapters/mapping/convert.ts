import { vatRatesOn } from '../../core/document/index.ts'
import type { ConnectionProfile } from '../../core/company/index.ts'
import { isTaxId, type Fault, type LocalDate } from '../../core/kernel/index.ts'
import { dayIn, noDay, usualDates } from './dates.ts'
import { countryOf, currencyOf, lookUp, tableLookUp, unitCodeOf, vatRateOf } from './dictionaries.ts'
import type { Conversion, Dictionary } from './mapping.ts'
import { readingFault, shown } from './mapping-faults.ts'
import { decimalIn, plainText, rounded } from './numbers.ts'
import { uuidOf } from './uuid5.ts'

/** What words mean for one document: the tables of the connection first, then the mapping's, then ours. */
export interface Lookups {
  readonly profile: ConnectionProfile
  readonly dictionaries: Readonly<Record<string, Dictionary>>
  /** By dictionary: the connection's own entries. */
  readonly own: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** The day of the document, for what changes with time. */
  readonly day: LocalDate | undefined
  /** Parts of the name of a made GUID beside the value. */
  readonly uuidScope: readonly string[]
}

export interface Converted {
  readonly value: string | boolean
  /** The dictionary that translated it. */
  readonly dictionary?: string
}

export interface Wanted {
  readonly as: Conversion
  readonly format: string | undefined
  readonly dictionary: string | undefined
  readonly round: number | undefined
}

const yes = new Set(['true', '1', 'да', 'истина', 'yes', 'y', 'иә', 'on', '+'])
const no = new Set(['false', '0', 'нет', 'ложь', 'no', 'n', 'жоқ', 'off', '-'])

/** Makes of a foreign text what the field wants. `undefined`: as good as absent. */
export const convert = (
  text: string,
  wanted: Wanted,
  lookups: Lookups,
  at: { path: string; source: string | undefined },
): Converted | Fault | undefined => {
  const first =
    wanted.dictionary === undefined
      ? { value: text }
      : translated(text, wanted, wanted.dictionary, lookups, at)
  if ('code' in first) return first
  const made = cast(first.value, wanted, lookups, at)
  if (made === undefined || 'code' in made) return made
  const dictionary = first.dictionary ?? made.dictionary
  return dictionary === undefined ? made : { value: made.value, dictionary }
}

const translated = (
  text: string,
  wanted: Wanted,
  name: string,
  lookups: Lookups,
  at: { path: string; source: string | undefined },
): { value: string; dictionary?: string } | Fault => {
  const own = tableLookUp(Object.hasOwn(lookups.own, name) ? lookups.own[name] : undefined, text)
  if (own !== undefined) return { value: own, dictionary: `${name} (подключение)` }
  const dictionary = Object.hasOwn(lookups.dictionaries, name) ? lookups.dictionaries[name] : undefined
  // A built-in one is what the conversion does by itself.
  if (dictionary === undefined) return { value: text }
  const value = lookUp(dictionary, text, lookups.day)
  if (value !== undefined) return { value, dictionary: name }
  switch (dictionary.otherwise.is) {
    case 'value':
      return { value: dictionary.otherwise.value, dictionary: `${name} (otherwise)` }
    case 'keep':
      return { value: text }
    case 'refuse': {
      // The field's own words may know it: a unit that is МКЕИ already needs no translation.
      const known = wanted.as === 'text' ? undefined : cast(text, wanted, lookups, at)
      return known !== undefined && !('code' in known) && known.dictionary !== undefined
        ? { value: text }
        : unknownWord(text, name, lookups.day, at, ownRemedy(name))
    }
  }
}

const ownRemedy = (name: string) => ({
  ru: `Добавьте строку в dictionaries.${name} отображения или подключения.`,
  kk: `Сәйкестендірудің немесе қосылымның dictionaries.${name} бөліміне жол қосыңыз.`,
  en: `Add a line to dictionaries.${name} of the mapping or of the connection.`,
})

const unknownWord = (
  text: string,
  dictionary: string,
  day: LocalDate | undefined,
  { path, source }: { path: string; source: string | undefined },
  remedy: { ru: string; kk: string; en: string },
): Fault =>
  readingFault('MAPPING-43', path, source, { found: shown(text), dictionary, onDay: onDay(day), remedy })

const onDay = (day: LocalDate | undefined) =>
  day === undefined ? '' : { ru: ` на ${day}`, kk: ` ${day} күні`, en: ` on ${day}` }

const cast = (
  raw: string,
  { as, format, round }: Wanted,
  { profile, day, uuidScope }: Lookups,
  at: { path: string; source: string | undefined },
): Converted | Fault | undefined => {
  const text = raw.trim()
  if (text === '') return undefined
  const { path, source } = at
  switch (as) {
    case 'text':
      return { value: text }
    case 'decimal': {
      const value = decimalIn(text)
      if (typeof value === 'string') {
        const code = value === 'too-large' ? 'MAPPING-58' : 'MAPPING-41'
        return readingFault(code, path, source, { found: shown(text) })
      }
      return { value: plainText(round === undefined ? value : rounded(value, round)) }
    }
    case 'date': {
      const value = dayIn(text, format)
      if (value === undefined)
        return readingFault('MAPPING-42', path, source, { found: shown(text), format: format ?? usualDates })
      return value === noDay ? undefined : { value }
    }
    case 'boolean': {
      const word = text.toLowerCase()
      if (yes.has(word)) return { value: true }
      return no.has(word)
        ? { value: false }
        : readingFault('MAPPING-44', path, source, { found: shown(text) })
    }
    case 'tax-id':
      return { value: taxIdIn(text) }
    case 'account':
      return { value: text.replace(/[\s\u00a0]+/g, '').toUpperCase() }
    case 'uuid':
      return { value: uuidOf(...uuidScope, text) }
    case 'unit': {
      const own = tableLookUp(profile.units, text)
      if (own !== undefined) return { value: own, dictionary: 'units (подключение)' }
      const code = unitCodeOf(text)
      return code === undefined
        ? unknownWord(text, 'mkei', undefined, at, unitRemedy)
        : { value: code, dictionary: 'mkei' }
    }
    case 'vat': {
      const own = tableLookUp(profile.vatRates, text)
      if (own !== undefined) return { value: own, dictionary: 'vatRates (подключение)' }
      const rate = vatRateOf(text, day)
      if (rate !== undefined) return { value: rate, dictionary: 'vat' }
      const rates = day === undefined ? '16, 12, 10, 5, 0, none' : vatRatesOn(day).join(', ')
      return readingFault('MAPPING-60', path, source, { found: shown(text), onDay: onDay(day), rates })
    }
    case 'currency': {
      const code = currencyOf(text)
      return code === undefined
        ? unknownWord(text, 'currencies', undefined, at, isoRemedy)
        : { value: code, dictionary: 'currencies' }
    }
    case 'country': {
      const code = countryOf(text)
      return code === undefined
        ? unknownWord(text, 'countries', undefined, at, isoRemedy)
        : { value: code, dictionary: 'countries' }
    }
  }
}

const unitRemedy = {
  ru: 'Укажите код МКЕИ в справочнике единиц или впишите «название: код» в units подключения.',
  kk: 'Бірліктер анықтамалығында ӨБХЖ кодын көрсетіңіз немесе қосылымның units бөліміне «атауы: коды» жазыңыз.',
  en: 'Give the МКЕИ code in the list of units, or enter “name: code” in units of the connection.',
}

const isoRemedy = {
  ru: 'Укажите код ISO (KZT, KZ) или добавьте слово в справочник отображения.',
  kk: 'ISO кодын (KZT, KZ) көрсетіңіз немесе сөзді сәйкестендіру анықтамалығына қосыңыз.',
  en: 'Give the ISO code (KZT, KZ) or add the word to a dictionary of the mapping.',
}

/** Spaces go; zeros in front that a sheet has eaten come back when the check digit then holds. */
export const taxIdIn = (text: string): string => {
  const digits = text.replace(/[\s\u00a0-]+/g, '')
  if (!/^\d{8,11}$/.test(digits)) return digits
  const padded = digits.padStart(12, '0')
  return isTaxId(padded) ? padded : digits
}
