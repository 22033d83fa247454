import { readCalendarFolder } from '../../src/adapters/config/index.ts'
import { sha256 } from '../../src/adapters/host/sha256.ts'
import { MemoryCompanies } from '../../src/adapters/memory/companies.ts'
import {
  MemoryBadFaithRegister,
  MemoryContractFiles,
  MemoryMonthlyCounts,
  MemoryNotices,
  MemoryOperatorDocuments,
  MemoryPayments,
  MemoryPickUps,
  MemoryPublications,
} from '../../src/adapters/memory/contract.ts'
import { MemoryLinks } from '../../src/adapters/memory/files.ts'
import { MemoryUnitOfWork } from '../../src/adapters/memory/unit-of-work.ts'
import {
  contractDefaults,
  followContracts,
  openBadFaithDesk,
  openClientContracts,
  openContractDesk,
  openOfferDesk,
  remindPickUps,
  runTerms,
  sendNotices,
  watchLimits,
  type ContractDeps,
  type ContractSettings,
} from '../../src/core/contract/index.ts'
import type { WorkingCalendar } from '../../src/core/deadline/index.ts'
import { silentLog, type Ids } from '../../src/core/kernel/index.ts'
import type { SignatureReport, SignatureVerifier, Signer } from '../../src/core/signature/index.ts'

export const theCalendar = (asOf?: string): WorkingCalendar => {
  const read = readCalendarFolder('config/calendar', { asOf })
  if (!read.ok) throw new Error(read.faults.map(({ message }) => message.en).join('; '))
  return read.value
}

export const houseOperator = '260140007002'

/** A signature that says whose it is and over what, and proves nothing: the real ones have tests of their own. */
export const plainSignature = (taxId: string, data: Uint8Array): Uint8Array =>
  new TextEncoder().encode(`${taxId} ${sha256.digest(data)}`)

const plainSigner = (taxId: string): Signer => ({
  serial: '01',
  sign: (data) => Promise.resolve({ cms: plainSignature(taxId, data) }),
})

const plainVerifier: SignatureVerifier = {
  verify({ cms, data, expected }) {
    const [taxId = '', digest] = new TextDecoder().decode(cms).split(' ')
    const fits = digest === sha256.digest(data)
    const verdict = fits && (expected?.taxId === undefined || expected.taxId === taxId) ? 'VALID' : 'INVALID'
    return Promise.resolve({
      verdict,
      facts: fits
        ? [{ name: 'party', outcome: verdict === 'VALID' ? 'passed' : 'failed', detail: '' }]
        : [{ name: 'message-digest', outcome: 'failed', detail: '' }],
      signers: [{ index: 0, verdict, bin: taxId, roles: ['head'], serial: '01' }],
      checkedAt: new Date(0),
      policyVersion: 'plain',
    } satisfies SignatureReport)
  },
}

/** Ids in their order: the same run makes the same ones. */
const countedIds = (): Ids => {
  let n = 0
  return { next: () => `00000000-0000-7000-8000-${String((n += 1)).padStart(12, '0')}` }
}

export interface HouseOptions {
  now?: string
  settings?: Partial<ContractSettings>
  calendar?: WorkingCalendar
  /** Hand a mail over, or throw what a mail server would. */
  mail?: (message: { to: string; subject: string; text: string }) => void
}

