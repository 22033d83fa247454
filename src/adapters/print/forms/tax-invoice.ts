import type { Content, TableCell } from 'pdfmake'
import type { TaxInvoice } from '../../../core/document/index.ts'
import { amountInWords } from '../../../core/document/index.ts'
import { centre, columnNumbers, covered, footing, grid, head, left, right } from '../blocks.ts'
import type { FormPages, Sheet } from '../sheet.ts'
import { day, joined, money, quantity, unitName } from '../sheet.ts'

/**
 * Счёт-фактура, the portal's form as a person reads it: sections A to L with the portal's numbers of the lines.
 * Section L (the signatures) is the sheet behind. Empty lines that only few invoices have are left out.
 */
export const taxInvoiceForm = (invoice: TaxInvoice, sheet: Sheet): FormPages => {
  const { say, language } = sheet
  const { seller, buyer, deliveryTerm: terms } = invoice
  return {
    orientation: 'landscape',
    content: [
      {
        text: say('СЧЕТ-ФАКТУРА', 'ШОТ-ФАКТУРА'),
        style: 'title',
        margin: [0, 0, 0, 2],
      },
      section(say('Раздел A. Общий раздел', 'A бөлімі. Жалпы бөлім')),
      fields([
        ['1', say('Номер счета-фактуры', 'Шот-фактураның нөмірі'), invoice.number],
        ['1.1', say('Регистрационный номер', 'Тіркеу нөмірі'), sheet.registrationNumber ?? ''],
        ['2', say('Дата выписки', 'Жазып берілген күні'), day(invoice.date)],
        [
          '2.1',
          say('Дата выписки на бумажном носителе', 'Қағаз жеткізгіште жазып берілген күні'),
          day(invoice.datePaper),
        ],
        [
          '',
          say('Причина выписки на бумажном носителе', 'Қағаз жеткізгіште жазып беру себебі'),
          invoice.reasonPaper === undefined ? '' : paperReasons[invoice.reasonPaper][language],
        ],
        ['3', say('Дата совершения оборота', 'Айналым жасалған күн'), day(invoice.turnoverDate)],
        ...related(invoice, sheet),
        ['', say('Выписал', 'Жазып берген'), invoice.operatorName ?? ''],
      ]),
      columnsOf(
        [
          section(say('Раздел B. Реквизиты поставщика', 'B бөлімі. Жеткізушінің деректемелері')),
          fields([
            ['6', say('ИИН/БИН', 'ЖСН/БСН'), seller.taxId ?? ''],
            [
              '6.1',
              say('БИН структурного подразделения', 'Құрылымдық бөлімшенің БСН'),
              seller.branchTaxId ?? '',
            ],
            [
              '6.2',
              say('БИН реорганизованного лица', 'Қайта ұйымдастырылған тұлғаның БСН'),
              seller.reorganizedTaxId ?? '',
            ],
            ['7', say('Поставщик', 'Жеткізуші'), seller.name],
            ['7.1', say('Доля участия', 'Қатысу үлесі'), quantity(seller.share)],
            ['8', say('Адрес места нахождения', 'Орналасқан мекенжайы'), seller.address ?? ''],
            [
              '9',
              say('Свидетельство плательщика НДС', 'ҚҚС төлеушінің куәлігі'),
              seller.vatCertificate === undefined
                ? ''
                : say(
                    `серия ${seller.vatCertificate.series} № ${seller.vatCertificate.number}`,
                    `сериясы ${seller.vatCertificate.series} № ${seller.vatCertificate.number}`,
                  ),
            ],
            ['10', say('Категория поставщика', 'Жеткізушінің санаты'), statuses(seller.statuses, sheet)],
            ['11', say('Дополнительные сведения', 'Қосымша мәліметтер'), seller.trailer ?? ''],
          ]),
          section(
            say(
              'Раздел B1. Банковские реквизиты поставщика',
              'B1 бөлімі. Жеткізушінің банктік деректемелері',
            ),
          ),
          fields([
            ['12', say('КБе', 'КБе'), seller.bank?.kbe ?? ''],
            ['13', say('ИИК', 'ЖСК'), seller.bank?.iik ?? ''],
            ['14', say('БИК', 'БСК'), seller.bank?.bik ?? ''],
            ['15', say('Наименование банка', 'Банктің атауы'), seller.bank?.bankName ?? ''],
            [
              '',
              say('Контрольный счет НДС', 'ҚҚС бақылау шоты'),
              joined([
                seller.vatControlBank?.iik,
                seller.vatControlBank?.bik,
                seller.vatControlBank?.bankName,
              ]),
            ],
          ]),
        ],
        [
          section(say('Раздел C. Реквизиты получателя', 'C бөлімі. Алушының деректемелері')),
          fields([
            ['16', say('ИИН/БИН', 'ЖСН/БСН'), buyer.taxId ?? ''],
            [
              '16.1',
              say('БИН структурного подразделения', 'Құрылымдық бөлімшенің БСН'),
              buyer.branchTaxId ?? '',
            ],
            [
              '16.2',
              say('БИН реорганизованного лица', 'Қайта ұйымдастырылған тұлғаның БСН'),
              buyer.reorganizedTaxId ?? '',
            ],
            ['17', say('Получатель', 'Алушы'), buyer.name],
            ['17.1', say('Доля участия', 'Қатысу үлесі'), quantity(buyer.share)],
            ['18', say('Адрес места нахождения', 'Орналасқан мекенжайы'), buyer.address ?? ''],
            ['18.1', say('Код страны', 'Елдің коды'), buyer.country ?? ''],
            ['19', say('Дополнительные сведения', 'Қосымша мәліметтер'), buyer.trailer ?? ''],
            ['20', say('Категория получателя', 'Алушының санаты'), statuses(buyer.statuses, sheet)],
          ]),
          ...publicOffice(invoice, sheet),
        ],
      ),
      columnsOf(
        [
          section(
            say(
              'Раздел D. Реквизиты грузоотправителя и грузополучателя',
              'D бөлімі. Жүк жөнелтуші мен жүк алушының деректемелері',
            ),
          ),
          fields([
            ['25', say('Грузоотправитель', 'Жүк жөнелтуші'), ' '],
            ['25.1', say('ИИН/БИН', 'ЖСН/БСН'), invoice.consignor?.taxId ?? ''],
            ['25.2', say('Наименование', 'Атауы'), invoice.consignor?.name ?? ''],
            ['25.3', say('Адрес отправки', 'Жөнелту мекенжайы'), invoice.consignor?.address ?? ''],
            ['26', say('Грузополучатель', 'Жүк алушы'), ' '],
            ['26.1', say('ИИН/БИН', 'ЖСН/БСН'), invoice.consignee?.taxId ?? ''],
            ['26.2', say('Наименование', 'Атауы'), invoice.consignee?.name ?? ''],
            ['26.3', say('Адрес доставки', 'Жеткізу мекенжайы'), invoice.consignee?.address ?? ''],
            ['26.4', say('Код страны', 'Елдің коды'), invoice.consignee?.country ?? ''],
          ]),
        ],
        [
          section(say('Раздел E. Договор (контракт)', 'E бөлімі. Шарт (келісімшарт)')),
          fields([
            terms.hasContract
              ? [
                  '27.1',
                  say('Договор (контракт) на поставку', 'Жеткізу шарты (келісімшарты)'),
                  say('да', 'иә'),
                ]
              : ['27.2', say('Без договора (контракта)', 'Шартсыз (келісімшартсыз)'), say('да', 'иә')],
            ['27.3', say('Номер', 'Нөмірі'), terms.contractNumber ?? ''],
            ['27.4', say('Дата', 'Күні'), day(terms.contractDate)],
            ['27.5', say('Учетный номер', 'Есептік нөмірі'), terms.accountNumber ?? ''],
            ['28', say('Условия оплаты', 'Төлем шарттары'), terms.term ?? ''],
            ['29', say('Способ отправления', 'Жөнелту тәсілі'), terms.transportTypeCode ?? ''],
            [
              '30',
              say('Доверенность на поставку', 'Жеткізуге сенімхат'),
              joined([terms.warrantNumber, day(terms.warrantDate)]),
            ],
            ['31', say('Пункт назначения', 'Межелі пункт'), terms.destination ?? ''],
            ['31.1', say('Условия поставки', 'Жеткізу шарттары'), terms.deliveryConditionCode ?? ''],
          ]),
          ...deliveryDocuments(invoice, sheet),
        ],
      ),
      section(
        say(
          'Раздел G. Данные по товарам, работам, услугам',
          'G бөлімі. Тауарлар, жұмыстар, қызметтер бойынша деректер',
        ),
      ),
      fields([
        ['33', say('Код валюты', 'Валюта коды'), invoice.currency],
        ['34', say('Курс валюты', 'Валюта бағамы'), quantity(invoice.currencyRate)],
        [
          '',
          say('Без НДС – не РК', 'ҚҚС-сыз – ҚР емес'),
          invoice.withoutVatOutsideKz === true ? say('да', 'иә') : '',
        ],
      ]),
      lines(invoice, sheet),
      {
        text: [
          {
            text: say('Всего с учетом косвенных налогов: ', 'Жанама салықтарды ескергенде барлығы: '),
            bold: true,
          },
          amountInWords(invoice.totals.amountWithVat, invoice.currency, language),
        ],
        margin: [0, 2, 0, 4],
      },
      ...participants(
        invoice,
        invoice.sellerParticipants,
        say(
          'Раздел H. Данные по участникам совместной деятельности (поставщики)',
          'H бөлімі. Бірлескен қызметке қатысушылар бойынша деректер (жеткізушілер)',
        ),
        sheet,
      ),
      ...participants(
        invoice,
        invoice.buyerParticipants,
        say(
          'Раздел H. Данные по участникам совместной деятельности (получатели)',
          'H бөлімі. Бірлескен қызметке қатысушылар бойынша деректер (алушылар)',
        ),
        sheet,
      ),
      ...agent(
        invoice.sellerAgent,
        say(
          'Раздел I. Реквизиты поверенного (оператора) поставщика',
          'I бөлімі. Жеткізушінің сенім білдірілген өкілінің (операторының) деректемелері',
        ),
        sheet,
      ),
      ...agent(
        invoice.buyerAgent,
        say(
          'Раздел J. Реквизиты поверенного (оператора) получателя',
          'J бөлімі. Алушының сенім білдірілген өкілінің (операторының) деректемелері',
        ),
        sheet,
      ),
      ...(invoice.comment === undefined
        ? []
        : [
            section(say('Раздел K. Дополнительные сведения', 'K бөлімі. Қосымша мәліметтер')),
            { text: invoice.comment },
          ]),
      section(
        say(
          'Раздел L. Сведения по ЭЦП: лист подписей в конце документа',
          'L бөлімі. ЭЦҚ бойынша мәліметтер: құжат соңындағы қолтаңбалар парағы',
        ),
      ),
    ],
  }
}

