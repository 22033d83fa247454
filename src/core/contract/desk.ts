import type { Company } from '../company/index.ts'
import {
  actAlreadyDeemed,
  badAmount,
  badDay,
  badText,
  consentMissing,
  noAct,
  reasonNeeded,
  unknownTariff,
} from './faults.ts'
import { clauseOfConsent, setConsent } from './accept-offer.ts'
import { actReceived } from './act.ts'
import { bonusLeft, grantBonus } from './bonus.ts'
import { changeContract, clientOf, termsOf, type ContractDeps } from './deps.ts'
import type { Draft } from './draft.ts'
import { endForBreach, isReason, notifyTermination, objectTo, withdrawConsent } from './endings.ts'
import {
  consentNames,
  emptyFile,
  hasConsent,
  periodAt,
  requisitesOn,
  type ConsentName,
  type ContractFile,
} from './file.ts'
import { followContract } from './follow.ts'
import { grantAccess, grantDirectly } from './grant.ts'
import { makeInvoice, takePayment } from './invoice.ts'
import { approveUpgrade, askUpgrade, limitAt } from './limits.ts'
import { isSum } from './money.ts'
import type { Payment } from './ports.ts'
import { heldAt, offerVersionAt, tariffsAt, type Publication } from './publication.ts'
import * as records from './records.ts'
import type { PinnedTariff } from './tariff.ts'
import { need, type Terms } from './terms.ts'
import { whatIf } from './what-if.ts'
import { Refusal } from '../exchange/receipt.ts'
import type { DocumentRecord } from '../exchange/document-record.ts'
import {
  almatyDate,
  almatyMonth,
  decimal,
  isLocalDate,
  isTaxId,
  type DecimalText,
  type Fault,
} from '../kernel/index.ts'
import { breakInEvents } from './draft.ts'

/** A payment before it is matched: what a line of a statement says. */
export type StatementLine = Pick<Payment, 'key' | 'payerTaxId' | 'amount' | 'paidOn' | 'purpose' | 'source'>

export interface PaymentOutcome {
  key: string
  /** `known`: the same line was taken before, nothing was changed. */
  outcome: Payment['outcome'] | 'known'
  companyId?: string
}

/**
 * Everything the two sides do under the offer, by a client's tax id. Client and operator call the same functions; `by`
 * says who did. All throw `Refusal` for what the caller can put right.
 */
