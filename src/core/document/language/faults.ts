import type { Fault, Words } from '../../kernel/index.ts'
import { words } from './declare.ts'

/** What can be wrong with the writing of a document, before any rule of business is asked. `{field}` is its title. */
export const readingFaults = {
  'DOC-01': words(
    'Ожидался документ: набор полей. Передайте объект JSON или элемент XML вида, указанного в описании формата.',
    'Құжат күтілді: өрістер жиыны. Пішім сипаттамасындағы JSON объектісін немесе XML элементін жіберіңіз.',
    'A document was expected: a set of fields. Send a JSON object or an XML element as the format describes.',
  ),
  'DOC-02': words(
    'Не заполнено обязательное поле «{field}». Заполните его.',
    '«{field}» міндетті өрісі толтырылмаған. Оны толтырыңыз.',
    'The required field "{field}" is empty. Fill it in.',
  ),
  'DOC-03': words(
    'Поле «{name}» неизвестно формату. Уберите его или передайте в дополнительных полях (Extra).',
    '«{name}» өрісі пішімге белгісіз. Оны алып тастаңыз немесе қосымша өрістерде (Extra) жіберіңіз.',
    'The format does not know the field "{name}". Remove it or send it among the additional fields (Extra).',
  ),
  'DOC-04': words(
    'Поле «{field}» передано дважды. Оставьте одно значение.',
    '«{field}» өрісі екі рет берілген. Бір мәнін қалдырыңыз.',
    'The field "{field}" is given twice. Keep one value.',
  ),
  'DOC-05': words(
    'Поле «{field}» передано не тем типом: ожидается {expected}. Суммы и количества передаются строкой.',
    '«{field}» өрісінің түрі дұрыс емес: {expected} күтіледі. Сомалар мен сандар жол түрінде беріледі.',
    'The field "{field}" has the wrong type: {expected} is expected. Sums and quantities are sent as text.',
  ),
  'DOC-06': words(
    'Значение поля «{field}» длиннее {max} символов. Сократите его.',
    '«{field}» өрісінің мәні {max} таңбадан ұзын. Оны қысқартыңыз.',
    'The value of "{field}" is longer than {max} characters. Shorten it.',
  ),
  'DOC-07': words(
    'Значение поля «{field}» не того вида. Пример верного: {example}.',
    '«{field}» өрісінің мәні үлгіге сай емес. Дұрыс мысал: {example}.',
    'The value of "{field}" does not have the right form. A right example: {example}.',
  ),
  'DOC-08': words(
    'Поле «{field}» не является числом. Передайте цифры с точкой, без пробелов: 1233.05.',
    '«{field}» өрісі сан емес. Цифрларды нүктемен, бос орынсыз жіберіңіз: 1233.05.',
    'The field "{field}" is not a number. Send digits with a point and no spaces: 1233.05.',
  ),
  'DOC-09': words(
    'В числе поля «{field}» слишком много цифр: допускается {integer} до точки и {fraction} после.',
    '«{field}» өрісінің санында цифр тым көп: нүктеге дейін {integer}, одан кейін {fraction} рұқсат етіледі.',
    'The number in "{field}" has too many digits: {integer} before the point and {fraction} after it are allowed.',
  ),
  'DOC-10': words(
    'Поле «{field}» не является датой. Передайте существующий день в виде 2026-03-31.',
    '«{field}» өрісі күн емес. Бар күнді 2026-03-31 түрінде жіберіңіз.',
    'The field "{field}" is not a date. Send a day that exists, as 2026-03-31.',
  ),
  'DOC-11': words(
    'Поле «{field}» принимает только true или false.',
    '«{field}» өрісі тек true немесе false қабылдайды.',
    'The field "{field}" takes only true or false.',
  ),
  'DOC-12': words(
    'Значение поля «{field}» не из списка. Допустимо: {codes}.',
    '«{field}» өрісінің мәні тізімде жоқ. Рұқсат етілгені: {codes}.',
    'The value of "{field}" is not in the list. Allowed: {codes}.',
  ),
  'DOC-13': words(
    'В поле «{field}» есть управляющие или повреждённые символы. Удалите их.',
    '«{field}» өрісінде басқару немесе бүлінген таңбалар бар. Оларды жойыңыз.',
    'The field "{field}" has control or broken characters. Remove them.',
  ),
  'DOC-14': words(
    'Поле «{field}» не является Base64. Передайте двоичные данные как Base64 с дополнением.',
    '«{field}» өрісі Base64 емес. Екілік деректерді толықтырылған Base64 түрінде жіберіңіз.',
    'The field "{field}" is not Base64. Send binary data as padded Base64.',
  ),
  'DOC-15': words(
    'Содержимое поля «{field}» больше {mebibytes} МБ. Передайте файл меньшего размера.',
    '«{field}» өрісінің мазмұны {mebibytes} МБ-тан үлкен. Кішірек файл жіберіңіз.',
    'The content of "{field}" is larger than {mebibytes} MB. Send a smaller file.',
  ),
  'DOC-16': words(
    'В списке «{field}» больше {max} элементов. Разделите документ.',
    '«{field}» тізімінде {max} элементтен көп. Құжатты бөліңіз.',
    'The list "{field}" has more than {max} items. Split the document.',
  ),
  'DOC-17': words(
    'Между полями документа есть посторонний текст. Удалите его.',
    'Құжат өрістерінің арасында бөгде мәтін бар. Оны жойыңыз.',
    'There is stray text between the fields of the document. Remove it.',
  ),
  'DOC-18': words(
    'Вид документа не совпадает с адресом отправки: ожидается {kind}.',
    'Құжат түрі жіберу мекенжайына сәйкес емес: {kind} күтіледі.',
    'The kind of the document is not the one of the address: {kind} is expected.',
  ),
  'DOC-19': words(
    'Показаны первые {max} ошибок. Исправьте их и отправьте документ снова.',
    'Алғашқы {max} қате көрсетілді. Оларды түзетіп, құжатты қайта жіберіңіз.',
    'The first {max} faults are shown. Correct them and send the document again.',
  ),
} as const satisfies Record<string, Words>

export type ReadingFaultCode = keyof typeof readingFaults

export type Details = Readonly<Record<string, string | number | Words>>

const fillOne = (sentence: string, language: keyof Words, details: Details): string =>
  sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = details[name]
    if (value === undefined) return whole
    return typeof value === 'object' ? value[language] : String(value)
  })

/** Puts the details into the `{holes}` of a sentence. */
export const fill = (sentence: Words, details: Details): Words => ({
  ru: fillOne(sentence.ru, 'ru', details),
  kk: fillOne(sentence.kk, 'kk', details),
  en: fillOne(sentence.en, 'en', details),
})

/** More than this nobody corrects in one sitting, and a hostile document must not make a long answer. */
export const maxFaults = 200

/** Gathers the faults of one document. */
export class FaultList {
  readonly faults: Fault[] = []

  add(code: ReadingFaultCode, path: string, details: Details = {}): void {
    if (this.faults.length > maxFaults) return
    const [said, at, known]: [ReadingFaultCode, string, Details] =
      this.faults.length === maxFaults ? ['DOC-19', '', { max: maxFaults }] : [code, path, details]
    this.faults.push({ code: said, path: at, message: fill(readingFaults[said], known) })
  }
}
