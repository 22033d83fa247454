import type { Draft } from './draft.ts'
import type { AccessAct } from './file.ts'
import { termOf } from './terms.ts'

/*
 * The act of access (offer 4.2): DRAFT → OPERATOR_SIGNED → SENT → CLIENT_SIGNED | REFUSED | DEEMED_ACCEPTED.
 * Each step is a fact the gateway saw happen to an ordinary document.
 */

export const actIssued = (draft: Draft, act: AccessAct, documentId: string): void => {
  act.documentId = documentId
  draft.note('act-issued', '4.2', { act: act.id, documentId })
}

export const actSigned = (draft: Draft, act: AccessAct): void => {
  act.state = 'OPERATOR_SIGNED'
  draft.note('act-operator-signed', '4.2', { act: act.id, documentId: act.documentId })
}

/** Delivered; the client is owed a mail with an active link to it. */
export const actSent = (draft: Draft, act: AccessAct, at: Date): void => {
  act.state = 'SENT'
  act.sentAt = at
  draft.note('act-sent', '4.2', { act: act.id, documentId: act.documentId, sentAt: at })
  draft.tell('act-sent', act.id, { number: act.number, amount: act.amount }, { documentId: act.documentId })
}

/** The client has the message: the three working days run. The first proof counts, a later one changes nothing. */
export const actReceived = (draft: Draft, act: AccessAct, at: Date, receipt: string): void => {
  if (act.state !== 'SENT' || act.receivedAt !== undefined) return
  act.receivedAt = at
  act.receipt = receipt
  draft.note('act-received', '4.2', { act: act.id, receivedAt: at, receipt })
  act.deadline = termOf(draft.terms, 'S19', at)
  draft.start(act.deadline, act.id)
}

const close = (draft: Draft, act: AccessAct, state: AccessAct['state'], at: Date): void => {
  act.state = state
  act.closedAt = at
  draft.stop('S19', act.id)
}

export const actClientSigned = (draft: Draft, act: AccessAct, at: Date): void => {
  close(draft, act, 'CLIENT_SIGNED', at)
  draft.note('act-client-signed', '4.2', { act: act.id, documentId: act.documentId, signedAt: at })
  invoiceTax(draft, act)
}

export const actRefused = (draft: Draft, act: AccessAct, at: Date, reason: string): void => {
  close(draft, act, 'REFUSED', at)
  act.reason = reason
  draft.note('act-refused', '4.2', { act: act.id, documentId: act.documentId, refusedAt: at, reason })
  draft.tell('act-refused', act.id, { number: act.number, reason }, { to: 'operator' })
}

/** Neither signed nor refused with reasons by the last day: accepted in full, with the evidence of every step. */
export const actDeemed = (draft: Draft, act: AccessAct): void => {
  const { deadline, sentAt, receivedAt, receipt, documentId } = act
  act.state = 'DEEMED_ACCEPTED'
  act.closedAt = draft.now
  draft.drop('S19', act.id)
  draft.note('act-deemed-accepted', '4.2', {
    act: act.id,
    documentId,
    evidence: { sentAt, receivedAt, receipt, deadline },
  })
  const facts = { number: act.number, dueOn: deadline?.dueOn ?? '' }
  draft.tell('act-deemed', act.id, facts)
  draft.tell('act-deemed', `operator:${act.id}`, facts, { to: 'operator' })
  invoiceTax(draft, act)
}

/** After the act comes its tax invoice (offer 4.2), where the operator pays VAT or not: the law wants it on the portal. */
const invoiceTax = (draft: Draft, act: AccessAct): void => {
  act.taxInvoice = { id: `esf-${act.id}` }
  draft.note('tax-invoice-due', '4.2', { act: act.id })
}

export const taxInvoiceIssued = (draft: Draft, act: AccessAct, documentId: string): void => {
  if (act.taxInvoice === undefined) return
  act.taxInvoice.documentId = documentId
  draft.note('tax-invoice-issued', '4.2', { act: act.id, documentId })
}

export const taxInvoiceRegistered = (draft: Draft, act: AccessAct, registrationNumber: string): void => {
  if (act.taxInvoice === undefined) return
  act.taxInvoice.registrationNumber = registrationNumber
  draft.note('tax-invoice-registered', '4.2', { act: act.id, registrationNumber })
}
