import { Command } from 'commander'
import { addAccess } from './commands/access.ts'
import { addAdapters } from './commands/adapters.ts'
import { addArchive } from './commands/archive.ts'
import { addAudit } from './commands/audit.ts'
import { addCompany } from './commands/company.ts'
import { addConfig } from './commands/config.ts'
import { addConnection } from './commands/connection.ts'
import { addDeadline } from './commands/deadline.ts'
import { addDemo } from './commands/demo.ts'
import { addDocument } from './commands/document.ts'
import { addDoctor } from './commands/doctor.ts'
import { addEsf } from './commands/esf.ts'
import { addMeter } from './commands/meter.ts'
import { addExchange } from './commands/exchange.ts'
import { addMap } from './commands/map.ts'
import { addOffer } from './commands/offer.ts'
import { addOperatorKey } from './commands/operator-key.ts'
import { addSigning } from './commands/signing.ts'
import { addSimulate } from './commands/simulate.ts'
import { addResidency } from './commands/residency.ts'
import { addServe } from './commands/serve.ts'
import { addTrust } from './commands/trust.ts'
import { addVerify } from './commands/verify.ts'
import { faultsIn } from './commands/start-refusal.ts'

/** The command line. Exit codes: 0 done, 1 refused (the words say why), 2 the call itself was wrong. */
const program = new Command('daneker')
  .description('Шлюз электронного документооборота · gateway for electronic document exchange')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))

for (const add of [
  addServe,
  addOperatorKey,
  addDemo,
  addDoctor,
  addAdapters,
  addCompany,
  addAccess,
  addOffer,
  addConnection,
  addDocument,
  addEsf,
  addExchange,
  addMap,
  addConfig,
  addDeadline,
  addMeter,
  addArchive,
  addAudit,
  addResidency,
  addSigning,
  addSimulate,
  addTrust,
  addVerify,
])
  add(program)

try {
  await program.parseAsync()
} catch (error) {
  const faults = faultsIn(error)
  if (faults === undefined) throw error
  for (const { code, path, message } of faults) {
    const head = `${code}${path === '' || message.ru.includes(path) ? '' : ` (${path})`}: `
    // A gateway answers in one language; what is found here is told in two.
    const other = message.en === message.ru ? '' : `${' '.repeat(head.length)}${message.en}\n`
    process.stderr.write(`${head}${message.ru}\n${other}`)
  }
  process.exit(1)
}
