import { describe, expect, test } from '@jest/globals'
import { soapFaults } from '../../../../src/adapters/soap/index.ts'
import { httpFaults } from '../../../../src/adapters/http/index.ts'
import { readerFaults } from '../../../../src/adapters/xml/index.ts'
import { languages } from '../../../../src/core/kernel/index.ts'

const all = { ...readerFaults, ...httpFaults, ...soapFaults }

describe('the words of the faults of the doors', () => {
  test('no code is used twice', () => {
    const counts = [readerFaults, httpFaults, soapFaults].map((list) => Object.keys(list).length)
    expect(Object.keys(all)).toHaveLength(counts.reduce((a, b) => a + b))
    for (const code of Object.keys(all)) expect(code).toMatch(/^[A-Z]+-\d{2}$/)
  })

  test.each(Object.entries(all))('%s says the same in three languages', (_, words) => {
    const gaps = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort()
    for (const language of languages) {
      expect(words[language]).toMatch(/[.!?]$/)
      expect(gaps(words[language])).toEqual(gaps(words.ru))
    }
    expect(words.ru).toMatch(/[а-яё]/i)
    expect(words.kk).not.toBe(words.ru)
    // The one word that English borrows.
    expect(words.en.replaceAll('ЭДО', '')).not.toMatch(/[а-яё]/i)
  })
})
