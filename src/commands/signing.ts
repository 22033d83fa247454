import type { Command } from 'commander'
import { asking, OperatorClient, type Target } from './operator-client.ts'
import { show } from './output.ts'

type Options = Target & { json: boolean }

interface LinkOptions extends Options {
  to: string
  days: string
  mail: boolean
  by?: string
  askedBy?: string
  note?: string
}

interface BatchAnswer {
  batchId: string
  results: { documentId: string; outcome: string; faults: { code: string; message: { ru: string } }[] }[]
}

/** Signatures that somebody is asked for: a person behind a link, or the key a company keeps here. */
export const addSigning = (program: Command): void => {
  asking(
    program
      .command('sign <taxId> <documentIds...>')
      .description(
        'подписать документы ключом организации в шлюзе, до 100 за раз · sign documents with the kept key',
      ),
  ).action(async (taxId: string, documentIds: string[], options: Options) => {
    const answer = await new OperatorClient(options).ask<BatchAnswer>(
      'POST',
      `/companies/${taxId}/signatures`,
      { documentIds },
    )
    if (options.json) show(answer, options)
    else process.stdout.write(`${answer.results.map(lineOf).join('\n')}\n`)
    if (answer.results.some(({ outcome }) => outcome === 'refused' || outcome === 'unavailable'))
      process.exitCode = 1
  })

  asking(
    program
      .command('signing-link <taxId> <documentIds...>')
      .description(
        'ссылка, по которой человек подписывает документ или пакет (NCALayer) · a link behind which a person signs',
      ),
  )
    .requiredOption('--to <address>', 'электронная почта подписанта · e-mail of the signatory')
    .option('--days <days>', 'сколько дней действует, до 30 · days it opens', '7')
    .option('--mail', 'отправить письмо · send the mail', false)
    .option('--by <date>', 'подписать до, ГГГГ-ММ-ДД · sign by')
    .option('--asked-by <name>', 'кто просит · who asks')
    .option('--note <text>', 'пояснение · note')
    .action(async (taxId: string, documentIds: string[], options: LinkOptions) => {
      const { to: sentTo, days, mail, by: signBy, askedBy, note } = options
      const answer = await new OperatorClient(options).ask('POST', `/companies/${taxId}/signing-links`, {
        documentIds,
        sentTo,
        keepsDays: Number(days),
        mail,
        signBy,
        askedBy,
        note,
      })
      show(answer, options)
    })
}

const lineOf = ({ documentId, outcome, faults }: BatchAnswer['results'][number]): string =>
  [`${documentId}  ${outcome}`, ...faults.map(({ code, message }) => `    ${code}: ${message.ru}`)].join('\n')
