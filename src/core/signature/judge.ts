import { judgeIdentity } from './judge-identity.ts'
import { judgeRevocation, judgeStampRevocation } from './judge-revocation.ts'
import {
  isAlgorithmAccepted,
  judgeTimeStamp,
  keyWeakness,
  pathProblem,
  unknownCritical,
} from './judge-certificates.ts'
import { verdictOf } from './report.ts'
import type { SignatureEvidence, SignerEvidence, TimeStampEvidence } from './evidence.ts'
import type { FactName } from './fact-words.ts'
import type { ExpectedSigner } from './ports.ts'
import type { SignaturePolicy } from './policy.ts'
import type { Fact, FactOutcome, SignatureReport, SignerReport, TrustedTimeSource } from './report.ts'

export interface JudgeContext {
  policy: SignaturePolicy
  /** The moment of the check. */
  now: Date
  /** The moment our own records prove, if any. */
  at?: Date
  expected?: ExpectedSigner
}

type Tell = (name: FactName, outcome: FactOutcome, detail: string) => void

/** Turns what was found into a verdict. Pure: the same evidence and context always give the same report. */
export const judge = (evidence: SignatureEvidence, context: JudgeContext): SignatureReport => {
  const facts: Fact[] = []
  const tell: Tell = (name, outcome, detail) => facts.push({ name, outcome, detail })
  if (evidence.form === 'xml') judgeXml(evidence, context.policy, tell)
  else judgeMessage(evidence, context.policy, tell)

  const signers: SignerReport[] = []
  for (const signer of evidence.signers) {
    const own: Fact[] = []
    const time = judgeSigner(signer, evidence, context, (name, outcome, detail) =>
      own.push({ name, outcome, detail, signer: signer.index }),
    )
    facts.push(...own)
    signers.push(describeSigner(signer, verdictOf(own), time))
  }

  const first = signers[0]
  return {
    verdict: verdictOf(facts),
    facts,
    signers,
    signingTime: first?.signingTime,
    trustedTime: first?.trustedTime,
    checkedAt: context.now,
    policyVersion: context.policy.version,
  }
}

const judgeMessage = (evidence: SignatureEvidence, policy: SignaturePolicy, tell: Tell): void => {
  const { unreadable } = evidence
  if (evidence.size > policy.maxSignatureBytes) {
    tell('size', 'failed', `${evidence.size} bytes, at most ${policy.maxSignatureBytes}`)
    return
  }
  if (unreadable?.step === 'size') return tell('size', 'failed', unreadable.detail)
  tell('size', 'passed', `${evidence.size} bytes`)
  if (unreadable?.step === 'encoding') return tell('encoding', 'failed', unreadable.detail)
  tell('encoding', 'passed', 'DER')
  if (unreadable?.step === 'structure') return tell('structure', 'failed', unreadable.detail)
  if (evidence.version !== undefined && evidence.version !== 1 && evidence.version !== 3) {
    tell('structure', 'failed', `SignedData version ${evidence.version}, only 1 and 3 are known`)
  } else {
    tell('structure', 'passed', `SignedData version ${evidence.version ?? 1}`)
  }
  if (unreadable?.step === 'signer-count') return tell('signer-count', 'failed', unreadable.detail)
  const count = evidence.signers.length
  if (count === 0) tell('signer-count', 'failed', 'nobody signed')
  else if (count > policy.maxSigners)
    tell('signer-count', 'failed', `${count} signers, at most ${policy.maxSigners}`)
  else tell('signer-count', 'passed', `${count}`)
  if (evidence.content === 'embedded-different')
    tell('content', 'failed', 'the embedded content is not the stored document')
  else tell('content', 'passed', evidence.content)
}

