import { createHash } from 'node:crypto'
import {
  bitString,
  children,
  context,
  contextPrimitive,
  DerError,
  expectTag,
  octets,
  oids,
  oidText,
  readOne,
  sequence,
  signatureAlgorithmOid,
  serialHex,
  smallInteger,
  tags,
  time,
  wholeBits,
} from '../der/index.ts'
import { readPublicKey, labelOfSignature, signatureAlgorithmOfOid } from '../algorithms/index.ts'
import { readName, readSubject } from './name.ts'
import type { Tlv } from '../der/index.ts'
import type { PublicKey } from '../algorithms/index.ts'
import type {
  CertificateEvidence,
  CertificateUsage,
  DigestName,
  SignerRole,
} from '../../../core/signature/index.ts'

/** An X.509 certificate taken apart. Every byte array is a view of `der`. */
export interface Certificate {
  der: Uint8Array
  /** SHA-256 of `der`, lower-case hexadecimal: its name everywhere in the gateway. */
  sha256: string
  /** What the issuer signed. */
  tbs: Uint8Array
  signatureDigest: DigestName | undefined
  signatureOid: string
  signature: Uint8Array
  serial: string
  /** Name (DER), compared byte by byte. */
  issuer: Uint8Array
  subject: Uint8Array
  key: PublicKey
  subjectKeyId: string | undefined
  authorityKeyId: string | undefined
  purposes: string[] | undefined
  /** Carries id-pkix-ocsp-nocheck: an OCSP responder's certificate that is not asked about. */
  ocspNoCheck: boolean
  evidence: CertificateEvidence
}

const usageNames: readonly CertificateUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
]

/** Extensions we understand: only these may be critical. */
const understood: ReadonlySet<string> = new Set([
  oids.basicConstraints,
  oids.keyUsage,
  oids.extendedKeyUsage,
  oids.certificatePolicies,
  oids.subjectKeyIdentifier,
  oids.authorityKeyIdentifier,
  oids.subjectAltName,
  oids.issuerAltName,
])

/** Reads one certificate. Throws `DerError` when it is not one; expects bytes that `checkDer` has passed. */
export const readCertificate = (der: Uint8Array): Certificate => {
  const [tbsTlv, algorithm, signatureTlv, ...rest] = sequence(readOne(der), 'certificate')
  if (tbsTlv === undefined || rest.length > 0) throw new DerError('certificate has other parts than three', 0)
  const fields = sequence(tbsTlv, 'certificate body')
  const version = fields[0]?.tag === context(0) ? smallInteger(children(fields.shift()!)[0], 'version') : 0
  const [serialTlv, innerAlgorithm, issuer, validity, subject, spki, ...optional] = fields
  if (issuer === undefined || subject === undefined || spki === undefined)
    throw new DerError('certificate body is too short', tbsTlv.offset)
  const signatureOid = signatureAlgorithmOid(algorithm, 'signature algorithm')
  if (signatureOid !== signatureAlgorithmOid(innerAlgorithm, 'signature algorithm')) {
    // The inner one is signed, the outer one is not: when they differ somebody has been at work.
    throw new DerError('the two signature algorithms of the certificate differ', tbsTlv.offset)
  }
  const [notBefore, notAfter, ...noMore] = sequence(validity, 'validity')
  if (noMore.length > 0) throw new DerError('validity has more than two times', tbsTlv.offset)
  const extensions = readExtensions(optional, version)
  const key = readPublicKey(spki.bytes)
  const serial = serialHex(expectTag(serialTlv, tags.integer, 'serial number').content)
  const sha256 = createHash('sha256').update(der).digest('hex')

  const about = readSubject(expectTag(subject, tags.sequence, 'subject'))
  const purposes = extensions.get(oids.extendedKeyUsage)
  const purposeOids =
    purposes && sequence(readOne(purposes.value), 'extended key usage').map((one) => oidText(one, 'purpose'))
  const basic = extensions.get(oids.basicConstraints)
  const { isAuthority, pathLength } = readBasicConstraints(basic?.value)
  const usage = extensions.get(oids.keyUsage)
  const signatureDigest = signatureAlgorithmOfOid(signatureOid)?.digest

  return {
    der,
    sha256,
    tbs: tbsTlv.bytes,
    signatureDigest,
    signatureOid,
    signature: wholeBits(signatureTlv, 'signature of the certificate'),
    serial,
    issuer: issuer.bytes,
    subject: subject.bytes,
    key,
    subjectKeyId: readSubjectKeyId(extensions.get(oids.subjectKeyIdentifier)?.value),
    authorityKeyId: readAuthorityKeyId(extensions.get(oids.authorityKeyIdentifier)?.value),
    purposes: purposeOids,
    ocspNoCheck: extensions.has(oids.ocspNoCheck),
    evidence: {
      sha256,
      serial,
      subject: readName(subject),
      issuer: readName(issuer),
      notBefore: time(notBefore, 'notBefore'),
      notAfter: time(notAfter, 'notAfter'),
      key: key.evidence,
      signatureDigest,
      ...(signatureDigest === undefined ? { signatureLabel: labelOfSignature(signatureOid) } : {}),
      isAuthority,
      pathLength,
      usages: usage && readUsages(usage.value),
      purposes: purposeOids,
      purposesCritical: purposes?.critical === true,
      policies: readPolicies(extensions.get(oids.certificatePolicies)?.value),
      unknownCriticalExtensions: [...extensions]
        .filter(([oid, one]) => one.critical && !understood.has(oid))
        .map(([oid]) => oid),
      ...about,
      roles: rolesOf(purposeOids ?? [], about.bins.length > 0),
    },
  }
}

