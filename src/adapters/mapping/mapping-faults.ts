import { fault, type Fault, type Words } from '../../core/kernel/index.ts'

/**
 * What can be wrong with a mapping (01–39, told once, when it is loaded) and with a file that it reads (40–79, told
 * with the document). Codes never change meaning.
 */
const faults = {
  'MAPPING-01': {
    ru: 'файл не читается ({why}). Проверьте путь и права',
    kk: 'файл оқылмайды ({why}). Жолын және құқықтарын тексеріңіз',
    en: 'the file cannot be read ({why}). Check the path and the rights',
  },
  'MAPPING-02': {
    ru: 'это не YAML ({why}). Проверьте отступы, кавычки и повторы',
    kk: 'бұл YAML емес ({why}). Шегіністерді, тырнақшаларды және қайталауларды тексеріңіз',
    en: 'this is not YAML ({why}). Check indentation, quotes and repeated keys',
  },
  'MAPPING-03': {
    ru: 'ключа «{key}» здесь нет. Есть: {known}',
    kk: 'мұнда «{key}» кілті жоқ. Бары: {known}',
    en: 'there is no key “{key}” here. There are: {known}',
  },
  'MAPPING-04': {
    ru: 'не хватает ключа «{key}»: {about}',
    kk: '«{key}» кілті жетіспейді: {about}',
    en: 'the key “{key}” is missing: {about}',
  },
  'MAPPING-05': {
    ru: 'значение «{key}» не подходит. Нужно: {wanted}',
    kk: '«{key}» мәні жарамайды. Керегі: {wanted}',
    en: 'the value of “{key}” does not fit. Wanted: {wanted}',
  },
  'MAPPING-06': {
    ru: 'имя отображения «{name}» не совпадает с именем файла «{file}». Назовите их одинаково',
    kk: '«{name}» сәйкестендіру атауы «{file}» файл атауымен сәйкес емес. Бірдей атаңыз',
    en: 'the mapping is called “{name}”, its file “{file}”. Call them the same',
  },
  'MAPPING-07': {
    ru: 'в документе «{kind}» нет поля «{key}». Есть: {known}',
    kk: '«{kind}» құжатында «{key}» өрісі жоқ. Бары: {known}',
    en: 'a “{kind}” has no field “{key}”. There are: {known}',
  },
  'MAPPING-08': {
    ru: 'для обязательного поля «{path}» ({title}) нет правила. Добавьте его',
    kk: '«{path}» ({title}) міндетті өрісіне ереже жоқ. Оны қосыңыз',
    en: 'there is no rule for the required field “{path}” ({title}). Add one',
  },
  'MAPPING-09': {
    ru: 'путь «{path}» записан неверно: {why}',
    kk: '«{path}» жолы дұрыс жазылмаған: {why}',
    en: 'the path “{path}” is written wrongly: {why}',
  },
  'MAPPING-10': {
    ru: 'выражение не разобрано: {why}',
    kk: 'өрнек талданбады: {why}',
    en: 'the expression cannot be parsed: {why}',
  },
  'MAPPING-11': {
    ru: 'в выражении неизвестная функция {name}. Имена функций начинаются с $; список: docs/mapping.md',
    kk: 'өрнекте белгісіз {name} функциясы бар. Функция атаулары $ белгісінен басталады; тізімі: docs/mapping.md',
    en: 'the expression calls {name}, which does not exist. Names of functions begin with $; the list: docs/mapping.md',
  },
  'MAPPING-12': {
    ru: 'функция {name} в отображениях запрещена: один и тот же файл должен читаться одинаково',
    kk: '{name} функциясына сәйкестендірулерде тыйым салынған: бір файл әрдайым бірдей оқылуы керек',
    en: 'the function {name} is not allowed in mappings: the same file must always read the same',
  },
  'MAPPING-13': {
    ru: 'знак «{operator}» считает в числах с плавающей точкой и теряет тиыны. Пишите {instead}',
    kk: '«{operator}» таңбасы жылжымалы нүктелі сандармен есептеп, тиындарды жоғалтады. {instead} деп жазыңыз',
    en: 'the sign “{operator}” computes with floating point and loses tiyns. Write {instead}',
  },
  'MAPPING-14': {
    ru: 'справочника «{name}» нет. Свои: {known}; встроенные: {builtin}',
    kk: '«{name}» анықтамалығы жоқ. Өз анықтамалықтары: {known}; кіріктірілгендері: {builtin}',
    en: 'there is no dictionary “{name}”. Own: {known}; built in: {builtin}',
  },
  'MAPPING-15': {
    ru: 'правило должно брать значение ровно одним способом: path, value, expr или first',
    kk: 'ереже мәнді дәл бір тәсілмен алуы керек: path, value, expr немесе first',
    en: 'a rule takes its value in exactly one way: path, value, expr or first',
  },
  'MAPPING-16': {
    ru: 'два отображения с именем «{name}»: {files}. Оставьте одно',
    kk: '«{name}» атты екі сәйкестендіру бар: {files}. Біреуін қалдырыңыз',
    en: 'two mappings are called “{name}”: {files}. Keep one',
  },
  'MAPPING-17': {
    ru: 'период записи справочника «{key}» пуст или пересекается с другим: у одного ключа на один день — одно значение',
    kk: '«{key}» анықтамалық жазбасының мерзімі бос немесе басқасымен қиылысады: бір кілтке бір күнде — бір мән',
    en: 'the period of the dictionary entry “{key}” is empty or overlaps another: one key has one value on one day',
  },
  'MAPPING-18': {
    ru: 'постоянное значение «{value}» не подходит полю «{path}»: {why}',
    kk: '«{value}» тұрақты мәні «{path}» өрісіне жарамайды: {why}',
    en: 'the constant “{value}” does not fit the field “{path}”: {why}',
  },
  'MAPPING-19': {
    ru: 'файл больше {limit} КБ: это не отображение',
    kk: 'файл {limit} КБ-тан үлкен: бұл сәйкестендіру емес',
    en: 'the file is larger than {limit} KB: this is no mapping',
  },

  'MAPPING-40': {
    ru: 'Файл не похож на формат отображения {mapping}: по пути «{path}» нет ни одной записи. Проверьте, тот ли файл и тот ли формат.',
    kk: 'Файл {mapping} сәйкестендіру форматына ұқсамайды: «{path}» жолында бірде-бір жазба жоқ. Файл мен форматты тексеріңіз.',
    en: 'The file does not look like what {mapping} reads: there is no record at “{path}”. Check the file and the format.',
  },
  'MAPPING-41': {
    ru: 'Число «{found}» не прочитано. Нужны цифры, можно с пробелами между разрядами и запятой: 1 233,05.',
    kk: '«{found}» саны оқылмады. Цифрлар керек, разрядтар арасында бос орын мен үтір болуы мүмкін: 1 233,05.',
    en: 'The number “{found}” cannot be read. Digits are wanted, spaces between groups and a comma are fine: 1 233,05.',
  },
  'MAPPING-42': {
    ru: 'Дата «{found}» не прочитана. Нужен вид {format}.',
    kk: '«{found}» күні оқылмады. Керек түрі: {format}.',
    en: 'The date “{found}” cannot be read. Wanted: {format}.',
  },
  'MAPPING-43': {
    ru: 'Значения «{found}» нет в справочнике «{dictionary}»{onDay}. {remedy}',
    kk: '«{found}» мәні «{dictionary}» анықтамалығында жоқ{onDay}. {remedy}',
    en: 'The value “{found}” is not in the dictionary “{dictionary}”{onDay}. {remedy}',
  },
  'MAPPING-44': {
    ru: 'Значение «{found}» — не да и не нет. Понимаем: да/нет, истина/ложь, true/false, 1/0.',
    kk: '«{found}» мәні иә де, жоқ та емес. Түсінетініміз: да/нет, истина/ложь, true/false, 1/0.',
    en: 'The value “{found}” is neither yes nor no. We read: да/нет, истина/ложь, true/false, 1/0.',
  },
  'MAPPING-45': {
    ru: 'Выражение ({rule}) не вычислено: {why}',
    kk: 'Өрнек ({rule}) есептелмеді: {why}',
    en: 'The expression ({rule}) failed: {why}',
  },
  'MAPPING-46': {
    ru: 'Выражение ({rule}) остановлено: работало слишком долго, зашло слишком глубоко или заняло слишком много памяти. Упростите его.',
    kk: 'Өрнек ({rule}) тоқтатылды: тым ұзақ жұмыс істеді, тым терең кетті немесе жадты тым көп алды. Оны жеңілдетіңіз.',
    en: 'The expression ({rule}) was stopped: it ran too long, went too deep or took too much memory. Make it simpler.',
  },
  'MAPPING-47': {
    ru: 'Здесь ожидалось одно значение, а найдено {count}. Уточните путь ({rule}) или сложите их: join.',
    kk: 'Мұнда бір мән күтілді, ал {count} табылды. Жолды ({rule}) нақтылаңыз немесе біріктіріңіз: join.',
    en: 'One value was expected here, {count} were found. Make the path more exact ({rule}) or put them together: join.',
  },
  'MAPPING-48': {
    ru: 'Здесь ожидалось значение, а стоит набор полей. Уточните путь ({rule}).',
    kk: 'Мұнда мән күтілді, ал өрістер жиыны тұр. Жолды ({rule}) нақтылаңыз.',
    en: 'A value was expected here, but a set of fields stands there. Make the path more exact ({rule}).',
  },
  'MAPPING-49': {
    ru: 'Выражение ({rule}) дало число с плавающей точкой. Считайте точными функциями: $add, $sub, $mul, $div, $sum.',
    kk: 'Өрнек ({rule}) жылжымалы нүктелі сан берді. Дәл функциялармен есептеңіз: $add, $sub, $mul, $div, $sum.',
    en: 'The expression ({rule}) gave a floating-point number. Compute with the exact functions: $add, $sub, $mul, $div, $sum.',
  },
  'MAPPING-50': {
    ru: 'В файле нет столбца «{column}». Есть: {known}.',
    kk: 'Файлда «{column}» бағаны жоқ. Бары: {known}.',
    en: 'The file has no column “{column}”. It has: {known}.',
  },
  'MAPPING-51': {
    ru: 'Столбец «{column}» встречается в заголовке дважды. Переименуйте один из них.',
    kk: '«{column}» бағаны тақырыпта екі рет кездеседі. Біреуінің атын өзгертіңіз.',
    en: 'The column “{column}” stands in the header twice. Rename one of them.',
  },
  'MAPPING-52': {
    ru: 'Строка {line}: столбцов {found}, в заголовке {wanted}. Проверьте разделители и кавычки.',
    kk: '{line}-жол: бағандар саны {found}, тақырыпта {wanted}. Бөлгіштер мен тырнақшаларды тексеріңіз.',
    en: 'Line {line} has {found} columns, the header {wanted}. Check separators and quotes.',
  },
  'MAPPING-53': {
    ru: 'CSV не разобран (строка {line}): незакрытая или лишняя кавычка.',
    kk: 'CSV талданбады ({line}-жол): жабылмаған немесе артық тырнақша.',
    en: 'The CSV cannot be read (line {line}): a quote is open or superfluous.',
  },
  'MAPPING-54': {
    ru: 'В строках {first} и {second} одного документа столбец «{column}» различается: «{a}» и «{b}». Исправьте файл.',
    kk: 'Бір құжаттың {first} және {second}-жолдарында «{column}» бағаны әртүрлі: «{a}» және «{b}». Файлды түзетіңіз.',
    en: 'Lines {first} and {second} of one document differ in “{column}”: “{a}” and “{b}”. Correct the file.',
  },
  'MAPPING-55': {
    ru: 'В файле больше {limit} {what}. Разделите его.',
    kk: 'Файлда {limit} {what} көп. Оны бөліңіз.',
    en: 'The file has more than {limit} {what}. Split it.',
  },
  'MAPPING-56': {
    ru: 'Запись не подходит ни под одно условие отображения {mapping}: непонятно, какой это документ.',
    kk: 'Жазба {mapping} сәйкестендіруінің бірде-бір шартына сай емес: қандай құжат екені белгісіз.',
    en: 'The record meets no condition of the mapping {mapping}: it is not clear which document it is.',
  },
  'MAPPING-57': {
    ru: 'Чтение файла отображением {mapping} остановлено: {why}. Разделите файл или упростите выражения.',
    kk: 'Файлды {mapping} сәйкестендіруімен оқу тоқтатылды: {why}. Файлды бөліңіз немесе өрнектерді жеңілдетіңіз.',
    en: 'Reading the file by the mapping {mapping} was stopped: {why}. Split the file or make the expressions simpler.',
  },
  'MAPPING-58': {
    ru: 'Число «{found}» слишком велико или слишком точно: не больше 34 цифр.',
    kk: '«{found}» саны тым үлкен немесе тым дәл: 34 цифрдан аспауы керек.',
    en: 'The number “{found}” is too large or too precise: 34 digits at most.',
  },
  'MAPPING-59': {
    ru: 'Настройка подключения для отображения {mapping} неверна ({place}): {why}',
    kk: '{mapping} сәйкестендіруіне арналған қосылым баптауы дұрыс емес ({place}): {why}',
    en: 'The setting of the connection for the mapping {mapping} is wrong ({place}): {why}',
  },
  'MAPPING-60': {
    ru: 'Для НДС «{found}» нет ставки{onDay}. Действуют: {rates}. Исправьте ставку в документе или впишите её в vatRates подключения.',
    kk: '«{found}» ҚҚС үшін{onDay} мөлшерлеме жоқ. Қолданыстағылары: {rates}. Құжаттағы мөлшерлемені түзетіңіз немесе оны қосылымның vatRates жазбасына енгізіңіз.',
    en: 'There is no VAT rate for “{found}”{onDay}. In force: {rates}. Correct the rate in the document or enter it in vatRates of the connection.',
  },
} as const satisfies Record<string, Words>

