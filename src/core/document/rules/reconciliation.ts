import type { DecimalText } from '../../kernel/index.ts'
import type { Reconciliation } from '../kinds/index.ts'
import { absolute, moneyOf, tiyn } from './figures.ts'
import type { Coded, Report } from './rule.ts'
import { fault, notice } from './rule.ts'

export const reconciliationRules = {
  periodReversed: fault(
    'RECON-01',
    'Конец периода сверки раньше начала. Исправьте даты.',
    'Салыстыру кезеңінің соңы басынан бұрын. Күндерді түзетіңіз.',
    'The period ends before it begins. Correct the dates.',
  ),
  outsidePeriod: fault(
    'RECON-02',
    'Дата строки вне периода сверки. Исправьте дату или период.',
    'Жолдың күні салыстыру кезеңінен тыс. Күнді немесе кезеңді түзетіңіз.',
    'The row is dated outside the period. Correct the date or the period.',
  ),
  emptyRow: fault(
    'RECON-03',
    'В строке нет ни дебета, ни кредита. Заполните сумму или удалите строку.',
    'Жолда дебет те, кредит те жоқ. Соманы толтырыңыз немесе жолды жойыңыз.',
    'The row has neither debit nor credit. Fill in the sum or remove the row.',
  ),
  turnoverWrong: fault(
    'RECON-04',
    'Обороты не равны сумме строк: по строкам {computed}, указано {given}. Переформируйте акт.',
    'Айналым жолдар қосындысына тең емес: жолдар бойынша {computed}, көрсетілген {given}. Актіні қайта құрыңыз.',
    'The turnover is not the sum of the rows: {computed} by the rows, {given} given. Make the act again.',
  ),
  balanceWrong: fault(
    'RECON-05',
    'Конечное сальдо не следует из начального и оборотов: ожидается {computed} (дебет минус кредит), указано {given}.',
    'Соңғы сальдо бастапқы сальдо мен айналымнан шықпайды: {computed} күтіледі (дебет минус кредит), {given} көрсетілген.',
    'The closing balance does not follow from the opening one and the turnover: {computed} is expected (debit less credit), {given} is given.',
  ),
  discrepancyWrong: notice(
    'RECON-06',
    'Расхождение не равно разнице сальдо сторон: по данным {computed}, указано {given}.',
    'Айырма тараптар сальдосының айырмасына тең емес: деректер бойынша {computed}, көрсетілген {given}.',
    'The discrepancy is not the difference of the balances: {computed} by the data, {given} given.',
  ),
  agreedWithDiscrepancy: notice(
    'RECON-07',
    'Сверка отмечена согласованной, но есть расхождение. Проверьте отметку.',
    'Салыстыру келісілген деп белгіленген, бірақ айырма бар. Белгіні тексеріңіз.',
    'The act is marked as agreed but there is a discrepancy. Check the mark.',
  ),
} satisfies Record<string, Coded>

type Side = Reconciliation['organizationSide']

const sum = (text: DecimalText | undefined): bigint => (text === undefined ? 0n : tiyn(text))
const closingOf = (side: Side): bigint => sum(side.closingDebit) - sum(side.closingCredit)

const checkSide = (act: Reconciliation, side: Side, at: string, report: Report): void => {
  let debit = 0n
  let credit = 0n
  side.rows?.forEach((row, index) => {
    if (row.date < act.periodFrom || row.date > act.periodTo) {
      report.say(reconciliationRules.outsidePeriod, `${at}.rows[${index}].date`)
    }
    if (row.debit === undefined && row.credit === undefined)
      report.say(reconciliationRules.emptyRow, `${at}.rows[${index}]`)
    debit += sum(row.debit)
    credit += sum(row.credit)
  })
  const compare = (field: 'turnoverDebit' | 'turnoverCredit', computed: bigint): void => {
    if (computed === tiyn(side[field])) return
    report.say(reconciliationRules.turnoverWrong, `${at}.${field}`, {
      computed: moneyOf(computed),
      given: side[field],
    })
  }
  compare('turnoverDebit', debit)
  compare('turnoverCredit', credit)
  const expected =
    sum(side.openingDebit) - sum(side.openingCredit) + sum(side.turnoverDebit) - sum(side.turnoverCredit)
  if (expected !== closingOf(side)) {
    report.say(
      reconciliationRules.balanceWrong,
      `${at}.${expected < 0n ? 'closingCredit' : 'closingDebit'}`,
      {
        computed: moneyOf(expected),
        given: moneyOf(closingOf(side)),
      },
    )
  }
}

export const checkReconciliation = (act: Reconciliation, report: Report): void => {
  if (act.periodFrom > act.periodTo) report.say(reconciliationRules.periodReversed, 'periodTo')
  checkSide(act, act.organizationSide, 'organizationSide', report)
  if (act.counterpartySide !== undefined) {
    checkSide(act, act.counterpartySide, 'counterpartySide', report)
    // What one owes is what the other is owed: equal books cancel out.
    const computed = absolute(closingOf(act.organizationSide) + closingOf(act.counterpartySide))
    if (act.discrepancy !== undefined && absolute(tiyn(act.discrepancy)) !== computed) {
      report.say(reconciliationRules.discrepancyWrong, 'discrepancy', {
        computed: moneyOf(computed),
        given: act.discrepancy,
      })
    }
  }
  if (act.agreed === true && sum(act.discrepancy) !== 0n)
    report.say(reconciliationRules.agreedWithDiscrepancy, 'agreed')
}
