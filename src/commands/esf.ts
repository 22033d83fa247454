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

  addLife(esf)

  asking(
    esf
      .command('differences')
      .description('расхождения с порталом, пока они есть · differences with the portal while they last')
      .requiredOption('--company <taxId>', 'БИН/ИИН')
      .option('--all', 'и устранённые за 90 дней · resolved ones of 90 days, too'),
  ).action(async (options: Options & { company: string; all?: boolean }) => {
    const all = options.all === true ? '?all=true' : ''
    const { differences } = await new OperatorClient(options).ask<{ differences: Told[] }>(
      'GET',
      `/companies/${options.company}/esf/differences${all}`,
    )
    show(options.json ? differences : differences.map(lineOf), options)
  })

  ranged(
    esf
      .command('reconcile')
      .description('сверить счета-фактуры с порталом · compare the invoices of both sides')
      .option('--take', 'устранить то, что шлюз может сам · settle what the gateway can settle itself'),
  ).action(async (options: RangeOptions & { take?: boolean }) => {
    const take = options.take === true ? '&take=true' : ''
    const { differences, ...counts } = await new OperatorClient(options).ask<{
      differences: Told[]
    }>('POST', `/companies/${options.company}/esf/reconcile?${queryOf(options)}${take}`)
    show({ ...counts, differences: options.json ? differences : differences.map(lineOf) }, options)
    // What was issued elsewhere is no fault of anybody's.
    if (differences.some(({ action }) => action !== 'none')) process.exitCode = 1
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

/** `fetch`, `history` and `downtime`. */
const addLife = (esf: Command): void => {
  ranged(
    esf
      .command('fetch')
      .description('получить входящие счета-фактуры за период · fetch incoming invoices of a period')
      .option('--no-wait', 'не ждать окончания · do not wait for the end'),
  ).action(async (options: RangeOptions & { wait: boolean }) => {
    const client = new OperatorClient(options)
    const path = `/companies/${options.company}/esf/fetch`
    let progress = await client.ask<Progress>('POST', `${path}?${queryOf(options)}`)
    if (options.wait && progress.open > 0) {
      // The scheduler would begin within a minute; asked for by hand it begins now.
      await client.ask('POST', '/jobs/fetch-history/run')
      progress = await client.ask<Progress>('GET', path)
    }
    show(options.json ? progress : { ...progress, ranges: progress.ranges.map(rangeLine) }, options)
    if (options.wait && progress.open > 0) process.exitCode = 1
  })

  asking(
    esf
      .command('history <document>')
      .description('что отправлено и как шло, в любой момент · what was sent and how it went, at any moment')
      .option('--at <moment>', '2026-03-06T10:00:00+05:00'),
  ).action(async (document: string, options: Options & { at?: string }) => {
    const at = options.at === undefined ? '' : `?${new URLSearchParams({ at: options.at }).toString()}`
    show(await new OperatorClient(options).ask('GET', `/esf/invoices/${document}${at}`), options)
  })

  asking(
    esf
      .command('acts')
      .description('передавать ли акты (АВР) в ИС ЭСФ · whether acts go to the portal')
      .requiredOption('--company <taxId>', 'БИН/ИИН')
      .requiredOption(
        '--upload <when>',
        'off | signed (подписан нами) | completed (подписан обеими сторонами)',
      ),
  ).action(async (options: Options & { company: string; upload: string }) => {
    const path = `/companies/${options.company}/esf/acts`
    show(await new OperatorClient(options).ask('PUT', path, { upload: options.upload }), options)
  })

  const downtime = esf
    .command('downtime')
    .description(
      'простои портала, что ждёт и до какого срока · outages of the portal, what waits and until when',
    )
  asking(
    downtime.command('show', { isDefault: true }).description('показать (по умолчанию) · show (the default)'),
  ).action(async (options: Options) => {
    const found = await new OperatorClient(options).ask<{
      hold?: unknown
      outages: { id: string; kind: string; from: string; until?: string; note: string }[]
      probes: { at: string; ok: boolean; ms: number; note: string }[]
      held: number
      soonest: { number: string; date: string; senderTaxId: string; clause: string; dueOn: string }[]
    }>('GET', '/esf/downtime')
    if (options.json) {
      show(found, options)
      return
    }
    const { hold, outages, probes, held, soonest } = found
    show(
      {
        hold: hold ?? 'портал работает · the portal works',
        outages: outages.map(
          ({ id, kind, from, until, note }) => `${id} ${kind} ${from} — ${until ?? '…'} ${note}`,
        ),
        probes: probes
          .slice(0, 5)
          .map(({ at, ok, ms, note }) => `${at} ${ok ? 'ok' : 'нет ответа'} ${ms} ms ${note}`),
        held,
        soonest: soonest.map(
          ({ number, date, senderTaxId, clause, dueOn }) =>
            `${dueOn} (${clause}): № ${number} от ${date}, ${senderTaxId}`,
        ),
      },
      options,
    )
  })
  asking(
    downtime
      .command('announce')
      .description('объявленный простой: очередь удерживается · an announced outage: the queue is held')
      .requiredOption('--from <moment>', '2026-02-13T00:00:00+05:00')
      .requiredOption('--until <moment>', '2026-02-13T02:00:00+05:00')
      .option('--note <text>', 'где объявлено · where it was announced', ''),
  ).action(async (options: Options & { from: string; until: string; note: string }) => {
    const { from, until, note } = options
    show(await new OperatorClient(options).ask('POST', '/esf/downtime', { from, until, note }), options)
  })
  asking(
    downtime
      .command('end <id>')
      .description('простой закончился раньше · the outage ended earlier')
      .option('--until <moment>', 'когда (по умолчанию сейчас) · when (default: now)'),
  ).action(async (id: string, options: Options & { until?: string }) => {
    const { until } = options
    await new OperatorClient(options).ask(
      'POST',
      `/esf/downtime/${id}/end`,
      until === undefined ? {} : { until },
    )
    show({ ended: id }, options)
  })
}

interface Progress {
  open: number
  ranges: { from: string; to: string; doneAt?: string; seen: number; brought: number; unread: number }[]
}

const rangeLine = ({ from, to, doneAt, seen, brought, unread }: Progress['ranges'][number]): string =>
  `${from} — ${to}: ${seen} / ${brought}${unread === 0 ? '' : ` (${unread} не прочитано)`}${doneAt === undefined ? ' …' : ''}`

const ranged = (command: Command): Command =>
  asking(command)
    .requiredOption('--company <taxId>', 'БИН/ИИН')
    .requiredOption('--from <date>', 'ГГГГ-ММ-ДД')
    .requiredOption('--to <date>', 'ГГГГ-ММ-ДД')

const queryOf = ({ from, to }: RangeOptions): string => new URLSearchParams({ from, to }).toString()

type Told = Difference & { direction: string; cause: { ru: string }; takenAt?: string; resolvedAt?: string }

const lineOf = ({
  direction,
  kind,
  action,
  date,
  number,
  ours,
  theirs,
  cause,
  takenAt,
  resolvedAt,
}: Told): string =>
  `${date} № ${number} [${direction}] ${kind} (${ours ?? '—'} / ${theirs ?? '—'}) → ${action}${takenAt === undefined ? '' : `, сделано ${takenAt}`}${resolvedAt === undefined ? '' : `, устранено ${resolvedAt}`}. ${cause.ru}`
