import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secrets } from '../../core/company/index.ts'
import { newApiKey, randomLetters } from './api-key.ts'
import type { KeyEnvironment } from './api-key.ts'

/** Without 0, O, 1, l and I: administrators read passwords aloud over the phone. 24 letters are 139 bits. */
const readable = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const passwordLength = 24

/** A pepper shorter than the hash would be the weakest part of it. */
const minPepperBytes = 32

/**
 * Secrets kept as HMAC-SHA-256 under a pepper that lies outside the database: a stolen table alone
 * proves nothing. Every secret is machine-made with at least 128 bits, so a slow hash would only slow us.
 */
export const hmacSecrets = (options: { pepper: Uint8Array; environment: KeyEnvironment }): Secrets => {
  if (options.pepper.byteLength < minPepperBytes)
    throw new Error(`the pepper of secrets needs at least ${minPepperBytes} bytes`)
  const mac = (secret: string): Buffer => createHmac('sha256', options.pepper).update(secret).digest()

  return {
    newPassword: () => randomLetters(passwordLength, readable),
    newApiKey: () => newApiKey(options.environment),
    hash: (secret) => mac(secret).toString('hex'),
    matches: (secret, hash) => {
      const kept = Buffer.from(hash, 'hex')
      const shown = mac(secret)
      return kept.length === shown.length && timingSafeEqual(kept, shown)
    },
  }
}
