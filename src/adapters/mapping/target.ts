import {
  declarations,
  type DocumentKind,
  type Field,
  type LeafForm,
  type RecordForm,
} from '../../core/document/index.ts'
import type { Conversion } from './mapping.ts'

/** The declared record of a kind. */
export const recordOf = (kind: DocumentKind): RecordForm => declarations[kind]

/** The declared field of a record, by name. */
export const fieldOf = (form: RecordForm, key: string): Field | undefined =>
  Object.hasOwn(form.shape, key) ? form.shape[key] : undefined

const byType: Readonly<Record<string, Conversion>> = {
  TaxId: 'tax-id',
  Iik: 'account',
  Bik: 'account',
  PublicOfficeBik: 'account',
  UnitCode: 'unit',
  VatRate: 'vat',
  Currency: 'currency',
  Country: 'country',
}

/** How a foreign text becomes a value of this form, when the mapping does not say it. */
export const usualConversion = (form: LeafForm): Conversion => {
  switch (form.is) {
    case 'decimal':
      return 'decimal'
    case 'date':
      return 'date'
    case 'boolean':
      return 'boolean'
    case 'code':
      return byType[form.typeName] ?? 'text'
    case 'text':
      return form.typeName === undefined ? 'text' : (byType[form.typeName] ?? 'text')
    case 'bytes':
      return 'text'
  }
}
