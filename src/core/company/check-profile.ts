import { readPartyDetails, wasEverVatRate } from '../document/index.ts'
import { fault, type Fault, type Result } from '../kernel/index.ts'
import type { ConnectionProfile } from './connection-profile.ts'

/** A profile is read with every file of its connection: larger ones are somebody's data, not settings. */
const maxProfileBytes = 256 * 1024
const maxEntries = 2_000

const unknownPart = (path: string): Fault =>
  fault('PROFILE-01', path, {
    ru: 'В профиле нет такой части. Есть: organisation, units, vatRates, settings.',
    kk: 'Профильде мұндай бөлік жоқ. Бары: organisation, units, vatRates, settings.',
    en: 'A profile has no such part. There are: organisation, units, vatRates, settings.',
  })

const notObject = (path: string): Fault =>
  fault('PROFILE-02', path, {
    ru: 'Здесь ожидается набор пар «имя: значение» (объект JSON).',
    kk: 'Мұнда «аты: мәні» жұптарының жиыны (JSON объектісі) күтіледі.',
    en: 'A set of pairs "name: value" is expected here (a JSON object).',
  })

const badUnit = (path: string): Fault =>
  fault('PROFILE-03', path, {
    ru: 'Код единицы — 3 или 4 цифры по классификатору МКЕИ в виде строки, например "796".',
    kk: 'Бірлік коды — ӨБХЖ жіктеуіші бойынша 3 немесе 4 цифр, жол түрінде, мысалы "796".',
    en: 'A unit code is 3 or 4 digits of the classifier MKEI as text, such as "796".',
  })

const badVatRate = (path: string): Fault =>
  fault('PROFILE-04', path, {
    ru: 'Ставка НДС — строка: "16", "12", "0" … или "none" (без НДС).',
    kk: 'ҚҚС мөлшерлемесі — жол: "16", "12", "0" … немесе "none" (ҚҚС-сыз).',
    en: 'A VAT rate is text: "16", "12", "0" … or "none" (without VAT).',
  })

const tooLarge = (): Fault =>
  fault('PROFILE-05', '', {
    ru: `Профиль больше ${maxProfileBytes / 1024} КБ или таблица длиннее ${maxEntries} строк. Оставьте в нём только настройки.`,
    kk: `Профиль ${maxProfileBytes / 1024} КБ-тан үлкен немесе кесте ${maxEntries} жолдан ұзын. Онда тек баптауларды қалдырыңыз.`,
    en: `The profile is above ${maxProfileBytes / 1024} KB, or a table above ${maxEntries} lines. Keep only settings in it.`,
  })

const secretInside = (path: string): Fault =>
  fault('PROFILE-06', path, {
    ru: 'Пароли и ключи в профиле не хранятся: он виден целиком. Задайте пароль базы командой daneker connection base.',
    kk: 'Құпиясөздер мен кілттер профильде сақталмайды: ол толық көрінеді. База құпиясөзін daneker connection base командасымен беріңіз.',
    en: 'Passwords and keys are not kept in a profile, which is shown whole. Give a base its password with daneker connection base.',
  })

const badName = (path: string): Fault =>
  fault('PROFILE-07', path, {
    ru: 'Имя пустое или длиннее 200 знаков.',
    kk: 'Атауы бос немесе 200 таңбадан ұзын.',
    en: 'The name is empty or longer than 200 characters.',
  })

const unknownSettings = (path: string): Fault =>
  fault('PROFILE-08', path, {
    ru: 'Нет ни двери, ни формата с таким именем. Сверьтесь со списком дверей (daneker connection show).',
    kk: 'Мұндай атпен есік те, пішім де жоқ. Есіктер тізімін қараңыз (daneker connection show).',
    en: 'Neither a door nor a format has this name. See the list of doors (daneker connection show).',
  })

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const looksSecret = /passw|пароль|құпиясөз|secret|api_?key|^token$/i

/** Places in settings that are named as a secret is. */
const secretsIn = (value: unknown, path: string): Fault[] => {
  if (Array.isArray(value)) return value.flatMap((item, at) => secretsIn(item, `${path}[${at}]`))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, part]) => {
    const at = `${path}.${name.slice(0, 60)}`
    return looksSecret.test(name) ? [secretInside(at)] : secretsIn(part, at)
  })
}

const table = (
  value: unknown,
  path: string,
  isGood: (value: unknown) => value is string,
  bad: (path: string) => Fault,
): Fault[] => {
  if (!isObject(value)) return [notObject(path)]
  const entries = Object.entries(value)
  if (entries.length > maxEntries) return [tooLarge()]
  return entries.flatMap(([name, code]) => {
    const at = `${path}.${name.slice(0, 60)}`
    if (name.trim() === '' || name.length > 200) return [badName(at)]
    return isGood(code) ? [] : [bad(at)]
  })
}

const isUnit = (value: unknown): value is string => typeof value === 'string' && /^\d{3,4}$/.test(value)

const isVatRate = (value: unknown): value is string =>
  typeof value === 'string' && (value === 'none' || wasEverVatRate(value))

/**
 * A profile as an administrator gives it. Every fault at once: what the profile does not know, what the document
 * language does not take, and what doors and mappings say of their own settings.
 */
export const checkProfile = (
  value: unknown,
  checkSettings: (name: string, settings: Record<string, unknown>) => readonly Fault[] | undefined,
): Result<ConnectionProfile> => {
  if (!isObject(value)) return { ok: false, faults: [notObject('')] }
  if (JSON.stringify(value).length > maxProfileBytes) return { ok: false, faults: [tooLarge()] }
  const { organisation, units, vatRates, settings, ...unknown } = value
  const faults: Fault[] = Object.keys(unknown).map((name) => unknownPart(name.slice(0, 60)))
  const profile: ConnectionProfile = {}

  if (organisation !== undefined) {
    const read = isObject(organisation)
      ? readPartyDetails(organisation, 'organisation')
      : { ok: false as const, faults: [notObject('organisation')] }
    if (read.ok) profile.organisation = read.value
    else faults.push(...read.faults)
  }
  if (units !== undefined) {
    faults.push(...table(units, 'units', isUnit, badUnit))
    profile.units = units as Record<string, string>
  }
  if (vatRates !== undefined) {
    faults.push(...table(vatRates, 'vatRates', isVatRate, badVatRate))
    profile.vatRates = vatRates as Record<string, string>
  }
  if (settings !== undefined) {
    if (!isObject(settings)) faults.push(notObject('settings'))
    else {
      for (const [name, own] of Object.entries(settings)) {
        const path = `settings.${name.slice(0, 60)}`
        if (!isObject(own)) faults.push(notObject(path))
        else {
          const found = checkSettings(name, own) ?? [unknownSettings('')]
          faults.push(...secretsIn(own, path))
          for (const one of found)
            faults.push({ ...one, path: [path, one.path].filter((part) => part !== '').join('.') })
        }
      }
      profile.settings = settings as Record<string, Record<string, unknown>>
    }
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: profile }
}
