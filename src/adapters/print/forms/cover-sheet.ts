import { createHash } from 'node:crypto'
import type { Content } from 'pdfmake'
import type { Contract, FileDocument, Party } from '../../../core/document/index.ts'
import { amountInWords } from '../../../core/document/index.ts'
import { comment } from '../blocks.ts'
import type { FormPages, Sheet } from '../sheet.ts'
import { basisText, day, joined, longDay, money, nameAndAddress, plainNumber } from '../sheet.ts'

/** Size in bytes and digest of the file, wherever it lies. */
const fileOf = ({ content, attachment }: Contract | FileDocument): { size: string; sha256: string } => {
  if (attachment !== undefined) return attachment
  const bytes = Buffer.from(content ?? '', 'base64')
  return { size: String(bytes.byteLength), sha256: createHash('sha256').update(bytes).digest('hex') }
}

/**
 * A contract or a file is its own print form. What we print is the sheet before it: its head, and the digest by
 * which the file in hand is known to be the one that was signed.
 */
export const coverSheet = (document: Contract | FileDocument, sheet: Sheet): FormPages => {
  const { say, language } = sheet
  const file = fileOf(document)
  const number = document.number === undefined ? '' : ` № ${plainNumber(document.number)}`
  return {
    orientation: 'portrait',
    content: [
      {
        text:
          document.kind === 'contract'
            ? say(`ДОГОВОР${number}`, `ШАРТ${number}`)
            : say(`ЭЛЕКТРОННЫЙ ФАЙЛ${number}`, `ЭЛЕКТРОНДЫҚ ФАЙЛ${number}`),
        style: 'title',
        fontSize: 14,
        margin: [0, 24, 0, 2],
      },
      { text: say('Титульный лист', 'Титулдық парақ'), alignment: 'center', margin: [0, 0, 0, 14] },
      table([
        [
          document.kind === 'contract' ? say('Предмет', 'Мәні') : say('Название', 'Атауы'),
          document.kind === 'contract' ? document.subject : document.title,
        ],
        [say('Дата документа', 'Құжат күні'), longDay(document.date, language)],
        [say('Отправитель', 'Жіберуші'), party(document.sender, sheet)],
        [say('Получатель', 'Алушы'), party(document.recipient, sheet)],
        [say('Основание', 'Негіздеме'), basisText(document.basis, sheet)],
        ...(document.kind === 'contract' ? terms(document, sheet) : []),
      ]),
      { text: say('Файл', 'Файл'), style: 'documentTitle', fontSize: 11, margin: [0, 14, 0, 4] },
      table([
        [say('Имя файла', 'Файл аты'), document.fileName],
        [say('Тип', 'Түрі'), document.mediaType],
        [say('Размер', 'Көлемі'), say(`${file.size} байт`, `${file.size} байт`)],
        ['SHA-256', file.sha256.replace(/^.{32}/, '$&\n')],
      ]),
      ...comment(sheet, document.comment),
      {
        text: say(
          document.attachment === undefined
            ? 'Содержание документа – в приложенном файле. Подписаны точные байты электронного документа, в который файл вложен целиком.'
            : 'Содержание документа – в приложенном файле. Подписаны точные байты электронного документа, который называет файл по размеру и SHA-256.',
          document.attachment === undefined
            ? 'Құжаттың мазмұны – қоса берілген файлда. Файл толығымен енгізілген электрондық құжаттың нақты байттарына қол қойылған.'
            : 'Құжаттың мазмұны – қоса берілген файлда. Файлды көлемі мен SHA-256 бойынша атайтын электрондық құжаттың нақты байттарына қол қойылған.',
        ),
        italics: true,
        margin: [0, 12, 0, 0],
      },
    ],
  }
}

const party = (who: Party, { say }: Sheet): string =>
  joined([
    who.taxId === undefined ? undefined : `${say('БИН/ИИН', 'БСН/ЖСН')} ${who.taxId}`,
    nameAndAddress(who),
  ])

const terms = (contract: Contract, { say, language }: Sheet): [string, string][] => [
  [
    say('Срок действия', 'Қолданылу мерзімі'),
    joined([day(contract.validFrom), day(contract.validUntil)], ' – '),
  ],
  [
    say('Сумма договора', 'Шарт сомасы'),
    contract.amount === undefined
      ? ''
      : `${money(contract.amount)} ${contract.currency} (${amountInWords(contract.amount, contract.currency, language)})`,
  ],
]

const table = (rows: readonly (readonly [string, string])[]): Content => ({
  table: {
    widths: [120, '*'],
    body: rows
      .filter(([, value]) => value !== '')
      .map(([label, value]) => [{ text: label, color: '#444444' }, { text: value }]),
  },
  layout: 'grid',
  fontSize: 9,
})
