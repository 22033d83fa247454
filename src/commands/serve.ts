import type { Command } from 'commander'
import { readCalendarFolder } from '../adapters/config/index.ts'
import { openLog } from '../adapters/log/index.ts'
import { startGateway } from '../app.ts'
import { calendarWarnings } from '../core/deadline/index.ts'
import { calendarFolderOf, gatewaySettingsOf, readConfiguration } from './gateway-settings.ts'

/** 70 = EX_SOFTWARE: the supervisor should start us again. */
const exitBroken = 70

export const addServe = (program: Command): void => {
  program
    .command('serve')
    .description('запустить шлюз · run the gateway')
    .option('-c, --config <file>', 'файл настроек YAML · configuration file')
    .action(async ({ config }: { config?: string }) => {
      const configuration = readConfiguration(config)
      const log = openLog({ level: configuration.values.logLevel })
      log.info({ settings: configuration.describe() }, 'gateway.configured')
      const gateway = await startGateway(await gatewaySettingsOf(configuration.values), { log })
      log.info({ url: gateway.url, roles: configuration.values.roles }, 'gateway.started')
      // Without next year's calendar no deadline can be counted into it; told from October on, in time to get it.
      const calendar = readCalendarFolder(calendarFolderOf(configuration.values.contractCalendarFolder))
      const warnings = calendar.ok ? calendarWarnings(calendar.value, new Date()) : calendar.faults
      for (const { code, path, message } of warnings)
        log.warn({ code, path, words: message.ru }, 'calendar.incomplete')

      const stop = (why: string, code: number): void => {
        log.info({ why }, 'gateway.stopping')
        void gateway.stop().then(
          () => process.exit(code),
          (error: unknown) => {
            log.error({ err: error }, 'gateway.stop-failed')
            process.exit(exitBroken)
          },
        )
      }
      process.once('SIGTERM', () => stop('SIGTERM', 0))
      process.once('SIGINT', () => stop('SIGINT', 0))
      const broken = (event: string) => (error: unknown) => {
        log.error({ err: error }, event)
        // What is in flight gets five seconds; a process whose state is unknown takes nothing new.
        setTimeout(() => process.exit(exitBroken), 5_000).unref()
        stop(event, exitBroken)
      }
      process.on('unhandledRejection', broken('promise.unhandled'))
      process.on('uncaughtException', broken('exception.uncaught'))
      gateway.lost.catch(broken('store.lost'))
    })
}
