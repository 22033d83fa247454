import { Streebog } from './streebog.ts'

/** HMAC over Streebog-512 (RFC 7836: block of 64 bytes, keys here are never longer). */
export const hmacStreebog512 = (key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array => {
  const inner = new Streebog(512).update(pad(key, 0x36))
  for (const part of parts) inner.update(part)
  return new Streebog(512).update(pad(key, 0x5c)).update(inner.digest()).digest()
}

const pad = (key: Uint8Array, mask: number): Uint8Array => {
  const block = new Uint8Array(64).fill(mask)
  key.forEach((byte, index) => {
    block[index] = byte ^ mask
  })
  return block
}

const bigEndian = (value: bigint, bytes: number): Uint8Array =>
  new Uint8Array(Buffer.from(value.toString(16).padStart(2 * bytes, '0'), 'hex'))

/**
 * Nonces after RFC 6979 with HMAC-Streebog-512. A repeated or biased nonce gives the private key away; here it
 * depends on the key and on what is signed, and on fresh random bytes as well when there are any (section 3.6).
 */
export class NonceSource {
  private readonly order: bigint
  private readonly bytes: number
  private key: Uint8Array = new Uint8Array(64)
  private value: Uint8Array = new Uint8Array(64).fill(1)

  constructor(order: bigint, bytes: number, secret: bigint, representative: bigint, extra?: Uint8Array) {
    this.order = order
    this.bytes = bytes
    const seed = [bigEndian(secret, bytes), bigEndian(representative, bytes), extra ?? new Uint8Array(0)]
    for (const separator of [0, 1]) {
      this.key = hmacStreebog512(this.key, this.value, Uint8Array.of(separator), ...seed)
      this.value = hmacStreebog512(this.key, this.value)
    }
  }

  next(): bigint {
    for (;;) {
      this.value = hmacStreebog512(this.key, this.value)
      const candidate = BigInt(`0x${Buffer.from(this.value.subarray(0, this.bytes)).toString('hex')}`)
      this.key = hmacStreebog512(this.key, this.value, Uint8Array.of(0))
      this.value = hmacStreebog512(this.key, this.value)
      if (candidate > 0n && candidate < this.order) return candidate
    }
  }
}