export type MappingFaultCode = keyof typeof faults

/** Every code of the mappings with its words, for the published list. */
export const mappingFaults: Readonly<Record<string, Words>> = faults

type Hole = string | number | Words

const fill = (sentence: string, language: keyof Words, holes: Readonly<Record<string, Hole>>): string =>
  sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(holes, name) ? holes[name] : undefined
    if (value === undefined) return whole
    return typeof value === 'object' ? value[language] : String(value)
  })

const filled = (code: MappingFaultCode, holes: Readonly<Record<string, Hole>>): Words => ({
  ru: fill(faults[code].ru, 'ru', holes),
  kk: fill(faults[code].kk, 'kk', holes),
  en: fill(faults[code].en, 'en', holes),
})

/** What a stranger's file says is repeated in part only. */
export const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

/** A mistake in a mapping, with its place in front: an editor opens `shop-order.yaml:31:7` at the letter. */
export const mappingFault = (
  code: MappingFaultCode,
  place: string,
  holes: Readonly<Record<string, Hole>> = {},
): Fault => {
  const { ru, kk, en } = filled(code, holes)
  return fault(code, place, { ru: `${place}: ${ru}`, kk: `${place}: ${kk}`, en: `${place}: ${en}` })
}

/** A mistake in a file that a mapping reads: `path` is the document's, `source` the file's own words. */
export const readingFault = (
  code: MappingFaultCode,
  path: string,
  source: string | undefined,
  holes: Readonly<Record<string, Hole>> = {},
): Fault => ({
  ...fault(code, path, filled(code, holes)),
  ...(source === undefined ? {} : { source }),
})
