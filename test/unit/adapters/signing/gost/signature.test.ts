import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { CurveParameters } from '../../../../../src/adapters/signing/gost/curves.ts'
import { curve256, curve512 } from '../../../../../src/adapters/signing/gost/curves.ts'
import { GostSignature } from '../../../../../src/adapters/signing/gost/index.ts'
import { numberToLittleEndian } from '../../../../../src/adapters/signing/gost/signature.ts'

/** RFC 7091, section 7.1 and GOST R 34.10-2012, annex A.1. */
const example256: CurveParameters = {
  name: 'example of the standard, 256 bits',
  bits: 256,
  p: 0x8000000000000000000000000000000000000000000000000000000000000431n,
  a: 7n,
  b: 0x5fbff498aa938ce739b8e022fbafef40563f6e6a3472fc2a514c0ce9dae23b7en,
  n: 0x8000000000000000000000000000000150fe8a1892976154c59cfc193accf5b3n,
  x: 2n,
  y: 0x8e2a8a0e65147d4bd6316030e16d19c85c97f0a9ca267122b96abbcea7e8fc8n,
}

/** GOST R 34.10-2012, annex A.2. */
const example512: CurveParameters = {
  name: 'example of the standard, 512 bits',
  bits: 512,
  p: 0x4531acd1fe0023c7550d267b6b2fee80922b14b2ffb90f04d4eb7c09b5d2d15df1d852741af4704a0458047e80e4546d35b8336fac224dd81664bbf528be6373n,
  a: 7n,
  b: 0x1cff0806a31116da29d8cfa54e57eb748bc5f377e49400fdd788b649eca1ac4361834013b2ad7322480a89ca58e0cf74bc9e540c2add6897fad0a3084f302adcn,
  n: 0x4531acd1fe0023c7550d267b6b2fee80922b14b2ffb90f04d4eb7c09b5d2d15da82f2d7ecb1dbac719905c5eecc423f1d86e25edbe23c595d644aaf187e6e6dfn,
  x: 0x24d19cc64572ee30f396bf6ebbfd7a6c5213b3b3d7057cc825f91093a68cd762fd60611262cd838dc6b60aa7eee804e28bc849977fac33b4b530f1b120248a9an,
  y: 0x2bb312a43bd2ce6e0d020613c857acddcfbf061e91e5f2c3f32447c259f39b2c83ab156d77f1496bf7eb3351e1ee4e43dc1a18b91b24640b6dbb92cb1add371en,
}

const examples = [
  {
    curve: example256,
    d: 0x7a929ade789bb9be10ed359dd39a72c11b60961f49397eee1d19ce9891ec3b28n,
    qx: 0x7f2b49e270db6d90d8595bec458b50c58585ba1d4e9b788f6689dbd8e56fd80bn,
    qy: 0x26f1b489d6701dd185c8413a977b3cbbaf64d1c593d26627dffb101a87ff77dan,
    e: 0x2dfbc1b372d89a1188c09c52e0eec61fce52032ab1022e8e67ece6672b043ee5n,
    k: 0x77105c9b20bcd3122823c8cf6fcc7b956de33814e95b7fe64fed924594dceab3n,
    r: 0x41aa28d2f1ab148280cd9ed56feda41974053554a42767b83ad043fd39dc0493n,
    s: 0x1456c64ba4642a1653c235a98a60249bcd6d3f746b631df928014f6c5bf9c40n,
  },
  {
    curve: example512,
    d: 0x0ba6048aadae241ba40936d47756d7c93091a0e8514669700ee7508e508b102072e8123b2200a0563322dad2827e2714a2636b7bfd18aadfc62967821fa18dd4n,
    qx: 0x115dc5bc96760c7b48598d8ab9e740d4c4a85a65be33c1815b5c320c854621dd5a515856d13314af69bc5b924c8b4ddff75c45415c1d9dd9dd33612cd530efe1n,
    qy: 0x37c7c90cd40b0f5621dc3ac1b751cfa0e2634fa0503b3d52639f5d7fb72afd61ea199441d943ffe7f0c70a2759a3cdb84c114e1f9339fdf27f35eca93677beecn,
    e: 0x3754f3cfacc9e0615c4f4a7c4d8dab531b09b6f9c170c533a71d147035b0c5917184ee536593f4414339976c647c5d5a407adedb1d560c4fc6777d2972075b8cn,
    k: 0x0359e7f4b1410feacc570456c6801496946312120b39d019d455986e364f365886748ed7a44b3e794434006011842286212273a6d14cf70ea3af71bb1ae679f1n,
    r: 0x2f86fa60a081091a23dd795e1e3c689ee512a3c82ee0dcc2643c78eea8fcacd35492558486b20f1c9ec197c90699850260c93bcbcd9c5c3317e19344e173ae36n,
    s: 0x1081b394696ffe8e6585e7a9362d26b6325f56778aadbc081c0bfbe933d52ff5823ce288e8c4f362526080df7f70ce406a6eeb1f56919cb92a9853bde73e5b4an,
  },
]

