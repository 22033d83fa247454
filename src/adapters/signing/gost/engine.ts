import { webcrypto } from 'node:crypto'
import type { BitString, OctetString } from 'asn1js'
import type * as pki from 'pkijs'
import { AlgorithmIdentifier, CryptoEngine, RSASSAPSSParams } from 'pkijs'
import { type AnyDigestName, digestNameByOid, digestNameOf, digestOf, digestOids } from './digests.ts'
import { type GostPrivateKey, signWithGost } from './keys.ts'
import { type GostAlgorithm, gostAlgorithmByOid, gostAlgorithmFacts, gostAlgorithms } from './oids.ts'
import { type SignatureCheck, verifySignature } from './verify-signature.ts'

/** Does the heavy work where it does not hold up the event loop: the worker threads. */
export interface SignatureHelper {
  digest(name: AnyDigestName, data: Uint8Array): Promise<Uint8Array>
  verify(check: SignatureCheck): Promise<boolean>
}

export interface EngineOptions {
  helper?: SignatureHelper
  /** What the helper gets: long data only (a single verification takes about 1 ms), or every verification. */
  offload?: 'long' | 'all'
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
  ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data)

/** A copy: a Buffer may be a window on memory it shares, and its `slice` copies nothing. */
const exactBuffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

/** Data longer than this goes to the helper, when there is one: about 2 ms of Streebog. */
const inlineBytes = 256 * 1024

const rsaPssOid = '1.2.840.113549.1.1.10'

/**
 * The engine pkijs works with: Kazakh GOST by our own code, RSA and ECDSA by OpenSSL inside node:crypto, all the
 * rest (encryption, key handling) as pkijs does it. A signature that cannot be checked because the key or the
 * algorithm is foreign throws with its name; a wrong signature is `false`.
 */
export class KzCryptoEngine extends CryptoEngine {
  private readonly helper: SignatureHelper | undefined
  private readonly offload: 'long' | 'all'
  private readonly spkis = new WeakMap<BitString, { keyOid: string; spki: Uint8Array }>()

  constructor(options: EngineOptions = {}) {
    super({ name: 'daneker', crypto: webcrypto as unknown as Crypto })
    this.helper = options.helper
    this.offload = options.offload ?? 'long'
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
    const keyFacts = gostAlgorithmByOid(publicKeyInfo.algorithm.algorithmId)
    const digest = digestNameOf(keyFacts?.digest ?? shaAlgorithm ?? this.getHashAlgorithm(signatureAlgorithm))
    if (digest === undefined)
      throw new Error(`unsupported signature algorithm ${signatureAlgorithm.algorithmId}`)
    const check: SignatureCheck = {
      spki: this.spkiOf(publicKeyInfo),
      signatureOid: signatureAlgorithm.algorithmId,
      digest,
      data: bytesOf(data),
      signature: signature.valueBlock.valueHexView,
      ...(signatureAlgorithm.algorithmId === rsaPssOid && {
        saltLength: new RSASSAPSSParams({ schema: signatureAlgorithm.algorithmParams }).saltLength,
      }),
    }
    const helped = this.helper !== undefined && (this.offload === 'all' || check.data.length > inlineBytes)
    return helped ? this.helper.verify(check) : verifySignature(check)
  }

  /** DER of the key, made once for each parsed certificate: making it costs as much as an RSA verification. */
  private spkiOf(info: pki.PublicKeyInfo): Uint8Array {
    const known = this.spkis.get(info.subjectPublicKey)
    if (known?.keyOid === info.algorithm.algorithmId) return known.spki
    const spki = new Uint8Array(info.toSchema().toBER(false))
    this.spkis.set(info.subjectPublicKey, { keyOid: info.algorithm.algorithmId, spki })
    return spki
  }

  private async digestOf(name: AnyDigestName, data: Uint8Array): Promise<Uint8Array> {
    const helped = this.helper !== undefined && data.length > inlineBytes
    return helped ? this.helper.digest(name, data) : digestOf(name, data)
  }
}