/** Size and form are the reader's matter: a document is larger than a signature may be. */
const judgeXml = (evidence: SignatureEvidence, policy: SignaturePolicy, tell: Tell): void => {
  const { unreadable, signers } = evidence
  if (unreadable?.step === 'size') return tell('size', 'failed', unreadable.detail)
  tell('size', 'passed', `${evidence.size} bytes`)
  if (unreadable?.step === 'encoding') return tell('xml-form', 'failed', unreadable.detail)
  tell('xml-form', 'passed', 'well-formed, no DOCTYPE')
  if (unreadable?.step === 'structure') return tell('xml-signature', 'failed', unreadable.detail)
  tell('xml-signature', 'passed', 'enveloped, one reference to the whole document')
  if (unreadable?.step === 'signer-count') return tell('signer-count', 'failed', unreadable.detail)
  if (signers.length === 0) tell('signer-count', 'failed', 'nobody signed')
  else if (signers.length > policy.maxSigners)
    tell('signer-count', 'failed', `${signers.length} signers, at most ${policy.maxSigners}`)
  else tell('signer-count', 'passed', `${signers.length}`)
}

interface TrustedTime {
  time: Date
  source: TrustedTimeSource
}

const judgeSigner = (
  signer: SignerEvidence,
  message: SignatureEvidence,
  context: JudgeContext,
  tell: Tell,
): TrustedTime | undefined => {
  const { policy, now } = context
  if (message.form === 'xml') judgeCoverage(signer, tell)
  else judgeAttributes(signer, message, policy, tell)

  const trusted = trustedTime(signer, context, tell)
  const { certificate } = signer
  if (certificate === undefined) {
    tell(
      'signer-certificate',
      'failed',
      'the message does not carry exactly one certificate that the signer names',
    )
    return trusted
  }
  tell('signer-certificate', 'passed', `serial ${certificate.serial}`)

  judgeAlgorithms(signer, trusted, policy, tell)
  if (signer.signature === 'holds') tell('signature-value', 'passed', certificate.key.label)
  else if (signer.signature === 'broken')
    tell('signature-value', 'failed', 'the signature does not belong to this key and these attributes')
  else tell('signature-value', 'failed', 'not computed: algorithm or key is refused')

  judgeChain(signer, trusted, policy, tell)
  judgeValidity(signer, trusted, now, policy, tell)
  judgeUsage(signer, policy, tell)
  judgeIdentity(certificate, policy, context.expected, tell)
  judgeRevocation(signer, trusted.time, now, policy, tell)
  return trusted
}

const judgeAttributes = (
  signer: SignerEvidence,
  message: SignatureEvidence,
  policy: SignaturePolicy,
  tell: Tell,
): void => {
  const { attributes } = signer
  if (!attributes.present) {
    // Without signed attributes a signature over attributes can be replayed as a signature over content.
    tell('signed-attributes', 'failed', 'there are none')
    return
  }
  if (attributes.repeated.length > 0)
    tell('signed-attributes', 'failed', `repeated: ${attributes.repeated.join(', ')}`)
  else if (!attributes.ordered) tell('signed-attributes', 'failed', 'the set is not DER-ordered')
  else tell('signed-attributes', 'passed', 'present, ordered, once each')

  const [type, ...more] = attributes.contentTypes
  if (type === undefined || more.length > 0)
    tell('content-type', 'failed', `${attributes.contentTypes.length} values, one is needed`)
  else if (type !== message.contentType)
    tell('content-type', 'failed', `${type} is signed, the message says ${message.contentType ?? 'nothing'}`)
  else tell('content-type', 'passed', type)

  if (attributes.messageDigestCount !== 1)
    tell('message-digest', 'failed', `${attributes.messageDigestCount} values, one is needed`)
  else if (!attributes.messageDigestMatches)
    tell('message-digest', 'failed', 'the digest of the stored bytes is another one')
  else tell('message-digest', 'passed', signer.digestLabel)

  if (attributes.signingCertificate === 'matches')
    tell('signing-certificate', 'passed', 'signingCertificate names the certificate that was used')
  else if (attributes.signingCertificate === 'differs')
    tell('signing-certificate', 'failed', 'signingCertificate names another certificate')
  else
    tell(
      'signing-certificate',
      policy.signingCertificate === 'required' ? 'failed' : 'warning',
      'signingCertificateV2 is missing',
    )
}

