import type { Companies, Company } from '../company/index.ts'
import type { WorkingCalendar } from '../deadline/index.ts'
import { offerTimers, withDayRules } from '../deadline/index.ts'
import type { CompanySigners } from '../exchange/deps.ts'
import type { Hasher, Links } from '../exchange/ports.ts'
import { Outdated } from '../exchange/ports.ts'
import { unknownCompany } from '../company/register.ts'
import { Refusal } from '../exchange/receipt.ts'
import type { Clock, Ids, UnitOfWork } from '../kernel/index.ts'
import type { ProofGatherer, SignatureVerifier, Signer } from '../signature/index.ts'
import { Draft } from './draft.ts'
import { emptyFile, type ContractFile } from './file.ts'
import type {
  BadFaithRegister,
  ContractFiles,
  ContractMail,
  MonthlyCounts,
  Notices,
  OperatorDocuments,
  Payments,
  PickUps,
  Publications,
} from './ports.ts'
import type { ContractSettings, Terms } from './terms.ts'

/** What the use cases of this room need from the world. */
export interface ContractDeps {
  clock: Clock
  ids: Ids
  hasher: Hasher
  unitOfWork: UnitOfWork
  companies: Companies
  files: ContractFiles
  notices: Notices
  payments: Payments
  publications: Publications
  counts: MonthlyCounts
  documents: OperatorDocuments
  pickUps: PickUps
  badFaith: BadFaithRegister
  links: Links
  mail: ContractMail
  verifier: SignatureVerifier
  /** Absent where no authority stamps. */
  gatherer?: ProofGatherer
  /** Keys of clients that the gateway keeps: a client who asks with his own credentials may accept with his. */
  signers: CompanySigners
  /** The key of the operator's company; undefined while it is not set up. */
  operatorSigner(): Promise<Signer | undefined>
  operatorTaxId?: string
  calendar: WorkingCalendar
  settings: ContractSettings
  publicUrl(): string
  /** How long a mailed link opens. */
  linkKeepsMs: number
}

/** What decisions count with, as it stands now. */
export const termsOf = async (
  deps: Pick<ContractDeps, 'publications' | 'calendar' | 'settings'>,
): Promise<Terms> => ({
  calendar: deps.calendar,
  log: await deps.publications.all(),
  settings: deps.settings,
  base: withDayRules(offerTimers, deps.settings.dayRules),
})

export const clientOf = async (deps: Pick<ContractDeps, 'companies'>, taxId: string): Promise<Company> => {
  const company = await deps.companies.byTaxId(taxId)
  if (company === undefined) throw new Refusal('not-found', [unknownCompany()])
  return company
}

/** Between two writers of one contract the second decides again on what the first left. */
const triesAtMost = 5

type ChangingDeps = Pick<
  ContractDeps,
  'clock' | 'hasher' | 'unitOfWork' | 'files' | 'publications' | 'calendar' | 'settings'
>

/**
 * Reads a contract, decides, and writes what was decided, or nothing. A writer in between makes the decision be made
 * again; `decide` must therefore touch nothing but the draft.
 */
export const changeContract = async <T>(
  deps: ChangingDeps,
  companyId: string,
  by: string,
  decide: (draft: Draft) => T,
  /** Written in the same transaction, before the contract; false gives everything up. */
  also?: (tx: Parameters<Parameters<UnitOfWork['run']>[0]>[0], value: T) => Promise<boolean>,
): Promise<{ value: T; file: ContractFile; written: boolean }> => {
  const terms = await termsOf(deps)
  for (let tries = 1; ; tries += 1) {
    const file = (await deps.files.of(companyId)) ?? emptyFile(companyId)
    const draft = new Draft(file, { terms, now: deps.clock.now(), by, hasher: deps.hasher })
    const value = decide(draft)
    const change = draft.done()
    if (change === undefined && also === undefined) return { value, file, written: false }
    try {
      const written = await deps.unitOfWork.run(async (tx) => {
        if (also !== undefined && !(await also(tx, value))) return false
        if (change !== undefined) await deps.files.save(tx, [change])
        return true
      })
      return { value, file: written && change !== undefined ? change.file : file, written }
    } catch (error) {
      if (!(error instanceof Outdated) || tries === triesAtMost) throw error
    }
  }
}
