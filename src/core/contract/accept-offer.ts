import type { Draft } from './draft.ts'
import type { ConsentName, OfferAcceptance } from './file.ts'
import { hasConsent } from './file.ts'

/** The client's EDS stands under the offer that holds: the contract begins (offer 1.2, 10.1). */
export const acceptOffer = (draft: Draft, acceptance: OfferAcceptance): void => {
  const details = {
    offerVersion: acceptance.offerVersion,
    publication: acceptance.publication,
    offerHash: acceptance.offerHash,
    over: acceptance.over,
    signer: acceptance.signer,
    stampedAt: acceptance.stampedAt,
  }
  // Signed again over a newer text, or by a client who had a two-sided contract before: what runs goes on.
  const isAgain = isRunning(draft)
  if (isAgain) draft.note('offer-accepted-again', '1.2, 9.2', details)
  else draft.happen('offer-accepted', details)
  draft.file.acceptance = acceptance
  // A new contract after one that ended begins without the old one's money and terms; the archive's term goes on.
  if (!isAgain) {
    draft.file.invoice = undefined
    draft.file.termination = undefined
    draft.file.sendsUnderNotice = undefined
  }
  if (!hasConsent(draft.file, 'personal-data')) setConsent(draft, 'personal-data', true)
  const facts = { version: acceptance.offerVersion, hash: acceptance.offerHash }
  const key = `${acceptance.publication}:${draft.file.chain.seq}`
  draft.tell('offer-accepted', key, facts)
  draft.tell('offer-accepted', `operator:${key}`, facts, { to: 'operator' })
}

const isRunning = ({ file }: Draft): boolean =>
  ['ACCEPTED', 'INVOICED', 'PAID', 'ACTIVE', 'RESTRICTED', 'ARCHIVE_ONLY', 'LAPSED', 'TERMINATING'].includes(
    file.state,
  )

/** Writes one line of the consent ledger (offer 6.4, 6.5, 10.6). */
export const setConsent = (draft: Draft, name: ConsentName, given: boolean): void => {
  draft.file.consents.push({ name, given, at: draft.now, by: draft.by })
  draft.note(given ? 'consent-given' : 'consent-taken-back', clauseOfConsent[name], { consent: name })
}

/** Where the offer speaks of each consent. */
export const clauseOfConsent = {
  'personal-data': '6.4',
  marketing: '6.5',
  'partner-offers': '6.5',
  roaming: '10.6',
  'qr-sign': '10.6',
  sms: '10.6',
  showcase: '3.2.7',
} as const
