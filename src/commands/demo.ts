import type { Command } from 'commander'
import { openLog } from '../adapters/log/index.ts'
import { runDemo } from '../demo/demo.ts'
import { demoFolder } from './operator-client.ts'

export const addDemo = (program: Command): void => {
  program
    .command('demo')
    .description(
      'показать всё на этой машине: шлюз, портал-имитатор, две организации · show it all on this machine',
    )
    .option(
      '--once',
      'закончить, когда все документы дошли до конца · end when every document is final',
      false,
    )
    .option('--port <port>', 'порт · port', '8080')
    .option('--host <host>', 'адрес · address', '127.0.0.1')
    .action(async ({ once, port, host }: { once: boolean; port: string; host: string }) => {
      const interrupted = new Promise<void>((resolve) => {
        process.once('SIGINT', () => resolve())
        process.once('SIGTERM', () => resolve())
      })
      const unfinished = await runDemo({
        once,
        dataDir: demoFolder,
        host,
        // `--once` is for machines: whatever port is free.
        port: once ? 0 : Number(port),
        log: openLog({ level: 'warn', destination: process.stderr }),
        print: (line) => process.stdout.write(`${line}\n`),
        interrupted,
      })
      process.exit(unfinished === 0 ? 0 : 1)
    })
}
