import type { Draft } from './draft.ts'
import { actDeemed } from './act.ts'
import { endTerm, terminate } from './endings.ts'
import type { Timer } from './file.ts'
import { lapseInvoice } from './invoice.ts'
import { silenceOnClaim } from './records.ts'

/** What an act of access whose term is over turned out to be, asked of its document before anything is decided. */
export type ActFate = 'deemed' | 'answered'

/**
 * Carries out everything of a contract that is due, in the order of time: reminders and ends of terms. A gateway
 * that slept for months wakes to the same file as one that did not. Returns how many moments it settled.
 */
export const ringTimers = (draft: Draft, fates: ReadonlyMap<string, ActFate> = new Map()): number => {
  let settled = 0
  for (;;) {
    const timer = earliestDue(draft, fates)
    const moment = timer?.moments.shift()
    if (timer === undefined || moment === undefined) return settled
    settled += 1
    if (moment.what === 'due') {
      draft.drop(timer.clause, timer.subject)
      due(draft, timer)
    } else remind(draft, timer, moment.on)
  }
}

/** An act is deemed accepted only after its document has been; until then its term waits. */
const earliestDue = (draft: Draft, fates: ReadonlyMap<string, ActFate>): Timer | undefined => {
  const at = ({ moments }: Timer): number => moments[0]?.at.getTime() ?? Infinity
  return draft.file.timers
    .filter(
      (one) =>
        at(one) <= draft.now.getTime() &&
        !(one.clause === 'S19' && one.moments[0]?.what === 'due' && fates.get(one.subject) !== 'deemed'),
    )
    .sort((a, b) => at(a) - at(b))[0]
}

const due = (draft: Draft, { clause, subject, deadline }: Timer): void => {
  const { file } = draft
  const { dueOn, dueAt } = deadline
  draft.note('term-over', deadline.paragraph, {
    clause,
    subject,
    dueOn,
    calendarVersion: deadline.calendarVersion,
  })
  switch (clause) {
    case 'S7':
      if (file.invoice?.id === subject) lapseInvoice(draft, dueOn)
      return
    case 'S8':
      draft.note('grant-breached', '2.2, 3.1.1', { invoice: subject, deadline })
      draft.tell('grant-breached', subject, { dueOn }, { to: 'operator' })
      return
    case 'S9':
      if (file.expiresAt !== undefined && file.expiresAt > dueAt) return
      endTerm(draft, dueAt, dueOn)
      return
    case 'S14':
      if (subject === 'archive-only') {
        if (draft.may('archived')) draft.happen('archived', { stoppedAt: file.stoppedAt })
      } else if (draft.may('purged')) {
        draft.happen('purged', { stoppedAt: file.stoppedAt, deadline })
        draft.tell('archive-over', dueOn, { dueOn })
      }
      return
    case 'S19': {
      const act = file.acts.find(({ id }) => id === subject)
      if (act !== undefined) actDeemed(draft, act)
      return
    }
    case 'S42':
      silenceOnClaim(draft, subject)
      return
    case 'S43':
      terminate(draft, dueAt)
      return
  }
}

const remind = (draft: Draft, { clause, subject, deadline }: Timer, on: string): void => {
  const { file } = draft
  const { dueOn } = deadline
  const key = `${subject}:${dueOn}:${on}`
  draft.note('reminded', deadline.paragraph, { clause, subject, on, dueOn })
  switch (clause) {
    case 'S7':
      draft.tell('invoice-due', key, {
        number: file.invoice?.number ?? '',
        amount: file.invoice?.amount ?? '',
        dueOn,
      })
      return
    case 'S8':
      draft.tell('grant-due', key, { dueOn }, { to: 'operator' })
      return
    case 'S9':
      draft.tell('access-ends', key, { dueOn })
      return
    case 'S14':
      draft.tell('archive-ends', key, { dueOn })
      return
    case 'S19':
      draft.tell('act-to-sign', key, {
        number: file.acts.find(({ id }) => id === subject)?.number ?? '',
        dueOn,
      })
      return
    case 'S42':
      draft.tell(
        'claim-due',
        key,
        { dueOn, number: file.records.find(({ id }) => id === subject)?.number ?? '' },
        { to: 'operator' },
      )
      return
    case 'S43':
      draft.tell('termination-near', key, { dueOn })
      return
  }
}
