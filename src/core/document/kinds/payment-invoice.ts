import { date, list, nested, optional, patterned, record, words } from '../language/declare.ts'
import {
  amountInWords,
  basis,
  buyer,
  headShape,
  lineAmounts,
  lineNames,
  lineUnit,
  maxLines,
  person,
  priceIncludesVat,
  quantity,
  seller,
  tailShape,
  totals,
} from './parts.ts'

const line = record('PaymentInvoiceLine', words('Строка счёта', 'Шот жолы', 'Line of the payment invoice'), {
  ...lineNames,
  ...lineUnit,
  quantity,
  ...lineAmounts,
})

/** Счёт на оплату. No primary document, no form in Order 562: the fields are what banks and 1C print. */
export const paymentInvoice = record(
  'PaymentInvoice',
  words('Счёт на оплату', 'Төлем шоты', 'Payment invoice'),
  {
    ...headShape,
    /** The beneficiary; its `bank` says where to pay. */
    seller,
    buyer,
    basis: optional(nested(basis)),
    paymentPurposeCode: optional(
      patterned('Knp', 3, '[0-9]{3}', '710', words('КНП', 'ТМК', 'Payment purpose code (KNP)')),
    ),
    payBefore: optional(date(words('Оплатить до', 'Төлеу мерзімі', 'Pay before'))),
    priceIncludesVat,
    lines: list('Line', line, maxLines, words('Строки', 'Жолдар', 'Lines')),
    totals: nested(totals),
    amountInWords,
    manager: optional(nested(person, words('Руководитель', 'Басшы', 'Manager'))),
    chiefAccountant: optional(
      nested(person, words('Главный бухгалтер', 'Бас бухгалтер', 'Chief accountant')),
    ),
    ...tailShape,
  },
)
