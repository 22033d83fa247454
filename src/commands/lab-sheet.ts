import type { LabReport, SampleResult } from '../adapters/mapping/lab/index.ts'
import { tableOf } from './table.ts'

const outcomes: Readonly<Record<SampleResult['outcome'], string>> = {
  same: 'без изменений',
  new: 'записан впервые',
  changed: 'ИЗМЕНИЛСЯ',
  accepted: 'изменён, принят',
}

/** Remarks of one kind that are shown: the rest is counted. */
const most = 30

const some = <T>(all: readonly T[], lineOf: (one: T) => string): string[] => [
  ...all.slice(0, most).map((one) => `  ${lineOf(one)}`),
  ...(all.length > most ? [`  … и ещё ${all.length - most}`] : []),
]

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines]

/** What a mapping did with the samples of a folder, for people. */
export const labSheet = ({ mapping, title, results, coverage }: LabReport): string => {
  const documents = results.reduce((sum, one) => sum + one.documents, 0)
  const faulty = results.reduce((sum, one) => sum + one.faulty, 0)
  const changed = results.filter(({ outcome }) => outcome === 'changed').length
  const rows = results.map((one) => [
    one.sample,
    String(one.documents),
    one.faulty === 0 ? '' : String(one.faulty),
    outcomes[one.outcome],
  ])
  return [
    `${mapping}: ${title}`,
    '',
    ...tableOf(['ОБРАЗЕЦ', 'ДОКУМЕНТОВ', 'С ОШИБКАМИ', 'РЕЗУЛЬТАТ'], rows, { indent: '  ' }),
    ...results.flatMap(changeLines),
    ...section(
      'НЕ ПРОЧИТАНО НИЧЕМ (поле файла, в скольких документах)',
      some(coverage.unread, ({ place, documents: times }) => `${place}  × ${times}`),
    ),
    ...section(
      'ПРАВИЛА, НЕ ДАВШИЕ НИ ОДНОГО ЗНАЧЕНИЯ',
      some(coverage.idleRules, ({ rule, path }) => `${rule}  ${path}`),
    ),
    ...section(
      'СЛОВА ВНЕ СПРАВОЧНИКОВ',
      some(coverage.unknownWords, ({ dictionary, word, times }) => `${dictionary}: «${word}»  × ${times}`),
    ),
    ...section(
      'ОШИБКИ ПО ПРАВИЛАМ',
      some(coverage.faults, ({ code, times, message }) => `${code}  × ${times}  ${message.ru}`),
    ),
    '',
    `Образцов ${results.length}, документов ${documents}, с ошибками ${faulty}, изменилось ${changed}.${changed === 0 ? '' : ' Принять изменения: --update.'}`,
    '',
  ].join('\n')
}

const changeLines = ({ sample, changes, outcome }: SampleResult): string[] => {
  if (outcome !== 'changed' && outcome !== 'accepted') return []
  return changes.flatMap(({ document, number, differences, faultsNow, faultsBefore }) => {
    const name =
      document === undefined
        ? 'файл целиком'
        : `документ ${document}${number === undefined ? '' : ` (№ ${number})`}`
    const rows = differences.map(({ path, before, after }) => [
      path,
      String(before ?? '—'),
      String(after ?? '—'),
    ])
    return [
      '',
      `${sample}, ${name}:`,
      ...(rows.length === 0 ? [] : tableOf(['ПОЛЕ', 'БЫЛО', 'СТАЛО'], rows, { indent: '  ' })),
      ...faultsBefore.map((one) => `  − ошибки больше нет: ${one}`),
      ...faultsNow.map((one) => `  + новая ошибка: ${one}`),
    ]
  })
}
