import type { RevocationEvidence, RevocationReason, SignerEvidence } from './evidence.ts'
import type { FactName } from './fact-words.ts'
import type { SignaturePolicy } from './policy.ts'
import type { FactOutcome } from './report.ts'

type Tell = (name: FactName, outcome: FactOutcome, detail: string) => void

/** Reasons that say nothing against signatures made before. */
const harmlessReasons: readonly RevocationReason[] = [
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
]
const compromise: readonly RevocationReason[] = ['keyCompromise', 'cACompromise', 'aACompromise']

interface Moments {
  trustedTime: Date
  now: Date
  /** End of the certificate asked about: lists forget what has ended. */
  notAfter: Date | undefined
}

/**
 * Asks for every certificate below the anchor. "No answer" is never "good": it is unknown, and asked again.
 * An answer must be fresh at the trusted time, or younger: what was good later was good then, and a later
 * revocation carries its date. So a signature with a stamp can be judged years later by the answers kept with it.
 */
export const judgeRevocation = (
  signer: SignerEvidence,
  trustedTime: Date,
  now: Date,
  policy: SignaturePolicy,
  tell: Tell,
): void => {
  if (policy.revocation === 'off') return
  const depths = Math.max(1, signer.chain.path.length - 1)
  for (let depth = 0; depth < depths; depth++) {
    const name: FactName = depth === 0 ? 'revocation' : 'revocation-authority'
    const answers = signer.revocation.filter((answer) => answer.depth === depth)
    const moments = { trustedTime, now, notAfter: signer.chain.path[depth]?.notAfter }
    const [outcome, detail] = signer.revocationAsked
      ? weigh(answers, moments, policy)
      : (['unknown', 'not asked'] as const)
    const lenient = outcome === 'unknown' && policy.revocation === 'if-available'
    tell(name, lenient ? 'warning' : outcome, detail)
  }
}

/**
 * What is said about the certificate of a stamp's authority. The order asks of a stamp its signature, purpose and
 * imprint (500/НҚ p. 17); so a "revoked" is obeyed, and silence is a warning.
 */
export const judgeStampRevocation = (
  answers: readonly RevocationEvidence[] | undefined,
  { genTime, notAfter }: { genTime: Date; notAfter: Date | undefined },
  now: Date,
  policy: SignaturePolicy,
  tell: Tell,
): void => {
  if (policy.revocation === 'off' || answers === undefined) return
  const [outcome, detail] = weigh(answers, { trustedTime: genTime, now, notAfter }, policy)
  tell('stamp-revocation', outcome === 'unknown' ? 'warning' : outcome, detail)
}

const weigh = (
  answers: readonly RevocationEvidence[],
  moments: Moments,
  policy: SignaturePolicy,
): readonly [FactOutcome, string] => {
  // A "revoked" from any authorised source wins over a "good" of another: the good one may be older.
  const revoked = answers.find((answer) => answer.status === 'revoked')
  if (revoked !== undefined) return weighRevoked(revoked, moments.trustedTime, policy)
  // "unknown" from the authority itself: it never issued this certificate (Order 500/НҚ p. 19: negative).
  const denied = answers.find((answer) => answer.status === 'unknown')
  if (denied !== undefined) return ['failed', `${denied.source}: the authority does not know the certificate`]
  const doubts: string[] = []
  for (const answer of answers) {
    const doubt = answer.status === 'good' ? doubtAbout(answer, moments, policy) : answer.detail
    if (doubt === undefined) return ['passed', `${answer.source}: ${answer.detail}`]
    doubts.push(`${answer.source}: ${doubt}`)
  }
  return ['unknown', doubts.length === 0 ? 'no source of revocation data' : doubts.join('; ')]
}

/** Why a "good" must not be used, or nothing. */
const doubtAbout = (
  { thisUpdate, nextUpdate, source }: RevocationEvidence,
  { trustedTime, now, notAfter }: Moments,
  policy: SignaturePolicy,
): string | undefined => {
  const skewMs = policy.clockSkewSeconds * 1000
  if (thisUpdate === undefined) return 'the answer has no date'
  if (thisUpdate.getTime() > now.getTime() + skewMs) return 'the answer comes from the future'
  if (nextUpdate !== undefined && nextUpdate.getTime() + skewMs < trustedTime.getTime()) {
    return `the answer ended ${nextUpdate.toISOString()}`
  }
  if (source === 'crl' && notAfter !== undefined && thisUpdate > notAfter) {
    return 'the list was made after the certificate had ended, and lists forget such'
  }
  // A CRL lives until its nextUpdate; an OCSP answer only as long as we trust such answers at all.
  if (source === 'ocsp' || nextUpdate === undefined) {
    const ageSeconds = (trustedTime.getTime() - thisUpdate.getTime()) / 1000
    if (ageSeconds > policy.revocationFreshnessSeconds) {
      return `the answer is ${Math.round(ageSeconds)} s old, at most ${policy.revocationFreshnessSeconds}`
    }
  }
  return undefined
}

const weighRevoked = (
  answer: RevocationEvidence,
  trustedTime: Date,
  policy: SignaturePolicy,
): readonly [FactOutcome, string] => {
  const reason = answer.reason ?? 'unspecified'
  const { revokedAt } = answer
  const when = revokedAt?.toISOString() ?? 'at an unknown time'
  if (revokedAt === undefined || revokedAt <= trustedTime) return ['failed', `revoked ${when} (${reason})`]
  const forgiven =
    policy.lateRevocation === 'forgive'
      ? !compromise.includes(reason)
      : policy.lateRevocation === 'by-reason' && harmlessReasons.includes(reason)
  return forgiven
    ? ['passed', `revoked ${when} (${reason}), after the trusted time`]
    : ['failed', `revoked ${when} (${reason}): after the trusted time, but the reason casts doubt on the key`]
}
