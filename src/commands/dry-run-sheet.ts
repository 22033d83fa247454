import type { DryRunValue } from '../core/exchange/index.ts'
import { tableOf, type Row } from './table.ts'

type Told = DryRunValue['documents'][number]
type Fault = DryRunValue['faults'][number]

/** Lines of one list that are shown unless all are asked for. */
const shownItems = 3

const kinds: Readonly<Record<string, string>> = {
  'payment-invoice': 'Счёт на оплату',
  act: 'Акт выполненных работ',
  waybill: 'Накладная',
  'tax-invoice': 'Счёт-фактура',
  reconciliation: 'Акт сверки',
  'power-of-attorney': 'Доверенность',
  contract: 'Договор',
  file: 'Файл',
}

/** A dry run for people: what it would be, where each value comes from, what is wrong and what to correct. */
export const dryRunSheet = (run: DryRunValue, { all = false }: { all?: boolean } = {}): string => {
  const lines = [
    `Формат: ${run.format}${run.guessed ? ' (определён по содержимому; другой — ключом --format)' : ''}`,
    ...(run.denial === undefined
      ? []
      : ['', `Отправка сейчас закрыта: ${run.denial.message} [${run.denial.code}]`]),
    ...(run.faults.length === 0 ? [] : ['', 'ФАЙЛ ЦЕЛИКОМ', ...faultLines(run.faults, undefined)]),
    ...run.documents.flatMap((document, index) => [
      '',
      ...documentLines(document, index, run.documents.length, all),
    ]),
    '',
    run.wouldSend ? 'Файл был бы принят целиком.' : 'Файл не был бы принят: исправьте указанное выше.',
    'Ничего не сохранено, не посчитано и не отправлено.',
    '',
  ]
  return lines.join('\n')
}

const documentLines = (told: Told, index: number, count: number, all: boolean): string[] => {
  const mark = told.faults.length === 0 ? '✔' : '✘'
  const number = count === 1 ? '' : `${index + 1}/${count} `
  return [
    `${mark} ${number}${titleOf(told)}`,
    `  Отображение: ${told.mapping}`,
    ...valueLines(told, all),
    ...(told.unread.length === 0 ? [] : ['', `  Не прочитано в файле: ${told.unread.join('; ')}`]),
    ...(told.faults.length === 0
      ? []
      : ['', `  ОШИБКИ: ${told.faults.length}`, ...faultLines(told.faults, told)]),
    ...(told.notices.length === 0
      ? []
      : ['', '  ЗАМЕЧАНИЯ (принять не мешают)', ...faultLines(told.notices, told, '•')]),
    ...beforeLines(told),
  ]
}

const titleOf = ({ kind, values }: Told): string => {
  if (kind === undefined) return 'Документ не получился'
  const of = (path: string): string => String(values.find((one) => one.path === path)?.value ?? '')
  const total = of('totals.amountWithVat')
  const number = of('number')
  return [
    `${kinds[kind] ?? kind}${number === '' ? '' : ` № ${number}`} от ${of('date')}`,
    total === '' ? '' : `${grouped(total)} ${of('currency')}`,
  ]
    .filter((part) => part !== '')
    .join(', ')
}

