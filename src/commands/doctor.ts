import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { almatyDate, type Words } from '../core/kernel/index.ts'
import { readCalendarFolder } from '../adapters/config/index.ts'
import { calendarWarnings } from '../core/deadline/index.ts'
import { checkConnection } from '../adapters/erp/onec-soap/connection-check.ts'
import type { ConnectionCheck } from '../core/company/index.ts'
import { pathOf } from './connection.ts'
import { asking, OperatorClient, type Target } from './operator-client.ts'
import { readConfiguration, trustOf } from './gateway-settings.ts'
import { secretFrom } from './secret.ts'

/** One thing looked at: what was found, and what to do when it is not well. */
interface Finding {
  what: string
  outcome: 'ok' | 'warning' | 'bad'
  found: string
  cause?: Words
  remedy?: Words
}

const minFreeBytes = 1024 ** 3

/** Looks at everything the gateway needs before it is started, and says what to do about what is missing. */
export const addDoctor = (program: Command): void => {
  const doctor = program
    .command('doctor')
    .description('проверить, готово ли всё к запуску · check what the gateway needs')
    .option('-c, --config <file>', 'файл настроек YAML · configuration file')
    .option('--json', 'ответ как JSON · answer as JSON', false)
    .action(async ({ config, json }: { config?: string; json: boolean }) => {
      const findings = await examine(config)
      if (json) process.stdout.write(`${JSON.stringify(findings)}\n`)
      else for (const finding of findings) process.stdout.write(lineOf(finding))
      process.exit(findings.some(({ outcome }) => outcome === 'bad') ? 1 : 0)
    })

  const connection = doctor
    .command('connection <connection> [login]')
    .description(
      'проверить подключение: номер или логин — со стороны шлюза; адрес WSDL и логин — так, как его видит 1С · check a connection from our side, or as 1C walks it',
    )
    .option('--password-file <file>', 'файл с паролем для адреса WSDL · file with the password')
  asking(connection).action(
    async (
      name: string,
      login: string | undefined,
      options: Target & { json: boolean; passwordFile?: string },
    ) => {
      const findings =
        login === undefined ? await fromOurSide(name, options) : await asOnecWalks(name, login, options)
      if (options.json) process.stdout.write(`${JSON.stringify(findings)}\n`)
      else for (const finding of findings) process.stdout.write(lineOf(finding))
      process.exit(findings.some(({ outcome }) => outcome === 'bad') ? 1 : 0)
    },
  )
}

/** Asks the gateway that serves the connection. */
const fromOurSide = async (connection: string, target: Target): Promise<Finding[]> => {
  const { checks } = await new OperatorClient(target).ask<{ checks: ConnectionCheck[] }>(
    'POST',
    `${pathOf(connection)}/doctor`,
  )
  return checks.map(({ title, outcome, found, cause, remedy }) => ({
    what: title.ru,
    outcome,
    found: found.ru,
    cause,
    remedy,
  }))
}

/** From the machine where the command runs: best from that of the base. */
const asOnecWalks = async (
  wsdlUrl: string,
  login: string,
  { passwordFile }: { passwordFile?: string },
): Promise<Finding[]> => {
  const password = await secretFrom(passwordFile, 'Пароль подключения: ')
  const findings = await checkConnection({ wsdlUrl, login, password })
  return findings.map(({ step, ok, found, remedy }) => ({
    what: steps[step],
    outcome: ok ? 'ok' : 'bad',
    found,
    remedy,
  }))
}

