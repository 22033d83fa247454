import type { TableCell } from 'pdfmake'
import type { Waybill } from '../../../core/document/index.ts'
import { amountInWords, numberInWords } from '../../../core/document/index.ts'
import {
  asColumn,
  boxed,
  centre,
  columnNumbers,
  comment,
  covered,
  footing,
  formMark,
  grid,
  head,
  left,
  numberAndDate,
  onLine,
  right,
  sideBySide,
  signatureLine,
} from '../blocks.ts'
import type { FormPages, Sheet } from '../sheet.ts'
import { day, joined, longDay, money, plainNumber, quantity, sumOf, unitName } from '../sheet.ts'

/** Накладная на отпуск запасов на сторону, form З-2. */
export const waybillForm = (waybill: Waybill, sheet: Sheet): FormPages => {
  const { say, language } = sheet
  const issued = sumOf(waybill.lines.map((line) => line.quantity))
  const issuedInWords = numberInWords(issued, language)
  return {
    orientation: 'landscape',
    content: [
      formMark(sheet, 26, say('З-2', 'З-2')),
      {
        columns: [
          {
            text: say('Организация (индивидуальный предприниматель)', 'Ұйым (жеке кәсіпкер)'),
            width: 'auto',
          },
          asColumn(onLine(waybill.seller.name, '')),
          { text: say('ИИН/БИН', 'ЖСН/БСН'), width: 'auto' },
          asColumn(boxed(waybill.seller.taxId ?? '', { bold: true }), 110),
        ],
        columnGap: 6,
        margin: [0, 2, 0, 8],
      },
      {
        columns: [
          {
            text: say('НАКЛАДНАЯ НА ОТПУСК ЗАПАСОВ НА СТОРОНУ', 'ҚОРЛАРДЫ ШЕТКЕ БОСАТУҒА АРНАЛҒАН ЖҮКҚҰЖАТ'),
            style: 'title',
            margin: [0, 8, 0, 0],
          },
          asColumn(numberAndDate(sheet, plainNumber(waybill.number), day(waybill.date)), 180),
        ],
        columnGap: 12,
      },
      parties(waybill, sheet),
      lines(waybill, sheet),
      {
        columns: [
          {
            text: say(
              'Всего отпущено количество запасов (прописью)',
              'Барлығы босатылған қорлардың саны (жазумен)',
            ),
            width: 'auto',
          },
          asColumn(
            onLine(
              waybill.quantityInWords ?? issuedInWords.slice(0, 1).toUpperCase() + issuedInWords.slice(1),
              '',
            ),
          ),
        ],
        columnGap: 6,
      },
      {
        columns: [
          {
            text: say(`на сумму (прописью), в ${waybill.currency}`, `сомасы (жазумен), ${waybill.currency}`),
            width: 'auto',
          },
          asColumn(
            onLine(
              waybill.amountInWords ??
                amountInWords(waybill.totals.amountWithVat, waybill.currency, language),
              '',
            ),
          ),
        ],
        columnGap: 6,
        margin: [0, 3, 0, 0],
      },
      sideBySide(
        [
          signatureLine(sheet, say('Отпуск разрешил', 'Босатуға рұқсат берді'), waybill.authorizedBy),
          signatureLine(sheet, say('Главный бухгалтер', 'Бас бухгалтер'), waybill.chiefAccountant, {
            withPosition: false,
          }),
          { text: say('М.П.', 'М.О.'), margin: [0, 4, 0, 0] },
          signatureLine(sheet, say('Отпустил', 'Босатты'), waybill.releasedBy, {
            side: 'sender',
            withPosition: false,
          }),
        ],
        [
          warrant(waybill, sheet),
          {
            columns: [
              { text: say('выданной', 'берген'), width: 92 },
              asColumn(onLine(waybill.warrant?.issuedBy ?? '', '')),
            ],
            columnGap: 3,
            margin: [0, 4, 0, 14],
          },
          signatureLine(sheet, say('Запасы получил', 'Қорларды алды'), waybill.receivedBy, {
            side: 'recipient',
            withPosition: false,
          }),
        ],
      ),
      ...comment(sheet, waybill.comment),
    ],
  }
}

