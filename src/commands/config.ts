import type { Command } from 'commander'
import { configurationPage, gatewaySettings } from '../adapters/config/index.ts'
import { readConfiguration } from './gateway-settings.ts'

export const addConfig = (program: Command): void => {
  const config = program.command('config').description('настройки · configuration')

  config
    .command('check')
    .description('проверить настройки и показать, что действует · check and show what is in force')
    .option('-c, --config <file>', 'файл настроек YAML · configuration file')
    .action(({ config: file }: { config?: string }) => {
      for (const { key, value, configured, from } of readConfiguration(file).describe()) {
        const shown =
          configured === undefined ? (JSON.stringify(value) ?? '—') : configured ? '(задано)' : '(не задано)'
        process.stdout.write(`${key.padEnd(28)} ${shown}   [${from}]\n`)
      }
    })

  config
    .command('page')
    .description('страница docs/configuration.md · the page of all settings')
    .action(() => {
      process.stdout.write(configurationPage(gatewaySettings.settings))
    })
}
