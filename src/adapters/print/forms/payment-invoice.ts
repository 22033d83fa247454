import type { Content, TableCell } from 'pdfmake'
import type { PaymentInvoice } from '../../../core/document/index.ts'
import { amountInWords } from '../../../core/document/index.ts'
import { centre, comment, countAndSum, grid, head, left, right, signatureLine } from '../blocks.ts'
import type { FormPages, Sheet } from '../sheet.ts'
import { basisText, day, joined, longDay, money, plainNumber, quantity, unitName } from '../sheet.ts'

/** Счёт на оплату, as banks and 1C of Kazakhstan print it; no law gives it a form. */
export const paymentInvoiceForm = (invoice: PaymentInvoice, sheet: Sheet): FormPages => {
  const { say, language } = sheet
  const number = plainNumber(invoice.number)
  const date = longDay(invoice.date, language)
  return {
    orientation: 'portrait',
    content: [
      {
        text: say('Образец платежного поручения', 'Төлем тапсырмасының үлгісі'),
        bold: true,
        margin: [0, 0, 0, 2],
      },
      bankBlock(invoice, sheet),
      {
        text: say(`Счет на оплату № ${number} от ${date}`, `Төлем шоты № ${number}, ${date}`),
        style: 'documentTitle',
      },
      rule(1.5),
      field(say('Поставщик:', 'Жеткізуші:'), partyText(invoice.seller, sheet)),
      field(say('Покупатель:', 'Сатып алушы:'), partyText(invoice.buyer, sheet)),
      field(say('Договор:', 'Шарт:'), basisText(invoice.basis, sheet) || say('Без договора', 'Шартсыз')),
      ...(invoice.payBefore === undefined
        ? []
        : [field(say('Оплатить до:', 'Төлеу мерзімі:'), day(invoice.payBefore))]),
      lines(invoice, sheet),
      sums(invoice, sheet),
      {
        text: countAndSum(sheet, invoice.lines.length, money(invoice.totals.amountWithVat), invoice.currency),
        margin: [0, 6, 0, 2],
      },
      {
        text: [
          say('Всего к оплате: ', 'Төлеуге барлығы: '),
          invoice.amountInWords ?? amountInWords(invoice.totals.amountWithVat, invoice.currency, language),
        ],
        bold: true,
      },
      rule(1.5),
      {
        unbreakable: true,
        stack: [
          ...(invoice.manager === undefined
            ? []
            : [signatureLine(sheet, say('Руководитель', 'Басшы'), invoice.manager, { side: 'sender' })]),
          ...(invoice.chiefAccountant === undefined
            ? []
            : [
                signatureLine(sheet, say('Главный бухгалтер', 'Бас бухгалтер'), invoice.chiefAccountant, {
                  withPosition: false,
                }),
              ]),
          ...(invoice.manager === undefined && invoice.chiefAccountant === undefined
            ? [signatureLine(sheet, say('Исполнитель', 'Орындаушы'), undefined, { side: 'sender' })]
            : []),
        ],
        margin: [0, 8, 120, 0],
      },
      ...comment(sheet, invoice.comment),
    ],
  }
}

/** What the payer copies into the payment order. */
const bankBlock = (invoice: PaymentInvoice, sheet: Sheet): Content => {
  const { say } = sheet
  const { seller } = invoice
  const label = (text: string) => ({ text, bold: true })
  return {
    table: {
      widths: ['*', 170, 90],
      body: [
        [
          {
            stack: [
              label(say('Бенефициар:', 'Бенефициар:')),
              label(seller.name),
              say(`БИН/ИИН: ${seller.taxId ?? ''}`, `БСН/ЖСН: ${seller.taxId ?? ''}`),
            ],
          },
          { stack: [label(say('ИИК', 'ЖСК')), label(seller.bank?.iik ?? '')], alignment: 'center' },
          { stack: [label(say('Кбе', 'Кбе')), label(seller.bank?.kbe ?? '')], alignment: 'center' },
        ],
        [
          { stack: [say('Банк бенефициара:', 'Бенефициар банкі:'), seller.bank?.bankName ?? ''] },
          { stack: [label(say('БИК', 'БСК')), label(seller.bank?.bik ?? '')], alignment: 'center' },
          {
            stack: [
              label(say('Код назначения платежа', 'Төлем тағайындау коды')),
              label(invoice.paymentPurposeCode ?? ''),
            ],
            alignment: 'center',
          },
        ],
      ],
    },
    layout: 'grid',
    margin: [0, 0, 0, 12],
  }
}

