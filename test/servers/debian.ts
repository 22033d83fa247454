import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './server-process.ts'

const oldestPostgres = 15
const rabbitBin = '/usr/lib/rabbitmq/bin'

const findPostgres = (): string | undefined => {
  const own = process.env.DANEKER_TEST_PG_BIN
  if (own !== undefined) return own
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return undefined
  return readdirSync(root)
    .filter(
      (version) => Number(version) >= oldestPostgres && existsSync(join(root, version, 'bin', 'initdb')),
    )
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, 'bin'))[0]
}

const findRabbit = (): string | undefined =>
  existsSync(join(rabbitBin, 'rabbitmq-server')) ? rabbitBin : undefined

let installing: Promise<void> | undefined

/**
 * Finds PostgreSQL and RabbitMQ, or installs them where it may (Debian, root). Elsewhere the message says what
 * to install.
 */
export const findPostgresBin = async (): Promise<string> => {
  if (findPostgres() === undefined) await install()
  return findPostgres() ?? missing('PostgreSQL 15 or newer', 'postgresql')
}

export const findRabbitBin = async (): Promise<string> => {
  if (findRabbit() === undefined) await install()
  return findRabbit() ?? missing('RabbitMQ 3.10 or newer', 'rabbitmq-server')
}

const install = (): Promise<void> => {
  installing ??= installNow()
  return installing
}

const installNow = async (): Promise<void> => {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  const packages = [
    ...(findPostgres() === undefined ? ['postgresql'] : []),
    ...(findRabbit() === undefined ? ['rabbitmq-server'] : []),
  ]
  process.stderr.write(`installing ${packages.join(' and ')} for the tests…\n`)
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    // Debian starts what it installs; in run level 1 it does not. Ours are private servers on free ports.
    RUNLEVEL: '1',
  }
  const wait = ['-o', 'DPkg::Lock::Timeout=300', '-q']
  await runCommand('apt-get', [...wait, 'update'], { env })
  await runCommand('apt-get', [...wait, 'install', '-y', '--no-install-recommends', ...packages], { env })
}

const missing = (what: string, packageName: string): never => {
  throw new Error(
    `The integration tests need ${what}, and it is not here. On Debian or Ubuntu: apt-get install ${packageName}` +
      ' (the tests do it themselves when run as root). They start their own private server; nothing else is touched.',
  )
}
