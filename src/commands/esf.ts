import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Difference } from '../core/mirror/index.ts'
import { asking, OperatorClient, type Target } from './operator-client.ts'
import { show } from './output.ts'

type Options = Target & { json: boolean }
type RangeOptions = Options & { company: string; from: string; to: string }

interface Page {
  invoices: {
    record: { documentId: string; date: string; number: string; registrationNumber?: string }
    signed: { body: string; signature: string; certificate: string }
    lines: unknown[]
  }[]
  after?: string
}

/** The state portal: how it does, whether both sides agree, and what was sent. */
export const addEsf = (program: Command): void => {
  const esf = program.command('esf').description('портал ИС ЭСФ · the state portal')

  asking(
    esf
      .command('state')
      .description('работает ли портал, вызовы за день · whether it is up, calls of the day'),
  ).action(async (options: Options) => show(await new OperatorClient(options).ask('GET', '/esf'), options))

  ranged(
    esf
      .command('reconcile')
      .description('сверить счета-фактуры с порталом · compare the invoices of both sides')
      .option('--take', 'устранить то, что шлюз может сам · settle what the gateway can settle itself'),
  ).action(async (options: RangeOptions & { take?: boolean }) => {
    const take = options.take === true ? '&take=true' : ''
    const { compared, differences, taken } = await new OperatorClient(options).ask<{
      compared: number
      differences: Difference[]
      taken?: number
    }>('POST', `/companies/${options.company}/esf/reconcile?${queryOf(options)}${take}`)
    show({ compared, differences: options.json ? differences : differences.map(lineOf), taken }, options)
    if (differences.length > (taken ?? 0)) process.exitCode = 1
  })

  ranged(
    esf
      .command('export')
      .description('точные тела счетов-фактур, как отправлены · exact bodies of invoices as sent')
      .requiredOption('--out <dir>', 'папка · folder'),
  ).action(async (options: RangeOptions & { out: string }) => {
    mkdirSync(options.out, { recursive: true })
    const client = new OperatorClient(options)
    let written = 0
    for (let after = ''; ;) {
      const page = await client.ask<Page>(
        'GET',
        `/companies/${options.company}/esf/invoices?${queryOf(options)}&after=${after}`,
      )
      for (const { record, signed, lines } of page.invoices) {
        const name = join(options.out, `${record.date}-${record.number}-${record.documentId}`)
        writeFileSync(`${name}.xml`, signed.body)
        // What was signed with what, and how it went: the proof beside the body.
        const { signature, certificate } = signed
        writeFileSync(
          `${name}.json`,
          `${JSON.stringify({ ...record, signature, certificate, lines }, null, 2)}\n`,
        )
        written += 1
      }
      if (page.after === undefined) break
      after = page.after
    }
    show({ written, out: options.out }, options)
  })
}

const ranged = (command: Command): Command =>
  asking(command)
    .requiredOption('--company <taxId>', 'БИН/ИИН')
    .requiredOption('--from <date>', 'ГГГГ-ММ-ДД')
    .requiredOption('--to <date>', 'ГГГГ-ММ-ДД')

const queryOf = ({ from, to }: RangeOptions): string => new URLSearchParams({ from, to }).toString()

const lineOf = ({ kind, action, date, number, ours, theirs }: Difference): string =>
  `${date} ${number}: ${kind} (${ours ?? '—'} / ${theirs ?? '—'}) → ${action}`
