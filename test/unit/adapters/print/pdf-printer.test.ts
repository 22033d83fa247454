import { afterAll, describe, expect, test } from '@jest/globals'
import { PdfPrinter, printDocument } from '../../../../src/adapters/print/index.ts'
import type { Document } from '../../../../src/core/document/index.ts'
import { PrinterBusy } from '../../../../src/core/exchange/index.ts'
import { anAct, aPaymentInvoice, aWaybill } from '../../../factories/documents.ts'
import { aPrintOrder } from '../../../factories/print-orders.ts'

describe('the printing thread', () => {
  const printer = new PdfPrinter()
  afterAll(() => printer.stop())

  test('prints the same bytes for the same order, whichever thread does it', async () => {
    const order = aPrintOrder(anAct())
    const [one, other, here] = await Promise.all([
      printer.print(order),
      printer.print(structuredClone(order)),
      printDocument(order),
    ])
    expect(Buffer.from(one.subarray(0, 8)).toString('latin1')).toBe('%PDF-1.7')
    expect(Buffer.from(one).equals(other)).toBe(true)
    expect(Buffer.from(one).equals(here)).toBe(true)
  })

  test('gives other bytes for another document', async () => {
    const one = await printer.print(aPrintOrder(anAct()))
    const other = await printer.print(aPrintOrder(anAct({ comment: 'иное' })))
    expect(Buffer.from(one).equals(other)).toBe(false)
  })

  test('leaves the event loop free while a long document is laid out', async () => {
    // the thread is up before we watch
    await printer.print(aPrintOrder(anAct()))
    const line = aWaybill().lines[0]!
    const long = aPrintOrder(aWaybill({ lines: Array.from({ length: 1000 }, () => ({ ...line })) }))
    let turns = 0
    let printing = true
    const turn = (): void => {
      turns++
      if (printing) setTimeout(turn, 1)
    }
    turn()
    await printer.print(long)
    printing = false
    expect(turns).toBeGreaterThan(20)
  })

  test('a document that cannot be printed is an error of its own; the next one is printed', async () => {
    const broken = { ...anAct(), lines: undefined } as unknown as Document
    await expect(printer.print(aPrintOrder(anAct(), { document: broken }))).rejects.toThrow('not printed')
    await expect(printer.print(aPrintOrder(aPaymentInvoice()))).resolves.toBeInstanceOf(Uint8Array)
  })

  test('a document that takes too long ends with its thread; the next one gets a new thread', async () => {
    const printer = new PdfPrinter({ timeoutMs: 1 })
    const line = aWaybill().lines[0]!
    const endless = aWaybill({ lines: [{ ...line, name: 'Ұ '.repeat(300_000) }] })
    const first = printer.print(aPrintOrder(endless))
    await expect(first).rejects.toThrow('not printed within')
    // five milliseconds a row: four thousand rows get twenty seconds, whatever the shortest time is
    const many = aWaybill({ lines: Array.from({ length: 4000 }, () => ({ ...line })) })
    await expect(printer.print(aPrintOrder(many))).resolves.toBeInstanceOf(Uint8Array)
    await printer.stop()
  })

  test('an order that cannot travel to a thread is refused alone', async () => {
    const order = aPrintOrder(anAct())
    const odd = { ...order, record: { ...order.record, reason: (() => '') as unknown as string } }
    await expect(printer.print(odd)).rejects.toThrow()
    await expect(printer.print(order)).resolves.toBeInstanceOf(Uint8Array)
  })

  test('refuses a flood, and rejects what waits when it is stopped', async () => {
    const printer = new PdfPrinter({ maxWaiting: 1 })
    const order = aPrintOrder(anAct())
    const outcomes = Promise.allSettled([printer.print(order), printer.print(order), printer.print(order)])
    await printer.stop()
    await printer.stop()
    const reasons = (await outcomes).map((outcome) =>
      outcome.status === 'rejected' ? (outcome.reason as Error) : undefined,
    )
    expect(reasons[0]?.message).toBe('the printer has been stopped')
    expect(reasons[1]?.message).toBe('the printer has been stopped')
    expect(reasons[2]).toBeInstanceOf(PrinterBusy)
    await expect(printer.print(order)).rejects.toThrow('stopped')
  })
})