/** The contract room over memory, with a clock that a test moves. */
export const contractHouse = ({
  now = '2026-02-02T06:00:00.000Z',
  settings,
  calendar,
  mail,
}: HouseOptions = {}) => {
  const at = { now: new Date(now) }
  const clock = { now: () => new Date(at.now) }
  const ids = countedIds()
  const unitOfWork = new MemoryUnitOfWork()
  const companies = new MemoryCompanies()
  const notices = new MemoryNotices(ids)
  const documents = new MemoryOperatorDocuments(clock)
  const counts = new MemoryMonthlyCounts()
  const pickUps = new MemoryPickUps()
  const mails: { to: string; subject: string; text: string }[] = []
  const deps: ContractDeps = {
    clock,
    ids,
    hasher: sha256,
    unitOfWork,
    companies,
    files: new MemoryContractFiles(notices),
    notices,
    payments: new MemoryPayments(),
    publications: new MemoryPublications(),
    counts,
    documents,
    pickUps,
    badFaith: new MemoryBadFaithRegister(),
    links: new MemoryLinks(),
    mail: {
      mail: ({ to, subject, text }) => {
        mail?.({ to, subject, text })
        mails.push({ to, subject, text })
        return Promise.resolve({ messageId: `<${mails.length}@test>` })
      },
    },
    verifier: plainVerifier,
    signers: { of: () => Promise.resolve(undefined), noteUse: () => Promise.resolve() },
    operatorSigner: () => Promise.resolve(plainSigner(houseOperator)),
    operatorTaxId: houseOperator,
    calendar: calendar ?? theCalendar(),
    settings: { ...contractDefaults, operatorEmail: 'operator@example.kz', ...settings },
    publicUrl: () => 'https://edo.example.kz',
    linkKeepsMs: 30 * 86_400_000,
  }
  const desk = openContractDesk(deps)
  const offers = openOfferDesk(deps)
  const terms = runTerms(deps)
  const follow = followContracts(deps, silentLog)
  const limits = watchLimits(deps)
  return {
    deps,
    desk,
    offers,
    clients: openClientContracts(desk, offers),
    badFaith: openBadFaithDesk(deps),
    documents,
    counts,
    pickUps,
    mails,
    clock,
    /** Moves the clock to an instant, forward or back. */
    at(instant: string | Date): void {
      at.now = new Date(instant)
    },
    async client(taxId: string, name = `ТОО ${taxId}`) {
      return unitOfWork.run((tx) => companies.register(tx, { id: ids.next(), taxId, name }))
    },
    /** Everything that is due, documents followed, mails sent: what the jobs do in a minute. */
    async tick(): Promise<number> {
      let contracts = 0
      for (let done = await terms(100); done.contracts > 0; done = await terms(100))
        contracts += done.contracts
      for (let page = await follow(undefined, 500); ; page = await follow(page.next, 500))
        if (page.next === undefined) break
      for (let page = await limits(undefined, 500); ; page = await limits(page.next, 500))
        if (page.next === undefined) break
      return contracts
    },
    send: () => sendNotices(deps, silentLog)(10_000),
    remind: () => remindPickUps(deps)(1_000),
    /** An offer, and three tariffs of 10, 100 and any number of documents. */
    async publishAll(): Promise<void> {
      await offers.publish({ kind: 'offer', version: '1', title: 'Оферта' }, text('оферта 1'), 'test')
      for (const [id, price, outgoingPerMonth] of [
        ['small', '10000.00', 10],
        ['large', '50000.00', 100],
        ['endless', '200000.00', undefined],
      ] as const)
        await offers.publish(
          {
            kind: 'tariff',
            version: '1',
            title: id,
            tariff: {
              id,
              name: { ru: id, kk: id, en: id },
              price,
              currency: 'KZT',
              vatRate: '16',
              outgoingPerMonth,
            },
          },
          text(id),
          'test',
        )
    },
    async accept(taxId: string): Promise<void> {
      const { offer } = await offers.current()
      await offers.accept(taxId, { cms: plainSignature(taxId, text(offer?.hash ?? '')), by: 'test' })
    },
    async pay(taxId: string, amount: string, key = ids.next()) {
      const paidOn = new Date(at.now.getTime() + 5 * 3_600_000).toISOString().slice(0, 10)
      const [outcome] = await desk.takePayments(
        [{ key, payerTaxId: taxId, amount, paidOn, purpose: '', source: 'test' }],
        'test',
      )
      return outcome?.outcome
    },
    /** From the offer to an active access in one moment. */
    async activate(taxId: string, tariff = 'small', price = '10000.00'): Promise<void> {
      await this.accept(taxId)
      await desk.invoice(taxId, { tariff }, 'test')
      await this.pay(taxId, price)
      await desk.grant(taxId, 'test')
    },
  }
}

export type ContractHouse = ReturnType<typeof contractHouse>

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

/** БИН with a right check digit for each number. */
export const taxIdOf = (n: number): string => {
  const digits = `2601400${String(n).padStart(4, '0')}`
  const weighed = (weights: number[]): number =>
    weights.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0) % 11
  const first = weighed([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  const check = first === 10 ? weighed([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) : first
  // A number whose check digit cannot be is not given out; its neighbour may be.
  return check === 10 ? taxIdOf(n + 5_000) : `${digits}${check}`
}
