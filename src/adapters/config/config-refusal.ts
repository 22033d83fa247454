import { fault, type Fault, type Words } from '../../core/kernel/index.ts'
import type { Setting } from './setting.ts'

/** The configuration is wrong, and here is everything that is wrong with it at once. The start stops. */
export class ConfigRefusal extends Error {
  readonly faults: Fault[]

  constructor(faults: Fault[]) {
    super(faults.map(({ code, message }) => `${code}: ${message.en}`).join('\n'))
    this.name = 'ConfigRefusal'
    this.faults = faults
  }
}

/** Where a value stands: `config/default.yaml:12` or the name of an environment variable. */
export type Place = string

const shown = (setting: Setting<unknown>, value: string) => (setting.secret ? '' : ` «${value.slice(0, 80)}»`)

export const wrongValue = (setting: Setting<unknown>, place: Place, value: string): Fault => {
  const { key, shape, example } = setting
  const given = shown(setting, value)
  return fault('CONFIG-01', key, {
    ru: `${place}: значение${given} настройки ${key} не подходит. Нужно: ${shape.ru}. Пример: ${example}`,
    kk: `${place}: ${key} параметрінің${given} мәні жарамайды. Керегі: ${shape.kk}. Мысал: ${example}`,
    en: `${place}: the value${given} of ${key} does not fit. Wanted: ${shape.en}. Example: ${example}`,
  })
}

export const unknownKey = (key: string, place: Place, suggestion: string | undefined): Fault =>
  fault(
    'CONFIG-02',
    key,
    suggestion === undefined
      ? {
          ru: `${place}: настройки ${key} нет. Список настроек: docs/configuration.md`,
          kk: `${place}: ${key} деген параметр жоқ. Параметрлер тізімі: docs/configuration.md`,
          en: `${place}: there is no setting ${key}. All settings: docs/configuration.md`,
        }
      : {
          ru: `${place}: настройки ${key} нет. Может быть, ${suggestion}?`,
          kk: `${place}: ${key} деген параметр жоқ. Мүмкін, ${suggestion}?`,
          en: `${place}: there is no setting ${key}. Did you mean ${suggestion}?`,
        },
  )

export const missing = (setting: Setting<unknown>, variable: string, reason?: Words): Fault => {
  const { key, shape } = setting
  return fault('CONFIG-03', key, {
    ru: `Не задана настройка ${key}${reason === undefined ? '' : ` (${reason.ru})`}. Нужно: ${shape.ru}. Задайте её в файле или в ${variable}`,
    kk: `${key} параметрі берілмеген${reason === undefined ? '' : ` (${reason.kk})`}. Керегі: ${shape.kk}. Оны файлда немесе ${variable} арқылы беріңіз`,
    en: `${key} is not set${reason === undefined ? '' : ` (${reason.en})`}. Wanted: ${shape.en}. Set it in the file or in ${variable}`,
  })
}

export const unreadableFile = (place: Place, why: Words): Fault =>
  fault('CONFIG-04', '', {
    ru: `${place}: ${why.ru}`,
    kk: `${place}: ${why.kk}`,
    en: `${place}: ${why.en}`,
  })

export const givenTwice = (key: string, first: Place, second: Place): Fault =>
  fault('CONFIG-05', key, {
    ru: `${key} задана и в ${first}, и в ${second}. Оставьте одно`,
    kk: `${key} ${first} және ${second} ішінде қатар берілген. Біреуін қалдырыңыз`,
    en: `${key} is set both in ${first} and in ${second}. Keep one`,
  })

export const clash = (key: string, why: Words): Fault =>
  fault('CONFIG-06', key, {
    ru: `${key}: ${why.ru}`,
    kk: `${key}: ${why.kk}`,
    en: `${key}: ${why.en}`,
  })
