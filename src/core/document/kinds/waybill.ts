import { date, list, nested, optional, record, text, words } from '../language/declare.ts'
import {
  amountInWords,
  basis,
  buyer,
  headShape,
  lineAmounts,
  lineNames,
  lineUnit,
  maxLines,
  party,
  person,
  priceIncludesVat,
  quantity,
  reference,
  seller,
  tailShape,
  totals,
} from './parts.ts'

const line = record('WaybillLine', words('Строка накладной', 'Жүкқұжат жолы', 'Line of the waybill'), {
  ...lineNames,
  ...lineUnit,
  quantityDue: optional({
    ...quantity,
    title: words('Количество подлежит отпуску', 'Босатылуға тиіс саны', 'Quantity due'),
  }),
  /** Отпущено. */
  quantity,
  ...lineAmounts,
})

const warrant = record('Warrant', words('Доверенность', 'Сенімхат', 'Power of attorney'), {
  number: text(100, words('Номер', 'Нөмірі', 'Number')),
  date: optional(date(words('Дата', 'Күні', 'Date'))),
  issuedBy: optional(text(450, words('Кем выдана', 'Кім берді', 'Issued by'))),
})

/** Накладная на отпуск запасов на сторону, form З-2: appendix 26 to Order 562 of 20.12.2012. */
export const waybill = record(
  'Waybill',
  words('Накладная на отпуск запасов на сторону', 'Қорларды шетке босатуға арналған жүкқұжат', 'Waybill'),
  {
    ...headShape,
    /** Организация (индивидуальный предприниматель) - отправитель. */
    seller,
    /** Организация (индивидуальный предприниматель) - получатель. */
    buyer,
    /** When the goods leave from another company. */
    consignor: optional(nested(party, words('Грузоотправитель', 'Жүк жөнелтуші', 'Consignor'))),
    consignee: optional(nested(party, words('Грузополучатель', 'Жүк алушы', 'Consignee'))),
    basis: optional(nested(basis)),
    responsible: optional(
      nested(person, words('Ответственный за поставку', 'Жеткізуге жауапты', 'Responsible for the delivery')),
    ),
    carrier: optional(nested(party, words('Транспортная организация', 'Көлік ұйымы', 'Carrier'))),
    transportNote: optional(
      nested(reference, words('Товарно-транспортная накладная', 'Тауар-көлік жүкқұжаты', 'Consignment note')),
    ),
    priceIncludesVat,
    lines: list('Line', line, maxLines, words('Строки', 'Жолдар', 'Lines')),
    totals: nested(totals),
    quantityInWords: optional(
      text(500, words('Всего отпущено (прописью)', 'Барлығы босатылды (жазумен)', 'Quantity in words')),
    ),
    amountInWords,
    authorizedBy: optional(
      nested(person, words('Отпуск разрешил', 'Босатуға рұқсат берді', 'Authorised by')),
    ),
    chiefAccountant: optional(
      nested(person, words('Главный бухгалтер', 'Бас бухгалтер', 'Chief accountant')),
    ),
    releasedBy: optional(nested(person, words('Отпустил', 'Босатты', 'Released by'))),
    warrant: optional(nested(warrant)),
    receivedBy: optional(nested(person, words('Запасы получил', 'Қорларды алды', 'Received by'))),
    ...tailShape,
  },
)
