import {
  algorithmOid,
  checkDer,
  children,
  compareBytes,
  context,
  contextPrimitive,
  DerError,
  expectTag,
  integerHex,
  octets,
  oids,
  oidText,
  readOne,
  sequence,
  setOf,
  signatureAlgorithmOid,
  smallInteger,
  tags,
} from '../der/index.ts'
import { readCertificate } from '../x509/index.ts'
import type { Tlv } from '../der/index.ts'
import type { Certificate } from '../x509/index.ts'

export interface Attribute {
  type: string
  values: Tlv[]
}

export interface AttributeSet {
  /** As it is signed: with the tag of a SET, though the message carries it as [0]. */
  signedBytes: Uint8Array
  list: Attribute[]
  /** The set is in DER order. */
  ordered: boolean
  /** Attribute types that occur more than once. */
  repeated: string[]
}

export type SignerIdentifier = { issuer: Uint8Array; serial: string } | { keyId: string }

export interface SignerInfo {
  version: number
  identifier: SignerIdentifier
  digestOid: string
  signedAttributes: AttributeSet | undefined
  signatureOid: string
  signature: Uint8Array
  unsignedAttributes: Attribute[]
}

/** A CMS SignedData taken apart; every byte array is a view of the message. */
export interface SignedMessage {
  der: Uint8Array
  version: number
  contentType: string
  /** Embedded content; absent in a detached signature. */
  content: Uint8Array | undefined
  /** Each certificate once. */
  certificates: Certificate[]
  /** CRLs (DER) the message carries. */
  crls: Uint8Array[]
  /** OCSP responses (DER) the message carries, as the LT form has them. */
  ocspResponses: Uint8Array[]
  signers: SignerInfo[]
}

export interface MessageLimits {
  maxSigners: number
  maxCertificates: number
}

/** Not DER at all: told apart from other defects, for it has its own fact. */
export class EncodingError extends DerError {}

/** Told apart from other defects, for it has its own fact. */
export class SignerCountError extends DerError {}

const idRiOcspResponse = '1.3.6.1.5.5.7.16.2'

/** Takes a SignedData apart. Throws `DerError` for whatever is not one; checks the encoding first. */
export const readSignedMessage = (der: Uint8Array, limits: MessageLimits): SignedMessage => {
  checkEncoding(der)
  const [type, wrapped, ...more] = sequence(readOne(der), 'message')
  const typeOid = oidText(type, 'message type')
  if (typeOid !== oids.signedData) throw new DerError(`message type ${typeOid} is not SignedData`, 0)
  if (more.length > 0) throw new DerError('message has more than two parts', 0)
  const [signedData, ...extra] = children(expectTag(wrapped, context(0), 'SignedData'))
  if (extra.length > 0) throw new DerError('SignedData twice', 0)
  const parts = sequence(signedData, 'SignedData')
  const version = smallInteger(parts.shift(), 'version')
  const digests = new Set(
    setOf(parts.shift(), 'digest algorithms').map((one) => algorithmOid(one, 'digest algorithm')),
  )
  const { contentType, content } = readContent(parts.shift())
  const certificates = parts[0]?.tag === context(0) ? readCertificates(parts.shift()!, limits) : []
  const { crls, ocspResponses } =
    parts[0]?.tag === context(1) ? readRevocation(parts.shift()!) : { crls: [], ocspResponses: [] }
  const signerTlvs = setOf(parts.shift(), 'signers')
  if (parts.length > 0) throw new DerError('unknown parts after the signers', parts[0]!.offset)
  if (signerTlvs.length === 0) throw new SignerCountError('nobody signed', 0)
  if (signerTlvs.length > limits.maxSigners)
    throw new SignerCountError(`${signerTlvs.length} signers, at most ${limits.maxSigners}`, 0)
  const signers = signerTlvs.map(readSigner)
  // Nothing signs this list, and OpenSSL computes only what it names: two readers must not see two messages.
  if (!signers.every(({ digestOid }) => digests.has(digestOid)))
    throw new DerError('the message does not name the digest of a signer', 0)
  return {
    der,
    version,
    contentType,
    content,
    certificates,
    crls,
    ocspResponses,
    signers,
  }
}

