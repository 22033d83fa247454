import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { readYamlFile } from '../adapters/config/index.ts'
import { importTrust, readTrustPins } from '../adapters/signing/index.ts'
import { readConfiguration, trustFolderOf, trustOf } from './gateway-settings.ts'
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
  })

  withConfig(
    trust
      .command('import <dir>')
      .description('взять из папки закреплённые сертификаты · take the pinned certificates of a folder'),
  ).action(async (dir: string, { config }: { config?: string }) => {
    const { trustFile } = readConfiguration(config).values
    const pins = readTrustPins(existsSync(trustFile) ? readYamlFile(trustFile) : {})
    if (!pins.ok) throw new StartRefusal(pins.faults)
    const imported = await importTrust(pins.value, dir, trustFolderOf(trustFile))
    process.stdout.write(`${JSON.stringify(imported, null, 2)}\n`)
  })
}