const examine = async (config: string | undefined): Promise<Finding[]> => {
  const { values } = readConfiguration(config)
  const findings: Finding[] = [
    { what: 'Настройки', outcome: 'ok', found: 'прочитаны' },
    nodeVersion(),
    timeZones(),
    workingDays(),
    await freeSpace(resolve(values.storeDataDir)),
  ]
  if (values.storeKind === 'postgres' && values.storeUrl !== undefined)
    findings.push(await reach('PostgreSQL', values.storeUrl, 5432))
  if (values.queueKind === 'rabbitmq' && values.queueUrl !== undefined)
    findings.push(await reach('RabbitMQ', values.queueUrl, 5672))
  findings.push(
    values.mailUrl === undefined
      ? missing('Почта', 'не настроена', {
          ru: 'Без mail.url документы не подключённым получателям останавливаются. Укажите почтовый сервер.',
          kk: 'mail.url болмаса, қосылмаған алушыларға құжаттар тоқтайды. Пошта серверін көрсетіңіз.',
          en: 'Without mail.url documents to the unconnected stop. Name a mail server.',
        })
      : await reach('Почта', values.mailUrl, 25),
  )
  findings.push(
    values.portalUrl === undefined
      ? missing('Портал ИС ЭСФ', 'не настроен', {
          ru: 'Без portal.url счета-фактуры ждут. Укажите адрес портала.',
          kk: 'portal.url болмаса, шот-фактуралар күтеді. Портал мекенжайын көрсетіңіз.',
          en: 'Without portal.url tax invoices wait. Name the portal’s address.',
        })
      : await reach('Портал ИС ЭСФ', values.portalUrl, 443),
  )
  findings.push(await trusted(values), publicAddress(values.httpPublicUrl))
  return findings
}

const missing = (what: string, found: string, remedy: Words): Finding => ({
  what,
  outcome: 'warning',
  found,
  remedy,
})

const nodeVersion = (): Finding => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const fits = major > 20 || (major === 20 && minor >= 19)
  return {
    what: 'Node.js',
    outcome: fits ? 'ok' : 'bad',
    found: process.versions.node,
    remedy: fits
      ? undefined
      : {
          ru: 'Нужна версия 20.19 или новее, лучше 24.',
          kk: '20.19 немесе одан жаңа нұсқа керек, 24 дұрысырақ.',
          en: 'Version 20.19 or newer is needed, 24 is better.',
        },
  }
}

/** Kazakhstan changed its time in 2024: an older zone table would put documents on the wrong day. */
const timeZones = (): Finding => {
  const hour = (instant: string): string =>
    new Intl.DateTimeFormat('ru', { timeZone: 'Asia/Almaty', hour: '2-digit', hour12: false }).format(
      new Date(instant),
    )
  const right = hour('2024-02-29T12:00:00Z') === '18' && hour('2024-03-01T12:00:00Z') === '17'
  return {
    what: 'Часовые пояса',
    outcome: right ? 'ok' : 'bad',
    found: right ? 'Алматы UTC+5 с 01.03.2024' : 'устаревшие',
    remedy: right
      ? undefined
      : {
          ru: 'Обновите Node.js: таблица часовых поясов старше 2024a.',
          kk: 'Node.js жаңартыңыз: сағат белдеулерінің кестесі 2024a-дан ескі.',
          en: 'Update Node.js: its zone table is older than 2024a.',
        },
  }
}

/** The offer's terms are counted in working days: a year without a calendar is a year without deadlines. */
const workingDays = (): Finding => {
  const what = 'Календарь'
  const read = readCalendarFolder('config/calendar')
  if (!read.ok) {
    const [first] = read.faults
    return { what, outcome: 'bad', found: `ошибок ${read.faults.length}`, remedy: first?.message }
  }
  const now = new Date()
  const [first] = calendarWarnings(read.value, now)
  const found = read.value.years
    .map(({ year, certainty }) => (certainty === 'provisional' ? `${year} (предварительный)` : `${year}`))
    .join(', ')
  const countsToday = read.value.isWorkingDay(almatyDate(now)).ok
  const outcome = !countsToday ? 'bad' : first === undefined ? 'ok' : 'warning'
  return { what, outcome, found: found === '' ? 'нет' : found, remedy: first?.message }
}

