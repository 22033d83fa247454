import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { printDocument } from '../../../src/adapters/print/index.ts'
import { documentKinds } from '../../../src/core/document/index.ts'
import type { PrintOrder } from '../../../src/core/exchange/index.ts'
import { aDocument, anAct, aPaymentInvoice, aWaybill } from '../../factories/documents.ts'
import { aPrintOrder } from '../../factories/print-orders.ts'
import { codesOn, factsOf, fontsOf, pagesOf, popplerMissing, zbarMissing } from './debian-poppler.ts'

const reason = await popplerMissing()
const noZbar = await zbarMissing()
const testCodes = noZbar === undefined ? test : test.skip
const withPoppler = reason === undefined ? describe : describe.skip
const kazakhLetters = 'ӘәҒғҚқҢңӨөҰұҮүҺһІі'

withPoppler(
  `a printed document read back by poppler${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let folder: string
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'daneker-print-'))
    })
    afterAll(async () => {
      await rm(folder, { recursive: true, force: true })
    })

    const printed = async (order: PrintOrder): Promise<string> => {
      const file = join(folder, `${order.document.kind}-${order.language}.pdf`)
      await writeFile(file, await printDocument(order))
      return file
    }
    const flat = (pages: string[]): string => pages.join(' ').replace(/\s+/g, ' ')

    test.each(documentKinds)('%s has its pages, its parties and the sheet of signatures', async (kind) => {
      for (const language of ['ru', 'kk'] as const) {
        const order = aPrintOrder(aDocument(kind), { language })
        const file = await printed(order)
        const pages = await pagesOf(file)
        const text = flat(pages)
        for (const name of [order.record.senderName, order.record.recipientName]) expect(text).toContain(name)
        expect(pages.at(-1)).toContain(order.record.id)
        expect(pages.at(-1)).toContain(language === 'ru' ? 'ЛИСТ ПОДПИСЕЙ' : 'ҚОЛТАҢБАЛАР ПАРАҒЫ')
        pages.forEach((page, at) =>
          expect(page.replace(/\s+/g, ' ')).toContain(
            language === 'ru' ? `стр. ${at + 1} из ${pages.length}` : `бет ${at + 1} / ${pages.length}`,
          ),
        )
      }
    })

    testCodes.each(documentKinds)(
      `the QR of %s leads to the page that checks it${noZbar === undefined ? '' : ` (skipped: ${noZbar})`}`,
      async (kind) => {
        const checkUrl = 'https://edo.example.kz/check/0198c0de-0000-7000-8000-000000000001'
        const order = { ...aPrintOrder(aDocument(kind)), checkUrl }
        const file = await printed(order)
        const pages = await pagesOf(file)
        expect(await codesOn(file, pages.length)).toEqual([checkUrl])
      },
    )

    test('keeps every Kazakh letter, in the regular, the bold and the italic face, all of them embedded', async () => {
      const act = anAct({
        seller: { ...anAct().seller, name: kazakhLetters },
        amountInWords: kazakhLetters,
        comment: kazakhLetters,
      })
      const file = await printed(aPrintOrder(act))
      // once each: party, words, comment, sheet of signatures
      expect(flat(await pagesOf(file)).split(kazakhLetters)).toHaveLength(5)
      const bold = aPaymentInvoice({ seller: { ...aPaymentInvoice().seller, name: kazakhLetters } })
      expect(flat(await pagesOf(await printed(aPrintOrder(bold))))).toContain(kazakhLetters)
      const fonts = (await fontsOf(file)).trim().split('\n').slice(2)
      expect(fonts.length).toBeGreaterThanOrEqual(3)
      for (const font of fonts) expect(font).toMatch(/NotoSans\S* +CID TrueType +Identity-H +yes yes yes/)
    })

    test('prints every line of a long waybill once, under a head on every page', async () => {
      const count = 500
      const line = aWaybill().lines[0]!
      const lines = Array.from({ length: count }, (_, at) => ({ ...line, name: `Товар-${at + 1}-соңы` }))
      const pages = await pagesOf(await printed(aPrintOrder(aWaybill({ lines }))))
      const names = pages.join('\n').match(/Товар-\d+-соңы/g)
      expect(names).toEqual(lines.map(({ name }) => name))
      for (const page of pages.filter((text) => text.includes('Товар-'))) {
        expect(page).toContain('Наименование, характеристика')
      }
      expect(flat(pages)).toContain('Пять тысяч')
    })

    test('breaks names without spaces instead of running over the edge', async () => {
      const name = 'Ұ'.repeat(450)
      for (const kind of ['act', 'waybill', 'tax-invoice'] as const) {
        const plain = aDocument(kind)
        const long = JSON.parse(JSON.stringify(plain), (key, value: unknown) =>
          key === 'name' ? name : value,
        ) as typeof plain
        const names = JSON.stringify(long).split(name).length - 1
        const pages = await pagesOf(await printed(aPrintOrder(long)))
        // every sum is still on the page, and every name as often as it stands in the document at least
        const letters = pages.join('').replace(/[^Ұ]/g, '').length
        expect(letters % name.length).toBe(0)
        expect(letters / name.length).toBeGreaterThanOrEqual(Math.min(names, 3))
      }
    })

    test('tells its title, its language and the day the document came, not the day of printing', async () => {
      const facts = await factsOf(await printed(aPrintOrder(anAct(), { language: 'kk' })))
      expect(facts).toMatch(/Title: +Орындалған жұмыстар \(көрсетілген қызметтер\) актісі № 16 2026-03-31/)
      expect(facts).toMatch(/CreationDate: +Tue Mar 31 10:00:00 2026/)
      expect(facts).toMatch(/Producer: +Daneker/)
    })
  },
)
