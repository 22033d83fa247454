import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  ConfigRefusal,
  configurationPage,
  declare,
  gatewaySettings,
} from '../../../../src/adapters/config/index.ts'
import {
  bool,
  choice,
  duration,
  int,
  list,
  path,
  secret,
  size,
  text,
  url,
} from '../../../../src/adapters/config/setting.ts'
import { variableOf } from '../../../../src/adapters/config/sources.ts'

const sample = declare({
  batch: int({ key: 'relay.batch', default: 100, min: 1, max: 1_000, unit: 'rows', doc: 'rows at once' }),
  pause: duration({ key: 'relay.pause', default: '4h', doc: 'pause' }),
  limit: size({ key: 'http.maxBody', default: '20MB', doc: 'limit' }),
  proxy: bool({ key: 'http.trustProxy', default: false, doc: 'proxy' }),
  home: url({ key: 'http.publicUrl', doc: 'home' }),
  kind: choice({ key: 'store.kind', of: ['embedded', 'postgres'], default: 'embedded', doc: 'kind' }),
  roles: list({ key: 'process.roles', of: ['http', 'worker'], default: ['http'], doc: 'roles' }),
  pin: secret({ key: 'signer.pin', doc: 'pin' }),
  folder: path({ key: 'archive.folder', default: './data', doc: 'folder' }),
  name: text({ key: 'process.name', required: true, doc: 'name' }),
})

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'daneker-config-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, content: string): string => {
  const at = join(folder, name)
  writeFileSync(at, content)
  return at
}

const refusal = (files: string[], environment: Record<string, string> = {}): ConfigRefusal => {
  try {
    sample.read({ files, environment: { DANEKER__PROCESS__NAME: 'x', ...environment } })
  } catch (error) {
    if (error instanceof ConfigRefusal) return error
    throw error
  }
  throw new Error('the configuration was taken')
}

