import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Gost34311, gost34311 } from '../../../../../src/adapters/signing/gost/index.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const digestOfText = (text: string): string => hex(gost34311(Buffer.from(text)))

describe('GOST 34.311-95 with the test substitution', () => {
  it('gives the digests of the standard and the published ones', () => {
    expect(digestOfText('This is message, length=32 bytes')).toBe(
      'b1c466d37519b82e8319819ff32595e047a28cb6f83eff1c6916a815a637fffa',
    )
    expect(digestOfText('Suppose the original message has length = 50 bytes')).toBe(
      '471aba57a60a770d3a76130635c1fbea4ef14de51f78b4ae57dd893b62f55208',
    )
    expect(digestOfText('')).toBe('ce85b99cc46752fffee35cab9a7b0278abb4c2d2055cff685af4912c49490f8d')
    expect(digestOfText('abc')).toBe('f3134348c44fb1b2a277729e2285ebb5cb5e0f29c975bc753b70497c06a4d51d')
    expect(digestOfText('message digest')).toBe(
      'ad4434ecb18f2c99b60cbe59ec3d2469582b65273f48de72db2fde16a4889a4d',
    )
    expect(digestOfText('U'.repeat(128))).toBe(
      '53a3a3ed25180cef0c1d85a074273e551c25660a87062a52d926a9e8fe5733a4',
    )
    expect(digestOfText('a'.repeat(1_000_000))).toBe(
      '5c00ccc2734cdd3332d3d4749576e3c1a7dbaf0e7ea74e9fa602413c90a129fa',
    )
  })

  it('gives the same digest however the data is cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), fc.nat(200), (data, a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const inPieces = new Gost34311()
          .update(data.subarray(0, from))
          .update(data.subarray(from, to))
          .update(data.subarray(to))
        expect(hex(inPieces.digest())).toBe(hex(gost34311(data)))
      }),
    )
  })
})
