import { createHash } from 'node:crypto'
import {
  compareBytes,
  oids,
  readOne,
  sequence,
  tags,
  tlv,
  writeContext,
  writeInteger,
  writeNull,
  writeOctets,
  writeOid,
  writeSequence,
  writeSetOf,
  writeTime,
} from '../der/index.ts'
import { oidOfDigest, oidOfSignature, usualDigest } from '../algorithms/index.ts'
import type { DigestName, KeyFamily } from '../../../core/signature/index.ts'

/** A private key that can sign, with the certificate that speaks for it. */
export interface CmsKey {
  /** DER. */
  certificate: Uint8Array
  family: KeyFamily
  /** Digest by the name of `usualDigest(family)`, or another where the family allows it. */
  digest(name: DigestName, data: Uint8Array): Promise<Uint8Array>
  /** Signs `data` (hashing it with `digest` first) in the form certificates and CMS carry. */
  sign(data: Uint8Array, digest: DigestName): Promise<Uint8Array>
}

export interface MakeCmsOptions {
  signingTime: Date
  /** Certificates (DER) put beside the signer's own: the authorities above it. */
  certificates?: readonly Uint8Array[]
  /** Put the document inside. Default: detached. */
  embed?: boolean
  digest?: DigestName
  /** Content type other than data: a time stamp's TSTInfo. */
  contentType?: string
  /** Gets the signature value, gives time-stamp tokens (DER) for the unsigned attributes. */
  timeStamp?: (signature: Uint8Array) => Promise<Uint8Array>
}

/**
 * A CMS signature over `data`: contentType, signingTime, messageDigest, signingCertificateV2 in DER order,
 * as Order 500/НҚ p. 8 wants them.
 */
export const makeCms = async (
  data: Uint8Array,
  key: CmsKey,
  options: MakeCmsOptions,
): Promise<Uint8Array> => {
  const digestName = options.digest ?? usualDigest(key.family)
  const contentType = options.contentType ?? oids.data
  const attributes = writeSetOf([
    attribute(oids.contentType, writeOid(contentType)),
    attribute(oids.signingTime, writeTime(options.signingTime)),
    attribute(oids.messageDigest, writeOctets(await key.digest(digestName, data))),
    attribute(oids.signingCertificateV2, signingCertificateV2(key.certificate)),
  ])
  const signature = await key.sign(attributes, digestName)
  const signatureOid = oidOfSignature(key.family, digestName)
  if (signatureOid === undefined)
    throw new Error(`no signature algorithm for ${key.family} with ${digestName}`)
  const { issuer, serial } = issuerAndSerial(key.certificate)
  const digestAlgorithm = algorithm(oidOfDigest(digestName), true)
  const token = options.timeStamp && (await options.timeStamp(signature))
  const signer = writeSequence(
    writeInteger(1),
    writeSequence(issuer, serial),
    digestAlgorithm,
    implicit(0, attributes),
    algorithm(signatureOid, key.family !== 'ec'),
    writeOctets(signature),
    ...(token === undefined
      ? []
      : [implicit(1, writeSetOf([attribute(oids.signatureTimeStampToken, token)]))]),
  )
  const certificates = uniqueBytes([key.certificate, ...(options.certificates ?? [])]).sort(compareBytes)
  return signedDataMessage({
    version: contentType === oids.data ? 1 : 3,
    digestAlgorithms: [digestAlgorithm],
    contentType,
    content: options.embed === true ? data : undefined,
    certificates,
    signers: [signer],
  })
}

export interface MessageParts {
  version: number
  digestAlgorithms: readonly Uint8Array[]
  contentType: string
  content: Uint8Array | undefined
  certificates: readonly Uint8Array[]
  signers: readonly Uint8Array[]
}

/** Puts finished parts into ContentInfo/SignedData. */
export const signedDataMessage = (parts: MessageParts): Uint8Array =>
  writeSequence(
    writeOid(oids.signedData),
    writeContext(
      0,
      writeSequence(
        writeInteger(parts.version),
        writeSetOf(parts.digestAlgorithms),
        writeSequence(
          writeOid(parts.contentType),
          ...(parts.content === undefined ? [] : [writeContext(0, writeOctets(parts.content))]),
        ),
        ...(parts.certificates.length === 0 ? [] : [writeContext(0, ...parts.certificates)]),
        writeSetOf(parts.signers),
      ),
    ),
  )

const uniqueBytes = (all: readonly Uint8Array[]): Uint8Array[] => [
  ...new Map(all.map((bytes) => [Buffer.from(bytes).toString('base64'), bytes])).values(),
]

export const attribute = (type: string, value: Uint8Array): Uint8Array =>
  writeSequence(writeOid(type), tlv(tags.set, value))

/** A finished SET as `[n] IMPLICIT`. */
export const implicit = (number: number, set: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(set)
  copy[0] = 0xa0 | number
  return copy
}

/** AlgorithmIdentifier; RSA and GOST carry NULL parameters, ECDSA none. */
export const algorithm = (oid: string, withNull: boolean): Uint8Array =>
  writeSequence(writeOid(oid), ...(withNull ? [writeNull()] : []))

/** ESSCertIDv2 with its default hash, SHA-256, and issuerSerial left out as NCALayer does. */
const signingCertificateV2 = (certificate: Uint8Array): Uint8Array =>
  writeSequence(writeSequence(writeSequence(writeOctets(createHash('sha256').update(certificate).digest()))))

/** Issuer and serial (DER) as the certificate carries them. */
export const issuerAndSerial = (certificate: Uint8Array): { issuer: Uint8Array; serial: Uint8Array } => {
  const [body] = sequence(readOne(certificate), 'certificate')
  const fields = sequence(body, 'certificate body')
  const from = fields[0]?.tag === 0xa0 ? 1 : 0
  return { serial: fields[from]!.bytes, issuer: fields[from + 2]!.bytes }
}
