import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { MappingRunner } from '../../../../src/adapters/mapping/index.ts'
import { aMapping, fileMapping, mappingCompany, oneReading, readBy } from '../../../factories/mappings.ts'

/** A hostile file or expression is refused within this, by words; the thread's start aside. */
const longestMs = 2_000

describe('expressions that would never end', () => {
  const runner = new MappingRunner({ size: 1 })
  const context = { company: mappingCompany, profile: {} }
  const run = (expression: string, content = '{"a":"1"}') =>
    runner.read(aMapping(fileMapping(`title: { expr: '${expression}' }`)), Buffer.from(content), context)
  beforeAll(async () => {
    await run('a')
  })
  afterAll(() => runner.stop())

  it.each([
    ['a recursion', '($f := function($x) { $f($x & "a") & "b" }; $f("a"))', '{"a":"1"}'],
    ['a tail recursion', '($f := function($x) { $f($x) }; $f("a"))', '{"a":"1"}'],
    ['ten million items', '$count([1..9999999])', '{"a":"1"}'],
    ['a thousand millions of pairs', '$count([1..30000].[1..30000])', '{"a":"1"}'],
    ['a text of a gigabyte', '$length($pad("a", 1000000000))', '{"a":"1"}'],
    [
      'a regular expression that backtracks',
      '$match(a, /^(a+)+$/)',
      JSON.stringify({ a: `${'a'.repeat(40)}!` }),
    ],
    ['doubling for ever', '$reduce([1..60], function($s, $i) { $s & $s }, "aaaaaaaa")', '{"a":"1"}'],
  ])('%s is stopped and told with its line', async (_, expression, content) => {
    // A lost thread starts anew with the next file, and its start is no part of the time.
    await run('a')
    const begun = performance.now()
    const read = await run(expression, content)
    expect(performance.now() - begun).toBeLessThan(longestMs)
    const faults = read.ok ? read.value.flatMap((one) => one.faults) : read.faults
    expect(['MAPPING-45', 'MAPPING-46']).toContain(faults[0]?.code)
    expect(faults[0]?.message.ru).toContain('test.yaml:13')
  })

  it('a hundred lines of slow expressions do not add up', async () => {
    const slow = '($f := function($n) { $compare($n, 0) = 0 ? "x" : $f($sub($n, 1)) }; $f(a))'
    const mapping = aMapping(
      fileMapping(
        `title: { value: t }\nextras: { each: items, name: { value: n }, value: { expr: '${slow}' } }`,
      ),
    )
    const items = JSON.stringify({ items: Array.from({ length: 150 }, () => ({ a: '250' })) })
    const begun = performance.now()
    const read = await runner.read(mapping, Buffer.from(items), context)
    expect(performance.now() - begun).toBeLessThan(longestMs * 2)
    expect(read.ok).toBe(true)
  })

  it('the next file is read as if nothing had been', async () => {
    await run('$match(a, /^(a+)+$/)', JSON.stringify({ a: `${'a'.repeat(40)}!` }))
    const read = await run('a')
    expect(read.ok && read.value[0]?.document).toMatchObject({ title: '1' })
  })
})

