import type { Content, TableCell } from 'pdfmake'
import type { PrintOrder } from '../../core/exchange/index.ts'
import type { SignatureRecord } from '../../core/exchange/index.ts'
import type { SignerRole } from '../../core/signature/index.ts'
import { maskedPersonalId } from './masking.ts'
import type { Sheet } from './sheet.ts'
import { day, joined, money, plainNumber } from './sheet.ts'

/**
 * The sheet behind every printed document: what was signed, by whom, when, what we found, and where to check it.
 * A visual form has no legal force, and says so.
 */
export const signatureSheet = (order: PrintOrder, sheet: Sheet): Content[] => {
  const { say } = sheet
  const { record, signatures, checkUrl } = order
  return [
    {
      text: say('ЛИСТ ПОДПИСЕЙ ЭЛЕКТРОННОГО ДОКУМЕНТА', 'ЭЛЕКТРОНДЫҚ ҚҰЖАТТЫҢ ҚОЛТАҢБАЛАР ПАРАҒЫ'),
      style: 'title',
      margin: [0, 0, 0, 8],
      pageBreak: 'before',
      pageOrientation: 'portrait',
    },
    {
      columns: [
        { stack: [aboutDocument(order, sheet)], width: '*' },
        {
          stack: [
            { qr: checkUrl, fit: 110, alignment: 'right', eccLevel: 'M' },
            {
              text: say('Проверить документ', 'Құжатты тексеру'),
              alignment: 'right',
              fontSize: 7,
              margin: [0, 2, 0, 0],
            },
          ],
          width: 120,
        },
      ],
      columnGap: 12,
    },
    {
      text: [say('Проверка: ', 'Тексеру: '), { text: checkUrl, link: checkUrl, color: '#1a4f9c' }],
      margin: [0, 2, 0, 8],
    },
    ...(signatures.length === 0
      ? [
          {
            text: say(
              'Документ не подписан: подписей в системе нет.',
              'Құжатқа қол қойылмаған: жүйеде қолтаңбалар жоқ.',
            ),
            bold: true,
            margin: [0, 6, 0, 6] as [number, number, number, number],
          },
        ]
      : signatures.map((signature, at) => aboutSignature(signature, at, record.reason, sheet))),
    {
      table: {
        widths: ['*'],
        body: [
          [
            {
              stack: [
                'Визуальная форма предназначена для чтения и печати и не имеет юридической силы. Юридическую силу имеют точные байты электронного документа (SHA-256 указан выше) вместе с электронной цифровой подписью.',
                {
                  text: 'Көрнекі нысан оқуға және басып шығаруға арналған, оның заңды күші жоқ. Заңды күш электрондық құжаттың нақты байттарына (SHA-256 жоғарыда көрсетілген) электрондық цифрлық қолтаңбамен бірге тиесілі.',
                  margin: [0, 4, 0, 0],
                },
              ],
              fontSize: 8,
            },
          ],
        ],
      },
      layout: 'grid',
      margin: [0, 8, 0, 0],
      unbreakable: true,
    },
  ]
}

const rows = (pairs: readonly (readonly [string, string] | undefined)[]): TableCell[][] =>
  pairs
    .filter((pair) => pair !== undefined && pair[1] !== '')
    .map((pair) => [{ text: pair![0], color: '#444444' }, { text: pair![1] }])

