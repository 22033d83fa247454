import {
  algorithm,
  attribute,
  implicit,
  issuerAndSerial,
  signedDataMessage,
} from '../../src/adapters/signing/cms/index.ts'
import { oidOfDigest, oidOfSignature, usualDigest } from '../../src/adapters/signing/algorithms/index.ts'
import {
  oids,
  tags,
  tlv,
  writeInteger,
  writeOctets,
  writeOid,
  writeSequence,
  writeSetOf,
  writeTime,
} from '../../src/adapters/signing/der/index.ts'
import { createHash } from 'node:crypto'
import { testData, testNow } from './test-ca.ts'
import type { CmsKey } from '../../src/adapters/signing/cms/index.ts'
import type { DigestName } from '../../src/core/signature/index.ts'

/** What a liar changes; everything else is as an honest signer writes it. */
export interface Forgery {
  data?: Uint8Array
  content?: Uint8Array
  contentType?: string
  version?: number
  digest?: DigestName
  /** OID written as the digest algorithm. */
  digestOid?: string
  /** AlgorithmIdentifier (DER) written as the signature algorithm. */
  signatureAlgorithm?: Uint8Array
  /** `false`: none; else what becomes of the honest ones. */
  attributes?: false | ((honest: Uint8Array[]) => Uint8Array[])
  /** Keep the attributes in the given order, right or wrong. */
  keepOrder?: boolean
  signature?: (honest: Uint8Array) => Uint8Array
  certificates?: readonly Uint8Array[]
  signerVersion?: number
  identifier?: Uint8Array
  unsigned?: readonly Uint8Array[]
}

export const honestAttributes = async (key: CmsKey, forgery: Forgery = {}): Promise<Uint8Array[]> => {
  const digest = forgery.digest ?? usualDigest(key.family)
  return [
    attribute(oids.contentType, writeOid(oids.data)),
    attribute(oids.signingTime, writeTime(testNow)),
    attribute(oids.messageDigest, writeOctets(await key.digest(digest, forgery.data ?? testData))),
    attribute(
      oids.signingCertificateV2,
      writeSequence(
        writeSequence(writeSequence(writeOctets(createHash('sha256').update(key.certificate).digest()))),
      ),
    ),
  ]
}

/** One SignerInfo (DER) of a liar. */
export const forgeSigner = async (key: CmsKey, forgery: Forgery = {}): Promise<Uint8Array> => {
  const digest = forgery.digest ?? usualDigest(key.family)
  const honest = await honestAttributes(key, forgery)
  const list = forgery.attributes === false ? undefined : (forgery.attributes?.(honest) ?? honest)
  const set = list && (forgery.keepOrder === true ? tlv(tags.set, ...list) : writeSetOf(list))
  const signature = await key.sign(set ?? forgery.data ?? testData, digest)
  const { issuer, serial } = issuerAndSerial(key.certificate)
  return writeSequence(
    writeInteger(forgery.signerVersion ?? 1),
    forgery.identifier ?? writeSequence(issuer, serial),
    algorithm(forgery.digestOid ?? oidOfDigest(digest), true),
    ...(set === undefined ? [] : [implicit(0, set)]),
    forgery.signatureAlgorithm ?? algorithm(oidOfSignature(key.family, digest)!, key.family !== 'ec'),
    writeOctets(forgery.signature?.(signature) ?? signature),
    ...(forgery.unsigned === undefined ? [] : [implicit(1, writeSetOf(forgery.unsigned))]),
  )
}

export const forgeCms = async (key: CmsKey, forgery: Forgery = {}): Promise<Uint8Array> =>
  forgeMessage([await forgeSigner(key, forgery)], { certificates: [key.certificate], ...forgery })

const everyDigest = [
  oids.sha256,
  oids.sha384,
  oids.sha512,
  oids.sha1,
  oids.md5,
  oids.streebog512,
  oids.gost34311,
]

export const forgeMessage = (signers: readonly Uint8Array[], forgery: Forgery): Uint8Array =>
  signedDataMessage({
    version: forgery.version ?? 1,
    // Whatever a signer is forged with, the message says so.
    digestAlgorithms: [...new Set([...everyDigest, forgery.digestOid ?? oids.sha256])].map((oid) =>
      algorithm(oid, true),
    ),
    contentType: forgery.contentType ?? oids.data,
    content: forgery.content,
    certificates: forgery.certificates ?? [],
    signers,
  })
