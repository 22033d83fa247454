import { fault } from '../../core/kernel/index.ts'
import type { Fault, Words } from '../../core/kernel/index.ts'

/** What can be wrong with a SOAP request as such. Codes never change meaning. */
const faults = {
  'SOAP-01': {
    ru: 'Сообщение не является конвертом SOAP 1.1. Проверьте адрес WSDL, имя сервиса и точку подключения.',
    kk: 'Хабарлама SOAP 1.1 конверті емес. WSDL мекенжайын, сервис атауын және қосылу нүктесін тексеріңіз.',
    en: 'The message is not a SOAP 1.1 envelope. Check the WSDL address, the service name and the port.',
  },
  'SOAP-02': {
    ru: 'Сервис принимает только SOAP 1.1. Выберите точку подключения {port}.',
    kk: 'Сервис тек SOAP 1.1 қабылдайды. {port} қосылу нүктесін таңдаңыз.',
    en: 'The service speaks SOAP 1.1 only. Use the port {port}.',
  },
  'SOAP-03': {
    ru: 'Заголовок «{name}» требует обработки (mustUnderstand), но сервис её не поддерживает. Уберите этот заголовок: для входа достаточно логина и пароля подключения.',
    kk: '«{name}» тақырыбы өңдеуді талап етеді (mustUnderstand), бірақ сервис оны қолдамайды. Бұл тақырыпты алып тастаңыз: кіру үшін қосылымның логині мен құпиясөзі жеткілікті.',
    en: 'The header "{name}" demands to be understood, and it is not. Remove it: the login and password of the connection are enough.',
  },
  'SOAP-04': {
    ru: 'Операции «{name}» нет в сервисе {service}. Обновите WSDL в 1С.',
    kk: '{service} сервисінде «{name}» операциясы жоқ. 1С-те WSDL жаңартыңыз.',
    en: 'The service {service} has no operation "{name}". Refresh the WSDL in your system.',
  },
  'SOAP-05': {
    ru: 'Заголовок SOAPAction называет другую операцию, чем тело сообщения («{name}»). Уберите заголовок или исправьте его.',
    kk: 'SOAPAction тақырыбы хабарлама денесіндегіден («{name}») басқа операцияны атайды. Тақырыпты алып тастаңыз немесе түзетіңіз.',
    en: 'The SOAPAction header names another operation than the body ("{name}"). Remove or correct it.',
  },
  'SOAP-06': {
    ru: 'Элемент «{name}» здесь не ожидается. Обновите WSDL в 1С и проверьте имена параметров.',
    kk: '«{name}» элементі мұнда күтілмейді. 1С-те WSDL жаңартып, параметр атауларын тексеріңіз.',
    en: 'The element "{name}" is not expected here. Refresh the WSDL and check the names of the parameters.',
  },
  'SOAP-07': {
    ru: 'Не передан обязательный параметр «{name}».',
    kk: 'Міндетті «{name}» параметрі берілмеген.',
    en: 'The parameter "{name}" is required.',
  },
  'SOAP-08': {
    ru: 'Параметр «{name}» передан дважды или не на своём месте. Передавайте параметры в порядке WSDL.',
    kk: '«{name}» параметрі екі рет немесе өз орнында емес берілген. Параметрлерді WSDL ретімен беріңіз.',
    en: 'The parameter "{name}" is given twice or out of place. Send parameters in the order of the WSDL.',
  },
  'SOAP-09': {
    ru: 'Параметр «{name}» должен быть целым числом от {min} до {max}.',
    kk: '«{name}» параметрі {min} мен {max} аралығындағы бүтін сан болуы керек.',
    en: 'The parameter "{name}" must be a whole number from {min} to {max}.',
  },
  'SOAP-10': {
    ru: 'Параметр «{name}» должен быть в формате Base64 (ДвоичныеДанные).',
    kk: '«{name}» параметрі Base64 форматында (ДвоичныеДанные) болуы керек.',
    en: 'The parameter "{name}" must be Base64.',
  },
  'SOAP-11': {
    ru: 'Параметр «{name}» длиннее {max} символов.',
    kk: '«{name}» параметрі {max} таңбадан ұзын.',
    en: 'The parameter "{name}" is longer than {max} characters.',
  },
  'SOAP-12': {
    ru: 'Параметр «{name}» может быть только одним из: {codes}.',
    kk: '«{name}» параметрі тек мыналардың бірі бола алады: {codes}.',
    en: 'The parameter "{name}" must be one of: {codes}.',
  },
  'SOAP-13': {
    ru: 'Атрибут «{name}» здесь не поддерживается (в том числе id и href). Передавайте значения внутри элементов.',
    kk: '«{name}» атрибутына мұнда қолдау жоқ (id мен href-ті қоса). Мәндерді элементтердің ішінде беріңіз.',
    en: 'The attribute "{name}" is not supported here (id and href neither). Put values inside the elements.',
  },
  'SOAP-14': {
    ru: 'Тип «{name}», указанный в xsi:type, не подходит к этому элементу. Обновите WSDL в 1С.',
    kk: 'xsi:type ішінде көрсетілген «{name}» түрі бұл элементке сәйкес емес. 1С-те WSDL жаңартыңыз.',
    en: 'The type "{name}" given by xsi:type does not fit this element. Refresh the WSDL.',
  },
  'SOAP-15': {
    ru: 'Между элементами есть посторонний текст.',
    kk: 'Элементтер арасында бөгде мәтін бар.',
    en: 'There is stray text between elements.',
  },
  'SOAP-16': {
    ru: 'Параметр «{name}» пустой. Передайте значение.',
    kk: '«{name}» параметрі бос. Мәнін беріңіз.',
    en: 'The parameter "{name}" is empty. Give it a value.',
  },
  'SOAP-17': {
    ru: 'Содержимое параметра «{name}» больше {max} МБ. Передайте файл частями (PutFilePart).',
    kk: '«{name}» параметрінің мазмұны {max} МБ-тан үлкен. Файлды бөліктермен беріңіз (PutFilePart).',
    en: 'The content of "{name}" is larger than {max} MB. Send the file in parts (PutFilePart).',
  },
  'SOAP-18': {
    ru: 'Кодировка вызова rpc/encoded не поддерживается. Используйте document/literal, как в WSDL.',
    kk: 'rpc/encoded шақыру кодтауына қолдау жоқ. WSDL-дегідей document/literal пайдаланыңыз.',
    en: 'rpc/encoded is not supported. Use document/literal as in the WSDL.',
  },
} satisfies Record<string, Words>

export type SoapFaultCode = keyof typeof faults

/** Every code of SOAP with its words, for the published list. */
export const soapFaults: Readonly<Record<string, Words>> = faults

const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  )

export const soapFault = (
  code: SoapFaultCode,
  path = '',
  values: Record<string, string | number> = {},
): Fault => {
  const text = faults[code]
  return fault(code, path, {
    ru: fill(text.ru, values),
    kk: fill(text.kk, values),
    en: fill(text.en, values),
  })
}
