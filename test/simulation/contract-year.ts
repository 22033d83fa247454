import { createHash } from 'node:crypto'
import { denialOfSending, accessStateAfter, accessTable } from '../../src/core/access/index.ts'
import { breakInEvents, limitAt, type ContractFile } from '../../src/core/contract/index.ts'
import { deadlineOf, endOfAlmatyDay } from '../../src/core/deadline/index.ts'
import { Refusal } from '../../src/core/exchange/index.ts'
import { addDays, almatyDate, almatyMonth, decimal } from '../../src/core/kernel/index.ts'
import { sha256 } from '../../src/adapters/host/sha256.ts'
import { contractHouse, taxIdOf, type ContractHouse } from '../factories/contract-house.ts'

export interface YearOptions {
  seed: number
  clients: number
  /** Days from the start; a contract year with its acts and archives needs some 400. */
  days: number
  /** First day, Almaty. */
  from?: string
}

export interface Year {
  /** SHA-256 over every contract's last hash, in order: the same seed gives the same. */
  hash: string
  states: Record<string, number>
  acts: Record<string, number>
  events: number
  sent: number
  denied: number
  mails: number
  refusals: Record<string, number>
  /** What should not be. Empty in a good year. */
  violations: string[]
}

/** Mulberry32: a small generator that is the same everywhere. */
const generator = (seed: number) => {
  let state = seed >>> 0
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** How a client behaves: drawn once, so that lives differ. */
interface Character {
  taxId: string
  companyId: string
  /** Chance a day that he does what is to be done. */
  diligence: number
  /** Documents he tries to send a day. */
  appetite: number
  /** Chance a day of something out of the ordinary. */
  trouble: number
}

const prices: Record<string, string> = { small: '10000.00', large: '50000.00', endless: '200000.00' }

/** A thousand lives under one offer, day by day, and everything that has to hold of them. */
export const simulateYear = async ({
  seed,
  clients,
  days,
  from = '2026-01-05',
}: YearOptions): Promise<Year> => {
  const random = generator(seed)
  const chance = (p: number): boolean => random() < p
  const oneOf = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  const house = contractHouse({ now: `${from}T04:00:00.000Z`, settings: { limitPolicy: 'restrict' } })
  await house.publishAll()
  const lives: Character[] = []
  for (let n = 1; n <= clients; n += 1) {
    const taxId = taxIdOf(n)
    const { id } = await house.client(taxId)
    lives.push({
      taxId,
      companyId: id,
      diligence: 0.05 + random() * 0.6,
      appetite: Math.floor(random() * 4),
      trouble: random() * 0.01,
    })
  }

  const year: Year = {
    hash: '',
    states: {},
    acts: {},
    events: 0,
    sent: 0,
    denied: 0,
    mails: 0,
    refusals: {},
    violations: [],
  }
  const used = new Map<string, number>()
  const paidIn = new Map<string, string>()
  const keys: { key: string; taxId: string; amount: string }[] = []
  let paymentNumber = 0

  /** Whatever a client or the operator tries may be refused with a code; anything else is a defect. */
  const tried = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (error instanceof Refusal) {
        const code = error.faults[0]?.code ?? '?'
        year.refusals[code] = (year.refusals[code] ?? 0) + 1
      } else year.violations.push(`${what}: ${error instanceof Error ? error.message : 'thrown'}`)
    }
  }
  const pay = async (taxId: string, amount: string, key = `line-${(paymentNumber += 1)}`): Promise<void> => {
    const outcome = await house.pay(taxId, amount, key)
    if (outcome !== 'known') {
      paidIn.set(
        taxId,
        decimal(paidIn.get(taxId) ?? '0')
          .plus(amount)
          .toFixed(2),
      )
      keys.push({ key, taxId, amount })
    }
  }

  for (let day = 0; day <= days; day += 1) {
    const on = addDays(from, day)
    house.at(`${on}T04:00:00.000Z`)
    if (day === 90) {
      await house.offers.publish(
        { kind: 'offer', version: '2', title: 'Оферта' },
        new TextEncoder().encode('оферта 2'),
        'test',
      )
    }
    for (const life of lives) await liveOneDay(life)
    moveDocuments(house, random, on)
    // The gateway's own day: what is due, what became of documents, limits; now and then it sleeps for days.
    if (day === days || !chance(0.02)) await house.tick()
    if (day === days || chance(0.5)) await house.send()
    await look(day)
  }

  year.mails = house.mails.length
  const heads: string[] = []
  for (const { companyId, taxId } of lives) {
    const file = await house.deps.files.of(companyId)
    const events = await house.deps.files.events(companyId)
    year.events += events.length
    heads.push(`${taxId} ${file?.chain.hash ?? ''}`)
    year.states[file?.state ?? 'NONE'] = (year.states[file?.state ?? 'NONE'] ?? 0) + 1
    for (const { state } of file?.acts ?? []) year.acts[state] = (year.acts[state] ?? 0) + 1
    checkChain(taxId, events)
    if (file !== undefined) checkEnd(file, taxId)
  }
  const open = (await house.deps.notices.list({ open: true, limit: 1e9 })).filter(
    ({ trouble, attempts }) => trouble !== 'no address' && attempts > 0,
  )
  if (open.length > 0) year.violations.push(`${open.length} mails were tried and are owed`)
  year.hash = createHash('sha256').update(heads.join('\n')).digest('hex')
  return year

  async function liveOneDay({ taxId, companyId, diligence, appetite, trouble }: Character): Promise<void> {
    const file = await house.deps.files.of(companyId)
    const state = file?.state ?? 'NONE'
    if (state === 'NONE' && chance(diligence * 0.3)) {
      await tried('accept', () => house.accept(taxId))
      if (chance(0.9))
        await tried('requisites', () =>
          house.desk.requisites(taxId, { changedOn: on(), email: `c${taxId}@example.kz` }, 'client'),
        )
    }
    if ((state === 'ACCEPTED' || state === 'LAPSED') && chance(diligence))
      await tried('invoice', () =>
        house.desk.invoice(taxId, { tariff: oneOf(['small', 'small', 'large', 'endless']) }, 'client'),
      )
    if (file?.invoice?.state === 'open' && chance(diligence)) {
      const { amount } = file.invoice
      const part = chance(0.1) ? '5000.00' : chance(0.05) ? decimal(amount).plus('1.00').toFixed(2) : amount
      await tried('pay', () => pay(taxId, part))
    }
    // A statement that overlaps the last one: the same lines again.
    const again = keys.length > 0 && chance(0.01) ? oneOf(keys) : undefined
    if (again !== undefined) await tried('pay again', () => pay(again.taxId, again.amount, again.key))
    if (state === 'PAID' && chance(0.35)) await tried('grant', () => house.desk.grant(taxId, 'operator'))
    for (let n = 0; n < appetite; n += 1) await send(file, companyId)
    if (state === 'RESTRICTED' && file?.restriction === 'limit' && chance(diligence)) {
      await tried('upgrade', () =>
        house.desk.askUpgrade(taxId, oneOf(['small', 'large', 'endless']), 'client'),
      )
      await tried('approve', () => house.desk.approveUpgrade(taxId, 'operator'))
    }
    const endsSoon =
      file?.expiresAt !== undefined &&
      file.expiresAt.getTime() - house.clock.now().getTime() < 20 * 86_400_000
    if (
      (state === 'ACTIVE' || state === 'RESTRICTED') &&
      endsSoon &&
      file?.invoice?.state !== 'open' &&
      chance(diligence * 0.3)
    )
      await tried('renew', () => house.desk.invoice(taxId, { tariff: oneOf(Object.keys(prices)) }, 'client'))
    if (state !== 'NONE' && chance(trouble)) await somethingHappens(taxId)
  }

  function on(): string {
    return almatyDate(house.clock.now())
  }

  /** The gate, as the exchange asks it. */
  async function send(file: ContractFile | undefined, companyId: string): Promise<void> {
    if (file === undefined) return
    const now = house.clock.now()
    const month = almatyMonth(now)
    const counted = used.get(`${companyId} ${month}`) ?? 0
    const perMonth = limitAt(file, now)
    const denial = denialOfSending(
      {
        companyId,
        state: file.state,
        expiresAt: file.expiresAt,
        sendsUnderNotice: file.sendsUnderNotice,
        limit: perMonth === undefined ? undefined : { perMonth, used: counted, policy: 'restrict' },
      },
      now,
    )
    if (denial !== undefined) {
      year.denied += 1
      return
    }
    const inPeriod = file.periods.some(({ fromAt, toAt }) => fromAt <= now && now < toAt)
    if (!inPeriod) year.violations.push(`${companyId} sent outside of a period on ${on()}`)
    if (perMonth !== undefined && counted + 1 > perMonth)
      year.violations.push(`${companyId} sent over its limit`)
    used.set(`${companyId} ${month}`, counted + 1)
    house.counts.add(companyId, month, 1)
    year.sent += 1
  }

  async function somethingHappens(taxId: string): Promise<void> {
    const reason = 'Не согласны с условиями обслуживания'
    await oneOf<() => Promise<void>>([
      () =>
        tried('terminate', () =>
          house.desk.terminate(taxId, oneOf(['client', 'operator']), undefined, 'test'),
        ),
      () => tried('breach', () => house.desk.breach(taxId, reason, 'operator')),
      () => tried('consent', () => house.desk.consent(taxId, 'personal-data', false, 'client')),
      () => tried('marketing', () => house.desk.consent(taxId, 'marketing', chance(0.5), 'client')),
      () => tried('object', () => house.desk.object(taxId, { reason }, 'client')),
      () => tried('claim', () => house.desk.claim(taxId, reason, 'client')),
      () =>
        tried('answer', () =>
          house.desk.answerClaim(taxId, 'П-1', { answer: 'refused', reason }, 'operator'),
        ),
      () =>
        tried('bonus', () =>
          house.desk.grantBonus(
            taxId,
            { amount: '500.00', reason, expiresOn: addDays(on(), 60) },
            'operator',
          ),
        ),
      () =>
        tried('force majeure', () =>
          house.desk.forceMajeure(
            taxId,
            { onsetOn: addDays(on(), -Math.floor(random() * 12)), text: reason, side: 'client' },
            'client',
          ),
        ),
      () => tried('direct', () => house.desk.grant(taxId, 'operator')),
      () => tried('nonsense', () => house.desk.requisites(taxId, { changedOn: 'never' }, 'client')),
    ])()
  }

  /** What holds on any day. */
  async function look(day: number): Promise<void> {
    if (day % 30 !== 0) return
    const now = house.clock.now()
    const month = almatyMonth(now)
    const ids = lives.map(({ companyId }) => companyId)
    const counts = await house.deps.counts.of(ids, month)
    for (const id of ids)
      if ((counts.get(id) ?? 0) !== (used.get(`${id} ${month}`) ?? 0))
        year.violations.push(`I6: ${id} counted otherwise in ${month}`)
  }

  function checkChain(
    taxId: string,
    events: Awaited<ReturnType<ContractHouse['deps']['files']['events']>>,
  ): void {
    if (breakInEvents(events, sha256) !== undefined)
      year.violations.push(`I8: the chain of ${taxId} is broken`)
    let state = 'NONE'
    let at = 0
    for (const event of events) {
      if (event.from !== state) year.violations.push(`I9: ${taxId} jumped from ${state} to ${event.from}`)
      const moves =
        event.from !== event.to ||
        accessTable.some(
          ({ happening, from: states }) => happening === event.name && states.includes(event.from),
        )
      const after = accessStateAfter(event.from, event.name as Parameters<typeof accessStateAfter>[1])
      if (moves && after !== event.to)
        year.violations.push(`I9: ${taxId} ${event.name} moved ${event.from} to ${event.to}`)
      if (event.clause === '') year.violations.push(`${taxId} ${event.name} cites no clause`)
      if (event.at.getTime() < at)
        year.violations.push(`${taxId} ${event.name} lies before the fact it follows`)
      at = event.at.getTime()
      state = event.to
      if (event.name === 'term-started')
        checkTerm(
          taxId,
          event.details as {
            deadline: {
              clause: string
              startedAt: Date
              dueOn: string
              startFact: string
              dayRule: { count: number }
              notAfter?: string
            }
          },
        )
    }
  }

  /** Every deadline that was set is what the calendar says of its fact, counted again. */
  function checkTerm(
    taxId: string,
    {
      deadline,
    }: {
      deadline: {
        clause: string
        startedAt: Date
        dueOn: string
        startFact: string
        dayRule: { count: number }
        notAfter?: string
      }
    },
  ): void {
    const again = deadlineOf(deadline.clause, new Date(deadline.startedAt), house.deps.calendar)
    const isSetting = deadline.clause === 'S14' && deadline.dayRule.count === 30
    if (!again.ok || (!isSetting && again.value.dueOn !== deadline.dueOn && deadline.notAfter === undefined))
      year.violations.push(
        `${taxId} ${deadline.clause} from ${String(deadline.startedAt)} is due ${deadline.dueOn}`,
      )
  }

  function checkEnd(file: ContractFile, taxId: string): void {
    const now = house.clock.now()
    for (const { clause, moments, deadline } of file.timers) {
      if (moments[0] !== undefined && moments[0].at <= now)
        year.violations.push(`I5: ${taxId} ${clause} was due ${deadline.dueOn} and nothing happened`)
    }
    // Every tenge that came in is a period, an invoice that waits, or credit.
    const held = file.periods.reduce((sum, { paid }) => sum.plus(paid), decimal('0')).plus(file.credit)
    const waiting =
      file.invoice !== undefined &&
      (file.invoice.state === 'open' || file.state === 'PAID' || file.termination?.before === 'PAID')
        ? file.invoice.paid
        : '0'
    if (!held.plus(waiting).eq(paidIn.get(taxId) ?? '0'))
      year.violations.push(
        `I1: ${taxId} paid ${paidIn.get(taxId) ?? '0'}, the file holds ${held.plus(waiting).toFixed(2)}`,
      )
    for (const act of file.acts)
      if (act.state === 'SENT' && act.deadline !== undefined && act.deadline.dueAt <= now)
        year.violations.push(`I5: act ${act.id} is neither answered nor deemed accepted`)
    if (file.state === 'ACTIVE' && file.expiresAt !== undefined && file.expiresAt <= now)
      year.violations.push(`${taxId} is ACTIVE after its end`)
    if (file.stoppedAt !== undefined) {
      const archive = file.timers.find(({ clause, subject }) => clause === 'S14' && subject === '')
      const least = endOfAlmatyDay(addDays(almatyDate(file.stoppedAt), 3 * 365 - 1))
      if (file.state !== 'PURGED' && (archive === undefined || archive.deadline.dueAt < least))
        year.violations.push(`${taxId} keeps its archive for less than three years`)
    }
  }
}

/** The exchange and the people behind it: documents are signed and delivered, opened, answered, or left alone. */
const moveDocuments = (house: ContractHouse, random: () => number, on: string): void => {
  const at = new Date(`${on}T07:00:00.000Z`)
  for (const [id, { kind }] of house.documents.orders) {
    const fate = house.documents.peek(id)
    if (fate === undefined || fate.answer !== undefined || fate.registrationNumber !== undefined) continue
    if (fate.deliveredAt === undefined) house.documents.move(id, { signed: true, deliveredAt: at })
    else if (kind === 'tax-invoice') house.documents.move(id, { registrationNumber: `ESF-${id}` })
    else if (kind === 'act' && fate.viewedAt === undefined && random() < 0.4)
      house.documents.move(id, { viewedAt: at })
    else if (kind === 'act' && fate.viewedAt !== undefined && random() < 0.15)
      house.documents.move(id, {
        answer:
          random() < 0.8
            ? { word: 'accepted', at }
            : { word: 'refused', at, reason: 'Услуга оказана не полностью' },
      })
  }
}
