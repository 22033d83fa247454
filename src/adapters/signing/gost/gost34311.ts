/**
 * GOST 34.311-95 (GOST R 34.11-94, RFC 5831) with the substitution the Kazakh authority uses: the one RFC 4357
 * calls the test parameter set (id-GostR3411-94-TestParamSet). Needed for signatures of the years before 2024.
 */

/** Rows K1 … K8; row K1 substitutes the lowest four bits. */
const substitutionRows = [
  [0x4, 0xa, 0x9, 0x2, 0xd, 0x8, 0x0, 0xe, 0x6, 0xb, 0x1, 0xc, 0x7, 0xf, 0x5, 0x3],
  [0xe, 0xb, 0x4, 0xc, 0x6, 0xd, 0xf, 0xa, 0x2, 0x3, 0x8, 0x1, 0x0, 0x7, 0x5, 0x9],
  [0x5, 0x8, 0x1, 0xd, 0xa, 0x3, 0x4, 0x2, 0xe, 0xf, 0xc, 0x7, 0x6, 0x0, 0x9, 0xb],
  [0x7, 0xd, 0xa, 0x1, 0x0, 0x8, 0x9, 0xf, 0xe, 0x4, 0x6, 0xc, 0xb, 0x2, 0x5, 0x3],
  [0x6, 0xc, 0x7, 0x1, 0x5, 0xf, 0xd, 0x8, 0x4, 0xa, 0x9, 0xe, 0x0, 0x3, 0xb, 0x2],
  [0x4, 0xb, 0xa, 0x0, 0x7, 0x2, 0x1, 0xd, 0x3, 0x6, 0x8, 0x5, 0x9, 0xc, 0xf, 0xe],
  [0xd, 0xb, 0x4, 0x1, 0x3, 0xf, 0x5, 0x9, 0x0, 0xa, 0xe, 0x7, 0x6, 0x8, 0x2, 0xc],
  [0x1, 0xf, 0xd, 0x0, 0x5, 0x7, 0xa, 0x4, 0x9, 0x2, 0x3, 0xe, 0x6, 0xb, 0x8, 0xc],
]

/** For each byte of the word: both its substitutions, already in place and rotated left by 11. */
const rounds = [0, 1, 2, 3].map((byte) => {
  const table = new Int32Array(256)
  for (let value = 0; value < 256; value += 1) {
    const low = substitutionRows[2 * byte]?.[value & 15] ?? 0
    const high = substitutionRows[2 * byte + 1]?.[value >> 4] ?? 0
    const placed = (low | (high << 4)) << (8 * byte)
    table[value] = (placed << 11) | (placed >>> 21)
  }
  return table
})
const [round0, round1, round2, round3] = rounds as [Int32Array, Int32Array, Int32Array, Int32Array]

/** GOST 28147-89 in simple substitution: two words of `data` at `at` under the key, into `out` at the same place. */
const encrypt = (key: Int32Array, data: Int32Array, at: number, out: Int32Array): void => {
  let left = data[at] as number
  let right = data[at + 1] as number
  for (let round = 0; round < 32; round += 1) {
    const sum = (left + (key[round < 24 ? round & 7 : 31 - round] as number)) | 0
    const next =
      right ^
      ((round0[sum & 255] as number) ^
        (round1[(sum >>> 8) & 255] as number) ^
        (round2[(sum >>> 16) & 255] as number) ^
        (round3[sum >>> 24] as number))
    right = left
    left = next
  }
  out[at] = right
  out[at + 1] = left
}

/** A(y4 ‖ y3 ‖ y2 ‖ y1) = (y1 ^ y2) ‖ y4 ‖ y3 ‖ y2, the y being 64 bits, y1 the lowest. */
const transformA = (y: Int32Array): void => {
  const low = (y[0] as number) ^ (y[2] as number)
  const high = (y[1] as number) ^ (y[3] as number)
  y.copyWithin(0, 2)
  y[6] = low
  y[7] = high
}

/** P: byte i + 4k of the key is byte 8i + k of the value (i 0 … 3, k 0 … 7). */
const transformP = (value: Uint8Array, key: Uint8Array): void => {
  for (let i = 0; i < 4; i += 1) for (let k = 0; k < 8; k += 1) key[i + 4 * k] = value[8 * i + k] as number
}

