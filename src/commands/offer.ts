import { readFileSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { readYamlFile } from '../adapters/config/index.ts'
import { sha256 } from '../adapters/host/sha256.ts'
import { breakIn, readTariff, type Publication, type Tariff } from '../core/contract/index.ts'
import { fault } from '../core/kernel/index.ts'
import { asking, OperatorClient, type Target } from './operator-client.ts'
import { show } from './output.ts'
import { StartRefusal } from './start-refusal.ts'

type Options = Target & { json: boolean }

/** The publication log: what the operator published, when it holds, and that nobody changed it since. */
export const addOffer = (program: Command): void => {
  const offer = program
    .command('offer')
    .description('оферта, тарифы, публикации · the offer, tariffs, publications')

  asking(offer.command('log').description('журнал публикаций · the publication log')).action(
    async (options: Options) => {
      const log = await logOf(options)
      if (options.json) show({ publications: log }, options)
      else process.stdout.write(`${log.map(lineOf).join('\n') || '—'}\n`)
    },
  )

  asking(
    offer
      .command('show [seq]')
      .description('текст публикации, по умолчанию действующая оферта · a published text'),
  )
    .option('--out <file>', 'сохранить в файл, точные байты · save the exact bytes')
    .action(async (seq: string | undefined, options: Options & { out?: string }) => {
      const client = new OperatorClient(options)
      const { publications } = await client.ask<{ publications: Publication[] }>('GET', '/offer/log')
      const entry =
        seq === undefined
          ? publications
              .filter(({ kind, effectiveAt }) => kind === 'offer' && new Date(effectiveAt) <= new Date())
              .at(-1)
          : publications.find((one) => String(one.seq) === seq)
      if (entry === undefined) throw new StartRefusal([noSuchLine()])
      const bytes = await client.page(`/offer/${entry.seq}`)
      const same = sha256.digest(bytes) === entry.hash
      if (options.out !== undefined) writeFileSync(options.out, bytes)
      else if (!options.json) process.stdout.write(`${new TextDecoder().decode(bytes)}\n`)
      show(
        { ...entry, textIsSame: same, ...(options.out === undefined ? {} : { out: options.out }) },
        options,
      )
      if (!same) process.exitCode = 1
    })

  asking(
    offer
      .command('publish <kind> <file>')
      .description('опубликовать: offer, tariff (YAML), guide, regulation, news · publish a text'),
  )
    .requiredOption('--version <version>', 'номер редакции · number of the version')
    .option('--title <title>', 'название · title')
    .option(
      '--effective-on <date>',
      'с какого дня действует; без него — как можно раньше · first day it holds',
    )
    .option('--legal-basis <act>', 'изменение требует закон, п. 9.4 · the law demands the change')
    .option('--recall', 'отзыв, п. 9.3 · a recall', false)
    .option(
      '--day-rules <json>',
      'сроки, которые редакция считает иначе: {"S19":{"count":5}} · other day rules',
    )
    .action(
      async (
        kind: string,
        file: string,
        options: Options & {
          version: string
          title?: string
          effectiveOn?: string
          legalBasis?: string
          recall: boolean
          dayRules?: string
        },
      ) => {
        const content = readFileSync(file)
        const tariff = kind === 'tariff' ? tariffOf(file) : undefined
        const made = await new OperatorClient(options).ask('POST', '/offer/publications', {
          kind,
          version: options.version,
          title: options.title ?? tariff?.name.ru ?? titles[kind] ?? kind,
          content: content.toString('base64'),
          effectiveOn: options.effectiveOn,
          legalBasis: options.legalBasis,
          recall: options.recall ? true : undefined,
          dayRules: options.dayRules === undefined ? undefined : rulesOf(options.dayRules),
          tariff,
        })
        show(made, options)
      },
    )

  asking(
    offer
      .command('prove')
      .description('какой текст и какая цена действовали в день · which text and price held on a day'),
  )
    .requiredOption('--on <date>', 'ГГГГ-ММ-ДД')
    .option('--company <taxId>', 'БИН/ИИН: и что закреплено за клиентом · and what this client had pinned')
    .option('--tariff <id>', 'только этот тариф · this tariff only')
    .action(async (options: Options & { on: string; company?: string; tariff?: string }) => {
      const query = new URLSearchParams({ on: options.on })
      if (options.company !== undefined) query.set('company', options.company)
      if (options.tariff !== undefined) query.set('tariff', options.tariff)
      show(await new OperatorClient(options).ask('GET', `/offer/prove?${query.toString()}`), options)
    })

  asking(
    offer
      .command('verify')
      .description(
        'проверить журнал: цепочка здесь же, подписи и тексты у шлюза · check the log, chain and signatures',
      ),
  )
    .option('--file <feed>', 'сохранённая лента /offer/feed.json, без сети · a saved feed, without a network')
    .action(async (options: Options & { file?: string }) => {
      if (options.file !== undefined) {
        const saved = JSON.parse(readFileSync(options.file, 'utf8')) as { publications: Publication[] }
        const log = datedLog(saved.publications)
        const broken = breakIn(log, sha256)
        show(
          {
            verdict: broken === undefined ? 'CHAIN_HOLDS' : 'BROKEN',
            broken,
            lines: log.length,
            head: log.at(-1)?.entryHash,
          },
          options,
        )
        if (broken !== undefined) process.exitCode = 1
        return
      }
      const broken = breakIn(await logOf(options), sha256)
      const answer = await new OperatorClient(options).ask<{ verdict: string }>('GET', '/offer/verify')
      show({ ...answer, chainHere: broken ?? 'holds' }, options)
      if (answer.verdict !== 'VALID' || broken !== undefined) process.exitCode = 1
    })
}

const titles: Record<string, string> = {
  offer: 'Публичная оферта',
  guide: 'Руководство пользователя',
  regulation: 'Регламент',
  news: 'Новости',
}

const logOf = async (options: Options): Promise<Publication[]> => {
  const { publications } = await new OperatorClient(options).ask<{ publications: Publication[] }>(
    'GET',
    '/offer/log',
  )
  return datedLog(publications)
}

/** JSON has no instants; the chain is over them as text, so they only have to be read back. */
const datedLog = (log: readonly Publication[]): Publication[] =>
  log.map((one) => ({
    ...one,
    publishedAt: new Date(one.publishedAt),
    effectiveAt: new Date(one.effectiveAt),
  }))

const lineOf = ({
  seq,
  kind,
  subject,
  version,
  effectiveOn,
  publishedAt,
  hash,
  title,
}: Publication): string =>
  `${String(seq).padStart(4)}  ${kind.padEnd(10)} ${subject.padEnd(12)} ${version.padEnd(8)} опубл. ${publishedAt.toISOString().slice(0, 10)} действ. с ${effectiveOn}  ${hash.slice(0, 16)}…  ${title}`

const tariffOf = (file: string): Tariff => {
  const tariff = readTariff(readYamlFile(file))
  if (!tariff.ok) throw new StartRefusal(tariff.faults)
  return tariff.value
}

const rulesOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new StartRefusal([
      fault('CLI-20', '--day-rules', {
        ru: 'Правила сроков — JSON: {"S19":{"count":5}}.',
        kk: 'Мерзім ережелері — JSON: {"S19":{"count":5}}.',
        en: 'Day rules are JSON: {"S19":{"count":5}}.',
      }),
    ])
  }
}

const noSuchLine = () =>
  fault('CLI-21', 'seq', {
    ru: 'Такой публикации нет. Посмотрите daneker offer log.',
    kk: 'Мұндай жарияланым жоқ. daneker offer log қараңыз.',
    en: 'There is no such publication. See daneker offer log.',
  })
