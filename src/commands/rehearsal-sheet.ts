import type { Rehearsed } from '../core/exchange/index.ts'
import { tableOf } from './table.ts'

/** One document of a rehearsal as the gateway tells it. */
export type RehearsedDocument = Omit<Rehearsed, 'faults'> & {
  faults: { code: string; path: string; source?: string; message: string }[]
}

const outcomes: Readonly<Record<Exclude<Rehearsed['outcome'], 'same' | 'changed'>, string>> = {
  refused: 'теперь был бы отклонён',
  gone: 'файл больше не даёт документа с этим идентификатором',
  'not-kept': 'исходные байты не хранятся: сравнить не с чем',
}

/** What a changed mapping would change, for people. */
export const rehearsalSheet = (documents: readonly RehearsedDocument[]): string => {
  const count = (outcome: Rehearsed['outcome']): number =>
    documents.filter((one) => one.outcome === outcome).length
  const others = documents.filter(({ outcome }) => outcome !== 'same')
  return [
    ...others.flatMap(({ documentId, kind, number, date, mapping, outcome, differences, faults }) => [
      `${kind} № ${number} от ${date} (${documentId}, прочитан ${mapping})${outcome === 'same' || outcome === 'changed' ? ':' : `: ${outcomes[outcome]}`}`,
      ...(differences.length === 0
        ? []
        : tableOf(
            ['ПОЛЕ', 'ПРИНЯТО', 'СТАЛО БЫ'],
            differences.map(({ path, before, after }) => [path, String(before ?? '—'), String(after ?? '—')]),
            { indent: '  ' },
          )),
      ...faults.map(
        ({ code, source, message }) => `  ✘ ${message} [${code}${source === undefined ? '' : `, ${source}`}]`,
      ),
      '',
    ]),
    `Документов ${documents.length}: без изменений ${count('same')}, изменились бы ${count('changed')}, были бы отклонены ${count('refused')}, не нашлись бы ${count('gone')}, без исходных байтов ${count('not-kept')}.`,
    'Принятые документы не тронуты, ничего не сохранено.',
    '',
  ].join('\n')
}