const judgeCoverage = ({ coverage, digestLabel }: SignerEvidence, tell: Tell): void => {
  if (coverage === undefined) tell('message-digest', 'failed', 'not computed: algorithm or key is refused')
  else if (coverage.digestMatches) tell('message-digest', 'passed', digestLabel)
  else tell('message-digest', 'failed', 'the digest of the document is another one')
  const { comments, insideText } = coverage?.loose ?? { comments: 0, insideText: 0 }
  if (insideText > 0) tell('xml-comments', 'failed', `${insideText} unsigned comments inside texts`)
  else if (comments > 0) tell('xml-comments', 'warning', `${comments} unsigned comments between elements`)
  else tell('xml-comments', 'passed', 'none')
  // XMLDSig of НУЦ РК has no place for it; XAdES, which has, needs a second reference.
  tell('signing-certificate', 'warning', 'XMLDSig does not bind the certificate')
}

/**
 * T of Order 500/НҚ p. 14: the moment of a valid time stamp, else a moment our own records prove, else now.
 * The earliest proof counts: the signature existed by then.
 */
const trustedTime = (signer: SignerEvidence, context: JudgeContext, tell: Tell): TrustedTime => {
  const { policy, now, at } = context
  let stamped: Date | undefined
  const good: Provable[] = []
  for (const stamp of signer.timeStamps) {
    const problem = judgeTimeStamp(stamp, policy, now)
    if (problem !== undefined || stamp.genTime === undefined) {
      tell('time-stamp', 'failed', problem ?? 'the stamp has no time')
      continue
    }
    tell('time-stamp', 'passed', `${stamp.genTime.toISOString()}, policy ${stamp.policy ?? 'unnamed'}`)
    tellStampRevocation(stamp, stamp.genTime, context, tell)
    good.push({ from: stamp.genTime, until: endOf(stamp) })
    if (stamped === undefined || stamp.genTime < stamped) stamped = stamp.genTime
  }
  judgeRenewals(signer, good, context, tell)
  if (signer.timeStamps.length === 0) {
    if (policy.timeStamp === 'required')
      tell('time-stamp', 'unknown', 'there is none and the policy demands one')
    else
      tell(
        'time-stamp',
        'warning',
        'there is none: the signature is provable only while its certificate lasts',
      )
  }
  const receipt = at !== undefined && at <= now ? at : undefined
  const trusted: TrustedTime =
    stamped !== undefined && (receipt === undefined || stamped <= receipt)
      ? { time: stamped, source: 'time-stamp' }
      : receipt !== undefined
        ? { time: receipt, source: 'receipt' }
        : { time: now, source: 'now' }

  const { signingTime, signingTimeUnreadable } = signer.attributes
  const skewMs = policy.clockSkewSeconds * 1000
  if (signingTimeUnreadable === true) tell('signing-time', 'failed', 'the claimed time cannot be read')
  else if (signingTime === undefined) tell('signing-time', 'warning', 'the signer claims no time')
  else if (signingTime.getTime() > now.getTime() + skewMs)
    tell('signing-time', 'failed', `${signingTime.toISOString()} lies in the future`)
  else if (signingTime.getTime() > trusted.time.getTime() + skewMs) {
    // The stamp is the proof, the claim is only a clock: wrong by hours happens with computers in offices.
    tell('signing-time', 'warning', `${signingTime.toISOString()} is later than the trusted time`)
  } else tell('signing-time', 'passed', signingTime.toISOString())
  return trusted
}

/** From when to when a stamp can be checked without more. */
interface Provable {
  from: Date
  until: Date
}

/** A stamp lasts as long as the shortest certificate of its chain. */
const endOf = ({ chain }: TimeStampEvidence): Date =>
  new Date(Math.min(...chain.path.map(({ notAfter }) => notAfter.getTime())))

const tellStampRevocation = (
  { revocation, certificate }: TimeStampEvidence,
  genTime: Date,
  { policy, now }: JudgeContext,
  tell: Tell,
): void => judgeStampRevocation(revocation, { genTime, notAfter: certificate?.notAfter }, now, policy, tell)

