import { constants, createPublicKey, type KeyObject, verify as verifyNatively, webcrypto } from 'node:crypto'
import type { BitString, OctetString } from 'asn1js'
import type * as pki from 'pkijs'
import { AlgorithmIdentifier, CryptoEngine, RSASSAPSSParams } from 'pkijs'
import { type AnyDigestName, digestNameByOid, digestNameOf, digestOf, digestOids } from './digests.ts'
import type { GostPrivateKey, GostPublicKey } from './keys.ts'
import { readGostPublicKey, signWithGost, verifyGostDigest } from './keys.ts'
import { type GostAlgorithm, gostAlgorithmByOid, gostAlgorithmFacts, gostAlgorithms } from './oids.ts'

/** Digests of long data, done where they do not hold up the event loop. */
export interface DigestHelper {
  digest(name: AnyDigestName, data: Uint8Array): Promise<Uint8Array>
}

/** A private GOST key in the shape pkijs passes around; the secret itself never leaves this module. */
export interface GostCryptoKey extends CryptoKey {
  readonly algorithm: { name: Uppercase<GostAlgorithm> }
}

const secrets = new WeakMap<object, GostPrivateKey>()

export const gostCryptoKey = (key: GostPrivateKey): GostCryptoKey => {
  const handle: GostCryptoKey = {
    algorithm: { name: key.algorithm.toUpperCase() as Uppercase<GostAlgorithm> },
    type: 'private',
    extractable: false,
    usages: ['sign'],
  }
  secrets.set(handle, key)
  return handle
}

const bytesOf = (data: BufferSource): Uint8Array =>
  data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array((data as ArrayBufferView).buffer, (data as ArrayBufferView).byteOffset, data.byteLength)

const exactBuffer = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer as ArrayBuffer

/** Parsed public keys by their DER: a certificate authority's key is read once and used for years. */
class KeyCache<Key> {
  private readonly keys = new Map<string, Key>()
  private readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  get(spki: Uint8Array, read: (spki: Uint8Array) => Key): Key {
    const name = Buffer.from(spki).toString('latin1')
    const known = this.keys.get(name)
    if (known !== undefined) return known
    const key = read(spki)
    const [oldest] = this.keys.size < this.limit ? [] : this.keys.keys()
    if (oldest !== undefined) this.keys.delete(oldest)
    this.keys.set(name, key)
    return key
  }
}

/** Data longer than this goes to the helper, when there is one: about 2 ms of Streebog. */
const inlineBytes = 256 * 1024

const rsaEncryptionOid = '1.2.840.113549.1.1.1'
const rsaPssOid = '1.2.840.113549.1.1.10'
const ecPublicKeyOid = '1.2.840.10045.2.1'

/**
 * The engine pkijs works with: Kazakh GOST by our own code, RSA and ECDSA by OpenSSL inside node:crypto, all the
 * rest (encryption, key handling) as pkijs does it. A signature that cannot be checked because the key or the
 * algorithm is foreign throws with its name; a wrong signature is `false`.
 */
export class KzCryptoEngine extends CryptoEngine {
  private readonly helper: DigestHelper | undefined
  private readonly gostKeys = new KeyCache<GostPublicKey>(256)
  private readonly nativeKeys = new KeyCache<KeyObject>(256)

  constructor(options: { digests?: DigestHelper } = {}) {
    super({ name: 'daneker', crypto: webcrypto as unknown as Crypto })
    this.helper = options.digests
  }

  override getAlgorithmByOID<T extends Algorithm = Algorithm>(
    oid: string,
    safety?: boolean,
    target?: string,
  ): T | object
  override getAlgorithmByOID<T extends Algorithm = Algorithm>(oid: string, safety: true, target?: string): T
  override getAlgorithmByOID(oid: string, safety = false, target?: string): object {
    const digest = digestNameByOid(oid)
    if (digest !== undefined) return { name: digest }
    const facts = gostAlgorithmByOid(oid)
    if (facts !== undefined) return { name: facts.algorithm.toUpperCase(), hash: { name: facts.digest } }
    return safety ? super.getAlgorithmByOID(oid, true, target) : super.getAlgorithmByOID(oid, false, target)
  }

  override getOIDByAlgorithm(algorithm: Algorithm, safety = false, target?: string): string {
    const digest = digestNameOf(algorithm.name)
    if (digest !== undefined) return digestOids[digest]
    const facts = gostAlgorithms.find((each) => each.algorithm === algorithm.name.toLowerCase())
    return facts?.signatureOid ?? super.getOIDByAlgorithm(algorithm, safety, target)
  }

