import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { derTag, encodeDer, encodeOid } from '../../../../../src/adapters/signing/gost/der.ts'
import type { GostAlgorithm } from '../../../../../src/adapters/signing/gost/index.ts'
import {
  gammaKeyOid,
  gost34311,
  gostAlgorithms,
  gostSignature,
  readGostPrivateKey,
  readGostPublicKey,
  rememberGostKey,
  signWithGost,
  verifyGostDigest,
  writeGostPrivateKey,
  writeGostPublicKey,
} from '../../../../../src/adapters/signing/gost/index.ts'
import { numberToLittleEndian } from '../../../../../src/adapters/signing/gost/signature.ts'

const algorithms: GostAlgorithm[] = gostAlgorithms.map(({ algorithm }) => algorithm)
const secret = 0x7fedcba9876543210123456789abcdefn
const pointOf = (algorithm: GostAlgorithm) => gostSignature(algorithm).publicKeyOf(secret)
const codes = (read: { ok: boolean; faults?: { code: string }[] }) => read.faults?.map(({ code }) => code)

describe('GOST keys', () => {
  it.each(algorithms)('reads back the keys of %s that it writes', (algorithm) => {
    const point = pointOf(algorithm)
    expect(readGostPublicKey(writeGostPublicKey({ algorithm, point }))).toEqual({
      ok: true,
      value: { algorithm, point, form: 'nuc' },
    })
    for (const value of [secret, 1n, 0x80n, gostSignature(algorithm).curve.n - 1n]) {
      expect(readGostPrivateKey(writeGostPrivateKey({ algorithm, secret: value }))).toEqual({
        ok: true,
        value: { algorithm, secret: value },
      })
    }
  })

  /** The old form: a CryptoAPI blob in the BIT STRING, ECPrivateKey in PKCS#8. */
  const gammaPublic = (blobHeader: string, x: bigint, y: bigint): Uint8Array =>
    encodeDer(
      derTag.sequence,
      encodeDer(derTag.sequence, encodeOid(gammaKeyOid), encodeDer(derTag.null)),
      encodeDer(
        derTag.bitString,
        Uint8Array.of(0),
        Buffer.from(blobHeader, 'hex'),
        numberToLittleEndian(x, 32),
        numberToLittleEndian(y, 32),
      ),
    )

  it('reads the key form of the Gamma tools', () => {
    const point = pointOf('gost2004')
    expect(readGostPublicKey(gammaPublic('060200003aaa00000045433100020000', point.x, point.y))).toEqual({
      ok: true,
      value: { algorithm: 'gost2004', point, form: 'gamma' },
    })
    expect(
      codes(readGostPublicKey(gammaPublic('060200003aaa00000045433200020000', point.x, point.y))),
    ).toEqual(['GOSTKEY-02'])
    const ecPrivateKey = encodeDer(
      derTag.sequence,
      encodeDer(derTag.integer, Uint8Array.of(1)),
      encodeDer(derTag.octetString, numberToLittleEndian(secret, 32).reverse()),
    )
    const pkcs8 = encodeDer(
      derTag.sequence,
      encodeDer(derTag.integer, Uint8Array.of(0)),
      encodeDer(derTag.sequence, encodeOid(gammaKeyOid), encodeDer(derTag.null)),
      encodeDer(derTag.octetString, ecPrivateKey),
    )
    expect(readGostPrivateKey(pkcs8)).toEqual({ ok: true, value: { algorithm: 'gost2004', secret } })
  })

  it('refuses a key that is not on its curve', () => {
    const { x, y } = pointOf('gost2015-512')
    const off = writeGostPublicKey({ algorithm: 'gost2015-512', point: { x, y: y + 1n } })
    expect(codes(readGostPublicKey(off))).toEqual(['GOSTKEY-03'])
  })

  it('refuses a foreign algorithm by its name', () => {
    const foreign = encodeDer(
      derTag.sequence,
      encodeDer(derTag.sequence, encodeOid('1.2.643.7.1.1.1.2')),
      encodeDer(derTag.bitString, Uint8Array.of(0, 1)),
    )
    const read = readGostPublicKey(foreign)
    expect(codes(read)).toEqual(['GOSTKEY-01'])
    expect(read.ok ? '' : read.faults[0]?.message.en).toContain('1.2.643.7.1.1.1.2')
  })

  it('gives a key that will come often tables of its own, with the same verdicts', () => {
    const key = { algorithm: 'gost2004', point: pointOf('gost2004'), form: 'nuc' } as const
    const data = Buffer.from('list')
    const signature = signWithGost({ algorithm: 'gost2004', secret }, data)
    rememberGostKey(key)
    expect(verifyGostDigest(key, gost34311(data), signature)).toBe(true)
    expect(verifyGostDigest(key, gost34311(Buffer.from('fist')), signature)).toBe(false)
  })

  it('refuses damaged bytes with a fault and never throws', () => {
    const point = pointOf('gost2015-512')
    const spki = writeGostPublicKey({ algorithm: 'gost2015-512', point })
    const pkcs8 = writeGostPrivateKey({ algorithm: 'gost2004', secret })
    fc.assert(
      fc.property(fc.nat(400), fc.integer({ min: 1, max: 255 }), fc.nat(400), (at, flip, cut) => {
        const changed = Uint8Array.from(spki)
        changed[at % spki.length] = (changed[at % spki.length] as number) ^ flip
        // only the digest named beside the curve may differ: it is not used
        const read = readGostPublicKey(changed)
        expect(read.ok ? read.value.point : point).toEqual(point)
        expect(readGostPublicKey(spki.subarray(0, cut % spki.length)).ok).toBe(false)
        expect(readGostPrivateKey(pkcs8.subarray(0, cut % pkcs8.length)).ok).toBe(false)
        readGostPrivateKey(
          Uint8Array.from(pkcs8, (byte, index) => (index === at % pkcs8.length ? byte ^ flip : byte)),
        )
      }),
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => !readGostPublicKey(noise).ok))
  })
})
