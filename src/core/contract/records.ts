import { isMissed, startOfAlmatyDay } from '../deadline/index.ts'
import { Refusal } from '../exchange/receipt.ts'
import { addDays, almatyDate, isLocalDate, type LocalDate } from '../kernel/index.ts'
import type { Draft } from './draft.ts'
import { isReason } from './endings.ts'
import { badDay, badText, noSuchRecord, reasonNeeded, recordClosed } from './faults.ts'
import type { ContractRecord, Requisites } from './file.ts'
import { plus } from './money.ts'
import { termOf } from './terms.ts'

/** A text a person wrote: 1 to 2000 characters, none of them a control. */
export const textOf = (text: string | undefined, path: string): string => {
  const trimmed = text?.trim() ?? ''
  if (trimmed === '' || trimmed.length > 2000 || /[^\P{Cc}\n\r\t]/u.test(trimmed))
    throw new Refusal('invalid', [badText(path)])
  return trimmed
}

const open = (
  draft: Draft,
  record: Pick<ContractRecord, 'id' | 'kind' | 'state' | 'text'> & { facts?: Record<string, string> },
): ContractRecord => {
  const number = `${prefixes[record.kind]}-${draft.file.records.filter(({ kind }) => kind === record.kind).length + 1}`
  const made: ContractRecord = {
    ...record,
    facts: record.facts ?? {},
    number,
    openedAt: draft.now,
    by: draft.by,
  }
  draft.file.records.push(made)
  return made
}

const prefixes = { claim: 'П', incident: 'И', 'force-majeure': 'ФМ', disclosure: 'Р' }

const found = (draft: Draft, kind: ContractRecord['kind'], id: string): ContractRecord => {
  const record = draft.file.records.find((one) => one.kind === kind && (one.id === id || one.number === id))
  if (record === undefined) throw new Refusal('not-found', [noSuchRecord()])
  if (record.closedAt !== undefined) throw new Refusal('conflict', [recordClosed(record.state)])
  return record
}

/** A reasoned written claim: ten working days to satisfy or refuse it; its card shows what liability is bounded by (offer 5.2, 7.1-7.3). */
export const openClaim = (draft: Draft, id: string, text: string | undefined): ContractRecord => {
  if (!isReason(text)) throw new Refusal('invalid', [reasonNeeded('7.2')])
  const paid = draft.file.periods.reduce((sum, period) => plus(sum, period.paid), '0.00')
  const claim = open(draft, {
    id,
    kind: 'claim',
    state: 'OPEN',
    text: textOf(text, 'text'),
    facts: { liabilityUpTo: paid },
  })
  draft.note('claim-opened', '7.2', { id, number: claim.number, liabilityUpTo: paid })
  claim.deadline = termOf(draft.terms, 'S42', draft.now)
  draft.start(claim.deadline, id)
  const facts = { number: claim.number, dueOn: claim.deadline.dueOn, sum: paid }
  draft.tell('claim-received', id, facts)
  draft.tell('claim-received', `operator:${id}`, facts, { to: 'operator' })
  return claim
}

export const answerClaim = (
  draft: Draft,
  id: string,
  answer: 'satisfied' | 'refused',
  reason: string | undefined,
): void => {
  const claim = found(draft, 'claim', id)
  if (answer === 'refused' && !isReason(reason)) throw new Refusal('invalid', [reasonNeeded('7.3')])
  claim.state = answer === 'satisfied' ? 'SATISFIED' : 'REFUSED'
  claim.closedAt = draft.now
  claim.outcome = reason?.trim()
  draft.stop('S42', claim.id)
  draft.note('claim-answered', '7.3', { id: claim.id, answer, reason: claim.outcome })
  const said = answer === 'satisfied' ? 'удовлетворена' : `отказ: ${claim.outcome ?? ''}`
  draft.tell('claim-answered', claim.id, { number: claim.number, outcome: said })
}

/** Ten working days of silence may be taken as a refusal (offer 7.4). */
export const silenceOnClaim = (draft: Draft, id: string): void => {
  const claim = draft.file.records.find((one) => one.id === id)
  if (claim === undefined || claim.closedAt !== undefined) return
  claim.state = 'SILENT_REFUSAL'
  claim.closedAt = draft.now
  draft.note('claim-silent-refusal', '7.4', { id, dueOn: claim.deadline?.dueOn })
  draft.tell('claim-answered', id, {
    number: claim.number,
    outcome: 'ответа нет, отказ по умолчанию (п. 7.4)',
  })
}