  override getHashAlgorithm(signatureAlgorithm: AlgorithmIdentifier): string {
    return (
      gostAlgorithmByOid(signatureAlgorithm.algorithmId)?.digest ?? super.getHashAlgorithm(signatureAlgorithm)
    )
  }

  override async digest(algorithm: globalThis.AlgorithmIdentifier, data: BufferSource): Promise<ArrayBuffer> {
    const text = typeof algorithm === 'string' ? algorithm : algorithm.name
    const name = digestNameOf(text)
    if (name === undefined) return super.digest(algorithm, data)
    return exactBuffer(await this.digestOf(name, bytesOf(data)))
  }

  override async getSignatureParameters(
    privateKey: CryptoKey,
    hashAlgorithm?: string,
  ): Promise<pki.CryptoEngineSignatureParams> {
    const key = secrets.get(privateKey)
    if (key === undefined) return super.getSignatureParameters(privateKey, hashAlgorithm)
    const facts = gostAlgorithmFacts(key.algorithm)
    const algorithm = { name: key.algorithm.toUpperCase(), hash: { name: facts.digest } }
    return {
      signatureAlgorithm: new AlgorithmIdentifier({ algorithmId: facts.signatureOid }),
      parameters: { algorithm, usages: ['sign'] },
    }
  }

  override async signWithPrivateKey(
    data: BufferSource,
    privateKey: CryptoKey,
    parameters: pki.CryptoEngineSignWithPrivateKeyParams,
  ): Promise<ArrayBuffer> {
    const key = secrets.get(privateKey)
    if (key === undefined) return super.signWithPrivateKey(data, privateKey, parameters)
    return exactBuffer(signWithGost(key, bytesOf(data)))
  }

  override async verifyWithPublicKey(
    data: BufferSource,
    signature: BitString | OctetString,
    publicKeyInfo: pki.PublicKeyInfo,
    signatureAlgorithm: AlgorithmIdentifier,
    shaAlgorithm?: string,
  ): Promise<boolean> {
    const spki = new Uint8Array(publicKeyInfo.toSchema().toBER(false))
    return this.verifySignature(
      bytesOf(data),
      signature.valueBlock.valueHexView,
      spki,
      signatureAlgorithm,
      publicKeyInfo.algorithm.algorithmId,
      shaAlgorithm,
    )
  }

  private async verifySignature(
    data: Uint8Array,
    signature: Uint8Array,
    spki: Uint8Array,
    signatureAlgorithm: AlgorithmIdentifier,
    keyOid: string,
    givenDigest?: string,
  ): Promise<boolean> {
    const signatureOid = signatureAlgorithm.algorithmId
    const gostKeyFacts = gostAlgorithmByOid(keyOid)
    if (gostKeyFacts !== undefined) {
      if (gostAlgorithmByOid(signatureOid)?.algorithm !== gostKeyFacts.algorithm) {
        throw new Error(`signature algorithm ${signatureOid} does not belong to a key of ${keyOid}`)
      }
      const key = this.gostKeys.get(spki, (der) => {
        const read = readGostPublicKey(der)
        if (!read.ok) throw new Error(read.faults[0]?.message.en ?? 'the GOST key cannot be read')
        return read.value
      })
      return verifyGostDigest(key, await this.digestOf(gostKeyFacts.digest, data), signature)
    }

    const name = givenDigest ?? this.getHashAlgorithm(signatureAlgorithm)
    const digest = digestNameOf(name)
    if (digest === undefined) throw new Error(`unsupported signature algorithm ${signatureOid}`)
    const isRsaKey = keyOid === rsaEncryptionOid
    const isRsaSignature = signatureOid === rsaEncryptionOid || signatureOid.startsWith('1.2.840.113549.1.1.')
    const isEcSignature = signatureOid.startsWith('1.2.840.10045.4.') || signatureOid === ecPublicKeyOid
    if (isRsaKey ? !isRsaSignature : !(keyOid === ecPublicKeyOid && isEcSignature)) {
      throw new Error(`signature algorithm ${signatureOid} does not belong to a key of ${keyOid}`)
    }
    const key = this.nativeKeys.get(spki, (der) =>
      createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' }),
    )
    const padding =
      signatureOid === rsaPssOid
        ? {
            padding: constants.RSA_PKCS1_PSS_PADDING,
            saltLength: new RSASSAPSSParams({ schema: signatureAlgorithm.algorithmParams }).saltLength,
          }
        : {}
    return verifyNatively(digest.replace('-', ''), data, { key, ...padding }, signature)
  }

  private async digestOf(name: AnyDigestName, data: Uint8Array): Promise<Uint8Array> {
    const helped = this.helper !== undefined && data.length > inlineBytes
    return helped ? this.helper.digest(name, data) : digestOf(name, data)
  }
}
