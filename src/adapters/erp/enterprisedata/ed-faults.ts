import { fault } from '../../../core/kernel/index.ts'
import type { Fault, Words } from '../../../core/kernel/index.ts'

/** What can be wrong with an EnterpriseData message. Codes never change meaning. `{field}` is a field of 1C. */
const faults = {
  'ED-01': {
    ru: 'Файл не является сообщением EnterpriseData: ожидается элемент Message с Header. Выгрузите его из 1С через синхронизацию данных.',
    kk: 'Файл EnterpriseData хабарламасы емес: Header бар Message элементі күтіледі. Оны 1С-тен деректерді синхрондау арқылы түсіріңіз.',
    en: 'The file is no EnterpriseData message: a Message with a Header is expected. Export it from 1C by its data synchronisation.',
  },
  'ED-02': {
    ru: 'В заголовке сообщения нет или не читается «{field}». Без него сообщение нельзя отнести к обмену: повторите выгрузку из 1С.',
    kk: 'Хабарлама тақырыбында «{field}» жоқ немесе оқылмайды. Онсыз хабарламаны алмасуға жатқызу мүмкін емес: 1С-тен қайта түсіріңіз.',
    en: 'The header of the message lacks "{field}" or it cannot be read. Without it the message belongs to no exchange: export it again.',
  },
  'ED-03': {
    ru: 'Версия формата EnterpriseData «{version}» неизвестна. Выберите в настройке синхронизации 1С версию от 1.2 до 1.21.',
    kk: 'EnterpriseData форматының «{version}» нұсқасы белгісіз. 1С синхрондау баптауында 1.2 мен 1.21 аралығындағы нұсқаны таңдаңыз.',
    en: 'The EnterpriseData version "{version}" is unknown. Choose one from 1.2 to 1.21 in the synchronisation settings of 1C.',
  },
  'ED-04': {
    ru: 'В архиве должен быть один файл XML с сообщением. Выгрузите сообщение из 1С заново.',
    kk: 'Мұрағатта хабарламасы бар бір XML файл болуы керек. Хабарламаны 1С-тен қайта түсіріңіз.',
    en: 'The archive has to hold one XML file with the message. Export it from 1C again.',
  },
  'ED-05': {
    ru: 'Поле 1С «{field}» пустое (ссылка не заполнена). Заполните его в документе 1С и повторите обмен.',
    kk: '1С «{field}» өрісі бос (сілтеме толтырылмаған). Оны 1С құжатында толтырып, алмасуды қайталаңыз.',
    en: 'The 1C field "{field}" is an empty reference. Fill it in and repeat the exchange.',
  },
  'ED-06': {
    ru: 'Не заполнено поле 1С «{field}». Заполните его и повторите обмен.',
    kk: '1С «{field}» өрісі толтырылмаған. Оны толтырып, алмасуды қайталаңыз.',
    en: 'The 1C field "{field}" is missing. Fill it in and repeat the exchange.',
  },
  'ED-07': {
    ru: 'Значение поля 1С «{field}» не читается: ожидается {expected}. Проверьте правила выгрузки.',
    kk: '1С «{field}» өрісінің мәні оқылмайды: {expected} күтіледі. Түсіру ережелерін тексеріңіз.',
    en: 'The value of the 1C field "{field}" cannot be read: {expected} is expected. Check the export rules.',
  },
  'ED-08': {
    ru: 'Ставка НДС «{rate}» не распознана. Сопоставьте её в профиле подключения (vatRates) или исправьте в 1С.',
    kk: '«{rate}» ҚҚС мөлшерлемесі танылмады. Оны қосылым профилінде (vatRates) сәйкестендіріңіз немесе 1С-те түзетіңіз.',
    en: 'The VAT rate "{rate}" is not known. Map it in the profile of the connection (vatRates) or correct it in 1C.',
  },
  'ED-09': {
    ru: 'Валюта «{currency}» не распознана. Заполните в 1С цифровой или буквенный код валюты по классификатору.',
    kk: '«{currency}» валютасы танылмады. 1С-те валютаның жіктеуіш бойынша сандық немесе әріптік кодын толтырыңыз.',
    en: 'The currency "{currency}" is not known. Give its numeric or alphabetic code of the classifier in 1C.',
  },
  'ED-10': {
    ru: 'Сумма документа 1С ({given}) не равна сумме строк ({computed}). Проведите документ заново и повторите обмен.',
    kk: '1С құжатының сомасы ({given}) жолдар қосындысына ({computed}) тең емес. Құжатты қайта өткізіп, алмасуды қайталаңыз.',
    en: 'The sum of the 1C document ({given}) is not the sum of its rows ({computed}). Post the document again and repeat the exchange.',
  },
  'ED-11': {
    ru: 'В документе 1С нет строк ни в таблице «Товары», ни в таблице «Услуги». Заполните их.',
    kk: '1С құжатында «Товары» кестесінде де, «Услуги» кестесінде де жолдар жоқ. Оларды толтырыңыз.',
    en: 'The 1C document has rows neither in "Товары" nor in "Услуги". Fill them in.',
  },
  'ED-12': {
    ru: 'Для счёта-фактуры нет документа-основания (РеализацияТоваровУслуг): строки формат EnterpriseData берёт из него. Выгрузите реализацию вместе со счётом-фактурой.',
    kk: 'Шот-фактура үшін негіздеме құжат (РеализацияТоваровУслуг) жоқ: EnterpriseData форматы жолдарды содан алады. Өткізуді шот-фактурамен бірге түсіріңіз.',
    en: 'The tax invoice lacks its source document (РеализацияТоваровУслуг), whose rows it takes. Export it together with the invoice.',
  },
  'ED-13': {
    ru: 'Признак происхождения товара не передаётся форматом EnterpriseData. Задайте его в профиле подключения: settings.enterprisedata.originCode (от 1 до 5).',
    kk: 'Тауардың шығу тегінің белгісі EnterpriseData форматымен берілмейді. Оны қосылым профилінде белгілеңіз: settings.enterprisedata.originCode (1-ден 5-ке дейін).',
    en: 'EnterpriseData does not carry the origin of goods. Set it in the profile of the connection: settings.enterprisedata.originCode (1 to 5).',
  },
  'ED-14': {
    ru: 'Вид счёта-фактуры «{kind}» не применяется в Казахстане. Отправляются НаРеализацию и Корректировочный.',
    kk: '«{kind}» шот-фактура түрі Қазақстанда қолданылмайды. НаРеализацию және Корректировочный жіберіледі.',
    en: 'Tax invoices of the kind "{kind}" are not in use in Kazakhstan. НаРеализацию and Корректировочный are sent.',
  },
  'ED-15': {
    ru: 'Сообщение № {number} уже принято с другим содержанием. База восстановлена из копии? Пересоздайте настройку синхронизации или продолжите с номера больше {last}.',
    kk: '№ {number} хабарлама басқа мазмұнмен қабылданған. База көшірмеден қалпына келтірілді ме? Синхрондау баптауын қайта жасаңыз немесе {last} санынан үлкен нөмірден жалғастырыңыз.',
    en: 'Message {number} was received before with other content. Was the base restored from a copy? Set the synchronisation up again or go on with a number above {last}.',
  },
  'ED-16': {
    ru: 'План обмена «{plan}» не поддерживается. Выберите СинхронизацияДанныхЧерезУниверсальныйФормат.',
    kk: '«{plan}» алмасу жоспарына қолдау жоқ. СинхронизацияДанныхЧерезУниверсальныйФормат таңдаңыз.',
    en: 'The exchange plan "{plan}" is not supported. Choose СинхронизацияДанныхЧерезУниверсальныйФормат.',
  },
  'ED-17': {
    ru: 'Операция или файл «{id}» не найдены или устарели. Начните обмен заново.',
    kk: '«{id}» операциясы немесе файлы табылмады не ескірген. Алмасуды қайта бастаңыз.',
    en: 'The operation or file "{id}" is not there or too old. Begin the exchange again.',
  },
  'ED-18': {
    ru: 'Узел «{peer}» ещё не присылал сообщений. Сначала отправьте сообщение из 1С (кнопка «Синхронизировать»).',
    kk: '«{peer}» торабы әлі хабарлама жіберген жоқ. Алдымен 1С-тен хабарлама жіберіңіз («Синхронизировать» түймесі).',
    en: 'The node "{peer}" has sent no message yet. Send one from 1C first.',
  },
  'ED-19': {
    ru: 'Заголовок называет версию {header}, а данные записаны в версии {body}. Повторите выгрузку из 1С.',
    kk: 'Тақырып {header} нұсқасын атайды, ал деректер {body} нұсқасында жазылған. 1С-тен қайта түсіріңіз.',
    en: 'The header names version {header}, the data are written in version {body}. Export them from 1C again.',
  },
  'ED-20': {
    ru: 'Ставка НДС строки не указана, а по сумме НДС её однозначно не определить. Укажите ставку в 1С.',
    kk: 'Жолдың ҚҚС мөлшерлемесі көрсетілмеген, ал ҚҚС сомасы бойынша оны бір мәнді анықтау мүмкін емес. Мөлшерлемені 1С-те көрсетіңіз.',
    en: 'The VAT rate of the row is missing and does not follow from its VAT amount. Give the rate in 1C.',
  },
  'ED-21': {
    ru: 'Сообщение прислал узел «{from}», а вызов назван от узла «{peer}». Проверьте код узла в настройке синхронизации.',
    kk: 'Хабарламаны «{from}» торабы жіберді, ал шақыру «{peer}» торабынан аталған. Синхрондау баптауындағы торап кодын тексеріңіз.',
    en: 'The message comes from the node "{from}", the call names "{peer}". Check the code of the node in the synchronisation settings.',
  },
  'ED-22': {
    ru: 'Настройка «{name}» неизвестна или не подходит. Допустимы: originCode (от 1 до 5), paymentPurposeCode (три цифры КНП), extras (none или all).',
    kk: '«{name}» баптауы белгісіз немесе жарамсыз. Рұқсат етілгені: originCode (1-ден 5-ке дейін), paymentPurposeCode (ТМК-ның үш саны), extras (none немесе all).',
    en: 'The setting "{name}" is unknown or does not fit. Allowed: originCode (1 to 5), paymentPurposeCode (three digits), extras (none or all).',
  },
} satisfies Record<string, Words>

export type EdFaultCode = keyof typeof faults

/** Every code of this door with its words, for the published list. */
export const edFaults: Readonly<Record<string, Words>> = faults

const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]).slice(0, 100) : whole,
  )

export const edFault = (
  code: EdFaultCode,
  values: Record<string, string | number> = {},
  path = '',
  source?: string,
): Fault => {
  const { ru, kk, en } = faults[code]
  const made = fault(code, path, { ru: fill(ru, values), kk: fill(kk, values), en: fill(en, values) })
  return source === undefined ? made : { ...made, source }
}
