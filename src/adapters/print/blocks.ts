import type { Content, TableCell } from 'pdfmake'
import { gridLine, gridPadding, textWidth } from './paper.ts'
import type { FormPages, Sheet } from './sheet.ts'
import { joined } from './sheet.ts'

/** Pieces that several forms are built of. Sizes are in points. */

interface HeadCell {
  columns?: number
  rows?: number
  fontSize?: number
}

/** Cell of a table's head. */
export const head = (text: string, { columns, rows, fontSize = 7 }: HeadCell = {}): TableCell => ({
  text,
  alignment: 'center',
  fontSize,
  colSpan: columns,
  rowSpan: rows,
})

/** The place another cell spans over. */
export const covered: TableCell = {}

export const left = (text: string): TableCell => ({ text })
export const right = (text: string): TableCell => ({ text, alignment: 'right' })
export const centre = (text: string): TableCell => ({ text, alignment: 'center' })

/** A word or a number under the lines of a table, without a frame of its own when `framed` is false. */
export const footing = (
  text: string,
  {
    columns,
    framed = true,
    align = 'right',
  }: { columns?: number; framed?: boolean; align?: 'right' | 'center' } = {},
): TableCell => ({
  text,
  bold: true,
  alignment: align,
  colSpan: columns,
  border: framed ? [true, true, true, true] : [false, false, false, false],
})

/** The numbers of the columns, the last row of a head. */
export const columnNumbers = (count: number): TableCell[] =>
  Array.from({ length: count }, (_, at) => ({ text: String(at + 1), style: 'columnNumber' }))

/**
 * A table with thin lines whose head repeats on every page; rows are not torn between pages. A column `*` takes what
 * the others leave of the page, counted here: left to pdfmake it would grow to its longest word, off the page if
 * need be.
 */
export const grid = (
  page: FormPages['orientation'],
  widths: readonly (number | '*')[],
  headRows: number,
  body: TableCell[][],
  {
    fontSize = 7.5,
    margin = [0, 4, 0, 4],
    heights,
  }: {
    fontSize?: number
    margin?: [number, number, number, number]
    /** Least heights of the first rows: pdfmake does not make room for text that spans rows. */
    heights?: number[]
  } = {},
): Content => {
  const given = widths.filter((width) => width !== '*')
  const frame = widths.length * 2 * gridPadding + (widths.length + 1) * gridLine
  const rest = textWidth[page] - frame - given.reduce((sum, width) => sum + width, 0)
  const elastic = rest / (widths.length - given.length)
  return {
    table: {
      widths: widths.map((width) => (width === '*' ? elastic : width)),
      headerRows: headRows,
      dontBreakRows: true,
      keepWithHeaderRows: 1,
      heights,
      body,
    },
    layout: 'grid',
    fontSize,
    margin,
  }
}

const noBorder: [boolean, boolean, boolean, boolean] = [false, false, false, false]

/** Text on a line, with small words under it that say what stands there. */
export const onLine = (
  text: string,
  caption: string,
  { align = 'left' }: { align?: 'left' | 'center' } = {},
): Content => {
  const body: TableCell[][] = [
    [{ text: text === '' ? ' ' : text, alignment: align, border: [false, false, false, true] }],
  ]
  if (caption !== '') body.push([{ text: caption, style: 'caption', border: noBorder }])
  return { table: { widths: ['*'], body }, layout: 'form' }
}

/** A value in a frame. */
export const boxed = (text: string, { bold = false }: { bold?: boolean } = {}): Content => ({
  table: { widths: ['*'], body: [[{ text: text === '' ? ' ' : text, alignment: 'center', bold }]] },
  layout: 'grid',
})

/** «Приложение 50 к приказу Министра финансов …» in the right top corner. */
export const formMark = (sheet: Sheet, appendix: number, form: string): Content => ({
  text: sheet.say(
    `Приложение ${appendix}\nк приказу Министра финансов\nРеспублики Казахстан\nот 20 декабря 2012 года № 562\n\nФорма ${form}`,
    `Қазақстан Республикасы\nҚаржы министрінің\n2012 жылғы 20 желтоқсандағы\n№ 562 бұйрығына ${appendix}-қосымша\n\n${form} нысаны`,
  ),
  style: 'mark',
})

/** «Номер документа | Дата составления» of the forms of Order 562. */
export const numberAndDate = (sheet: Sheet, number: string, date: string): Content => ({
  table: {
    widths: ['*', '*'],
    body: [
      [
        head(sheet.say('Номер документа', 'Құжат нөмірі')),
        head(sheet.say('Дата составления', 'Жасалған күні')),
      ],
      [
        { text: number, alignment: 'center', bold: true },
        { text: date, alignment: 'center', bold: true },
      ],
    ],
  },
  layout: 'grid',
})

interface Person {
  position?: string
  name: string
}

/** «Отпустил  должность / подпись / расшифровка подписи». */
export const signatureLine = (
  sheet: Sheet,
  label: string,
  person: Person | undefined,
  { side, withPosition = true }: { side?: 'sender' | 'recipient'; withPosition?: boolean } = {},
): Content => {
  // pdfmake keeps its measures in the nodes themselves: one node must not stand in two places
  const slash = (): Columns => [{ text: '/', width: 6, alignment: 'center' }]
  const mark = side === undefined ? '' : sheet.signatureMark(side)
  const onLineInMiddle = (text: string, caption: string) => onLine(text, caption, { align: 'center' })
  const columns: Columns = [
    ...(label === '' ? [] : [{ text: label, width: 92 }]),
    ...(withPosition
      ? [asColumn(onLineInMiddle(person?.position ?? '', sheet.say('должность', 'лауазымы'))), ...slash()]
      : []),
    asColumn(onLineInMiddle(mark, sheet.say('подпись', 'қолы')), 72),
    ...slash(),
    asColumn(
      onLineInMiddle(person?.name ?? '', sheet.say('расшифровка подписи', 'қолтаңбаның толық жазылуы')),
    ),
  ]
  return { columns, columnGap: 3, margin: [0, 3, 0, 0] }
}

type Columns = Extract<Content, { columns: unknown }>['columns']

export const asColumn = (content: Content, width: number | '*' | 'auto' = '*') => ({
  stack: [content],
  width,
})

/** Two columns of equal width. */
export const sideBySide = (one: Content[], other: Content[], gap = 24): Content => ({
  columns: [
    { stack: one, width: '*' },
    { stack: other, width: '*' },
  ],
  columnGap: gap,
  unbreakable: true,
  margin: [0, 6, 0, 0],
})

/** What the sender added in free words; nothing when there is nothing. */
export const comment = (sheet: Sheet, text: string | undefined): Content[] =>
  text === undefined
    ? []
    : [{ text: [{ text: sheet.say('Примечание: ', 'Ескертпе: '), bold: true }, text], margin: [0, 6, 0, 0] }]

/** «Всего наименований 3, на сумму 14 505,80 KZT». */
export const countAndSum = (sheet: Sheet, count: number, sum: string, currency: string): string =>
  sheet.say(
    `Всего наименований ${count}, на сумму ${joined([sum, currency], '\u00a0')}`,
    `Барлығы ${count} атау, сомасы ${joined([sum, currency], '\u00a0')}`,
  )
