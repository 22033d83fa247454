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

const rsaEncryptionOid = '1.2.840.113549.1.1.1'
const rsaPssOid = '1.2.840.113549.1.1.10'
const ecPublicKeyOid = '1.2.840.10045.2.1'

const keyAlgorithmOf = (spki: Uint8Array): string => {
  const [algorithm] = readInside(spki, derTag.sequence) ?? []
  const [oid] = algorithm === undefined ? [] : (readDer(algorithm.content) ?? [])
  return (oid?.tag === derTag.oid ? oidText(oid.content) : undefined) ?? '?'
}

/** Whether a signature of this algorithm can come from a key of that algorithm at all. */
const belongTogether = (signatureOid: string, keyOid: string): boolean => {
  const gostKey = gostAlgorithmByOid(keyOid)
  if (gostKey !== undefined) return gostAlgorithmByOid(signatureOid)?.algorithm === gostKey.algorithm
  if (keyOid === rsaEncryptionOid) return signatureOid.startsWith('1.2.840.113549.1.1.')
  if (keyOid === ecPublicKeyOid) return signatureOid.startsWith('1.2.840.10045.')
  return false
}

/**
 * Checks one signature: Kazakh GOST by our own code, RSA and ECDSA by OpenSSL inside node:crypto.
 * A wrong signature is `false`; a key or algorithm that cannot be used throws with its name.
 */
export const verifySignature = (check: SignatureCheck): boolean => {
  const { spki, signatureOid, digest, data, signature } = check
  const keyOid = keyAlgorithmOf(spki)
  if (!belongTogether(signatureOid, keyOid)) {
    throw new Error(`signature algorithm ${signatureOid} does not belong to a key of ${keyOid}`)
  }
  if (gostAlgorithmByOid(keyOid) !== undefined) {
    const key = gostKeys.get(spki, (der) => {
      const read = readGostPublicKey(der)
      if (!read.ok) throw new Error(read.faults[0]?.message.en ?? 'the GOST key cannot be read')
      return read.value
    })
    return verifyGostDigest(key, digestOf(digest, data), signature)
  }
  const key = nativeKeys.get(spki, (der) =>
    createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' }),
  )
  const padding =
    signatureOid === rsaPssOid
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: check.saltLength ?? 20 }
      : {}
  return verifyNatively(digest.replace('-', ''), data, { key, ...padding }, signature)
}
