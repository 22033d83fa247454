import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/**
 * `dnk_<live|test>_<8-char id>_<secret>_<crc32>`. The prefix lets scanners of leaked secrets find it, the id
 * finds the row, the checksum tells a mistyped key from a wrong one before anything is asked of the database.
 * The secret is 32 random bytes: no dictionary, no need for a slow hash.
 */
export type KeyEnvironment = 'live' | 'test'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** 62^43 > 2^256: 43 letters hold 32 bytes. */
const secretLength = 43
const idLength = 8
const pattern = /^dnk_(?:live|test)_([0-9A-Za-z]{8})_[0-9A-Za-z]{43}_([0-9a-f]{8})$/

const base62 = (bytes: Uint8Array, length: number): string => {
  let value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  let text = ''
  while (text.length < length) {
    text = alphabet.charAt(Number(value % 62n)) + text
    value /= 62n
  }
  return text
}

/** Letters and digits without bias: 62 does not divide 256, so bytes from 248 on are thrown away. */
export const randomLetters = (length: number, letters = alphabet): string => {
  const fair = 256 - (256 % letters.length)
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < fair && text.length < length) text += letters.charAt(byte % letters.length)
    }
  }
  return text
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0')

export const newApiKey = (environment: KeyEnvironment): { keyId: string; key: string } => {
  const keyId = randomLetters(idLength)
  const body = `dnk_${environment}_${keyId}_${base62(randomBytes(32), secretLength)}`
  return { keyId, key: `${body}_${checksum(body)}` }
}

/** The id of a well-formed key with a right checksum; undefined for anything else. */
export const keyIdOf = (key: string): string | undefined => {
  const match = pattern.exec(key)
  if (match === null) return undefined
  return checksum(key.slice(0, -9)) === match[2] ? match[1] : undefined
}
