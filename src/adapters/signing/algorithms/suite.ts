import { digestOf, verifySignature } from '../gost/index.ts'
import { oidOfSignature } from './tables.ts'
import type { AnyDigestName, SignatureHelper } from '../gost/index.ts'
import type { DigestName, KeyFamily } from '../../../core/signature/index.ts'
import type { PublicKey } from './public-key.ts'

/** Everything that is computed with keys, so that a caller needs no algorithm by name. */
export interface CryptoSuite {
  digest(name: DigestName, data: Uint8Array): Promise<Uint8Array>
  /** True when `signature` was made over `data` by the owner of `key`. Never throws for bad input: false. */
  verify(key: PublicKey, digest: DigestName, data: Uint8Array, signature: Uint8Array): Promise<boolean>
  /** Whether this suite can compute with such keys and digests at all. */
  supports(key: KeyFamily, digest: DigestName): boolean
}

/** MD5 is not among them: nothing we accept is made with it. */
const names: Partial<Record<DigestName, AnyDigestName>> = {
  'streebog-512': 'STREEBOG-512',
  'streebog-256': 'STREEBOG-256',
  'gost-34311': 'GOST-34.311',
  'sha-256': 'SHA-256',
  'sha-384': 'SHA-384',
  'sha-512': 'SHA-512',
  'sha-1': 'SHA-1',
}

/** Longer data is digested by the worker threads: about 2 ms of Streebog. */
const inlineBytes = 64 * 1024

/** Kazakh GOST by our own code, RSA and ECDSA by OpenSSL; long digests in the worker threads, when there are some. */
export class KzSuite implements CryptoSuite {
  constructor(private readonly helper?: SignatureHelper) {}

  supports(key: KeyFamily, digest: DigestName): boolean {
    return names[digest] !== undefined && oidOfSignature(key, digest) !== undefined
  }

  async digest(name: DigestName, data: Uint8Array): Promise<Uint8Array> {
    const known = names[name]
    if (known === undefined) throw new Error(`digest ${name} is not supported here`)
    return this.helper !== undefined && data.length > inlineBytes
      ? this.helper.digest(known, data)
      : digestOf(known, data)
  }

  async verify(
    key: PublicKey,
    digest: DigestName,
    data: Uint8Array,
    signature: Uint8Array,
  ): Promise<boolean> {
    const { family } = key.evidence
    const known = names[digest]
    const signatureOid = family === 'unsupported' ? undefined : oidOfSignature(family, digest)
    if (known === undefined || signatureOid === undefined) return false
    const check = { spki: key.spki, signatureOid, digest: known, data, signature }
    try {
      return this.helper === undefined ? verifySignature(check) : await this.helper.verify(check)
    } catch (cause) {
      // A key no signature can be checked with: a point off the curve, a broken modulus. A worker that was lost or
      // has too much to do says nothing about the signature, so that is no `false`.
      if (cause instanceof Error && cause.name === 'UnusableKeyError') return false
      throw cause
    }
  }
}
