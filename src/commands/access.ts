import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { ContractEvent, Foresight } from '../core/contract/index.ts'
import { asking, OperatorClient, type Target } from './operator-client.ts'
import { show } from './output.ts'

type Options = Target & { json: boolean; company: string }
type Given = Options & Record<string, string | undefined>

/** Contracts with clients: what stands, what happened, and everything the operator does to one. */
export const addAccess = (program: Command): void => {
  const access = program
    .command('access')
    .description('доступ и договор с клиентом · access and the contract with a client')

  asking(access.command('list').description('договоры по состоянию · contracts by state'))
    .option('--state <state>', 'ACTIVE, RESTRICTED …')
    .action(async (options: Target & { json: boolean; state?: string }) => {
      const query = options.state === undefined ? '' : `?state=${options.state}`
      show(await new OperatorClient(options).ask('GET', `/contracts${query}`), options)
    })

  ofCompany(
    access.command('show').description('доступ, счёт, акты, сроки · access, invoice, acts, terms'),
  ).action(async (options: Options) =>
    show(await new OperatorClient(options).ask('GET', path(options)), options),
  )

  ofCompany(
    access.command('history').description('все факты договора с пунктом оферты · every fact of the contract'),
  ).action(async (options: Options) => {
    const answer = await new OperatorClient(options).ask<{ events: ContractEvent[]; broken?: unknown }>(
      'GET',
      path(options, 'history'),
    )
    if (options.json) show(answer, options)
    else
      process.stdout.write(
        `${answer.events.map(eventLine).join('\n')}\nцепочка: ${answer.broken === undefined ? 'цела' : JSON.stringify(answer.broken)}\n`,
      )
    if (answer.broken !== undefined) process.exitCode = 1
  })

  asking(
    access
      .command('what-if')
      .description('что будет, если доступ дать в этот день · what an activation on a day would bring'),
  )
    .option('--company <taxId>', 'БИН/ИИН')
    .requiredOption('--on <date>', 'ГГГГ-ММ-ДД')
    .action(async (options: Target & { json: boolean; company?: string; on: string }) => {
      const query = new URLSearchParams({ on: options.on })
      if (options.company !== undefined) query.set('company', options.company)
      const answer = await new OperatorClient(options).ask<Foresight>(
        'GET',
        `/contracts/what-if?${query.toString()}`,
      )
      if (options.json) show(answer, options)
      else process.stdout.write(foresightSheet(answer))
    })

  ofCompany(
    access
      .command('accept')
      .description('оферта принята ЭЦП клиента: CMS над хэшем · the client accepts by EDS'),
  )
    .requiredOption('--signature <file>', 'CMS (DER или PEM)')
    .option('--hash <hash>', 'хэш подписанной редакции · hash of the version that was signed')
    .action(async (options: Options & { signature: string; hash?: string }) => {
      const signature = readFileSync(options.signature).toString('base64')
      show(
        await new OperatorClient(options).ask('POST', path(options, 'acceptance'), {
          signature,
          hash: options.hash,
        }),
        options,
      )
    })

  for (const { name, about, fields, body } of deeds) {
    const command = ofCompany(access.command(name).description(about))
    for (const [flag, words, needed] of fields) {
      if (needed) command.requiredOption(flag, words)
      else command.option(flag, words)
    }
    command.action(async (options: Given) => {
      const given =
        body === undefined
          ? Object.fromEntries(fields.map(([flag]) => [nameOf(flag), options[nameOf(flag)]]))
          : body(options)
      show(await new OperatorClient(options).ask('POST', path(options, name), given), options)
    })
  }

  ofCompany(
    access
      .command('pay')
      .description('платёж по слову оператора; один ключ — один раз · a payment, once for each key'),
  )
    .requiredOption('--amount <sum>', '60000.00')
    .requiredOption('--on <date>', 'день банка · the bank’s day')
    .requiredOption(
      '--payment <key>',
      'номер платёжного поручения или иной ключ · what makes the payment one',
    )
    .option('--purpose <text>', 'назначение · purpose', '')
    .action(async (options: Options & { amount: string; on: string; payment: string; purpose: string }) => {
      const line = {
        key: options.payment,
        payerTaxId: options.company,
        amount: options.amount,
        paidOn: options.on,
        purpose: options.purpose,
      }
      show(await new OperatorClient(options).ask('POST', '/payments', { lines: [line] }), options)
    })

  asking(
    access.command('statement <file>').description('выписка банка: 1CClientBankExchange · a bank statement'),
  ).action(async (file: string, options: Target & { json: boolean }) =>
    show(await new OperatorClient(options).send('/payments/statement', readFileSync(file)), options),
  )

  asking(access.command('payments').description('принятые платежи · payments taken'))
    .option('--company <taxId>', 'БИН/ИИН')
    .option('--outcome <outcome>', 'paid, partial, credit, unmatched')
    .action(async (options: Target & { json: boolean; company?: string; outcome?: string }) => {
      const query = new URLSearchParams(given({ company: options.company, outcome: options.outcome }))
      show(await new OperatorClient(options).ask('GET', `/payments?${query.toString()}`), options)
    })

  asking(access.command('notices').description('письма: отправленные и ждущие · mails sent and owed'))
    .option('--company <taxId>', 'БИН/ИИН')
    .option('--open', 'только ждущие · those that are owed', false)
    .action(async (options: Target & { json: boolean; company?: string; open: boolean }) => {
      const query = new URLSearchParams(
        given({ company: options.company, open: options.open ? 'true' : undefined }),
      )
      show(await new OperatorClient(options).ask('GET', `/notices?${query.toString()}`), options)
    })
}

