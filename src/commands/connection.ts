import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { fault } from '../core/kernel/index.ts'
import { asking, OperatorClient, type Target } from './operator-client.ts'
import { show } from './output.ts'
import { secretFrom } from './secret.ts'
import { StartRefusal } from './start-refusal.ts'

type Options = Target & { json: boolean }

interface Strings {
  doors: { door: string; addresses: { name: string; title: { ru: string }; value: string }[] }[]
}

interface Shown extends Strings {
  id: string
  name: string
  companyTaxId: string
  companyName: string
  login: string
  signing: string
  door: string
  createdAt: string
  closedAt?: string
  passwords: { expiresAt?: string }[]
  keys: { keyId: string; expiresAt?: string }[]
}

type Made = Shown & { password: string; apiKey: string }

/** Connections of accounting bases: made, shown, changed, rotated, closed, with their profiles. */
export const addConnection = (program: Command): void => {
  const connection = program
    .command('connection')
    .description('подключения баз · connections of accounting bases')
  const of = (name: string, about: string): Command =>
    asking(connection.command(`${name} <connection>`).description(about))

  asking(connection.command('add <taxId> <name>').description('подключить базу · connect a base'))
    .option(
      '--signing <mode>',
      'key — подписывает шлюз, sender — подпись присылаете вы · who signs',
      'sender',
    )
    .option('--door <name>', 'какой дверью база пользуется · the door it mainly uses', 'onec-soap')
    .action(async (taxId: string, name: string, options: Options & { signing: string; door: string }) => {
      const made = await new OperatorClient(options).ask<Made>('POST', `/companies/${taxId}/connections`, {
        name,
        signing: options.signing,
        door: options.door,
      })
      if (options.json) show(made, options)
      else process.stdout.write(sheetOf(made, made))
    })

  asking(
    connection.command('list <taxId>').description('подключения организации · connections of a company'),
  ).action(async (taxId: string, options: Options) => {
    const { connections } = await new OperatorClient(options).ask<{ connections: Shown[] }>(
      'GET',
      `/companies/${taxId}/connections`,
    )
    if (options.json) return show({ connections }, options)
    const lines = connections.map(
      ({ id, login, door, name, closedAt }) =>
        `${id}  ${login}  ${door.padEnd(14)} ${name}${closedAt === undefined ? '' : '  (закрыто)'}`,
    )
    process.stdout.write(lines.length === 0 ? 'Подключений нет.\n' : `${lines.join('\n')}\n`)
  })

  of('show', 'строки для 1С, двери, сроки паролей и ключей · strings, doors, secrets’ ends').action(
    async (id: string, options: Options) => {
      const shown = await new OperatorClient(options).ask<Shown>('GET', pathOf(id))
      if (options.json) show(shown, options)
      else process.stdout.write(sheetOf(shown))
    },
  )

  of('change', 'изменить название, подпись или дверь · change name, signing or door')
    .option('--name <name>', 'название · name')
    .option('--signing <mode>', 'key или sender')
    .option('--door <door>', 'дверь · door')
    .action(
      async (
        id: string,
        { name, signing, door, ...options }: Options & { name?: string; signing?: string; door?: string },
      ) => {
        const shown = await new OperatorClient(options).ask<Shown>('PUT', pathOf(id), { name, signing, door })
        if (options.json) show(shown, options)
        else process.stdout.write(sheetOf(shown))
      },
    )

  of('rotate', 'новый пароль или ключ рядом со старым · a new secret beside the old')
    .option('--what <what>', 'password, key или both · which of them', 'password')
    .option('--hours <hours>', 'сколько часов работает старый · hours the old one still works', '24')
    .action(async (id: string, options: Options & { what: string; hours: string }) => {
      show(
        await new OperatorClient(options).ask('POST', `${pathOf(id)}/rotate`, {
          what: options.what,
          overlapHours: Number(options.hours),
        }),
        options,
      )
    })

  of('close', 'закрыть навсегда: пароли и ключи перестают работать · close for good').action(
    async (id: string, options: Options) => {
      const { login, closedAt } = await new OperatorClient(options).ask<Shown>('DELETE', pathOf(id))
      show({ login, closedAt }, options)
    },
  )

  of('bsl', 'модуль для расширения 1С со строками подключения · module for an extension of 1C')
    .option('--out <dir>', 'папка · folder', '.')
    .action(async (id: string, options: Options & { out: string }) => {
      const { files } = await new OperatorClient(options).ask<{ files: { name: string; text: string }[] }>(
        'GET',
        `${pathOf(id)}/bsl`,
      )
      mkdirSync(options.out, { recursive: true })
      const written = files.map(({ name, text }) => {
        const file = join(options.out, name)
        writeFileSync(file, text)
        return file
      })
      show({ written }, options)
    })

  of('base', 'пароль, с которым шлюз ходит в базу (OData) · password for calls to the base')
    .option('--password-file <file>', 'файл с паролем; без него пароль спрашивается · file with the password')
    .option(
      '--for <what>',
      'odata — пользователь OData, push — ключ подписи вызовов · what it is for',
      'odata',
    )
    .action(async (id: string, options: Options & { passwordFile?: string; for: string }) => {
      const password = await secretFrom(options.passwordFile, 'Пароль: ')
      await new OperatorClient(options).ask('PUT', `${pathOf(id)}/secrets/${options.for}`, { password })
      show({ connection: id, secret: options.for, kept: true }, options)
    })

  of('profile', 'профиль: данные организации, единицы, ставки, настройки дверей · the profile')
    .option('--set <file>', 'заменить содержимым файла JSON · replace by a JSON file')
    .option('--out <file>', 'записать в файл · write into a file')
    .action(async (id: string, options: Options & { set?: string; out?: string }) => {
      const client = new OperatorClient(options)
      const path = `${pathOf(id)}/profile`
      const profile =
        options.set === undefined
          ? await client.ask('GET', path)
          : await client.ask('PUT', path, jsonIn(options.set))
      const text = `${JSON.stringify(profile, null, 2)}\n`
      if (options.out === undefined) process.stdout.write(text)
      else writeFileSync(options.out, text)
    })
}