type Field = readonly [number: string, label: string, value: string]

const section = (text: string): Content => ({ text, style: 'section' })

/** Lines «7. Поставщик: …»; a line without a value is left out. */
const fields = (all: readonly Field[]): Content => ({
  table: {
    widths: [22, 150, '*'],
    body: notEmpty(
      all
        .filter(([, , value]) => value !== '')
        .map(([number, label, value]) => [
          { text: number, color: '#444444' },
          { text: label, color: '#444444' },
          { text: value },
        ]),
    ),
  },
  layout: 'bare',
  fontSize: 7.5,
})

/** pdfmake has no table without rows. */
const notEmpty = (rows: TableCell[][]): TableCell[][] =>
  rows.length > 0 ? rows : [[{ text: ' ' }, { text: '' }, { text: '–' }]]

const columnsOf = (one: Content[], other: Content[]): Content => ({
  columns: [
    { stack: one, width: '*' },
    { stack: other, width: '*' },
  ],
  columnGap: 16,
})

const related = (invoice: TaxInvoice, { say }: Sheet): Field[] => {
  if (invoice.invoiceType === 'ordinary') return []
  const { relatedInvoice: first } = invoice
  const [number, label] =
    invoice.invoiceType === 'fixed'
      ? ['4', say('Исправленный: взамен счета-фактуры', 'Түзетілген: шот-фактураның орнына')]
      : ['5', say('Дополнительный: к счету-фактуре', 'Қосымша: шот-фактураға')]
  return [
    [
      number,
      label,
      first === undefined
        ? say('да', 'иә')
        : joined([`№ ${first.number}`, day(first.date), first.registrationNumber]),
    ],
  ]
}

