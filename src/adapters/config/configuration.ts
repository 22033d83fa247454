import type { Fault } from '../../core/kernel/index.ts'
import { ConfigRefusal, missing, wrongValue } from './config-refusal.ts'
import type { Setting } from './setting.ts'
import { gatherEnvironment, gatherFile, variableOf, type Gathered } from './sources.ts'

/** Settings by the names the program uses. */
export type Declarations = Record<string, Setting<unknown>>

export type Values<D extends Declarations> = {
  readonly [N in keyof D]: D[N] extends Setting<infer T> ? T : never
}

/** A rule between settings: what is wrong, or nothing. */
export type Rule<D extends Declarations> = (values: Values<D>, declared: D) => Fault | undefined

export interface Sources {
  /** YAML files, the later ones stronger. */
  files: readonly string[]
  /** Stronger than any file; `process.env` unless a test brings its own. */
  environment?: Readonly<Record<string, string | undefined>>
}

/** One line of the configuration as it is printed at the start. */
export interface DescribedSetting {
  key: string
  /** Undefined for secrets. */
  value?: unknown
  /** Only for secrets. */
  configured?: boolean
  /** `default`, a file with its line, or an environment variable. */
  from: string
}

export interface Configuration<D extends Declarations> {
  values: Values<D>
  /** The whole configuration, without its secrets. */
  describe(): DescribedSetting[]
}

export interface Declared<D extends Declarations> {
  settings: D
  /** Throws `ConfigRefusal` with everything that is wrong. */
  read(sources: Sources): Configuration<D>
}

/** Declares the settings once: everything else (reading, refusing, printing, the page) follows from it. */
export const declare = <D extends Declarations>(settings: D, rules: readonly Rule<D>[] = []): Declared<D> => {
  const all = Object.values(settings)
  const keys = new Set(all.map(({ key }) => key))
  if (keys.size < all.length) throw new Error('two settings share a key')

  return {
    settings,
    read: ({ files, environment = process.env }) => {
      const gathered: Gathered = { found: new Map(), faults: [] }
      for (const file of files) gatherFile(all, file, gathered)
      gatherEnvironment(all, environment, gathered)
      const { found, faults } = gathered

      const values: Record<string, unknown> = {}
      for (const [name, setting] of Object.entries(settings)) {
        const given = found.get(setting.key)
        if (given === undefined) {
          values[name] = setting.fallback()
          if (setting.required) faults.push(missing(setting, variableOf(setting.key)))
          continue
        }
        const reading = setting.read(given.raw)
        if (reading.ok) values[name] = reading.value
        else faults.push(wrongValue(setting, given.place, [given.raw].flat().join(',')))
      }
      // A rule between settings would only repeat what is wrong with one of them.
      if (faults.length === 0) {
        faults.push(
          ...rules.map((rule) => rule(values as Values<D>, settings)).filter((one) => one !== undefined),
        )
      }
      if (faults.length > 0) throw new ConfigRefusal(faults)

      return {
        values: values as Values<D>,
        describe: () =>
          Object.entries(settings).map(([name, { key, secret }]) => {
            const from = found.get(key)?.place ?? 'default'
            return secret
              ? { key, configured: values[name] !== undefined, from }
              : { key, value: values[name], from }
          }),
      }
    },
  }
}

/** The page `docs/configuration.md`. */
export const configurationPage = (settings: Declarations): string => {
  const cell = (text: string) => text.replaceAll('|', '\\|')
  const sectionOf = ({ key }: { key: string }) => key.slice(0, key.indexOf('.'))
  const all = Object.values(settings)
  const tables = [...new Set(all.map(sectionOf))].map((section) => {
    const own = all.filter((setting) => sectionOf(setting) === section)
    const rows = own.map(({ key, shape, defaultText, doc, secret, required }) =>
      [
        `\`${key}\``,
        `\`${variableOf(key)}${secret ? '`, `…_FILE' : ''}\``,
        cell(shape.en),
        defaultText === undefined ? (required ? 'required' : '–') : `\`${cell(defaultText)}\``,
        cell(doc),
      ].join(' | '),
    )
    return [
      `## ${section}`,
      '',
      '| setting | environment | value | default | what it does |',
      '| --- | --- | --- | --- | --- |',
      ...rows.map((row) => `| ${row} |`),
    ].join('\n')
  })
  return [
    '# Configuration',
    '',
    'Generated from `src/adapters/config/settings.ts` by `node --import tsx scripts/configuration-page.mjs`.',
    '',
    'Sources, the later ones stronger: the defaults below, `config/default.yaml`, the file given with',
    '`--config`, the environment. A secret may lie in a file of its own: `…_FILE` in the environment, `…File` in',
    'YAML. A wrong value or an unknown name stops the start and says where it stands and what is wanted.',
    '',
    ...tables.flatMap((table) => [table, '']),
  ].join('\n')
}
