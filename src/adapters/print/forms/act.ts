import type { TableCell } from 'pdfmake'
import type { Act } from '../../../core/document/index.ts'
import { amountInWords } from '../../../core/document/index.ts'
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
import {
  basisText,
  day,
  joined,
  money,
  nameAndAddress,
  plainNumber,
  quantity,
  sumOf,
  unitName,
} from '../sheet.ts'

/**
 * Акт выполненных работ, form Р-1. Column 8 is the cost as the prices are: with VAT inside, then column 9 is the VAT
 * of it; or without VAT, then columns 9 and 10 add it.
 */
export const actForm = (act: Act, sheet: Sheet): FormPages => {
  const { say } = sheet
  return {
    orientation: 'landscape',
    content: [
      formMark(sheet, 50, say('Р-1', 'Р-1')),
      {
        columns: [
          asColumn({ text: '' }),
          { text: say('ИИН/БИН', 'ЖСН/БСН'), width: 130, alignment: 'center', style: 'caption' },
        ],
      },
      party(sheet, say('Заказчик', 'Тапсырыс беруші'), act.buyer),
      party(sheet, say('Исполнитель', 'Орындаушы'), act.seller),
      {
        columns: [
          { text: say('Договор (контракт)', 'Шарт (келісімшарт)'), width: 90 },
          asColumn(onLine(basisText(act.basis, sheet), '')),
        ],
        columnGap: 6,
        margin: [0, 2, 0, 6],
      },
      {
        columns: [
          {
            text: say(
              'АКТ ВЫПОЛНЕННЫХ РАБОТ (ОКАЗАННЫХ УСЛУГ)*',
              'ОРЫНДАЛҒАН ЖҰМЫСТАР (КӨРСЕТІЛГЕН ҚЫЗМЕТТЕР) АКТІСІ*',
            ),
            style: 'title',
            margin: [0, 8, 0, 0],
          },
          asColumn(numberAndDate(sheet, plainNumber(act.number), day(act.date)), 180),
        ],
        columnGap: 12,
      },
      lines(act, sheet),
      {
        text: [
          { text: say('Стоимость прописью: ', 'Құны жазумен: '), bold: true },
          act.amountInWords ?? amountInWords(act.totals.amountWithVat, act.currency, sheet.language),
        ],
        margin: [0, 0, 0, 4],
      },
      {
        columns: [
          {
            text: say(
              'Сведения об использовании запасов, полученных от заказчика',
              'Тапсырыс берушіден алынған қорларды пайдалану туралы мәліметтер',
            ),
            width: 270,
          },
          asColumn(
            onLine(
              act.customerMaterials ?? '',
              say('наименование, количество, стоимость', 'атауы, саны, құны'),
              { align: 'center' },
            ),
          ),
        ],
      },
      {
        columns: [
          {
            text: say(
              'Приложение: Перечень документации, в том числе отчет(ы) о маркетинговых, научных исследованиях, консультационных и прочих услугах (обязательны при его (их) наличии)',
              'Қосымша: Құжаттаманың, оның ішінде маркетингтік, ғылыми зерттеулер, консультациялық және өзге де қызметтер туралы есептің (есептердің) тізбесі (ол (олар) болған кезде міндетті)',
            ),
            width: 470,
          },
          asColumn(onLine(act.attachments ?? '', '')),
        ],
        columnGap: 6,
        margin: [0, 2, 0, 0],
      },
      sideBySide(
        [
          signatureLine(sheet, say('Сдал (Исполнитель)', 'Тапсырды (Орындаушы)'), act.deliveredBy, {
            side: 'sender',
          }),
          { text: say('М.П.', 'М.О.'), margin: [0, 8, 0, 0] },
        ],
        [
          signatureLine(sheet, say('Принял (Заказчик)', 'Қабылдады (Тапсырыс беруші)'), act.acceptedBy, {
            side: 'recipient',
          }),
          {
            columns: [
              {
                text: say(
                  'Дата подписания (принятия) работ (услуг)',
                  'Жұмыстарға (қызметтерге) қол қойылған (қабылданған) күн',
                ),
                width: 'auto',
              },
              asColumn(onLine(day(act.acceptedOn), '', { align: 'center' })),
            ],
            columnGap: 4,
            margin: [0, 4, 0, 0],
          },
          { text: say('М.П.', 'М.О.'), margin: [0, 4, 0, 0] },
        ],
      ),
      ...comment(sheet, act.comment),
      {
        text: say(
          '* Применяется для приемки-передачи выполненных работ (оказанных услуг), за исключением строительно-монтажных работ.\n** Заполняется в случае, если даты выполненных работ (оказанных услуг) приходятся на различные периоды, а также в случае, если даты выполнения работ (оказания услуг) и даты подписания (принятия) работ (услуг) различны.\n*** Заполняется в случае наличия отчета о научных исследованиях, маркетинговых, консультационных и прочих услугах.',
          '* Құрылыс-монтаж жұмыстарын қоспағанда, орындалған жұмыстарды (көрсетілген қызметтерді) қабылдау-тапсыру үшін қолданылады.\n** Орындалған жұмыстардың (көрсетілген қызметтердің) күндері әртүрлі кезеңдерге келген жағдайда, сондай-ақ жұмыстарды орындау (қызметтерді көрсету) күні мен жұмыстарға (қызметтерге) қол қою (қабылдау) күні әртүрлі болған жағдайда толтырылады.\n*** Ғылыми зерттеулер, маркетингтік, консультациялық және өзге де қызметтер туралы есеп болған жағдайда толтырылады.',
        ),
        style: 'footnote',
      },
    ],
  }
}

