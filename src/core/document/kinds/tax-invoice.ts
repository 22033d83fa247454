import {
  code,
  date,
  decimalNumber,
  defaulted,
  flag,
  list,
  listOf,
  money,
  nested,
  optional,
  patterned,
  record,
  text,
  words,
} from '../language/declare.ts'
import {
  bankAccount,
  headShape,
  invoiceType,
  lineUnit,
  maxLines,
  number,
  partyShape,
  price,
  quantity,
  reference,
  tailShape,
  taxId,
  vatRate,
} from './parts.ts'

/** Sections of the state portal's form are named in capitals: A, B, C ... L. */

const share = decimalNumber(18, 6, words('Доля участия', 'Қатысу үлесі', 'Share of participation'))
const trailer = text(255, words('Дополнительные сведения', 'Қосымша мәліметтер', 'Additional data'))

const sellerStatus = code(
  'SellerStatus',
  [
    'committent',
    'broker',
    'forwarder',
    'lessor',
    'joint-activity-participant',
    'sharing-agreement-participant',
    'exporter',
    'transporter',
    'principal',
    'lawyer',
    'bailiff',
    'mediator',
    'notary',
    'nonresident',
  ],
  words('Категория поставщика', 'Жеткізуші санаты', 'Status of the seller'),
)

const buyerStatus = code(
  'BuyerStatus',
  [
    'committent',
    'broker',
    'lessee',
    'joint-activity-participant',
    'public-office',
    'nonresident',
    'sharing-agreement-participant',
    'principal',
    'retail',
    'individual',
    'lawyer',
    'bailiff',
    'mediator',
    'notary',
  ],
  words('Категория получателя', 'Алушы санаты', 'Status of the buyer'),
)

/** Section B. */
const seller = record('TaxInvoiceSeller', words('Поставщик', 'Жеткізуші', 'Seller'), {
  ...partyShape,
  statuses: optional(listOf('Status', sellerStatus, 14, words('Категории', 'Санаттар', 'Statuses'))),
  share: optional(share),
  /** НДС-счёт (счёт контроля НДС). */
  vatControlBank: optional(
    nested(bankAccount, words('Контрольный счёт НДС', 'ҚҚС бақылау шоты', 'VAT control account')),
  ),
  branchOfNonresident: optional(
    flag(
      words(
        'Структурное подразделение нерезидента',
        'Бейрезиденттің құрылымдық бөлімшесі',
        'Branch of a non-resident',
      ),
    ),
  ),
  trailer: optional(trailer),
})

/** Section C. */
const buyer = record('TaxInvoiceBuyer', words('Получатель', 'Алушы', 'Buyer'), {
  ...partyShape,
  statuses: optional(listOf('Status', buyerStatus, 14, words('Категории', 'Санаттар', 'Statuses'))),
  share: optional(share),
  trailer: optional(trailer),
})

/** Section C1. */
const publicOffice = record(
  'PublicOffice',
  words('Реквизиты государственного учреждения', 'Мемлекеттік мекеме деректемелері', 'Public office'),
  {
    iik: optional(
      patterned('Iik', 34, '[0-9A-Z]{5,34}', 'KZ18722S000012345678', words('ИИК', 'ЖСК', 'Account (IBAN)')),
    ),
    bik: code('PublicOfficeBik', ['KKMFKZ2A', 'NBRKKZKX'], words('БИК', 'БСК', 'Bank code (BIC)')),
    productCode: optional(
      text(10, words('Код товара, работ, услуг', 'Тауар, жұмыс, қызмет коды', 'Product code')),
    ),
    paymentPurpose: optional(text(240, words('Назначение платежа', 'Төлем мақсаты', 'Purpose of payment'))),
  },
)

/** Section D. */
const shippingParty = record(
  'ShippingParty',
  words('Грузоотправитель или грузополучатель', 'Жүк жөнелтуші немесе жүк алушы', 'Consignor or consignee'),
  {
    taxId: optional(taxId),
    name: optional(text(450, words('Наименование', 'Атауы', 'Name'))),
    address: optional(text(450, words('Адрес', 'Мекенжайы', 'Address'))),
    country: optional(
      patterned('Country', 2, '[A-Z]{2}', 'KZ', words('Код страны', 'Ел коды', 'Country code')),
    ),
  },
)

