import { describe, expect, test } from '@jest/globals'
import { layoutOf } from '../../../../src/adapters/print/index.ts'
import type { Document } from '../../../../src/core/document/index.ts'
import { documentKinds } from '../../../../src/core/document/index.ts'
import type { PrintOrder } from '../../../../src/core/exchange/index.ts'
import {
  aContract,
  aDocument,
  aFile,
  anAct,
  anInvoice,
  anInvoiceLine,
  aPaymentInvoice,
  aPowerOfAttorney,
  aReconciliation,
  aWaybill,
  personTaxId,
  sellerTaxId,
} from '../../../factories/documents.ts'
import { aPrintOrder, aSignature } from '../../../factories/print-orders.ts'

/** Every text of a layout in reading order, numbers with plain spaces. */
const textsOf = (node: unknown): string[] => {
  if (typeof node === 'string') return [node.replaceAll('\u00a0', ' ')]
  if (Array.isArray(node)) return node.flatMap(textsOf)
  if (typeof node !== 'object' || node === null) return []
  const { text, stack, columns, table, qr } = node as Record<string, unknown>
  return [text, stack, columns, (table as { body?: unknown } | undefined)?.body, qr].flatMap(textsOf)
}

const textOf = (document: Document, order: Parameters<typeof aPrintOrder>[1] = {}): string =>
  textsOf(layoutOf(aPrintOrder(document, order)).content).join('\n')

interface Table {
  widths: unknown[]
  body: unknown[][]
}

/** Every node of a layout, from the outside in. */
function* nodesOf(node: unknown): Generator<{ table?: Table }> {
  if (Array.isArray(node)) for (const item of node) yield* nodesOf(item)
  else if (typeof node === 'object' && node !== null) {
    yield node
    const { stack, columns, table } = node as { stack?: unknown; columns?: unknown; table?: Table }
    yield* nodesOf([stack, columns, table?.body])
  }
}

/** The one table whose first row has this caption, as rows of texts. */
const tableWith = (order: PrintOrder, caption: string): string[][] => {
  const found: string[][][] = []
  for (const { table } of nodesOf(layoutOf(order).content)) {
    const rows = table?.body.map((row) => row.map((cell) => textsOf(cell).join(' '))) ?? []
    if (rows[0]?.some((cell) => cell.includes(caption)) === true) found.push(rows)
  }
  expect(found).toHaveLength(1)
  return found[0] ?? []
}

describe('every kind', () => {
  test.each(documentKinds.flatMap((kind) => (['ru', 'kk'] as const).map((language) => ({ kind, language }))))(
    '$kind in $language is plain values and carries its parties, its id and its digest',
    ({ kind, language }) => {
      const order = aPrintOrder(aDocument(kind), { language })
      const layout = layoutOf(order)
      expect(structuredClone(layout)).toEqual(layout)
      const text = textsOf(layout.content).join('\n')
      for (const part of [
        order.record.senderName,
        order.record.recipientName,
        sellerTaxId,
        order.record.id,
        order.record.digest.slice(0, 32),
        order.record.digest.slice(32),
        order.checkUrl,
      ])
        expect(text).toContain(part)
      expect(text).not.toMatch(/undefined|null|NaN|\[object/)
    },
  )

  test('one layout never has one node in two places: pdfmake keeps measures in nodes', () => {
    for (const kind of documentKinds) {
      const seen = new Set<object>()
      for (const node of nodesOf(layoutOf(aPrintOrder(aDocument(kind))).content)) {
        // the place that another cell spans over; pdfmake replaces it
        if (Object.keys(node).length === 0) continue
        expect(seen.has(node)).toBe(false)
        seen.add(node)
      }
    }
  })

  test('rows of a table have as many cells as the table has columns', () => {
    for (const kind of documentKinds) {
      for (const { table } of nodesOf(layoutOf(aPrintOrder(aDocument(kind))).content)) {
        for (const row of table?.body ?? []) expect(row).toHaveLength(table?.widths.length ?? 0)
      }
    }
  })
})

describe('Р-1', () => {
  test('has the columns of appendix 50 with VAT added', () => {
    const rows = tableWith(aPrintOrder(anAct()), 'Номер по порядку')
    expect(rows[2]).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])
    expect(rows[3]).toEqual([
      '1',
      'Техническое обслуживание оборудования',
      '01.03.2026 – 31.03.2026',
      '',
      'Одна услуга',
      '1',
      '100 000,00',
      '100 000,00',
      '16 000,00',
      '116 000,00',
    ])
    expect(rows[4]).toEqual(['Итого', '', '', '', '', '1', 'x', '100 000,00', '16 000,00', '116 000,00'])
  })

  test('has nine columns when the price includes the VAT', () => {
    const act = anAct({ priceIncludesVat: true })
    const rows = tableWith(aPrintOrder(act), 'Номер по порядку')
    expect(rows[1]).toContain('в т.ч. НДС')
    expect(rows[2]).toHaveLength(9)
    expect(rows[3]?.slice(7)).toEqual(['116 000,00', '16 000,00'])
  })

  test('names the form, the sum in words and the number without leading zeros', () => {
    const text = textOf(anAct())
    expect(text).toContain('Приложение 50\nк приказу Министра финансов')
    expect(text).toContain('Форма Р-1')
    expect(text).toContain('Сто шестнадцать тысяч тенге 00 тиын')
    expect(text).toContain('\n16\n')
    const kazakh = textOf(anAct(), { language: 'kk' })
    expect(kazakh).toContain('ОРЫНДАЛҒАН ЖҰМЫСТАР (КӨРСЕТІЛГЕН ҚЫЗМЕТТЕР) АКТІСІ')
    expect(kazakh).toContain('Бір жүз он алты мың теңге 00 тиын')
  })

  test('prints the words the sender signed, not ours', () => {
    expect(textOf(anAct({ amountInWords: 'Сто шестнадцать тысяч тенге' }))).not.toContain('00 тиын')
  })

  test('shows what else the form has: materials, attachments, the day of acceptance', () => {
    const text = textOf(
      anAct({
        customerMaterials: 'Масло 5 л',
        attachments: 'Отчёт, 3 стр.',
        acceptedOn: '2026-04-01',
        acceptedBy: { position: 'Инженер', name: 'Заказчик Б. Б.' },
        comment: 'Без замечаний',
      }),
    )
    for (const part of ['Масло 5 л', 'Отчёт, 3 стр.', '01.04.2026', 'Заказчик Б. Б.', 'Без замечаний'])
      expect(text).toContain(part)
  })
})