const freeSpace = async (folder: string): Promise<Finding> => {
  const there = existsSync(folder) ? folder : dirname(folder)
  const { bavail, bsize } = await statfs(there)
  const free = bavail * bsize
  const enough = free >= minFreeBytes
  return {
    what: 'Место на диске',
    outcome: enough ? 'ok' : 'bad',
    found: `${(free / 1024 ** 3).toFixed(1)} ГБ`,
    remedy: enough
      ? undefined
      : {
          ru: 'Нужен хотя бы 1 ГБ свободного места в папке данных.',
          kk: 'Деректер қалтасында кемінде 1 ГБ бос орын керек.',
          en: 'At least 1 GB has to be free in the data folder.',
        },
  }
}

/** Opens a connection and nothing more. The password in an address is never shown. */
const reach = async (what: string, address: string, usualPort: number): Promise<Finding> => {
  const { hostname, port, protocol } = new URL(address)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const at = Number(port === '' ? usualPort : port)
  const overTls = protocol === 'https:' || protocol === 'amqps:' || protocol === 'smtps:'
  const problem = await new Promise<string | undefined>((done) => {
    const socket = overTls ? connectTls({ host, port: at, servername: host }) : connect({ host, port: at })
    socket.setTimeout(5_000, () => socket.destroy(new Error('нет ответа за 5 с')))
    socket.once(overTls ? 'secureConnect' : 'connect', () => {
      socket.destroy()
      done(undefined)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
  })
  return {
    what,
    outcome: problem === undefined ? 'ok' : 'bad',
    found: problem === undefined ? `${host}:${at} отвечает` : `${host}:${at}: ${problem}`,
    remedy:
      problem === undefined
        ? undefined
        : {
            ru: 'Проверьте адрес, порт, межсетевой экран и сертификат.',
            kk: 'Мекенжайды, портты, желіаралық қалқанды және сертификатты тексеріңіз.',
            en: 'Check address, port, firewall and certificate.',
          },
  }
}

const trusted = async (values: Parameters<typeof trustOf>[0]): Promise<Finding> => {
  const { anchors, missing: absent } = await trustOf(values)
  const whole = absent.length === 0 && anchors.length > 0
  return {
    what: 'Доверие',
    outcome: whole ? 'ok' : anchors.length === 0 ? 'bad' : 'warning',
    found: `корней ${anchors.length}, без файла ${absent.length}`,
    remedy: whole
      ? undefined
      : {
          ru: 'Скачайте сертификаты с pki.gov.kz и выполните daneker trust import ПАПКА.',
          kk: 'Сертификаттарды pki.gov.kz сайтынан жүктеп, daneker trust import ҚАЛТА орындаңыз.',
          en: 'Download the certificates from pki.gov.kz and run daneker trust import DIR.',
        },
  }
}

const publicAddress = (url: string | undefined): Finding =>
  url === undefined
    ? missing('Публичный адрес', 'не задан', {
        ru: 'Без http.publicUrl ссылки в письмах и адрес в WSDL ведут на эту машину.',
        kk: 'http.publicUrl болмаса, хаттардағы сілтемелер мен WSDL мекенжайы осы машинаға апарады.',
        en: 'Without http.publicUrl links in mails and the address in the WSDL lead to this machine.',
      })
    : { what: 'Публичный адрес', outcome: 'ok', found: url }

const steps = { address: 'Адрес', wsdl: 'WSDL', names: 'Имена', ping: 'Вызов', login: 'Вход' }

const marks = { ok: '  ок ', warning: '  !  ', bad: 'ПЛОХО' }

const lineOf = ({ what, outcome, found, cause, remedy }: Finding): string =>
  [
    `${marks[outcome]}  ${what.padEnd(28)} ${found}`,
    ...[cause, remedy].flatMap((said) =>
      said === undefined ? [] : [`         ${said.ru}`, `         ${said.en}`],
    ),
    '',
  ].join('\n')