type Field = readonly [flag: string, words: string, needed?: boolean]

/** What the operator does, each a word of its own; the gateway's door has the same words. */
const deeds: readonly {
  name: string
  about: string
  fields: readonly Field[]
  body?: (given: Given) => Record<string, unknown>
}[] = [
  {
    name: 'invoice',
    about: 'счёт за доступ по тарифу (п. 4.1) · invoice for access',
    fields: [
      ['--tariff <id>', 'тариф · tariff', true],
      ['--bonus <sum>', 'списать бонусы · bonus to use'],
    ],
  },
  { name: 'grant', about: 'предоставить оплаченный доступ (п. 2.2) · grant what was paid for', fields: [] },
  {
    name: 'upgrade',
    about: 'заявка на тариф выше (п. 4.4) · apply for a higher tariff',
    fields: [['--tariff <id>', 'тариф · tariff', true]],
  },
  {
    name: 'approve-upgrade',
    about: 'одобрить заявку, счётчик сохраняется (п. 4.4) · approve it',
    fields: [],
  },
  {
    name: 'bonus',
    about: 'начислить бонусы (п. 3.1.3) · grant bonus points',
    fields: [
      ['--amount <sum>', 'тенге · tenge', true],
      ['--reason <text>', 'за что · what for', true],
      ['--expires-on <date>', 'до какого дня · last day', true],
    ],
  },
  {
    name: 'termination',
    about: 'уведомление о расторжении, 30 дней (п. 8.1) · notice of termination',
    fields: [
      ['--side <side>', 'client или operator', true],
      ['--reason <text>', 'причина · reason'],
    ],
  },
  {
    name: 'breach',
    about: 'прекратить из-за нарушения (п. 8.2) · end over a breach',
    fields: [['--reason <text>', 'причина · reason', true]],
  },
  {
    name: 'objection',
    about: 'возражение против изменений, 1 раб. день (п. 9.7) · objection to a change',
    fields: [
      ['--reason <text>', 'причина · reason', true],
      ['--publication <seq>', 'номер публикации · its number in the log'],
    ],
    body: ({ reason, publication }) => ({
      reason,
      publication: publication === undefined ? undefined : Number(publication),
    }),
  },
  {
    name: 'consent',
    about: 'согласие дано или отозвано (п. 6.4, 6.5, 10.6) · a consent given or taken back',
    fields: [
      ['--name <name>', 'personal-data, marketing, partner-offers, roaming, qr-sign, sms, showcase', true],
      ['--given <yes|no>', 'дано или отозвано · given or taken back', true],
    ],
    body: ({ name, given: word }) => ({ name, given: word === 'yes' }),
  },
  {
    name: 'requisites',
    about: 'реквизиты с даты (п. 10.8) · requisites from a day on',
    fields: [
      ['--changed-on <date>', 'с какого дня · from which day', true],
      ['--email <email>', 'почта для уведомлений · where notices go'],
      ['--phone <phone>', 'телефон · phone'],
      ['--address <address>', 'адрес · address'],
      ['--name <name>', 'название · name'],
      ['--iik <iik>', 'ИИК'],
      ['--bik <bik>', 'БИК'],
    ],
  },
  {
    name: 'override',
    about: 'двусторонний договор (п. 10.13) · a two-sided contract',
    fields: [['--note <text>', 'что в нём · what it says', true]],
  },
  {
    name: 'act-received',
    about: 'клиент получил сообщение об акте, с доказательством (п. 4.2) · proven receipt of the act',
    fields: [
      ['--evidence <text>', 'уведомление о доставке, письмо · delivery report, letter', true],
      ['--on <date>', 'день получения · day of receipt'],
    ],
  },
  { name: 'claim', about: 'претензия (п. 7.2) · a claim', fields: [['--text <text>', 'текст · text', true]] },
  {
    name: 'answer-claim',
    about: 'ответ на претензию (п. 7.3) · answer a claim',
    fields: [
      ['--id <id>', 'номер · number', true],
      ['--answer <word>', 'satisfied или refused', true],
      ['--reason <text>', 'причина отказа · reason of a refusal'],
    ],
  },
  {
    name: 'incident',
    about: 'попытка постороннего (п. 3.4.6) · a third party’s attempt',
    fields: [['--text <text>', 'что было · what happened', true]],
  },
  {
    name: 'close-incident',
    about: 'закрыть сообщение (п. 3.4.6) · close the report',
    fields: [
      ['--id <id>', 'номер · number', true],
      ['--outcome <text>', 'итог · outcome', true],
    ],
  },
  {
    name: 'force-majeure',
    about: 'непреодолимая сила, 5 раб. дней (п. 5.3-5.5) · force majeure',
    fields: [
      ['--onset-on <date>', 'начало · onset', true],
      ['--text <text>', 'что · what', true],
      ['--side <side>', 'кто извещает: client или operator · who tells', true],
    ],
  },
  {
    name: 'disclosure',
    about: 'раскрытие третьему лицу по закону (п. 3.3.4) · disclosure by law',
    fields: [
      ['--to <who>', 'кому · to whom', true],
      ['--basis <basis>', 'основание · basis', true],
      ['--scope <scope>', 'что · what of it', true],
    ],
  },
]

