import { existsSync, statSync } from 'node:fs'
import type { Command } from 'commander'
import { readYamlFile } from '../adapters/config/index.ts'
import { importTrust, readTrustPins } from '../adapters/signing/index.ts'
import { readConfiguration, trustFolderOf, trustOf } from './gateway-settings.ts'
import { fault, type Fault } from '../core/kernel/index.ts'
import { StartRefusal } from './start-refusal.ts'

/** Trusted certificates: pinned in `config/trust.yaml`, taken in by hand, never fetched. */
export const addTrust = (program: Command): void => {
  const trust = program.command('trust').description('доверенные сертификаты · trusted certificates')
  const withConfig = (command: Command): Command =>
    command.option('-c, --config <file>', 'файл настроек YAML · configuration file')

  withConfig(
    trust.command('list').description('что закреплено и что уже на месте · what is pinned and what is here'),
  ).action(async ({ config }: { config?: string }) => {
    const { values } = readConfiguration(config)
    const { anchors, intermediates, missing } = await trustOf(values)
    for (const anchor of anchors)
      process.stdout.write(`корень       ${anchor.name}  ${anchor.certificate.sha256}\n`)
    for (const one of intermediates)
      process.stdout.write(`издающий     ${one.evidence.commonName ?? ''}  ${one.sha256}\n`)
    for (const pin of missing) process.stdout.write(`НЕТ ФАЙЛА    ${pin.name}  ${pin.sha256}\n`)
    if (anchors.length + intermediates.length + missing.length === 0)
      process.stderr.write(
        `Ничего не закреплено: нет файла ${values.trustFile} · nothing is pinned, there is no such file\n`,
      )
    else if (missing.length > 0)
      process.stderr.write(
        'Возьмите файлы с https://pki.gov.kz и выполните daneker trust import ПАПКА · take the files from there\n',
      )
  })

  withConfig(
    trust
      .command('import <dir>')
      .description('взять из папки закреплённые сертификаты · take the pinned certificates of a folder'),
  ).action(async (dir: string, { config }: { config?: string }) => {
    const { trustFile } = readConfiguration(config).values
    const pins = readTrustPins(existsSync(trustFile) ? readYamlFile(trustFile) : {})
    if (!pins.ok) throw new StartRefusal(pins.faults)
    if (!existsSync(dir) || !statSync(dir).isDirectory()) throw new StartRefusal([noFolder(dir)])
    const { imported, missing } = await importTrust(pins.value, dir, trustFolderOf(trustFile))
    for (const { name, sha256 } of imported) process.stdout.write(`взят         ${name}  ${sha256}\n`)
    for (const { name, sha256 } of missing) process.stdout.write(`нет в папке  ${name}  ${sha256}\n`)
    process.stdout.write(`взято ${imported.length}, нет ${missing.length} · taken, not there\n`)
    // Nothing that was asked for is there: a script must not go on as if it were.
    if (imported.length === 0) process.exitCode = 1
  })
}

const noFolder = (name: string): Fault =>
  fault('TRUST-05', '', {
    ru: `Папки нет: ${name}. Скачайте сертификаты с https://pki.gov.kz в папку и назовите её.`,
    kk: `Қалта жоқ: ${name}. Сертификаттарды https://pki.gov.kz сайтынан қалтаға жүктеп, оның атын беріңіз.`,
    en: `There is no such folder: ${name}. Download the certificates from https://pki.gov.kz into one and name it.`,
  })
