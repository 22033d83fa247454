import type { Command } from 'commander'
import { asking, OperatorClient, type Target } from './operator-client.ts'
import { show } from './output.ts'

type Options = Target & { json: boolean }

interface TrailAnswer {
  document: {
    kind: string
    number: string
    date: string
    senderState: string
    recipientState: string
    mirrorState: string
    reason?: string
  }
  trail: { at: string; what: string; name: string; details: Record<string, unknown> }[]
}

/** What happened to a document, and the tasks and jobs behind it. */
export const addDocument = (program: Command): void => {
  asking(
    program
      .command('trail <documentId>')
      .description('всё, что произошло с документом · everything that happened to a document'),
  ).action(async (id: string, options: Options) => {
    const answer = await new OperatorClient(options).ask<TrailAnswer>('GET', `/documents/${id}`)
    if (options.json) show(answer, options)
    else process.stdout.write(sheetOf(answer))
  })

  const tasks = program.command('tasks').description('задания · tasks')
  asking(
    tasks.command('list').description('сколько заданий и как давно ждут · how many tasks and how old'),
  ).action(async (options: Options) => show(await new OperatorClient(options).ask('GET', '/tasks'), options))
  asking(
    tasks.command('dead').description('остановленные задания с причиной · dead tasks with their reasons'),
  ).action(async (options: Options) =>
    show(await new OperatorClient(options).ask('GET', '/tasks/dead'), options),
  )
  asking(tasks.command('put-back <ids...>').description('вернуть задания в работу · put tasks back')).action(
    async (ids: string[], options: Options) =>
      show(await new OperatorClient(options).ask('POST', '/tasks/put-back', { ids }), options),
  )

  const jobs = program.command('jobs').description('задания по расписанию · scheduled jobs')
  asking(jobs.command('list').description('все задания · all jobs')).action(async (options: Options) => {
    const answer = await new OperatorClient(options).ask<{ jobs: JobView[] }>('GET', '/jobs')
    show(options.json ? answer : answer.jobs.map(jobLine), options)
  })
  asking(jobs.command('run <name>').description('выполнить сейчас · run now')).action(
    async (name: string, options: Options) =>
      show(await new OperatorClient(options).ask('POST', `/jobs/${name}/run`), options),
  )
  asking(jobs.command('history [name]').description('прошлые запуски · past runs')).action(
    async (name: string | undefined, options: Options) => {
      const query = name === undefined ? '' : `?job=${encodeURIComponent(name)}`
      show(await new OperatorClient(options).ask('GET', `/jobs/history${query}`), options)
    },
  )
}

const sheetOf = ({ document, trail }: TrailAnswer): string => {
  const head = `${document.kind} № ${document.number} от ${document.date}: отправитель ${document.senderState}, получатель ${document.recipientState}, портал ${document.mirrorState}`
  const lines = trail.map(({ at, what, name, details }) => {
    const about = Object.keys(details).length === 0 ? '' : ` ${JSON.stringify(details)}`
    return `${at}  ${what.padEnd(9)} ${name}${about.slice(0, 200)}`
  })
  return [head, ...(document.reason === undefined ? [] : [document.reason]), ...lines, ''].join('\n')
}

/** A job as the gateway tells it. */
interface JobView {
  name: string
  about: string
  cron: string
  nextAt?: string
  last?: { startedAt: string; outcome?: string; count?: number; note?: string }
}

/** What an operator looks for first: does it run, when, and what did it do. */
const jobLine = ({ name, nextAt, last }: JobView): Record<string, unknown> => ({
  задание: name,
  'следующий запуск': nextAt === undefined ? '' : almatyTime(nextAt),
  прошлый: last === undefined ? '' : almatyTime(last.startedAt),
  итог: last?.outcome ?? '',
  сделано: last?.count ?? '',
  заметка: last?.note ?? '',
})

const almatyTime = (at: string): string =>
  new Date(at).toLocaleString('ru-KZ', { timeZone: 'Asia/Almaty', dateStyle: 'short', timeStyle: 'short' })