/**
 * Archive time stamps, each over all that came before it: a chain of stamps in which every one was made while the one
 * below could still be checked proves the first of them today.
 */
const judgeRenewals = (
  { archiveStamps = [] }: SignerEvidence,
  stamps: readonly Provable[],
  context: JudgeContext,
  tell: Tell,
): void => {
  const { policy, now } = context
  const renewals: Provable[] = []
  for (const stamp of archiveStamps) {
    const problem = judgeTimeStamp(stamp, policy, now)
    if (problem !== undefined || stamp.genTime === undefined) {
      tell('archive-time-stamp', 'failed', problem ?? 'the stamp has no time')
      continue
    }
    tell('archive-time-stamp', 'passed', `${stamp.genTime.toISOString()}, all evidence is there`)
    tellStampRevocation(stamp, stamp.genTime, context, tell)
    renewals.push({ from: stamp.genTime, until: endOf(stamp) })
  }
  if (stamps.length === 0) return
  // Any one good stamp of the signature is enough, so the one that lasts longest counts.
  let until = new Date(Math.max(...stamps.map((stamp) => stamp.until.getTime())))
  for (const renewal of renewals.sort((a, b) => a.from.getTime() - b.from.getTime()))
    if (renewal.from <= until && renewal.until > until) until = renewal.until
  if (until >= now) tell('stamp-renewal', 'passed', `until ${until.toISOString()}`)
  else
    tell(
      'stamp-renewal',
      policy.stampRenewal === 'required' ? 'unknown' : 'warning',
      `the certificate of the stamp ended ${until.toISOString()}, and no archive time stamp renewed it in time`,
    )
}

const judgeAlgorithms = (
  signer: SignerEvidence,
  trusted: TrustedTime,
  policy: SignaturePolicy,
  tell: Tell,
): void => {
  const key = signer.certificate!.key
  const pair = `${key.label} with ${signer.digestLabel}`
  const accepted = isAlgorithmAccepted(key, signer.digest, trusted.time, policy)
  if (signer.refusedAlgorithm !== undefined)
    tell(
      'algorithms',
      'failed',
      `${signer.refusedAlgorithm} is not taken: GOST 34.10-2015, RSA PKCS#1 v1.5 and ECDSA are`,
    )
  else if (!signer.algorithmsAgree)
    tell('algorithms', 'failed', `${pair}: the signature algorithm does not fit key and digest`)
  else if (accepted === 'yes') tell('algorithms', 'passed', pair)
  else if (accepted === 'no-longer' && trusted.source === 'now') {
    tell(
      'algorithms',
      'unknown',
      `${pair} is accepted only for old signatures, and nothing proves the age of this one`,
    )
  } else tell('algorithms', 'failed', `${pair} is not accepted`)

  const weak = signer.chain.path
    .map((certificate) => keyWeakness(certificate.key, policy))
    .find((found) => found !== undefined)
  const own = keyWeakness(key, policy)
  if (own !== undefined || weak !== undefined) tell('key-strength', 'failed', own ?? weak ?? '')
  else tell('key-strength', 'passed', key.label)
}

const judgeChain = (
  signer: SignerEvidence,
  trusted: TrustedTime,
  policy: SignaturePolicy,
  tell: Tell,
): void => {
  const { chain } = signer
  const { anchor, path } = chain
  if (anchor === undefined) {
    tell('chain', 'failed', chain.problem ?? 'no pinned authority above the certificate')
  } else {
    tell('chain', 'passed', `${path.length} certificates up to ${anchor.name}`)
    if (anchor.environment === policy.environment) tell('environment', 'passed', anchor.environment)
    else
      tell(
        'environment',
        'failed',
        `the key belongs to ${anchor.environment}, documents here need ${policy.environment}`,
      )
  }
  const problem = pathProblem(path, trusted.time, policy)
  if (problem !== undefined) tell('path', 'failed', problem)
  else tell('path', 'passed', 'authorities may issue, depth allowed')
  const critical = unknownCritical(path)
  if (critical.length > 0) tell('critical-extensions', 'failed', `unknown: ${critical.join(', ')}`)
  else tell('critical-extensions', 'passed', 'none')
}

