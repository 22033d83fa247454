import { type KeyObject, constants, createPublicKey, verify as verifyNatively } from 'node:crypto'
import { derTag, oidText, readDer, readInside } from './der.ts'
import { type AnyDigestName, digestOf } from './digests.ts'
import { type GostPublicKey, readGostPublicKey, verifyGostDigest } from './keys.ts'
import { gostAlgorithmByOid } from './oids.ts'

/** One signature to be checked; nothing but bytes and names, so that it can travel to another thread. */
export interface SignatureCheck {
  /** SubjectPublicKeyInfo (DER) of the signer. */
  spki: Uint8Array
  /** The signature algorithm as the file names it; some files name the key's algorithm here. */
  signatureOid: string
  /** The digest, where the signature algorithm does not say it itself. */
  digest: AnyDigestName
  /** RSA-PSS only. */
  saltLength?: number
  data: Uint8Array
  signature: Uint8Array
}

/**
 * The key or the algorithm cannot be used for any signature: foreign, malformed, off its curve, or not matching
 * each other. It keeps its name on the way from a worker thread, where the class is lost.
 */
export class UnusableKeyError extends Error {
  override readonly name = 'UnusableKeyError'
}

/** An RSA key of 16 384 bits, the longest OpenSSL takes, has 2.1 KB. */
const longestKey = 8 * 1024

/** Parsed public keys by their DER: an authority's key is read once and used for years. */
class KeyCache<Key> {
  private readonly keys = new Map<string, Key>()
  private readonly limit = 256

  get(spki: Uint8Array, read: (spki: Uint8Array) => Key): Key {
    const name = Buffer.from(spki.buffer, spki.byteOffset, spki.byteLength).toString('latin1')
    const known = this.keys.get(name)
    if (known !== undefined) return known
    const key = read(spki)
    const [oldest] = this.keys.size < this.limit ? [] : this.keys.keys()
    if (oldest !== undefined) this.keys.delete(oldest)
    this.keys.set(name, key)
    return key
  }
}

const gostKeys = new KeyCache<GostPublicKey>()
const nativeKeys = new KeyCache<KeyObject>()
/** What a key is called; reading it costs as much as a sixth of an RSA verification. */
const algorithms = new KeyCache<string>()

const rsaEncryptionOid = '1.2.840.113549.1.1.1'
const rsaPssOid = '1.2.840.113549.1.1.10'
const ecPublicKeyOid = '1.2.840.10045.2.1'

/** The key's algorithm; for elliptic curves only when the curve is named, not written out in numbers. */
const keyAlgorithmOf = (spki: Uint8Array): string => {
  const [algorithm] = readInside(spki, derTag.sequence) ?? []
  const [oid, parameters] = algorithm === undefined ? [] : (readDer(algorithm.content) ?? [])
  const text = (oid?.tag === derTag.oid ? oidText(oid.content) : undefined) ?? '?'
  return text === ecPublicKeyOid && parameters?.tag !== derTag.oid ? `${text} without a named curve` : text
}

/** Whether a signature of this algorithm can come from a key of that algorithm at all. */
const belongTogether = (signatureOid: string, keyOid: string): boolean => {
  const gostKey = gostAlgorithmByOid(keyOid)
  if (gostKey !== undefined) return gostAlgorithmByOid(signatureOid)?.algorithm === gostKey.algorithm
  if (keyOid === rsaEncryptionOid) return signatureOid.startsWith('1.2.840.113549.1.1.')
  if (keyOid === ecPublicKeyOid) return signatureOid.startsWith('1.2.840.10045.')
  return false
}

const readGostKey = (spki: Uint8Array): GostPublicKey => {
  const read = readGostPublicKey(spki)
  if (!read.ok) throw new UnusableKeyError(read.faults[0]?.message.en)
  return read.value
}

const readNativeKey = (spki: Uint8Array): KeyObject => {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch (cause) {
    throw new UnusableKeyError('the public key cannot be read', { cause })
  }
}

/**
 * Checks one signature: Kazakh GOST by our own code, RSA and ECDSA by OpenSSL inside node:crypto.
 * A wrong signature is `false`; a key or algorithm that cannot be used throws `UnusableKeyError`.
 */
export const verifySignature = (check: SignatureCheck): boolean => {
  const { spki, signatureOid, digest, data, signature } = check
  if (spki.length > longestKey) throw new UnusableKeyError(`a public key of ${spki.length} bytes`)
  const keyOid = algorithms.get(spki, keyAlgorithmOf)
  const gost = gostAlgorithmByOid(keyOid)
  if (!belongTogether(signatureOid, keyOid) || (gost !== undefined && gost.digest !== digest)) {
    throw new UnusableKeyError(
      `signature algorithm ${signatureOid} with ${digest} does not belong to a key of ${keyOid}`,
    )
  }
  if (gost !== undefined) {
    return verifyGostDigest(gostKeys.get(spki, readGostKey), digestOf(digest, data), signature)
  }
  const key = nativeKeys.get(spki, readNativeKey)
  const padded =
    signatureOid === rsaPssOid
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: check.saltLength ?? 20 }
      : key
  try {
    return verifyNatively(digest.replace('-', ''), data, padded, signature)
  } catch (cause) {
    // a modulus OpenSSL will not compute with, a digest longer than the key
    throw new UnusableKeyError('OpenSSL cannot check with this key', { cause })
  }
}