const ofCompany = (command: Command): Command =>
  asking(command).requiredOption('--company <taxId>', 'БИН/ИИН')

const path = ({ company }: Options, rest?: string): string =>
  `/companies/${company}/contract${rest === undefined ? '' : `/${rest}`}`

/** `--expires-on <date>` → `expiresOn`. */
const nameOf = (flag: string): string =>
  flag.replace(/^--([a-z-]+).*$/, (_, name: string) =>
    name.replace(/-(\w)/g, (__, letter: string) => letter.toUpperCase()),
  )

const given = (values: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter((one): one is [string, string] => one[1] !== undefined))

const eventLine = ({ seq, at, name, from, to, clause, offerVersion, by }: ContractEvent): string =>
  `${String(seq).padStart(4)}  ${String(at).slice(0, 19)}  ${name.padEnd(24)} ${(from === to ? to : `${from} → ${to}`).padEnd(24)} п. ${clause.padEnd(12)} ред. ${offerVersion.padEnd(6)} ${by}`

const units = { 'working-days': 'раб. дн.', 'calendar-days': 'кал. дн.', 'calendar-months': 'кал. мес.' }

const foresightSheet = ({ on, offerVersion, dates, untold }: Foresight): string =>
  [
    `Если доступ предоставить ${on} (оферта, редакция ${offerVersion}):`,
    ...dates.map(
      ({ what, clause, paragraph, on: day, dayRule, calendarVersion, certainty, reminders }) =>
        `  ${day}  ${what.padEnd(52)} ${clause.padEnd(4)} п. ${paragraph.padEnd(10)} ${dayRule.count} ${units[dayRule.unit]}, календарь ${calendarVersion ?? 'не понадобился'}${certainty === 'provisional' ? ' (ПРЕДВАРИТЕЛЬНЫЙ)' : ''}${reminders.length === 0 ? '' : `, напоминания ${reminders.join(', ')}`}`,
    ),
    ...untold.map(
      ({ what, faults }) => `  не посчитать: ${what}: ${faults.map(({ message }) => message.ru).join(' ')}`,
    ),
    '',
  ].join('\n')
