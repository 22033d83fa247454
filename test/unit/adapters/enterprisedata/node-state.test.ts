import { describe, expect, test } from '@jest/globals'
import { edFaults } from '../../../../src/adapters/erp/enterprisedata/ed-faults.ts'
import {
  confirmed,
  judged,
  newNode,
  sending,
  taken,
} from '../../../../src/adapters/erp/enterprisedata/dialogue/node-state.ts'
import { versionFor } from '../../../../src/adapters/erp/enterprisedata/versions.ts'
import type { MessageHeader } from '../../../../src/adapters/erp/enterprisedata/read/message.ts'
import { languages } from '../../../../src/core/kernel/index.ts'

const header = (overrides: Partial<MessageHeader> = {}): MessageHeader => ({
  format: 'f',
  plan: undefined,
  to: 'GW',
  from: 'БК',
  messageNo: 7,
  receivedNo: 0,
  availableVersions: ['1.8'],
  newFrom: undefined,
  receives: undefined,
  ...overrides,
})

describe('the state of one end of an exchange', () => {
  test('a number already taken in is a repeat with the same bytes or without documents, otherwise a fault', () => {
    const state = taken(newNode('БК'), header(), 'digest')
    expect(judged(state, header({ messageNo: 8 }), 'other', true)).toEqual({ ok: true, value: 'new' })
    expect(judged(state, header(), 'digest', true)).toEqual({ ok: true, value: 'repeat' })
    expect(judged(state, header({ messageNo: 3 }), 'other', false)).toEqual({ ok: true, value: 'repeat' })
    expect(judged(state, header({ messageNo: 3 }), 'other', true)).toMatchObject({
      ok: false,
      faults: [{ code: 'ED-15' }],
    })
  })

  test('an older message never takes numbers back, a new code of the base is used from now on', () => {
    const state = taken(taken(newNode('БК'), header(), 'a'), header({ messageNo: 5, newFrom: 'НОВЫЙ' }), 'b')
    expect(state).toMatchObject({ receivedNo: 7, peer: 'НОВЫЙ', own: 'GW', versions: ['1.8'] })
  })

  test('what a confirmed message told is not told again, the rest is', () => {
    const sent = sending(sending(sending(newNode('БК'), 'c1'), 'c2'), 'c3')
    expect(confirmed(sent, 2)).toMatchObject({ cursor: 'c2', sentNo: 3, sent: [{ no: 3, cursor: 'c3' }] })
    expect(confirmed(sent, 0)).toMatchObject({ cursor: undefined, sent: [{ no: 1 }, { no: 2 }, { no: 3 }] })
  })

  test('a base that has seen higher numbers than we remember gets a still higher one', () => {
    expect(sending(confirmed(newNode('БК'), 41), 'c')).toMatchObject({ sentNo: 42 })
  })
})

test.each([
  [['1.2', '1.8', '1.17', '1.21'], '1.17'],
  [['1.6', '1.8', '1.10'], '1.8'],
  [['1.19', '1.20', '1.99'], '1.20'],
  [['2.0'], undefined],
])('to a base with the versions %j we write in %s', (available, version) => {
  expect(versionFor(available)).toBe(version)
})

test.each(Object.entries(edFaults))('%s says the same in three languages', (code, words) => {
  const gaps = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort()
  expect(code).toMatch(/^ED-\d{2}$/)
  for (const language of languages) {
    expect(words[language]).toMatch(/[.!?]$/)
    expect(gaps(words[language])).toEqual(gaps(words.ru))
  }
  expect(words.kk).not.toBe(words.ru)
})