describe('З-2', () => {
  test('has the columns of appendix 26', () => {
    const rows = tableWith(aPrintOrder(aWaybill()), 'Номенклатурный номер')
    expect(rows[0]).toContain('Сумма с НДС, в KZT')
    expect(rows[3]).toEqual([
      '1',
      'Цемент М-400, мешок 50 кг',
      '00-00000077',
      'шт',
      '10',
      '10',
      '1 250,50',
      '14 505,80',
      '2 000,80',
    ])
    expect(rows[4]).toEqual(['Итого', '', '', '', '10', '10', 'x', '14 505,80', '2 000,80'])
  })

  test('tells quantity, sum and power of attorney', () => {
    const text = textOf(aWaybill())
    expect(text).toContain('\nДесять\n')
    expect(text).toContain('Четырнадцать тысяч пятьсот пять тенге 80 тиын')
    expect(text).toContain('№ 7 от 30 марта 2026 г.')
    const kazakh = textOf(aWaybill(), { language: 'kk' })
    expect(kazakh).toContain('\nОн\n')
    expect(kazakh).toContain('№ 7, 2026 жылғы 30 наурыз')
  })

  test('adds quantities of several lines exactly', () => {
    const line = aWaybill().lines[0]!
    const lines = [
      { ...line, quantity: '0.1', quantityDue: undefined },
      { ...line, quantity: '0.2', quantityDue: '1' },
    ]
    const rows = tableWith(aPrintOrder(aWaybill({ lines })), 'Номенклатурный номер')
    expect(rows.at(-1)?.slice(4, 6)).toEqual(['1,1', '0,3'])
    expect(textOf(aWaybill({ lines }))).toContain('Ноль целых три десятых')
  })
})

describe('счёт на оплату', () => {
  test('begins with what the payer copies into the payment order', () => {
    const text = textOf(aPaymentInvoice())
    for (const part of ['KZ18722S000012345678', 'CASPKZKA', 'АО «Kaspi Bank»', '17', '710'])
      expect(text).toContain(part)
    expect(text).toContain('Счет на оплату № 16 от 31 марта 2026 г.')
    expect(text).toContain('Оплатить до:\n10.04.2026')
    expect(text).toContain('Всего наименований 1, на сумму 14 505,80 KZT')
    expect(text).toContain('Всего к оплате: \nЧетырнадцать тысяч пятьсот пять тенге 80 тиын')
    expect(textOf(aPaymentInvoice(), { language: 'kk' })).toContain('Төлем шоты № 16, 2026 жылғы 31 наурыз')
  })

  test('adds the VAT, finds it inside, or says that there is none', () => {
    expect(textOf(aPaymentInvoice())).toContain(
      'Итого:\n12 505,00\nСумма НДС:\n2 000,80\nВсего с НДС:\n14 505,80',
    )
    expect(textOf(aPaymentInvoice({ priceIncludesVat: true }))).toContain(
      'Итого:\n14 505,80\nВ том числе НДС:\n2 000,80',
    )
    const line = { ...aPaymentInvoice().lines[0]!, vatRate: 'none', vatAmount: '0.00' }
    expect(textOf(aPaymentInvoice({ lines: [line] }))).toContain('Без налога (НДС)')
  })

  test('has a column of discounts when a line has one', () => {
    const line = { ...aPaymentInvoice().lines[0]!, discount: '5.00' }
    expect(tableWith(aPrintOrder(aPaymentInvoice({ lines: [line] })), 'Скидка')[1]).toContain('5,00')
  })
})

