import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  isFinal,
  isSettledBetweenSides,
  stateTable,
  statesAfter,
  type Happening,
} from '../../../../src/core/exchange/index.ts'

const drawn = (): string[] => {
  const readme = readFileSync(new URL('../../../../src/core/README.md', import.meta.url), 'utf8')
  const block = /```life\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  return block
    .trim()
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
}

describe('the life of a document', () => {
  it('is drawn in the README as the table has it', () => {
    expect(drawn()).toEqual(
      stateTable.map(
        (t) => `${t.happening} ${t.sender} / ${t.recipient} -> ${t.toSender} / ${t.toRecipient}`,
      ),
    )
  })

  it('has one line for each happening in each pair of states', () => {
    const keys = stateTable.map((t) => `${t.happening} ${t.sender} ${t.recipient}`)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('never leaves a final state', () => {
    expect(stateTable.filter((t) => isSettledBetweenSides(t.sender))).toEqual([])
  })

  it('ends for both sides together, whatever happens in whatever order', () => {
    const happenings = [...new Set(stateTable.map((t) => t.happening))]
    fc.assert(
      fc.property(
        fc.constantFrom('awaiting_signature' as const, 'signing' as const, 'signed' as const),
        fc.array(fc.constantFrom(...happenings), { maxLength: 30 }),
        (start, tried: Happening[]) => {
          let states: {
            sender: (typeof stateTable)[number]['sender']
            recipient: (typeof stateTable)[number]['recipient']
          } = { sender: start, recipient: 'none' }
          let ended = false
          for (const happening of tried) {
            const after = statesAfter(states, happening)
            if (after === undefined) continue
            expect(ended).toBe(false)
            states = after
            ended = isSettledBetweenSides(states.sender)
          }
          const open = ['none', 'arrived', 'viewed', 'annulment_requested']
          if (ended && states.recipient !== 'none') expect(open).not.toContain(states.recipient)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('is final only when the portal has spoken, too', () => {
    expect(isFinal({ sender: 'completed', mirror: 'waiting' })).toBe(false)
    expect(isFinal({ sender: 'completed', mirror: 'submitted' })).toBe(false)
    expect(isFinal({ sender: 'completed', mirror: 'registered' })).toBe(true)
    expect(isFinal({ sender: 'delivered', mirror: 'registered' })).toBe(false)
    expect(isFinal({ sender: 'annulled', mirror: 'none' })).toBe(true)
  })
})