const judgeValidity = (
  signer: SignerEvidence,
  trusted: TrustedTime,
  now: Date,
  policy: SignaturePolicy,
  tell: Tell,
): void => {
  const path =
    signer.chain.path.length > 0 ? signer.chain.path : signer.certificate ? [signer.certificate] : []
  const { time, source } = trusted
  const early = path.find((certificate) => time < certificate.notBefore)
  if (early !== undefined)
    return tell(
      'validity',
      'failed',
      `begins ${early.notBefore.toISOString()}, judged at ${time.toISOString()}`,
    )
  const ended = path.find((certificate) => time > certificate.notAfter)
  if (ended === undefined) return tell('validity', 'passed', `at ${time.toISOString()} (${source})`)

  const claimed = signer.attributes.signingTime
  // The signer himself says that he signed with a key that had already ended: no proof can repair that.
  const confessed =
    claimed !== undefined && claimed.getTime() > ended.notAfter.getTime() + policy.clockSkewSeconds * 1000
  if (source !== 'now' || confessed) {
    return tell('validity', 'failed', `ended ${ended.notAfter.toISOString()}, signed later`)
  }
  tell(
    'validity',
    'unknown',
    `ended ${ended.notAfter.toISOString()}, now is ${now.toISOString()}, nothing proves that it was signed before`,
  )
}

const clientAuthentication = '1.3.6.1.5.5.7.3.2'
const emailProtection = '1.3.6.1.5.5.7.3.4'

const judgeUsage = (signer: SignerEvidence, policy: SignaturePolicy, tell: Tell): void => {
  const { usages, purposes, isAuthority, policies } = signer.certificate!
  if (isAuthority) tell('key-usage', 'failed', 'an authority’s certificate signs certificates, not documents')
  else if (usages === undefined) tell('key-usage', 'failed', 'the certificate has no keyUsage')
  else if (!usages.includes('nonRepudiation')) {
    const login = purposes?.includes(clientAuthentication) === true
    tell(
      'key-usage',
      'failed',
      login ? 'a certificate for logging in (clientAuth)' : 'nonRepudiation is missing',
    )
  } else if (!usages.includes('digitalSignature')) tell('key-usage', 'failed', 'digitalSignature is missing')
  else if (purposes?.includes(clientAuthentication) === true && !purposes.includes(emailProtection)) {
    tell('key-usage', 'failed', 'the purpose is clientAuth, not signing')
  } else tell('key-usage', 'passed', usages.join(', '))

  if (policy.certificatePolicies.length === 0) return
  const under = (oid: string, roots: readonly string[]): boolean =>
    roots.some((root) => oid === root || oid.startsWith(`${root}.`))
  const refused = policies.find((oid) => under(oid, policy.refusedCertificatePolicies))
  if (refused !== undefined) tell('certificate-policy', 'failed', `${refused} is not for signing documents`)
  else if (policies.some((oid) => under(oid, policy.certificatePolicies)))
    tell('certificate-policy', 'passed', policies.join(', '))
  else
    tell(
      'certificate-policy',
      'failed',
      policies.length === 0 ? 'the certificate names no policy' : `${policies.join(', ')} is not accepted`,
    )
}

const describeSigner = (
  signer: SignerEvidence,
  verdict: SignerReport['verdict'],
  trusted: TrustedTime | undefined,
): SignerReport => {
  const { certificate, attributes, index } = signer
  return {
    index,
    verdict,
    iin: certificate?.iins.length === 1 ? certificate.iins[0] : undefined,
    bin: certificate?.bins.length === 1 ? certificate.bins[0] : undefined,
    commonName: certificate?.commonName,
    organization: certificate?.organization,
    roles: certificate?.roles ?? [],
    keyAlgorithm: certificate?.key.label,
    serial: certificate?.serial,
    certificateSha256: certificate?.sha256,
    notBefore: certificate?.notBefore,
    notAfter: certificate?.notAfter,
    signingTime: attributes.signingTime,
    trustedTime: trusted?.time,
    trustedTimeSource: trusted?.source,
  }
}
