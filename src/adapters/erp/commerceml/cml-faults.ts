import { fault, type Fault } from '../../../core/kernel/index.ts'

const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

/** A fault of one document: where in it, and which field of the file says so. */
const about = (
  code: string,
  { path, source }: { path: string; source: string | undefined },
  ru: string,
  kk: string,
  en: string,
): Fault => ({ ...fault(code, path, { ru, kk, en }), ...(source === undefined ? {} : { source }) })

type Where = Parameters<typeof about>[1]

export const notCommerceMl = (root: string): Fault =>
  fault('CML-01', '', {
    ru: `Корневой элемент «${shown(root)}» — не CommerceML. Ожидается «КоммерческаяИнформация».`,
    kk: `«${shown(root)}» түбір элементі CommerceML емес. «КоммерческаяИнформация» күтіледі.`,
    en: `The root element “${shown(root)}” is not CommerceML. “КоммерческаяИнформация” is expected.`,
  })

export const unknownSchema = (version: string, namespace: string): Fault =>
  fault('CML-02', '', {
    ru: `Версия схемы «${shown(version)}» (${shown(namespace) || 'без пространства имён'}) неизвестна. Читаются CommerceML 1, 2.03–2.10 и 3.1: выберите одну из них в настройке обмена 1С.`,
    kk: `«${shown(version)}» схема нұсқасы (${shown(namespace) || 'атаулар кеңістігінсіз'}) белгісіз. CommerceML 1, 2.03–2.10 және 3.1 оқылады: 1С алмасу баптауында біреуін таңдаңыз.`,
    en: `The schema version “${shown(version)}” (${shown(namespace) || 'no namespace'}) is not known. CommerceML 1, 2.03 to 2.10 and 3.1 are read: choose one of them in the settings of 1C.`,
  })

export const notExchanged = (operation: string, source: string): Fault =>
  about(
    'CML-03',
    { path: 'kind', source },
    `Хозоперация «${shown(operation)}» не передаётся через ЭДО. Уберите такие документы из выгрузки или задайте правило в профиле подключения (settings.commerceml.operations).`,
    `«${shown(operation)}» шаруашылық операциясы ЭҚА арқылы берілмейді. Мұндай құжаттарды түсіруден алып тастаңыз немесе қосылым профилінде ереже беріңіз (settings.commerceml.operations).`,
    `The operation “${shown(operation)}” is not exchanged. Leave such documents out of the export or give a rule in the profile of the connection (settings.commerceml.operations).`,
  )

export const documentTooLarge = (limit: number): Fault =>
  fault('CML-04', '', {
    ru: `В одном документе больше ${limit} элементов. Разделите документ.`,
    kk: `Бір құжатта ${limit} элементтен көп. Құжатты бөліңіз.`,
    en: `One document has more than ${limit} elements. Split the document.`,
  })

export const notANumber = (where: Where, found: string): Fault =>
  about(
    'CML-05',
    where,
    `«${shown(found)}» не читается как число. Ожидается 1233.05 или 1 233,05.`,
    `«${shown(found)}» сан ретінде оқылмайды. 1233.05 немесе 1 233,05 күтіледі.`,
    `“${shown(found)}” is not a number. 1233.05 or 1 233,05 is expected.`,
  )

export const notADate = (where: Where, found: string): Fault =>
  about(
    'CML-06',
    where,
    `«${shown(found)}» не читается как дата. Ожидается ГГГГ-ММ-ДД или ДД.ММ.ГГГГ.`,
    `«${shown(found)}» күн ретінде оқылмайды. ЖЖЖЖ-АА-КК немесе КК.АА.ЖЖЖЖ күтіледі.`,
    `“${shown(found)}” is not a date. YYYY-MM-DD or DD.MM.YYYY is expected.`,
  )

export const unknownRate = (where: Where, found: string): Fault =>
  about(
    'CML-07',
    where,
    `Ставка НДС «${shown(found)}» неизвестна. Задайте соответствие в профиле подключения (vatRates).`,
    `«${shown(found)}» ҚҚС мөлшерлемесі белгісіз. Сәйкестігін қосылым профилінде беріңіз (vatRates).`,
    `The VAT rate “${shown(found)}” is not known. Give it in the profile of the connection (vatRates).`,
  )

export const unknownCurrency = (where: Where, found: string): Fault =>
  about(
    'CML-08',
    where,
    `Валюта «${shown(found)}» неизвестна. Укажите трёхбуквенный код (KZT) в справочнике валют.`,
    `«${shown(found)}» валютасы белгісіз. Валюталар анықтамалығында үш әріпті кодты (KZT) көрсетіңіз.`,
    `The currency “${shown(found)}” is not known. Give its three letters (KZT) in the catalogue of currencies.`,
  )

