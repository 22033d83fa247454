import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Base64Collector } from '../../../../src/adapters/soap/index.ts'

test('whatever the pieces and line breaks, the bytes come out', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(fc.nat(300), { maxLength: 6 }),
      fc.constantFrom('', '\r\n', '\n', ' \t'),
      (bytes, cuts, gap) => {
        const text = Buffer.from(bytes).toString('base64').replace(/.{7}/g, `$&${gap}`)
        const collector = new Base64Collector(1000)
        let from = 0
        for (const cut of [...cuts.sort((a, b) => a - b), text.length]) {
          collector.push(text.slice(from, cut))
          from = Math.max(from, cut)
        }
        expect(collector.finish()).toEqual(Buffer.from(bytes))
        expect(collector.isEmpty).toBe(bytes.length === 0)
      },
    ),
  )
})

test.each([
  ['a letter of nobody', ['AAA*']],
  ['one letter too few', ['AAAA', 'AAA']],
  ['one letter alone', ['A']],
  ['padding inside', ['AA==', 'AAAA']],
  ['padding inside one piece', ['AA==AAAA']],
  ['three signs of padding', ['A===']],
  ['letters of URLs', ['-_-_']],
])('refuses %s', (_, pieces) => {
  const collector = new Base64Collector(1000)
  for (const piece of pieces) collector.push(piece)
  expect(collector.finish()).toBeUndefined()
})

test('keeps no more than the limit', () => {
  const collector = new Base64Collector(6)
  collector.push('AAAAAAAA')
  expect(collector.isTooLarge).toBe(false)
  for (let i = 0; i < 100; i++) collector.push('AAAAAAAA')
  expect(collector.isTooLarge).toBe(true)
  expect(collector.finish()).toHaveLength(6)
})