interface Extension {
  critical: boolean
  value: Uint8Array
}

const readExtensions = (optional: readonly Tlv[], version: number): Map<string, Extension> => {
  const found = new Map<string, Extension>()
  const last = optional.at(-1)
  for (const one of optional) {
    if (
      one.tag !== contextPrimitive(1) &&
      one.tag !== contextPrimitive(2) &&
      !(one === last && one.tag === context(3))
    ) {
      throw new DerError('an unknown part of the certificate', one.offset)
    }
  }
  if (last?.tag !== context(3)) return found
  if (version !== 2) throw new DerError('extensions need version 3', last.offset)
  const [list, ...more] = children(last)
  if (more.length > 0) throw new DerError('extensions twice', last.offset)
  for (const one of sequence(list, 'extensions')) {
    const parts = sequence(one, 'extension')
    const oid = oidText(parts[0], 'extension')
    const critical = parts.length === 3 && expectTag(parts[1], tags.boolean, 'critical').content[0] === 0xff
    if (parts.length < 2 || parts.length > 3) throw new DerError('a malformed extension', one.offset)
    if (found.has(oid)) throw new DerError(`extension ${oid} twice`, one.offset)
    found.set(oid, { critical, value: octets(parts.at(-1), 'extension value') })
  }
  return found
}

const readBasicConstraints = (
  value: Uint8Array | undefined,
): { isAuthority: boolean; pathLength?: number } => {
  if (value === undefined) return { isAuthority: false }
  const parts = sequence(readOne(value), 'basic constraints')
  const isAuthority = parts[0]?.tag === tags.boolean && parts.shift()!.content[0] === 0xff
  return {
    isAuthority,
    pathLength: parts[0] === undefined ? undefined : smallInteger(parts[0], 'path length'),
  }
}

const readUsages = (value: Uint8Array): CertificateUsage[] => {
  const { bytes } = bitString(readOne(value), 'key usage')
  return usageNames.filter((_, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0)
}

const readPolicies = (value: Uint8Array | undefined): string[] =>
  value === undefined
    ? []
    : sequence(readOne(value), 'certificate policies').map((one) =>
        oidText(sequence(one, 'policy')[0], 'policy'),
      )

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const readSubjectKeyId = (value: Uint8Array | undefined): string | undefined =>
  value === undefined ? undefined : hex(octets(readOne(value), 'subject key identifier'))

const readAuthorityKeyId = (value: Uint8Array | undefined): string | undefined => {
  if (value === undefined) return undefined
  const keyId = sequence(readOne(value), 'authority key identifier').find(
    (part) => part.tag === contextPrimitive(0),
  )
  return keyId && hex(keyId.content)
}

const rolesByPurpose: Readonly<Record<string, SignerRole>> = {
  [oids.roleHead]: 'head',
  [oids.roleSigningRight]: 'signing-right',
  [oids.roleFinancialRight]: 'financial-right',
  [oids.rolePersonnel]: 'personnel',
  [oids.roleEmployee]: 'employee',
  [oids.roleSystem]: 'system',
  [oids.rolePersonSystem]: 'system',
  [oids.treasuryClient]: 'treasury',
}

const rolesOf = (purposes: readonly string[], hasBin: boolean): SignerRole[] => {
  const roles = purposes.flatMap((oid) => (Object.hasOwn(rolesByPurpose, oid) ? [rolesByPurpose[oid]!] : []))
  // `.1` also stands beside `.1.1`: a person's information system is not the person.
  if (purposes.includes(oids.rolePerson) && !hasBin && !roles.includes('system')) roles.push('person')
  return roles
}