/** `37550.00` → `37 550,00`. */
const grouped = (amount: string): string => {
  const [whole = '', part] = amount.split('.')
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ' ')}${part === undefined ? '' : `,${part}`}`
}

const itemOf = (path: string): { list: string; index: number } | undefined => {
  const found = /^(.*?)\[(\d+)\]/.exec(path)
  return found === null ? undefined : { list: found[1] ?? '', index: Number(found[2]) }
}

const valueLines = (told: Told, all: boolean): string[] => {
  const found = told.document === undefined ? (told.sources ?? []) : told.values
  const prefix = commonPlace(
    found.flatMap(({ source, found: text }) => (text === undefined ? [] : (source ?? []))),
  )
  const rows: Row[] = []
  const hidden = new Map<string, number>()
  let section = ''
  for (const one of found) {
    const item = itemOf(one.path)
    if (!all && item !== undefined && item.index >= shownItems) {
      hidden.set(item.list, Math.max(hidden.get(item.list) ?? 0, item.index + 1 - shownItems))
      continue
    }
    const parts = ('title' in one ? one.title : one.path).split(' · ')
    const title = parts.pop() ?? ''
    const above = parts.join(' · ')
    if (above !== section && above !== '') rows.push(above)
    section = above
    const value = 'value' in one ? String(one.value) : ''
    const place = (one.source ?? '')
      .split(', ')
      .map((part) => (part.startsWith(prefix) ? part.slice(prefix.length) : part))
    rows.push([
      above === '' ? title : `  ${title}`,
      value,
      place.join(', '),
      one.found === value ? '=' : (one.found ?? ''),
      ruleOf(one.rule, told.mapping),
      one.dictionary ?? '',
    ])
  }
  if (rows.length === 0) return ['  В файле не нашлось ни одного значения.']
  const head = ['ПОЛЕ', 'ЗНАЧЕНИЕ', 'ИЗ ФАЙЛА', 'НАЙДЕНО', 'ПРАВИЛО', 'СПРАВОЧНИК']
  const more = [...hidden].map(([list, count]) => `  … и ещё ${count} в ${list} (показать: --all)`)
  const left = told.valuesLeftOut === 0 ? [] : [`  … и ещё значений: ${told.valuesLeftOut}`]
  const record = prefix === '' ? [] : [`  Запись файла: ${prefix.replace(/[./]$/, '')}`]
  return [...record, '', ...tableOf(head, rows, { indent: '  ', endsMatter: [2] }), ...more, ...left]
}

/** What all places of a record begin with: `Пачка/Счет[1]/`. */
const commonPlace = (places: readonly string[]): string => {
  const [first = ''] = places
  let length = first.length
  for (const place of places) while (!place.startsWith(first.slice(0, length))) length -= 1
  return places.length < 2 ? '' : (/^.*[./]/.exec(first.slice(0, length))?.[0] ?? '')
}

/** `woocommerce-order.yaml:33 compute: amounts` → `строка 33, расчёт`: the file is named once, above. */
const ruleOf = (rule: string | undefined, mapping: string): string => {
  if (rule === undefined) return 'по умолчанию'
  if (rule === 'profile') return 'профиль'
  const own = /^([\w-]+)\.yaml:(\d+)( compute: \w+)?$/.exec(rule)
  if (own === null || !mapping.startsWith(`${own[1] ?? ''}@`)) return rule
  return `строка ${own[2] ?? ''}${own[3] === undefined ? '' : ', расчёт'}`
}

const faultLines = (faults: readonly Fault[], told: Told | undefined, mark = '✘'): string[] =>
  faults.flatMap(({ code, path, source, message }) => {
    const title = told?.values.find((one) => one.path === path)?.title ?? path
    const place = [
      source === undefined ? '' : `в файле: ${source}`,
      title === '' ? '' : `в документе: ${title}`,
    ]
    return [`  ${mark} ${message}`, `    ${[code, ...place.filter((part) => part !== '')].join(' · ')}`]
  })

const outcomes = {
  repeat: 'тот же документ уже отправлен: повтор вернёт первую квитанцию',
  conflict:
    'под этой версией уже отправлено другое содержание: такой документ отклонят (EXCHANGE-03), нужна новая версия',
  'new-version': 'отправлен раньше другой версией: этот станет новой',
}

const beforeLines = ({ before }: Told): string[] => {
  if (before === undefined) return []
  const { documentId, version, receivedAt, outcome, differences } = before
  const head = `  Раньше: ${outcomes[outcome]} (${documentId}, версия ${version}, ${receivedAt})`
  if (differences === undefined) return ['', head]
  if (differences.length === 0) return ['', head, '  Отличий нет.']
  const rows = differences.map((one) => [one.title, String(one.before ?? '—'), String(one.after ?? '—')])
  return ['', head, ...tableOf(['ОТЛИЧИЕ', 'БЫЛО ОТПРАВЛЕНО', 'СТАЛО БЫ'], rows, { indent: '  ' })]
}