/** A third party's attempt, reported at once and acknowledged at once (offer 3.4.6). */
export const reportIncident = (draft: Draft, id: string, text: string | undefined): ContractRecord => {
  const incident = open(draft, { id, kind: 'incident', state: 'ACKNOWLEDGED', text: textOf(text, 'text') })
  draft.note('incident-reported', '3.4.6', { id, number: incident.number })
  const facts = { number: incident.number, text: incident.text }
  draft.tell('incident-received', id, facts)
  draft.tell('incident-received', `operator:${id}`, facts, { to: 'operator' })
  return incident
}

export const closeIncident = (draft: Draft, id: string, outcome: string | undefined): void => {
  const incident = found(draft, 'incident', id)
  incident.state = 'CLOSED'
  incident.closedAt = draft.now
  incident.outcome = textOf(outcome, 'outcome')
  draft.note('incident-closed', '3.4.6', { id: incident.id, outcome: incident.outcome })
}

/**
 * Force majeure, told to the other side: within five working days of its onset it may be relied on, later not (offer
 * 5.3-5.5). Terms that run are marked with it and run on: nothing is erased.
 */
export const tellForceMajeure = (
  draft: Draft,
  id: string,
  { onsetOn, text, side }: { onsetOn: string; text: string | undefined; side: 'client' | 'operator' },
): ContractRecord => {
  const today = almatyDate(draft.now)
  if (!isLocalDate(onsetOn) || onsetOn > today) throw new Refusal('invalid', [badDay('onsetOn')])
  const deadline = termOf(draft.terms, 'S38', startOfAlmatyDay(onsetOn))
  const isLate = isMissed(deadline, draft.now)
  const running = draft.file.timers.map(({ clause, subject, deadline: { dueOn } }) => ({
    clause,
    subject,
    dueOn,
  }))
  const card = open(draft, {
    id,
    kind: 'force-majeure',
    state: isLate ? 'TOLD_LATE' : 'TOLD',
    text: textOf(text, 'text'),
    facts: { onsetOn, side, toldOn: today },
  })
  card.deadline = deadline
  draft.note('force-majeure-told', '5.3-5.5', { id, onsetOn, side, isLate, deadline, marks: running })
  const facts = { number: card.number, text: card.text, onset: onsetOn, dueOn: deadline.dueOn, told: today }
  draft.tell('force-majeure', id, facts, { to: side === 'client' ? 'operator' : 'client' })
  return card
}

/** Something was shown to a third party because the law demands it: who, why, what of it (offer 3.3.4). */
export const recordDisclosure = (
  draft: Draft,
  id: string,
  { to, basis, scope }: { to?: string; basis?: string; scope?: string },
): ContractRecord => {
  const facts = { to: textOf(to, 'to'), basis: textOf(basis, 'basis'), scope: textOf(scope, 'scope') }
  const card = open(draft, { id, kind: 'disclosure', state: 'RECORDED', text: facts.scope, facts })
  card.closedAt = draft.now
  draft.note('disclosed', '3.3.4', { id, ...facts })
  return card
}

/** New requisites from a day on; the old ones stay true of what was made before (offer 10.8). */
export const tellRequisites = (
  draft: Draft,
  changedOn: LocalDate,
  given: Partial<Pick<Requisites, 'email' | 'phone' | 'address' | 'name' | 'iik' | 'bik'>>,
): Requisites => {
  const today = almatyDate(draft.now)
  if (!isLocalDate(changedOn) || changedOn > addDays(today, 366) || changedOn < '2000-01-01')
    throw new Refusal('invalid', [badDay('changedOn')])
  const values = Object.entries(given).filter((one): one is [string, string] => one[1] !== undefined)
  for (const [name, value] of values) textOf(value, name)
  if (given.email !== undefined && !/^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+$/.test(given.email))
    throw new Refusal('invalid', [badText('email')])
  const first = draft.file.requisites.length === 0
  const from = startOfAlmatyDay(changedOn)
  const deadline = first && changedOn > today ? undefined : termOf(draft.terms, 'S47', from)
  const before = draft.file.requisites.filter(({ fromOn }) => fromOn <= changedOn).at(-1)
  const told: Requisites = {
    ...before,
    ...Object.fromEntries(values),
    fromOn: changedOn,
    toldAt: draft.now,
    // The first ones are not a change of anything.
    late: !first && deadline !== undefined && isMissed(deadline, draft.now),
    dueOn: deadline?.dueOn ?? changedOn,
  }
  draft.file.requisites.push(told)
  draft.note('requisites-told', '10.8', {
    changedOn,
    fields: values.map(([name]) => name),
    late: told.late,
    deadline,
  })
  if (!first) {
    const lateness = told.late
      ? `Опоздание: последним днём было ${told.dueOn}, убытки несёт промолчавший.`
      : ''
    draft.tell('requisites-told', String(draft.file.chain.seq), { fromOn: changedOn, lateness })
  }
  return told
}
