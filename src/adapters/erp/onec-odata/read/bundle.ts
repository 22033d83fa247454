/** One document of a base with everything it refers to, as it was read: the raw bytes of what is sent on. */
export interface Bundle {
  format: 'onec-odata/1'
  /** `Document_РеализацияТоваровУслуг`. */
  entity: string
  document: Row
  /** By entity and reference. */
  refs: Record<string, Record<string, Row>>
}

export type Row = Record<string, unknown>

export const zeroRef = '00000000-0000-0000-0000-000000000000'

export const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isBundle = (value: unknown): value is Bundle =>
  isRow(value) &&
  value['format'] === 'onec-odata/1' &&
  typeof value['entity'] === 'string' &&
  isRow(value['document']) &&
  isRow(value['refs']) &&
  Object.values(value['refs']).every((rows) => isRow(rows) && Object.values(rows).every(isRow))

/** References of a document and of what they lead to, by the entity that has them. */
export const referencesOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  document: {
    Организация_Key: 'Catalog_Организации',
    Контрагент_Key: 'Catalog_Контрагенты',
    Грузополучатель_Key: 'Catalog_Контрагенты',
    ДоговорКонтрагента_Key: 'Catalog_ДоговорыКонтрагентов',
    ВалютаДокумента_Key: 'Catalog_Валюты',
    БанковскийСчетОрганизации_Key: 'Catalog_БанковскиеСчета',
    СтруктурнаяЕдиница_Key: 'Catalog_БанковскиеСчета',
  },
  row: {
    Номенклатура_Key: 'Catalog_Номенклатура',
    ЕдиницаИзмерения_Key: 'Catalog_КлассификаторЕдиницИзмерения',
    СтавкаНДС_Key: 'Catalog_СтавкиНДС',
  },
  Catalog_Номенклатура: { БазоваяЕдиницаИзмерения_Key: 'Catalog_КлассификаторЕдиницИзмерения' },
  Catalog_БанковскиеСчета: { Банк_Key: 'Catalog_Банки' },
  Catalog_Организации: { ОсновнойБанковскийСчет_Key: 'Catalog_БанковскиеСчета' },
}

export const rowsOf = (document: Row, part: string): Row[] => {
  const rows = document[part]
  return Array.isArray(rows) ? rows.filter(isRow) : []
}

export const parts = ['Товары', 'Услуги'] as const

/** A field as text; empty where it is something else. */
export const textIn = (row: Row | undefined, name: string): string => {
  const value = row?.[name]
  return typeof value === 'string' ? value.trim() : ''
}
