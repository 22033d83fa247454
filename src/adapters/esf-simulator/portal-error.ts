/** One complaint of the portal about a document: `standardResponse/errors/error` and `invoiceError`. */
export interface PortalError {
  readonly property?: string
  readonly errorCode: string
  readonly text: string
}

/**
 * The codes the simulator itself raises, with words of ours: the portal's Russian texts are not published.
 * The enumeration of the real portal (745 values in 2023) is open.
 */
const words = {
  INVALID_INVOICE_VERSION: 'Неверная версия ЭСФ',
  WRONG_XML_FORMAT: 'Неверный формат XML',
  CONTENT_HAS_INVALID_CHARACTERS: 'Содержимое имеет недопустимые символы',
  FLK_VALITATION_FAILED: 'Ошибка форматно-логического контроля',
  FIELD_IS_NULL: 'Поле обязательно для заполнения',
  FIELD_INVALID: 'Неверное значение поля',
  WRONG_DATE: 'Неверная дата',
  INCORRECT_PRODUCT_SUM: 'Неверно рассчитаны суммы по строке',
  INCORRECT_TOTAL_SUM: 'Итоговые суммы не равны сумме строк',
  INVALID_MEASURE_UNIT_CODE: 'Неверный код единицы измерения',
  INVALID_CURRENCY_CODE: 'Неверный код валюты',
  CURRENCY_RATE_NOT_MATCH: 'Неверный курс валюты',
  SIGNATURE_INVALID_FORMAT: 'Неверный формат ЭЦП',
  SIGNATURE_VERIFICATION_FAILED: 'ЭЦП не прошла проверку',
  CERTIFICATE_INVALID_FORMAT: 'Неверный формат сертификата',
  CERTIFICATE_EXPIRED: 'Срок действия сертификата истёк',
  CERTIFICATE_NOT_YET_VALID: 'Срок действия сертификата ещё не наступил',
  CERTIFICATE_IS_NOT_FOR_ENTERPRISE: 'Сертификат не принадлежит предприятию',
  SELLER_TIN_NOT_EQUALS_WITH_TIN_IN_SESSION: 'ИИН/БИН поставщика не совпадает с ИИН/БИН сессии',
  NOT_UNIQUE_MEMORY_ERROR_MSG: 'ЭСФ с такими номером и датой уже есть в загружаемом списке',
  NOT_UNIQUE_DB_ERROR_MSG: 'ЭСФ с такими номером и датой уже зарегистрирован в системе',
  SELLER_TIN_ABSENT_IN_DICTIONARY: 'ИИН/БИН поставщика отсутствует в справочнике',
  CUSTOMER_TIN_ABSENT_IN_DICTIONARY: 'ИИН/БИН получателя отсутствует в справочнике',
  SELLER_IS_BLOCKED: 'Поставщик заблокирован',
  CUSTOMER_IS_BLOCKED: 'Получатель заблокирован',
  SELLER_IS_FAKE: 'Поставщик признан лжепредприятием',
  CUSTOMER_IS_FAKE: 'Получатель признан лжепредприятием',
  NDS_RATE_INCORRECT: 'Неверная ставка НДС',
  NDS_RATE_FOR_NOT_NDS_PAYER: 'Ставка НДС указана поставщиком, не состоящим на учёте по НДС',
  NDS_AMOUNT_FOR_NOT_NDS_PAYER: 'Сумма НДС указана поставщиком, не состоящим на учёте по НДС',
  RELATED_INVOICE_NOT_FOUND: 'Связанный ЭСФ не найден',
  RELATED_INVOICE_NOT_FOUND_DATE_FIELD_DIFFERS: 'Связанный ЭСФ не найден: отличается дата',
  RELATED_INVOICE_NOT_FOUND_REGISTRATION_NUMBER_FIELD_DIFFERS:
    'Связанный ЭСФ не найден: отличается регистрационный номер',
  WRONG_PARENT_STATUS: 'Неверный статус связанного ЭСФ',
  FIXED_ALREADY_EXISTS_ERROR_MSG: 'По связанному ЭСФ уже выписан исправленный ЭСФ',
  MAIN_AND_FIXED_INVOICES_SELLERS_NOT_EQUALS: 'Поставщики основного и исправленного ЭСФ различаются',
  MAIN_AND_FIXED_INVOICES_CUSTOMERS_NOT_EQUALS: 'Получатели основного и исправленного ЭСФ различаются',
  MAIN_AND_ADDITIONAL_INVOICES_TURNOVER_SIZE_SUM_NEGATIVE:
    'Размер оборота с учётом дополнительных ЭСФ меньше нуля',
  PAPER_REASON_NOT_SET: 'Не указана причина выписки на бумажном носителе',
  PAPER_DATE_NOT_SET: 'Не указана дата выписки на бумажном носителе',
  DOWNTIME_NOT_FOUND_FOR_DATE: 'На указанную дату простой системы не найден',
  PAPER_INVOICE_TIME_EXPIRED: 'Срок ввода ЭСФ, выписанного на бумажном носителе, истёк',
} as const

export type ErrorCode = keyof typeof words

export const portalError = (errorCode: ErrorCode, property?: string, more?: string): PortalError => ({
  ...(property === undefined ? {} : { property }),
  errorCode,
  text: more === undefined ? words[errorCode] : `${words[errorCode]}: ${more}`,
})
