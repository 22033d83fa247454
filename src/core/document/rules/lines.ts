import type { DecimalText, LocalDate } from '../../kernel/index.ts'
import type { Act, PaymentInvoice, TaxInvoice, Waybill } from '../kinds/index.ts'
import { absolute, costOf, moneyOf, tiyn, vatInside, vatOn } from './figures.ts'
import type { Coded, Report } from './rule.ts'
import { fault, notice } from './rule.ts'
import { vatRatesOn, wasEverVatRate } from './vat-rates.ts'

/** Documents with lines of money. */
export type TradeDocument = PaymentInvoice | Act | Waybill | TaxInvoice

type PlainLine = (PaymentInvoice | Act | Waybill)['lines'][number]
type InvoiceLine = TaxInvoice['lines'][number]

/**
 * 1C rounds each line by itself, so a sum may be one tiyn away from ours and still be right. Within this
 * it is told, beyond it refused; it is never corrected.
 */
export const toleranceTiyn = 1n

export const lineRules = {
  costFar: fault(
    'LINE-01',
    'Сумма строки не равна количеству × цене минус скидка: ожидается {computed}, указано {given}. Пересчитайте строку.',
    'Жол сомасы саны × баға минус жеңілдікке тең емес: {computed} күтіледі, {given} көрсетілген. Жолды қайта есептеңіз.',
    'The amount of the line is not quantity × price less discount: {computed} is expected, {given} is given. Recalculate the line.',
  ),
  costNear: notice(
    'LINE-02',
    'Сумма строки отличается на тиын от количества × цены: расчёт {computed}, указано {given}. Исправлять не требуется.',
    'Жол сомасы саны × бағадан бір тиынға ерекшеленеді: есеп {computed}, көрсетілген {given}. Түзету қажет емес.',
    'The amount of the line is a tiyn away from quantity × price: computed {computed}, given {given}. Nothing to correct.',
  ),
  sumFar: fault(
    'LINE-03',
    'Сумма с НДС не равна сумме без НДС плюс НДС: ожидается {computed}, указано {given}. Пересчитайте строку.',
    'ҚҚС-пен сома ҚҚС-сыз сома мен ҚҚС қосындысына тең емес: {computed} күтіледі, {given} көрсетілген. Жолды қайта есептеңіз.',
    'The amount with VAT is not the amount without VAT plus the VAT: {computed} is expected, {given} is given. Recalculate the line.',
  ),
  sumNear: notice(
    'LINE-04',
    'Сумма с НДС отличается на тиын от суммы без НДС плюс НДС: расчёт {computed}, указано {given}.',
    'ҚҚС-пен сома ҚҚС-сыз сома мен ҚҚС қосындысынан бір тиынға ерекшеленеді: есеп {computed}, көрсетілген {given}.',
    'The amount with VAT is a tiyn away from the amount without VAT plus the VAT: computed {computed}, given {given}.',
  ),
  quantityNotPositive: fault(
    'LINE-05',
    'Количество должно быть больше нуля. Исправьте или удалите строку.',
    'Саны нөлден үлкен болуы керек. Жолды түзетіңіз немесе жойыңыз.',
    'The quantity must be more than zero. Correct or remove the line.',
  ),
  priceNegative: fault(
    'LINE-06',
    'Цена не может быть отрицательной. Исправьте её.',
    'Баға теріс бола алмайды. Оны түзетіңіз.',
    'The price cannot be negative. Correct it.',
  ),
  amountNegative: fault(
    'LINE-07',
    'Сумма не может быть отрицательной. Для уменьшения выпишите исправленный или дополнительный документ.',
    'Сома теріс бола алмайды. Азайту үшін түзетілген немесе қосымша құжат жазып беріңіз.',
    'The amount cannot be negative. To reduce it issue a corrected or an additional document.',
  ),
  discountWrong: fault(
    'LINE-08',
    'Скидка отрицательна или больше стоимости строки. Исправьте её.',
    'Жеңілдік теріс немесе жол құнынан үлкен. Оны түзетіңіз.',
    'The discount is negative or exceeds the cost of the line. Correct it.',
  ),
  turnoverWrong: fault(
    'LINE-09',
    'Размер оборота не равен стоимости без налогов плюс акциз: ожидается {computed}, указано {given}. Пересчитайте строку.',
    'Айналым мөлшері салықсыз құн мен акциз қосындысына тең емес: {computed} күтіледі, {given} көрсетілген. Жолды қайта есептеңіз.',
    'The turnover is not the price without taxes plus the excise: {computed} is expected, {given} is given. Recalculate the line.',
  ),
  rateUnknown: fault(
    'VAT-01',
    'Ставка НДС {rate} не предусмотрена законом. Допустимо на эту дату: {rates}.',
    '{rate} ҚҚС мөлшерлемесі заңда көзделмеген. Бұл күнге рұқсат етілгені: {rates}.',
    'The law knows no VAT rate of {rate}. Allowed on this date: {rates}.',
  ),
  rateNotInForce: fault(
    'VAT-02',
    'Ставка НДС {rate} не действует на дату оборота {date}. Допустимо: {rates}. Исправьте ставку или дату оборота.',
    '{rate} ҚҚС мөлшерлемесі айналым күні {date} қолданылмайды. Рұқсат етілгені: {rates}. Мөлшерлемені немесе айналым күнін түзетіңіз.',
    'The VAT rate {rate} is not in force on the turnover date {date}. Allowed: {rates}. Correct the rate or the turnover date.',
  ),
  rateOfAnotherDay: notice(
    'VAT-03',
    'Ставка НДС {rate} не действует на дату документа {date} (допустимо: {rates}). Проверьте дату оборота.',
    '{rate} ҚҚС мөлшерлемесі құжат күні {date} қолданылмайды (рұқсат етілгені: {rates}). Айналым күнін тексеріңіз.',
    'The VAT rate {rate} is not in force on the document date {date} (allowed: {rates}). Check the turnover date.',
  ),
  vatFar: fault(
    'VAT-04',
    'Сумма НДС не соответствует ставке {rate}: ожидается {computed}, указано {given}. Пересчитайте строку.',
    'ҚҚС сомасы {rate} мөлшерлемесіне сәйкес емес: {computed} күтіледі, {given} көрсетілген. Жолды қайта есептеңіз.',
    'The VAT amount does not follow from the rate {rate}: {computed} is expected, {given} is given. Recalculate the line.',
  ),
  vatNear: notice(
    'VAT-05',
    'Сумма НДС отличается на тиын от расчёта по ставке {rate}: расчёт {computed}, указано {given}.',
    'ҚҚС сомасы {rate} мөлшерлемесі бойынша есептен бір тиынға ерекшеленеді: есеп {computed}, көрсетілген {given}.',
    'The VAT amount is a tiyn away from the rate {rate}: computed {computed}, given {given}.',
  ),
  vatWithoutRate: fault(
    'VAT-06',
    'При ставке 0 % или «без НДС» сумма НДС должна быть 0. Обнулите её или укажите ставку.',
    '0 % немесе «ҚҚС-сыз» мөлшерлемесінде ҚҚС сомасы 0 болуы керек. Оны нөлге теңеңіз немесе мөлшерлемені көрсетіңіз.',
    'With the rate 0 % or "without VAT" the VAT amount must be 0. Clear it or give the rate.',
  ),
} satisfies Record<string, Coded>