/** Section E. */
const deliveryTerm = record(
  'DeliveryTerm',
  words(
    'Договор (контракт) и условия поставки',
    'Шарт (келісімшарт) және жеткізу шарттары',
    'Delivery terms',
  ),
  {
    hasContract: flag(words('Есть договор', 'Шарт бар', 'There is a contract')),
    contractNumber: optional(text(100, words('Номер договора', 'Шарт нөмірі', 'Contract number'))),
    contractDate: optional(date(words('Дата договора', 'Шарт күні', 'Contract date'))),
    accountNumber: optional(
      text(30, words('Учётный номер', 'Есептік нөмірі', 'Registration number of the contract')),
    ),
    term: optional(text(200, words('Условия оплаты', 'Төлем шарттары', 'Terms of payment'))),
    transportTypeCode: optional(text(2, words('Способ отправления', 'Жөнелту тәсілі', 'Type of transport'))),
    warrantNumber: optional(
      text(18, words('Номер доверенности', 'Сенімхат нөмірі', 'Power of attorney number')),
    ),
    warrantDate: optional(date(words('Дата доверенности', 'Сенімхат күні', 'Power of attorney date'))),
    destination: optional(text(450, words('Пункт назначения', 'Межелі пункт', 'Destination'))),
    deliveryConditionCode: optional(
      text(
        3,
        words(
          'Условия поставки (Incoterms)',
          'Жеткізу шарттары (Incoterms)',
          'Delivery condition (Incoterms)',
        ),
      ),
    ),
  },
)

/** Sections I and J: who acts for the seller or the buyer. */
const agent = record('Agent', words('Поверенный (оператор)', 'Сенім білдірілген өкіл (оператор)', 'Agent'), {
  taxId: optional(taxId),
  name: optional(text(450, words('Наименование', 'Атауы', 'Name'))),
  address: optional(text(450, words('Адрес', 'Мекенжайы', 'Address'))),
  documentNumber: optional(text(100, words('Номер документа', 'Құжат нөмірі', 'Document number'))),
  documentDate: optional(date(words('Дата документа', 'Құжат күні', 'Document date'))),
})

/** Section H: the part of one line that falls to a participant of a joint activity. */
const productShare = record('ProductShare', words('Доля в строке', 'Жолдағы үлес', 'Share of a line'), {
  /** From 1, in the order of `lines`. */
  lineNumber: decimalNumber(5, 0, words('Номер строки', 'Жол нөмірі', 'Line number')),
  quantity: optional(quantity),
  secondQuantity: optional({
    ...quantity,
    title: words(
      'Количество в единице количественного учёта',
      'Сандық есепке алу бірлігіндегі саны',
      'Quantitative quantity',
    ),
  }),
  additionalUnit: optional(text(50, words('Дополнительная единица', 'Қосымша бірлік', 'Additional unit'))),
  additional: optional(trailer),
  amountWithoutVat: money(
    words('Стоимость без косвенных налогов', 'Жанама салықсыз құны', 'Price without taxes'),
  ),
  exciseAmount: optional(money(words('Сумма акциза', 'Акциз сомасы', 'Excise amount'))),
  turnoverAmount: money(words('Размер оборота', 'Айналым мөлшері', 'Turnover')),
  vatRate: optional(vatRate),
  vatAmount: money(words('Сумма НДС', 'ҚҚС сомасы', 'VAT amount')),
  amountWithVat: money(words('Стоимость с НДС', 'ҚҚС-пен құны', 'Amount with VAT')),
})

const participant = record(
  'Participant',
  words('Участник совместной деятельности', 'Бірлескен қызметке қатысушы', 'Participant'),
  {
    taxId,
    reorganizedTaxId: optional(taxId),
    shares: list('Share', productShare, 200, words('Доли', 'Үлестер', 'Shares')),
  },
)

