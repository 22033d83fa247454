import { fault } from '../../core/kernel/index.ts'
import type { Fault, Words } from '../../core/kernel/index.ts'

/** What can be wrong with text before anybody looks at its meaning. Codes never change meaning. */
const faults = {
  'TEXT-01': {
    ru: 'Кодировка {label} не поддерживается. Отправьте сообщение в UTF-8 (можно windows-1251 или UTF-16).',
    kk: '{label} кодтауына қолдау жоқ. Хабарламаны UTF-8 кодтауында жіберіңіз (windows-1251 немесе UTF-16 да болады).',
    en: 'The encoding {label} is not supported. Send the message in UTF-8 (windows-1251 and UTF-16 are read too).',
  },
  'TEXT-02': {
    ru: 'Заголовок Content-Type, метка порядка байтов и объявление XML называют разные кодировки. Укажите одну и ту же.',
    kk: 'Content-Type тақырыбы, байт реті белгісі және XML жариялануы әртүрлі кодтауды атайды. Біреуін ғана көрсетіңіз.',
    en: 'Content-Type, byte order mark and XML declaration name different encodings. Name the same one everywhere.',
  },
  'TEXT-03': {
    ru: 'Байты сообщения не соответствуют названной кодировке. Проверьте, в какой кодировке оно записано на самом деле.',
    kk: 'Хабарлама байттары аталған кодтауға сәйкес емес. Оның іс жүзінде қай кодтауда жазылғанын тексеріңіз.',
    en: 'The bytes do not fit the encoding that is named. Check in which encoding the message is really written.',
  },
  'XML-01': {
    ru: 'Сообщение не является правильным XML (строка {line}, столбец {column}). Проверьте теги и специальные символы.',
    kk: 'Хабарлама дұрыс XML емес ({line}-жол, {column}-баған). Тегтер мен арнайы таңбаларды тексеріңіз.',
    en: 'The message is not well-formed XML (line {line}, column {column}). Check tags and special characters.',
  },
  'XML-02': {
    ru: 'DOCTYPE в сообщении запрещён. Уберите его.',
    kk: 'Хабарламада DOCTYPE қолдануға болмайды. Оны алып тастаңыз.',
    en: 'A DOCTYPE is not allowed. Remove it.',
  },
  'XML-03': {
    ru: 'Инструкции обработки (<?…?>) в сообщении запрещены (строка {line}, столбец {column}). Уберите их.',
    kk: 'Өңдеу нұсқауларына (<?…?>) рұқсат жоқ ({line}-жол, {column}-баған). Оларды алып тастаңыз.',
    en: 'Processing instructions (<?…?>) are not allowed (line {line}, column {column}). Remove them.',
  },
  'XML-04': {
    ru: 'Элементы вложены глубже {limit} уровней (строка {line}, столбец {column}).',
    kk: 'Элементтер {limit} деңгейден терең кіріктірілген ({line}-жол, {column}-баған).',
    en: 'Elements are nested deeper than {limit} (line {line}, column {column}).',
  },
  'XML-05': {
    ru: 'У элемента больше {limit} атрибутов (строка {line}, столбец {column}).',
    kk: 'Элементте {limit} атрибуттан көп ({line}-жол, {column}-баған).',
    en: 'An element has more than {limit} attributes (line {line}, column {column}).',
  },
  'XML-06': {
    ru: 'В сообщении больше {limit} узлов. Разделите его на несколько.',
    kk: 'Хабарламада {limit} түйіннен көп. Оны бірнешеге бөліңіз.',
    en: 'The message has more than {limit} nodes. Split it into several.',
  },
  'XML-07': {
    ru: 'Сообщение пустое: в нём нет ни одного элемента XML.',
    kk: 'Хабарлама бос: онда бірде-бір XML элементі жоқ.',
    en: 'The message is empty: it has no XML element.',
  },
  'XML-08': {
    ru: 'Корневой элемент «{root}» не является документом формата ЭДО. Ожидается Act, TaxInvoice и другие в пространстве имён urn:daneker:edo:document:1.',
    kk: '«{root}» түбір элементі ЭҚА форматының құжаты емес. urn:daneker:edo:document:1 атаулар кеңістігіндегі Act, TaxInvoice және басқалары күтіледі.',
    en: 'The root element “{root}” is not a document of the ЭДО format. Act, TaxInvoice and others in the namespace urn:daneker:edo:document:1 are expected.',
  },
  'XML-09': {
    ru: 'Значение атрибута длиннее {limit} символов (строка {line}, столбец {column}).',
    kk: 'Атрибут мәні {limit} таңбадан ұзын ({line}-жол, {column}-баған).',
    en: 'The value of an attribute is longer than {limit} characters (line {line}, column {column}).',
  },
  'XML-10': {
    ru: 'Один элемент, комментарий или тег длиннее {limit} символов (строка {line}). Разделите выгрузку.',
    kk: 'Бір элемент, түсініктеме немесе тег {limit} таңбадан ұзын ({line}-жол). Түсіруді бөліңіз.',
    en: 'One element, comment or tag is longer than {limit} characters (line {line}). Split the export.',
  },
  'JSON-01': {
    ru: 'Тело запроса не является правильным JSON (строка {line}, столбец {column}).',
    kk: 'Сұрау денесі дұрыс JSON емес ({line}-жол, {column}-баған).',
    en: 'The body is not valid JSON (line {line}, column {column}).',
  },
  'JSON-02': {
    ru: 'Поле «{key}» указано в одном объекте дважды (строка {line}, столбец {column}). Оставьте одно.',
    kk: '«{key}» өрісі бір нысанда екі рет көрсетілген ({line}-жол, {column}-баған). Біреуін қалдырыңыз.',
    en: 'The field "{key}" is given twice in one object (line {line}, column {column}). Keep one.',
  },
  'JSON-03': {
    ru: 'Объекты и массивы вложены глубже {limit} уровней (строка {line}, столбец {column}).',
    kk: 'Нысандар мен массивтер {limit} деңгейден терең кіріктірілген ({line}-жол, {column}-баған).',
    en: 'Objects and arrays are nested deeper than {limit} (line {line}, column {column}).',
  },
  'JSON-04': {
    ru: 'Число слишком велико или не передаётся без потерь (строка {line}, столбец {column}). Передайте его строкой.',
    kk: 'Сан тым үлкен немесе шығынсыз берілмейді ({line}-жол, {column}-баған). Оны жол ретінде беріңіз.',
    en: 'The number is too large or loses digits (line {line}, column {column}). Send it as a string.',
  },
  'JSON-05': {
    ru: 'После окончания JSON есть лишние данные (строка {line}, столбец {column}).',
    kk: 'JSON аяқталғаннан кейін артық деректер бар ({line}-жол, {column}-баған).',
    en: 'There is data after the end of the JSON (line {line}, column {column}).',
  },
  'JSON-06': {
    ru: 'В сообщении больше {limit} значений. Разделите его на несколько.',
    kk: 'Хабарламада {limit} мәннен көп. Оны бірнешеге бөліңіз.',
    en: 'The message has more than {limit} values. Split it into several.',
  },
} satisfies Record<string, Words>

export type ReaderFaultCode = keyof typeof faults

/** Every code of the readers with its words, for the published list. */
export const readerFaults: Readonly<Record<string, Words>> = faults

const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  )

/** A fault of the readers; `path` says where when there is something to point at. */
export const readerFault = (
  code: ReaderFaultCode,
  values: Record<string, string | number> = {},
  path = '',
): Fault => {
  const text = faults[code]
  return fault(code, path, {
    ru: fill(text.ru, values),
    kk: fill(text.kk, values),
    en: fill(text.en, values),
  })
}
