import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Command } from 'commander'
import type { DryRunValue } from '../core/exchange/index.ts'
import { fault } from '../core/kernel/index.ts'
import { dryRunSheet } from './dry-run-sheet.ts'
import { asking, OperatorClient, type Target } from './operator-client.ts'
import { show } from './output.ts'
import { StartRefusal } from './start-refusal.ts'

type Options = Target & { json: boolean; connection: string; format?: string; diff: boolean; all: boolean }

/** What a file would become if this connection sent it. */
export const addMap = (program: Command): void => {
  asking(
    program
      .command('map <file>')
      .description('чем станет файл: каждое значение с источником, ничего не отправляя · dry run of a file'),
  )
    .requiredOption(
      '--connection <connection>',
      'номер или логин подключения · id or login of the connection',
    )
    .option('--format <format>', 'формат; без него определяется по содержимому · the format')
    .option('--diff', 'сравнить с отправленным раньше · compare with what was sent last', false)
    .option('--all', 'показать все строки · show every line', false)
    .action(async (file: string, options: Options) => {
      const query = new URLSearchParams({
        fileName: basename(file),
        diff: String(options.diff),
        ...(options.format === undefined ? {} : { format: options.format }),
      })
      const run = await new OperatorClient(options).ask<DryRunValue>(
        'POST',
        `/connections/${encodeURIComponent(options.connection)}/dry-run?${query.toString()}`,
        readSample(file),
      )
      if (options.json) show(run, options)
      else process.stdout.write(dryRunSheet(run, options))
      if (!run.wouldSend) process.exitCode = 1
    })
}

/** The bytes of a file named on the command line. */
export const readSample = (file: string): Uint8Array => {
  try {
    return readFileSync(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error'
    throw new StartRefusal([
      fault('CLI-04', file, {
        ru: `${file}: файл не читается (${code}). Проверьте путь и права.`,
        kk: `${file}: файл оқылмайды (${code}). Жолын және құқықтарын тексеріңіз.`,
        en: `${file}: the file cannot be read (${code}). Check the path and the rights.`,
      }),
    ])
  }
}