const deliveryDocuments = (invoice: TaxInvoice, { say }: Sheet): Content[] => {
  const { deliveryDocument: first, secondDeliveryDocument: second } = invoice
  if (first === undefined && second === undefined) return []
  return [
    section(
      say(
        'Раздел F. Реквизиты документов, подтверждающих поставку',
        'F бөлімі. Жеткізуді растайтын құжаттардың деректемелері',
      ),
    ),
    fields([
      [
        '32',
        say('Документ (номер, дата)', 'Құжат (нөмірі, күні)'),
        joined([first?.number, day(first?.date)]),
      ],
      [
        '32.1',
        say('Второй документ (номер, дата)', 'Екінші құжат (нөмірі, күні)'),
        joined([second?.number, day(second?.date)]),
      ],
    ]),
  ]
}

const publicOffice = (invoice: TaxInvoice, { say }: Sheet): Content[] => {
  const office = invoice.publicOffice
  if (office === undefined) return []
  return [
    section(
      say(
        'Раздел C1. Реквизиты государственного учреждения',
        'C1 бөлімі. Мемлекеттік мекеменің деректемелері',
      ),
    ),
    fields([
      ['21', say('ИИК', 'ЖСК'), office.iik ?? ''],
      ['22', say('Код товара, работ, услуг', 'Тауар, жұмыс, қызмет коды'), office.productCode ?? ''],
      ['23', say('Назначение платежа', 'Төлем мақсаты'), office.paymentPurpose ?? ''],
      ['24', say('БИК', 'БСК'), office.bik],
    ]),
  ]
}