/** Section G. */
const line = record(
  'TaxInvoiceLine',
  words('Строка счёта-фактуры', 'Шот-фактура жолы', 'Line of the tax invoice'),
  {
    /** 1 to 5 goods by origin, 6 work or service. */
    truOriginCode: code(
      'TruOriginCode',
      ['1', '2', '3', '4', '5', '6'],
      words('Признак происхождения', 'Шығу тегінің белгісі', 'Origin code'),
    ),
    name: text(400, words('Наименование товара, работ, услуг', 'Тауар, жұмыс, қызмет атауы', 'Name')),
    declaredName: optional(
      text(
        400,
        words(
          'Наименование по декларации на товары',
          'Тауарларға арналған декларация бойынша атауы',
          'Name in the customs declaration',
        ),
      ),
    ),
    tnvedCode: optional(
      patterned(
        'TnvedCode',
        10,
        '[0-9]{10}',
        '2523290000',
        words('Код ТН ВЭД', 'СЭҚ ТН коды', 'TN VED code'),
      ),
    ),
    gtin: optional(patterned('Gtin', 14, '[0-9]{8,14}', '4870000000012', words('GTIN', 'GTIN', 'GTIN'))),
    kpvedCode: optional(text(20, words('Код КП ВЭД', 'ЭҚТӨЖ коды', 'KPVED code'))),
    ...lineUnit,
    quantity: optional(quantity),
    price: optional(price),
    /** Стоимость без косвенных налогов. */
    amountWithoutVat: money(
      words('Стоимость без косвенных налогов', 'Жанама салықсыз құны', 'Price without taxes'),
    ),
    exciseRate: optional(decimalNumber(14, 2, words('Ставка акциза', 'Акциз мөлшерлемесі', 'Excise rate'))),
    exciseAmount: optional(money(words('Сумма акциза', 'Акциз сомасы', 'Excise amount'))),
    /** Размер оборота по реализации: the price without taxes plus the excise. */
    turnoverAmount: money(words('Размер оборота по реализации', 'Өткізу айналымының мөлшері', 'Turnover')),
    vatRate,
    vatAmount: money(words('Сумма НДС', 'ҚҚС сомасы', 'VAT amount')),
    amountWithVat: money(
      words('Стоимость с учётом косвенных налогов', 'Жанама салықтарды ескергендегі құны', 'Amount with VAT'),
    ),
    declarationNumber: optional(
      text(
        50,
        words(
          '№ декларации на товары, заявления о ввозе',
          'Тауарларға арналған декларация №',
          'Declaration number',
        ),
      ),
    ),
    declarationLine: optional(
      text(20, words('№ позиции в декларации', 'Декларациядағы позиция №', 'Position in the declaration')),
    ),
    waybillLine: optional(text(20, words('№ позиции в СНТ', 'ТІЖ-дегі позиция №', 'Position in the SNT'))),
    /** "1": not in the catalogue of goods. */
    catalogTruId: defaulted(
      text(
        50,
        words(
          'Идентификатор товара, работ, услуг',
          'Тауар, жұмыс, қызмет идентификаторы',
          'Catalogue identifier',
        ),
      ),
      '1',
    ),
    turnoverCode: optional(text(20, words('Код оборота', 'Айналым коды', 'Turnover code'))),
    turnoverAdjustment: optional(
      decimalNumber(9, 0, words('Корректировка оборота', 'Айналымды түзету', 'Turnover adjustment')),
    ),
    secondUnit: optional(
      text(50, words('Единица количественного учёта', 'Сандық есепке алу бірлігі', 'Quantitative unit')),
    ),
    secondQuantity: optional({
      ...quantity,
      title: words(
        'Количество в единице количественного учёта',
        'Сандық есепке алу бірлігіндегі саны',
        'Quantitative quantity',
      ),
    }),
    additionalUnit: optional(text(50, words('Дополнительная единица', 'Қосымша бірлік', 'Additional unit'))),
    additional: optional(trailer),
  },
)

const totals = record('TaxInvoiceTotals', words('Всего по счёту', 'Шот бойынша барлығы', 'Totals'), {
  amountWithoutVat: money(
    words('Всего без косвенных налогов', 'Жанама салықсыз барлығы', 'Total without taxes'),
  ),
  exciseAmount: defaulted(money(words('Всего акциз', 'Барлығы акциз', 'Total excise')), '0'),
  turnoverAmount: money(words('Всего оборот', 'Барлығы айналым', 'Total turnover')),
  vatAmount: money(words('Всего НДС', 'Барлығы ҚҚС', 'Total VAT')),
  amountWithVat: money(
    words('Всего с учётом косвенных налогов', 'Жанама салықтарды ескергенде барлығы', 'Total with VAT'),
  ),
})

