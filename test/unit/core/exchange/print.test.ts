import { describe, expect, test } from '@jest/globals'
import { MemoryUnitOfWork } from '../../../../src/adapters/memory/unit-of-work.ts'
import { readExactBytes } from '../../../../src/adapters/xml/index.ts'
import type { Caller } from '../../../../src/core/company/index.ts'
import type { DocumentRecord, PrintDeps, PrintOrder } from '../../../../src/core/exchange/index.ts'
import { formLanguage, printedDocument, PrinterBusy, Refusal } from '../../../../src/core/exchange/index.ts'
import { failed, fault } from '../../../../src/core/kernel/index.ts'
import { anAct } from '../../../factories/documents.ts'
import { aLinkDesk } from '../../../factories/link-desk.ts'

const act = anAct()
const pdf = new TextEncoder().encode('%PDF')

/** A desk with one act and a printer that remembers its orders. */
const aPrintDesk = async (
  overrides: Partial<DocumentRecord> = {},
  { readDocument = readExactBytes, busy = false }: Partial<PrintDeps> & { busy?: boolean } = {},
) => {
  const desk = aLinkDesk({ verify: () => Promise.reject(new Error('printing verifies nothing')) })
  const record = await desk.put(act, { recipientCompanyId: 'recipient', ...overrides })
  const orders: PrintOrder[] = []
  const print = printedDocument({
    clock: desk.clock,
    documents: desk.documents,
    unitOfWork: new MemoryUnitOfWork(),
    readDocument,
    checkUrlOf: ({ id }) => `https://edo.example.kz/check/${id}`,
    printer: {
      print: async (order) => {
        if (busy) throw new PrinterBusy(50)
        orders.push(order)
        return pdf
      },
    },
  })
  return {
    desk,
    record,
    orders,
    printedFor: (companyId: string | undefined, language: 'ru' | 'kk' | 'en' = 'ru') =>
      print({ caller: { companyId } as Caller, documentId: record.id, language }),
  }
}

describe('printing a document', () => {
  test('prints what the exact bytes say, with the address that checks it', async () => {
    const { record, orders, printedFor, desk } = await aPrintDesk()
    const printed = await printedFor(record.companyId, 'kk')
    expect(printed.pdf).toBe(pdf)
    expect(printed.status).toMatchObject({ documentId: record.id, side: 'sender' })
    expect(orders).toEqual([
      {
        document: act,
        record,
        signatures: [],
        checkUrl: `https://edo.example.kz/check/${record.id}`,
        language: 'kk',
      },
    ])
    expect(desk.changes).toEqual([])
  })

  test('is a look at the document when the recipient prints it', async () => {
    const { printedFor, desk } = await aPrintDesk({ senderState: 'delivered', recipientState: 'arrived' })
    const printed = await printedFor('recipient')
    expect(printed.status).toMatchObject({ side: 'recipient', recipientState: 'viewed' })
    expect(desk.changes.map(({ recipientState }) => recipientState)).toEqual(['viewed'])
  })

  test('a stranger finds nothing, and nothing is printed', async () => {
    const { printedFor, orders } = await aPrintDesk()
    await expect(printedFor('stranger')).rejects.toBeInstanceOf(Refusal)
    expect(orders).toEqual([])
  })

  test('stored bytes that cannot be read are our defect, told by document and code', async () => {
    const unreadable = async () => failed(fault('DOC-01', '', { ru: 'нет', kk: 'жоқ', en: 'no' }))
    const { record, printedFor } = await aPrintDesk({}, { readDocument: unreadable })
    await expect(printedFor(record.companyId)).rejects.toThrow(`${record.id} cannot be read: DOC-01`)
  })

  test('a busy printer is told with a code and a time to come back', async () => {
    const { record, printedFor } = await aPrintDesk({}, { busy: true })
    await expect(printedFor(record.companyId)).rejects.toMatchObject({
      status: 'unavailable',
      faults: [{ code: 'PRINT-01' }],
      retryAfterMs: 10_000,
    })
  })

  test('who reads English gets the Russian form', () => {
    expect([formLanguage('ru'), formLanguage('kk'), formLanguage('en')]).toEqual(['ru', 'kk', 'ru'])
  })
})
