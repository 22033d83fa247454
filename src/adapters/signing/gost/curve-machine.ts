import { weierstrass } from '@noble/curves/abstract/weierstrass.js'
import type { WeierstrassPointCons } from '@noble/curves/abstract/weierstrass.js'
import { invert } from '@noble/curves/abstract/modular.js'
import type { CurveParameters } from './curves.ts'
import { curveProgram, layoutFor, limbBits } from './curve-program.ts'
import { instantiate } from './wasm-assembler.ts'

export interface AffinePoint {
  x: bigint
  y: bigint
}

/** Odd multiples of a point, and of the point times 2^64, 2^128 … when it has several pieces. */
export interface PointTables {
  /** Where the first table lies in the memory of the machine. */
  address: number
  pieces: number
  window: number
}

/** A scalar in digits: zero or odd, at most one of `window` neighbours not zero. Lowest first. */
export type SparseDigits = Int8Array

/** One summand: tables of a point times a scalar. */
export interface Summand {
  tables: PointTables
  digits: SparseDigits
}

/** x modulo m, never negative. */
export const modulo = (value: bigint, m: bigint): bigint => {
  const rest = value % m
  return rest < 0n ? rest + m : rest
}

/** The complete and slow arithmetic of the same curve: the second opinion for rare cases, and for curves of other shapes. */
export const referenceCurve = (curve: CurveParameters): WeierstrassPointCons<bigint> =>
  weierstrass({ p: curve.p, n: curve.n, h: 1n, a: curve.a, b: curve.b, Gx: curve.x, Gy: curve.y })

/** Window non-adjacent form of a scalar below 2^bits; `bits + 1` digits. */
export const sparseDigits = (scalar: bigint, bits: number, window: number): SparseDigits => {
  const words = new BigUint64Array(bits / 64 + 1)
  for (let i = 0; i < bits / 64; i += 1) words[i] = BigInt.asUintN(64, scalar >> BigInt(64 * i))
  const bytes = new Uint8Array(words.buffer)
  const digits = new Int8Array(bits + 1)
  const range = 1 << window
  let carry = 0
  let position = 0
  while (position <= bits) {
    // `window` bits from here, through a 16-bit look at two bytes
    const at = position >> 3
    const around = (bytes[at] as number) | ((bytes[at + 1] ?? 0) << 8)
    const bit = (around >> (position & 7)) & 1
    if (bit === carry) {
      position += 1
      continue
    }
    let digit = ((around >> (position & 7)) & (range - 1)) + carry
    carry = digit > range / 2 ? 1 : 0
    if (carry === 1) digit -= range
    digits[position] = digit
    position += window
  }
  return digits
}

interface Program {
  multiply(to: number, a: number, b: number): void
  square(to: number, a: number): void
  double(): void
  addPoint(address: number, sign: bigint): void
  memory: WebAssembly.Memory
}

/**
 * Adds multiples of points on one curve with p = 2^bits − c and a = −3, in WebAssembly made by `curve-program.ts`.
 * One machine serves one thread; its memory holds the running point and the tables.
 */
export class CurveMachine {
  readonly curve: CurveParameters
  private readonly program: Program
  private readonly cells: BigInt64Array
  private readonly limbs: number
  private readonly numberBytes: number
  private freeAt: number

  constructor(curve: CurveParameters) {
    if (curve.a !== curve.p - 3n) throw new Error(`${curve.name}: the formulas need a = -3`)
    const layout = layoutFor(curve.bits)
    this.curve = curve
    this.limbs = layout.limbs
    this.numberBytes = layout.numberBytes
    this.freeAt = layout.freeAt
    this.program = instantiate<Program>(curveProgram(curve.bits, (1n << BigInt(curve.bits)) - curve.p))
    this.cells = new BigInt64Array(this.program.memory.buffer)
  }

  /** Room for tables, kept for the life of the machine; fill it again and again with `fillTables`. */
  reserveTables(pieces: number, window: number): PointTables {
    const address = this.freeAt
    this.freeAt += pieces * this.pieceBytes(window)
    if (this.freeAt > this.program.memory.buffer.byteLength) throw new Error('no room for more tables')
    return { address, pieces, window }
  }

  /** Writes the odd multiples of the point. The point must lie on the curve and is not checked again. */
  fillTables(tables: PointTables, point: AffinePoint): void {
    let base = point
    for (let piece = 0; piece < tables.pieces; piece += 1) {
      if (piece > 0) {
        this.startAt(base)
        for (let i = 0; i < this.curve.bits / tables.pieces; i += 1) this.program.double()
        base = this.toAffine(this.readAccumulator())
      }
      this.fillPiece(tables.address + piece * this.pieceBytes(tables.window), tables.window, base)
    }
  }

