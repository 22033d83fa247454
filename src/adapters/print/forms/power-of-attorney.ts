import type { Content } from 'pdfmake'
import type { PowerOfAttorney } from '../../../core/document/index.ts'
import { numberInWords } from '../../../core/document/index.ts'
import {
  asColumn,
  boxed,
  centre,
  columnNumbers,
  comment,
  formMark,
  grid,
  head,
  left,
  onLine,
  signatureLine,
} from '../blocks.ts'
import type { FormPages, Sheet } from '../sheet.ts'
import { basisText, joined, longDay, plainNumber, unitName } from '../sheet.ts'

/** Доверенность на получение активов, form Д-1. */
export const powerOfAttorneyForm = (power: PowerOfAttorney, sheet: Sheet): FormPages => {
  const { say, language } = sheet
  const { principal, representative } = power
  const identity = representative.identityDocument
  const bank = principal.bank
  return {
    orientation: 'portrait',
    content: [
      formMark(sheet, 6, say('Д-1', 'Д-1')),
      {
        columns: [
          {
            text: say('Организация (индивидуальный предприниматель)', 'Ұйым (жеке кәсіпкер)'),
            width: 'auto',
          },
          asColumn(onLine(principal.name, '')),
        ],
        columnGap: 6,
        margin: [0, 4, 0, 4],
      },
      {
        columns: [
          asColumn({ text: '' }),
          { text: say('ИИН/БИН', 'ЖСН/БСН'), width: 'auto', margin: [0, 2, 0, 0] },
          asColumn(boxed(principal.taxId ?? '', { bold: true }), 120),
        ],
        columnGap: 6,
      },
      {
        text: say(`ДОВЕРЕННОСТЬ № ${plainNumber(power.number)}`, `№ ${plainNumber(power.number)} СЕНІМХАТ`),
        style: 'title',
        fontSize: 13,
        margin: [0, 12, 0, 8],
      },
      row(say('Дата выдачи', 'Берілген күні'), longDay(power.date, language)),
      row(
        say('Доверенность действительна по', 'Сенімхаттың жарамдылық мерзімі'),
        longDay(power.validUntil, language),
      ),
      row(
        say('Наименование и адрес организации', 'Ұйымның атауы және мекенжайы'),
        joined([principal.name, principal.address]),
      ),
      row(
        say('Счет', 'Шот'),
        bank === undefined
          ? ''
          : joined([
              `${say('ИИК', 'ЖСК')} ${bank.iik}`,
              bank.bik === undefined ? undefined : `${say('БИК', 'БСК')} ${bank.bik}`,
              bank.bankName,
            ]),
        say('ИИК, БИК, наименование банка', 'ЖСК, БСК, банктің атауы'),
      ),
      row(
        say('Доверенность выдана', 'Сенімхат берілді'),
        joined([representative.position, representative.name]),
        say('должность, фамилия, имя, отчество', 'лауазымы, тегі, аты, әкесінің аты'),
      ),
      ...(representative.taxId === undefined ? [] : [row(say('ИИН', 'ЖСН'), representative.taxId)]),
      row(
        identity?.kind ?? say('Удостоверение личности', 'Жеке куәлік'),
        identity === undefined
          ? ''
          : joined([
              `№ ${identity.number}`,
              identity.date === undefined
                ? undefined
                : say(`выдано ${longDay(identity.date, 'ru')}`, `${longDay(identity.date, 'kk')} берілген`),
              identity.issuedBy,
            ]),
        say('номер, дата выдачи, кем выдано', 'нөмірі, берілген күні, кім берген'),
      ),
      row(
        say('На получение от', 'Кімнен алуға'),
        joined([
          power.supplier.name,
          power.supplier.taxId === undefined
            ? undefined
            : `${say('БИН/ИИН', 'БСН/ЖСН')} ${power.supplier.taxId}`,
        ]),
        say('наименование поставщика', 'жеткізушінің атауы'),
      ),
      row(
        say('Активов по', 'Активтер, құжат бойынша'),
        basisText(power.basis, sheet),
        say('наименование, номер и дата документа', 'құжаттың атауы, нөмірі және күні'),
      ),
      ...lines(power, sheet),
      {
        columns: [
          {
            text: say('Подпись лица, получившего доверенность', 'Сенімхатты алған адамның қолы'),
            width: 'auto',
          },
          asColumn(onLine('', '')),
          { text: say('удостоверяем', 'растаймыз'), width: 'auto' },
        ],
        columnGap: 6,
        margin: [0, 12, 0, 6],
      },
      {
        unbreakable: true,
        stack: [
          signatureLine(sheet, say('Руководитель', 'Басшы'), power.manager, {
            side: 'sender',
            withPosition: false,
          }),
          signatureLine(sheet, say('Главный бухгалтер', 'Бас бухгалтер'), power.chiefAccountant, {
            withPosition: false,
          }),
          { text: say('М.П.', 'М.О.'), margin: [0, 8, 0, 0] },
        ],
        margin: [0, 0, 120, 0],
      },
      ...comment(sheet, power.comment),
    ],
  }
}

const row = (label: string, text: string, caption = ''): Content => ({
  columns: [{ text: label, width: 150 }, asColumn(onLine(text, caption))],
  columnGap: 6,
  margin: [0, 2, 0, 2],
})

const lines = (power: PowerOfAttorney, sheet: Sheet): Content[] => {
  const { say, language } = sheet
  if (power.lines === undefined) return []
  return [
    {
      text: say('Перечень активов, подлежащих получению', 'Алынуға тиіс активтер тізбесі'),
      bold: true,
      alignment: 'center',
      margin: [0, 10, 0, 0],
    },
    grid(
      'portrait',
      [50, '*', 90, 170],
      2,
      [
        [
          head(say('Номер по порядку', 'Реттік нөмірі')),
          head(say('Наименование активов', 'Активтердің атауы')),
          head(say('Единица измерения', 'Өлшем бірлігі')),
          head(say('Количество (прописью)', 'Саны (жазумен)')),
        ],
        columnNumbers(4),
        ...power.lines.map((line, at) => [
          centre(String(at + 1)),
          left(line.name),
          centre(unitName(line, language)),
          left(
            line.quantityInWords ??
              (line.quantity === undefined ? '' : numberInWords(line.quantity, language)),
          ),
        ]),
      ],
      { fontSize: 8 },
    ),
  ]
}
