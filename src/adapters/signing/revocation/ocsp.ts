import { createHash } from 'node:crypto'
import { digestOfOid, oidOfDigest, signatureAlgorithmOfOid } from '../algorithms/index.ts'
import { algorithm } from '../cms/index.ts'
import {
  algorithmOid,
  checkDer,
  children,
  context,
  contextPrimitive,
  DerError,
  expectTag,
  integerHex,
  octets,
  oids,
  oidText,
  readOne,
  sameBytes,
  sequence,
  tags,
  time,
  wholeBits,
  writeContext,
  writeOctets,
  writeOid,
  writeSequence,
  tlv,
} from '../der/index.ts'
import { readCertificate } from '../x509/index.ts'
import { reasonOf } from './reason.ts'
import type { CryptoSuite } from '../algorithms/index.ts'
import type { Tlv } from '../der/index.ts'
import type { RevocationReason } from '../../../core/signature/index.ts'
import type { Certificate } from '../x509/index.ts'
import type { RevocationAnswer } from './checker.ts'

/** OCSP in the form the responders of НУЦ РК speak: CertID by SHA-256, with a nonce. */
export const writeOcspRequest = (
  certificate: Certificate,
  issuer: Certificate,
  nonce: Uint8Array,
): Uint8Array =>
  writeSequence(
    writeSequence(
      writeSequence(writeSequence(certId(certificate, issuer))),
      writeContext(
        2,
        writeSequence(writeSequence(writeOid(oids.ocspNonce), writeOctets(writeOctets(nonce)))),
      ),
    ),
  )

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

const certId = (certificate: Certificate, issuer: Certificate): Uint8Array =>
  writeSequence(
    algorithm(oidOfDigest('sha-256'), true),
    writeOctets(sha256(issuer.subject)),
    writeOctets(sha256(issuer.key.keyBits)),
    tlv(tags.integer, serialBytes(certificate.serial)),
  )

/** Content of the INTEGER a serial came from. */
const serialBytes = (serial: string): Uint8Array => {
  const bytes = Buffer.from(serial, 'hex')
  return bytes[0]! >= 0x80 ? Buffer.concat([Uint8Array.of(0), bytes]) : bytes
}

interface SingleResponse {
  hashOid: string
  nameHash: Uint8Array
  keyHash: Uint8Array
  serial: string
  status: 'good' | 'revoked' | 'unknown'
  revokedAt: Date | undefined
  reason: RevocationReason | undefined
  thisUpdate: Date
  nextUpdate: Date | undefined
}

interface BasicResponse {
  tbs: Uint8Array
  producedAt: Date
  responses: SingleResponse[]
  nonce: Uint8Array | undefined
  /** The responder says "revoked" of certificates it never issued (RFC 6960 §4.4.8). */
  extendedRevoke: boolean
  signatureOid: string
  signature: Uint8Array
  certificates: Certificate[]
}

const statusWords: Readonly<Record<number, string>> = {
  1: 'malformedRequest',
  2: 'internalError',
  3: 'tryLater',
  5: 'sigRequired',
  6: 'unauthorized',
}

/** Reads OCSPResponse. A refusal (tryLater and the like) comes back as its word. */
const readOcspResponse = (der: Uint8Array): BasicResponse | { refusal: string } => {
  checkDer(der)
  const [status, wrapped] = sequence(readOne(der), 'OCSP response')
  const code = expectTag(status, tags.enumerated, 'OCSP status').content[0] ?? 255
  if (code !== 0) return { refusal: statusWords[code] ?? `status ${code}` }
  const [body] = children(expectTag(wrapped, context(0), 'OCSP response bytes'))
  const [type, basic] = sequence(body, 'OCSP response bytes')
  if (oidText(type, 'OCSP response type') !== oids.ocspBasic)
    throw new DerError('not a basic OCSP response', 0)
  const inner = octets(basic, 'OCSP response')
  checkDer(inner)
  return readBasicResponse(inner)
}

const readBasicResponse = (der: Uint8Array): BasicResponse => {
  const [tbs, signatureAlgorithm, signature, extra] = sequence(readOne(der), 'basic OCSP response')
  const fields = sequence(tbs, 'OCSP response data')
  if (fields[0]?.tag === context(0)) fields.shift()
  const responder = fields.shift()
  if (responder?.tag !== context(1) && responder?.tag !== context(2))
    throw new DerError('OCSP responder is not named', 0)
  const producedAt = time(fields.shift(), 'producedAt')
  const responses = sequence(fields.shift(), 'OCSP responses').map(readSingle)
  let nonce: Uint8Array | undefined
  let extendedRevoke = false
  if (fields[0]?.tag === context(1)) {
    for (const one of sequence(children(fields[0])[0], 'OCSP extensions')) {
      const parts = sequence(one, 'OCSP extension')
      const oid = oidText(parts[0], 'OCSP extension')
      const value = octets(parts.at(-1), 'OCSP extension')
      if (oid === oids.ocspNonce) nonce = value
      if (oid === oids.ocspExtendedRevoke) extendedRevoke = true
    }
  }
  const bag = extra?.tag === context(0) ? sequence(children(extra)[0], 'OCSP certificates') : []
  if (bag.length > 8) throw new DerError(`${bag.length} certificates in an OCSP response`, 0)
  return {
    tbs: tbs!.bytes,
    producedAt,
    responses,
    nonce,
    extendedRevoke,
    signatureOid: algorithmOid(signatureAlgorithm, 'OCSP signature algorithm'),
    signature: wholeBits(signature, 'OCSP signature'),
    certificates: bag.map((one) => readCertificate(one.bytes)),
  }
}

