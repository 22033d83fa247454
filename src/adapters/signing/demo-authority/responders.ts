import { oidOfSignature, usualDigest } from '../algorithms/index.ts'
import { algorithm, makeCms } from '../cms/index.ts'
import {
  context,
  oids,
  oidText,
  octets,
  readOne,
  sequence,
  tags,
  tlv,
  writeBits,
  writeContext,
  writeContextPrimitive,
  writeEnumerated,
  writeGeneralizedTime,
  writeInteger,
  writeNull,
  writeOctets,
  writeOid,
  writeSequence,
  writeTime,
} from '../der/index.ts'
import { reasonNumber } from '../revocation/reason.ts'
import { readCertificate } from '../x509/index.ts'
import { keyIdOf, writeExtension } from './certificates.ts'
import type { RevocationReason } from '../../../core/signature/index.ts'
import type { DemoAuthority, DemoIdentity } from './authority.ts'

/** What a demo responder says about one serial number. */
export interface DemoStatus {
  status: 'good' | 'revoked' | 'unknown'
  revokedAt?: Date
  reason?: RevocationReason
}

export interface OcspAnswerOptions {
  now: Date
  statusOf?: (serial: string) => DemoStatus
  /** Instead of the authority's responder. */
  signer?: DemoIdentity
  /** Certificates sent along; the responder's own by default. */
  certificates?: readonly Uint8Array[]
  /** `drop` and `change` make answers that must not be believed. */
  nonce?: 'echo' | 'drop' | 'change'
  thisUpdate?: Date
  nextUpdate?: Date
  /** Says "revoked 1970" of what it never issued, as НУЦ РК does. */
  extendedRevoke?: boolean
}

/** Answers an OCSPRequest (DER) as the responder of the demo authority. */
export const answerOcsp = async (
  authority: DemoAuthority,
  request: Uint8Array,
  options: OcspAnswerOptions,
): Promise<Uint8Array> => {
  const [body] = sequence(readOne(request), 'OCSP request')
  const parts = sequence(body, 'OCSP request body').filter(
    (part) => part.tag !== context(0) && part.tag !== context(1),
  )
  const [list, extensions] = parts
  const asked = sequence(list, 'questions').map((one) => sequence(one, 'question')[0]!)
  const nonce = extensions?.tag === context(2) ? sequence(readOne(extensions.content), 'extensions') : []
  const nonceValue = nonce
    .map((one) => sequence(one, 'extension'))
    .find(([oid]) => oidText(oid) === oids.ocspNonce)
    ?.at(-1)
  const { now, nonce: mode = 'echo', statusOf = () => ({ status: 'good' }) } = options
  const responseExtensions = [
    ...(nonceValue === undefined || mode === 'drop'
      ? []
      : [
          {
            oid: oids.ocspNonce,
            value: mode === 'echo' ? octets(nonceValue, 'nonce') : writeOctets(new Uint8Array(16)),
          },
        ]),
    ...(options.extendedRevoke === true ? [{ oid: oids.ocspExtendedRevoke, value: writeNull() }] : []),
  ]
  const answers = asked.map((certId) => {
    const serial = Buffer.from(sequence(certId, 'CertID')[3]!.content)
      .toString('hex')
      .toUpperCase()
      .replace(/^00(?=..)/, '')
    return writeSequence(
      certId.bytes,
      writeStatus(statusOf(serial)),
      writeGeneralizedTime(options.thisUpdate ?? now),
      ...(options.nextUpdate === undefined
        ? []
        : [writeContext(0, writeGeneralizedTime(options.nextUpdate))]),
    )
  })
  const signer = options.signer ?? authority.responder
  const data = writeSequence(
    writeContext(2, writeOctets(keyIdOf(signer.key.spki))),
    writeGeneralizedTime(now),
    writeSequence(...answers),
    ...(responseExtensions.length === 0
      ? []
      : [writeContext(1, writeSequence(...responseExtensions.map(writeExtension)))]),
  )
  const certificates = options.certificates ?? [signer.certificate]
  const basic = writeSequence(
    data,
    ...(await signed(signer, data)),
    ...(certificates.length === 0 ? [] : [writeContext(0, writeSequence(...certificates))]),
  )
  return writeSequence(
    writeEnumerated(0),
    writeContext(0, writeSequence(writeOid(oids.ocspBasic), writeOctets(basic))),
  )
}

/** An OCSP refusal: 3 is tryLater, 6 unauthorized. */
export const refuseOcsp = (status: number): Uint8Array => writeSequence(writeEnumerated(status))

const writeStatus = ({ status, revokedAt, reason }: DemoStatus): Uint8Array => {
  if (status === 'good') return writeContextPrimitive(0, new Uint8Array(0))
  if (status === 'unknown') return writeContextPrimitive(2, new Uint8Array(0))
  return writeContext(
    1,
    writeGeneralizedTime(revokedAt ?? new Date(0)),
    ...(reason === undefined ? [] : [writeContext(0, writeEnumerated(reasonNumber(reason)))]),
  )
}

