import { createHash, randomBytes } from 'node:crypto'
import { oidOfSignature, usualDigest } from '../algorithms/index.ts'
import { algorithm } from '../cms/index.ts'
import {
  oids,
  readOne,
  sequence,
  wholeBits,
  writeBits,
  writeBoolean,
  writeContext,
  writeContextPrimitive,
  writeInteger,
  writeOctets,
  writeOid,
  writePrintable,
  writeSequence,
  writeSetOf,
  writeTime,
  writeUtf8,
} from '../der/index.ts'
import type { DemoKey } from './keys.ts'
import type { CertificateUsage, DigestName, SignerRole } from '../../../core/signature/index.ts'

export interface DemoExtension {
  oid: string
  critical?: boolean
  /** Extension value (DER), without the OCTET STRING around it. */
  value: Uint8Array
}

export interface CertificateRequest {
  subject: Uint8Array
  issuer: Uint8Array
  spki: Uint8Array
  issuerKey: DemoKey
  notBefore: Date
  notAfter: Date
  extensions: readonly DemoExtension[]
  digest?: DigestName
  serial?: Uint8Array
}

/** A signed X.509 v3 certificate, DER. */
export const makeCertificate = async (request: CertificateRequest): Promise<Uint8Array> => {
  const { issuerKey } = request
  const digest = request.digest ?? usualDigest(issuerKey.family)
  const signatureOid = oidOfSignature(issuerKey.family, digest)
  if (signatureOid === undefined)
    throw new Error(`no signature algorithm for ${issuerKey.family} with ${digest}`)
  const signatureAlgorithm = algorithm(signatureOid, issuerKey.family !== 'ec')
  const body = writeSequence(
    writeContext(0, writeInteger(2)),
    writeInteger(request.serial ?? randomSerial()),
    signatureAlgorithm,
    request.issuer,
    writeSequence(writeTime(request.notBefore), writeTime(request.notAfter)),
    request.subject,
    request.spki,
    writeContext(3, writeSequence(...request.extensions.map(writeExtension))),
  )
  return writeSequence(body, signatureAlgorithm, writeBits(await issuerKey.sign(body, digest)))
}

/** Positive, 20 bytes as those of НУЦ РК. */
const randomSerial = (): Uint8Array => {
  const bytes = new Uint8Array(randomBytes(20))
  bytes[0] = 0x40 | (bytes[0]! & 0x3f)
  return bytes
}

export const writeExtension = ({ oid, critical, value }: DemoExtension): Uint8Array =>
  writeSequence(writeOid(oid), ...(critical === true ? [writeBoolean(true)] : []), writeOctets(value))

/** SHA-1 of the key bits, the usual key identifier. */
export const keyIdOf = (spki: Uint8Array): Uint8Array =>
  createHash('sha1')
    .update(wholeBits(sequence(readOne(spki), 'public key')[1], 'public key'))
    .digest()

const usageBits: readonly CertificateUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
]

export const keyUsage = (...usages: readonly CertificateUsage[]): DemoExtension => {
  const places = usages.map((usage) => usageBits.indexOf(usage))
  const byte = places.reduce((bits, place) => bits | (0x80 >> place), 0)
  return {
    oid: oids.keyUsage,
    critical: true,
    value: writeBits(Uint8Array.of(byte), 7 - Math.max(...places)),
  }
}

export const extendedKeyUsage = (purposes: readonly string[], critical = false): DemoExtension => ({
  oid: oids.extendedKeyUsage,
  critical,
  value: writeSequence(...purposes.map(writeOid)),
})

export const authorityConstraints = (pathLength?: number): DemoExtension => ({
  oid: oids.basicConstraints,
  critical: true,
  value: writeSequence(writeBoolean(true), ...(pathLength === undefined ? [] : [writeInteger(pathLength)])),
})

export const policies = (...found: readonly string[]): DemoExtension => ({
  oid: oids.certificatePolicies,
  value: writeSequence(...found.map((oid) => writeSequence(writeOid(oid)))),
})

export const keyIdentifiers = (spki: Uint8Array, issuerSpki: Uint8Array): DemoExtension[] => [
  { oid: oids.subjectKeyIdentifier, value: writeOctets(keyIdOf(spki)) },
  { oid: oids.authorityKeyIdentifier, value: writeSequence(writeContextPrimitive(0, keyIdOf(issuerSpki))) },
]

const printable = new Set<string>([oids.serialNumber, oids.country])

/** A name (DER) of attributes in the given order. */
export const writeName = (attributes: readonly (readonly [type: string, value: string])[]): Uint8Array =>
  writeSequence(
    ...attributes.map(([type, value]) =>
      writeSetOf([
        writeSequence(writeOid(type), printable.has(type) ? writePrintable(value) : writeUtf8(value)),
      ]),
    ),
  )

/** Whose certificate it is, in the layout of НУЦ РК. */
export interface DemoSubject {
  /** Surname and name as the certificate shows them. */
  commonName: string
  surname?: string
  /** The authority writes the patronymic into givenName. */
  patronymic?: string
  iin?: string
  bin?: string
  organization?: string
}

export const subjectName = (subject: DemoSubject): Uint8Array => {
  const attributes: [string, string][] = [[oids.commonName, subject.commonName]]
  if (subject.surname !== undefined) attributes.push([oids.surname, subject.surname])
  if (subject.iin !== undefined) attributes.push([oids.serialNumber, `IIN${subject.iin}`])
  attributes.push([oids.country, 'KZ'])
  if (subject.organization !== undefined) attributes.push([oids.organization, subject.organization])
  if (subject.bin !== undefined) attributes.push([oids.organizationalUnit, `BIN${subject.bin}`])
  if (subject.patronymic !== undefined) attributes.push([oids.givenName, subject.patronymic])
  return writeName(attributes)
}

const rolePurposes: Readonly<Record<SignerRole, readonly string[]>> = {
  person: [oids.rolePerson],
  head: [oids.roleLegal, oids.roleHead],
  'signing-right': [oids.roleLegal, oids.roleSigningRight],
  'financial-right': [oids.roleLegal, oids.roleFinancialRight],
  personnel: [oids.roleLegal, oids.rolePersonnel],
  employee: [oids.roleLegal, oids.roleEmployee],
  system: [oids.roleLegal, oids.roleSystem],
  treasury: [oids.roleLegal, oids.treasuryClient],
}

export const purposesOf = (role: SignerRole): string[] => [oids.emailProtection, ...rolePurposes[role]]
