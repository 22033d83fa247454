import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readIncoming } from '../../../../src/adapters/erp/enterprisedata/read/incoming.ts'
import { readMessage } from '../../../../src/adapters/erp/enterprisedata/read/message.ts'
import {
  isWritable,
  writeIncoming,
  type WritableDocument,
} from '../../../../src/adapters/erp/enterprisedata/write/incoming.ts'
import { writeMessage } from '../../../../src/adapters/erp/enterprisedata/write/message.ts'
import {
  basisMembers,
  stateWordsOf,
  writeState,
} from '../../../../src/adapters/erp/enterprisedata/write/states.ts'
import { readDocumentValue, writeDocumentXml, type Document } from '../../../../src/core/document/index.ts'
import type {
  ForeignReading,
  RecipientState,
  SenderState,
  Status,
} from '../../../../src/core/exchange/index.ts'
import { aBuyer, aPaymentInvoice, aSeller, aWaybill, anAct, anInvoice } from '../../../factories/documents.ts'
import { aCaller } from '../../../factories/http-gateway.ts'
import { xdtoChecker } from '../../../factories/xdto.ts'

const reference = fileURLToPath(new URL('../../../../../shared/reference/onec/xdto/', import.meta.url))
const schemas: Readonly<Record<string, string>> = {
  '1.8': `${reference}EnterpriseData_1_8_6.xdto.xml`,
  '1.17': `${reference}EnterpriseData_1_17_3.xdto.xml`,
}
const ref = '0198c0de-0000-7000-8000-000000000001'

const messageOf = (version: string, objects: readonly string[]): string =>
  writeMessage({
    from: 'GW',
    to: 'БК',
    messageNo: 1,
    receivedNo: 7,
    at: new Date('2026-03-31T10:00:00Z'),
    version,
    objects,
  })

const readBack = async (xml: string): Promise<ForeignReading[]> => {
  const readings: ForeignReading[] = []
  const read = await readMessage(Buffer.from(xml), (object) => readings.push(readIncoming(object)))
  if (!read.ok) throw new Error(JSON.stringify(read.faults))
  return readings
}

/** The document as the language itself has it. */
const canonical = (document: Document): WritableDocument => {
  const { kind, ...values } = document
  const read = readDocumentValue(kind, values)
  if (!read.ok || !isWritable(read.value)) throw new Error(JSON.stringify(read))
  return read.value
}

const expectTheSame = async (document: Document, version: string): Promise<void> => {
  const wanted = canonical(document)
  const [reading] = await readBack(messageOf(version, [await writeIncoming(wanted, { ref, version })]))
  expect(reading?.faults).toEqual([])
  expect(Buffer.from(writeDocumentXml(reading?.document ?? wanted)).toString()).toBe(
    Buffer.from(writeDocumentXml(wanted)).toString(),
  )
  expect(reading?.document).toEqual(wanted)
}

const text = (max: number) =>
  fc
    .string({ unit: 'binary', minLength: 1, maxLength: max })
    .map((one) => one.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '·').trim())
    .filter((one) => one !== '' && one.length <= max)
const money = fc.bigInt({ min: 0n, max: 10n ** 11n }).map((tiyn) => {
  const digits = tiyn.toString().padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
})
const decimal = fc
  .tuple(fc.integer({ min: 1, max: 99_999_999 }), fc.integer({ min: 0, max: 999_999 }))
  .map(([whole, places]) => `${whole}.${String(places).padStart(6, '0')}`.replace(/\.?0+$/, ''))
const day = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined })

const line = fc.record({
  code: maybe(text(50)),
  name: text(200),
  unitCode: maybe(fc.constantFrom('796', '006', '5114')),
  unit: maybe(text(20)),
  quantity: decimal,
  price: decimal,
  discount: maybe(money),
  amountWithoutVat: money,
  vatRate: fc.constantFrom('none', '0', '5', '10', '12', '16'),
  vatAmount: money,
  amountWithVat: money,
})

const head = fc.record({
  guid: fc.uuid(),
  version: text(20),
  number: text(30),
  date: day,
  currency: fc.constantFrom('KZT', 'USD', 'XAF'),
  comment: maybe(text(100)),
  basis: maybe(fc.record({ title: maybe(text(50)), number: maybe(text(20)), date: maybe(day) })),
  priceIncludesVat: fc.boolean(),
  totals: fc.record({ amountWithoutVat: money, vatAmount: money, amountWithVat: money }),
  extras: maybe(fc.array(fc.record({ name: text(30), value: text(60) }), { minLength: 1, maxLength: 3 })),
})

