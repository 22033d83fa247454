import { date, flag, list, money, nested, optional, record, text, words } from '../language/declare.ts'
import { basis, headShape, party, person, tailShape } from './parts.ts'

const row = record('ReconciliationRow', words('Строка сверки', 'Салыстыру жолы', 'Row'), {
  date: date(words('Дата', 'Күні', 'Date')),
  document: text(450, words('Документ', 'Құжат', 'Document')),
  debit: optional(money(words('Дебет', 'Дебет', 'Debit'))),
  credit: optional(money(words('Кредит', 'Кредит', 'Credit'))),
})

const side = record('ReconciliationSide', words('Данные стороны', 'Тараптың деректері', 'Data of one side'), {
  openingDebit: optional(
    money(words('Сальдо начальное, дебет', 'Бастапқы сальдо, дебет', 'Opening balance, debit')),
  ),
  openingCredit: optional(
    money(words('Сальдо начальное, кредит', 'Бастапқы сальдо, кредит', 'Opening balance, credit')),
  ),
  rows: optional(list('Row', row, 20_000, words('Строки', 'Жолдар', 'Rows'))),
  turnoverDebit: money(words('Обороты, дебет', 'Айналым, дебет', 'Turnover, debit')),
  turnoverCredit: money(words('Обороты, кредит', 'Айналым, кредит', 'Turnover, credit')),
  closingDebit: optional(
    money(words('Сальдо конечное, дебет', 'Соңғы сальдо, дебет', 'Closing balance, debit')),
  ),
  closingCredit: optional(
    money(words('Сальдо конечное, кредит', 'Соңғы сальдо, кредит', 'Closing balance, credit')),
  ),
})

/** Акт сверки взаимных расчётов. No form in Order 562; the columns are those of 1C. */
export const reconciliation = record(
  'Reconciliation',
  words('Акт сверки взаимных расчётов', 'Өзара есеп айырысуды салыстыру актісі', 'Reconciliation act'),
  {
    ...headShape,
    organization: nested(party, words('Организация', 'Ұйым', 'Organisation')),
    counterparty: nested(party, words('Контрагент', 'Контрагент', 'Counterparty')),
    basis: optional(nested(basis)),
    periodFrom: date(words('Начало периода', 'Кезең басы', 'Period from')),
    periodTo: date(words('Конец периода', 'Кезең соңы', 'Period to')),
    organizationSide: nested(
      side,
      words('По данным организации', 'Ұйымның деректері бойынша', 'By the organisation'),
    ),
    counterpartySide: optional(
      nested(side, words('По данным контрагента', 'Контрагенттің деректері бойынша', 'By the counterparty')),
    ),
    discrepancy: optional(money(words('Расхождение', 'Айырма', 'Discrepancy'))),
    agreed: optional(flag(words('Сверка согласована', 'Салыстыру келісілді', 'Agreed'))),
    organizationSigner: optional(
      nested(person, words('Представитель организации', 'Ұйым өкілі', 'Signer of the organisation')),
    ),
    counterpartySigner: optional(
      nested(person, words('Представитель контрагента', 'Контрагент өкілі', 'Signer of the counterparty')),
    ),
    ...tailShape,
  },
)