describe('счёт-фактура', () => {
  test('has the sections of the portal', () => {
    const text = textOf(anInvoice({ comment: 'По заявке' }))
    for (const letter of ['A', 'B', 'B1', 'C', 'D', 'E', 'G', 'K', 'L'])
      expect(text).toContain(`Раздел ${letter}.`)
    expect(text).not.toContain('Раздел F.')
    expect(text).toContain('серия 60001 № 0012345')
    const rows = tableWith(aPrintOrder(anInvoice()), 'Признак происхождения')
    expect(rows[3]).toEqual([
      '1',
      '4',
      'Цемент М-400, мешок 50 кг',
      '2523290000\n4870000000012',
      'шт',
      '10',
      '1 250,50',
      '12 505,00',
      '',
      '',
      '12 505,00',
      '16%',
      '2 000,80',
      '14 505,80',
      '1',
    ])
  })

  test('shows the registration at the portal, the invoice it corrects, participants and agents', () => {
    const share = {
      lineNumber: '1',
      amountWithoutVat: '12505.00',
      turnoverAmount: '12505.00',
      vatRate: '16',
      vatAmount: '2000.80',
      amountWithVat: '14505.80',
    }
    const text = textOf(
      anInvoice({
        invoiceType: 'fixed',
        relatedInvoice: { number: '15', date: '2026-03-30', registrationNumber: 'ESF-1' },
        deliveryDocument: { number: '99', date: '2026-03-31' },
        lines: [anInvoiceLine({ vatRate: 'none', vatAmount: '0.00' })],
        sellerParticipants: [{ taxId: sellerTaxId, shares: [share] }],
        buyerAgent: { taxId: sellerTaxId, name: 'ТОО «Поверенный»' },
        publicOffice: { bik: 'KKMFKZ2A', productCode: '123' },
        seller: { ...anInvoice().seller, statuses: ['committent', 'exporter'] },
      }),
      {
        record: {
          stamp: {
            registrationNumber: 'ESF-260140000114-20260331-12345678',
            portalId: '1',
            registeredAt: new Date('2026-03-31T11:00:00Z'),
          },
        },
      },
    )
    for (const part of [
      'ESF-260140000114-20260331-12345678',
      'Исправленный: взамен счета-фактуры\n№ 15, 30.03.2026, ESF-1',
      'Раздел F.',
      'Без НДС',
      'Раздел H.',
      'Раздел J.',
      'Раздел C1.',
      'комитент, экспортер',
    ])
      expect(text).toContain(part)
  })
})

describe('акт сверки', () => {
  test('puts both accounts next to each other and says who owes whom', () => {
    const ours = aReconciliation().organizationSide
    const act = aReconciliation({
      counterpartySide: {
        openingCredit: '5000.00',
        rows: [{ date: '2026-02-10', document: 'Поступление 3', credit: '116000.00' }],
        turnoverDebit: '0.00',
        turnoverCredit: '116000.00',
        closingCredit: '121000.00',
      },
      discrepancy: '100000.00',
    })
    const rows = tableWith(aPrintOrder(act), 'По данным ТОО «Алатау Снаб»')
    expect(rows).toHaveLength(2 + 1 + (ours.rows?.length ?? 0) + 2)
    expect(rows[3]).toEqual([
      '10.02.2026',
      'Реализация 00000000003 от 10.02.2026',
      '116 000,00',
      '',
      '10.02.2026',
      'Поступление 3',
      '',
      '116 000,00',
    ])
    expect(rows[4]?.slice(4)).toEqual(['', '', '', ''])
    const text = textOf(act)
    expect(text).toContain('21 000,00 KZT\n (Двадцать одна тысяча тенге 00 тиын).')
    // their credit is our favour
    expect(text.match(/в пользу \nТОО «Алатау Снаб»/g)).toHaveLength(2)
    expect(text).toContain('Расхождение: 100 000,00 KZT')
  })

  test('says so when nobody owes anything, and leaves cells of a silent side empty', () => {
    const side = { turnoverDebit: '1.00', turnoverCredit: '1.00', closingDebit: '0.00' }
    const order = aPrintOrder(aReconciliation({ organizationSide: side }))
    expect(textsOf(layoutOf(order).content).join('\n')).toContain('задолженность отсутствует')
    expect(tableWith(order, 'По данным').at(-1)?.slice(6)).toEqual(['', ''])
  })
})

