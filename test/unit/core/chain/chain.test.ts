import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { sha256 } from '../../../../src/adapters/host/sha256.ts'
import {
  knotsOf,
  knotSize,
  leafOf,
  pathByKnots,
  pathOf,
  recordText,
  rootByPath,
  rootOf,
} from '../../../../src/core/chain/index.ts'

const leaves = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => leafOf(sha256, `leaf ${at}`))

describe('the tree over records', () => {
  it('is the tree of RFC 6962: known roots of Certificate Transparency', () => {
    // Leaves of the reference implementation's test vectors (certificate-transparency, merkletree tests).
    const inputs = [
      '',
      '00',
      '10',
      '2021',
      '3031',
      '40414243',
      '5051525354555657',
      '606162636465666768696a6b6c6d6e6f',
    ]
    const own = inputs.map((hex) =>
      createHash('sha256').update(Buffer.of(0)).update(Buffer.from(hex, 'hex')).digest('hex'),
    )
    expect(rootOf(sha256, own.slice(0, 1))).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    )
    expect(rootOf(sha256, own.slice(0, 3))).toBe(
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    )
    expect(rootOf(sha256, own)).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328')
  })

  it('leads from every leaf to the root, and from no other leaf', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), (count, at) => {
        const all = leaves(count)
        const index = at % count
        const path = pathOf(sha256, all, index)
        expect(rootByPath(sha256, all[index] ?? '', path)).toBe(rootOf(sha256, all))
        if (count > 1)
          expect(rootByPath(sha256, all[(index + 1) % count] ?? '', path)).not.toBe(rootOf(sha256, all))
      }),
      { numRuns: 100 },
    )
  })

  it('finds the same path from one knot as from all leaves', () => {
    const all = leaves(3 * knotSize + 17)
    const knots = knotsOf(sha256, all)
    expect(rootOf(sha256, knots)).toBe(rootOf(sha256, all))
    for (const index of [0, 255, 256, 700, 768, 784]) {
      const start = index - (index % knotSize)
      const path = pathByKnots(sha256, knots, all.slice(start, start + knotSize), index)
      expect(path).toEqual(pathOf(sha256, all, index))
    }
  })

  it('takes no value with a newline: two records must not read the same', () => {
    expect(() => recordText('kind', ['a\nb'])).toThrow(RangeError)
  })
})
