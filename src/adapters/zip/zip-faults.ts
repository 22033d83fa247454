import { fault, type Fault } from '../../core/kernel/index.ts'

/** Not a zip, cut off, or with entries that nobody may unpack. `name` is the entry, where one is to blame. */
export const brokenZip = (): Fault =>
  fault('ZIP-01', '', {
    ru: 'Файл не читается как архив ZIP или обрезан. Выгрузите его заново.',
    kk: 'Файл ZIP мұрағаты ретінде оқылмайды немесе қиылған. Оны қайта түсіріңіз.',
    en: 'The file cannot be read as a ZIP archive or is cut off. Export it again.',
  })

export const unsafeZipName = (name: string): Fault =>
  fault('ZIP-02', name.slice(0, 100), {
    ru: 'Имя внутри архива ведёт за его пределы или недопустимо. Уложите файлы без путей.',
    kk: 'Мұрағат ішіндегі атау оның сыртына шығады немесе рұқсат етілмеген. Файлдарды жолсыз салыңыз.',
    en: 'A name inside the archive leads out of it or is not allowed. Pack the files without paths.',
  })

export const zipTooLarge = (limitMiB: number): Fault =>
  fault('ZIP-03', '', {
    ru: `Архив распаковывается больше чем в ${limitMiB} МиБ или содержит слишком много файлов. Разделите выгрузку.`,
    kk: `Мұрағат ${limitMiB} МиБ-тан асады немесе файлдары тым көп. Түсіруді бөліңіз.`,
    en: `The archive unpacks to more than ${limitMiB} MiB or holds too many files. Split the export.`,
  })

export const encryptedZip = (): Fault =>
  fault('ZIP-04', '', {
    ru: 'Архив зашифрован паролем или сжат неизвестным способом. Уложите файлы обычным ZIP.',
    kk: 'Мұрағат құпиясөзбен шифрланған немесе белгісіз тәсілмен сығылған. Файлдарды кәдімгі ZIP-ке салыңыз.',
    en: 'The archive is encrypted or packed in an unknown way. Use a plain ZIP.',
  })
