import {
  algorithmOid,
  sameBytes,
  octets,
  oids,
  oidText,
  sequence,
  tags,
  time,
  expectTag,
  integerHex,
} from '../der/index.ts'
import { digestOfOid } from '../algorithms/index.ts'
import type { CryptoSuite } from '../algorithms/index.ts'
import type { AttributeSet } from '../cms/index.ts'
import type { Tlv } from '../der/index.ts'
import type { AttributeEvidence } from '../../../core/signature/index.ts'
import type { Certificate } from '../x509/index.ts'

export const noAttributes: AttributeEvidence = {
  present: false,
  ordered: false,
  repeated: [],
  contentTypes: [],
  messageDigestCount: 0,
  messageDigestMatches: false,
  signingCertificate: 'absent',
}

export interface AttributeContext {
  suite: CryptoSuite
  /** Digest of the bytes the signature should cover. */
  digest: Uint8Array | undefined
  certificate: Certificate | undefined
  /** Time-stamp tokens may still bind their certificate by SHA-1 (RFC 3161); documents may not. */
  acceptSha1Binding: boolean
}

/** What the signed attributes say, compared with what we know. Malformed values count as values that differ. */
export const collectAttributes = async (
  set: AttributeSet | undefined,
  context: AttributeContext,
): Promise<AttributeEvidence> => {
  if (set === undefined) return noAttributes
  const valuesOf = (type: string): Tlv[] =>
    set.list.filter((one) => one.type === type).flatMap((one) => one.values)
  const digests = valuesOf(oids.messageDigest)
  const first = digests[0]
  return {
    present: true,
    ordered: set.ordered,
    repeated: set.repeated,
    contentTypes: valuesOf(oids.contentType).map((value) =>
      value.tag === tags.oid ? oidText(value) : 'not an OID',
    ),
    messageDigestCount: digests.length,
    messageDigestMatches:
      first !== undefined &&
      first.tag === tags.octetString &&
      context.digest !== undefined &&
      sameBytes(first.content, context.digest),
    ...signingTimeOf(valuesOf(oids.signingTime)),
    signingCertificate: await bindingOf(valuesOf, context),
  }
}

const signingTimeOf = (
  values: readonly Tlv[],
): Pick<AttributeEvidence, 'signingTime' | 'signingTimeUnreadable'> => {
  if (values.length === 0) return {}
  if (values.length > 1) return { signingTimeUnreadable: true }
  try {
    return { signingTime: time(values[0], 'signingTime') }
  } catch {
    return { signingTimeUnreadable: true }
  }
}

const bindingOf = async (
  valuesOf: (type: string) => Tlv[],
  { certificate, suite, acceptSha1Binding }: AttributeContext,
): Promise<AttributeEvidence['signingCertificate']> => {
  const second = valuesOf(oids.signingCertificateV2)
  const first = valuesOf(oids.signingCertificate)
  if (second.length + first.length === 0 || (second.length === 0 && !acceptSha1Binding)) return 'absent'
  if (certificate === undefined || second.length > 1 || first.length > 1) return 'differs'
  try {
    const isSecond = second.length === 1
    const [list] = sequence(isSecond ? second[0] : first[0], 'signingCertificate')
    const parts = sequence(sequence(list, 'certificate ids')[0], 'certificate id')
    const hashOid =
      isSecond && parts[0]?.tag === tags.sequence
        ? algorithmOid(parts.shift(), 'hash')
        : isSecond
          ? oids.sha256
          : oids.sha1
    const digest = digestOfOid(hashOid)
    if (digest === undefined || digest === 'md5') return 'differs'
    if (!sameBytes(octets(parts.shift(), 'certificate hash'), await suite.digest(digest, certificate.der)))
      return 'differs'
    if (parts[0] === undefined) return 'matches'
    const [names, serial] = sequence(parts[0], 'issuer and serial')
    expectTag(names, tags.sequence, 'issuer')
    return integerHex(serial, 'serial') === certificate.serial ? 'matches' : 'differs'
  } catch {
    return 'differs'
  }
}
