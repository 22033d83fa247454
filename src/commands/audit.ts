import type { Command } from 'commander'
import type { AuditFinding } from '../core/audit/index.ts'
import { asking, OperatorClient, type Target } from './operator-client.ts'
import { show } from './output.ts'

type Options = Target & { json: boolean }

interface Line {
  number?: number
  at: string
  who: string
  actor: string
  deed: string
  object?: string
  reason?: string
}

/** Who saw, changed and exported what, and whether the log of it is whole. */
export const addAudit = (program: Command): void => {
  const audit = program.command('audit').description('журнал доступа · who saw, changed and exported what')

  asking(audit.command('list').description('записи, новые сверху · lines, newest first'))
    .option('--document <id>', 'об одном документе · about one document')
    .option('--company <id>', 'id компании · id of a company')
    .option('--actor <name>', 'чьи действия · whose deeds')
    .option('--from <date>', 'ГГГГ-ММ-ДД')
    .option('--to <date>', 'ГГГГ-ММ-ДД')
    .option('--limit <number>', 'сколько · how many', '100')
    .action(
      async ({ url, key, json, ...question }: Options & Record<string, string | boolean | undefined>) => {
        const query = new URLSearchParams(
          Object.entries(question).flatMap(([name, value]) =>
            typeof value === 'string' ? [[name, value] as [string, string]] : [],
          ),
        )
        const answer = await new OperatorClient({ url, key }).ask<{ lines: Line[] }>('GET', `/audit?${query}`)
        if (json) show(answer, { json })
        else process.stdout.write(answer.lines.map(lineOf).join(''))
      },
    )

  asking(
    audit.command('verify').description('проверить цепочку журнала · check the chain of the log'),
  ).action(async (options: Options) => {
    const check = await new OperatorClient(options).ask<{
      lines: number
      days: number
      findings: AuditFinding[]
    }>('GET', '/audit/check')
    show(check, options)
    if (check.findings.length > 0) process.exitCode = 1
  })
}

const lineOf = ({ number, at, who, actor, deed, object = '', reason }: Line): string =>
  `${String(number ?? '…').padStart(7)}  ${at}  ${who.padEnd(8)} ${actor}  ${deed}  ${object}${reason === undefined ? '' : `  «${reason}»`}\n`