/** Beyond the tolerance: `far`; within it: `near`; equal: silence. */
const compare = (
  computed: bigint,
  given: bigint,
  far: Coded,
  near: Coded,
  path: () => string,
  report: Report,
  details: Record<string, string> = {},
): void => {
  if (computed === given) return
  report.say(absolute(computed - given) > toleranceTiyn ? far : near, path(), {
    ...details,
    computed: moneyOf(computed),
    given: moneyOf(given),
  })
}

const isNegative = (text: DecimalText | undefined): boolean => text?.startsWith('-') === true
const isPositive = (text: DecimalText): boolean => text !== '0' && !text.startsWith('-')

const checkPlainLine = (
  line: PlainLine,
  includesVat: boolean,
  at: (field: string) => string,
  report: Report,
): void => {
  if (!isPositive(line.quantity)) report.say(lineRules.quantityNotPositive, at('quantity'))
  if (isNegative(line.price)) report.say(lineRules.priceNegative, at('price'))

  const without = tiyn(line.amountWithoutVat)
  const vat = tiyn(line.vatAmount)
  const withVat = tiyn(line.amountWithVat)
  if (without < 0n) report.say(lineRules.amountNegative, at('amountWithoutVat'))
  if (vat < 0n) report.say(lineRules.amountNegative, at('vatAmount'))
  if (withVat < 0n) report.say(lineRules.amountNegative, at('amountWithVat'))

  const cost = costOf(line.quantity, line.price)
  const discount = line.discount === undefined ? 0n : tiyn(line.discount)
  if (discount < 0n || discount > absolute(cost)) report.say(lineRules.discountWrong, at('discount'))

  const costField = includesVat ? 'amountWithVat' : 'amountWithoutVat'
  compare(
    cost - discount,
    includesVat ? withVat : without,
    lineRules.costFar,
    lineRules.costNear,
    () => at(costField),
    report,
  )
  compare(
    without + vat,
    withVat,
    lineRules.sumFar,
    lineRules.sumNear,
    () => at(includesVat ? 'amountWithoutVat' : 'amountWithVat'),
    report,
  )
  checkVat(
    line.vatRate,
    vat,
    includesVat ? vatInside(withVat, line.vatRate) : vatOn(without, line.vatRate),
    at,
    report,
  )
}

