import {
  code,
  date,
  decimalNumber,
  defaulted,
  flag,
  list,
  money,
  nested,
  optional,
  patterned,
  record,
  text,
  words,
} from '../language/declare.ts'

/** Parts that several kinds of document share. Titles are the words of the Kazakh forms. */

/** Lines of one document. The portal takes 200 in a tax invoice; acts of big customers have thousands. */
export const maxLines = 10_000

export const taxId = patterned(
  'TaxId',
  12,
  '[0-9]{12}',
  '260140000114',
  words('БИН/ИИН', 'БСН/ЖСН', 'Tax id (BIN/IIN)'),
)
const iik = patterned(
  'Iik',
  34,
  '[0-9A-Z]{5,34}',
  'KZ18722S000012345678',
  words('ИИК (счёт IBAN)', 'ЖСК (IBAN шоты)', 'Account (IBAN)'),
)
const bik = patterned(
  'Bik',
  11,
  '[0-9A-Z]{8}([0-9A-Z]{3})?',
  'CASPKZKA',
  words('БИК банка', 'Банктің БСК', 'Bank code (BIC)'),
)
const kbe = patterned('Kbe', 2, '[0-9]{2}', '17', words('КБе', 'КБе', 'Beneficiary code (KBe)'))
const country = patterned(
  'Country',
  2,
  '[A-Z]{2}',
  'KZ',
  words('Код страны', 'Ел коды', 'Country code (ISO 3166 alpha-2)'),
)
const currency = patterned('Currency', 3, '[A-Z]{3}', 'KZT', words('Валюта', 'Валюта', 'Currency (ISO 4217)'))
export const unitCode = patterned(
  'UnitCode',
  4,
  '[0-9]{3,4}',
  '796',
  words('Код единицы измерения (МКЕИ)', 'Өлшем бірлігінің коды (ӨБХЖ)', 'Unit code (MKEI)'),
)
export const vatRate = patterned(
  'VatRate',
  4,
  '(none|[0-9]{1,2})',
  '16',
  words(
    'Ставка НДС, % (none — без НДС)',
    'ҚҚС мөлшерлемесі, % (none — ҚҚС-сыз)',
    'VAT rate, % (none: without VAT)',
  ),
)

export const quantity = decimalNumber(18, 6, words('Количество', 'Саны', 'Quantity'))
export const price = decimalNumber(18, 6, words('Цена за единицу', 'Бірлік бағасы', 'Unit price'))
export const number = text(50, words('Номер', 'Нөмірі', 'Number'))

export const bankAccount = record(
  'BankAccount',
  words('Банковские реквизиты', 'Банк деректемелері', 'Bank details'),
  {
    iik,
    bik: optional(bik),
    bankName: optional(text(250, words('Банк', 'Банк', 'Bank'))),
    kbe: optional(kbe),
  },
)

export const vatCertificate = record(
  'VatCertificate',
  words('Свидетельство по НДС', 'ҚҚС бойынша куәлік', 'VAT certificate'),
  {
    series: patterned('VatSeries', 5, '[0-9]{5}', '60001', words('Серия', 'Сериясы', 'Series')),
    number: patterned('VatNumber', 7, '[0-9]{7}', '0012345', words('Номер', 'Нөмірі', 'Number')),
  },
)

export const partyShape = {
  /** Absent only for a non-resident buyer or a retail customer. */
  taxId: optional(taxId),
  branchTaxId: optional(
    patterned(
      'TaxId',
      12,
      '[0-9]{12}',
      '260140000114',
      words('БИН филиала', 'Филиалдың БСН', 'Tax id of the branch'),
    ),
  ),
  reorganizedTaxId: optional(
    patterned(
      'TaxId',
      12,
      '[0-9]{12}',
      '260140000114',
      words(
        'БИН реорганизованного лица',
        'Қайта ұйымдастырылған тұлғаның БСН',
        'Tax id of the reorganised entity',
      ),
    ),
  ),
  name: text(450, words('Наименование', 'Атауы', 'Name')),
  address: optional(text(450, words('Адрес', 'Мекенжайы', 'Address'))),
  country: optional(country),
  phone: optional(text(100, words('Телефон', 'Телефон', 'Phone'))),
  email: optional(text(254, words('Электронная почта', 'Электрондық пошта', 'E-mail'))),
  bank: optional(nested(bankAccount)),
  vatCertificate: optional(nested(vatCertificate)),
}

/** A company or an entrepreneur that takes part in the document. */
export const party = record('Party', words('Сторона', 'Тарап', 'Party'), partyShape)