  /**
   * The sum of all summands, or nothing when it is the point at infinity or when the fast formulas met a case
   * they do not cover; the caller then asks the reference curve.
   */
  sum(summands: readonly Summand[]): { x: bigint; y: bigint; z: bigint } | undefined {
    const { program, numberBytes } = this
    const pointBytes = 2 * numberBytes
    const plans = summands.map(({ tables, digits }) => ({
      ...tables,
      digits,
      pieceBytes: this.pieceBytes(tables.window),
      pieceBits: this.curve.bits / tables.pieces,
    }))
    const highest = Math.max(...plans.map(({ pieceBits }) => pieceBits))
    let started = false
    for (let offset = highest; offset >= 0; offset -= 1) {
      if (started) program.double()
      for (const plan of plans) {
        // the digit above the top belongs to the last piece
        const top = plan.pieces - 1
        for (let piece = offset === plan.pieceBits ? top : 0; piece <= top; piece += 1) {
          if (offset > plan.pieceBits) break
          const digit = plan.digits[piece * plan.pieceBits + offset] as number
          if (digit === 0) continue
          const address = plan.address + piece * plan.pieceBytes + (Math.abs(digit) >> 1) * pointBytes
          if (started) program.addPoint(address, digit < 0 ? -1n : 1n)
          else {
            this.startAtTable(address, digit < 0)
            started = true
          }
        }
      }
    }
    if (!started) return undefined
    const sum = this.readAccumulator()
    return sum.z === 0n ? undefined : sum
  }

  /** X / Z², Y / Z³. */
  toAffine({ x, y, z }: { x: bigint; y: bigint; z: bigint }): AffinePoint {
    const { p } = this.curve
    const inverse = invert(z, p)
    const squared = (inverse * inverse) % p
    return { x: (x * squared) % p, y: (((y * squared) % p) * inverse) % p }
  }

  private pieceBytes(window: number): number {
    return (1 << (window - 2)) * 2 * this.numberBytes
  }

  /**
   * P, 3P, 5P … The doubled point D = (X, Y, Z) is not brought to Z = 1: scaled by Z the curve turns into another
   * one on which D is (X, Y) and P is (x·Z², y·Z³). The addition does not use the curve's coefficients, so the
   * multiples are made there, and one inversion for all of them brings them back.
   */
  private fillPiece(address: number, window: number, point: AffinePoint): void {
    const { p } = this.curve
    const pointBytes = 2 * this.numberBytes
    this.startAt(point)
    this.program.double()
    const doubled = this.readAccumulator()
    const zSquared = (doubled.z * doubled.z) % p
    const step = address + pointBytes
    this.writePoint(step, doubled.x, doubled.y)
    this.startAt({ x: (point.x * zSquared) % p, y: (((point.y * zSquared) % p) * doubled.z) % p })

    const multiples: { x: bigint; y: bigint; z: bigint; before: bigint }[] = []
    let productOfAll = 1n
    for (let index = 1; index < 1 << (window - 2); index += 1) {
      this.program.addPoint(step, 1n)
      const { x, y, z } = this.readAccumulator()
      const scaled = (z * doubled.z) % p
      multiples.push({ x, y, z: scaled, before: productOfAll })
      productOfAll = (productOfAll * scaled) % p
    }
    let inverse = invert(productOfAll, p)
    this.writePoint(address, point.x, point.y)
    for (let index = multiples.length; index > 0; index -= 1) {
      const { x, y, z, before } = multiples[index - 1] as (typeof multiples)[number]
      const own = (inverse * before) % p
      inverse = (inverse * z) % p
      const squared = (own * own) % p
      this.writePoint(address + index * pointBytes, (x * squared) % p, (((y * squared) % p) * own) % p)
    }
  }

  private startAt(point: AffinePoint): void {
    this.writeNumber(0, point.x)
    this.writeNumber(this.numberBytes, point.y)
    this.writeNumber(2 * this.numberBytes, 1n)
  }

  private startAtTable(address: number, negative: boolean): void {
    const { cells, limbs } = this
    const from = address / 8
    for (let i = 0; i < limbs; i += 1) {
      cells[i] = cells[from + i] as bigint
      const y = cells[from + limbs + i] as bigint
      cells[limbs + i] = negative ? -y : y
      cells[2 * limbs + i] = i === 0 ? 1n : 0n
    }
  }

  private readAccumulator(): { x: bigint; y: bigint; z: bigint } {
    return {
      x: this.readNumber(0),
      y: this.readNumber(this.numberBytes),
      z: this.readNumber(2 * this.numberBytes),
    }
  }

  private writePoint(address: number, x: bigint, y: bigint): void {
    this.writeNumber(address, x)
    this.writeNumber(address + this.numberBytes, y)
  }

  private writeNumber(address: number, value: bigint): void {
    const first = address / 8
    for (let i = 0; i < this.limbs; i += 1) {
      this.cells[first + i] = BigInt.asUintN(Number(limbBits), value >> (limbBits * BigInt(i)))
    }
  }

  private readNumber(address: number): bigint {
    const first = address / 8
    let value = 0n
    for (let i = this.limbs - 1; i >= 0; i -= 1)
      value = (value << limbBits) + (this.cells[first + i] as bigint)
    return modulo(value, this.curve.p)
  }
}
