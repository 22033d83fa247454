import { daysBetween } from '../../kernel/index.ts'
import type { TaxInvoice } from '../kinds/index.ts'
import type { Coded, Report, Rule } from './rule.ts'
import { fault, notice, rule } from './rule.ts'

/** Calendar days from the turnover to the issue: Tax Code № 214-VIII, art. 493. */
const daysToIssue = 15

const everyRateIsNone = (invoice: TaxInvoice): boolean =>
  invoice.lines.every((line) => line.vatRate === 'none')

export const taxInvoiceRules: readonly Rule<TaxInvoice>[] = [
  rule(
    fault(
      'INVOICE-01',
      'Дата оборота ещё не наступила. Портал такой счёт-фактуру не примет: исправьте дату оборота.',
      'Айналым күні әлі келген жоқ. Портал мұндай шот-фактураны қабылдамайды: айналым күнін түзетіңіз.',
      'The turnover date is in the future. The portal takes no such invoice: correct the turnover date.',
    ),
    'turnoverDate',
    (invoice, { today }) => invoice.turnoverDate <= today,
  ),
  rule(
    fault(
      'INVOICE-02',
      'Счёт-фактура выписана раньше даты оборота. Исправьте одну из дат.',
      'Шот-фактура айналым күнінен бұрын жазылған. Күндердің бірін түзетіңіз.',
      'The invoice is dated before its turnover. Correct one of the dates.',
    ),
    'date',
    (invoice) => invoice.date >= invoice.turnoverDate,
  ),
  rule(
    notice(
      'INVOICE-03',
      'Счёт-фактура выписана позже 15 календарных дней после оборота (ст. 493 Налогового кодекса). Возможен штраф.',
      'Шот-фактура айналымнан кейін күнтізбелік 15 күннен кеш жазылған (Салық кодексінің 493-бабы). Айыппұл болуы мүмкін.',
      'The invoice is issued later than 15 calendar days after the turnover (Tax Code, art. 493). A fine is possible.',
    ),
    'date',
    (invoice) =>
      invoice.invoiceType !== 'ordinary' ||
      daysBetween(invoice.turnoverDate, invoice.datePaper ?? invoice.date) <= daysToIssue,
  ),
  rule(
    fault(
      'INVOICE-04',
      'Номер счёта-фактуры для портала — от 1 до 30 цифр, без букв и знаков. Исправьте номер.',
      'Портал үшін шот-фактура нөмірі — 1-ден 30-ға дейін цифр, әріпсіз және белгісіз. Нөмірді түзетіңіз.',
      'The portal takes an invoice number of 1 to 30 digits, no letters or signs. Correct the number.',
    ),
    'number',
    (invoice) => /^\d{1,30}$/.test(invoice.number),
  ),
  rule(
    fault(
      'INVOICE-05',
      'Исправленному или дополнительному счёту-фактуре нужен связанный. Укажите номер и дату исходного.',
      'Түзетілген немесе қосымша шот-фактураға байланысты шот-фактура керек. Бастапқысының нөмірі мен күнін көрсетіңіз.',
      'A corrected or additional invoice needs the one it belongs to. Give the number and the date of the original.',
    ),
    'relatedInvoice',
    (invoice) => invoice.invoiceType === 'ordinary' || invoice.relatedInvoice !== undefined,
  ),
  rule(
    fault(
      'INVOICE-06',
      'У основного счёта-фактуры не бывает связанного. Уберите его или измените вид.',
      'Негізгі шот-фактурада байланысты шот-фактура болмайды. Оны алып тастаңыз немесе түрін өзгертіңіз.',
      'An ordinary invoice has no related one. Remove it or change the type.',
    ),
    'relatedInvoice',
    (invoice) => invoice.invoiceType !== 'ordinary' || invoice.relatedInvoice === undefined,
  ),
  rule(
    fault(
      'INVOICE-07',
      'Связанный счёт-фактура выписан позже этого. Исправьте его дату.',
      'Байланысты шот-фактура бұдан кейін жазылған. Оның күнін түзетіңіз.',
      'The related invoice is dated after this one. Correct its date.',
    ),
    'relatedInvoice.date',
    (invoice) => invoice.relatedInvoice === undefined || invoice.relatedInvoice.date <= invoice.date,
  ),
  rule(
    fault(
      'INVOICE-08',
      'Дата и причина выписки на бумаге указываются вместе. Заполните обе или уберите.',
      'Қағаз түрінде жазып беру күні мен себебі бірге көрсетіледі. Екеуін де толтырыңыз немесе алып тастаңыз.',
      'The date on paper and its reason go together. Give both or neither.',
    ),
    'datePaper',
    (invoice) => (invoice.datePaper === undefined) === (invoice.reasonPaper === undefined),
  ),
  rule(
    fault(
      'INVOICE-09',
      'Для валюты, отличной от тенге, нужен курс. Укажите его.',
      'Теңгеден басқа валюта үшін бағам керек. Оны көрсетіңіз.',
      'A currency other than the tenge needs an exchange rate. Give it.',
    ),
    'currencyRate',
    (invoice) => invoice.currency === 'KZT' || invoice.currencyRate !== undefined,
  ),
  rule(
    fault(
      'INVOICE-10',
      'Указано, что договор есть: заполните номер договора.',
      'Шарт бар деп көрсетілген: шарт нөмірін толтырыңыз.',
      'A contract is declared: give its number.',
    ),
    'deliveryTerm.contractNumber',
    ({ deliveryTerm }) => !deliveryTerm.hasContract || deliveryTerm.contractNumber !== undefined,
  ),
  rule(
    fault(
      'INVOICE-11',
      'Указано, что договор есть: заполните дату договора.',
      'Шарт бар деп көрсетілген: шарт күнін толтырыңыз.',
      'A contract is declared: give its date.',
    ),
    'deliveryTerm.contractDate',
    ({ deliveryTerm }) => !deliveryTerm.hasContract || deliveryTerm.contractDate !== undefined,
  ),
  rule(
    notice(
      'INVOICE-13',
      'В строках есть НДС, а свидетельство плательщика НДС не указано. Заполните серию и номер.',
      'Жолдарда ҚҚС бар, ал ҚҚС төлеушінің куәлігі көрсетілмеген. Сериясы мен нөмірін толтырыңыз.',
      'The lines have VAT but the VAT certificate of the seller is missing. Give its series and number.',
    ),
    'seller.vatCertificate',
    (invoice) => invoice.seller.vatCertificate !== undefined || everyRateIsNone(invoice),
  ),
  rule(
    fault(
      'INVOICE-14',
      'Получатель — государственное учреждение: заполните его реквизиты (раздел C1).',
      'Алушы — мемлекеттік мекеме: оның деректемелерін толтырыңыз (C1 бөлімі).',
      'The buyer is a public office: fill in its details (section C1).',
    ),
    'publicOffice',
    (invoice) =>
      invoice.buyer.statuses?.includes('public-office') !== true || invoice.publicOffice !== undefined,
  ),
  rule(
    fault(
      'INVOICE-16',
      'Оборот вне Казахстана указывается без НДС. Уберите ставки или признак.',
      'Қазақстаннан тыс айналым ҚҚС-сыз көрсетіледі. Мөлшерлемелерді немесе белгіні алып тастаңыз.',
      'Turnover outside Kazakhstan goes without VAT. Remove the rates or the flag.',
    ),
    'withoutVatOutsideKz',
    (invoice) => invoice.withoutVatOutsideKz !== true || everyRateIsNone(invoice),
  ),
  rule(
    fault(
      'INVOICE-17',
      'Для получателя-нерезидента укажите код страны.',
      'Бейрезидент алушы үшін ел кодын көрсетіңіз.',
      'Give the country code of a non-resident buyer.',
    ),
    'buyer.country',
    ({ buyer }) => buyer.statuses?.includes('nonresident') !== true || buyer.country !== undefined,
  ),
]

