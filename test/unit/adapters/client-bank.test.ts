import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readClientBank } from '../../../src/adapters/erp/client-bank/read.ts'
import { writeClientBank, type BankEncoding } from '../../../src/adapters/erp/client-bank/write.ts'
import type { BankStatement } from '../../../src/core/access/index.ts'

const reference = fileURLToPath(new URL('../../../../shared/reference/onec/bank/', import.meta.url))
const sample = (name: string): Uint8Array =>
  readFileSync(new URL(`../../../src/adapters/erp/client-bank/samples/${name}`, import.meta.url))

const withoutPlaces = (statement: BankStatement): BankStatement => ({
  ...statement,
  payments: statement.payments.map((payment) => ({ ...payment, place: '' })),
})

const valueOf = async (bytes: Uint8Array): Promise<BankStatement> => {
  const read = await readClientBank(bytes)
  if (!read.ok) throw new Error(JSON.stringify(read.faults))
  return withoutPlaces(read.value)
}

const written = (statement: BankStatement, encoding: BankEncoding): Uint8Array => {
  const bytes = writeClientBank(statement, encoding)
  if (!bytes.ok) throw new Error(JSON.stringify(bytes.faults))
  return bytes.value
}

const encodings: BankEncoding[] = ['windows-1251', 'ibm866', 'utf-8']

const letter = fc.constantFrom(...'абвгдежзийклмнопрстуфхцчшщъыьэюяАБЯёЁ №"=,.-+()0123456789abcXYZ')
const words = fc
  .array(letter, { minLength: 1, maxLength: 60 })
  .map((letters) => letters.join('').replace(/\s+/g, ' ').trim())
  .filter((text) => text !== '')
const day = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const amount = fc.integer({ min: 0, max: 1e12 }).map((tiyn) => (tiyn / 100).toFixed(2))
const account = fc.constantFrom('KZ18722S000012345678', 'KZ09125KZT1001300456')
const party = fc.record(
  {
    name: words,
    taxId: fc.constant('260140000114'),
    account,
    bankName: words,
    beneficiaryCode: fc.constant('17'),
  },
  { requiredKeys: ['name'] },
)
const payment = fc.record(
  {
    number: words,
    date: day,
    bookedOn: day,
    valueOn: day,
    amount: fc.integer({ min: 1, max: 1e12 }).map((tiyn) => (tiyn / 100).toFixed(2)),
    currency: fc.constantFrom('KZT', 'USD'),
    direction: fc.constantFrom('in' as const, 'out' as const),
    payer: party,
    payee: party,
    purpose: words,
    purposeCode: fc.constant('859'),
    kind: words,
    place: fc.constant(''),
  },
  {
    requiredKeys: [
      'number',
      'date',
      'amount',
      'currency',
      'direction',
      'payer',
      'payee',
      'purpose',
      'kind',
      'place',
    ],
  },
)
const statement = fc.record(
  {
    sender: words,
    from: day,
    until: day,
    accounts: fc.array(
      fc.record({ account, from: day, opening: amount, received: amount }, { requiredKeys: ['account'] }),
      {
        maxLength: 2,
      },
    ),
    payments: fc.array(payment, { maxLength: 4 }),
    unread: fc.constant<string[]>([]),
  },
  { requiredKeys: ['accounts', 'payments', 'unread'] },
)

test.each(encodings)('what is written in %s reads back to the same statement', async (encoding) => {
  await fc.assert(
    fc.asyncProperty(statement, async (given) => {
      expect(await valueOf(written(given, encoding))).toEqual(given)
    }),
    { numRuns: 150 },
  )
})

test('a name cannot break out of its line', async () => {
  const given = await valueOf(sample('0002-windows-1251-capitals-long-purpose.in.txt'))
  const [paid] = given.payments
  if (paid === undefined) throw new Error('the sample has a payment')
  paid.payer.name = 'ТОО\r\nСумма=1.00\nКонецДокумента'
  const again = await valueOf(written(given, 'utf-8'))
  expect(again.payments[0]).toMatchObject({
    amount: '1233.05',
    payer: { name: 'ТОО Сумма=1.00 КонецДокумента' },
  })
})

test('letters that the encoding lacks are refused, not replaced', async () => {
  const given = await valueOf(sample('0001-kazakhstan-utf8.in.txt'))
  const refused = writeClientBank(given, 'windows-1251')
  expect(refused).toMatchObject({ ok: false, faults: [{ code: 'CLIENTBANK-12' }] })
})

test('the same payments in three encodings read the same', async () => {
  const given = await valueOf(sample('0002-windows-1251-capitals-long-purpose.in.txt'))
  const texts = encodings.map((encoding) => new TextDecoder(encoding).decode(written(given, encoding)))
  for (const [i, encoding] of encodings.entries()) {
    expect(texts[i]).toContain('ПолучательНаименование=ТОО "Алатау Снаб"')
    expect(await valueOf(written(given, encoding))).toEqual({ ...given, unread: [] })
  }
})

test('every file cut anywhere is read whole or refused, and never thrown about', async () => {
  const whole = sample('0001-kazakhstan-utf8.in.txt')
  const lastWord = Buffer.from(whole).lastIndexOf('КонецФайла')
  for (let end = 0; end < lastWord + 2; end += 7) {
    const read = await readClientBank(whole.subarray(0, end))
    expect(read.ok).toBe(false)
  }
})

test('five thousand payments are read in turns', async () => {
  const given = await valueOf(sample('0002-windows-1251-capitals-long-purpose.in.txt'))
  const many = { ...given, payments: Array.from({ length: 5000 }, () => given.payments[0]!) }
  let turns = 0
  const beat = setInterval(() => turns++, 0)
  const read = await valueOf(written(many, 'windows-1251'))
  clearInterval(beat)
  expect(read.payments).toHaveLength(5000)
  expect(turns).toBeGreaterThan(5)
})

const isThere = existsSync(reference)
;(isThere ? test : test.skip)(
  `the public sample of a bank is read${isThere ? '' : ' (skipped: the reference folder is not here)'}`,
  async () => {
    const read = await valueOf(readFileSync(`${reference}1CClientBankExchange-kz-2.0-utf8.txt`))
    expect(read.accounts[0]).toMatchObject({ opening: '202742.80', closing: '216742.80' })
    expect(read.payments).toMatchObject([
      {
        number: 'NT-475719',
        amount: '174000.00',
        direction: 'in',
        purposeCode: '859',
        payer: { taxId: '250540002272' },
      },
    ])
    expect(read.unread).toEqual([])
  },
)
