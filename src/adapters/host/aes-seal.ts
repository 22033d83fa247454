import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Seal } from '../../core/kernel/index.ts'

const version = 1
const ivBytes = 12
const tagBytes = 16
const keyBytes = 32
const wrappedBytes = ivBytes + keyBytes + tagBytes

/**
 * AES-256-GCM under a data key that is itself sealed with the master key (NIST SP 800-38D).
 * Layout: version (1) ‖ wrapped data key (iv ‖ ciphertext ‖ tag) ‖ secret (iv ‖ ciphertext ‖ tag).
 */
export class AesSeal implements Seal {
  readonly #masterKey: Uint8Array

  /** `masterKey`: 32 bytes. */
  constructor(masterKey: Uint8Array) {
    if (masterKey.byteLength !== keyBytes) throw new RangeError('the master key has 32 bytes')
    this.#masterKey = masterKey
  }

  seal(plain: Uint8Array, context: string): Uint8Array {
    const dataKey = randomBytes(keyBytes)
    return Buffer.concat([
      Buffer.of(version),
      encrypt(this.#masterKey, dataKey, context),
      encrypt(dataKey, plain, context),
    ])
  }

  open(sealed: Uint8Array, context: string): Uint8Array {
    if (sealed[0] !== version || sealed.byteLength < 1 + wrappedBytes + ivBytes + tagBytes) {
      throw new Error('not a sealed secret')
    }
    const dataKey = decrypt(this.#masterKey, sealed.subarray(1, 1 + wrappedBytes), context)
    return decrypt(dataKey, sealed.subarray(1 + wrappedBytes), context)
  }
}

const encrypt = (key: Uint8Array, plain: Uint8Array, context: string): Buffer => {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context))
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

const decrypt = (key: Uint8Array, sealed: Uint8Array, context: string): Buffer => {
  const end = sealed.byteLength - tagBytes
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes))
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(end))
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes, end)), decipher.final()])
}