const checkInvoiceLine = (
  line: InvoiceLine,
  mayBeNegative: boolean,
  at: (field: string) => string,
  report: Report,
): void => {
  if (line.quantity !== undefined && !mayBeNegative && !isPositive(line.quantity)) {
    report.say(lineRules.quantityNotPositive, at('quantity'))
  }
  if (!mayBeNegative && isNegative(line.price)) report.say(lineRules.priceNegative, at('price'))

  const without = tiyn(line.amountWithoutVat)
  const excise = line.exciseAmount === undefined ? 0n : tiyn(line.exciseAmount)
  const turnover = tiyn(line.turnoverAmount)
  const vat = tiyn(line.vatAmount)
  if (!mayBeNegative) {
    if (without < 0n) report.say(lineRules.amountNegative, at('amountWithoutVat'))
    if (excise < 0n) report.say(lineRules.amountNegative, at('exciseAmount'))
    if (vat < 0n) report.say(lineRules.amountNegative, at('vatAmount'))
  }
  if (line.quantity !== undefined && line.price !== undefined) {
    compare(
      costOf(line.quantity, line.price),
      without,
      lineRules.costFar,
      lineRules.costNear,
      () => at('amountWithoutVat'),
      report,
    )
  }
  // A plain sum, nothing to round: the portal wants it exact.
  if (without + excise !== turnover) {
    report.say(lineRules.turnoverWrong, at('turnoverAmount'), {
      computed: moneyOf(without + excise),
      given: moneyOf(turnover),
    })
  }
  compare(
    turnover + vat,
    tiyn(line.amountWithVat),
    lineRules.sumFar,
    lineRules.sumNear,
    () => at('amountWithVat'),
    report,
  )
  checkVat(line.vatRate, vat, vatOn(turnover, line.vatRate), at, report)
}

const checkVat = (
  rate: string,
  given: bigint,
  computed: bigint,
  at: (field: string) => string,
  report: Report,
): void => {
  if (rate === 'none' || rate === '0') {
    if (given !== 0n) report.say(lineRules.vatWithoutRate, at('vatAmount'))
    return
  }
  compare(computed, given, lineRules.vatFar, lineRules.vatNear, () => at('vatAmount'), report, { rate })
}

const shownRates = (rates: readonly string[]): string => rates.join(', ')

const checkRate = (
  rate: string,
  day: LocalDate,
  isTurnover: boolean,
  at: () => string,
  report: Report,
): void => {
  const rates = vatRatesOn(day)
  if (rates.includes(rate)) return
  if (!wasEverVatRate(rate)) report.say(lineRules.rateUnknown, at(), { rate, rates: shownRates(rates) })
  else {
    const otherwise = isTurnover ? lineRules.rateNotInForce : lineRules.rateOfAnotherDay
    report.say(otherwise, at(), { rate, date: day, rates: shownRates(rates) })
  }
}

export const checkLines = (document: TradeDocument, report: Report): void => {
  const isInvoice = document.kind === 'tax-invoice'
  const day = isInvoice ? document.turnoverDate : document.date
  document.lines.forEach((line, index) => {
    const at = (field: string): string => `lines[${index}].${field}`
    checkRate(line.vatRate, day, isInvoice, () => at('vatRate'), report)
    // An additional invoice carries the difference, which may be negative.
    if (isInvoice) checkInvoiceLine(line as InvoiceLine, document.invoiceType === 'additional', at, report)
    else checkPlainLine(line as PlainLine, document.priceIncludesVat, at, report)
  })
}
