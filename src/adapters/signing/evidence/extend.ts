import {
  children,
  compareBytes,
  context,
  expectTag,
  oids,
  oidText,
  readOne,
  sequence,
  setOf,
  tags,
  tlv,
  writeContext,
  writeOid,
  writeSequence,
} from '../der/index.ts'
import { attribute, implicit, readSignedMessage } from '../cms/index.ts'
import type { Tlv } from '../der/index.ts'
import type { TimeStamper } from '../sign/index.ts'

/** Signers a stored signature may have; it was accepted under a stricter limit. */
const limits = { maxSigners: 64, maxCertificates: 64 }

/**
 * CAdES-T: a copy of the signature in which every signer has a time stamp over his signature value. Signers that
 * have one keep it. Everything signed stays as it was, byte for byte; the original must be kept beside the copy.
 * Throws `DerError` for what is no signature and what the time stamper throws.
 */
export const withTimeStamps = async (cms: Uint8Array, timeStamper: TimeStamper): Promise<Uint8Array> => {
  const message = readSignedMessage(cms, limits)
  const tokens = new Map<string, Uint8Array>()
  for (const signer of message.signers) {
    if (signer.unsignedAttributes.some((one) => one.type === oids.signatureTimeStampToken)) continue
    tokens.set(Buffer.from(signer.signature).toString('base64'), await timeStamper.stamp(signer.signature))
  }
  if (tokens.size === 0) return cms
  return rewrite(cms, (parts) => {
    const signers = setOf(parts.pop(), 'signers').map((signer) => stampSigner(signer, tokens))
    return [...parts.map((part) => part.bytes), tlv(tags.set, ...signers.sort(compareBytes))]
  })
}

const stampSigner = (signer: Tlv, tokens: ReadonlyMap<string, Uint8Array>): Uint8Array => {
  const parts = sequence(signer, 'signer')
  const signature = parts.find((part) => part.tag === tags.octetString)
  const token = signature && tokens.get(Buffer.from(signature.content).toString('base64'))
  if (token === undefined) return signer.bytes
  return withUnsigned(signer, attribute(oids.signatureTimeStampToken, token))
}

/** A signer with one more unsigned attribute; everything else byte for byte as it was. */
export const withUnsigned = (signer: Tlv, added: Uint8Array): Uint8Array => {
  const parts = sequence(signer, 'signer')
  const last = parts.at(-1)!
  const unsigned = last.tag === context(1) ? children(last).map((one) => one.bytes) : []
  const kept = last.tag === context(1) ? parts.slice(0, -1) : parts
  const all = [...unsigned, added].sort(compareBytes)
  return writeSequence(...kept.map((part) => part.bytes), implicit(1, tlv(tags.set, ...all)))
}

export interface ValidationData {
  /** Certificates (DER) of the whole chain. */
  certificates?: readonly Uint8Array[]
  /** OCSP responses (DER), whole. */
  ocspResponses?: readonly Uint8Array[]
  /** Revocation lists (DER); leave out the 20 MB ones, an OCSP answer says the same. */
  crls?: readonly Uint8Array[]
}

const idRiOcspResponse = '1.3.6.1.5.5.7.16.2'

/**
 * CAdES-LT as NCALayer writes it: certificates in `certificates`, lists and OCSP answers in `crls` (the latter as
 * OtherRevocationInfoFormat). What is there already is kept once.
 */
export const withValidationData = (cms: Uint8Array, data: ValidationData): Uint8Array => {
  readSignedMessage(cms, limits)
  const answers = (data.ocspResponses ?? []).map((response) =>
    writeContext(1, writeOid(idRiOcspResponse), response),
  )
  return rewrite(cms, (parts) => {
    const [version, digests, content, ...rest] = parts
    const certificates = rest[0]?.tag === context(0) ? children(rest.shift()!) : []
    const revocation = rest[0]?.tag === context(1) ? children(rest.shift()!) : []
    const signers = rest[0]!
    const allCertificates = union(certificates, data.certificates ?? [])
    const allRevocation = union(revocation, [...(data.crls ?? []), ...answers])
    return [
      version!.bytes,
      digests!.bytes,
      content!.bytes,
      ...(allCertificates.length === 0 ? [] : [writeContext(0, ...allCertificates)]),
      ...(allRevocation.length === 0 ? [] : [writeContext(1, ...allRevocation)]),
      signers.bytes,
    ]
  })
}

const union = (present: readonly Tlv[], added: readonly Uint8Array[]): Uint8Array[] => {
  const all = [...present.map((one) => one.bytes), ...added]
  return [...new Map(all.map((bytes) => [Buffer.from(bytes).toString('base64'), bytes])).values()].sort(
    compareBytes,
  )
}

/** Writes the message anew with other parts of SignedData. */
export const rewrite = (cms: Uint8Array, change: (parts: Tlv[]) => readonly Uint8Array[]): Uint8Array => {
  const [type, wrapped] = sequence(readOne(cms), 'message')
  oidText(type, 'message type')
  const [signedData] = children(expectTag(wrapped, context(0), 'SignedData'))
  return writeSequence(
    type!.bytes,
    writeContext(0, writeSequence(...change(sequence(signedData, 'SignedData')))),
  )
}