const aboutDocument = ({ record }: PrintOrder, sheet: Sheet): Content => {
  const { say } = sheet
  const party = (name: string, taxId: string): string =>
    joined([name, taxId === '' ? undefined : `${say('БИН/ИИН', 'БСН/ЖСН')} ${taxId}`])
  return {
    table: {
      widths: [110, '*'],
      body: rows([
        [say('Идентификатор', 'Идентификаторы'), record.id],
        [say('Номер и дата', 'Нөмірі және күні'), joined([plainNumber(record.number), day(record.date)])],
        [say('Отправитель', 'Жіберуші'), party(record.senderName, record.senderTaxId)],
        [say('Получатель', 'Алушы'), party(record.recipientName, record.recipientTaxId)],
        record.total === undefined
          ? undefined
          : [say('Сумма', 'Сомасы'), joined([money(record.total), record.currency], ' ')],
        [say('Принят системой', 'Жүйе қабылдаған уақыты'), moment(record.receivedAt, sheet)],
        [say('Состояние', 'Күйі'), stateWords(record.senderState, sheet)],
        record.stamp === undefined
          ? undefined
          : [
              say('Регистрация в ИС ЭСФ', 'ЭШФ АЖ-да тіркелуі'),
              joined([record.stamp.registrationNumber, moment(record.stamp.registeredAt, sheet)]),
            ],
        [
          say('Точные байты', 'Нақты байттар'),
          say(`${record.size} байт, SHA-256:`, `${record.size} байт, SHA-256:`) +
            `\n${halves(record.digest)}`,
        ],
      ]),
    },
    layout: 'bare',
    fontSize: 8,
  }
}

/** 64 characters without a space do not break by themselves. */
const halves = (digest: string): string => `${digest.slice(0, 32)}\n${digest.slice(32)}`

const aboutSignature = (
  signature: SignatureRecord,
  at: number,
  reason: string | undefined,
  sheet: Sheet,
): Content => {
  const { say } = sheet
  const signer = readSigner(signature.signer)
  const verdict = verdictWords(signature.verdict, sheet)
  return {
    table: {
      widths: [130, '*'],
      body: [
        [
          {
            text: joined([`${at + 1}.`, sideWords(signature, sheet)], ' '),
            bold: true,
            colSpan: 2,
            fillColor: '#eeeeee',
          },
          {},
        ],
        ...rows([
          [say('Подписал', 'Қол қойған'), joined([signer.commonName, signer.organization])],
          [
            say('БИН/ИИН', 'БСН/ЖСН'),
            joined([
              signer.bin === undefined ? undefined : `${say('БИН', 'БСН')} ${signer.bin}`,
              signer.iin === undefined ? undefined : `${say('ИИН', 'ЖСН')} ${maskedPersonalId(signer.iin)}`,
            ]),
          ],
          [
            say('Полномочия', 'Өкілеттігі'),
            signer.roles.map((role) => roleWords[role]?.[sheet.language] ?? role).join(', '),
          ],
          signature.purpose === 'document' ? undefined : [say('Причина', 'Себебі'), reason ?? ''],
          [say('Время подписи', 'Қол қойылған уақыт'), moment(signature.signedAt, sheet)],
          [
            say('Метка времени', 'Уақыт белгісі'),
            signer.trustedTimeSource === 'time-stamp' && signer.trustedTime !== undefined
              ? moment(signer.trustedTime, sheet)
              : say('нет', 'жоқ'),
          ],
          [
            say('Сертификат', 'Сертификат'),
            joined(
              [
                signer.serial === undefined
                  ? undefined
                  : `${say('серийный номер', 'сериялық нөмірі')} ${signer.serial}`,
                signer.keyAlgorithm,
              ],
              ', ',
            ),
          ],
          [
            say('Срок действия', 'Қолданылу мерзімі'),
            signer.notBefore === undefined || signer.notAfter === undefined
              ? ''
              : `${moment(signer.notBefore, sheet)} – ${moment(signer.notAfter, sheet)}`,
          ],
        ]),
        [
          { text: say('Результат проверки', 'Тексеру нәтижесі'), color: '#444444' },
          { text: verdict.text, bold: true, color: verdict.color },
        ],
      ],
    },
    layout: 'grid',
    fontSize: 8,
    margin: [0, 0, 0, 6],
    unbreakable: true,
  }
}

const sideWords = ({ side, purpose }: SignatureRecord, { say }: Sheet): string => {
  const who = side === 'sender' ? say('Отправитель', 'Жіберуші') : say('Получатель', 'Алушы')
  switch (purpose) {
    case 'document':
      return say(`${who}: подпись документа`, `${who}: құжатқа қолтаңба`)
    case 'refusal':
      return say(`${who}: подпись отказа`, `${who}: бас тартуға қолтаңба`)
    case 'annulment':
      return say(`${who}: подпись аннулирования`, `${who}: күшін жоюға қолтаңба`)
  }
}