/** Fifteen columns on one page: the captions are smaller than elsewhere. */
const small = (text: string, span: { columns?: number; rows?: number } = {}): TableCell =>
  head(text, { ...span, fontSize: 6 })

const lines = (invoice: TaxInvoice, sheet: Sheet): Content => {
  const { say, language } = sheet
  const { totals } = invoice
  const fill = (count: number): TableCell[] => Array.from({ length: count }, () => covered)
  const body: TableCell[][] = [
    [
      small('№', { rows: 2 }),
      small(say('Признак происхождения', 'Шығу тегінің белгісі'), { rows: 2 }),
      small(say('Наименование товаров, работ, услуг', 'Тауарлардың, жұмыстардың, қызметтердің атауы'), {
        rows: 2,
      }),
      small(say('Код товара (ТН ВЭД ЕАЭС)', 'Тауар коды (ЕАЭО СЭҚ ТН)'), { rows: 2 }),
      small(say('Ед. изм.', 'Өлш. бірл.'), { rows: 2 }),
      small(say('Кол-во (объем)', 'Саны (көлемі)'), { rows: 2 }),
      small(say('Цена за единицу без косвенных налогов', 'Жанама салықсыз бірлік бағасы'), { rows: 2 }),
      small(say('Стоимость без косвенных налогов', 'Жанама салықсыз құны'), { rows: 2 }),
      small(say('Акциз', 'Акциз'), { columns: 2 }),
      covered,
      small(say('Размер оборота по реализации', 'Өткізу бойынша айналым мөлшері'), { rows: 2 }),
      small(say('НДС', 'ҚҚС'), { columns: 2 }),
      covered,
      small(say('Стоимость с учетом косвенных налогов', 'Жанама салықтар ескерілген құны'), { rows: 2 }),
      small(say('№ декларации, позиция; идентификатор', 'Декларация №, позициясы; идентификатор'), {
        rows: 2,
      }),
    ],
    [
      ...fill(8),
      small(say('ставка', 'мөлш.')),
      small(say('сумма', 'сомасы')),
      covered,
      small(say('ставка', 'мөлш.')),
      small(say('сумма', 'сомасы')),
      covered,
      covered,
    ],
    columnNumbers(15),
  ]
  invoice.lines.forEach((line, at) => {
    body.push([
      centre(String(at + 1)),
      centre(line.truOriginCode),
      left(joined([line.name, line.declaredName, line.additional], '\n')),
      centre(joined([line.tnvedCode, line.kpvedCode, line.gtin], '\n')),
      centre(unitName(line, language)),
      right(quantity(line.quantity)),
      right(money(line.price)),
      right(money(line.amountWithoutVat)),
      right(quantity(line.exciseRate)),
      right(money(line.exciseAmount)),
      right(money(line.turnoverAmount)),
      centre(line.vatRate === 'none' ? say('Без НДС', 'ҚҚС-сыз') : `${line.vatRate}%`),
      right(money(line.vatAmount)),
      right(money(line.amountWithVat)),
      centre(
        joined(
          [
            joined([line.declarationNumber, line.declarationLine], ' / '),
            line.waybillLine,
            line.catalogTruId,
          ],
          '\n',
        ),
      ),
    ])
  })
  body.push([
    footing(say('Всего по счету', 'Шот бойынша барлығы'), { columns: 7 }),
    ...fill(6),
    footing(money(totals.amountWithoutVat)),
    footing(''),
    footing(money(totals.exciseAmount)),
    footing(money(totals.turnoverAmount)),
    footing(''),
    footing(money(totals.vatAmount)),
    footing(money(totals.amountWithVat)),
    footing(''),
  ])
  return grid('landscape', [16, 48, '*', 52, 30, 36, 52, 54, 26, 34, 54, 32, 50, 56, 52], 3, body, {
    fontSize: 6.5,
    heights: [11, 20],
  })
}