const jsonIn = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    const why = (error as Error).message
    throw new StartRefusal([
      fault('CLI-05', '', {
        ru: `Файл ${file} не читается как JSON: ${why}`,
        kk: `${file} файлы JSON ретінде оқылмайды: ${why}`,
        en: `The file ${file} cannot be read as JSON: ${why}`,
      }),
    ])
  }
}

export const pathOf = (connection: string): string => `/connections/${encodeURIComponent(connection)}`

const untilOf = ({ expiresAt }: { expiresAt?: string }): string =>
  expiresAt === undefined ? 'бессрочно' : `до ${expiresAt}`

/** What an administrator pastes into 1C. Secrets are there only when they are new. */
const sheetOf = (shown: Shown, secrets?: { password: string; apiKey: string }): string => {
  const doors = [...shown.doors].sort((a, b) => Number(b.door === shown.door) - Number(a.door === shown.door))
  const line = (title: string, value: string): string => `  ${title.padEnd(30)} ${value}`
  return [
    `${shown.companyName} (${shown.companyTaxId}), «${shown.name}»${shown.closedAt === undefined ? '' : ' — ЗАКРЫТО'}`,
    line('Подключение', shown.id),
    'Вход:',
    line('Логин', shown.login),
    ...(secrets === undefined
      ? [
          line('Пароль', shown.passwords.map(untilOf).join(', ')),
          line('Ключи API', shown.keys.map((key) => `${key.keyId} ${untilOf(key)}`).join(', ')),
        ]
      : [
          line('Пароль', `${secrets.password}   (показан один раз)`),
          line('Ключ API', `${secrets.apiKey}   (показан один раз)`),
        ]),
    line('Подписывает', shown.signing === 'key' ? 'шлюз ключом организации' : 'отправитель'),
    ...doors.flatMap(({ door, addresses }) => [
      `${door}${door === shown.door ? ' (основная дверь)' : ''}:`,
      ...addresses.map(({ title, value }) => line(title.ru, value)),
    ]),
    '',
  ].join('\n')
}
