import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { readMapping, readMappingFile } from '../../../../src/adapters/mapping/index.ts'
import { fileMapping } from '../../../factories/mappings.ts'

const faultsOf = (text: string, file = 'test.yaml'): string[] => {
  const read = readMapping(text, file)
  return read.ok ? [] : read.faults.map(({ code, path }) => `${code} ${path}`)
}

describe('the check of a mapping', () => {
  const folder = join(process.cwd(), 'config', 'adapters')
  it.each(readdirSync(folder).filter((name) => name.endsWith('.yaml')))('finds nothing in %s', (name) => {
    const read = readMappingFile(join(folder, name))
    expect(read.ok ? [] : read.faults.map(({ message }) => message.ru)).toEqual([])
  })

  it('tells every mistake at once, each with line and column', () => {
    const text = `name: Test
version: 0
sorce: 1
source:
  format: json
  separator: ';'
kind: file
fields:
  guid: a..b
  date: { path: d, format: 'гггг' }
  titel: x
  title: { path: t, value: u }
  comment: { expr: 'a * b + $nope(c) & $now()' }
  sender: { organisation: true }
  recipient: { name: 'x[', taxId: { path: t, dictionary: nobody } }
  fileName: { path: f, as: nothing, rund: 2 }
`
    expect(faultsOf(text)).toEqual([
      'MAPPING-03 test.yaml:3:1',
      'MAPPING-05 test.yaml:1:7',
      'MAPPING-05 test.yaml:2:10',
      'MAPPING-05 test.yaml:6:14',
      'MAPPING-09 test.yaml:9:9',
      'MAPPING-05 test.yaml:10:28',
      'MAPPING-07 test.yaml:11:3',
      'MAPPING-15 test.yaml:12:10',
      'MAPPING-13 test.yaml:13:27',
      'MAPPING-13 test.yaml:13:23',
      'MAPPING-11 test.yaml:13:29',
      'MAPPING-12 test.yaml:13:40',
      'MAPPING-09 test.yaml:15:22',
      'MAPPING-14 test.yaml:15:58',
      'MAPPING-03 test.yaml:16:37',
      'MAPPING-05 test.yaml:16:28',
      'MAPPING-08 test.yaml:9:3',
    ])
  })

  it.each([
    ['', 'MAPPING-05'],
    ['- a', 'MAPPING-05'],
    ['a: b: c', 'MAPPING-02'],
    ['a: 1\na: 2', 'MAPPING-02'],
    [`x: '${'я'.repeat(300_000)}'`, 'MAPPING-19'],
    [fileMapping('title: { expr: "not(a)" }'), 'MAPPING-11'],
    [fileMapping('title: { expr: "a[" }'), 'MAPPING-10'],
    [fileMapping('title: { expr: "-a" }'), 'none'],
    [fileMapping('title: { expr: "$eval(a)" }'), 'MAPPING-12'],
    [fileMapping('title: { expr: "$sum(a.$mul(b, c))" }'), 'none'],
    [fileMapping('title: { expr: "($x := a; $x & $f(1))" }'), 'MAPPING-11'],
    [
      fileMapping('title: { path: t }\ncomment: { path: c, dictionary: d }') +
        'dictionaries: { d: { entries: [{ key: a, value: b, until: 2026-01-05 }, { key: a, value: c, from: 2026-01-01 }] } }\n',
      'MAPPING-17',
    ],
  ])('%# is told by its code', (text, code) => {
    expect(faultsOf(text)[0]?.split(' ')[0] ?? 'none').toBe(code)
  })

  it('refuses a name that is not that of its file', () => {
    expect(faultsOf(fileMapping('title: t'), 'other.yaml')).toEqual(['MAPPING-06 other.yaml:1:7'])
  })
})
