import { randomBytes } from 'node:crypto'
import { invert } from '@noble/curves/abstract/modular.js'
import type { AffinePoint, PointTables } from './curve-machine.ts'
import { CurveMachine, modulo, referenceCurve, sparseDigits } from './curve-machine.ts'
import type { CurveParameters } from './curves.ts'
import { NonceSource } from './nonce.ts'

/** A whole number from bytes, lowest byte first: how Kazakh GOST writes coordinates, digests, r and s. */
export const numberFromLittleEndian = (bytes: Uint8Array): bigint =>
  bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)

export const numberToLittleEndian = (value: bigint, bytes: number): Uint8Array =>
  new Uint8Array(Buffer.from(value.toString(16).padStart(2 * bytes, '0'), 'hex').reverse())

/** Adds multiples of the base point and of a key; the two ways to do it below. */
interface PointArithmetic {
  /** Whether first·G + second·Q is a point whose x is r modulo n. */
  matchesX(first: bigint, second: bigint, key: AffinePoint, r: bigint): boolean
  multiplyBase(scalar: bigint): AffinePoint
}

/** Over `@noble/curves`: for any curve, ten times slower. */
class ReferenceArithmetic implements PointArithmetic {
  private readonly curve: CurveParameters
  private readonly points: ReturnType<typeof referenceCurve>

  constructor(curve: CurveParameters) {
    this.curve = curve
    this.points = referenceCurve(curve)
  }

  matchesX(first: bigint, second: bigint, key: AffinePoint, r: bigint): boolean {
    const base = this.points.BASE.multiplyUnsafe(first)
    const sum = base.add(this.points.fromAffine(key).multiplyUnsafe(second))
    return !sum.is0() && modulo(sum.toAffine().x, this.curve.n) === r
  }

  multiplyBase(scalar: bigint): AffinePoint {
    return this.points.BASE.multiply(scalar).toAffine()
  }
}

const splitPieces = 8
const splitWindow = 7
const plainWindow = 5
/** Keys with tables of their own (74 KiB each for 512 bits): the authority's, and signers met often. */
const rememberedKeys = 16
/** Tables cost about as much as five verifications without them, so even keys that push each other out lose little. */
const usesBeforeTables = 12
const watchedKeys = 512

/** Over the WebAssembly machine: for the two curves in use. */
class MachineArithmetic implements PointArithmetic {
  private readonly curve: CurveParameters
  private readonly machine: CurveMachine
  private readonly baseTables: PointTables
  private readonly passingTables: PointTables
  private readonly reference: ReferenceArithmetic
  private readonly remembered = new Map<bigint, { key: AffinePoint; tables: PointTables }>()
  private readonly uses = new Map<bigint, number>()

  constructor(curve: CurveParameters) {
    this.curve = curve
    this.machine = new CurveMachine(curve)
    this.reference = new ReferenceArithmetic(curve)
    this.passingTables = this.machine.reserveTables(1, plainWindow)
    this.baseTables = this.machine.reserveTables(splitPieces, splitWindow)
    this.machine.fillTables(this.baseTables, curve)
  }

  matchesX(first: bigint, second: bigint, key: AffinePoint, r: bigint): boolean {
    const { p, n, bits } = this.curve
    const own = this.tablesOf(key)
    if (own === undefined) this.machine.fillTables(this.passingTables, key)
    const keyTables = own ?? this.passingTables
    // an unknown key needs all the doublings anyway; then the first table of the base point is enough
    const baseTables = own === undefined ? { ...this.baseTables, pieces: 1 } : this.baseTables
    const sum = this.machine.sum([
      { tables: baseTables, digits: sparseDigits(first, bits, splitWindow) },
      { tables: keyTables, digits: sparseDigits(second, bits, keyTables.window) },
    ])
    if (sum === undefined) return this.reference.matchesX(first, second, key, r)
    // X / Z² ≡ r modulo n, without dividing: x is r, or r + n where that is still below p
    const denominator = (sum.z * sum.z) % p
    for (let x = r; x < p; x += n) if ((x * denominator) % p === sum.x) return true
    return false
  }

  /** The scalar is cut into two random halves first, so that neither table look-up says anything about it. */
  multiplyBase(scalar: bigint): AffinePoint {
    const { n, bits } = this.curve
    const mask = modulo(numberFromLittleEndian(randomBytes(bits / 8 + 8)), n)
    const sum = this.machine.sum(
      [mask, modulo(scalar - mask, n)].map((part) => ({
        tables: this.baseTables,
        digits: sparseDigits(part, bits, splitWindow),
      })),
    )
    return sum === undefined ? this.reference.multiplyBase(scalar) : this.machine.toAffine(sum)
  }

