import { date, list, nested, optional, record, text, words } from '../language/declare.ts'
import {
  amountInWords,
  basis,
  buyer,
  headShape,
  lineAmounts,
  lineNames,
  lineUnit,
  maxLines,
  person,
  priceIncludesVat,
  quantity,
  seller,
  tailShape,
  totals,
} from './parts.ts'

const line = record('ActLine', words('Строка акта', 'Акт жолы', 'Line of the act'), {
  ...lineNames,
  /** Column 3 of Р-1: the day the work was done, or the first day of the period. */
  performedFrom: optional(
    date(words('Дата выполнения (начало периода)', 'Орындалған күні (кезең басы)', 'Performed on (start)')),
  ),
  performedTo: optional(
    date(words('Дата выполнения (конец периода)', 'Орындалған күні (кезең соңы)', 'Performed on (end)')),
  ),
  /** Column 4 of Р-1. */
  report: optional(
    text(
      500,
      words(
        'Сведения об отчёте (дата, номер, количество страниц)',
        'Есеп туралы мәлімет (күні, нөмірі, бет саны)',
        'Report (date, number, pages)',
      ),
    ),
  ),
  ...lineUnit,
  quantity,
  ...lineAmounts,
})

/** Акт выполненных работ (оказанных услуг), form Р-1: appendix 50 to Order 562 of 20.12.2012. */
export const act = record(
  'Act',
  words(
    'Акт выполненных работ (оказанных услуг)',
    'Орындалған жұмыстар (көрсетілген қызметтер) актісі',
    'Act of work performed',
  ),
  {
    ...headShape,
    /** Исполнитель. */
    seller,
    /** Заказчик. */
    buyer,
    basis: optional(nested(basis)),
    priceIncludesVat,
    lines: list('Line', line, maxLines, words('Строки', 'Жолдар', 'Lines')),
    totals: nested(totals),
    amountInWords,
    customerMaterials: optional(
      text(
        2000,
        words(
          'Сведения об использовании запасов, полученных от заказчика',
          'Тапсырыс берушіден алынған қорларды пайдалану туралы мәліметтер',
          'Use of materials received from the customer',
        ),
      ),
    ),
    attachments: optional(
      text(
        1000,
        words(
          'Приложение (перечень документации, количество страниц)',
          'Қосымша (құжаттама тізбесі, бет саны)',
          'Attachments',
        ),
      ),
    ),
    deliveredBy: optional(
      nested(person, words('Сдал (исполнитель)', 'Тапсырды (орындаушы)', 'Delivered by')),
    ),
    acceptedBy: optional(
      nested(person, words('Принял (заказчик)', 'Қабылдады (тапсырыс беруші)', 'Accepted by')),
    ),
    acceptedOn: optional(
      date(
        words('Дата подписания (принятия) работ', 'Жұмыстарға қол қойылған (қабылданған) күн', 'Accepted on'),
      ),
    ),
    ...tailShape,
  },
)
