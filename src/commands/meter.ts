import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import type { MeterCheck } from '../core/meter/index.ts'
import { asking, OperatorClient, type Target } from './operator-client.ts'
import { show } from './output.ts'

type Options = Target & { json: boolean }
type CompanyOptions = Options & { company: string }

/** Stands alone, next to the program: what a client is given to check us with. */
const checker = fileURLToPath(new URL('../../bin/meter-check.mjs', import.meta.url))

/** The count of outgoing documents: what it says, and that it is right. */
export const addMeter = (program: Command): void => {
  const meter = program.command('meter').description('учёт отправленных документов · the count of documents')

  asking(meter.command('show').description('сколько учтено по месяцам · counts by month'))
    .requiredOption('--company <taxId>', 'БИН/ИИН')
    .action(async (options: CompanyOptions) =>
      show(await new OperatorClient(options).ask('GET', `/companies/${options.company}/meter`), options),
    )

  asking(
    meter
      .command('statement')
      .description('выписка за месяц: каждый документ, цепочка, подпись · the statement of a month'),
  )
    .requiredOption('--company <taxId>', 'БИН/ИИН')
    .requiredOption('--month <month>', 'ГГГГ-ММ')
    .requiredOption('--out <file>', 'файл · file')
    .action(async (options: CompanyOptions & { month: string; out: string }) => {
      const statement = await statementOf(options)
      writeFileSync(options.out, `${JSON.stringify(statement, null, 1)}\n`)
      show({ out: options.out, month: options.month, count: statement.count }, options)
    })

  asking(
    meter
      .command('audit')
      .description(
        'проверить учёт: весь, или выписку клиента независимой программой · check the whole count, or one statement',
      ),
  )
    .option(
      '--company <taxId>',
      'БИН/ИИН: проверить выписку этого клиента · check the statement of this client',
    )
    .option('--month <month>', 'ГГГГ-ММ')
    .option('--receipts <place>', 'квитанции клиента: файл или папка · receipts of the client')
    .action(async (options: Options & { company?: string; month?: string; receipts?: string }) => {
      const { company, month, receipts } = options
      if (company !== undefined && month !== undefined)
        process.exitCode = auditOf(await statementOf({ ...options, company, month }), receipts)
      else {
        const check = await new OperatorClient(options).ask<MeterCheck>('GET', '/meter/check')
        show(
          options.json
            ? check
            : { ...check, findings: check.findings.map(({ what, where }) => `${what}: ${where}`) },
          options,
        )
        if (check.findings.length > 0) process.exitCode = 1
      }
    })
}

const statementOf = (options: CompanyOptions & { month: string }) =>
  new OperatorClient(options).ask<{ count: number }>(
    'GET',
    `/companies/${options.company}/meter/${options.month}`,
  )

/** The program that clients have, on the file that clients get: this one adds nothing. */
const auditOf = (statement: unknown, receipts: string | undefined): number => {
  const folder = mkdtempSync(join(tmpdir(), 'daneker-meter-'))
  try {
    const file = join(folder, 'statement.json')
    writeFileSync(file, JSON.stringify(statement))
    const given = receipts === undefined ? [] : ['--receipts', receipts]
    return spawnSync(process.execPath, [checker, file, ...given], { stdio: 'inherit' }).status ?? 2
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
