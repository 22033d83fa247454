import type { Content, TableCell } from 'pdfmake'
import type { Reconciliation } from '../../../core/document/index.ts'
import { amountInWords } from '../../../core/document/index.ts'
import { centre, comment, covered, grid, head, left, right, sideBySide, signatureLine } from '../blocks.ts'
import type { FormPages, Sheet } from '../sheet.ts'
import { basisText, day, joined, money, plainNumber } from '../sheet.ts'

type Side = Reconciliation['organizationSide']

/** Акт сверки: the accounts of both sides next to each other, as 1C prints it. */
export const reconciliationForm = (act: Reconciliation, sheet: Sheet): FormPages => {
  const { say } = sheet
  const { organization, counterparty } = act
  const period = `${day(act.periodFrom)} – ${day(act.periodTo)}`
  const basis = basisText(act.basis, sheet)
  return {
    orientation: 'portrait',
    content: [
      {
        text: say('АКТ СВЕРКИ', 'САЛЫСТЫРУ АКТІСІ') + ` № ${plainNumber(act.number)}`,
        style: 'title',
        fontSize: 13,
      },
      {
        text: joined(
          [
            say(`взаимных расчетов за период: ${period}`, `өзара есеп айырысулар, кезең: ${period}`),
            say(
              `между ${organization.name} и ${counterparty.name}`,
              `${organization.name} мен ${counterparty.name} арасында`,
            ),
            basis === '' ? undefined : say(`по договору: ${basis}`, `шарт бойынша: ${basis}`),
          ],
          '\n',
        ),
        alignment: 'center',
        fontSize: 9,
        margin: [0, 2, 0, 8],
      },
      {
        text: say(
          `Мы, нижеподписавшиеся, ${representative(act.organizationSigner, organization.name, sheet)}, с одной стороны, и ${representative(act.counterpartySigner, counterparty.name, sheet)}, с другой стороны, составили настоящий акт сверки в том, что состояние взаимных расчетов по данным учета следующее:`,
          `Біз, төменде қол қойғандар, бір тараптан ${representative(act.organizationSigner, organization.name, sheet)}, екінші тараптан ${representative(act.counterpartySigner, counterparty.name, sheet)}, есепке алу деректері бойынша өзара есеп айырысулардың жай-күйі мынадай екені туралы осы салыстыру актісін жасадық:`,
        ),
        margin: [0, 0, 0, 6],
      },
      table(act, sheet),
      ...conclusions(act, sheet),
      sideBySide(
        [
          { text: say(`От ${organization.name}`, `${organization.name} атынан`), bold: true },
          {
            text: say(`БИН/ИИН ${organization.taxId ?? ''}`, `БСН/ЖСН ${organization.taxId ?? ''}`),
            margin: [0, 2, 0, 6],
          },
          signatureStack(sheet, act.organizationSigner, 'sender'),
        ],
        [
          { text: say(`От ${counterparty.name}`, `${counterparty.name} атынан`), bold: true },
          {
            text: say(`БИН/ИИН ${counterparty.taxId ?? ''}`, `БСН/ЖСН ${counterparty.taxId ?? ''}`),
            margin: [0, 2, 0, 6],
          },
          signatureStack(sheet, act.counterpartySigner, 'recipient'),
        ],
      ),
      ...comment(sheet, act.comment),
    ],
  }
}

type Signer = Reconciliation['organizationSigner']

const representative = (signer: Signer, company: string, { say }: Sheet): string =>
  signer === undefined
    ? say(`представитель ${company}`, `${company} өкілі`)
    : joined([signer.position, company, signer.name], ' ')

const signatureStack = (sheet: Sheet, signer: Signer, side: 'sender' | 'recipient'): Content => ({
  stack: [
    { text: signer?.position ?? ' ' },
    signatureLine(sheet, '', signer, { side, withPosition: false }),
    { text: sheet.say('М.П.', 'М.О.'), margin: [0, 6, 0, 0] },
  ],
})