describe('the configuration', () => {
  it('begins with defaults', () => {
    const { values } = sample.read({
      files: [],
      environment: { DANEKER__PROCESS__NAME: 'here', PATH: '/bin' },
    })
    expect(values).toEqual({
      batch: 100,
      pause: 4 * 3_600_000,
      limit: 20 * 1024 * 1024,
      proxy: false,
      home: undefined,
      kind: 'embedded',
      roles: ['http'],
      pin: undefined,
      folder: './data',
      name: 'here',
    })
    // The types say the same.
    const sum: number = values.batch + values.pause + values.limit
    const kind: 'embedded' | 'postgres' = values.kind
    expect([sum, kind, values.home?.length]).toEqual([100 + 14_400_000 + 20_971_520, 'embedded', undefined])
  })

  it('lets a later file win over an earlier one, and the environment over both', () => {
    const first = file(
      'first.yaml',
      'relay:\n  batch: 7\n  pause: 500ms\nprocess: { name: first, roles: [worker, http] }\n',
    )
    const second = file(
      'second.yaml',
      'relay:\n  batch: 8\nhttp:\n  trustProxy: true\n  publicUrl: https://edo.example.kz\n',
    )
    const { values, describe: describeAll } = sample.read({
      files: [first, second],
      environment: { DANEKER__RELAY__BATCH: '9', DANEKER__HTTP__MAX_BODY: '1GB' },
    })
    expect(values).toMatchObject({
      batch: 9,
      pause: 500,
      limit: 1024 ** 3,
      proxy: true,
      home: 'https://edo.example.kz',
      roles: ['worker', 'http'],
      name: 'first',
    })
    const from = Object.fromEntries(describeAll().map((line) => [line.key, line.from]))
    expect(from).toMatchObject({
      'relay.batch': 'DANEKER__RELAY__BATCH',
      'relay.pause': `${first}:3`,
      'http.trustProxy': `${second}:4`,
      'archive.folder': 'default',
    })
  })

  it('says where a wrong value stands, what is wanted, and an example, all at once', () => {
    const wrong = file(
      'wrong.yaml',
      '# comment\nrelay:\n  batch: 5000\n  pause: soon\nhttp:\n  publicUrl: ftp://x\n',
    )
    const { faults } = refusal([wrong], { DANEKER__STORE__KIND: 'oracle' })
    expect(faults.map(({ code, path: at }) => [code, at])).toEqual([
      ['CONFIG-01', 'relay.batch'],
      ['CONFIG-01', 'relay.pause'],
      ['CONFIG-01', 'http.publicUrl'],
      ['CONFIG-01', 'store.kind'],
    ])
    expect(faults[0]?.message.en).toBe(
      `${wrong}:3: the value «5000» of relay.batch does not fit. Wanted: whole number 1–1000 (rows). Example: 100`,
    )
    expect(faults[1]?.message.ru).toContain('wrong.yaml:4')
    expect(faults[3]?.message.ru).toContain(
      'DANEKER__STORE__KIND: значение «oracle» настройки store.kind не подходит',
    )
    expect(faults[3]?.message.en).toContain('one of: embedded, postgres')
  })

  it('refuses keys that nobody declared, with the one that was meant', () => {
    const odd = file('odd.yaml', 'relay:\n  bacth: 5\nhttp:\n  batch: 5\nweather:\n')
    const { faults } = refusal([odd], { DANEKER__RELAY__PAUS: '1s' })
    expect(faults.map(({ code }) => code)).toEqual(Array(4).fill('CONFIG-02'))
    const said = faults.map(({ message }) => message.en).join('\n')
    expect(said).toContain('odd.yaml:2: there is no setting relay.bacth. Did you mean relay.batch?')
    expect(said).toContain('odd.yaml:4: there is no setting http.batch. Did you mean relay.batch?')
    expect(said).toContain('odd.yaml:5: there is no setting weather.')
    expect(said).toContain('there is no setting DANEKER__RELAY__PAUS. Did you mean DANEKER__RELAY__PAUSE?')
  })

  it('takes a key without a value for a key that is not set', () => {
    const empty = file('empty.yaml', 'relay:\n  batch:\nhttp:\n')
    const { values } = sample.read({ files: [empty], environment: { DANEKER__PROCESS__NAME: 'x' } })
    expect(values.batch).toBe(100)
  })

  it('asks for what is required', () => {
    expect(() => sample.read({ files: [], environment: {} })).toThrow(
      /CONFIG-03: process\.name is not set.*DANEKER__PROCESS__NAME/,
    )
  })

  it('tells a broken file by its line, and a missing one by its name', () => {
    const broken = file('broken.yaml', 'relay:\n  batch: 5\n  batch: 6\n')
    expect(refusal([broken, join(folder, 'nowhere.yaml')]).faults.map(({ message }) => message.ru)).toEqual([
      expect.stringContaining('broken.yaml:3: это не YAML'),
      expect.stringContaining('nowhere.yaml: файл не читается (ENOENT)'),
    ])
  })

  it('reads a secret from the environment, from a file, and never shows it', () => {
    const pinFile = file('pin', 'hunter2\n')
    const environment = { DANEKER__PROCESS__NAME: 'x' }
    const fromVariable = sample.read({
      files: [],
      environment: { ...environment, DANEKER__SIGNER__PIN_FILE: pinFile },
    })
    const yaml = file('secret.yaml', `signer:\n  pinFile: ${pinFile}\n`)
    const fromYaml = sample.read({ files: [yaml], environment })
    expect([fromVariable.values.pin, fromYaml.values.pin]).toEqual(['hunter2', 'hunter2'])
    const shown = JSON.stringify([fromVariable.describe(), fromYaml.describe()])
    expect(shown).toContain('"configured":true')
    expect(shown).not.toContain('hunter2')
  })

  it('never shows a wrong secret either', () => {
    const strict = declare({ pin: secret({ key: 'signer.pin', pattern: /^\d+$/, doc: 'pin' }) })
    const read = () => strict.read({ files: [], environment: { DANEKER__SIGNER__PIN: 'hunter2' } })
    expect(read).toThrow(ConfigRefusal)
    expect(read).not.toThrow('hunter2')
  })

  it('refuses a secret that is given twice, and a file of one that is not there', () => {
    const twice = refusal([], { DANEKER__SIGNER__PIN: 'a', DANEKER__SIGNER__PIN_FILE: '/dev/null' })
    expect(twice.faults.map(({ code }) => code)).toEqual(['CONFIG-05'])
    const gone = refusal([], { DANEKER__SIGNER__PIN_FILE: join(folder, 'gone') })
    expect(gone.faults.map(({ code }) => code)).toEqual(['CONFIG-04'])
  })

  it('never throws anything but a refusal, whatever the values', () => {
    const names = fc.constantFrom(
      'RELAY__BATCH',
      'RELAY__PAUSE',
      'HTTP__MAX_BODY',
      'HTTP__PUBLIC_URL',
      'PROCESS__ROLES',
      'ODD',
    )
    fc.assert(
      fc.property(fc.dictionary(names, fc.string()), (given) => {
        const environment = Object.fromEntries(
          Object.entries(given).map(([name, value]) => [`DANEKER__${name}`, value]),
        )
        try {
          const { values } = sample.read({
            files: [],
            environment: { ...environment, DANEKER__PROCESS__NAME: 'x' },
          })
          expect(Number.isSafeInteger(values.batch) && Number.isSafeInteger(values.pause)).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigRefusal)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('the settings of the gateway', () => {
  it('start with nothing set at all', () => {
    const { values } = gatewaySettings.read({ files: [], environment: {} })
    expect(values).toMatchObject({ storeKind: 'embedded', queueKind: 'table', httpPort: 8080 })
  })

  it('want everything that replicas must share when the store is PostgreSQL', () => {
    const read = () =>
      gatewaySettings.read({
        files: [],
        environment: { DANEKER__STORE__KIND: 'postgres', DANEKER__QUEUE__KIND: 'rabbitmq' },
      })
    let faults: string[] = []
    try {
      read()
    } catch (error) {
      faults = error instanceof ConfigRefusal ? error.faults.map(({ path: at }) => at) : []
    }
    expect(faults).toEqual([
      'store.url',
      'queue.url',
      'secrets.pepper',
      'secrets.masterKey',
      'residency.store',
      'residency.archive',
      'residency.backup',
      'residency.log',
    ])
  })

  it('take no place of data outside Kazakhstan, and want none where certificates are for tests', () => {
    const read = (environment: Record<string, string>) => () =>
      gatewaySettings.read({ files: [], environment })
    expect(read({ DANEKER__RESIDENCY__STORE: 'DE, Frankfurt' })).toThrow(/CONFIG-01/)
    expect(read({ DANEKER__RESIDENCY__STORE: 'KZ, Алматы' })).not.toThrow()
    const key = Buffer.alloc(32).toString('base64')
    const postgres = {
      DANEKER__STORE__KIND: 'postgres',
      DANEKER__STORE__URL: 'postgres://u:p@h/d',
      DANEKER__SECRETS__PEPPER: key,
      DANEKER__SECRETS__MASTER_KEY: key,
    }
    expect(read({ ...postgres, DANEKER__SIGNATURE__ENVIRONMENT: 'test' })).not.toThrow()
    const mailed = { ...postgres, DANEKER__MAIL__URL: 'smtp://h:25' }
    expect(read(mailed)).toThrow(/residency\.mail/)
  })

  it('do not split the roles of an embedded store', () => {
    expect(() =>
      gatewaySettings.read({ files: [], environment: { DANEKER__PROCESS__ROLES: 'http' } }),
    ).toThrow('CONFIG-06')
  })

  it('take their own examples and defaults', () => {
    for (const setting of Object.values(gatewaySettings.settings)) {
      if (setting.secret || setting.example === '') continue
      expect([setting.key, setting.read(setting.example).ok]).toEqual([setting.key, true])
    }
  })

  it('are described whole on their page', () => {
    const page = readFileSync(
      fileURLToPath(new URL('../../../../docs/configuration.md', import.meta.url)),
      'utf8',
    )
    const rows = (text: string) => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---')
    expect(rows(page)).toBe(rows(configurationPage(gatewaySettings.settings)))
  })

  it('are set by the files in config/', () => {
    const shipped = (name: string) => fileURLToPath(new URL(`../../../../config/${name}`, import.meta.url))
    const { values } = gatewaySettings.read({ files: [shipped('default.yaml')], environment: {} })
    expect(values).toMatchObject({ storeKind: 'embedded', queueKind: 'table' })

    const key = Buffer.alloc(32, 7).toString('base64')
    const secrets = {
      'store-url': 'postgres://a:b@db/daneker',
      'queue-url': 'amqp://a:b@mq',
      pepper: key,
      'master-key': key,
      'mail-url': 'smtp://mail',
    }
    for (const [name, value] of Object.entries(secrets)) file(`daneker-${name}`, `${value}\n`)
    const example = readFileSync(shipped('production.yaml'), 'utf8').replaceAll('/run/secrets', folder)
    const production = gatewaySettings.read({
      files: [shipped('default.yaml'), file('production.yaml', example)],
      environment: {},
    })
    expect(production.values).toMatchObject({
      storeKind: 'postgres',
      storeUrl: 'postgres://a:b@db/daneker',
      queueUrl: 'amqp://a:b@mq',
      masterKey: key,
      httpTrustProxy: true,
    })
  })

  it('have names that environments can spell', () => {
    expect(variableOf('http.publicUrl')).toBe('DANEKER__HTTP__PUBLIC_URL')
    const names = Object.values(gatewaySettings.settings).map(({ key }) => variableOf(key))
    expect(new Set(names).size).toBe(names.length)
    expect(names.every((name) => /^DANEKER__[A-Z0-9_]+$/.test(name))).toBe(true)
  })
})