const verdictWords = (verdict: SignatureRecord['verdict'], { say }: Sheet) => {
  switch (verdict) {
    case 'VALID':
      return { text: say('Подпись действительна', 'Қолтаңба жарамды'), color: '#1b6e2e' }
    case 'INVALID':
      return { text: say('Подпись недействительна', 'Қолтаңба жарамсыз'), color: '#b00020' }
    case 'INDETERMINATE':
      return {
        text: say(
          'Подпись не подтверждена: проверка не завершена',
          'Қолтаңба расталмаған: тексеру аяқталмаған',
        ),
        color: '#8a5a00',
      }
  }
}

const roleWords: Readonly<Record<SignerRole, { ru: string; kk: string }>> = {
  person: { ru: 'физическое лицо', kk: 'жеке тұлға' },
  head: { ru: 'первый руководитель', kk: 'бірінші басшы' },
  'signing-right': { ru: 'право подписи', kk: 'қол қою құқығы' },
  'financial-right': { ru: 'право подписи финансовых документов', kk: 'қаржы құжаттарына қол қою құқығы' },
  personnel: { ru: 'отдел кадров', kk: 'кадр бөлімі' },
  employee: { ru: 'сотрудник', kk: 'қызметкер' },
  system: { ru: 'информационная система', kk: 'ақпараттық жүйе' },
  treasury: { ru: 'казначейство', kk: 'қазынашылық' },
}

/** How the document stands, in the words of people. */
export const stateWords = (state: PrintOrder['record']['senderState'], { say }: Sheet): string => {
  switch (state) {
    case 'awaiting_signature':
      return say('ожидает подписи', 'қол қоюды күтуде')
    case 'signing':
      return say('подписывается', 'қол қойылуда')
    case 'signed':
      return say('подписан, не доставлен', 'қол қойылған, жеткізілмеген')
    case 'delivered':
      return say('доставлен получателю', 'алушыға жеткізілген')
    case 'annulment_requested':
      return say('запрошено аннулирование', 'күшін жою сұралған')
    case 'completed':
      return say('обмен завершён', 'алмасу аяқталған')
    case 'refused':
      return say('получатель отказал', 'алушы бас тартқан')
    case 'annulled':
      return say('аннулирован', 'күші жойылған')
    case 'failed':
      return say('обработка остановлена', 'өңдеу тоқтатылған')
  }
}

interface Signer {
  commonName?: string
  organization?: string
  iin?: string
  bin?: string
  roles: SignerRole[]
  keyAlgorithm?: string
  serial?: string
  notBefore?: Date
  notAfter?: Date
  trustedTime?: Date
  trustedTimeSource?: string
}

/** A stored signer has been JSON meanwhile: dates may be texts, and an old record may lack what is new. */
const readSigner = (stored: Record<string, unknown>): Signer => {
  const text = (name: string): string | undefined => {
    const value = stored[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const date = (name: string): Date | undefined => {
    const value = stored[name]
    const made = value instanceof Date ? value : typeof value === 'string' ? new Date(value) : undefined
    return made === undefined || Number.isNaN(made.getTime()) ? undefined : made
  }
  return {
    commonName: text('commonName'),
    organization: text('organization'),
    iin: text('iin'),
    bin: text('bin'),
    roles: Array.isArray(stored.roles)
      ? (stored.roles.filter((role) => typeof role === 'string') as SignerRole[])
      : [],
    keyAlgorithm: text('keyAlgorithm'),
    serial: text('serial'),
    notBefore: date('notBefore'),
    notAfter: date('notAfter'),
    trustedTime: date('trustedTime'),
    trustedTimeSource: text('trustedTimeSource'),
  }
}

const clock = new Intl.DateTimeFormat('ru-RU', {
  timeZone: 'Asia/Almaty',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

/** «31.03.2026 15:00:00 (Алматы)». */
const moment = (instant: Date, { say }: Sheet): string =>
  `${clock.format(instant).replace(', ', ' ')} (${say('Алматы', 'Алматы')})`