const parties = (waybill: Waybill, sheet: Sheet) => {
  const { say } = sheet
  const nameAndId = (party: { name: string; taxId?: string; address?: string } | undefined): string =>
    party === undefined ? '' : joined([party.name, party.taxId, party.address])
  return grid(
    'landscape',
    ['*', '*', 130, 130, 120],
    1,
    [
      [
        head(
          say(
            'Организация (индивидуальный предприниматель) – отправитель',
            'Ұйым (жеке кәсіпкер) – жөнелтуші',
          ),
        ),
        head(
          say('Организация (индивидуальный предприниматель) – получатель', 'Ұйым (жеке кәсіпкер) – алушы'),
        ),
        head(say('Ответственный за поставку (Ф.И.О.)', 'Жеткізуге жауапты (Т.А.Ә.)')),
        head(say('Транспортная организация', 'Көлік ұйымы')),
        head(say('Товарно-транспортная накладная (номер, дата)', 'Тауар-көлік жүкқұжаты (нөмірі, күні)')),
      ],
      [
        centre(nameAndId(waybill.consignor ?? waybill.seller)),
        centre(nameAndId(waybill.consignee ?? waybill.buyer)),
        centre(joined([waybill.responsible?.position, waybill.responsible?.name], ' ')),
        centre(nameAndId(waybill.carrier)),
        centre(joined([waybill.transportNote?.number, day(waybill.transportNote?.date)])),
      ],
    ],
    { margin: [0, 8, 0, 4] },
  )
}

const lines = (waybill: Waybill, sheet: Sheet) => {
  const { say, language } = sheet
  const { currency, totals } = waybill
  const body: TableCell[][] = [
    [
      head(say('Номер по порядку', 'Реттік нөмірі'), { rows: 2 }),
      head(say('Наименование, характеристика', 'Атауы, сипаттамасы'), { rows: 2 }),
      head(say('Номенклатурный номер', 'Номенклатуралық нөмірі'), { rows: 2 }),
      head(say('Единица измерения', 'Өлшем бірлігі'), { rows: 2 }),
      head(say('Количество', 'Саны'), { columns: 2 }),
      covered,
      head(say(`Цена за единицу, в ${currency}`, `Бірлігінің бағасы, ${currency}`), { rows: 2 }),
      head(say(`Сумма с НДС, в ${currency}`, `ҚҚС-пен сомасы, ${currency}`), { rows: 2 }),
      head(say(`Сумма НДС, в ${currency}`, `ҚҚС сомасы, ${currency}`), { rows: 2 }),
    ],
    [
      covered,
      covered,
      covered,
      covered,
      head(say('подлежит отпуску', 'босатылуға тиіс')),
      head(say('отпущено', 'босатылды')),
      covered,
      covered,
      covered,
    ],
    columnNumbers(9),
  ]
  waybill.lines.forEach((line, at) => {
    body.push([
      centre(String(at + 1)),
      left(line.name),
      centre(line.code ?? ''),
      centre(unitName(line, language)),
      right(quantity(line.quantityDue ?? line.quantity)),
      right(quantity(line.quantity)),
      right(money(line.price)),
      right(money(line.amountWithVat)),
      right(line.vatRate === 'none' ? say('Без НДС', 'ҚҚС-сыз') : money(line.vatAmount)),
    ])
  })
  body.push([
    footing(say('Итого', 'Барлығы'), { columns: 4, framed: false }),
    covered,
    covered,
    covered,
    footing(quantity(sumOf(waybill.lines.map((line) => line.quantityDue ?? line.quantity)))),
    footing(quantity(sumOf(waybill.lines.map((line) => line.quantity)))),
    footing('x', { align: 'center' }),
    footing(money(totals.amountWithVat)),
    footing(money(totals.vatAmount)),
  ])
  return grid('landscape', [34, '*', 80, 58, 62, 62, 74, 84, 74], 3, body)
}

const warrant = (waybill: Waybill, sheet: Sheet) => ({
  columns: [
    { text: sheet.say('По доверенности', 'Сенімхат бойынша'), width: 92 },
    asColumn(
      onLine(
        waybill.warrant === undefined
          ? ''
          : sheet.say(
              joined([`№ ${waybill.warrant.number}`, dated(waybill, 'от ')], ' '),
              joined([`№ ${waybill.warrant.number}`, dated(waybill, '')], ', '),
            ),
        '',
      ),
    ),
  ],
  columnGap: 3,
  margin: [0, 3, 0, 0] as [number, number, number, number],
})

const dated = (waybill: Waybill, before: string): string | undefined =>
  waybill.warrant?.date === undefined
    ? undefined
    : before + longDay(waybill.warrant.date, before === '' ? 'kk' : 'ru')
