import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { mappingFaults } from '../../../../src/adapters/mapping/index.ts'
import { namedFunctions } from '../../../../src/adapters/mapping/functions.ts'
import { labFaults } from '../../../../src/adapters/mapping/lab/index.ts'

describe('the words of mappings', () => {
  it.each(Object.entries({ ...mappingFaults, ...labFaults }))(
    '%s says the same in three languages',
    (code, words) => {
      const gaps = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort()
      expect(code).toMatch(/^(MAPPING|LAB)-\d{2}$/)
      expect(gaps(words.kk)).toEqual(gaps(words.ru))
      expect(gaps(words.en)).toEqual(gaps(words.ru))
      expect(words.kk).not.toBe(words.ru)
      // Examples of what is written in Russian files stand as they are written there.
      if (code !== 'MAPPING-44') expect(words.en).not.toMatch(/[а-яё]{3}/i)
    },
  )

  it('every function is in the guide', () => {
    const guide = readFileSync('docs/mapping.md', 'utf8')
    for (const { name } of namedFunctions) expect(guide).toContain(`$${name}(`)
  })
})
