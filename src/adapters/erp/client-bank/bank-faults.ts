import { fault, type Fault } from '../../../core/kernel/index.ts'

/** Where something is wrong: the value in our words, the key in the file's, the line. */
interface Place {
  path: string
  key: string
  line: number
}

const at = (code: string, { path, key, line }: Place, ru: string, kk: string, en: string): Fault => ({
  ...fault(code, path, {
    ru: `${ru} (строка ${line}, «${key}»).`,
    kk: `${kk} (${line}-жол, «${key}»).`,
    en: `${en} (line ${line}, “${key}”).`,
  }),
  source: `${key}, строка ${line}`,
})

export const notClientBank = (): Fault =>
  fault('CLIENTBANK-01', '', {
    ru: 'Файл не начинается с «1CClientBankExchange». Выгрузите выписку из клиент-банка в формате обмена с 1С.',
    kk: 'Файл «1CClientBankExchange» деп басталмайды. Үзінді-көшірмені клиент-банктен 1С алмасу пішімінде түсіріңіз.',
    en: 'The file does not begin with “1CClientBankExchange”. Export the statement in the format for 1C.',
  })

export const unknownLetters = (): Fault =>
  fault('CLIENTBANK-02', '', {
    ru: 'Кодировку файла определить нельзя: его ключи не читаются ни в windows-1251, ни в cp866, ни в UTF-8. Выгрузите файл заново и не открывайте его в редакторе.',
    kk: 'Файлдың кодтауын анықтау мүмкін емес: кілттері windows-1251, cp866 және UTF-8 кодтауларында оқылмайды. Файлды қайта түсіріңіз.',
    en: 'The encoding cannot be told: the keys are words in neither windows-1251 nor cp866 nor UTF-8. Export the file again and do not open it in an editor.',
  })

export const unknownVersion = (version: string, line: number): Fault =>
  at(
    'CLIENTBANK-03',
    { path: 'version', key: 'ВерсияФормата', line },
    `Версия формата «${version.slice(0, 20)}» неизвестна, читаются 1.00–1.03 и 2.0`,
    `«${version.slice(0, 20)}» пішім нұсқасы белгісіз, 1.00–1.03 және 2.0 оқылады`,
    `Version “${version.slice(0, 20)}” is not known; 1.00 to 1.03 and 2.0 are read`,
  )

export const cutOff = (line: number, open: string): Fault =>
  at(
    'CLIENTBANK-04',
    { path: '', key: open, line },
    'Файл обрезан: нет «КонецФайла» или раздел не закрыт. Выгрузите его заново',
    'Файл қиылған: «КонецФайла» жоқ немесе бөлім жабылмаған. Оны қайта түсіріңіз',
    'The file is cut off: “КонецФайла” or the end of a section is missing. Export it again',
  )

export const strayLine = (line: number, text: string): Fault =>
  at(
    'CLIENTBANK-05',
    { path: '', key: text.slice(0, 40), line },
    'Строка не на своём месте: ожидается «Ключ=Значение» внутри раздела',
    'Жол өз орнында емес: бөлім ішінде «Ключ=Значение» күтіледі',
    'A line out of place: “Key=Value” inside a section is expected',
  )

export const badDate = (place: Place): Fault =>
  at(
    'CLIENTBANK-06',
    place,
    'Это не дата. Ожидается ДД.ММ.ГГГГ',
    'Бұл күн емес. КК.АА.ЖЖЖЖ күтіледі',
    'Not a day. DD.MM.YYYY is expected',
  )

export const badAmount = (place: Place): Fault =>
  at(
    'CLIENTBANK-07',
    place,
    'Это не сумма с двумя знаками после запятой',
    'Бұл үтірден кейін екі таңбасы бар сома емес',
    'Not an amount with two decimal places',
  )

export const missingKey = (place: Place): Fault =>
  at('CLIENTBANK-08', place, 'Обязательного значения нет', 'Міндетті мән жоқ', 'A required value is missing')

export const saidTwice = (place: Place): Fault =>
  at(
    'CLIENTBANK-09',
    place,
    'Ключ указан дважды с разными значениями',
    'Кілт әртүрлі мәнмен екі рет көрсетілген',
    'The key is given twice with different values',
  )

export const wrongBalance = (place: Place): Fault =>
  at(
    'CLIENTBANK-10',
    place,
    'Остатки не сходятся с оборотами: начальный + поступило − списано ≠ конечный. Запросите выписку в банке заново',
    'Қалдықтар айналымға сәйкес емес: бастапқы + түскен − шығарылған ≠ соңғы. Үзінді-көшірмені банктен қайта сұраңыз',
    'The balances do not agree with the turnovers: opening + received − spent ≠ closing. Ask the bank again',
  )

export const statementTooLarge = (limitMiB: number): Fault =>
  fault('CLIENTBANK-11', '', {
    ru: `Выписка больше ${limitMiB} МиБ. Выгрузите её за меньший период.`,
    kk: `Үзінді-көшірме ${limitMiB} МиБ-тан үлкен. Оны қысқарақ кезең үшін түсіріңіз.`,
    en: `The statement is larger than ${limitMiB} MiB. Export a shorter time.`,
  })

export const letterWithoutByte = (): Fault =>
  fault('CLIENTBANK-12', '', {
    ru: 'В тексте есть буквы, которых нет в выбранной кодировке (например, казахские). Запишите файл в UTF-8.',
    kk: 'Мәтінде таңдалған кодтауда жоқ әріптер бар (мысалы, қазақ әріптері). Файлды UTF-8 кодтауында жазыңыз.',
    en: 'The text has letters that the chosen encoding lacks (Kazakh ones, say). Write the file in UTF-8.',
  })
