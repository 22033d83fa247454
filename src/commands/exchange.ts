import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { asking, OperatorClient, type Target } from './operator-client.ts'
import { show } from './output.ts'

type Options = Target & { json: boolean }

interface Side {
  head: Record<string, string>
  size: number
  kept: 'whole' | 'cut' | 'document' | 'none'
}

interface Line {
  id: string
  at: string
  durationMs: number
  direction: 'in' | 'out'
  door: string
  operation: string
  connectionId?: string
  requestId: string
  method: string
  target: string
  status: number
  codes: string[]
  documentId?: string
  request: Side
  response: Side
}

interface Replayed {
  same: boolean
  status: { was: number; is: number }
  difference?: { at: string; was: string; is: string }
  after: number
}

/** The raw log: what bases sent and what they were answered, byte for byte. */
export const addExchange = (program: Command): void => {
  const exchange = program
    .command('exchange')
    .description('сырой журнал обменов с базами · raw log of exchanges with bases')

  asking(exchange.command('list').description('найти обмены, новые сверху · find exchanges, newest first'))
    .option('--connection <id>', 'подключение: номер или логин · connection')
    .option('--company <taxId>', 'БИН/ИИН')
    .option('--door <door>', 'дверь · door')
    .option('--operation <name>', 'операция · operation')
    .option('--direction <way>', 'in или out')
    .option('--refused', 'только с ошибками · only refused ones')
    .option('--code <code>', 'код ошибки · code of a fault')
    .option('--document <id>', 'документ · document')
    .option('--request <id>', 'номер обращения · request id')
    .option('--from <instant>', 'с (ISO 8601)')
    .option('--until <instant>', 'до (ISO 8601)')
    .option('--before <id>', 'следующая страница · the page after this exchange')
    .option('--limit <n>', 'сколько · how many', '50')
    .action(async (options: Options & Record<string, string | boolean>) => {
      const query = new URLSearchParams()
      for (const name of searched) {
        const value = options[name]
        if (value !== undefined) query.set(name, String(value))
      }
      const found = await new OperatorClient(options).ask<{ exchanges: Line[]; next?: string }>(
        'GET',
        `/exchanges?${query.toString()}`,
      )
      if (options.json) return show(found, options)
      const lines = found.exchanges.map(lineOf)
      if (found.next !== undefined) lines.push(`… --before ${found.next}`)
      process.stdout.write(lines.length === 0 ? 'Обменов нет.\n' : `${lines.join('\n')}\n`)
    })

  asking(
    exchange.command('show <id>').description('показать обмен с текстом · show one with its text'),
  ).action(async (id: string, options: Options) => {
    const shown = await new OperatorClient(options).ask<
      Line & { requestText?: string; responseText?: string }
    >('GET', `/exchanges/${id}`)
    if (options.json) return show(shown, options)
    process.stdout.write(
      [
        lineOf(shown),
        ...sideOf('Запрос', shown.request, shown.requestText),
        ...sideOf('Ответ', shown.response, shown.responseText),
        '',
      ].join('\n'),
    )
  })

  asking(exchange.command('download <id>').description('сохранить байты обеих сторон · save both sides'))
    .option('--out <dir>', 'папка · folder', '.')
    .action(async (id: string, options: Options & { out: string }) => {
      const client = new OperatorClient(options)
      const line = await client.ask<Line>('GET', `/exchanges/${id}`)
      const written: string[] = []
      for (const side of ['request', 'response'] as const) {
        if (line[side].kept === 'none') continue
        const { bytes } = await client.bytes(`/exchanges/${id}/${side}`)
        const file = join(options.out, `${line.id}.${side}.${endingOf(line[side].head['content-type'])}`)
        writeFileSync(file, bytes)
        written.push(file)
      }
      show({ written }, options)
    })

  asking(
    exchange
      .command('replay <id>')
      .description('пройти ещё раз, ничего не сохраняя · go through it again without storing anything'),
  ).action(async (id: string, options: Options) => {
    const replayed = await new OperatorClient(options).ask<Replayed>('POST', `/exchanges/${id}/replay`)
    if (options.json) show(replayed, options)
    else process.stdout.write(`${replayText(replayed)}\n`)
    if (!replayed.same) process.exitCode = 1
  })
}

const searched = [
  'connection',
  'company',
  'door',
  'operation',
  'direction',
  'refused',
  'code',
  'document',
  'request',
  'from',
  'until',
  'before',
  'limit',
]

const lineOf = ({
  id,
  at,
  direction,
  door,
  operation,
  method,
  target,
  status,
  codes,
  durationMs,
}: Line): string =>
  [
    id,
    at.slice(0, 23),
    direction === 'in' ? '→' : '←',
    door.padEnd(12),
    (operation === '' ? `${method} ${target}` : operation).slice(0, 40).padEnd(20),
    String(status),
    `${durationMs} мс`,
    ...codes,
  ].join('  ')

const keptWords = { whole: '', document: '', cut: ' (сохранено начало)', none: ' (не сохранено)' }

const sideOf = (title: string, { size, kept, head }: Side, text: string | undefined): string[] => [
  '',
  `${title}: ${size} байт${keptWords[kept]}`,
  ...Object.entries(head).map(([name, value]) => `  ${name}: ${value}`),
  ...(text === undefined || text === '' ? [] : ['', text]),
]

const endingOf = (type = ''): string =>
  /xml/.test(type) ? 'xml' : /json/.test(type) ? 'json' : /pdf/.test(type) ? 'pdf' : 'bin'

const replayText = ({ same, status, difference, after }: Replayed): string => {
  const first = after === 0 ? '' : ` (сначала пройдены части файла: ${after})`
  if (same) return `Тот же результат: HTTP ${status.is}${first}.`
  const { at = '', was = '', is = '' } = difference ?? {}
  return `Результат другой${first}. Первое различие: ${at}\n  было:  ${was}\n  стало: ${is}`
}
