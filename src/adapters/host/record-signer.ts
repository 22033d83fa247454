import { createPrivateKey, createPublicKey, hkdfSync, sign, verify } from 'node:crypto'
import type { RecordSigner } from '../../core/chain/index.ts'

/** PKCS#8 of an Ed25519 key is this and the 32 bytes of the seed (RFC 8410). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * The installation's own signing key for its records: Ed25519, made from the master key, so that replicas agree on it
 * and nothing more has to be kept. It signs days of the meter and statements; it is no ЭЦП and signs no document.
 */
export class DerivedRecordSigner implements RecordSigner {
  readonly publicKey: string
  readonly #key

  constructor(masterKey: Uint8Array) {
    const seed = Buffer.from(hkdfSync('sha256', masterKey, '', 'daneker record signer 1', 32))
    this.#key = createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' })
    this.publicKey = createPublicKey(this.#key).export({ format: 'der', type: 'spki' }).toString('base64')
  }

  sign(text: string): Uint8Array {
    return sign(null, Buffer.from(text), this.#key)
  }
}

/** Whether a record was signed by a key; false for anything that is no Ed25519 key or signature. */
export const isRecordSigned = (text: string, signature: Uint8Array, publicKey: string): boolean => {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(text), key, signature)
  } catch {
    return false
  }
}