export const person = record('Person', words('Ответственное лицо', 'Жауапты тұлға', 'Responsible person'), {
  position: optional(text(200, words('Должность', 'Лауазымы', 'Position'))),
  name: text(200, words('Фамилия и инициалы', 'Тегі және аты-жөні', 'Name')),
  taxId: optional(
    patterned('TaxId', 12, '[0-9]{12}', '260140000114', words('ИИН', 'ЖСН', 'Personal tax id (IIN)')),
  ),
})

/** What a document rests on: a contract, an order, an invoice for payment. */
export const basis = record('Basis', words('Основание (договор)', 'Негіздеме (шарт)', 'Basis (contract)'), {
  title: optional(text(250, words('Вид или название', 'Түрі немесе атауы', 'Kind or title'))),
  number: optional(text(100, words('Номер', 'Нөмірі', 'Number'))),
  date: optional(date(words('Дата', 'Күні', 'Date'))),
})

/** A named paper with a number and a day: a consignment note, a receipt. */
export const reference = record(
  'Reference',
  words('Ссылка на документ', 'Құжатқа сілтеме', 'Reference to a document'),
  {
    number: text(100, words('Номер', 'Нөмірі', 'Number')),
    date: optional(date(words('Дата', 'Күні', 'Date'))),
  },
)

const extra = record('Extra', words('Дополнительное поле', 'Қосымша өріс', 'Additional field'), {
  name: text(100, words('Имя', 'Аты', 'Name')),
  value: text(4000, words('Значение', 'Мәні', 'Value')),
})

/** What every kind begins with. */
export const headShape = {
  guid: patterned(
    'Guid',
    64,
    '[0-9A-Za-z][0-9A-Za-z._:-]{0,63}',
    '7b0c41d2-5a1e-11f0-9c1b-0050569a0016',
    words(
      'Идентификатор документа в базе отправителя',
      'Жіберушінің базасындағы құжат идентификаторы',
      'Identifier in the base of the sender',
    ),
  ),
  version: defaulted(
    text(64, words('Версия данных документа', 'Құжат деректерінің нұсқасы', 'Version of the data')),
    '1',
  ),
  number,
  date: date(words('Дата документа', 'Құжат күні', 'Document date')),
  currency: defaulted(currency, 'KZT'),
}

/** What every kind ends with. */
export const tailShape = {
  comment: optional(text(2000, words('Комментарий', 'Түсініктеме', 'Comment'))),
  extras: optional(
    list('Extra', extra, 200, words('Дополнительные поля', 'Қосымша өрістер', 'Additional fields')),
  ),
}

/** Goods or services for money. */
export const lineAmounts = {
  price,
  discount: optional(money(words('Скидка', 'Жеңілдік', 'Discount'))),
  amountWithoutVat: money(words('Сумма без НДС', 'ҚҚС-сыз сома', 'Amount without VAT')),
  vatRate,
  vatAmount: money(words('Сумма НДС', 'ҚҚС сомасы', 'VAT amount')),
  amountWithVat: money(words('Сумма с НДС', 'ҚҚС-пен сома', 'Amount with VAT')),
}

export const lineNames = {
  code: optional(text(50, words('Номенклатурный номер', 'Номенклатуралық нөмір', 'Item code'))),
  name: text(1000, words('Наименование', 'Атауы', 'Name')),
}

export const lineUnit = {
  unitCode: optional(unitCode),
  unit: optional(text(50, words('Единица измерения', 'Өлшем бірлігі', 'Unit'))),
}

export const totals = record('Totals', words('Итоги', 'Жиыны', 'Totals'), {
  amountWithoutVat: money(words('Итого без НДС', 'ҚҚС-сыз жиыны', 'Total without VAT')),
  vatAmount: money(words('Итого НДС', 'ҚҚС жиыны', 'Total VAT')),
  amountWithVat: money(words('Итого с НДС', 'ҚҚС-пен жиыны', 'Total with VAT')),
})

export const priceIncludesVat = defaulted(
  flag(words('Цена включает НДС', 'Бағаға ҚҚС кіреді', 'The price includes VAT')),
  'false',
)

export const amountInWords = optional(text(500, words('Сумма прописью', 'Сома жазумен', 'Amount in words')))

export const seller = nested(party, words('Поставщик (исполнитель)', 'Жеткізуші (орындаушы)', 'Seller'))
export const buyer = nested(party, words('Покупатель (заказчик)', 'Сатып алушы (тапсырыс беруші)', 'Buyer'))

export const invoiceTypes = ['ordinary', 'fixed', 'additional'] as const
export const invoiceType = code(
  'InvoiceType',
  invoiceTypes,
  words('Вид счёта-фактуры', 'Шот-фактура түрі', 'Type of the tax invoice'),
)