/** Section A: the invoice that a corrected or additional one belongs to. */
const relatedInvoice = record(
  'RelatedInvoice',
  words('Связанный счёт-фактура', 'Байланысты шот-фактура', 'Related invoice'),
  {
    number,
    date: date(words('Дата выписки', 'Жазып берілген күні', 'Date')),
    registrationNumber: optional(
      text(60, words('Регистрационный номер', 'Тіркеу нөмірі', 'Registration number')),
    ),
  },
)

/** Счёт-фактура (ЭСФ): the sections of the portal's form V2. Prices are without indirect taxes. */
export const taxInvoice = record('TaxInvoice', words('Счёт-фактура', 'Шот-фактура', 'Tax invoice'), {
  ...headShape,
  invoiceType: defaulted(invoiceType, 'ordinary'),
  relatedInvoice: optional(nested(relatedInvoice)),
  /** Decides the rate of VAT and the term of issue. */
  turnoverDate: date(words('Дата совершения оборота', 'Айналым жасалған күн', 'Turnover date')),
  /** When it was first issued on paper. */
  datePaper: optional(
    date(words('Дата выписки на бумажном носителе', 'Қағаз түрінде жазып берілген күн', 'Date on paper')),
  ),
  reasonPaper: optional(
    code(
      'ReasonPaper',
      ['down-time', 'missing-requirement', 'unlawful-removal-registration'],
      words('Причина выписки на бумаге', 'Қағаз түрінде жазып беру себебі', 'Reason for paper'),
    ),
  ),
  operatorName: optional(
    text(
      200,
      words(
        'ФИО оператора, выписавшего счёт',
        'Шотты жазып берген оператордың аты-жөні',
        'Name of the operator',
      ),
    ),
  ),
  currencyRate: optional(decimalNumber(18, 6, words('Курс валюты', 'Валюта бағамы', 'Exchange rate'))),
  /** Turnover outside Kazakhstan: without VAT. */
  withoutVatOutsideKz: optional(
    flag(words('Без НДС - не РК', 'ҚҚС-сыз - ҚР емес', 'Without VAT, not Kazakhstan')),
  ),
  seller: nested(seller),
  buyer: nested(buyer),
  publicOffice: optional(nested(publicOffice)),
  consignor: optional(nested(shippingParty, words('Грузоотправитель', 'Жүк жөнелтуші', 'Consignor'))),
  consignee: optional(nested(shippingParty, words('Грузополучатель', 'Жүк алушы', 'Consignee'))),
  deliveryTerm: nested(deliveryTerm),
  /** Section F. */
  deliveryDocument: optional(
    nested(
      reference,
      words('Документ, подтверждающий поставку', 'Жеткізуді растайтын құжат', 'Delivery document'),
    ),
  ),
  secondDeliveryDocument: optional(
    nested(reference, words('Второй документ поставки', 'Екінші жеткізу құжаты', 'Second delivery document')),
  ),
  lines: list(
    'Line',
    line,
    maxLines,
    words('Товары, работы, услуги', 'Тауарлар, жұмыстар, қызметтер', 'Lines'),
  ),
  totals: nested(totals),
  sellerParticipants: optional(
    list(
      'SellerParticipant',
      participant,
      50,
      words('Участники со стороны поставщика', 'Жеткізуші жағынан қатысушылар', 'Participants of the seller'),
    ),
  ),
  buyerParticipants: optional(
    list(
      'BuyerParticipant',
      participant,
      50,
      words('Участники со стороны получателя', 'Алушы жағынан қатысушылар', 'Participants of the buyer'),
    ),
  ),
  sellerAgent: optional(
    nested(
      agent,
      words('Поверенный (оператор) поставщика', 'Жеткізушінің өкілі (операторы)', 'Agent of the seller'),
    ),
  ),
  buyerAgent: optional(
    nested(
      agent,
      words('Поверенный (оператор) получателя', 'Алушының өкілі (операторы)', 'Agent of the buyer'),
    ),
  ),
  ...tailShape,
})
