import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { MappingRunner } from '../../../../src/adapters/mapping/index.ts'
import {
  labFaults,
  readSampleFolder,
  skeletonOf,
  testFolder,
  writeNew,
  type LabReport,
} from '../../../../src/adapters/mapping/lab/index.ts'

const runner = new MappingRunner()
let work: string
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'daneker-lab-'))
})
afterAll(async () => {
  await runner.stop()
  rmSync(work, { recursive: true, force: true })
})

const test = async (
  folder: string,
  options: { update?: boolean; mapping?: string } = {},
): Promise<LabReport> => {
  const read = readSampleFolder(folder, options.mapping)
  if (!read.ok) throw new Error(read.faults.map(({ message }) => message.ru).join('\n'))
  return testFolder(read.value, (...asked) => runner.read(...asked), options)
}

const outcomes = ({ results }: LabReport): string[] => results.map(({ outcome }) => outcome)

describe('the mappings that come with the gateway', () => {
  const samples = join(process.cwd(), 'config', 'adapters', 'samples')
  it.each(readdirSync(samples))('%s reads its samples as it did', async (name) => {
    const report = await test(join(samples, name))
    expect(report.results.flatMap(({ changes }) => changes)).toEqual([])
    // A sample without a kept result proves nothing.
    expect(new Set(outcomes(report))).toEqual(new Set(['same']))
  })
})

describe('a new mapping', () => {
  it.each(['json', 'xml', 'csv'] as const)(
    'of %s is right at once, and its sample becomes a document',
    async (format) => {
      const files = skeletonOf(`new-${format}`, format)
      const folder = join(work, `new-${format}`)
      expect(files.ok && writeNew(folder, files.value).ok).toBe(true)
      const first = await test(folder)
      expect(first.results).toMatchObject([{ outcome: 'new', documents: 1, faulty: 0, faults: [] }])
      expect(first.coverage).toEqual({ unread: [], idleRules: [], unknownWords: [], faults: [] })
      expect(outcomes(await test(folder))).toEqual(['same'])
      // Never over what is there.
      expect(files.ok && writeNew(folder, files.value)).toMatchObject({
        ok: false,
        faults: [{ code: 'LAB-06' }],
      })
    },
  )

  it.each(['', 'Shop', '../x', 'a b', 'я', 'a'.repeat(51)])('is not called %j', (name) => {
    expect(skeletonOf(name, 'json')).toMatchObject({ ok: false, faults: [{ code: 'LAB-05' }] })
  })
})

describe('a changed mapping', () => {
  const folderOf = (name: string): string => {
    const folder = join(work, name)
    const files = skeletonOf(name, 'csv')
    if (!files.ok || !writeNew(folder, files.value).ok) throw new Error('no skeleton')
    return folder
  }
  const change = (folder: string, name: string, from: string, to: string): void => {
    const path = join(folder, `${name}.yaml`)
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
  }

  it('tells which documents change and how, until the change is accepted', async () => {
    const folder = folderOf('changed')
    await test(folder)
    change(folder, 'changed', '    unit: Ед\n', '    unit: Товар\n')
    const changed = await test(folder)
    expect(changed.results).toMatchObject([
      {
        outcome: 'changed',
        changes: [
          {
            document: 1,
            number: 'А-1001',
            differences: [
              { path: 'lines[0].unit', before: 'упак', after: 'Бумага А4' },
              { path: 'lines[1].unit', before: 'шт', after: 'Папка' },
            ],
            faultsNow: [],
            faultsBefore: [],
          },
        ],
      },
    ])
    expect(outcomes(await test(folder))).toEqual(['changed'])
    expect(outcomes(await test(folder, { update: true }))).toEqual(['accepted'])
    expect(outcomes(await test(folder))).toEqual(['same'])
  })

  it('tells faults that came, keeps them apart from documents, and coverage that went', async () => {
    const folder = folderOf('broken')
    await test(folder)
    change(folder, 'broken', '    quantity: Кол-во\n', '    quantity: Товар\n')
    const broken = await test(folder, { update: true })
    expect(broken.results[0]).toMatchObject({ outcome: 'accepted', faulty: 1 })
    expect(broken.results[0]?.changes[0]?.faultsNow).toEqual([
      'MAPPING-41 · lines[0].quantity · строка 2, «Товар»',
      'MAPPING-41 · lines[1].quantity · строка 3, «Товар»',
    ])
    expect(broken.coverage.unread).toEqual([{ place: '«Кол-во»', documents: 1 }])
    expect(broken.coverage.faults).toMatchObject([{ code: 'MAPPING-41', times: 2 }])
    expect(readdirSync(join(folder, 'samples')).sort()).toEqual([
      '0001-example.faults.json',
      '0001-example.in.csv',
    ])
    change(folder, 'broken', '    quantity: Товар\n', '    quantity: Кол-во\n')
    const mended = await test(folder)
    expect(mended.results[0]?.changes[0]).toMatchObject({ faultsNow: [] })
    expect(mended.results[0]?.changes[0]?.faultsBefore).toHaveLength(2)
  })

  it('shows words that no dictionary knows and rules that never work', async () => {
    const folder = folderOf('words')
    writeFileSync(
      join(folder, 'samples', '0002.csv'),
      'Номер;Дата;БИН;Покупатель;Товар;Ед;Кол-во;Цена;НДС\n1;31.03.2026;260140000604;ТОО;Камень;рейс;1;1;20%\n',
    )
    change(folder, 'words', '  totals:', '  comment: { path: БИН, when: "Товар = \'нет\'" }\n  totals:')
    const { coverage } = await test(folder)
    expect(coverage.unknownWords).toEqual([
      { dictionary: 'mkei', word: 'рейс', times: 1 },
      { dictionary: 'vat', word: '20%', times: 1 },
    ])
    expect(coverage.idleRules).toEqual([{ rule: 'words.yaml:31', path: 'comment' }])
  })
})

describe('a folder that is no lab', () => {
  it.each([
    ['missing', undefined, 'LAB-01'],
    ['empty', () => undefined, 'LAB-02'],
    [
      'no-samples',
      (folder: string) =>
        cpSync('config/adapters/woocommerce-order.yaml', join(folder, 'woocommerce-order.yaml')),
      'LAB-03',
    ],
    [
      'bad-connection',
      (folder: string) => {
        cpSync('config/adapters/woocommerce-order.yaml', join(folder, 'woocommerce-order.yaml'))
        writeFileSync(join(folder, 'connection.json'), '{"company": 5')
      },
      'LAB-04',
    ],
  ])('%s is told', (name, fill, code) => {
    const folder = join(work, name)
    if (fill !== undefined) {
      cpSync('config/calendar', folder, { recursive: true, filter: (path) => path === 'config/calendar' })
      fill(folder)
    }
    expect(readSampleFolder(folder, undefined)).toMatchObject({ ok: false, faults: [{ code }] })
    expect(Object.keys(labFaults)).toContain(code)
  })
})