const signed = async (
  signer: DemoIdentity,
  data: Uint8Array,
): Promise<[algorithm: Uint8Array, signature: Uint8Array]> => {
  const digest = usualDigest(signer.family)
  return [
    algorithm(oidOfSignature(signer.family, digest)!, signer.family !== 'ec'),
    writeBits(await signer.sign(data, digest)),
  ]
}

export interface CrlOptions {
  thisUpdate: Date
  nextUpdate?: Date
  number?: number
  /** Makes it a delta of the list with this number. */
  deltaOf?: number
  revoked: Iterable<{ serial: Uint8Array; revokedAt: Date; reason?: RevocationReason }>
  /** Instead of the authority's issuer. */
  signer?: DemoIdentity
  extraExtensions?: readonly { oid: string; critical?: boolean; value: Uint8Array }[]
}

/** A revocation list of the demo authority. */
export const makeCrl = async (authority: DemoAuthority, options: CrlOptions): Promise<Uint8Array> => {
  const signer = options.signer ?? authority.issuer
  const digest = usualDigest(signer.family)
  const signatureAlgorithm = algorithm(oidOfSignature(signer.family, digest)!, signer.family !== 'ec')
  const entries: Uint8Array[] = []
  for (const { serial, revokedAt, reason } of options.revoked) {
    const extensions =
      reason === undefined
        ? []
        : [
            writeSequence(
              writeExtension({ oid: oids.reasonCode, value: writeEnumerated(reasonNumber(reason)) }),
            ),
          ]
    entries.push(writeSequence(writeInteger(serial), writeTime(revokedAt), ...extensions))
  }
  const extensions = [
    {
      oid: oids.authorityKeyIdentifier,
      value: writeSequence(writeContextPrimitive(0, keyIdOf(signer.key.spki))),
    },
    { oid: oids.crlNumber, value: writeInteger(options.number ?? 1) },
    ...(options.deltaOf === undefined
      ? []
      : [{ oid: oids.deltaCrlIndicator, critical: true, value: writeInteger(options.deltaOf) }]),
    ...(options.extraExtensions ?? []),
  ]
  const body = writeSequence(
    writeInteger(1),
    signatureAlgorithm,
    readCertificate(signer.certificate).subject,
    writeTime(options.thisUpdate),
    ...(options.nextUpdate === undefined ? [] : [writeTime(options.nextUpdate)]),
    ...(entries.length === 0 ? [] : [tlv(tags.sequence, Buffer.concat(entries))]),
    writeContext(0, writeSequence(...extensions.map(writeExtension))),
  )
  return writeSequence(body, signatureAlgorithm, writeBits(await signer.sign(body, digest)))
}

export interface TimeStampAnswerOptions {
  now: Date
  /** Instead of the authority's time stamper. */
  signer?: DemoIdentity
  /** Another imprint than the one asked for. */
  imprint?: Uint8Array
  policy?: string
  nonce?: 'echo' | 'change'
}

/** Answers a TimeStampReq (DER) with a granted token. */
export const answerTimeStamp = async (
  authority: DemoAuthority,
  request: Uint8Array,
  options: TimeStampAnswerOptions,
): Promise<Uint8Array> => {
  const [, imprint, ...optional] = sequence(readOne(request), 'time-stamp request')
  const [hashAlgorithm, hash] = sequence(imprint, 'imprint')
  const policy = optional.find((part) => part.tag === tags.oid)
  const nonce = optional.find((part) => part.tag === tags.integer)
  const token = await makeTimeStampToken(authority, {
    ...options,
    hashAlgorithm: hashAlgorithm!.bytes,
    imprint: options.imprint ?? octets(hash, 'imprint'),
    policy: options.policy ?? (policy === undefined ? oids.tspPolicyGost2015 : oidText(policy)),
    nonce: options.nonce === 'change' ? Uint8Array.of(1) : nonce?.content,
  })
  return writeSequence(writeSequence(writeInteger(0)), token)
}

/** A refusal: status 2 is rejection. */
export const refuseTimeStamp = (): Uint8Array => writeSequence(writeSequence(writeInteger(2)))

export interface TokenOptions {
  now: Date
  signer?: DemoIdentity
  /** AlgorithmIdentifier (DER) of the imprint. */
  hashAlgorithm: Uint8Array
  imprint: Uint8Array
  policy: string
  nonce?: Uint8Array
  contentType?: string
}

export const makeTimeStampToken = (authority: DemoAuthority, options: TokenOptions): Promise<Uint8Array> => {
  const info = writeSequence(
    writeInteger(1),
    writeOid(options.policy),
    writeSequence(options.hashAlgorithm, writeOctets(options.imprint)),
    writeInteger(options.now.getTime()),
    writeGeneralizedTime(options.now),
    ...(options.nonce === undefined ? [] : [tlv(tags.integer, options.nonce)]),
  )
  return makeCms(info, options.signer ?? authority.timeStamper, {
    signingTime: options.now,
    embed: true,
    contentType: options.contentType ?? oids.tstInfo,
    certificates: authority.intermediates,
  })
}