type Line = TaxInvoice['lines'][number]

const isGoods = (line: Line): boolean => line.truOriginCode !== '6'

const goodsNeed = (what: 'unitCode' | 'quantity' | 'price'): Rule<Line> =>
  rule(
    fault(
      'INVOICE-12',
      'Для товаров обязательны код единицы измерения, количество и цена. Заполните поле.',
      'Тауарлар үшін өлшем бірлігінің коды, саны және бағасы міндетті. Өрісті толтырыңыз.',
      'Goods need a unit code, a quantity and a price. Fill in the field.',
    ),
    what,
    (line) => !isGoods(line) || line[what] !== undefined,
  )

export const taxInvoiceLineRules: readonly Rule<Line>[] = [
  goodsNeed('unitCode'),
  goodsNeed('quantity'),
  goodsNeed('price'),
]

export const shareRules = {
  noSuchLine: fault(
    'INVOICE-15',
    'Доля участника ссылается на строку, которой нет. Укажите номер строки от 1 до {lines}.',
    'Қатысушының үлесі жоқ жолға сілтейді. 1-ден {lines}-ға дейінгі жол нөмірін көрсетіңіз.',
    'The share of a participant points to a line that is not there. Give a line number from 1 to {lines}.',
  ),
} satisfies Record<string, Coded>

export const checkShares = (invoice: TaxInvoice, report: Report): void => {
  for (const side of ['sellerParticipants', 'buyerParticipants'] as const) {
    invoice[side]?.forEach((participant, at) => {
      participant.shares.forEach((share, index) => {
        const line = Number(share.lineNumber)
        if (line >= 1 && line <= invoice.lines.length) return
        report.say(shareRules.noSuchLine, `${side}[${at}].shares[${index}].lineNumber`, {
          lines: invoice.lines.length,
        })
      })
    })
  }
}