export const openContractDesk = (deps: ContractDeps) => {
  const change = async <T>(taxId: string, by: string, decide: (draft: Draft) => T) => {
    const company = await clientOf(deps, taxId)
    const { value, file } = await changeContract(deps, company.id, by, decide)
    return { value, file, company }
  }

  /** Documents that became due are made at once, not with the next job; whatever stands in the way waits for the job. */
  const followed = async (file: ContractFile): Promise<ContractFile> => {
    await followContract(deps, file)
    return (await deps.files.of(file.companyId)) ?? file
  }

  const pinned = async (id: string): Promise<PinnedTariff> => {
    const held = tariffsAt(await deps.publications.all(), deps.clock.now())
    const found = held.find(({ subject }) => subject === id)
    if (found?.tariff === undefined)
      throw new Refusal('invalid', [
        unknownTariff(
          id,
          held.map(({ subject }) => subject),
        ),
      ])
    return { ...found.tariff, publication: found.seq, hash: found.hash }
  }

  const isoDay = (path: string, text: string): string => {
    if (!isLocalDate(text)) throw new Refusal('invalid', [badDay(path)])
    return text
  }

  return {
    /** The access and everything behind it, as both sides may see it. */
    async show(taxId: string) {
      const company = await clientOf(deps, taxId)
      const file = (await deps.files.of(company.id)) ?? emptyFile(company.id)
      const terms = await termsOf(deps)
      return viewOf(company, file, terms, deps.clock.now(), await usedOf(deps, company.id))
    },

    /** Every fact of the contract, first to last, and whether the chain holds. */
    async history(taxId: string) {
      const { id } = await clientOf(deps, taxId)
      const events = await deps.files.events(id)
      return { events, broken: breakInEvents(events, deps.hasher) }
    },

    async invoice(taxId: string, asked: { tariff: string; bonus?: DecimalText }, by: string) {
      const tariff = await pinned(asked.tariff)
      const number = String(await deps.files.nextNumber()).padStart(8, '0')
      const id = deps.ids.next()
      const { file } = await change(taxId, by, (draft) =>
        makeInvoice(draft, { id, number, tariff, bonus: asked.bonus }),
      )
      return followed(file)
    },

    /** Takes lines of a statement, each once for ever, whatever file brings it again. */
    async takePayments(lines: readonly StatementLine[], by: string): Promise<PaymentOutcome[]> {
      const outcomes: PaymentOutcome[] = []
      for (const line of lines) outcomes.push(await takeLine(deps, line, by))
      return outcomes
    },

    payments: (filter: { taxId?: string; outcome?: Payment['outcome'] }) => paymentsOf(deps, filter),

    async grant(taxId: string, by: string) {
      const { file } = await change(taxId, by, grantAccess)
      return followed(file)
    },

    async grantDirectly(company: Company, months: number, by: string): Promise<ContractFile> {
      const { file } = await changeContract(deps, company.id, by, (draft) => grantDirectly(draft, months))
      return file
    },

    askUpgrade: async (taxId: string, tariffId: string, by: string) => {
      const tariff = await pinned(tariffId)
      return (await change(taxId, by, (draft) => askUpgrade(draft, tariff))).file
    },

    approveUpgrade: async (taxId: string, by: string) => (await change(taxId, by, approveUpgrade)).file,

    grantBonus: async (
      taxId: string,
      bonus: { amount: DecimalText; reason: string; expiresOn: string },
      by: string,
    ) => {
      const id = deps.ids.next()
      const reason = records.textOf(bonus.reason, 'reason')
      const expiresOn = isoDay('expiresOn', bonus.expiresOn)
      return (await change(taxId, by, (draft) => grantBonus(draft, { ...bonus, id, reason, expiresOn }))).file
    },

    terminate: async (taxId: string, side: 'client' | 'operator', reason: string | undefined, by: string) =>
      (
        await change(taxId, by, (draft) =>
          notifyTermination(draft, side, reason === undefined ? undefined : records.textOf(reason, 'reason')),
        )
      ).file,

    breach: async (taxId: string, reason: string | undefined, by: string) =>
      (await change(taxId, by, (draft) => endForBreach(draft, reason))).file,

    /** Against the newest change of the offer, or the one named. */
    async object(taxId: string, asked: { publication?: number; reason?: string }, by: string) {
      const log = await deps.publications.all()
      const changes = log.filter(({ kind }) => kind === 'offer' || kind === 'tariff' || kind === 'regulation')
      const against =
        asked.publication === undefined
          ? changes.at(-1)
          : changes.find(({ seq }) => seq === asked.publication)
      if (against === undefined) throw new Refusal('not-found', [badText('publication')])
      return (await change(taxId, by, (draft) => objectTo(draft, against, asked.reason))).file
    },

    /** One line of the consent ledger; taking back the first consent ends the contract (offer 6.4). */
    async consent(taxId: string, name: string, given: boolean, by: string) {
      const known = consentNames.find((one) => one === name)
      if (known === undefined) throw new Refusal('invalid', [badText(`consent: ${consentNames.join(', ')}`)])
      return (
        await change(taxId, by, (draft) => {
          if (known === 'personal-data' && !given) withdrawConsent(draft)
          else if (hasConsent(draft.file, known) !== given) setConsent(draft, known, given)
        })
      ).file
    },

    /** The fault that stands before a component that needs a third party (offer 10.6). */
    async consentDenial(companyId: string, name: ConsentName): Promise<Fault | undefined> {
      const file = await deps.files.of(companyId)
      return file !== undefined && hasConsent(file, name)
        ? undefined
        : consentMissing(name, clauseOfConsent[name])
    },

    requisites: async (
      taxId: string,
      told: { changedOn: string } & Parameters<typeof records.tellRequisites>[2],
      by: string,
    ) => {
      const { changedOn, ...values } = told
      return (await change(taxId, by, (draft) => records.tellRequisites(draft, changedOn, values))).value
    },

    /** The requisites as they were on a day. */
    async requisitesOn(taxId: string, on: string) {
      const { id } = await clientOf(deps, taxId)
      return requisitesOn((await deps.files.of(id)) ?? emptyFile(id), isoDay('on', on))
    },

    override: async (taxId: string, note: string, by: string) =>
      (
        await change(taxId, by, (draft) => {
          draft.file.override = { note: records.textOf(note, 'note'), at: draft.now, by }
          draft.note('override-recorded', '10.13', { note })
        })
      ).file,

    /** A receipt of the message about the act that the gateway could not see: a delivery report, a registered letter. */
    async actReceived(taxId: string, { evidence, on }: { evidence: string; on?: string }, by: string) {
      const receipt = records.textOf(evidence, 'evidence')
      const day = on === undefined ? undefined : isoDay('on', on)
      return (
        await change(taxId, by, (draft) => {
          const act = draft.file.acts.find(({ state }) => state === 'SENT')
          if (act === undefined) throw new Refusal('conflict', [noAct()])
          const at =
            day === undefined
              ? draft.now
              : new Date(Math.min(Date.parse(`${day}T12:00:00+05:00`), draft.now.getTime()))
          if (act.sentAt !== undefined && almatyDate(at) < almatyDate(act.sentAt))
            throw new Refusal('invalid', [badDay('on')])
          actReceived(draft, act, at, receipt)
        })
      ).file
    },

    /**
     * Why a refusal of this document cannot be taken any more, asked before it is: an act of access is accepted in full
     * after three working days (offer 4.2), whether or not the job has run, and a refusal of it needs a reason.
     */
    async refusalDenial(record: DocumentRecord, reason: string | undefined): Promise<Fault | undefined> {
      if (record.kind !== 'act' || record.senderTaxId !== deps.operatorTaxId) return undefined
      const client = await deps.companies.byTaxId(record.recipientTaxId)
      const file = client === undefined ? undefined : await deps.files.of(client.id)
      const act = file?.acts.find(({ documentId }) => documentId === record.id)
      if (act === undefined) return undefined
      const { deadline, closedAt, state } = act
      const now = deps.clock.now()
      if (deadline !== undefined && (state === 'DEEMED_ACCEPTED' || now >= deadline.dueAt))
        return actAlreadyDeemed(deadline, closedAt ?? deadline.dueAt)
      return isReason(reason) ? undefined : reasonNeeded('4.2')
    },

    claim: async (taxId: string, text: string | undefined, by: string) => {
      const id = deps.ids.next()
      return (await change(taxId, by, (draft) => records.openClaim(draft, id, text))).value
    },

    answerClaim: async (
      taxId: string,
      id: string,
      { answer, reason }: { answer: 'satisfied' | 'refused'; reason?: string },
      by: string,
    ) => (await change(taxId, by, (draft) => records.answerClaim(draft, id, answer, reason))).file,

    incident: async (taxId: string, text: string | undefined, by: string) => {
      const id = deps.ids.next()
      return (await change(taxId, by, (draft) => records.reportIncident(draft, id, text))).value
    },

    closeIncident: async (taxId: string, id: string, outcome: string | undefined, by: string) =>
      (await change(taxId, by, (draft) => records.closeIncident(draft, id, outcome))).file,

    forceMajeure: async (
      taxId: string,
      told: { onsetOn: string; text?: string; side: 'client' | 'operator' },
      by: string,
    ) => {
      const id = deps.ids.next()
      return (
        await change(taxId, by, (draft) =>
          records.tellForceMajeure(draft, id, { onsetOn: told.onsetOn, text: told.text, side: told.side }),
        )
      ).value
    },

    disclosure: async (taxId: string, told: { to?: string; basis?: string; scope?: string }, by: string) => {
      const id = deps.ids.next()
      return (await change(taxId, by, (draft) => records.recordDisclosure(draft, id, told))).value
    },

    /** What would happen if access were activated on a day. */
    async whatIf(taxId: string | undefined, on: string) {
      const day = isoDay('on', on)
      if (taxId !== undefined) await clientOf(deps, taxId)
      return need(whatIf(await termsOf(deps), day))
    },

    notices: async (filter: { taxId?: string; open?: boolean }) =>
      deps.notices.list({
        ...(filter.taxId === undefined ? {} : { companyId: (await clientOf(deps, filter.taxId)).id }),
        open: filter.open,
        limit: 200,
      }),

    list: (filter: { state?: ContractFile['state']; after?: string }) =>
      deps.files.list({ ...filter, limit: 200 }),

    /** Publishes to all what was published: one notice for each client with a contract. */
    async announce(entry: Publication): Promise<number> {
      const facts = {
        title: entry.title,
        version: entry.version,
        effectiveOn: entry.effectiveOn,
        url: `${deps.publicUrl()}/offer/${entry.seq}`,
      }
      let told = 0
      for (let after: string | undefined = ''; after !== undefined;) {
        const page: ContractFile[] = await deps.files.list({
          after: after === '' ? undefined : after,
          limit: 500,
        })
        const running = page.filter(
          ({ state }) =>
            !['NONE', 'PURGED', 'TERMINATED', 'BREACH_ENDED', 'CONSENT_WITHDRAWN'].includes(state),
        )
        await deps.unitOfWork.run((tx) =>
          deps.notices.add(
            tx,
            running.map(({ companyId }) => ({
              companyId,
              to: 'client' as const,
              kind: 'publication' as const,
              key: `publication:${entry.seq}`,
              facts,
              dueAt: deps.clock.now(),
            })),
          ),
        )
        told += running.length
        after = page.length < 500 ? undefined : page.at(-1)?.companyId
      }
      return told
    },
  }
}