const participants = (
  invoice: TaxInvoice,
  list: TaxInvoice['sellerParticipants'],
  title: string,
  { say }: Sheet,
): Content[] =>
  list === undefined
    ? []
    : [
        section(title),
        ...list.map((participant) => ({
          stack: [
            {
              text: joined([
                `${say('ИИН/БИН', 'ЖСН/БСН')} ${participant.taxId}`,
                participant.reorganizedTaxId,
              ]),
              bold: true,
            },
            grid(
              'landscape',
              [40, '*', 60, 80, 70, 80, 50, 70, 80],
              1,
              [
                [
                  head(say('№ строки', 'Жол №')),
                  head(say('Наименование', 'Атауы')),
                  head(say('Кол-во', 'Саны')),
                  head(say('Без косвенных налогов', 'Жанама салықсыз')),
                  head(say('Акциз', 'Акциз')),
                  head(say('Оборот', 'Айналым')),
                  head(say('Ставка НДС', 'ҚҚС мөлш.')),
                  head(say('Сумма НДС', 'ҚҚС сомасы')),
                  head(say('С учетом налогов', 'Салықтармен')),
                ],
                ...participant.shares.map((share) => [
                  centre(share.lineNumber),
                  left(invoice.lines[Number(share.lineNumber) - 1]?.name ?? ''),
                  right(quantity(share.quantity)),
                  right(money(share.amountWithoutVat)),
                  right(money(share.exciseAmount)),
                  right(money(share.turnoverAmount)),
                  centre(
                    share.vatRate === undefined || share.vatRate === 'none'
                      ? say('Без НДС', 'ҚҚС-сыз')
                      : `${share.vatRate}%`,
                  ),
                  right(money(share.vatAmount)),
                  right(money(share.amountWithVat)),
                ]),
              ],
              { fontSize: 6.5 },
            ),
          ],
        })),
      ]

const agent = (who: TaxInvoice['sellerAgent'], title: string, { say }: Sheet): Content[] =>
  who === undefined
    ? []
    : [
        section(title),
        fields([
          ['', say('ИИН/БИН', 'ЖСН/БСН'), who.taxId ?? ''],
          ['', say('Наименование', 'Атауы'), who.name ?? ''],
          ['', say('Адрес', 'Мекенжайы'), who.address ?? ''],
          ['', say('Документ', 'Құжат'), joined([who.documentNumber, day(who.documentDate)])],
        ]),
      ]

const paperReasons = {
  'down-time': { ru: 'простой системы', kk: 'жүйенің тоқтап тұруы' },
  'missing-requirement': {
    ru: 'отсутствие требования по выписке в электронном виде',
    kk: 'электрондық түрде жазып беру талабының болмауы',
  },
  'unlawful-removal-registration': {
    ru: 'неправомерное снятие с регистрационного учета по НДС',
    kk: 'ҚҚС бойынша тіркеу есебінен заңсыз шығару',
  },
} as const

type Status =
  NonNullable<TaxInvoice['seller']['statuses']>[number] | NonNullable<TaxInvoice['buyer']['statuses']>[number]

const statusWords: Readonly<Record<Status, { ru: string; kk: string }>> = {
  committent: { ru: 'комитент', kk: 'комитент' },
  broker: { ru: 'комиссионер', kk: 'комиссионер' },
  forwarder: { ru: 'экспедитор', kk: 'экспедитор' },
  lessor: { ru: 'лизингодатель', kk: 'лизинг беруші' },
  lessee: { ru: 'лизингополучатель', kk: 'лизинг алушы' },
  'joint-activity-participant': {
    ru: 'участник договора о совместной деятельности',
    kk: 'бірлескен қызмет туралы шартқа қатысушы',
  },
  'sharing-agreement-participant': {
    ru: 'участник соглашения о разделе продукции',
    kk: 'өнімді бөлу туралы келісімге қатысушы',
  },
  exporter: { ru: 'экспортер', kk: 'экспорттаушы' },
  transporter: { ru: 'международный перевозчик', kk: 'халықаралық тасымалдаушы' },
  principal: { ru: 'доверитель', kk: 'сенім білдіруші' },
  'public-office': { ru: 'государственное учреждение', kk: 'мемлекеттік мекеме' },
  nonresident: { ru: 'нерезидент', kk: 'бейрезидент' },
  retail: { ru: 'розничная торговля', kk: 'бөлшек сауда' },
  individual: { ru: 'физическое лицо', kk: 'жеке тұлға' },
  lawyer: { ru: 'адвокат', kk: 'адвокат' },
  bailiff: { ru: 'частный судебный исполнитель', kk: 'жеке сот орындаушысы' },
  mediator: { ru: 'медиатор', kk: 'медиатор' },
  notary: { ru: 'нотариус', kk: 'нотариус' },
}

const statuses = (list: readonly Status[] | undefined, { language }: Sheet): string =>
  joined((list ?? []).map((status) => statusWords[status][language]))