const table = (act: Reconciliation, sheet: Sheet): Content => {
  const { say } = sheet
  const bySide = (name: string): string =>
    say(`По данным ${name}, ${act.currency}`, `${name} деректері бойынша, ${act.currency}`)
  const columns = [
    head(say('Дата', 'Күні')),
    head(say('Документ', 'Құжат')),
    head(say('Дебет', 'Дебет')),
    head(say('Кредит', 'Кредит')),
  ]
  const ours = act.organizationSide
  const theirs = act.counterpartySide
  const body: TableCell[][] = [
    [
      head(bySide(act.organization.name), { columns: 4 }),
      covered,
      covered,
      covered,
      head(bySide(act.counterparty.name), { columns: 4 }),
      covered,
      covered,
      covered,
    ],
    [...columns, ...columns.map((cell) => ({ ...(cell as object) }))],
    [
      ...balance(say('Сальдо начальное', 'Бастапқы сальдо'), ours.openingDebit, ours.openingCredit, true),
      ...balance(
        say('Сальдо начальное', 'Бастапқы сальдо'),
        theirs?.openingDebit,
        theirs?.openingCredit,
        theirs !== undefined,
      ),
    ],
  ]
  const rows = Math.max(ours.rows?.length ?? 0, theirs?.rows?.length ?? 0)
  for (let at = 0; at < rows; at++) body.push([...entry(ours, at), ...entry(theirs, at)])
  body.push(
    [
      ...balance(say('Обороты за период', 'Кезең айналымы'), ours.turnoverDebit, ours.turnoverCredit, true),
      ...balance(
        say('Обороты за период', 'Кезең айналымы'),
        theirs?.turnoverDebit,
        theirs?.turnoverCredit,
        theirs !== undefined,
      ),
    ],
    [
      ...balance(say('Сальдо конечное', 'Соңғы сальдо'), ours.closingDebit, ours.closingCredit, true),
      ...balance(
        say('Сальдо конечное', 'Соңғы сальдо'),
        theirs?.closingDebit,
        theirs?.closingCredit,
        theirs !== undefined,
      ),
    ],
  )
  return grid('portrait', [43, '*', 56, 56, 43, '*', 56, 56], 2, body, { fontSize: 7 })
}

const entry = (side: Side | undefined, at: number): TableCell[] => {
  const row = side?.rows?.[at]
  return row === undefined
    ? [left(''), left(''), left(''), left('')]
    : [centre(day(row.date)), left(row.document), right(money(row.debit)), right(money(row.credit))]
}

/** A side that has not said anything yet gets empty cells to fill, not zeros. */
const balance = (
  label: string,
  debit: string | undefined,
  credit: string | undefined,
  told: boolean,
): TableCell[] => [
  { text: label, bold: true, colSpan: 2 },
  covered,
  { text: told ? money(debit) : '', bold: true, alignment: 'right' },
  { text: told ? money(credit) : '', bold: true, alignment: 'right' },
]

/** «По данным … на 31.03.2026 задолженность в пользу …»: what both sides read first. */
const conclusions = (act: Reconciliation, sheet: Sheet): Content[] => {
  const { say } = sheet
  const { organization, counterparty } = act
  const told = (by: string, side: Side, inFavourOf: { debit: string; credit: string }): Content => {
    const lead = say(
      `По данным ${by} на ${day(act.periodTo)} `,
      `${by} деректері бойынша ${day(act.periodTo)} күнгі `,
    )
    const debt = present(side.closingDebit) ?? present(side.closingCredit)
    if (debt === undefined)
      return {
        text: lead + say('задолженность отсутствует.', 'жағдай бойынша берешек жоқ.'),
        margin: [0, 2, 0, 0],
      }
    const creditor = present(side.closingDebit) !== undefined ? inFavourOf.debit : inFavourOf.credit
    const words = amountInWords(debt, act.currency, sheet.language)
    return {
      text: [
        lead,
        say('задолженность в пользу ', 'жағдай бойынша мына тараптың пайдасына берешек: '),
        { text: creditor, bold: true },
        say(' составляет ', ' – '),
        { text: `${money(debt)} ${act.currency}`, bold: true },
        ` (${words}).`,
      ],
      margin: [0, 2, 0, 0],
    }
  }
  return [
    told(organization.name, act.organizationSide, {
      debit: organization.name,
      credit: counterparty.name,
    }),
    ...(act.counterpartySide === undefined
      ? []
      : [
          told(counterparty.name, act.counterpartySide, {
            debit: counterparty.name,
            credit: organization.name,
          }),
        ]),
    ...(present(act.discrepancy) === undefined
      ? []
      : [
          {
            text: say(
              `Расхождение: ${money(act.discrepancy)} ${act.currency}`,
              `Айырма: ${money(act.discrepancy)} ${act.currency}`,
            ),
            bold: true,
            margin: [0, 4, 0, 0] as [number, number, number, number],
          },
        ]),
  ]
}

/** A sum that is there and is not zero. */
const present = (sum: string | undefined): string | undefined =>
  sum === undefined || /^-?0(\.0*)?$/.test(sum) ? undefined : sum
