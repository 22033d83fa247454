import type { Language } from '../../core/kernel/index.ts'
import type { Answerable } from './http-refusal.ts'

/** RFC 9457 with our own members. `detail` is one sentence for a person, `faults` lists everything at once. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  /** Code of the first fault: stable, for machines. */
  code: string
  faults: { code: string; path: string; source?: string; message: string }[]
  requestId: string
  documentId?: string
}

const titles: Readonly<Record<number, Record<Language, string>>> = {
  400: { ru: 'Неправильный запрос', kk: 'Қате сұрау', en: 'Bad request' },
  401: { ru: 'Вход не подтверждён', kk: 'Кіру расталмады', en: 'Not authenticated' },
  403: { ru: 'Доступ закрыт', kk: 'Қолжетімділік жабық', en: 'Forbidden' },
  404: { ru: 'Не найдено', kk: 'Табылмады', en: 'Not found' },
  405: { ru: 'Метод не поддерживается', kk: 'Әдіске қолдау жоқ', en: 'Method not allowed' },
  408: { ru: 'Время ожидания истекло', kk: 'Күту уақыты бітті', en: 'Request timeout' },
  409: { ru: 'Противоречие', kk: 'Қайшылық', en: 'Conflict' },
  413: { ru: 'Слишком большой запрос', kk: 'Сұрау тым үлкен', en: 'Content too large' },
  415: { ru: 'Неподходящий тип данных', kk: 'Деректер түрі сәйкес емес', en: 'Unsupported media type' },
  422: { ru: 'В данных есть ошибки', kk: 'Деректерде қателер бар', en: 'The content has faults' },
  429: { ru: 'Слишком много запросов', kk: 'Сұраулар тым көп', en: 'Too many requests' },
  431: { ru: 'Слишком большие заголовки', kk: 'Тақырыптар тым үлкен', en: 'Header fields too large' },
  500: { ru: 'Внутренняя ошибка', kk: 'Ішкі қате', en: 'Internal error' },
  503: { ru: 'Сервис временно недоступен', kk: 'Сервис уақытша қолжетімсіз', en: 'Service unavailable' },
}

export const problemType = 'application/problem+json; charset=utf-8'

export const problemOf = (answer: Answerable, language: Language, requestId: string): Problem => {
  const title = (titles[answer.status] ?? titles[500])?.[language] ?? ''
  const faults = answer.faults.map(({ code, path, source, message }) => ({
    code,
    path,
    ...(source === undefined ? {} : { source }),
    message: message[language],
  }))
  const first = faults[0]
  const code = first?.code ?? 'HTTP-11'
  return {
    type: `urn:daneker:fault:${code}`,
    title,
    status: answer.status,
    detail: first?.message ?? title,
    code,
    faults,
    requestId,
    ...(answer.documentId === undefined ? {} : { documentId: answer.documentId }),
  }
}
