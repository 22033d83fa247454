import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Streebog, streebog256, streebog512 } from '../../../../../src/adapters/signing/gost/index.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** RFC 6986, section 10: the messages, written there as one number; here lowest byte first. */
const first = Buffer.from('012345678901234567890123456789012345678901234567890123456789012')
const second = Buffer.from(
  'fbe2e5f0eee3c820fbeafaebef20fffbf0e1e0f0f520e0ed20e8ece0ebe5f0f2' +
    'f120fff0eeec20f120faf2fee5e2202ce8f6f3ede220e8e6eee1e8f0f2d1202c' +
    'e8f0f2e5e220e5d1',
  'hex',
).reverse()

describe('Streebog', () => {
  it('gives the digests of RFC 6986', () => {
    expect(hex(streebog512(first).reverse())).toBe(
      '486f64c1917879417fef082b3381a4e211c324f074654c38823a7b76f830ad00' +
        'fa1fbae42b1285c0352f227524bc9ab16254288dd6863dccd5b9f54a1ad0541b',
    )
    expect(hex(streebog256(first).reverse())).toBe(
      '00557be5e584fd52a449b16b0251d05d27f94ab76cbaa6da890b59d8ef1e159d',
    )
    expect(hex(streebog512(second).reverse())).toBe(
      '28fbc9bada033b1460642bdcddb90c3fb3e56c497ccd0f62b8a2ad4935e85f03' +
        '7613966de4ee00531ae60f3b5a47f8dae06915d5f2f194996fcabf2622e6881e',
    )
    expect(hex(streebog256(second).reverse())).toBe(
      '508f7e553c06501d749a66fc28c6cac0b005746d97537fa85d9e40904efed29d',
    )
  })

  it('gives the same digest however the data is cut', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 700 }),
        fc.array(fc.nat(200), { maxLength: 12 }),
        fc.constantFrom(256 as const, 512 as const),
        (data, cuts, bits) => {
          const inPieces = new Streebog(bits)
          let at = 0
          for (const cut of cuts) {
            inPieces.update(data.subarray(at, at + cut))
            at += cut
          }
          inPieces.update(data.subarray(at))
          expect(hex(inPieces.digest())).toBe(hex(new Streebog(bits).update(data).digest()))
        },
      ),
    )
  })

  it('keeps several hashes in progress apart', () => {
    const one = new Streebog(512).update(Buffer.alloc(100, 1))
    const other = new Streebog(512).update(Buffer.alloc(100, 2))
    one.update(Buffer.alloc(100, 3))
    other.update(Buffer.alloc(100, 4))
    expect(hex(one.digest())).toBe(
      hex(streebog512(Buffer.concat([Buffer.alloc(100, 1), Buffer.alloc(100, 3)]))),
    )
    expect(hex(other.digest())).toBe(
      hex(streebog512(Buffer.concat([Buffer.alloc(100, 2), Buffer.alloc(100, 4)]))),
    )
  })

  it('does not give a digest twice', () => {
    const hash = new Streebog(256)
    hash.digest()
    expect(() => hash.digest()).toThrow('already')
    expect(() => hash.update(first)).toThrow('already')
  })
})
