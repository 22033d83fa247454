import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { curveProgram, layoutFor, limbBits } from '../../../../../src/adapters/signing/gost/curve-program.ts'
import { curve256, curve512 } from '../../../../../src/adapters/signing/gost/curves.ts'
import { instantiate } from '../../../../../src/adapters/signing/gost/wasm-assembler.ts'

interface Field {
  multiply(to: number, a: number, b: number): void
  square(to: number, a: number): void
}

/** What `curve-program.ts` calls tight: the farthest a word may be from zero. */
const farthest = (1n << limbBits) + (1n << 26n)

describe.each([curve512, curve256])('the field of $name', ({ bits, p }) => {
  const { limbs, numberBytes, freeAt } = layoutFor(bits)
  const field = instantiate<Field>(curveProgram(bits, (1n << BigInt(bits)) - p))
  const cells = new BigInt64Array(field.memory.buffer)
  const [a, b, to] = [freeAt, freeAt + numberBytes, freeAt + 2 * numberBytes]

  const write = (at: number, words: readonly bigint[]): void =>
    words.forEach((word, i) => {
      cells[at / 8 + i] = word
    })
  const valueOf = (words: readonly bigint[]): bigint =>
    words.reduce((sum, word, i) => sum + (word << (limbBits * BigInt(i))), 0n)
  const read = (at: number): bigint[] => Array.from({ length: limbs }, (_, i) => cells[at / 8 + i] as bigint)
  const modulo = (value: bigint): bigint => ((value % p) + p) % p

  const word = fc.oneof(
    fc.constantFrom(0n, 1n, -1n, (1n << limbBits) - 1n, farthest, -farthest),
    fc.bigInt({ min: -farthest, max: farthest }),
  )
  const words = fc.array(word, { minLength: limbs, maxLength: limbs })
  const extreme = fc.oneof(
    words,
    fc.constantFrom(farthest, -farthest).map((each) => new Array<bigint>(limbs).fill(each)),
  )

  it('multiplies and squares rightly up to the bounds it states, and stays within them', () => {
    fc.assert(
      fc.property(extreme, extreme, (left, right) => {
        write(a, left)
        write(b, right)
        field.multiply(to, a, b)
        expect(modulo(valueOf(read(to)))).toBe(modulo(valueOf(left) * valueOf(right)))
        expect(read(to).every((each) => each <= farthest && each >= -farthest)).toBe(true)
        field.square(to, a)
        expect(modulo(valueOf(read(to)))).toBe(modulo(valueOf(left) ** 2n))
        expect(read(to).every((each) => each <= farthest && each >= -farthest)).toBe(true)
        // the result may replace an operand
        field.multiply(b, a, b)
        expect(modulo(valueOf(read(b)))).toBe(modulo(valueOf(left) * valueOf(right)))
      }),
      { numRuns: 300 },
    )
  })
})
