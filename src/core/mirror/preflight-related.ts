import type { TaxInvoice } from '../document/index.ts'
import { decimal, fault, type Fault, type Words } from '../kernel/index.ts'
import type { MirrorRecord } from './mirror-record.ts'

/** The invoice that a correction refers to, when it is one of ours, and how it stands. */
export interface KnownOriginal {
  invoice: TaxInvoice
  record: MirrorRecord
}

/** Statuses of an original that can no longer be corrected. */
const closed: ReadonlySet<string> = new Set([
  'REVOKED',
  'CANCELED',
  'CANCELED_BY_OGD',
  'CANCELED_BY_SNT_DECLINE',
  'CANCELED_BY_SNT_REVOKE',
  'DECLINED',
  'FAILED',
  'DELETED',
])

const words = (ru: string, kk: string, en: string): Words => ({ ru, kk, en })

const isRetail = ({ buyer }: TaxInvoice): boolean => buyer.statuses?.includes('retail') ?? false
const isForeign = ({ buyer }: TaxInvoice): boolean => buyer.statuses?.includes('nonresident') ?? false

/**
 * What the portal checks of a corrected or additional invoice against its original, under the portal's own codes.
 * Only for originals that we sent ourselves: of others the portal knows more.
 */
export const preflightRelated = (
  invoice: TaxInvoice,
  { invoice: original, record }: KnownOriginal,
): Fault[] => {
  const faults: Fault[] = []
  const isFixed = invoice.invoiceType === 'fixed'
  const say = (wrong: boolean, code: string, path: string, said: Words): void => {
    if (wrong) faults.push(fault(code, path, said))
  }
  const status = record.portalStatus ?? ''
  say(
    record.phase === 'rejected' || closed.has(status),
    isFixed ? 'WRONG_FIXED_PARENT_STATUS' : 'WRONG_PARENT_STATUS',
    'relatedInvoice',
    words(
      `Основной счёт-фактура в статусе «${status || 'отклонён'}»: исправить или дополнить его нельзя. Выпишите новый.`,
      `Негізгі шот-фактура «${status || 'қабылданбаған'}» мәртебесінде: оны түзетуге не толықтыруға болмайды. Жаңасын жазыңыз.`,
      `The original is “${status || 'rejected'}”: it cannot be corrected. Issue a new one.`,
    ),
  )
  const given = invoice.relatedInvoice?.registrationNumber
  say(
    given !== undefined && record.registrationNumber !== undefined && given !== record.registrationNumber,
    'RELATED_INVOICE_NOT_FOUND_REGISTRATION_NUMBER_FIELD_DIFFERS',
    'relatedInvoice.registrationNumber',
    words(
      `Регистрационный номер основного — ${record.registrationNumber ?? ''}. Исправьте номер.`,
      `Негізгісінің тіркеу нөмірі — ${record.registrationNumber ?? ''}. Нөмірді түзетіңіз.`,
      `The registration number of the original is ${record.registrationNumber ?? ''}. Correct it.`,
    ),
  )
  const sellersDiffer = invoice.seller.taxId !== original.seller.taxId
  const customersDiffer = invoice.buyer.taxId !== original.buyer.taxId
  say(
    isFixed && sellersDiffer,
    'MAIN_AND_FIXED_INVOICES_SELLERS_NOT_EQUALS',
    'seller.taxId',
    words(
      'Поставщик исправленного и основного счёта-фактуры должен совпадать.',
      'Түзетілген және негізгі шот-фактураның жеткізушісі бірдей болуы керек.',
      'The seller of a correction must be that of the original.',
    ),
  )
  say(
    isFixed && customersDiffer,
    'MAIN_AND_FIXED_INVOICES_CUSTOMERS_NOT_EQUALS',
    'buyer.taxId',
    words(
      'Получатель исправленного и основного счёта-фактуры должен совпадать. Другому получателю выпишите новый, а основной отзовите.',
      'Түзетілген және негізгі шот-фактураның алушысы бірдей болуы керек. Басқа алушыға жаңасын жазып, негізгісін қайтарып алыңыз.',
      'The buyer of a correction must be that of the original. For another buyer issue a new one and revoke the original.',
    ),
  )
  say(
    isFixed && isRetail(invoice) !== isRetail(original),
    'MAIN_AND_FIXED_INVOICES_RETAIL_WRONG_STATUS',
    'buyer.statuses',
    words(
      'Категория «розничная реализация» у исправленного и основного должна совпадать.',
      'Түзетілген мен негізгісінің «бөлшек сату» санаты бірдей болуы керек.',
      'The status “retail” must be the same in both.',
    ),
  )
  say(
    isFixed && isForeign(invoice) !== isForeign(original),
    'MAIN_AND_FIXED_INVOICES_NONRESIDENT_WRONG_STATUS',
    'buyer.statuses',
    words(
      'Категория «нерезидент» у исправленного и основного должна совпадать.',
      'Түзетілген мен негізгісінің «бейрезидент» санаты бірдей болуы керек.',
      'The status “non-resident” must be the same in both.',
    ),
  )
  say(
    isFixed && (invoice.withoutVatOutsideKz ?? false) !== (original.withoutVatOutsideKz ?? false),
    'MAIN_AND_FIXED_INVOICES_NDS_RATE_TYPES_NOT_EQUALS',
    'withoutVatOutsideKz',
    words(
      'Признак «без НДС — не РК» у исправленного и основного должен совпадать.',
      'Түзетілген мен негізгісінің «ҚҚС-сыз — ҚР емес» белгісі бірдей болуы керек.',
      'The flag “without VAT, not Kazakhstan” must be the same in both.',
    ),
  )
  say(
    !isFixed && (sellersDiffer || customersDiffer),
    'MAIN_AND_ADDITIONAL_INVOICES_NOT_EQUALS',
    sellersDiffer ? 'seller.taxId' : 'buyer.taxId',
    words(
      'Стороны дополнительного и основного счёта-фактуры должны совпадать.',
      'Қосымша және негізгі шот-фактураның тараптары бірдей болуы керек.',
      'The parties of an additional invoice must be those of the original.',
    ),
  )
  say(
    !isFixed && decimal(invoice.totals.amountWithVat).plus(original.totals.amountWithVat).isNegative(),
    'MAIN_AND_ADDITIONAL_INVOICES_SUM_NEGATIVE',
    'totals.amountWithVat',
    words(
      'Дополнительный счёт-фактура уменьшает больше, чем стоит в основном.',
      'Қосымша шот-фактура негізгісіндегіден көп азайтады.',
      'The additional invoice takes away more than the original has.',
    ),
  )
  return faults
}

/** The portal's codes that are prevented here. */
export const relatedCodes: readonly string[] = [
  'WRONG_FIXED_PARENT_STATUS',
  'WRONG_PARENT_STATUS',
  'RELATED_INVOICE_NOT_FOUND_REGISTRATION_NUMBER_FIELD_DIFFERS',
  'MAIN_AND_FIXED_INVOICES_SELLERS_NOT_EQUALS',
  'MAIN_AND_FIXED_INVOICES_CUSTOMERS_NOT_EQUALS',
  'MAIN_AND_FIXED_INVOICES_RETAIL_WRONG_STATUS',
  'MAIN_AND_FIXED_INVOICES_NONRESIDENT_WRONG_STATUS',
  'MAIN_AND_FIXED_INVOICES_NDS_RATE_TYPES_NOT_EQUALS',
  'MAIN_AND_ADDITIONAL_INVOICES_NOT_EQUALS',
  'MAIN_AND_ADDITIONAL_INVOICES_SUM_NEGATIVE',
]