describe.each(examples)('the $curve.name', ({ curve, d, qx, qy, e, k, r, s }) => {
  const signature = new GostSignature(curve, 'any')
  const digest = numberToLittleEndian(e, curve.bits / 8)

  it('is repeated number by number', () => {
    expect(signature.publicKeyOf(d)).toEqual({ x: qx, y: qy })
    const made = signature.sign(d, digest, { nonce: k })
    expect(Buffer.from(made).toString('hex')).toBe(
      Buffer.concat([
        numberToLittleEndian(r, curve.bits / 8),
        numberToLittleEndian(s, curve.bits / 8),
      ]).toString('hex'),
    )
    expect(signature.verify({ x: qx, y: qy }, digest, made)).toBe(true)
    expect(signature.verify({ x: qx, y: qy }, numberToLittleEndian(e + 1n, curve.bits / 8), made)).toBe(false)
  })
})

describe.each([curve512, curve256])('$name', (curve) => {
  const fast = new GostSignature(curve)
  const reference = new GostSignature(curve, 'any')
  const bytes = curve.bits / 8
  const scalars = fc.bigInt({ min: 1n, max: curve.n - 1n })
  const digests = fc.uint8Array({ minLength: bytes, maxLength: bytes })
  const runs = { numRuns: 15 }

  it('agrees with the arithmetic of @noble/curves in both directions', () => {
    fc.assert(
      fc.property(scalars, digests, (secret, digest) => {
        const key = fast.publicKeyOf(secret)
        expect(key).toEqual(reference.publicKeyOf(secret))
        expect(reference.verify(key, digest, fast.sign(secret, digest))).toBe(true)
        expect(fast.verify(key, digest, reference.sign(secret, digest))).toBe(true)
      }),
      runs,
    )
  })

  it('refuses a changed digest, signature or key', () => {
    fc.assert(
      fc.property(
        scalars,
        digests,
        fc.nat(2 * bytes - 1),
        fc.integer({ min: 1, max: 255 }),
        (secret, digest, at, flip) => {
          const key = fast.publicKeyOf(secret)
          const signature = fast.sign(secret, digest)
          const changed = Uint8Array.from(signature)
          changed[at] = (changed[at] as number) ^ flip
          expect(fast.verify(key, digest, changed)).toBe(false)
          const otherDigest = Uint8Array.from(digest)
          otherDigest[at % bytes] = (otherDigest[at % bytes] as number) ^ flip
          expect(fast.verify(key, otherDigest, signature)).toBe(false)
          expect(fast.verify(fast.publicKeyOf((secret % (curve.n - 2n)) + 1n), digest, signature)).toBe(
            secret % (curve.n - 2n) === secret - 1n,
          )
        },
      ),
      runs,
    )
  })

  it('decides rightly where the fast addition meets equal, opposite or vanishing points', () => {
    // with tiny and huge keys the multiples of key and base point run into each other
    const { n } = curve
    for (const secret of [1n, 2n, 3n, 5n, 31n, n - 1n, n - 2n, n - 3n]) {
      const key = reference.publicKeyOf(secret)
      expect(fast.publicKeyOf(secret)).toEqual(key)
      for (const e of [0n, 1n, n - 1n, n]) {
        const digest = numberToLittleEndian(e, bytes)
        expect(fast.verify(key, digest, reference.sign(secret, digest))).toBe(true)
      }
      for (const e of [7n, 8n, n - 7n]) {
        const digest = numberToLittleEndian(e, bytes)
        for (const k of [1n, 2n, n - 1n]) {
          expect(fast.verify(key, digest, reference.sign(secret, digest, { nonce: k }))).toBe(true)
        }
      }
      // s·G = r·Q: the sum vanishes, and no signature is right
      const r = 12345n
      const vanishing = Buffer.concat([
        numberToLittleEndian(r, bytes),
        numberToLittleEndian((r * secret) % n, bytes),
      ])
      expect(fast.verify(key, numberToLittleEndian(1n, bytes), vanishing)).toBe(false)
    }
  })

  it('refuses r and s out of range, wrong lengths and points off the curve, without throwing', () => {
    const secret = 0x1234567890abcdefn
    const key = fast.publicKeyOf(secret)
    const digest = numberToLittleEndian(77n, bytes)
    const good = fast.sign(secret, digest)
    const [r, s] = [good.subarray(0, bytes), good.subarray(bytes)]
    const zero = new Uint8Array(bytes)
    const order = numberToLittleEndian(curve.n, bytes)
    const ones = new Uint8Array(bytes).fill(255)
    for (const bad of [zero, order, ones]) {
      expect(fast.verify(key, digest, Buffer.concat([bad, s]))).toBe(false)
      expect(fast.verify(key, digest, Buffer.concat([r, bad]))).toBe(false)
    }
    expect(fast.verify(key, digest, good.subarray(1))).toBe(false)
    expect(fast.verify(key, digest, Buffer.concat([good, zero]))).toBe(false)
    expect(fast.verify(key, digest, new Uint8Array(0))).toBe(false)
    expect(fast.verify(key, new Uint8Array(0), good)).toBe(false)
    for (const off of [
      { x: key.x + 1n, y: key.y },
      { x: key.x + curve.p, y: key.y },
      { x: -key.x, y: key.y },
      { x: 0n, y: 0n },
    ]) {
      expect(fast.isPublicKey(off)).toBe(false)
      expect(fast.verify(off, digest, good)).toBe(false)
    }
  })

  it('answers the same with tables of the key, and after they had to make room for others', () => {
    const digest = numberToLittleEndian(99n, bytes)
    const signers = Array.from({ length: 20 }, (_, index) => {
      const secret = 0xabcdefn + BigInt(index) * 7919n
      return { key: fast.publicKeyOf(secret), signature: fast.sign(secret, digest) }
    })
    for (const { key } of signers) fast.rememberKey(key)
    for (const { key, signature } of [...signers, ...signers]) {
      expect(fast.verify(key, digest, signature)).toBe(true)
      expect(fast.verify(key, numberToLittleEndian(98n, bytes), signature)).toBe(false)
    }
    // often enough for tables of its own without being asked
    const often = signers[0] as (typeof signers)[number]
    for (let use = 0; use < 30; use += 1) expect(fast.verify(often.key, digest, often.signature)).toBe(true)
  })

  it('takes the nonce from key and digest alone when asked, and mixes in chance otherwise', () => {
    const digest = numberToLittleEndian(5n, bytes)
    const bare = [fast.sign(7n, digest, { hedged: false }), fast.sign(7n, digest, { hedged: false })]
    expect(bare[0]).toEqual(bare[1])
    expect(fast.sign(7n, digest)).not.toEqual(fast.sign(7n, digest))
    expect(() => fast.sign(0n, digest)).toThrow('out of range')
    expect(() => fast.sign(curve.n, digest)).toThrow('out of range')
  })
})
