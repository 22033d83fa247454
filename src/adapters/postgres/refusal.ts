import type { Fault, Words } from '../../core/kernel/index.ts'
import { fault } from '../../core/kernel/index.ts'

/** The store refuses to start, for a reason that the operator can remove. */
export class StoreRefusal extends Error {
  readonly fault: Fault

  constructor(code: string, message: Words, options: { cause?: unknown } = {}) {
    super(`${code}: ${message.en}`, options)
    this.name = 'StoreRefusal'
    this.fault = fault(code, '', message)
  }
}

export const alreadyOpen = (dataDir: string): StoreRefusal =>
  new StoreRefusal('STORE-01', {
    ru: `Хранилище «${dataDir}» уже открыто другим процессом Daneker. Остановите его или укажите другую папку данных.`,
    kk: `«${dataDir}» қоймасын Daneker-дің басқа үдерісі ашып қойған. Оны тоқтатыңыз немесе басқа деректер қалтасын көрсетіңіз.`,
    en: `Another Daneker process has the store "${dataDir}" open. Stop it, or name another data folder.`,
  })

export const unsafeServer = (setting: string, value: string): StoreRefusal =>
  new StoreRefusal('STORE-02', {
    ru: `На сервере PostgreSQL ${setting} = ${value}: при сбое питания принятые документы пропадут. Включите ${setting} и перезапустите.`,
    kk: `PostgreSQL серверінде ${setting} = ${value}: қуат үзілсе, қабылданған құжаттар жоғалады. ${setting} параметрін қосып, қайта іске қосыңыз.`,
    en: `The PostgreSQL server runs with ${setting} = ${value}: a power cut would lose accepted documents. Turn ${setting} on and start again.`,
  })

export const oldServer = (version: string): StoreRefusal =>
  new StoreRefusal('STORE-03', {
    ru: `Версия PostgreSQL ${version} не поддерживается: нужна 15 или новее.`,
    kk: `PostgreSQL ${version} нұсқасына қолдау көрсетілмейді: 15 немесе одан жаңасы керек.`,
    en: `PostgreSQL ${version} is not supported: 15 or newer is needed.`,
  })

export const wrongEncoding = (encoding: string): StoreRefusal =>
  new StoreRefusal('STORE-04', {
    ru: `Кодировка базы данных ${encoding}, а нужна UTF8: казахские буквы не сохранятся. Создайте базу с ENCODING 'UTF8'.`,
    kk: `Дерекқордың кодтауы ${encoding}, ал UTF8 керек: қазақ әріптері сақталмайды. Дерекқорды ENCODING 'UTF8' деп құрыңыз.`,
    en: `The database is encoded in ${encoding}, not UTF8: Kazakh letters would be lost. Create it with ENCODING 'UTF8'.`,
  })

export const brokenStore = (dataDir: string, cause: unknown): StoreRefusal =>
  new StoreRefusal(
    'STORE-05',
    {
      ru: `Хранилище «${dataDir}» не открывается. Проверьте свободное место и права на папку; если не помогло, восстановите её из резервной копии.`,
      kk: `«${dataDir}» қоймасы ашылмайды. Бос орын мен қалта құқықтарын тексеріңіз; көмектеспесе, сақтық көшірмеден қалпына келтіріңіз.`,
      en: `The store "${dataDir}" does not open. Check free space and the rights on the folder; if that does not help, restore it from a backup.`,
    },
    { cause },
  )