const seller = fc.record({
  taxId: maybe(fc.constant('260140000114')),
  branchTaxId: maybe(fc.constant('260140000604')),
  name: text(100),
  address: maybe(text(80)),
  country: maybe(fc.constantFrom('KZ', 'RU', 'ZW')),
  bank: maybe(
    fc.record({
      iik: fc.constantFrom('KZ18722S000012345678', 'DE89370400440532013000'),
      bik: maybe(fc.constantFrom('CASPKZKA', 'DEUTDEFF500')),
      bankName: maybe(text(40)),
      kbe: maybe(fc.constantFrom('17', '19')),
    }),
  ),
})

describe('what is written for a base reads back to the same document', () => {
  test.each(['1.8', '1.17', '1.21'])('every kind of the factories, version %s', async (version) => {
    for (const document of [
      anAct(),
      aWaybill(),
      aPaymentInvoice(),
      anInvoice(),
      anAct({ seller: aSeller({ branchTaxId: '260140000604', country: 'KZ' }), comment: 'Позвоните' }),
      aWaybill({ buyer: aBuyer({ email: 'esil@example.kz' }), extras: [{ name: 'Заказ', value: '77' }] }),
    ])
      await expectTheSame(document, version)
  })

  test.each(['1.8', '1.17'])(
    'acts, waybills and payment invoices with anything in them, version %s',
    async (version) => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom('act', 'waybill', 'payment-invoice'),
          head,
          seller,
          fc.array(line, { minLength: 1, maxLength: 4 }),
          async (kind, values, from, lines) => {
            const document = { kind, ...values, seller: from, buyer: aBuyer(), lines } as unknown as Document
            await expectTheSame(document, version)
          },
        ),
        { numRuns: 60 },
      )
    },
  )

  test('5 000 lines', async () => {
    const [first] = anAct().lines
    if (first === undefined) throw new Error('an act has lines')
    const lines = Array.from({ length: 5000 }, (_, index) => ({ ...first, name: `Работа ${index + 1}` }))
    await expectTheSame(anAct({ lines }), '1.17')
  })
})

const isHere = existsSync(schemas['1.17'] ?? '')
const withSchemas = isHere ? test : test.skip
const reason = isHere ? '' : ' (skipped: ../shared is not here)'

const statusOf = (overrides: Partial<Status>): Status => ({
  documentId: ref,
  side: 'sender',
  kind: 'act',
  guid: 'g',
  version: '1',
  number: '16',
  date: '2026-03-31',
  senderTaxId: '260140000114',
  senderName: 'ТОО «Алатау Снаб»',
  recipientTaxId: '260140000604',
  recipientName: 'ТОО «Есіл Құрылыс»',
  digest: '',
  receivedAt: new Date(0),
  senderState: 'signed',
  recipientState: 'none',
  mirrorState: 'none',
  final: false,
  ...overrides,
})

describe.each(['1.8', '1.17'])('by the schemas of 1C, version %s', (version) => {
  withSchemas(`whatever is written is valid${reason}`, async () => {
    const check = await xdtoChecker(schemas[version] ?? '', `${reference}ExchangeMessage.xdto.xml`)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('act', 'waybill', 'payment-invoice'),
        head,
        seller,
        fc.array(line, { minLength: 1, maxLength: 3 }),
        async (kind, values, from, lines) => {
          const document = { kind, ...values, seller: from, buyer: aBuyer(), lines } as unknown as Document
          const object = await writeIncoming(canonical(document), { ref, version })
          expect(await check(messageOf(version, [object]))).toEqual([])
        },
      ),
      { numRuns: 40 },
    )
    expect(await check(messageOf(version, [await writeIncoming(anInvoice(), { ref, version })]))).toEqual([])
    expect(await check(messageOf(version, []))).toEqual([])
  })

  withSchemas(`every state is valid${reason}`, async () => {
    const check = await xdtoChecker(schemas[version] ?? '', `${reference}ExchangeMessage.xdto.xml`)
    const senderStates: SenderState[] = [
      'awaiting_signature',
      'signing',
      'signed',
      'delivered',
      'annulment_requested',
      'completed',
      'refused',
      'annulled',
      'failed',
    ]
    const recipientStates: RecipientState[] = [
      'none',
      'arrived',
      'viewed',
      'annulment_requested',
      'accepted',
      'refused',
      'settled',
      'annulled',
    ]
    const words = [
      ...senderStates.map((senderState) => stateWordsOf(statusOf({ senderState }))),
      ...recipientStates.map((recipientState) =>
        stateWordsOf(statusOf({ side: 'recipient', recipientState })),
      ),
    ]
    const own = { name: aCaller().companyName, taxId: aCaller().companyTaxId }
    const objects = Object.values(basisMembers).flatMap((member) =>
      words.map((one) =>
        writeState(
          {
            ...one,
            member,
            ref,
            number: '16',
            at: '2026-03-31T00:00:00',
            own,
            comment: 'Причина: нет товара',
            ...(/Полученный|Поступление/.test(member) && { partner: own }),
          },
          version,
        ),
      ),
    )
    expect(await check(messageOf(version, objects))).toEqual([])
  })
})