export const mixedVat = (where: Where): Fault =>
  about(
    'CML-09',
    where,
    'В одних строках НДС учтён в сумме, в других нет. Выгрузите документ с одним признаком «УчтеноВСумме».',
    'Кейбір жолдарда ҚҚС сомада ескерілген, басқаларында жоқ. Құжатты бірыңғай «УчтеноВСумме» белгісімен түсіріңіз.',
    'Some lines include the VAT in their sum, others do not. Export the document with one “УчтеноВСумме”.',
  )

export const otherSum = (where: Where, given: string, computed: string): Fault =>
  about(
    'CML-10',
    where,
    `Сумма документа ${given} не равна сумме строк ${computed}. Перепроведите документ и выгрузите заново.`,
    `Құжат сомасы ${given} жолдар сомасына ${computed} тең емес. Құжатты қайта өткізіп, қайта түсіріңіз.`,
    `The sum of the document ${given} is not that of its lines ${computed}. Post the document again and export it.`,
  )

export const noPartner = (where: Where, role: string): Fault =>
  about(
    'CML-11',
    where,
    `Не указан контрагент с ролью «${role}». Выберите контрагента в документе.`,
    `«${role}» рөлі бар контрагент көрсетілмеген. Құжатта контрагентті таңдаңыз.`,
    `There is no partner in the role “${role}”. Choose the partner in the document.`,
  )

export const noSuchItem = (where: Where, id: string): Fault =>
  about(
    'CML-12',
    where,
    `Позиция ссылается на «${shown(id)}», которого нет в этом файле. Выгрузите каталог вместе с документами.`,
    `Жол осы файлда жоқ «${shown(id)}» сілтейді. Каталогты құжаттармен бірге түсіріңіз.`,
    `A line refers to “${shown(id)}”, which is not in this file. Export the catalogue with the documents.`,
  )

export const noSuchEntry = (name: string): Fault =>
  fault('CML-13', '', {
    ru: `В архиве нет файла «${shown(name)}». Повторите выгрузку с начала.`,
    kk: `Мұрағатта «${shown(name)}» файлы жоқ. Түсіруді басынан қайталаңыз.`,
    en: `The archive holds no “${shown(name)}”. Repeat the export from its beginning.`,
  })

export const unknownMode = (type: string, mode: string): Fault =>
  fault('CML-14', 'mode', {
    ru: `Обращение type=${shown(type)}, mode=${shown(mode)} неизвестно. Шлюз отвечает на type catalog и sale; mode checkauth, init, file, import, query, success.`,
    kk: `type=${shown(type)}, mode=${shown(mode)} сұрауы белгісіз. Шлюз catalog және sale түрлеріне; checkauth, init, file, import, query, success режимдеріне жауап береді.`,
    en: `The request type=${shown(type)}, mode=${shown(mode)} is not known. The gateway answers the types catalog and sale; the modes checkauth, init, file, import, query, success.`,
  })

export const noSession = (): Fault =>
  fault('CML-15', '', {
    ru: 'Сеанс обмена не начат или истёк. Начните обмен заново: 1С сама обратится к mode=checkauth.',
    kk: 'Алмасу сеансы басталмаған немесе мерзімі өтті. Алмасуды қайта бастаңыз: 1С mode=checkauth режиміне өзі жүгінеді.',
    en: 'There is no exchange, or it has expired. Begin again: 1C asks mode=checkauth by itself.',
  })

export const badFileName = (name: string): Fault =>
  fault('CML-16', 'filename', {
    ru: `Имя файла «${shown(name)}» недопустимо: нужен путь внутри выгрузки, до 255 знаков, без «..».`,
    kk: `«${shown(name)}» файл атауына рұқсат жоқ: түсіру ішіндегі жол керек, 255 таңбаға дейін, «..» болмауы керек.`,
    en: `The file name “${shown(name)}” is not allowed: a path inside the export is needed, up to 255 characters, without “..”.`,
  })

export const notSent = (name: string): Fault =>
  fault('CML-17', 'filename', {
    ru: `Файл «${shown(name)}» не был передан в этом сеансе. Повторите выгрузку с начала.`,
    kk: `«${shown(name)}» файлы осы сеанста берілмеген. Түсіруді басынан қайталаңыз.`,
    en: `The file “${shown(name)}” was not sent in this exchange. Repeat the export from its beginning.`,
  })

export const emptyPart = (): Fault =>
  fault('CML-18', 'filename', {
    ru: 'Часть файла пуста. Повторите передачу файла.',
    kk: 'Файл бөлігі бос. Файлды беруді қайталаңыз.',
    en: 'The part of the file is empty. Send the file again.',
  })
