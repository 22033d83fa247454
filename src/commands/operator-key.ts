import type { Command } from 'commander'
import { openLog } from '../adapters/log/index.ts'
import { startGateway } from '../app.ts'
import { gatewaySettingsOf, readConfiguration } from './gateway-settings.ts'

/**
 * The first key of an installation cannot be asked of a gateway that nobody has a key to: this command opens
 * the store itself. The embedded store takes one process at a time, so there it is made before the start.
 */
export const addOperatorKey = (program: Command): void => {
  program
    .command('operator-key <name>')
    .description('сделать ключ оператора прямо в хранилище · make a key of the operator in the store itself')
    .option('-c, --config <file>', 'файл настроек YAML · configuration file')
    .action(async (name: string, { config }: { config?: string }) => {
      const settings = await gatewaySettingsOf(readConfiguration(config).values)
      // No roles: nothing is served or worked on; the table queue needs no broker.
      const gateway = await startGateway(
        { ...settings, roles: [], queue: { kind: 'table' } },
        { log: openLog({ level: 'error', destination: process.stderr }) },
      )
      try {
        process.stdout.write(`${await gateway.register.newOperatorKey(name)}\n`)
      } finally {
        await gateway.stop()
      }
    })
}
