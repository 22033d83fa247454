import { vatRatesOn, wasEverVatRate } from '../document/index.ts'
import type { TaxInvoice } from '../document/index.ts'
import { addDays, decimal, fault, isLocalDate } from '../kernel/index.ts'
import type { ExactDecimal, Fault, LocalDate, Words } from '../kernel/index.ts'

/** What the rules need to know beside the invoice. */
export interface PreflightContext {
  today: LocalDate
  /** In whose name the portal is spoken to. */
  taxId: string
}

/**
 * The portal's own checks, as far as they can be made here, under the portal's own codes: what is found now
 * costs no call, no queue and no signature. Only what the portal surely refuses is a fault here; what it may
 * know better (dictionaries, registers, payers of VAT) is left to it.
 */
export const preflight = (invoice: TaxInvoice, context: PreflightContext): Fault[] =>
  rules.flatMap((rule) => rule.find(invoice, context).map(({ path, words }) => fault(rule.code, path, words)))

/** The portal's codes that are prevented here. */
export const preflightCodes = (): string[] => [...new Set(rules.map(({ code }) => code))]

interface Finding {
  path: string
  words: Words
}

interface Rule {
  /** The portal's code that this rule prevents. */
  code: string
  find(invoice: TaxInvoice, context: PreflightContext): Finding[]
}

type Line = TaxInvoice['lines'][number]

/** The form numbers its lines 1 to 200 (`productNumber`). */
export const portalLineLimit = 200

const at = (path: string, ru: string, kk: string, en: string): Finding => ({ path, words: { ru, kk, en } })

const when = (wrong: boolean, finding: Finding): Finding[] => (wrong ? [finding] : [])

const eachLine = (invoice: TaxInvoice, find: (line: Line, path: string) => Finding[]): Finding[] =>
  invoice.lines.flatMap((line, index) => find(line, `lines[${index}]`))

const amount = (text: string | undefined): ExactDecimal => decimal(text ?? '0')

const sum = (lines: Line[], of: (line: Line) => string | undefined): ExactDecimal =>
  lines.reduce((total, line) => total.plus(amount(of(line))), decimal(0))

/** An additional or corrected invoice follows the rate of its original, which may be older. */
const isRateOf = (invoice: TaxInvoice, rate: string): boolean =>
  invoice.invoiceType === 'ordinary' ? vatRatesOn(invoice.turnoverDate).includes(rate) : wasEverVatRate(rate)

/** Days after an announced outage in which an invoice issued on paper may still be entered. */
const paperDays = 15

const isForeign = (statuses: readonly string[] | undefined): boolean =>
  statuses?.includes('nonresident') ?? false

/** What XML 1.0 cannot carry, not even escaped: control characters, halves of surrogate pairs, U+FFFE and U+FFFF. */
const illegal =
  // eslint-disable-next-line no-control-regex -- these are the characters to find
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