describe('expressions that would reach out', () => {
  it.each([
    ['$string(constructor)', undefined],
    ['a.constructor.constructor("return process")()', 'MAPPING-11'],
    ['$string($record.__proto__)', undefined],
    ['a.__proto__', undefined],
    ['$merge([{"__proto__": {"x": "y"}}, {"b": a}]).b', '1'],
    ['$lookup($record, "toString")', undefined],
  ])('%s finds nothing to take', async (expression, title) => {
    const text = fileMapping(`title: { expr: '${expression}', default: нет }`)
    if (title === 'MAPPING-11') return expect(() => aMapping(text)).toThrow('неизвестная функция')
    const { document } = await oneReading(text, '{"a":"1"}')
    expect(document).toMatchObject({ title: title ?? 'нет' })
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  it('a file is read, never written', async () => {
    const { document } = await oneReading(
      fileMapping(`title: { expr: '($record ~> |$|{"a": "2"}|).a & a' }`),
      '{"a":"1"}',
    )
    expect(document).toMatchObject({ title: '21' })
  })
})

describe('numbers that no double may hold', () => {
  const money = (amount: string) =>
    `name: test
version: 1
source: { format: json }
kind: contract
fields:
  guid: { value: g-1 }
  number: { value: n }
  date: { value: 2026-03-31 }
  sender: { organisation: true }
  recipient: { name: { value: Получатель }, taxId: { value: '260140000604' } }
  subject: { value: s }
  amount: ${amount}
  fileName: { value: a.txt }
  mediaType: { value: text/plain }
  content: { value: YQ== }
`
  it.each([
    ['amount: a', '{"a": 123456789012345.67}', '123456789012345.67'],
    ['amount: a', '{"a": 0.1}', '0.10'],
    ['amount: a', '{"a": 1e3}', '1000.00'],
    ['amount: { expr: "$add(a, b)" }', '{"a": 0.1, "b": 0.2}', '0.30'],
    [
      'amount: { expr: "$sum(c)" }',
      `{"c": [${Array.from({ length: 1000 }, () => '0.01').join(',')}]}`,
      '10.00',
    ],
    ['amount: { expr: "$mul(a, 0.07)" }', '{"a": 100}', '7.00'],
    ['amount: { path: a, round: 2 }', '{"a": 129800.00000000063}', '129800.00'],
    ['amount: { expr: "$div(a, 3, 2)" }', '{"a": "1 000,00"}', '333.33'],
    ['amount: { expr: "$vatIn(a, 16)" }', '{"a": 116}', '16.00'],
  ])('%s of %s is exact', async (rule, content, amount) => {
    const { document, faults } = await oneReading(money(rule.replace('amount: ', '')), content)
    expect([document && 'amount' in document ? document.amount : undefined, faults]).toEqual([amount, []])
  })

  it.each([
    ['a', '{"a": 1e308}', 'MAPPING-58'],
    ['a', '{"a": 129800.00000000063}', 'DOC-09'],
    ['{ expr: "$number(a)" }', '{"a": "0.1"}', 'MAPPING-49'],
    ['{ expr: "$div(a, 0)" }', '{"a": "1"}', 'MAPPING-45'],
    ['{ expr: "a > 1 ? a : b" }', '{"a": 2}', 'MAPPING-45'],
    ['{ expr: "$add(a, b)" }', '{"a": "x", "b": 1}', 'MAPPING-45'],
    ['a', '{"a": [1, 2]}', 'MAPPING-47'],
    ['a', '{"a": {"b": 1}}', 'MAPPING-48'],
    ['a', '{"a": "12 шт"}', 'MAPPING-41'],
  ])('%s of %s is refused as %s', async (rule, content, code) => {
    const { document, faults } = await oneReading(money(rule), content)
    expect([document, faults.map((one) => one.code)]).toEqual([undefined, [code]])
  })
})

describe('files that are not what they say', () => {
  const csv = (extra = '') =>
    fileMapping('title: Название', `format: csv${extra}`).replace(
      'fileName: { value: a.txt }',
      'fileName: Файл',
    )
  const codes = async (mapping: string, content: string | Uint8Array): Promise<string[]> => {
    const read = await readBy(mapping, content)
    return (read.ok ? read.value.flatMap((one) => one.faults) : read.faults).map((one) => one.code)
  }
  it.each([
    ['a column that is missing', 'Название;Имя\na;b\n', ['MAPPING-50']],
    ['a column twice', 'Название;Файл;Файл\na;b;c\n', ['MAPPING-51']],
    ['a row that is too long', 'Название;Файл\na;b;c\n', ['MAPPING-52']],
    ['a quote left open', 'Название;Файл\n"a;b\n', ['MAPPING-53']],
    ['a header alone', 'Название;Файл\n', ['MAPPING-40']],
    ['nothing', '', ['MAPPING-50', 'MAPPING-50']],
    ['windows-1251 in place of UTF-8', Buffer.from([0xcd, 0xe0, 0xe7, 0x3b]), ['TEXT-03']],
    ['a hundred thousand rows and one', `Название;Файл\n${'a;b\n'.repeat(100_001)}`, ['MAPPING-55']],
    ['more documents than a file may hold', `Название;Файл\n${'a;b\n'.repeat(5_001)}`, ['MAPPING-55']],
    ['names that every object has', '__proto__;constructor;Название;Файл\na;b;c;d\n', []],
  ])('%s', async (_, content, expected) => {
    expect(await codes(csv(), content)).toEqual(expected)
  })

  it('UTF-8 under the name of windows-1251 is refused, never read as mojibake', async () => {
    expect(await codes(csv(', encoding: windows-1251'), 'Название;Файл\nПоставка товара;b\n')).toEqual([
      'TEXT-03',
    ])
  })

  it.each([
    ['{"a":', ['JSON-01']],
    ['{"title":"a","title":"b"}', ['JSON-02']],
    [`${'['.repeat(100)}${']'.repeat(100)}`, ['JSON-03']],
    ['null', ['DOC-02']],
    ['[]', ['MAPPING-40']],
  ])('JSON %# is told', async (content, expected) => {
    expect(await codes(fileMapping('title: title'), content)).toEqual(expected)
  })

  it.each([
    ['<a><b></a>', ['XML-01']],
    ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', ['XML-02']],
    ['<a xmlns:p="urn:x"><p:title>т</p:title></a>', []],
    ['<a><title>x</title><title>y</title></a>', ['MAPPING-47']],
    ['<a><title lang="ru"/></a>', ['DOC-02']],
    ['<a><title lang="ru">т</title></a>', []],
  ])('XML %# is told', async (content, expected) => {
    expect(await codes(fileMapping('title: title', 'format: xml'), content)).toEqual(expected)
  })
})

it('five thousand lines are read in their time', async () => {
  const runner = new MappingRunner({ size: 1 })
  const rows = Array.from(
    { length: 5_000 },
    (_, i) => `1;31.03.2026;260140000604;ТОО;Товар ${i};шт;${i + 1};10,50;16%`,
  )
  const mapping = aMapping(`name: test
version: 1
source: { format: csv, group: [Номер] }
kind: payment-invoice
fields:
  guid: { path: Номер, as: uuid }
  number: Номер
  date: Дата
  seller: { organisation: true }
  buyer: { taxId: БИН, name: Покупатель }
  lines: { each: rows, name: { expr: "$trim(Товар)" }, unitCode: Ед, quantity: Кол, price: Цена, vatRate: НДС, compute: amounts }
  totals: { compute: totals }
  amountInWords: { expr: "$inWords($sum(rows.$mul(Кол, Цена)))" }
`)
  const content = Buffer.from(`Номер;Дата;БИН;Покупатель;Товар;Ед;Кол;Цена;НДС\n${rows.join('\n')}\n`)
  const read = await runner.read(mapping, content, { company: mappingCompany, profile: {} })
  await runner.stop()
  expect(read.ok ? read.value[0]?.faults : read.faults).toEqual([])
  const document = read.ok ? read.value[0]?.document : undefined
  expect(document && 'totals' in document ? document.totals : undefined).toMatchObject({
    amountWithoutVat: '131276250.00',
    vatAmount: '21004200.00',
  })
})