  /** Makes tables for the key now: for keys known to come often. */
  remember(key: AffinePoint): PointTables {
    const known = this.remembered.get(key.x)
    if (known?.key.y === key.y) {
      // to the end of the row: the first in it is the one to be forgotten
      this.remembered.delete(key.x)
      this.remembered.set(key.x, known)
      return known.tables
    }
    const oldest = this.remembered.size < rememberedKeys ? undefined : this.remembered.entries().next().value
    if (oldest !== undefined) this.remembered.delete(oldest[0])
    const tables = oldest?.[1].tables ?? this.machine.reserveTables(splitPieces, splitWindow)
    this.machine.fillTables(tables, key)
    this.remembered.set(key.x, { key, tables })
    return tables
  }

  private tablesOf(key: AffinePoint): PointTables | undefined {
    const known = this.remembered.get(key.x)
    if (known?.key.y === key.y) return this.remember(key)
    const uses = (this.uses.get(key.x) ?? 0) + 1
    this.uses.delete(key.x)
    if (uses > usesBeforeTables) return this.remember(key)
    this.uses.set(key.x, uses)
    if (this.uses.size > watchedKeys) {
      const [oldest] = this.uses.keys()
      if (oldest !== undefined) this.uses.delete(oldest)
    }
    return undefined
  }
}

/** How a nonce is chosen. */
export interface SigningOptions {
  /**
   * Random bytes mixed into the nonce, 32 by default. Without them (`false`) the nonce follows from key and digest
   * alone (as RFC 6979): the same input gives the same signature, for tests.
   */
  hedged?: boolean
  /** A nonce given from outside: only to repeat published examples. */
  nonce?: bigint
}

/** Signatures of GOST 34.10-2015 (or GOST 34.310-2004, the same mathematics) on one curve. */
export class GostSignature {
  readonly curve: CurveParameters
  /** Bytes of r, of s and of a coordinate. */
  readonly numberBytes: number
  private readonly arithmetic: PointArithmetic

  constructor(curve: CurveParameters, shape: 'fast' | 'any' = 'fast') {
    this.curve = curve
    this.numberBytes = curve.bits / 8
    this.arithmetic = shape === 'fast' ? new MachineArithmetic(curve) : new ReferenceArithmetic(curve)
  }

  /** Both coordinates in range and the point on the curve. The cofactor is 1, so every such point has order n. */
  isPublicKey({ x, y }: AffinePoint): boolean {
    const { p, a, b } = this.curve
    if (x < 0n || x >= p || y < 0n || y >= p) return false
    return (y * y - (x * x + a) * x - b) % p === 0n
  }

  /** True when the signature over this digest was made by the key. Anything malformed is false, never thrown. */
  verify(key: AffinePoint, digest: Uint8Array, signature: Uint8Array): boolean {
    const { n } = this.curve
    if (signature.length !== 2 * this.numberBytes || digest.length === 0) return false
    const r = numberFromLittleEndian(signature.subarray(0, this.numberBytes))
    const s = numberFromLittleEndian(signature.subarray(this.numberBytes))
    if (r <= 0n || r >= n || s <= 0n || s >= n || !this.isPublicKey(key)) return false
    const v = invert(this.representative(digest), n)
    return this.arithmetic.matchesX((s * v) % n, ((n - r) * v) % n, key, r)
  }

  /** r ‖ s, each with its lowest byte first: the form of certificates, CMS, OCSP, time stamps and signed XML. */
  sign(secret: bigint, digest: Uint8Array, options: SigningOptions = {}): Uint8Array {
    const { n } = this.curve
    if (secret <= 0n || secret >= n) throw new Error('the private key is out of range')
    const e = this.representative(digest)
    const nonces = new NonceSource(
      n,
      this.numberBytes,
      secret,
      e,
      (options.hedged ?? true) ? randomBytes(32) : undefined,
    )
    for (;;) {
      const k = options.nonce ?? nonces.next()
      const r = modulo(this.arithmetic.multiplyBase(k).x, n)
      const s = (r * secret + k * e) % n
      if (r !== 0n && s !== 0n) {
        const signature = new Uint8Array(2 * this.numberBytes)
        signature.set(numberToLittleEndian(r, this.numberBytes))
        signature.set(numberToLittleEndian(s, this.numberBytes), this.numberBytes)
        return signature
      }
      if (options.nonce !== undefined) throw new Error('this nonce gives no signature')
    }
  }

  publicKeyOf(secret: bigint): AffinePoint {
    if (secret <= 0n || secret >= this.curve.n) throw new Error('the private key is out of range')
    return this.arithmetic.multiplyBase(secret)
  }

  /** Makes tables for a key that will come often, about 5 ms now and three times faster verification afterwards. */
  rememberKey(key: AffinePoint): void {
    if (this.arithmetic instanceof MachineArithmetic && this.isPublicKey(key)) this.arithmetic.remember(key)
  }

  private representative(digest: Uint8Array): bigint {
    const e = modulo(numberFromLittleEndian(digest), this.curve.n)
    return e === 0n ? 1n : e
  }
}