export type ContractDesk = ReturnType<typeof openContractDesk>

const usedOf = async (deps: Pick<ContractDeps, 'counts' | 'clock'>, companyId: string) => {
  const month = almatyMonth(deps.clock.now())
  return { month, used: (await deps.counts.of([companyId], month)).get(companyId) ?? 0 }
}

const viewOf = (
  company: Company,
  file: ContractFile,
  terms: Terms,
  now: Date,
  { month, used }: { month: string; used: number },
) => ({
  taxId: company.taxId,
  name: company.name,
  state: file.state,
  restriction: file.restriction,
  offerVersion: offerVersionAt(terms.log, now),
  offerHeld: heldAt(terms.log, 'offer', 'offer', now)?.hash,
  acceptance: file.acceptance,
  activatedAt: file.activatedAt,
  expiresAt: file.expiresAt,
  stoppedAt: file.stoppedAt,
  tariff: periodAt(file, now)?.tariff,
  limit: { month, used, perMonth: limitAt(file, now), policy: terms.settings.limitPolicy },
  periods: file.periods,
  invoice: file.invoice,
  credit: file.credit,
  bonus: bonusLeft(file, almatyDate(now)),
  acts: file.acts,
  upgrade: file.upgrade,
  termination: file.termination,
  consents: file.consents,
  requisites: file.requisites,
  override: file.override,
  records: file.records,
  timers: file.timers.map(({ clause, subject, deadline, moments }) => ({
    clause,
    subject,
    paragraph: deadline.paragraph,
    offerVersion: deadline.offerVersion,
    startFact: deadline.startFact,
    startedOn: deadline.startedOn,
    dayRule: deadline.dayRule,
    calendarVersion: deadline.calendarVersion,
    dueOn: deadline.dueOn,
    dueAt: deadline.dueAt,
    next: moments[0],
  })),
})

