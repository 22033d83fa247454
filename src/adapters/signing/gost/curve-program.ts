import type { Code, WasmFunction } from './wasm-assembler.ts'
import { assemble, call, i32, i64, local } from './wasm-assembler.ts'

/**
 * Arithmetic of one curve, written as WebAssembly by program. Both Kazakh curves have p = 2^bits − c with a
 * small c and a = −3, and this file lives on that.
 *
 * A number modulo p is kept in `limbs` signed words of 29 bits, one in each 64-bit cell, lowest first. The words
 * may leave their 29 bits a little ("tight" below) and the number may be negative or above p: carries are taken
 * late, and only `readNumber` outside makes the value unique. Bounds that keep every sum inside a signed 64-bit
 * cell: tight words stay within ±(2^29 + 2^26); a product column adds at most 18 products of such words, under
 * 2^62.6; sums before a carry have small factors (together at most 16), under 2^34.
 *
 * No branch and no address depends on a value: timing is the same for every number.
 */
export const limbBits = 29n
const mask = (1n << limbBits) - 1n

export interface CurveProgramLayout {
  limbs: number
  numberBytes: number
  /** Where the running point X, Y, Z lies. */
  accumulatorAt: number
  /** The first byte that callers may use. */
  freeAt: number
}

const scratchNumbers = 12

export const layoutFor = (bits: 256 | 512): CurveProgramLayout => {
  const limbs = bits === 512 ? 18 : 9
  const numberBytes = limbs * 8
  return { limbs, numberBytes, accumulatorAt: 0, freeAt: (3 + scratchNumbers) * numberBytes }
}

/** Adds expressions one after another; an empty list is no term at all. */
const sumOf = (terms: Code[]): Code =>
  terms.slice(1).reduce((left, right) => i64.add(left, right), terms[0] ?? [])

/**
 * multiply(to, a, b) or square(to, a): a school product column by column. The columns above the top are worth
 * 2^(29·limbs) ≡ fold and are added to the lower ones times `fold`.
 */
const product = (name: string, limbs: number, fold: bigint, squaring: boolean): WasmFunction => {
  const params = squaring ? 2 : 3
  const a = params
  const b = squaring ? a : a + limbs
  const high = b + limbs
  const low = high + limbs
  const carry = low + limbs
  const locals = carry + 1 - params

  const column = (k: number): Code => {
    const from = Math.max(0, k - limbs + 1)
    const to = Math.min(k, limbs - 1)
    if (!squaring) {
      const terms: Code[] = []
      for (let i = from; i <= to; i += 1) terms.push(i64.mul(local.get(a + i), local.get(b + k - i)))
      return sumOf(terms)
    }
    // each pair of different words counts twice
    const pairs: Code[] = []
    for (let i = from; i < k - i; i += 1) pairs.push(i64.mul(local.get(a + i), local.get(a + k - i)))
    const twice = pairs.length === 0 ? [] : [i64.shl(sumOf(pairs), i64.const(1n))]
    const middle = k % 2 === 0 ? [i64.mul(local.get(a + k / 2), local.get(a + k / 2))] : []
    return sumOf([...twice, ...middle])
  }
  const keepLow = (to: number): Code => local.set(to, i64.and(local.get(carry), i64.const(mask)))
  const moveOn = local.set(carry, i64.shiftRight(local.get(carry), i64.const(limbBits)))

  const body: Code = []
  for (let i = 0; i < limbs; i += 1) body.push(...local.set(a + i, i64.load(local.get(1), 8 * i)))
  if (!squaring)
    for (let i = 0; i < limbs; i += 1) body.push(...local.set(b + i, i64.load(local.get(2), 8 * i)))

  body.push(...local.set(carry, i64.const(0n)))
  for (let i = 0; i < limbs - 1; i += 1) {
    body.push(
      ...local.set(carry, i64.add(column(limbs + i), local.get(carry))),
      ...keepLow(high + i),
      ...moveOn,
    )
  }
  body.push(...local.set(high + limbs - 1, local.get(carry)), ...local.set(carry, i64.const(0n)))
  for (let i = 0; i < limbs; i += 1) {
    const folded = i64.mul(local.get(high + i), i64.const(fold))
    body.push(
      ...local.set(carry, sumOf([column(i), folded, local.get(carry)])),
      ...keepLow(low + i),
      ...moveOn,
    )
  }
  // what is left over the top goes round once more, into words 0 and 1
  body.push(...local.set(carry, i64.add(local.get(low), i64.mul(local.get(carry), i64.const(fold)))))
  body.push(...keepLow(low), ...moveOn)
  body.push(...local.set(low + 1, i64.add(local.get(low + 1), local.get(carry))))
  for (let i = 0; i < limbs; i += 1) body.push(...i64.store(local.get(0), local.get(low + i), 8 * i))

  return {
    name,
    params: new Array<'i32'>(params).fill('i32'),
    locals: new Array<'i64'>(locals).fill('i64'),
    body,
  }
}

type Place = (limb: number) => Code
/** One step of a formula: an address for calls and a loader of single words for sums. */
interface Operand {
  address: Code
  word: Place
}

