import type { CertificateEvidence, KeyEvidence, TimeStampEvidence } from './evidence.ts'
import type { DigestName, SignaturePolicy } from './policy.ts'

/** Whether a key family with a digest is accepted for something made at `time`. */
export const isAlgorithmAccepted = (
  key: KeyEvidence,
  digest: DigestName | 'unsupported',
  time: Date,
  policy: SignaturePolicy,
): 'yes' | 'no-longer' | 'never' => {
  const rule = policy.algorithms.find((one) => one.key === key.family && one.digest === digest)
  if (rule === undefined) return 'never'
  return rule.until === undefined || time < rule.until ? 'yes' : 'no-longer'
}

/** What is weak about a key, or nothing. */
export const keyWeakness = (key: KeyEvidence, policy: SignaturePolicy): string | undefined => {
  const { keys } = policy
  if (key.family === 'unsupported') return `${key.label} is not a key we know`
  if (key.family === 'rsa') {
    const bits = key.rsaBits ?? 0
    if (bits < keys.rsaMinBits) return `RSA of ${bits} bits, at least ${keys.rsaMinBits}`
    if (bits > keys.rsaMaxBits) return `RSA of ${bits} bits, at most ${keys.rsaMaxBits}`
    if ((key.rsaExponent ?? 0) < keys.rsaMinExponent)
      return `RSA exponent ${key.rsaExponent ?? 0}, at least ${keys.rsaMinExponent}`
  }
  if (key.family === 'ec' && !keys.ecCurves.includes(key.curve ?? ''))
    return `curve ${key.curve ?? 'unknown'} is not accepted`
  return undefined
}

/** Rules of RFC 5280 §6 that a path from leaf (first) to anchor (last) breaks, or nothing. Dates are asked elsewhere. */
export const pathProblem = (
  path: readonly CertificateEvidence[],
  time: Date,
  policy: SignaturePolicy,
): string | undefined => {
  for (const [depth, certificate] of path.entries()) {
    const where = `certificate ${depth} of the path`
    if (depth > 0) {
      if (!certificate.isAuthority) return `${where} is not an authority (basicConstraints)`
      if (certificate.usages !== undefined && !certificate.usages.includes('keyCertSign'))
        return `${where} may not issue (keyUsage)`
      // Intermediates below this authority, the leaf not counted.
      if (certificate.pathLength !== undefined && depth - 1 > certificate.pathLength)
        return `${where} allows ${certificate.pathLength} authorities below it, there are ${depth - 1}`
    }
    // The anchor is pinned by its digest; how it signed itself says nothing.
    const isAnchor = depth === path.length - 1 && depth > 0
    if (!isAnchor) {
      const issuer = path[depth + 1]
      if (issuer !== undefined && certificate.signatureDigest !== undefined) {
        if (isAlgorithmAccepted(issuer.key, certificate.signatureDigest, time, policy) === 'never') {
          return `${where} is signed with ${issuer.key.label} and ${certificate.signatureDigest}, which is not accepted`
        }
      } else if (issuer !== undefined)
        return `${where} is signed with ${certificate.signatureLabel ?? 'an unknown algorithm'}, which is not taken`
    }
  }
  return undefined
}

/** Critical extensions nobody here understands, over the whole path. */
export const unknownCritical = (path: readonly CertificateEvidence[]): string[] => [
  ...new Set(path.flatMap((certificate) => certificate.unknownCriticalExtensions)),
]

const timeStamping = '1.3.6.1.5.5.7.3.8'

/**
 * Why a time stamp must not be believed, or nothing. The stamp may use other algorithms than the signature it
 * covers (a GOST 2004 or RSA authority over a GOST 2015 signature occurs) and its authority may belong to
 * another environment than the signer, but only one way: test keys of НУЦ РК get stamps of the production authority.
 */
export const judgeTimeStamp = (
  stamp: TimeStampEvidence,
  policy: SignaturePolicy,
  now: Date,
): string | undefined => {
  if (stamp.unreadable !== undefined) return `unreadable: ${stamp.unreadable}`
  if (!stamp.contentTypeIsTstInfo) return 'the token does not hold a TSTInfo'
  if (stamp.signerCount !== 1) return `the token has ${stamp.signerCount} signers, one is needed`
  const { certificate, attributes, genTime, chain } = stamp
  if (certificate === undefined) return 'the token does not carry the certificate of the authority'
  if (genTime === undefined) return 'the token has no time'
  if (!stamp.imprintMatches) return 'the stamp covers something else (imprint)'
  if (stamp.digest === 'unsupported' || stamp.digest === 'md5' || stamp.digest === 'sha-1')
    return `imprint by ${stamp.digest} is not accepted`
  if (attributes === undefined || !attributes.present) return 'the token has no signed attributes'
  if (attributes.repeated.length > 0) return 'the token repeats a signed attribute'
  if (attributes.messageDigestCount !== 1 || !attributes.messageDigestMatches)
    return 'the digest in the token is another one'
  if (attributes.contentTypes.length !== 1) return 'the token must sign its content type once'
  if (attributes.signingCertificate !== 'matches') return 'the token is not bound to its certificate'
  if (!stamp.algorithmsAgree || stamp.signature !== 'holds') return 'the signature of the token does not hold'
  if (keyWeakness(certificate.key, policy) !== undefined) return keyWeakness(certificate.key, policy)
  if (chain.anchor === undefined)
    return `not issued by a pinned time-stamping authority: ${chain.problem ?? 'no anchor'}`
  if (policy.environment === 'production' && chain.anchor.environment !== 'production')
    return 'a test authority stamped it'
  const broken = pathProblem(chain.path, genTime, policy)
  if (broken !== undefined) return broken
  const critical = unknownCritical(chain.path)
  if (critical.length > 0) return `unknown critical extensions: ${critical.join(', ')}`
  const { purposes } = certificate
  if (purposes === undefined || purposes.length !== 1 || purposes[0] !== timeStamping)
    return 'the certificate is not for time stamping alone'
  if (!certificate.purposesCritical) return 'the purpose timeStamping is not critical'
  if (genTime.getTime() > now.getTime() + policy.clockSkewSeconds * 1000)
    return `${genTime.toISOString()} lies in the future`
  const outside = chain.path.find((one) => genTime < one.notBefore || genTime > one.notAfter)
  if (outside !== undefined) return 'the authority’s certificate was not valid at the time of the stamp'
  return undefined
}
