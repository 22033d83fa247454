import type { ConnectionProfile } from '../../../../core/company/index.ts'

/** What becomes of a document of 1C. `release`: an act for its services, a waybill for its goods, or both. */
export type Meaning =
  'payment-invoice' | 'act' | 'waybill' | 'release' | 'tax-invoice' | 'pass-over' | 'refuse'

const meanings: Readonly<Record<Meaning, true>> = {
  'payment-invoice': true,
  act: true,
  waybill: true,
  release: true,
  'tax-invoice': true,
  'pass-over': true,
  refuse: true,
}

/**
 * ХозОперация of CommerceML 2 and 3, and of CommerceML 1 in English. Orders and payments come along in every
 * exchange with a site: they are no documents of ЭДО and are passed over. What moves goods or money between two
 * parties and has no kind here is refused: passed over, 1C would take it for delivered.
 */
const usual: Readonly<Record<string, Meaning>> = {
  'счет на оплату': 'payment-invoice',
  'отпуск товара': 'release',
  'счет-фактура': 'tax-invoice',
  'передача прав': 'act',
  'заказ товара': 'pass-over',
  'выплата наличных денег': 'pass-over',
  'возврат наличных денег': 'pass-over',
  'выплата безналичных денег': 'pass-over',
  'возврат безналичных денег': 'pass-over',
  'эквайринговая операция': 'pass-over',
  'переоценка товаров': 'pass-over',
  order: 'pass-over',
  sale: 'release',
  invoice: 'payment-invoice',
}

const plain = (operation: string): string =>
  operation.toLowerCase().replaceAll('ё', 'е').replace(/\s+/g, ' ').trim()

/** As the profile of the connection says (`settings.commerceml.operations`), or as usual. */
export const meaningOf = (operation: string, { settings }: ConnectionProfile): Meaning => {
  const own = settings?.['commerceml']?.['operations']
  if (typeof own === 'object' && own !== null) {
    for (const [name, meaning] of Object.entries(own)) {
      if (plain(name) === plain(operation) && typeof meaning === 'string' && Object.hasOwn(meanings, meaning))
        return meaning as Meaning
    }
  }
  return usual[plain(operation)] ?? 'refuse'
}
