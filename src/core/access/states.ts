/**
 * The life of an access, from acceptance of the offer to purge (offer 2.1-2.3, 4.1-4.5, 6.4, 8.1-8.2, 9.7).
 * `NONE` is a company without a contract.
 */
export type AccessState =
  | 'NONE'
  | 'ACCEPTED'
  | 'INVOICED'
  | 'PAID'
  | 'ACTIVE'
  | 'RESTRICTED'
  | 'ARCHIVE_ONLY'
  | 'PURGED'
  | 'LAPSED'
  | 'TERMINATING'
  | 'TERMINATED'
  | 'BREACH_ENDED'
  | 'CONSENT_WITHDRAWN'

/** What may happen to an access. Each is a line of the table below. */
export type AccessHappening =
  | 'offer-accepted'
  | 'invoiced'
  | 'invoice-lapsed'
  | 'paid'
  | 'granted'
  | 'granted-directly'
  | 'limit-reached'
  | 'limit-lifted'
  | 'term-ended'
  | 'archived'
  | 'termination-notified'
  | 'terminated'
  | 'objected'
  | 'breach-ended'
  | 'consent-withdrawn'
  | 'purged'

interface AccessTransition {
  happening: AccessHappening
  /** Where the offer says it. */
  paragraph: string
  from: readonly AccessState[]
  to: AccessState
}

const row = (
  happening: AccessHappening,
  paragraph: string,
  from: readonly AccessState[],
  to: AccessState,
): AccessTransition => ({ happening, paragraph, from, to })

/** A contract that runs: whatever state its access is in, it can still be ended. */
const running: readonly AccessState[] = [
  'ACCEPTED',
  'INVOICED',
  'PAID',
  'ACTIVE',
  'RESTRICTED',
  'ARCHIVE_ONLY',
  'LAPSED',
]
const ended: readonly AccessState[] = ['TERMINATED', 'BREACH_ENDED', 'CONSENT_WITHDRAWN']

/**
 * Everything that can happen to an access. What is not here cannot. A renewal that is invoiced and paid while the
 * access runs moves no state: the next period waits for the end of the present one.
 * The drawing in `core/README.md` is tested against these rows.
 */
export const accessTable: readonly AccessTransition[] = [
  row('offer-accepted', '1.2, 10.1', ['NONE', 'TERMINATED', 'CONSENT_WITHDRAWN'], 'ACCEPTED'),
  row('invoiced', '2.1, 4.1', ['ACCEPTED', 'LAPSED'], 'INVOICED'),
  row('invoice-lapsed', '4.1', ['INVOICED'], 'LAPSED'),
  row('paid', '2.1, 4.1', ['INVOICED', 'RESTRICTED', 'ARCHIVE_ONLY'], 'PAID'),
  row('granted', '2.2, 2.3', ['PAID'], 'ACTIVE'),
  row('granted-directly', '10.13', ['NONE', ...running, 'TERMINATING', ...ended], 'ACTIVE'),
  row('limit-reached', '4.3', ['ACTIVE'], 'RESTRICTED'),
  row('limit-lifted', '4.3, 4.4', ['RESTRICTED'], 'ACTIVE'),
  row('term-ended', '2.3, 4.3', ['ACTIVE', 'RESTRICTED'], 'RESTRICTED'),
  row('archived', '4.5', ['RESTRICTED'], 'ARCHIVE_ONLY'),
  row('termination-notified', '8.1', running, 'TERMINATING'),
  row('terminated', '8.1', ['TERMINATING'], 'TERMINATED'),
  row('objected', '9.7', [...running, 'TERMINATING'], 'TERMINATED'),
  row('breach-ended', '3.2.3, 8.2', [...running, 'TERMINATING'], 'BREACH_ENDED'),
  row('consent-withdrawn', '6.4', [...running, 'TERMINATING'], 'CONSENT_WITHDRAWN'),
  row('purged', '4.5', ['ARCHIVE_ONLY', ...ended], 'PURGED'),
]

/** The state after `happening`, or undefined when the table has no such line. */
export const accessStateAfter = (before: AccessState, happening: AccessHappening): AccessState | undefined =>
  accessTable.find((one) => one.happening === happening && one.from.includes(before))?.to

/** Where the offer says that this may happen. */
export const paragraphOf = (happening: AccessHappening): string =>
  accessTable.find((one) => one.happening === happening)?.paragraph ?? ''
