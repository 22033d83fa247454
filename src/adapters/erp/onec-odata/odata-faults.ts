import { fault, type Fault, type Words } from '../../../core/kernel/index.ts'

/** What can be wrong between us and a published base. Codes never change meaning. */
const words = {
  'ODATA-01': {
    ru: 'Настройка {what} отсутствует или неверна. Сверьтесь с README двери onec-odata.',
    kk: '{what} баптауы жоқ немесе қате. onec-odata есігінің README файлын қараңыз.',
    en: 'The setting {what} is missing or wrong. See the README of the door onec-odata.',
  },
  'ODATA-02': {
    ru: 'База не отвечает ({what}). Проверьте адрес, сеть, публикацию на веб-сервере и сертификат; частная сеть должна быть в bases.allowedRanges.',
    kk: 'База жауап бермейді ({what}). Мекенжайды, желіні, веб-серверде жариялауды және сертификатты тексеріңіз; жеке желі bases.allowedRanges ішінде болуы керек.',
    en: 'The base does not answer ({what}). Check address, network, publication and certificate; a private network has to be in bases.allowedRanges.',
  },
  'ODATA-03': {
    ru: 'База не принимает логин или пароль (401). Задайте пользователя с аутентификацией 1С:Предприятия и пароль (daneker connection base).',
    kk: 'База логинді немесе құпиясөзді қабылдамайды (401). 1С:Кәсіпорын аутентификациясы бар пайдаланушыны және құпиясөзді беріңіз (daneker connection base).',
    en: 'The base takes neither login nor password (401). Give a user with authentication of 1C:Enterprise and the password (daneker connection base).',
  },
  'ODATA-04': {
    ru: 'Не опубликовано: {what}. Проверьте имя базы, флажок «Публиковать стандартный интерфейс OData» и состав.',
    kk: 'Жарияланбаған: {what}. База атын, «Стандартты OData интерфейсін жариялау» жалаушасын және құрамын тексеріңіз.',
    en: 'Not published: {what}. Check the name of the base, the flag of the standard OData interface, and its composition.',
  },
  'ODATA-05': {
    ru: 'Вместо данных база отдала веб-страницу. Так отвечает облако при нехватке прав или входе через портал: дайте пользователю права и вход 1С.',
    kk: 'База деректердің орнына веб-бет берді. Құқық жетпегенде немесе портал арқылы кіргенде бұлт осылай жауап береді: пайдаланушыға құқық пен 1С кіруін беріңіз.',
    en: 'The base gave a web page instead of data. Clouds answer so when rights are missing or the login is the portal’s: give the user rights and a login of 1C.',
  },
  'ODATA-06': {
    ru: 'Состав OData пуст. В базе откройте «Настройка стандартного интерфейса OData» и отметьте: {what}.',
    kk: 'OData құрамы бос. Базада «Стандартты OData интерфейсін баптау» ашып, белгілеңіз: {what}.',
    en: 'The OData composition is empty. In the base open the setting of the standard OData interface and mark: {what}.',
  },
  'ODATA-07': {
    ru: 'Пользователю базы не хватает прав: {what}. Дайте ему чтение (и запись, если включена обратная запись).',
    kk: 'База пайдаланушысының құқығы жетпейді: {what}. Оған оқу (кері жазу қосулы болса — жазу) құқығын беріңіз.',
    en: 'The user of the base lacks rights: {what}. Give it reading (and writing, where writing back is on).',
  },
  'ODATA-08': {
    ru: 'База отказалась записать: {what}. Повтор не поможет, исправьте причину в 1С.',
    kk: 'База жазудан бас тартты: {what}. Қайталау көмектеспейді, себебін 1С-те түзетіңіз.',
    en: 'The base refused to write: {what}. Repeating does not help, correct the cause in 1C.',
  },
  'ODATA-09': {
    ru: 'База ответила неожиданно: {what}. Посмотрите журнал обменов (daneker exchange list --direction out).',
    kk: 'База күтпеген жауап берді: {what}. Алмасулар журналын қараңыз (daneker exchange list --direction out).',
    en: 'The base answered unexpectedly: {what}. See the log of exchanges (daneker exchange list --direction out).',
  },
  'ODATA-10': {
    ru: 'Конфигурация не узнана: это не бухгалтерия для Казахстана. Нет ни плана счетов «Типовой», ни поля ИдентификационныйКодЛичности у контрагентов.',
    kk: 'Конфигурация танылмады: бұл Қазақстанға арналған бухгалтерия емес. «Типовой» шоттар жоспары да, контрагенттерде ИдентификационныйКодЛичности өрісі де жоқ.',
    en: 'The configuration is not recognised as accounting for Kazakhstan: neither the chart of accounts «Типовой» nor the field ИдентификационныйКодЛичности of counterparties.',
  },
  'ODATA-11': {
    ru: 'В базе нет организации с БИН этого подключения. Заполните «БИН / ИИН» в карточке организации или подключите другую базу.',
    kk: 'Базада осы қосылымның БСН бар ұйым жоқ. Ұйым карточкасында «БСН / ЖСН» толтырыңыз немесе басқа базаны қосыңыз.',
    en: 'The base has no organisation with the БИН of this connection. Fill it in on the organisation’s card, or connect another base.',
  },
  'ODATA-12': {
    ru: 'Число {what} пришло из базы неточно, восстановить его до тиына нельзя. Перезаполните сумму в документе 1С.',
    kk: '{what} саны базадан дәл келмеді, оны тиынға дейін қалпына келтіру мүмкін емес. 1С құжатында соманы қайта толтырыңыз.',
    en: 'The number {what} came from the base inexactly and cannot be restored to the tiyn. Fill the amount in again in the 1C document.',
  },
  'ODATA-13': {
    ru: 'В документе 1С не заполнено или не найдено: {what}. Заполните поле и проведите документ.',
    kk: '1С құжатында толтырылмаған немесе табылмаған: {what}. Өрісті толтырып, құжатты өткізіңіз.',
    en: 'Empty or not found in the 1C document: {what}. Fill the field in and post the document.',
  },
  'ODATA-14': {
    ru: 'Для базы не задан пароль. Задайте его: daneker connection base ПОДКЛЮЧЕНИЕ.',
    kk: 'База үшін құпиясөз берілмеген. Оны беріңіз: daneker connection base ҚОСЫЛЫМ.',
    en: 'The base has no password yet. Give it: daneker connection base CONNECTION.',
  },
  'ODATA-15': {
    ru: 'Это не выборка из базы 1С: ожидается документ OData с его ссылками.',
    kk: 'Бұл 1С базасынан алынған іріктеме емес: сілтемелері бар OData құжаты күтіледі.',
    en: 'This is nothing read from a 1C base: an OData document with its references is expected.',
  },
} satisfies Record<string, Words>

export type OdataCode = keyof typeof words

/** A tax id never stands whole in the text of an error. */
const masked = (text: string): string => text.replace(/\b(\d{4})\d{6}(\d{2})\b/g, '$1******$2').slice(0, 300)

export const odataFault = (code: OdataCode, what = '', path = '', source?: string): Fault => {
  const fill = (text: string): string => text.replace('{what}', masked(what))
  const { ru, kk, en } = words[code]
  const made = fault(code, path, { ru: fill(ru), kk: fill(kk), en: fill(en) })
  return source === undefined ? made : { ...made, source }
}
