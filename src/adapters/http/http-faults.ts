import { fault } from '../../core/kernel/index.ts'
import type { Fault, Words } from '../../core/kernel/index.ts'

/** What can be wrong with a request before its content matters. Codes never change meaning. */
const faults = {
  'HTTP-01': {
    ru: 'Адрес запроса записан неправильно. Проверьте адрес сервиса в настройках.',
    kk: 'Сұрау мекенжайы қате жазылған. Баптаулардағы сервис мекенжайын тексеріңіз.',
    en: 'The address of the request is malformed. Check the address of the service in your settings.',
  },
  'HTTP-02': {
    ru: 'По этому адресу ничего нет. Проверьте адрес сервиса в настройках.',
    kk: 'Бұл мекенжайда ештеңе жоқ. Баптаулардағы сервис мекенжайын тексеріңіз.',
    en: 'There is nothing at this address. Check the address of the service in your settings.',
  },
  'HTTP-03': {
    ru: 'Этот метод HTTP здесь не поддерживается. Допустимые методы названы в заголовке Allow.',
    kk: 'Бұл HTTP әдісіне мұнда қолдау жоқ. Рұқсат етілген әдістер Allow тақырыбында аталған.',
    en: 'This HTTP method is not supported here. The Allow header names those that are.',
  },
  'HTTP-04': {
    ru: 'Запрос больше {limit} МБ. Передайте файл частями (PutFilePart).',
    kk: 'Сұрау {limit} МБ-тан үлкен. Файлды бөліктермен беріңіз (PutFilePart).',
    en: 'The request is larger than {limit} MB. Send the file in parts (PutFilePart).',
  },
  'HTTP-05': {
    ru: 'Тело запроса сжато неправильно: оно не распаковывается как gzip. Отправьте его без сжатия.',
    kk: 'Сұрау денесі дұрыс сығылмаған: gzip ретінде ашылмайды. Оны сығусыз жіберіңіз.',
    en: 'The body does not unpack as gzip. Send it uncompressed.',
  },
  'HTTP-06': {
    ru: 'Такое сжатие тела запроса не поддерживается. Отправьте его без сжатия или как gzip.',
    kk: 'Сұрау денесін бұлай сығуға қолдау жоқ. Оны сығусыз немесе gzip түрінде жіберіңіз.',
    en: 'This content encoding is not supported. Send the body uncompressed or as gzip.',
  },
  'HTTP-07': {
    ru: 'Тело запроса распаковывается больше чем в {limit} раз: такие данные не принимаются. Отправьте его без сжатия.',
    kk: 'Сұрау денесі {limit} еседен артық ұлғайып ашылады: мұндай деректер қабылданбайды. Оны сығусыз жіберіңіз.',
    en: 'The body unpacks to more than {limit} times its size: such data is not taken. Send it uncompressed.',
  },
  'HTTP-08': {
    ru: 'Заголовок {header} передан дважды или испорчен.',
    kk: '{header} тақырыбы екі рет берілген немесе бүлінген.',
    en: 'The header {header} is given twice or damaged.',
  },
  'HTTP-09': {
    ru: 'Заголовок Content-Type не подходит: ожидается {expected}.',
    kk: 'Content-Type тақырыбы сәйкес емес: {expected} күтіледі.',
    en: 'The Content-Type does not fit: {expected} is expected.',
  },
  'HTTP-10': {
    ru: 'Сервис сейчас перегружен. Повторите запрос через {seconds} с: повтор не создаст второго документа.',
    kk: 'Сервис қазір шамадан тыс жүктелген. Сұрауды {seconds} с кейін қайталаңыз: қайталау екінші құжат жасамайды.',
    en: 'The service is overloaded. Repeat in {seconds} s: a repeat makes no second document.',
  },
  'HTTP-11': {
    ru: 'Внутренняя ошибка. Повторите запрос: повтор не создаст второго документа. Если не поможет, сообщите в поддержку номер запроса {requestId}.',
    kk: 'Ішкі қате. Сұрауды қайталаңыз: қайталау екінші құжат жасамайды. Көмектеспесе, қолдау қызметіне {requestId} сұрау нөмірін хабарлаңыз.',
    en: 'Internal error. Repeat the request: a repeat makes no second document. If that does not help, tell support the request id {requestId}.',
  },
  'HTTP-12': {
    ru: 'Тело запроса пришло не полностью.',
    kk: 'Сұрау денесі толық келмеді.',
    en: 'The body arrived incomplete.',
  },
  'HTTP-13': {
    ru: 'Запрос не является правильным HTTP.',
    kk: 'Сұрау дұрыс HTTP емес.',
    en: 'The request is not valid HTTP.',
  },
  'HTTP-14': {
    ru: 'Заголовки запроса больше 16 КБ.',
    kk: 'Сұрау тақырыптары 16 КБ-тан үлкен.',
    en: 'The headers of the request are larger than 16 KB.',
  },
  'HTTP-15': {
    ru: 'Запрос передавался слишком долго.',
    kk: 'Сұрау тым ұзақ берілді.',
    en: 'The request took too long to arrive.',
  },
  'AUTH-01': {
    ru: 'Не удалось подтвердить, кто обращается: проверьте логин и пароль подключения или ключ API. Новый пароль выдаёт администратор в кабинете.',
    kk: 'Кім жүгінгені расталмады: қосылымның логині мен құпиясөзін немесе API кілтін тексеріңіз. Жаңа құпиясөзді әкімші кабинетте береді.',
    en: 'Could not prove who is asking: check the login and password of the connection, or the API key. The administrator issues a new password in the console.',
  },
  'AUTH-02': {
    ru: 'Слишком много неудачных попыток входа. Исправьте логин и пароль и повторите через {seconds} с.',
    kk: 'Сәтсіз кіру әрекеттері тым көп. Логин мен құпиясөзді түзетіп, {seconds} с кейін қайталаңыз.',
    en: 'Too many failed attempts. Correct the login and password and try again in {seconds} s.',
  },
  'AUTH-03': {
    ru: 'Этот ключ для другого: документы отправляет и читает только подключение компании.',
    kk: 'Бұл кілт басқаға арналған: құжаттарды тек компания қосылымы жібереді және оқиды.',
    en: 'This key is for something else: only the connection of a company sends and reads documents.',
  },
  'AUTH-04': {
    ru: 'Это доступно только ключу оператора.',
    kk: 'Бұл тек оператор кілтіне қолжетімді.',
    en: 'This is open to an operator key only.',
  },
  'AUTH-05': {
    ru: 'Слишком много одновременных запросов от одного подключения (больше {limit}). Дождитесь ответов на предыдущие.',
    kk: 'Бір қосылымнан бір мезгілдегі сұраулар тым көп ({limit}-ден артық). Алдыңғыларының жауабын күтіңіз.',
    en: 'Too many requests at once from one connection (more than {limit}). Wait for the answers to the earlier ones.',
  },
} satisfies Record<string, Words>

export type HttpFaultCode = keyof typeof faults

/** Every code of the HTTP floor with its words, for the published list. */
export const httpFaults: Readonly<Record<string, Words>> = faults

const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  )

export const httpFault = (code: HttpFaultCode, values: Record<string, string | number> = {}): Fault => {
  const text = faults[code]
  return fault(code, '', {
    ru: fill(text.ru, values),
    kk: fill(text.kk, values),
    en: fill(text.en, values),
  })
}
