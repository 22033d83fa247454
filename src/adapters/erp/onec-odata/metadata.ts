import type { Result } from '../../../core/kernel/index.ts'
import { readXml } from '../../xml/index.ts'

/** What a base publishes: entities with the names of their fields. */
export interface Published {
  entities: ReadonlyMap<string, ReadonlySet<string>>
}

const edm = 'http://schemas.microsoft.com/ado/2009/11/edm'

/** A whole configuration has about 900 entities with 60 000 properties. */
const limits = { maxNodes: 3_000_000 }

/** Reads `$metadata`: entity sets with the properties of their types, row types among them. */
export const readMetadata = async (text: string): Promise<Result<Published>> => {
  const types = new Map<string, Set<string>>()
  const sets = new Map<string, string>()
  const path: string[] = []
  let fields: Set<string> | undefined
  const read = await readXml(
    text.replace(/^\uFEFF/, ''),
    {
      open: ({ local, uri, attributes }) => {
        path.push(local)
        // 2006 to 2009: every version of the language names the same things.
        if (uri !== edm && !/ado\/\d{4}\/\d{2}\/edm$/.test(uri)) return
        const valueOf = (name: string): string => attributes.find((one) => one.local === name)?.value ?? ''
        if (local === 'EntityType' || local === 'ComplexType')
          types.set(valueOf('Name'), (fields = new Set()))
        if (local === 'Property') fields?.add(valueOf('Name'))
        if (local === 'EntitySet') sets.set(valueOf('Name'), valueOf('EntityType').replace(/^.*\./, ''))
      },
      text: () => {},
      close: () => {
        const closed = path.pop()
        if (closed === 'EntityType' || closed === 'ComplexType') fields = undefined
      },
    },
    limits,
  )
  if (!read.ok) return read
  const entities = new Map<string, ReadonlySet<string>>()
  for (const [name, type] of sets) entities.set(name, types.get(type) ?? new Set())
  // Rows of tabular parts are types without a set of their own in some bases.
  for (const [name, own] of types) if (!entities.has(name)) entities.set(name, own)
  return { ok: true, value: { entities } }
}

/** Accounting for Kazakhstan, by what it alone has. */
export const isKazakhAccounting = ({ entities }: Published): boolean =>
  entities.has('ChartOfAccounts_Типовой') ||
  entities.get('Catalog_Контрагенты')?.has('ИдентификационныйКодЛичности') === true

/** What reading cannot do without, and what it does better with. */
export const needed: Readonly<Record<string, readonly string[]>> = {
  Catalog_Организации: ['ИдентификационныйНомер', 'НаименованиеПолное'],
  Catalog_Контрагенты: ['ИдентификационныйКодЛичности', 'НаименованиеПолное'],
  Catalog_Номенклатура: ['НаименованиеПолное'],
  Catalog_СтавкиНДС: ['Description'],
}

export const wished: readonly string[] = [
  'Catalog_Валюты',
  'Catalog_ДоговорыКонтрагентов',
  'Catalog_КлассификаторЕдиницИзмерения',
  'Catalog_БанковскиеСчета',
  'Catalog_Банки',
]