/** psi applied `times` times: a shift register of 16-bit words. */
const psi = (words: Uint16Array, times: number): void => {
  for (let i = 0; i < times; i += 1) {
    const next =
      (words[0] as number) ^
      (words[1] as number) ^
      (words[2] as number) ^
      (words[3] as number) ^
      (words[12] as number) ^
      (words[15] as number)
    words.copyWithin(0, 1)
    words[15] = next
  }
}

/** The constant C3 of the key schedule; C2 and C4 are zero. */
const c3 = Int32Array.from([
  0xff00ff00, 0xff00ff00, 0x00ff00ff, 0x00ff00ff, 0x00ffff00, 0xff0000ff, 0x000000ff, 0xff00ffff,
])

// Words are read through typed arrays over the same bytes; every machine Node.js runs on for us is little-endian.
/** A hash in progress: `update` any number of times, then `digest` once. */
export class Gost34311 {
  readonly blockBytes = 32
  readonly digestBytes = 32
  private readonly hash = new Int32Array(8)
  private readonly sum = new Int32Array(8)
  private readonly block = new Int32Array(8)
  private readonly blockView = new Uint8Array(this.block.buffer)
  private readonly u = new Int32Array(8)
  private readonly v = new Int32Array(8)
  private readonly w = new Int32Array(8)
  private readonly key = new Int32Array(8)
  private readonly mixed = new Int32Array(8)
  private blockFilled = 0
  private totalBytes = 0
  private finished = false

  update(data: Uint8Array): this {
    if (this.finished) throw new Error('this hash has already given its digest')
    this.totalBytes += data.length
    let at = 0
    while (at < data.length) {
      const taken = Math.min(32 - this.blockFilled, data.length - at)
      this.blockView.set(data.subarray(at, at + taken), this.blockFilled)
      this.blockFilled += taken
      at += taken
      if (this.blockFilled === 32) {
        this.absorbBlock()
        this.blockFilled = 0
      }
    }
    return this
  }

  digest(): Uint8Array {
    if (this.finished) throw new Error('this hash has already given its digest')
    this.finished = true
    if (this.blockFilled > 0) {
      this.blockView.fill(0, this.blockFilled)
      this.absorbBlock()
    }
    this.block.fill(0)
    new DataView(this.block.buffer).setBigUint64(0, BigInt(this.totalBytes) * 8n, true)
    this.step(this.block)
    this.step(this.sum)
    return new Uint8Array(this.hash.buffer.slice(0))
  }

  private absorbBlock(): void {
    let carry = 0
    for (let i = 0; i < 8; i += 1) {
      const total = ((this.sum[i] as number) >>> 0) + ((this.block[i] as number) >>> 0) + carry
      this.sum[i] = total | 0
      carry = total > 0xffffffff ? 1 : 0
    }
    this.step(this.block)
  }

  /** hash = chi(block, hash). */
  private step(block: Int32Array): void {
    const { hash, u, v, w, key, mixed } = this
    u.set(hash)
    v.set(block)
    for (let part = 0; part < 4; part += 1) {
      if (part > 0) {
        transformA(u)
        if (part === 2) for (let i = 0; i < 8; i += 1) u[i] = (u[i] as number) ^ (c3[i] as number)
        transformA(v)
        transformA(v)
      }
      for (let i = 0; i < 8; i += 1) w[i] = (u[i] as number) ^ (v[i] as number)
      transformP(new Uint8Array(w.buffer), new Uint8Array(key.buffer))
      encrypt(key, hash, 2 * part, mixed)
    }
    const shift = new Uint16Array(mixed.buffer)
    psi(shift, 12)
    for (let i = 0; i < 8; i += 1) mixed[i] = (mixed[i] as number) ^ (block[i] as number)
    psi(shift, 1)
    for (let i = 0; i < 8; i += 1) mixed[i] = (mixed[i] as number) ^ (hash[i] as number)
    psi(shift, 61)
    hash.set(mixed)
  }
}

export const gost34311 = (data: Uint8Array): Uint8Array => new Gost34311().update(data).digest()