const readSingle = (value: Tlv): SingleResponse => {
  const parts = sequence(value, 'OCSP answer')
  const [hash, nameHash, keyHash, serial] = sequence(parts.shift(), 'CertID')
  const state = parts.shift()
  let status: SingleResponse['status']
  let revokedAt: Date | undefined
  let reason: RevocationReason | undefined
  if (state?.tag === contextPrimitive(0)) status = 'good'
  else if (state?.tag === contextPrimitive(2)) status = 'unknown'
  else if (state?.tag === context(1)) {
    status = 'revoked'
    const [when, why] = children(state)
    revokedAt = time(when, 'revocation time')
    if (why?.tag === context(0)) reason = reasonOf(children(why)[0])
  } else throw new DerError('an unknown certificate status', value.offset)
  const thisUpdate = time(parts.shift(), 'thisUpdate')
  const nextUpdate = parts[0]?.tag === context(0) ? time(children(parts[0])[0], 'nextUpdate') : undefined
  return {
    hashOid: algorithmOid(hash, 'CertID algorithm'),
    nameHash: octets(nameHash, 'issuer name hash'),
    keyHash: octets(keyHash, 'issuer key hash'),
    serial: integerHex(serial, 'serial'),
    status,
    revokedAt,
    reason,
    thisUpdate,
    nextUpdate,
  }
}

export interface OcspQuestion {
  certificate: Certificate
  issuer: Certificate
  /** The nonce we sent; an answer without it, or with another, is a replay. Absent for stored answers. */
  nonce?: Uint8Array
}

const unusable = (detail: string): RevocationAnswer => ({ source: 'ocsp', status: 'unusable', detail })

/** What an OCSP answer (DER) is worth for a certificate. Never throws for a bad answer. */
export const weighOcspResponse = async (
  der: Uint8Array,
  question: OcspQuestion,
  suite: CryptoSuite,
): Promise<RevocationAnswer> => {
  try {
    const response = readOcspResponse(der)
    if ('refusal' in response) return { source: 'ocsp', status: 'unavailable', detail: response.refusal }
    const { certificate, issuer, nonce } = question
    if (
      nonce !== undefined &&
      (response.nonce === undefined || !sameBytes(response.nonce, writeOctets(nonce)))
    ) {
      return unusable('the nonce is not ours: a replay, or a responder that does not repeat it')
    }
    // Before any signature is computed: a message may bring many answers, and few are about this certificate.
    const answers: SingleResponse[] = []
    for (const one of response.responses)
      if (await isAbout(one, certificate, issuer, suite)) answers.push(one)
    const [answer, ...more] = answers
    if (answer === undefined || more.length > 0)
      return unusable(`${answers.length} answers about this certificate`)
    const signer = await responderOf(response, issuer, suite)
    if (typeof signer === 'string') return unusable(signer)
    const dates = { thisUpdate: answer.thisUpdate, nextUpdate: answer.nextUpdate }
    // "Revoked in 1970" is how НУЦ РК says that it never issued such a certificate.
    const neverIssued =
      answer.status === 'revoked' && response.extendedRevoke && answer.revokedAt?.getTime() === 0
    if (answer.status === 'unknown' || neverIssued)
      return { source: 'ocsp', status: 'unknown', detail: 'never issued', ...dates }
    return {
      source: 'ocsp',
      status: answer.status,
      detail: `answered ${answer.thisUpdate.toISOString()} by ${signer.evidence.subject}`,
      ...dates,
      revokedAt: answer.revokedAt,
      reason: answer.reason,
    }
  } catch (cause) {
    if (cause instanceof DerError) return unusable(cause.message)
    throw cause
  }
}

const isAbout = async (
  one: SingleResponse,
  certificate: Certificate,
  issuer: Certificate,
  suite: CryptoSuite,
): Promise<boolean> => {
  const digest = digestOfOid(one.hashOid)
  if (digest === undefined || digest === 'md5' || one.serial !== certificate.serial) return false
  return (
    sameBytes(one.nameHash, await suite.digest(digest, issuer.subject)) &&
    sameBytes(one.keyHash, await suite.digest(digest, issuer.key.keyBits))
  )
}

/** Who signed the answer, when that one may: the issuer itself, or somebody the issuer certified for it. */
const responderOf = async (
  response: BasicResponse,
  issuer: Certificate,
  suite: CryptoSuite,
): Promise<Certificate | string> => {
  const digest = signatureAlgorithmOfOid(response.signatureOid)?.digest
  if (digest === undefined || digest === 'sha-1' || digest === 'md5')
    return `signed with ${response.signatureOid}`
  for (const candidate of [issuer, ...response.certificates]) {
    if (candidate !== issuer) {
      if (!sameBytes(candidate.issuer, issuer.subject) || candidate.signatureDigest === undefined) continue
      if (candidate.purposes?.includes(oids.ocspSigning) !== true) continue
      if (candidate.evidence.unknownCriticalExtensions.length > 0) continue
      const { notBefore, notAfter } = candidate.evidence
      if (response.producedAt < notBefore || response.producedAt > notAfter) continue
      if (!(await suite.verify(issuer.key, candidate.signatureDigest, candidate.tbs, candidate.signature)))
        continue
    }
    if (await suite.verify(candidate.key, digest, response.tbs, response.signature)) return candidate
  }
  return 'not signed by the authority or a responder it authorised'
}