const partyText = (party: PaymentInvoice['seller'], sheet: Sheet): string =>
  joined([
    party.taxId === undefined ? undefined : `${sheet.say('БИН/ИИН', 'БСН/ЖСН')} ${party.taxId}`,
    party.name,
    party.address,
    party.phone,
  ])

const field = (label: string, text: string): Content => ({
  columns: [
    { text: label, width: 74 },
    { text, bold: true, width: '*' },
  ],
  margin: [0, 3, 0, 3],
})

const rule = (lineWidth: number): Content => ({
  table: { widths: ['*'], body: [[{ text: '', fontSize: 1, border: [false, true, false, false] }]] },
  layout: lineWidth > 1 ? 'thickRule' : 'form',
  margin: [0, 2, 0, 2],
})

const lines = (invoice: PaymentInvoice, sheet: Sheet): Content => {
  const { say, language } = sheet
  const discounted = invoice.lines.some((line) => line.discount !== undefined)
  const coded = invoice.lines.some((line) => line.code !== undefined)
  const body: TableCell[][] = [
    [
      head('№'),
      ...(coded ? [head(say('Код', 'Коды'))] : []),
      head(say('Наименование', 'Атауы')),
      head(say('Кол-во', 'Саны')),
      head(say('Ед.', 'Бірлік')),
      head(say('Цена', 'Бағасы')),
      ...(discounted ? [head(say('Скидка', 'Жеңілдік'))] : []),
      head(say('Сумма', 'Сомасы')),
    ],
  ]
  invoice.lines.forEach((line, at) => {
    body.push([
      centre(String(at + 1)),
      ...(coded ? [centre(line.code ?? '')] : []),
      left(line.name),
      right(quantity(line.quantity)),
      centre(unitName(line, language)),
      right(money(line.price)),
      ...(discounted ? [right(money(line.discount))] : []),
      right(money(invoice.priceIncludesVat ? line.amountWithVat : line.amountWithoutVat)),
    ])
  })
  return grid(
    'portrait',
    [22, ...(coded ? [66] : []), '*', 46, 46, 64, ...(discounted ? [54] : []), 74],
    1,
    body,
    { fontSize: 8, margin: [0, 8, 0, 2] },
  )
}

/** Prices with VAT inside: the sum and the VAT in it. Prices without: the sum, the VAT, and both together. */
const sums = (invoice: PaymentInvoice, sheet: Sheet): Content => {
  const { say } = sheet
  const { totals, priceIncludesVat } = invoice
  const untaxed = invoice.lines.every((line) => line.vatRate === 'none')
  const rows: [string, string][] = [
    [say('Итого:', 'Жиыны:'), money(priceIncludesVat ? totals.amountWithVat : totals.amountWithoutVat)],
    untaxed
      ? [say('Без налога (НДС)', 'Салықсыз (ҚҚС)'), '–']
      : priceIncludesVat
        ? [say('В том числе НДС:', 'Оның ішінде ҚҚС:'), money(totals.vatAmount)]
        : [say('Сумма НДС:', 'ҚҚС сомасы:'), money(totals.vatAmount)],
    ...(priceIncludesVat || untaxed
      ? []
      : [[say('Всего с НДС:', 'ҚҚС-пен барлығы:'), money(totals.amountWithVat)] as [string, string]]),
  ]
  return {
    table: {
      widths: ['*', 90],
      body: rows.map(([label, sum]) => [
        { text: label, bold: true, alignment: 'right' },
        { text: sum, bold: true, alignment: 'right' },
      ]),
    },
    layout: 'bare',
  }
}