describe('Д-1', () => {
  test('has the lines of appendix 6', () => {
    const text = textOf(aPowerOfAttorney())
    for (const part of [
      'Форма Д-1',
      'ДОВЕРЕННОСТЬ № 16',
      '10 апреля 2026 г.',
      'Экспедитор, Доверенный Д. Д.',
      '№ 000000001, выдано 5 мая 2020 г., МВД РК',
      'Счёт на оплату № 16 от 30.03.2026',
      'Десять',
    ])
      expect(text).toContain(part)
  })

  test('puts a quantity into words where the sender did not', () => {
    const line = { ...aPowerOfAttorney().lines![0]!, quantity: '2.5', quantityInWords: undefined }
    expect(textOf(aPowerOfAttorney({ lines: [line] }))).toContain('две целых пять десятых')
    expect(textOf(aPowerOfAttorney({ lines: undefined }))).not.toContain('Перечень активов')
  })
})

describe('the cover sheet', () => {
  test('tells a contract by its subject, term, sum and the digest of its file', () => {
    const text = textOf(aContract())
    for (const part of [
      'ДОГОВОР № 12/26',
      'Поставка строительных материалов',
      '15.01.2026 – 31.12.2026',
      '5 000 000,00 KZT (Пять миллионов тенге 00 тиын)',
      'Договор 12-26.pdf',
      '15 байт',
      '14bcd090baf31edba64e9cbd8cdfc15f\n943344aa72cb3675ad8e91bfcbce03ad',
    ])
      expect(text).toContain(part)
  })

  test('names a file without a number', () => {
    expect(textOf(aFile({ number: undefined }))).toContain('ЭЛЕКТРОННЫЙ ФАЙЛ\n')
  })
})

describe('the sheet of signatures', () => {
  test('tells who signed, when, with what, and what we found', () => {
    const text = textOf(anAct())
    for (const part of [
      '1. Отправитель: подпись документа',
      '2. Получатель: подпись документа',
      'ИСПОЛНИТЕЛЬ А, ТОО «Алатау Снаб»',
      'первый руководитель',
      'право подписи финансовых документов',
      '31.03.2026 15:00:04 (Алматы)',
      '31.03.2026 15:00:05 (Алматы)',
      'серийный номер 5A1B2C3D4E5F60718293A4B5C6D7E8F901234567, GOST-2015-512',
      '01.01.2026 05:00:00 (Алматы) – 01.01.2027 05:00:00 (Алматы)',
      'Подпись действительна',
    ])
      expect(text).toContain(part)
  })

  test('says in both languages that the paper has no legal force', () => {
    for (const language of ['ru', 'kk'] as const) {
      const text = textOf(anAct(), { language })
      expect(text).toContain('не имеет юридической силы')
      expect(text).toContain('заңды күші жоқ')
    }
  })

  test('masks the ИИН of a person and leaves the БИН whole', () => {
    const text = textOf(anAct())
    expect(text).not.toContain(personTaxId)
    expect(text).toContain('ИИН ********0123')
    expect(text).toContain('БИН 260140000604')
  })

  test('never calls a signature good that is not', () => {
    const signatures = [
      aSignature({ verdict: 'INDETERMINATE' }, { trustedTimeSource: 'now' }),
      aSignature({ side: 'recipient', verdict: 'INVALID' }),
    ]
    const text = textOf(anAct(), { signatures })
    expect(text).toContain('Подпись не подтверждена: проверка не завершена')
    expect(text).toContain('Подпись недействительна')
    expect(text).not.toContain('Подпись действительна')
    expect(text).not.toContain('ЭЦП\n')
    expect(text).toContain('Метка времени\nнет')
  })

  test('tells a refusal, with its reason, before anything else', () => {
    const text = textOf(anAct(), {
      signatures: [aSignature(), aSignature({ side: 'recipient', purpose: 'refusal' })],
      record: { senderState: 'refused', recipientState: 'refused', reason: 'Неверная сумма' },
    })
    expect(text.startsWith('ПОЛУЧАТЕЛЬ ОТКАЗАЛ. Неверная сумма')).toBe(true)
    expect(text).toContain('Получатель: подпись отказа')
  })

  test('says when nobody has signed, and bears a signer of whom nothing is known', () => {
    expect(textOf(anAct(), { signatures: [] })).toContain('Документ не подписан')
    const bare = textOf(anAct(), {
      signatures: [{ ...aSignature(), signer: { notAfter: 'nonsense', roles: 'none' } }],
    })
    expect(bare).toContain('Подпись действительна')
    expect(bare).not.toContain('Срок действия')
  })
})
