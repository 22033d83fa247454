import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  accessStateAfter,
  accessTable,
  paragraphOf,
  type AccessState,
} from '../../../../src/core/access/index.ts'

const drawn = (): string[] => {
  const readme = readFileSync(new URL('../../../../src/core/README.md', import.meta.url), 'utf8')
  const block = /```access\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  return block
    .trim()
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
}

const order: readonly AccessState[] = [
  'NONE',
  'ACCEPTED',
  'INVOICED',
  'PAID',
  'ACTIVE',
  'RESTRICTED',
  'ARCHIVE_ONLY',
  'LAPSED',
  'TERMINATING',
  'TERMINATED',
  'BREACH_ENDED',
  'CONSENT_WITHDRAWN',
]

describe('the life of an access', () => {
  it('is drawn in the README as the table has it', () => {
    const sorted = (states: readonly AccessState[]) =>
      [...states].sort((a, b) => order.indexOf(a) - order.indexOf(b)).join(' ')
    expect(drawn()).toEqual(
      accessTable.map(({ happening, from, to }) => `${happening} ${sorted(from)} -> ${to}`),
    )
  })

  it('has one line for each happening, and each line its paragraph of the offer', () => {
    expect(new Set(accessTable.map(({ happening }) => happening)).size).toBe(accessTable.length)
    for (const { happening } of accessTable) expect(paragraphOf(happening)).toMatch(/^\d/)
  })

  it('never leaves PURGED', () => {
    expect(accessTable.filter(({ from }) => from.includes('PURGED'))).toEqual([])
  })

  it('opens sending only by a grant or by lifting a limit', () => {
    const opening = accessTable.filter(({ to }) => to === 'ACTIVE').map(({ happening }) => happening)
    expect(opening).toEqual(['granted', 'granted-directly', 'limit-lifted'])
  })

  it('reaches every state of the drawing, whatever happens in whatever order', () => {
    const happenings = accessTable.map(({ happening }) => happening)
    const reached = new Set<AccessState>(['NONE'])
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...happenings), { maxLength: 40 }), (tried) => {
        let state: AccessState = 'NONE'
        for (const happening of tried) state = accessStateAfter(state, happening) ?? state
        reached.add(state)
      }),
      { numRuns: 3_000, seed: 7 },
    )
    expect([...reached].sort()).toEqual([...order, 'PURGED'].sort())
  })
})
