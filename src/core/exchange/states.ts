import type { DocumentKind } from '../document/index.ts'

/**
 * Both sides of an exchange have a state of their own (offer 1.6, 1.8): what the sender sees and what
 * the recipient sees. The portal's mirror is a third, independent one.
 */
export type SenderState =
  | 'awaiting_signature'
  | 'signing'
  | 'signed'
  | 'delivered'
  | 'annulment_requested'
  | 'completed'
  | 'refused'
  | 'annulled'
  | 'failed'

export type RecipientState =
  'none' | 'arrived' | 'viewed' | 'annulment_requested' | 'accepted' | 'refused' | 'settled' | 'annulled'

export type MirrorState = 'none' | 'waiting' | 'submitted' | 'registered' | 'rejected'

/** What may happen to a document. Each is one row of the table below. */
export type Happening =
  | 'signed'
  | 'signing-failed'
  | 'delivered'
  | 'delivery-failed'
  | 'put-back-to-signing'
  | 'put-back-to-delivery'
  | 'viewed'
  | 'accepted'
  | 'refused'
  | 'settled'
  | 'withdrawn'
  | 'annulment-requested'
  | 'annulment-agreed'
  | 'annulment-declined'

interface Transition {
  happening: Happening
  sender: SenderState
  recipient: RecipientState
  toSender: SenderState
  toRecipient: RecipientState
}

const row = (
  happening: Happening,
  sender: SenderState,
  recipient: RecipientState,
  toSender: SenderState,
  toRecipient: RecipientState,
): Transition => ({ happening, sender, recipient, toSender, toRecipient })

/**
 * Everything that can happen, as a table. What is not here cannot: a final state has no row that leaves it.
 * The drawing in `core/README.md` is tested against these rows.
 */
export const stateTable: readonly Transition[] = [
  row('signed', 'awaiting_signature', 'none', 'signed', 'none'),
  row('signed', 'signing', 'none', 'signed', 'none'),
  row('signing-failed', 'signing', 'none', 'failed', 'none'),
  row('put-back-to-signing', 'failed', 'none', 'signing', 'none'),
  row('delivered', 'signed', 'none', 'delivered', 'arrived'),
  row('delivery-failed', 'signed', 'none', 'failed', 'none'),
  row('put-back-to-delivery', 'failed', 'none', 'signed', 'none'),
  row('viewed', 'delivered', 'arrived', 'delivered', 'viewed'),
  row('accepted', 'delivered', 'arrived', 'completed', 'accepted'),
  row('accepted', 'delivered', 'viewed', 'completed', 'accepted'),
  row('refused', 'delivered', 'arrived', 'refused', 'refused'),
  row('refused', 'delivered', 'viewed', 'refused', 'refused'),
  row('settled', 'delivered', 'arrived', 'completed', 'settled'),
  row('settled', 'delivered', 'viewed', 'completed', 'settled'),
  row('withdrawn', 'awaiting_signature', 'none', 'annulled', 'none'),
  row('withdrawn', 'signing', 'none', 'annulled', 'none'),
  row('withdrawn', 'signed', 'none', 'annulled', 'none'),
  row('withdrawn', 'failed', 'none', 'annulled', 'none'),
  row('annulment-requested', 'delivered', 'arrived', 'annulment_requested', 'annulment_requested'),
  row('annulment-requested', 'delivered', 'viewed', 'annulment_requested', 'annulment_requested'),
  row('annulment-agreed', 'annulment_requested', 'annulment_requested', 'annulled', 'annulled'),
  row('annulment-declined', 'annulment_requested', 'annulment_requested', 'delivered', 'viewed'),
]

export interface States {
  sender: SenderState
  recipient: RecipientState
}

/** The states after `happening`, or undefined when the table has no such row. */
export const statesAfter = (before: States, happening: Happening): States | undefined => {
  const found = stateTable.find(
    (t) => t.happening === happening && t.sender === before.sender && t.recipient === before.recipient,
  )
  return found === undefined ? undefined : { sender: found.toSender, recipient: found.toRecipient }
}

const finalSender: readonly SenderState[] = ['completed', 'refused', 'annulled']
const finalMirror: readonly MirrorState[] = ['none', 'registered', 'rejected']

/** Nothing more will happen between the two sides. */
export const isSettledBetweenSides = (sender: SenderState): boolean => finalSender.includes(sender)

/** Nothing more will happen at all: the document may go to the archive. */
export const isFinal = (states: { sender: SenderState; mirror: MirrorState }): boolean =>
  isSettledBetweenSides(states.sender) && finalMirror.includes(states.mirror)

/**
 * Kinds whose exchange ends only with the other side's answer. The rest are settled by delivery: a
 * payment invoice asks for money, not for a signature; a tax invoice is answered at the portal.
 */
const answeredKinds: readonly DocumentKind[] = ['act', 'waybill', 'reconciliation', 'contract']

export const needsAnswer = (kind: DocumentKind): boolean => answeredKinds.includes(kind)

/** Kinds the state portal keeps. */
export const isMirrored = (kind: DocumentKind): boolean => kind === 'tax-invoice'