/** The functions of one curve: multiply, square, double, addPoint. `c` is 2^bits − p. */
export const curveProgram = (bits: 256 | 512, c: bigint): Uint8Array<ArrayBuffer> => {
  const { limbs, numberBytes, accumulatorAt } = layoutFor(bits)
  const fold = c << (limbBits * BigInt(limbs) - BigInt(bits))

  const at = (index: number): Operand => {
    const offset = accumulatorAt + index * numberBytes
    return { address: i32.const(offset), word: (limb) => i64.load(i32.const(offset), 8 * limb) }
  }
  const [x, y, z] = [at(0), at(1), at(2)]
  const scratch = (index: number) => at(3 + index)

  const multiply = (to: Operand, a: Operand, b: Operand): Code => call(0, to.address, a.address, b.address)
  const square = (to: Operand, a: Operand): Code => call(1, to.address, a.address)

  /**
   * to = sum of factor · operand, made tight again in one pass: every word keeps 29 bits and takes what its lower
   * neighbour has above them. Two locals carry a word and its surplus from one limb to the next.
   */
  const combine =
    (word: number, surplus: number) =>
    (to: Operand, ...terms: [bigint, Operand][]): Code => {
      const sumAt = (limb: number): Code =>
        sumOf(
          terms.map(([factor, operand]) =>
            factor === 1n ? operand.word(limb) : i64.mul(operand.word(limb), i64.const(factor)),
          ),
        )
      const code: Code = [
        // the surplus of the top word returns at the bottom, times fold
        ...local.set(word, sumAt(limbs - 1)),
        ...local.set(surplus, i64.mul(i64.shiftRight(local.get(word), i64.const(limbBits)), i64.const(fold))),
      ]
      const top = i64.and(local.get(word), i64.const(mask))
      const topAt = surplus + 1
      code.push(...local.set(topAt, top))
      for (let limb = 0; limb < limbs; limb += 1) {
        if (limb === limbs - 1) {
          code.push(...i64.store(to.address, i64.add(local.get(topAt), local.get(surplus)), 8 * limb))
          continue
        }
        code.push(...local.set(word, sumAt(limb)))
        const kept = i64.and(local.get(word), i64.const(mask))
        code.push(...i64.store(to.address, i64.add(kept, local.get(surplus)), 8 * limb))
        code.push(...local.set(surplus, i64.shiftRight(local.get(word), i64.const(limbBits))))
      }
      return code
    }

  /** double(): the running point twice. Jacobian coordinates, a = −3 (dbl-2001-b of the Explicit-Formulas Database). */
  const doubling = (): WasmFunction => {
    const sum = combine(0, 1)
    const [delta, gamma, beta, alpha, left, right, square1] = [0, 1, 2, 3, 4, 5, 6].map(
      scratch,
    ) as Operand[] & Record<0 | 1 | 2 | 3 | 4 | 5 | 6, Operand>
    return {
      name: 'double',
      params: [],
      locals: ['i64', 'i64', 'i64'],
      body: [
        ...square(delta, z),
        ...square(gamma, y),
        ...multiply(beta, x, gamma),
        ...sum(left, [3n, x], [-3n, delta]),
        ...sum(right, [1n, x], [1n, delta]),
        ...multiply(alpha, left, right),
        ...sum(left, [1n, y], [1n, z]),
        ...square(square1, left),
        ...sum(z, [1n, square1], [-1n, gamma], [-1n, delta]),
        ...square(square1, alpha),
        ...sum(x, [1n, square1], [-8n, beta]),
        ...sum(left, [4n, beta], [-1n, x]),
        ...multiply(right, alpha, left),
        ...square(square1, gamma),
        ...sum(y, [1n, right], [-8n, square1]),
      ],
    }
  }

  /**
   * addPoint(address, sign): the running point plus (x, ±y) of a table (madd-2007-bl). Where the formula does not
   * hold (equal or opposite points) Z becomes 0 and stays 0: the caller sees it at the end and computes another way.
   */
  const addition = (): WasmFunction => {
    const sum = combine(2, 3)
    const tableX: Operand = { address: local.get(0), word: (limb) => i64.load(local.get(0), 8 * limb) }
    const tableY: Operand = {
      address: [],
      word: (limb) => i64.mul(i64.load(local.get(0), numberBytes + 8 * limb), local.get(1)),
    }
    const [zz, h, hh, i, j, r, v, s, t] = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(scratch) as Operand[] &
      Record<0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8, Operand>
    return {
      name: 'addPoint',
      params: ['i32', 'i64'],
      locals: ['i64', 'i64', 'i64'],
      body: [
        ...square(zz, z),
        ...multiply(h, tableX, zz),
        ...sum(h, [1n, h], [-1n, x]),
        ...sum(s, [1n, tableY]),
        ...multiply(s, s, z),
        ...multiply(s, s, zz),
        ...sum(r, [2n, s], [-2n, y]),
        ...square(hh, h),
        ...sum(i, [4n, hh]),
        ...multiply(j, h, i),
        ...multiply(v, x, i),
        ...sum(t, [1n, z], [1n, h]),
        ...square(s, t),
        ...sum(z, [1n, s], [-1n, zz], [-1n, hh]),
        ...square(s, r),
        ...sum(x, [1n, s], [-1n, j], [-2n, v]),
        ...sum(t, [1n, v], [-1n, x]),
        ...multiply(s, r, t),
        ...multiply(t, y, j),
        ...sum(y, [1n, s], [-2n, t]),
      ],
    }
  }

  return assemble(
    [product('multiply', limbs, fold, false), product('square', limbs, fold, true), doubling(), addition()],
    32,
  )
}