const party = (sheet: Sheet, label: string, who: Act['seller']) => ({
  columns: [
    { text: label, width: 90 },
    asColumn(
      onLine(
        nameAndAddress(who),
        sheet.say(
          'полное наименование, адрес, данные о средствах связи',
          'толық атауы, мекенжайы, байланыс құралдары туралы деректер',
        ),
      ),
    ),
    asColumn(boxed(who.taxId ?? '', { bold: true }), 130),
  ],
  columnGap: 6,
  margin: [0, 2, 0, 0] as [number, number, number, number],
})

const lines = (act: Act, sheet: Sheet) => {
  const { say, language } = sheet
  const inside = act.priceIncludesVat
  const columns = inside ? 9 : 10
  const span = columns - 5
  const fill = (count: number): TableCell[] => Array.from({ length: count }, () => covered)
  const body: TableCell[][] = [
    [
      head(say('Номер по порядку', 'Реттік нөмірі'), { rows: 2 }),
      head(
        say(
          'Наименование работ (услуг) (в разрезе их подвидов в соответствии с технической спецификацией, заданием, графиком выполнения работ (услуг) при их наличии)',
          'Жұмыстардың (қызметтердің) атауы (олар болған кезде техникалық ерекшелікке, тапсырмаға, жұмыстарды (қызметтерді) орындау кестесіне сәйкес олардың кіші түрлері бөлінісінде)',
        ),
        { rows: 2 },
      ),
      head(
        say('Дата выполнения работ (оказания услуг)**', 'Жұмыстарды орындау (қызметтерді көрсету) күні**'),
        { rows: 2 },
      ),
      head(
        say(
          'Сведения об отчете о научных исследованиях, маркетинговых, консультационных и прочих услугах (дата, номер, количество страниц) (при их наличии)***',
          'Ғылыми зерттеулер, маркетингтік, консультациялық және өзге де қызметтер туралы есеп жөніндегі мәліметтер (күні, нөмірі, бет саны) (олар болған кезде)***',
        ),
        { rows: 2 },
      ),
      head(say('Единица измерения', 'Өлшем бірлігі'), { rows: 2 }),
      head(say('Выполнено работ (оказано услуг)', 'Орындалған жұмыстар (көрсетілген қызметтер)'), {
        columns: span,
      }),
      ...fill(span - 1),
    ],
    [
      ...fill(5),
      head(say('количество', 'саны')),
      head(say(`цена за единицу, в ${act.currency}`, `бірлігінің бағасы, ${act.currency}`)),
      head(say(`стоимость, в ${act.currency}`, `құны, ${act.currency}`)),
      ...(inside
        ? [head(say('в т.ч. НДС', 'оның ішінде ҚҚС'))]
        : [head(say('сумма НДС', 'ҚҚС сомасы')), head(say('стоимость с НДС', 'ҚҚС-пен құны'))]),
    ],
    columnNumbers(columns),
  ]
  act.lines.forEach((line, at) => {
    body.push([
      centre(String(at + 1)),
      left(line.name),
      centre(joined([day(line.performedFrom), day(line.performedTo)], ' – ')),
      left(line.report ?? ''),
      centre(unitName(line, language)),
      right(quantity(line.quantity)),
      right(money(line.price)),
      right(money(inside ? line.amountWithVat : line.amountWithoutVat)),
      right(line.vatRate === 'none' ? say('Без НДС', 'ҚҚС-сыз') : money(line.vatAmount)),
      ...(inside ? [] : [right(money(line.amountWithVat))]),
    ])
  })
  const { totals } = act
  body.push([
    footing(say('Итого', 'Барлығы'), { columns: 5, framed: false }),
    ...fill(4),
    footing(quantity(sumOf(act.lines.map((line) => line.quantity)))),
    footing('x', { align: 'center' }),
    footing(money(inside ? totals.amountWithVat : totals.amountWithoutVat)),
    footing(money(totals.vatAmount)),
    ...(inside ? [] : [footing(money(totals.amountWithVat))]),
  ])
  return grid('landscape', [30, '*', 62, 118, 52, 50, 68, 76, 62, ...(inside ? [] : [76])], 3, body, {
    heights: [12, 36],
  })
}