const illegalTexts = (value: unknown, path: string): string[] => {
  if (typeof value === 'string') return illegal.test(value) ? [path] : []
  if (Array.isArray(value)) return value.flatMap((item, index) => illegalTexts(item, `${path}[${index}]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, item]) =>
    illegalTexts(item, path === '' ? name : `${path}.${name}`),
  )
}

/** ISO 4217 as Node's own data has it. */
const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })

/** A code that is surely no country's. */
const isNoCountry = (code: string | undefined): boolean =>
  code !== undefined && (!/^[A-Z]{2}$/.test(code) || regions.of(code) === undefined)

const noCountry = (path: string): Finding =>
  at(
    path,
    'Укажите код страны из двух букв по ISO 3166 (KZ, RU, CN).',
    'ISO 3166 бойынша екі әріптік ел кодын көрсетіңіз (KZ, RU, CN).',
    'Give the two-letter country code of ISO 3166 (KZ, RU, CN).',
  )

const rules: readonly Rule[] = [
  {
    code: 'CONTENT_HAS_INVALID_CHARACTERS',
    find: (invoice) =>
      illegalTexts(invoice, '').map((path) =>
        at(
          path,
          'В тексте есть управляющие символы, которые нельзя передать в ИС ЭСФ. Удалите их (обычно они попадают при копировании из других программ).',
          'Мәтінде ЭШФ АЖ-ға беруге болмайтын басқару таңбалары бар. Оларды жойыңыз (әдетте басқа бағдарламалардан көшіргенде түседі).',
          'The text has control characters that the portal cannot carry. Remove them (they usually come from copying).',
        ),
      ),
  },
  {
    code: 'FIELD_INVALID',
    find: (invoice) =>
      when(
        !/^[0-9]{1,30}$/.test(invoice.number),
        at(
          'number',
          'Номер счёта-фактуры для ИС ЭСФ состоит только из цифр (не более 30). Уберите префикс и дефисы.',
          'ЭШФ АЖ үшін шот-фактура нөмірі тек цифрлардан тұрады (30-дан аспайды). Префикс пен сызықшаларды алып тастаңыз.',
          'The portal takes invoice numbers of digits only (30 at most). Remove the prefix and dashes.',
        ),
      ),
  },
  {
    code: 'WRONG_DATE',
    find: (invoice, { today }) => [
      ...when(
        !isLocalDate(invoice.date) || invoice.date > today,
        at(
          'date',
          'Дата выписки не может быть в будущем. Укажите сегодняшний день.',
          'Жазып беру күні болашақта бола алмайды. Бүгінгі күнді көрсетіңіз.',
          'The day of issue cannot be in the future. Give today.',
        ),
      ),
      ...when(
        invoice.turnoverDate > today ||
          (invoice.invoiceType === 'ordinary' && invoice.turnoverDate > invoice.date),
        at(
          'turnoverDate',
          'Дата совершения оборота задана неверно: она не может быть позже даты выписки.',
          'Айналым жасалған күн қате: ол жазып беру күнінен кеш бола алмайды.',
          'The turnover date is wrong: it cannot be later than the day of issue.',
        ),
      ),
    ],
  },
  {
    code: 'PAPER_REASON_NOT_SET',
    find: (invoice) =>
      when(
        invoice.datePaper !== undefined && invoice.reasonPaper === undefined,
        at(
          'reasonPaper',
          'Указана дата выписки на бумаге без причины. Укажите причину.',
          'Қағаз түрінде жазып беру күні себепсіз көрсетілген. Себебін көрсетіңіз.',
          'There is a date on paper without a reason. Give the reason.',
        ),
      ),
  },
  {
    code: 'PAPER_DATE_NOT_SET',
    find: (invoice) =>
      when(
        invoice.reasonPaper !== undefined && invoice.datePaper === undefined,
        at(
          'datePaper',
          'Указана причина выписки на бумаге без даты. Укажите дату.',
          'Қағаз түрінде жазып беру себебі күнсіз көрсетілген. Күнін көрсетіңіз.',
          'There is a reason for paper without a date. Give the date.',
        ),
      ),
  },
  {
    code: 'PAPER_INVOICE_TIME_EXPIRED',
    find: (invoice, { today }) =>
      when(
        invoice.reasonPaper === 'down-time' &&
          invoice.datePaper !== undefined &&
          today > addDays(invoice.datePaper, paperDays),
        at(
          'datePaper',
          `Счёт-фактура, выписанный на бумаге во время простоя, вводится в ИС ЭСФ в течение ${paperDays} календарных дней. Срок прошёл.`,
          `Тоқтап тұру кезінде қағаз түрінде жазып берілген шот-фактура ЭШФ АЖ-ға ${paperDays} күнтізбелік күн ішінде енгізіледі. Мерзім өтті.`,
          `An invoice issued on paper during an outage is entered within ${paperDays} calendar days. The term has passed.`,
        ),
      ),
  },
  {
    code: 'FLK_VALITATION_FAILED',
    find: (invoice) =>
      when(
        invoice.lines.length > portalLineLimit,
        at(
          'lines',
          `В ИС ЭСФ не более ${portalLineLimit} строк в одном счёте-фактуре, здесь ${invoice.lines.length}. Разделите его на несколько.`,
          `ЭШФ АЖ-да бір шот-фактурада ${portalLineLimit} жолдан аспайды, мұнда ${invoice.lines.length}. Оны бірнешеге бөліңіз.`,
          `The portal takes ${portalLineLimit} lines in an invoice, this one has ${invoice.lines.length}. Split it.`,
        ),
      ),
  },
  {
    code: 'INCORRECT_PRODUCT_SUM',
    find: (invoice) =>
      eachLine(invoice, (line, path) => [
        ...when(
          !amount(line.turnoverAmount).equals(amount(line.amountWithoutVat).plus(amount(line.exciseAmount))),
          at(
            `${path}.turnoverAmount`,
            'Размер оборота должен быть равен стоимости без косвенных налогов плюс акциз.',
            'Айналым мөлшері жанама салықсыз құн мен акциздің қосындысына тең болуы керек.',
            'The turnover must equal the price without taxes plus the excise.',
          ),
        ),
        ...when(
          !amount(line.amountWithVat).equals(amount(line.turnoverAmount).plus(amount(line.vatAmount))),
          at(
            `${path}.amountWithVat`,
            'Стоимость с налогами должна быть равна размеру оборота плюс НДС.',
            'Салықтармен құны айналым мөлшері мен ҚҚС қосындысына тең болуы керек.',
            'The amount with taxes must equal the turnover plus VAT.',
          ),
        ),
      ]),
  },
  {
    code: 'WRONG_SUM',
    find: (invoice) =>
      eachLine(invoice, (line, path) =>
        when(
          invoice.invoiceType !== 'additional' &&
            [line.amountWithoutVat, line.turnoverAmount, line.vatAmount, line.amountWithVat].some((text) =>
              amount(text).isNegative(),
            ),
          at(
            path,
            'Отрицательные суммы допускаются только в дополнительном счёте-фактуре.',
            'Теріс сомалар тек қосымша шот-фактурада рұқсат етіледі.',
            'Negative amounts are allowed in an additional invoice only.',
          ),
        ),
      ),
  },
  {
    code: 'INCORRECT_TOTAL_SUM',
    find: (invoice) => totalFindings(invoice),
  },
  {
    code: 'NDS_RATE_INCORRECT',
    find: (invoice) =>
      eachLine(invoice, (line, path) =>
        when(
          !isRateOf(invoice, line.vatRate),
          at(
            `${path}.vatRate`,
            `Ставка НДС ${line.vatRate} % не действует на дату оборота ${invoice.turnoverDate}. Исправьте ставку или дату оборота.`,
            `ҚҚС мөлшерлемесі ${line.vatRate} % ${invoice.turnoverDate} айналым күніне қолданылмайды. Мөлшерлемені немесе айналым күнін түзетіңіз.`,
            `The VAT rate ${line.vatRate} % is not in force on the turnover date ${invoice.turnoverDate}. Correct the rate or the turnover date.`,
          ),
        ),
      ),
  },
  {
    code: 'NDS_AMOUNT_FOR_NOT_NDS_PAYER',
    find: (invoice) =>
      eachLine(invoice, (line, path) =>
        when(
          line.vatRate === 'none' && !amount(line.vatAmount).isZero(),
          at(
            `${path}.vatAmount`,
            'В строке «без НДС» сумма НДС должна быть 0.',
            '«ҚҚС-сыз» жолында ҚҚС сомасы 0 болуы керек.',
            'A line without VAT must have a VAT amount of 0.',
          ),
        ),
      ),
  },
  {
    code: 'INVALID_MEASURE_UNIT_CODE',
    find: (invoice) =>
      eachLine(invoice, (line, path) =>
        when(
          line.truOriginCode !== '6' && line.unitCode === undefined,
          at(
            `${path}.unitCode`,
            'Для товара нужен код единицы измерения по МКЕИ (например, 796 — штука): название единицы ИС ЭСФ не принимает.',
            'Тауар үшін ӨБХЖ бойынша өлшем бірлігінің коды керек (мысалы, 796 — дана): ЭШФ АЖ бірлік атауын қабылдамайды.',
            'Goods need the code of the unit of measure (796 is a piece): the portal does not take its name.',
          ),
        ),
      ),
  },
  {
    code: 'INVALID_CURRENCY_CODE',
    find: (invoice) =>
      when(
        !currencies.has(invoice.currency),
        at('currency', 'Код валюты неверен.', 'Валюта коды қате.', 'The currency code is wrong.'),
      ),
  },
  {
    code: 'CURRENCY_RATE_NOT_MATCH',
    find: (invoice) =>
      when(
        invoice.currency !== 'KZT' && !amount(invoice.currencyRate).greaterThan(0),
        at(
          'currencyRate',
          'Для счёта-фактуры в иностранной валюте укажите курс.',
          'Шетел валютасындағы шот-фактура үшін бағамды көрсетіңіз.',
          'An invoice in a foreign currency needs the exchange rate.',
        ),
      ),
  },
  {
    code: 'SELLER_TIN_NOT_EQUALS_WITH_TIN_IN_SESSION',
    find: (invoice, { taxId }) =>
      when(
        ![
          invoice.seller.taxId,
          invoice.seller.branchTaxId,
          invoice.sellerAgent?.taxId,
          invoice.buyerAgent?.taxId,
          ...(invoice.sellerParticipants ?? []).map((participant) => participant.taxId),
        ].includes(taxId),
        at(
          'seller.taxId',
          'БИН/ИИН поставщика не совпадает с компанией, от имени которой отправляется счёт-фактура.',
          'Жеткізушінің БСН/ЖСН шот-фактура жіберетін компанияға сәйкес келмейді.',
          'The tax id of the seller is not that of the company in whose name the invoice is sent.',
        ),
      ),
  },
  {
    code: 'INVALID_CUSTOMER_TIN',
    find: (invoice) =>
      when(
        invoice.buyer.taxId === undefined && !isForeign(invoice.buyer.statuses),
        at(
          'buyer.taxId',
          'БИН/ИИН получателя может отсутствовать только у нерезидента. Укажите БИН/ИИН или категорию «нерезидент».',
          'Алушының БСН/ЖСН тек бейрезидентте болмауы мүмкін. БСН/ЖСН немесе «бейрезидент» санатын көрсетіңіз.',
          'Only a non-resident buyer may have no tax id. Give the tax id, or the status non-resident.',
        ),
      ),
  },
  {
    code: 'INVALID_CUSTOMER_COUNTRY_CODE',
    find: (invoice) =>
      when(
        isForeign(invoice.buyer.statuses)
          ? invoice.buyer.country === undefined || isNoCountry(invoice.buyer.country)
          : isNoCountry(invoice.buyer.country),
        noCountry('buyer.country'),
      ),
  },
  {
    code: 'INVALID_SELLER_COUNTRY_CODE',
    find: (invoice) => when(isNoCountry(invoice.seller.country), noCountry('seller.country')),
  },
  {
    code: 'INVALID_CONSIGNEE_COUNTRY_CODE',
    find: (invoice) => when(isNoCountry(invoice.consignee?.country), noCountry('consignee.country')),
  },
  {
    code: 'PUBLIC_OFFICE_FIELDS_NOT_CONSISTENT',
    find: (invoice) => {
      const isOffice = invoice.buyer.statuses?.includes('public-office') ?? false
      const purpose = invoice.publicOffice?.paymentPurpose
      const iik = invoice.publicOffice?.iik
      return [
        ...when(
          isOffice !== (invoice.publicOffice !== undefined),
          at(
            'publicOffice',
            'Раздел C1 заполняется тогда и только тогда, когда получатель — государственное учреждение.',
            'C1 бөлімі алушы мемлекеттік мекеме болғанда ғана толтырылады.',
            'Section C1 is filled if, and only if, the buyer is a public office.',
          ),
        ),
        ...when(
          purpose !== undefined && !/^[^\s:][^:\n\r\t]*$/.test(purpose),
          at(
            'publicOffice.paymentPurpose',
            'В назначении платежа нельзя использовать двоеточие и переводы строк.',
            'Төлем мақсатында қос нүкте мен жол ауыстыруды пайдалануға болмайды.',
            'The purpose of payment must not contain colons or line breaks.',
          ),
        ),
        ...when(
          iik !== undefined && !/^[0-9A-Z]{20}$/.test(iik),
          at(
            'publicOffice.iik',
            'ИИК государственного учреждения состоит из 20 знаков.',
            'Мемлекеттік мекеменің ЖСК 20 таңбадан тұрады.',
            'The account of a public office has 20 characters.',
          ),
        ),
      ]
    },
  },
  {
    code: 'BIK_IIK_TIN_NOT_CORRECT',
    find: (invoice) =>
      [
        { path: 'seller.bank', bank: invoice.seller.bank },
        { path: 'seller.vatControlBank', bank: invoice.seller.vatControlBank },
      ].flatMap(({ path, bank }) =>
        when(
          bank !== undefined && !/^[0-9A-Z]{20}$/.test(bank.iik),
          at(
            `${path}.iik`,
            'ИИК поставщика состоит из 20 знаков: KZ и 18 цифр или латинских букв.',
            'Жеткізушінің ЖСК 20 таңбадан тұрады: KZ және 18 цифр немесе латын әрпі.',
            'The account of the seller has 20 characters: KZ and 18 digits or Latin letters.',
          ),
        ),
      ),
  },
  {
    code: 'FIELD_IS_NULL',
    find: (invoice) => [
      ...when(
        invoice.deliveryTerm.hasContract && invoice.deliveryTerm.contractNumber === undefined,
        at(
          'deliveryTerm.contractNumber',
          'Отмечено «есть договор»: укажите номер договора.',
          '«Шарт бар» деп белгіленген: шарт нөмірін көрсетіңіз.',
          'It says there is a contract: give its number.',
        ),
      ),
      ...when(
        invoice.deliveryTerm.hasContract && invoice.deliveryTerm.contractDate === undefined,
        at(
          'deliveryTerm.contractDate',
          'Отмечено «есть договор»: укажите дату договора.',
          '«Шарт бар» деп белгіленген: шарт күнін көрсетіңіз.',
          'It says there is a contract: give its date.',
        ),
      ),
    ],
  },
  {
    code: 'RELATED_INVOICE_NOT_FOUND',
    find: (invoice) =>
      when(
        invoice.invoiceType !== 'ordinary' && invoice.relatedInvoice === undefined,
        at(
          'relatedInvoice',
          'Для исправленного и дополнительного счёта-фактуры укажите основной: номер, дату и регистрационный номер.',
          'Түзетілген және қосымша шот-фактура үшін негізгісін көрсетіңіз: нөмірі, күні және тіркеу нөмірі.',
          'A corrected or additional invoice names its original: number, date and registration number.',
        ),
      ),
  },
  {
    code: 'RELATED_INVOICE_NOT_FOUND_NUM_FIELD_DIFFERS',
    find: (invoice) =>
      when(
        invoice.relatedInvoice !== undefined && !/^[0-9]{1,30}$/.test(invoice.relatedInvoice.number),
        at(
          'relatedInvoice.number',
          'Номер основного счёта-фактуры состоит только из цифр (не более 30).',
          'Негізгі шот-фактура нөмірі тек цифрлардан тұрады (30-дан аспайды).',
          'The number of the original consists of digits only (30 at most).',
        ),
      ),
  },
  {
    code: 'WRONG_TYPE',
    find: (invoice) =>
      when(
        invoice.invoiceType === 'ordinary' && invoice.relatedInvoice !== undefined,
        at(
          'invoiceType',
          'Основной счёт-фактура не ссылается на другой. Выберите исправленный или дополнительный.',
          'Негізгі шот-фактура басқасына сілтемейді. Түзетілгенін немесе қосымшасын таңдаңыз.',
          'An ordinary invoice does not refer to another. Choose corrected or additional.',
        ),
      ),
  },
  {
    code: 'MAIN_AND_FIXED_INVOICES_DATE_RANGE_INVALID',
    find: (invoice) =>
      when(
        invoice.invoiceType === 'fixed' &&
          invoice.relatedInvoice !== undefined &&
          invoice.relatedInvoice.date > invoice.date,
        at(
          'relatedInvoice.date',
          'Основной счёт-фактура не может быть выписан позже исправленного.',
          'Негізгі шот-фактура түзетілгенінен кеш жазылуы мүмкін емес.',
          'The original cannot be issued later than its correction.',
        ),
      ),
  },
  {
    code: 'ADDITIONAL_INVOICE_PRODUCT_UNIT_PRICE_IS_ABSENT',
    find: (invoice) =>
      invoice.invoiceType !== 'additional'
        ? []
        : eachLine(invoice, (line, path) =>
            when(
              line.truOriginCode !== '6' && line.quantity !== undefined && line.price === undefined,
              at(
                `${path}.price`,
                'В дополнительном счёте-фактуре укажите цену за единицу.',
                'Қосымша шот-фактурада бірлік бағасын көрсетіңіз.',
                'An additional invoice needs the price of a unit.',
              ),
            ),
          ),
  },
  {
    code: 'PARTICIPANT_SHARE_INCORRECT',
    find: (invoice) =>
      (['sellerParticipants', 'buyerParticipants'] as const).flatMap((side) =>
        (invoice[side] ?? []).flatMap((participant, index) =>
          participant.shares.flatMap((share, place) =>
            when(
              !Number.isInteger(Number(share.lineNumber)) ||
                Number(share.lineNumber) < 1 ||
                Number(share.lineNumber) > invoice.lines.length,
              at(
                `${side}[${index}].shares[${place}].lineNumber`,
                `Доля относится к строке ${share.lineNumber}, которой нет: строк ${invoice.lines.length}.`,
                `Үлес жоқ ${share.lineNumber}-жолға жатады: жолдар саны ${invoice.lines.length}.`,
                `The share belongs to line ${share.lineNumber}, which is not there: ${invoice.lines.length} lines.`,
              ),
            ),
          ),
        ),
      ),
  },
]

const totalFindings = (invoice: TaxInvoice): Finding[] => {
  const { lines, totals } = invoice
  const pairs: [keyof typeof totals, ExactDecimal][] = [
    ['amountWithoutVat', sum(lines, (line) => line.amountWithoutVat)],
    ['exciseAmount', sum(lines, (line) => line.exciseAmount)],
    ['turnoverAmount', sum(lines, (line) => line.turnoverAmount)],
    ['vatAmount', sum(lines, (line) => line.vatAmount)],
    ['amountWithVat', sum(lines, (line) => line.amountWithVat)],
  ]
  return pairs.flatMap(([name, expected]) =>
    when(
      !amount(totals[name]).equals(expected),
      at(
        `totals.${name}`,
        `Итог не равен сумме строк: по строкам ${expected.toFixed()}, в итоге ${totals[name]}.`,
        `Жиыны жолдар сомасына тең емес: жолдар бойынша ${expected.toFixed()}, жиынында ${totals[name]}.`,
        `The total is not the sum of the lines: the lines give ${expected.toFixed()}, the total says ${totals[name]}.`,
      ),
    ),
  )
}