const takeLine = async (deps: ContractDeps, line: StatementLine, by: string): Promise<PaymentOutcome> => {
  const { key, payerTaxId, paidOn } = line
  if (!isSum(line.amount)) throw new Refusal('invalid', [badAmount('amount')])
  if (!isLocalDate(paidOn) || paidOn > almatyDate(deps.clock.now()))
    throw new Refusal('invalid', [badDay('paidOn')])
  records.textOf(key, 'key')
  const amount = decimal(line.amount).toFixed(2)
  const known = await deps.payments.byKey(key)
  if (known !== undefined) return { key, outcome: 'known', companyId: known.companyId }
  const company = isTaxId(payerTaxId) ? await deps.companies.byTaxId(payerTaxId) : undefined
  const payment = { ...line, amount, at: deps.clock.now(), by }
  if (company === undefined) {
    const isNew = await deps.unitOfWork.run((tx) =>
      deps.payments.record(tx, { ...payment, outcome: 'unmatched' }),
    )
    return { key, outcome: isNew ? 'unmatched' : 'known' }
  }
  const { value, written } = await changeContract(
    deps,
    company.id,
    by,
    (draft) => takePayment(draft, { key, amount, paidOn, source: line.source, purpose: line.purpose }),
    // The line and what it did stand or fall together: of two that come at once, one finds it known.
    (tx, outcome) => deps.payments.record(tx, { ...payment, companyId: company.id, outcome }),
  )
  return { key, outcome: written ? value : 'known', companyId: company.id }
}

const paymentsOf = async (
  deps: Pick<ContractDeps, 'payments' | 'companies'>,
  { taxId, outcome }: { taxId?: string; outcome?: Payment['outcome'] },
): Promise<Payment[]> =>
  deps.payments.list({
    companyId: taxId === undefined ? undefined : (await clientOf(deps, taxId)).id,
    outcome,
    limit: 200,
  })