const checkEncoding = (der: Uint8Array): void => {
  try {
    checkDer(der)
  } catch (cause) {
    throw cause instanceof DerError ? new EncodingError(cause.message, cause.offset) : cause
  }
}

const readContent = (value: Tlv | undefined): { contentType: string; content: Uint8Array | undefined } => {
  const [type, wrapped, ...more] = sequence(value, 'content')
  if (more.length > 0) throw new DerError('content has more than two parts', value!.offset)
  const contentType = oidText(type, 'content type')
  if (wrapped === undefined) return { contentType, content: undefined }
  const [inner, ...extra] = children(expectTag(wrapped, context(0), 'embedded content'))
  if (extra.length > 0) throw new DerError('embedded content twice', wrapped.offset)
  return { contentType, content: octets(inner, 'embedded content') }
}

const readCertificates = (value: Tlv, limits: MessageLimits): Certificate[] => {
  const all = children(value)
  if (all.length > limits.maxCertificates)
    throw new DerError(`${all.length} certificates, at most ${limits.maxCertificates}`, value.offset)
  const found = new Map<string, Certificate>()
  for (const one of all) {
    const certificate = readCertificate(expectTag(one, tags.sequence, 'certificate').bytes)
    found.set(certificate.sha256, certificate)
  }
  return [...found.values()]
}

const readRevocation = (value: Tlv): { crls: Uint8Array[]; ocspResponses: Uint8Array[] } => {
  const crls: Uint8Array[] = []
  const ocspResponses: Uint8Array[] = []
  for (const one of children(value)) {
    if (one.tag === tags.sequence) crls.push(one.bytes)
    else if (one.tag === context(1)) {
      const [format, response] = children(one)
      if (oidText(format, 'revocation format') === idRiOcspResponse && response !== undefined)
        ocspResponses.push(response.bytes)
    }
  }
  return { crls, ocspResponses }
}

const readSigner = (value: Tlv): SignerInfo => {
  const parts = sequence(value, 'signer')
  const version = smallInteger(parts.shift(), 'signer version')
  if (version !== 1 && version !== 3) throw new DerError(`signer version ${version}`, value.offset)
  const identifier = readIdentifier(parts.shift())
  if ('keyId' in identifier !== (version === 3))
    throw new DerError('signer version does not fit its identifier', value.offset)
  const digestOid = algorithmOid(parts.shift(), 'digest algorithm')
  const signedAttributes = parts[0]?.tag === context(0) ? readAttributeSet(parts.shift()!) : undefined
  const signatureOid = signatureAlgorithmOid(parts.shift(), 'signature algorithm')
  const signature = octets(parts.shift(), 'signature')
  const unsignedAttributes = parts[0]?.tag === context(1) ? readAttributes(parts.shift()!) : []
  if (parts.length > 0) throw new DerError('unknown parts in a signer', parts[0]!.offset)
  return { version, identifier, digestOid, signedAttributes, signatureOid, signature, unsignedAttributes }
}

const readIdentifier = (value: Tlv | undefined): SignerIdentifier => {
  if (value?.tag === contextPrimitive(0)) return { keyId: Buffer.from(value.content).toString('hex') }
  const [issuer, serial, ...more] = sequence(value, 'signer identifier')
  if (issuer === undefined || more.length > 0)
    throw new DerError('signer identifier has other parts than two', value!.offset)
  return { issuer: issuer.bytes, serial: integerHex(serial, 'signer serial') }
}

const readAttributes = (value: Tlv): Attribute[] =>
  children(value).map((one) => {
    const [type, values, ...more] = sequence(one, 'attribute')
    if (more.length > 0) throw new DerError('attribute has more than two parts', one.offset)
    return { type: oidText(type, 'attribute type'), values: setOf(values, 'attribute values') }
  })

const readAttributeSet = (value: Tlv): AttributeSet => {
  const signedBytes = Uint8Array.from(value.bytes)
  signedBytes[0] = tags.set
  const list = readAttributes(value)
  const encodings = children(value).map((one) => one.bytes)
  const types = list.map((one) => one.type)
  return {
    signedBytes,
    list,
    ordered: encodings.every(
      (bytes, place) => place === 0 || compareBytes(encodings[place - 1]!, bytes) <= 0,
    ),
    repeated: [...new Set(types.filter((type, place) => types.indexOf(type) !== place))],
  }
}
