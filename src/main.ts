import { Command } from 'commander'
import { addCompany } from './commands/company.ts'
import { addConfig } from './commands/config.ts'
import { addDemo } from './commands/demo.ts'
import { addDocument } from './commands/document.ts'
import { addDoctor } from './commands/doctor.ts'
import { addServe } from './commands/serve.ts'
import { addTrust } from './commands/trust.ts'
import { faultsIn } from './commands/start-refusal.ts'

/** The command line. Exit codes: 0 done, 1 refused (the words say why), 2 the call itself was wrong. */
const program = new Command('daneker')
  .description('Шлюз электронного документооборота · gateway for electronic document exchange')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))

for (const add of [addServe, addDemo, addDoctor, addCompany, addDocument, addConfig, addTrust]) add(program)

try {
  await program.parseAsync()
} catch (error) {
  const faults = faultsIn(error)
  if (faults === undefined) throw error
  for (const { code, path, message } of faults) {
    process.stderr.write(
      `${code}${path === '' ? '' : ` (${path})`}: ${message.ru}\n${' '.repeat(code.length + 2)}${message.en}\n`,
    )
  }
  process.exit(1)
}
