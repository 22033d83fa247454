import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { EsfSimulator } from '../../../../src/adapters/esf-simulator/index.ts'
import type { InvoiceTemplate, TestKey } from './harness.ts'
import {
  anInvoice,
  ask,
  customer,
  escape,
  envelope,
  ids,
  iin,
  login,
  makeKey,
  pick,
  pickAll,
  post,
  seller,
  startPortal,
  upload,
  uploadRequest,
} from './harness.ts'

let key: TestKey
let portal: EsfSimulator
let session: string

beforeAll(async () => {
  key = await makeKey({ iin, bin: seller })
})
beforeEach(async () => {
  portal = await startPortal()
  session = await login(portal, key)
})
afterEach(() => portal.stop())

const declinedCodes = (body: string): string[] => pickAll(pick(body, 'declinedSet') ?? '', 'errorCode')
const acceptedIds = (body: string): string[] => pickAll(pick(body, 'acceptedSet') ?? '', 'id')

describe('syncInvoice', () => {
  test('puts a good invoice into the queue and names an id, not a registration number', async () => {
    const { status, body } = await upload(portal, session, key, anInvoice())
    expect(status).toBe(200)
    expect(acceptedIds(body)).toEqual(['20113995733614592'])
    expect(body).not.toContain('ESF-')
    expect(pick(pick(body, 'acceptedSet') ?? '', 'date')).toBe('10.03.2026')
  })

  test('registers it afterwards: IN_QUEUE, IN_PROCESSING, CREATED with a number', async () => {
    await upload(portal, session, key, anInvoice())
    const [invoice] = portal.invoices()
    expect(invoice?.history.map(({ status }) => status)).toEqual(['IN_QUEUE', 'IN_PROCESSING', 'CREATED'])
    expect(invoice?.registrationNumber).toMatch(new RegExp(`^ESF-${seller}-20260310-\\d{8}$`))
  })

  test('keeps the very text that was signed', async () => {
    const body = anInvoice({ extra: '<deliveryDocNum>a "b" &lt;c&gt;\n\t ё</deliveryDocNum>' })
    await upload(portal, session, key, body)
    expect(portal.invoices()[0]?.body).toBe(body)
  })

  test('takes the body as CDATA, too', async () => {
    const body = anInvoice()
    const request = uploadRequest(session, key, [body]).replace(escape(body), `<![CDATA[${body}]]>`)
    expect(acceptedIds((await post(portal, 'UploadInvoiceService', request)).body)).toHaveLength(1)
  })

  test('a batch can be accepted in part', async () => {
    const { body } = await upload(
      portal,
      session,
      key,
      anInvoice({ num: '1' }),
      anInvoice({ num: '2', total: '999' }),
      anInvoice({ num: '3' }),
    )
    expect(acceptedIds(body)).toHaveLength(2)
    expect(pick(pick(body, 'declinedSet') ?? '', 'num')).toBe('2')
    expect(declinedCodes(body)).toContain('INCORRECT_PRODUCT_SUM')
  })

  const declined: [string, InvoiceTemplate, string][] = [
    ['trailing zeros', { price: '100000.00' }, 'FIELD_INVALID'],
    ['a turnover in the future', { turnoverDate: '11.03.2026' }, 'WRONG_DATE'],
    ['an issue date in the future', { date: '11.03.2026' }, 'WRONG_DATE'],
    ['a day that does not exist', { turnoverDate: '30.02.2026' }, 'WRONG_DATE'],
    ['a measure in words', { unit: 'шт' }, 'INVALID_MEASURE_UNIT_CODE'],
    ['another seller', { sellerTin: customer }, 'SELLER_TIN_NOT_EQUALS_WITH_TIN_IN_SESSION'],
    ['a number with letters', { num: 'A1' }, 'FIELD_INVALID'],
    ['three decimals', { nds: '16000.001' }, 'FIELD_INVALID'],
    ['elements out of order', { extra: '<addInf>late</addInf>' }, 'FLK_VALITATION_FAILED'],
    ['a correction without its original', { kind: 'FIXED_INVOICE' }, 'FIELD_IS_NULL'],
    ['a customer without a number', { customerTin: '' }, 'FIELD_IS_NULL'],
  ]
  test.each(declined)('declines %s', async (_, template, code) => {
    const { body } = await upload(portal, session, key, anInvoice(template))
    expect(acceptedIds(body)).toEqual([])
    expect(declinedCodes(body)).toContain(code)
    expect(portal.invoices()).toEqual([])
  })

  test.each([
    ['a prolog', `<?xml version="1.0"?>${anInvoice()}`, 'WRONG_XML_FORMAT'],
    ['a body that is no XML', 'invoice', 'WRONG_XML_FORMAT'],
    ['a DOCTYPE', `<!DOCTYPE a>${anInvoice()}`, 'WRONG_XML_FORMAT'],
    [
      'a default namespace',
      anInvoice().replaceAll('v2:invoice', 'invoice').replace('xmlns:v2', 'xmlns'),
      'FLK_VALITATION_FAILED',
    ],
    ['the form of yesterday', anInvoice().replaceAll('v2.esf', 'v1.esf'), 'FLK_VALITATION_FAILED'],
    ['no total', anInvoice().replace(/<totalNdsAmount>\d+<\/totalNdsAmount>/, ''), 'FLK_VALITATION_FAILED'],
    ['no sellers', anInvoice().replace(/<sellers>.*<\/sellers>/, ''), 'FIELD_IS_NULL'],
  ])('declines %s', async (_, text, code) => {
    const { status, body } = await upload(portal, session, key, text)
    expect(status).toBe(200)
    expect(declinedCodes(body)).toContain(code)
  })

  test('declines an unknown version', async () => {
    const request = uploadRequest(session, key, [anInvoice()], 'InvoiceV1')
    expect(declinedCodes((await post(portal, 'UploadInvoiceService', request)).body)).toEqual([
      'INVALID_INVOICE_VERSION',
    ])
  })

  test('declines a body with one space more than was signed', async () => {
    const body = anInvoice()
    const request = uploadRequest(session, key, [body]).replace(escape('<sellers>'), escape(' <sellers>'))
    expect(declinedCodes((await post(portal, 'UploadInvoiceService', request)).body)).toEqual([
      'SIGNATURE_VERIFICATION_FAILED',
    ])
  })

  test('a line feed lost on the way breaks the signature, a character reference keeps it', async () => {
    const body = anInvoice({ extra: '<deliveryDocNum>1\r\n2</deliveryDocNum>' })
    const request = uploadRequest(session, key, [body])
    const broken = await post(portal, 'UploadInvoiceService', request.replaceAll('&#13;', '\r'))
    expect(declinedCodes(broken.body)).toEqual(['SIGNATURE_VERIFICATION_FAILED'])
  })

  test('declines bad signatures and certificates with their own codes', async () => {
    const request = uploadRequest(session, key, [anInvoice()])
    const codes = async (text: string): Promise<string[]> =>
      declinedCodes((await post(portal, 'UploadInvoiceService', text)).body)
    const stranger = await makeKey({ iin, bin: customer })
    const expired = await makeKey({ iin }, { from: new Date('2020-01-01Z'), to: new Date('2021-01-01Z') })
    const early = await makeKey({ iin }, { from: new Date('2030-01-01Z'), to: new Date('2031-01-01Z') })
    expect(await codes(request.replace(/<signature>[^<]+/, '<signature>###'))).toEqual([
      'SIGNATURE_INVALID_FORMAT',
    ])
    expect(await codes(request.replace(key.certificate, 'AAAA'))).toEqual(['CERTIFICATE_INVALID_FORMAT'])
    expect(await codes(request.replace(key.certificate, stranger.certificate))).toEqual([
      'CERTIFICATE_IS_NOT_FOR_ENTERPRISE',
    ])
    expect(await codes(uploadRequest(session, expired, [anInvoice()]))).toEqual(['CERTIFICATE_EXPIRED'])
    expect(await codes(uploadRequest(session, early, [anInvoice()]))).toEqual(['CERTIFICATE_NOT_YET_VALID'])
  })

  test('a signature of more than 400 characters is no signature of this contract', async () => {
    const request = uploadRequest(session, key, [anInvoice()]).replace(
      /<signature>[^<]+/,
      `<signature>${'A'.repeat(404)}`,
    )
    const answer = await post(portal, 'UploadInvoiceService', request)
    expect(pick(answer.body, 'faultstring')).toContain('cvc-maxLength-valid')
  })

  test('a replaced raw check judges GOST signatures', async () => {
    const gost = await startPortal({ verifyRaw: ({ signature }) => signature.length === 128 })
    const own = await login(gost, key)
    const request = uploadRequest(own, key, [anInvoice()]).replace(
      /<signature>[^<]+/,
      `<signature>${Buffer.alloc(128).toString('base64')}`,
    )
    expect(acceptedIds((await post(gost, 'UploadInvoiceService', request)).body)).toHaveLength(1)
    await gost.stop()
  })
})

describe('the natural key', () => {
  test('a double in one batch and a resend are told apart', async () => {
    const first = await upload(portal, session, key, anInvoice(), anInvoice())
    expect(acceptedIds(first.body)).toHaveLength(1)
    expect(declinedCodes(first.body)).toEqual(['NOT_UNIQUE_MEMORY_ERROR_MSG'])
    const again = await upload(portal, session, key, anInvoice())
    expect(declinedCodes(again.body)).toEqual(['NOT_UNIQUE_DB_ERROR_MSG'])
    expect(portal.invoices()).toHaveLength(1)
  })

  test('two uploads of one invoice at the same moment register it once', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => upload(portal, session, key, anInvoice())))
    expect(answers.flatMap(({ body }) => acceptedIds(body))).toHaveLength(1)
    expect(portal.invoices()).toHaveLength(1)
  })

  test('the number of a failed invoice stays taken until it is deleted', async () => {
    portal.failNext(['CUSTOMER_IS_BLOCKED'])
    const [id = ''] = acceptedIds((await upload(portal, session, key, anInvoice())).body)
    expect(declinedCodes((await upload(portal, session, key, anInvoice())).body)).toEqual([
      'NOT_UNIQUE_DB_ERROR_MSG',
    ])
    const deletion = await ask(
      portal,
      'deleteInvoiceById',
      session,
      `${ids(id)}<signature>${key.sign(id)}</signature><x509Certificate>${key.certificate}</x509Certificate>`,
    )
    expect(pick(deletion.body, 'isDeleted')).toBe('true')
    expect(acceptedIds((await upload(portal, session, key, anInvoice())).body)).toHaveLength(1)
  })
})

describe('the asynchronous check', () => {
  test('keeps the order of delays and tells the state at every moment', async () => {
    await portal.stop()
    portal = await startPortal({ delays: { queueMs: 300, processingMs: 500 } })
    session = await login(portal, key)
    const [id = ''] = acceptedIds((await upload(portal, session, key, anInvoice())).body)
    const status = async (): Promise<string | undefined> =>
      pick((await ask(portal, 'queryInvoiceSummaryById', session, ids(id))).body, 'invoiceStatus')
    expect(await status()).toBe('IN_QUEUE')
    portal.tick(299)
    expect(await status()).toBe('IN_QUEUE')
    portal.tick(1)
    expect(await status()).toBe('IN_PROCESSING')
    portal.tick(500)
    expect(await status()).toBe('CREATED')
  })

  test('settles whatever the delays, and draws delays by the seed', async () => {
    await portal.stop()
    portal = await startPortal({ delays: { queueMs: [300, 800], processingMs: 60_000 } })
    session = await login(portal, key)
    await upload(portal, session, key, anInvoice())
    await portal.settle()
    expect(portal.invoices().map(({ status }) => status)).toEqual(['CREATED'])
  })

  test('moves by itself on a real clock, without anybody asking', async () => {
    await portal.stop()
    const real = await makeKey({ iin }, { from: new Date('2020-01-01Z'), to: new Date('2049-01-01Z') })
    const created = new Promise<void>((resolve) => {
      void startPortal({
        clock: undefined,
        delays: { queueMs: 1, processingMs: 1 },
        onRecord: (record) => {
          if (record.kind === 'invoice.status' && record.status === 'CREATED') resolve()
        },
      }).then(async (own) => {
        portal = own
        await upload(portal, await login(portal, real), real, anInvoice())
      })
    })
    await expect(created).resolves.toBeUndefined()
  })

  const heavy: [string, InvoiceTemplate, string][] = [
    ['a rate of last year', { rate: '12', nds: '12000', total: '112000' }, 'NDS_RATE_INCORRECT'],
    ['an unknown customer', { customerTin: '123456789011' }, 'CUSTOMER_TIN_ABSENT_IN_DICTIONARY'],
    ['a blocked customer', { customerTin: '050140000653' }, 'CUSTOMER_IS_BLOCKED'],
    [
      'an unknown original',
      { kind: 'FIXED_INVOICE', related: { num: '77', date: '01.03.2026' } },
      'RELATED_INVOICE_NOT_FOUND',
    ],
    [
      'a paper invoice of a day without an outage',
      { extra: '<datePaper>09.03.2026</datePaper>' },
      'PAPER_REASON_NOT_SET',
    ],
  ]
  test.each(heavy)('fails %s', async (_, template, code) => {
    await portal.stop()
    portal = await startPortal({
      taxpayers: [{ tin: seller }, { tin: customer }, { tin: '050140000653', blocked: true }],
    })
    session = await login(portal, key)
    const [id = ''] = acceptedIds((await upload(portal, session, key, anInvoice(template))).body)
    const errors = await ask(portal, 'queryInvoiceErrorById', session, ids(id))
    expect(pickAll(errors.body, 'errorCode')).toEqual([code])
    expect(portal.invoices()[0]).toMatchObject({
      status: 'FAILED',
      cancelReason: code,
      registrationNumber: undefined,
    })
  })

  test('a seller outside VAT may write neither rate nor amount', async () => {
    await portal.stop()
    portal = await startPortal({ taxpayers: [{ tin: seller, vatPayer: false }, { tin: customer }] })
    session = await login(portal, key)
    await upload(
      portal,
      session,
      key,
      anInvoice({ num: '1' }),
      anInvoice({ num: '2', rate: '', nds: '0', total: '100000' }),
    )
    expect(portal.invoices().map(({ status }) => status)).toEqual(['FAILED', 'CREATED'])
    expect(portal.invoices()[0]?.errors.map(({ errorCode }) => errorCode)).toEqual([
      'NDS_RATE_FOR_NOT_NDS_PAYER',
      'NDS_AMOUNT_FOR_NOT_NDS_PAYER',
    ])
  })

  test('a paper invoice passes for an announced outage', async () => {
    portal.faults.maintenance({
      from: new Date('2026-03-09T03:00:00Z'),
      until: new Date('2026-03-09T05:00:00Z'),
    })
    const extra = '<datePaper>09.03.2026</datePaper>'
    const body = anInvoice({ extra }).replace('<sellers>', '<reasonPaper>DOWN_TIME</reasonPaper><sellers>')
    await upload(portal, session, key, body)
    expect(portal.invoices()[0]?.errors).toEqual([])
  })
})

test('takes a day of batches: a thousand invoices in twenty calls, each registered under its own number', async () => {
  for (let batch = 0; batch < 20; batch += 1) {
    const bodies = Array.from({ length: 50 }, (_, index) =>
      anInvoice({ num: String(batch * 50 + index + 1) }),
    )
    await upload(portal, session, key, ...bodies)
  }
  const numbers = portal.invoices().map(({ registrationNumber }) => registrationNumber)
  expect(new Set(numbers).size).toBe(1000)
  expect(portal.calls().byOperation['syncInvoice']).toBe(20)
})

test('an upload without a session ends with the session fault', async () => {
  portal.killSessions()
  const answer = await upload(portal, session, key, anInvoice())
  expect(answer.status).toBe(500)
  expect(pick(answer.body, 'faultstring')).toBe('Fault occurred while processing.')
  expect(answer.body).toContain('sessionClosedException')
})

test('an empty list is accepted and empty', async () => {
  const answer = await post(
    portal,
    'UploadInvoiceService',
    envelope(
      `<q:syncInvoiceRequest><sessionId>${session}</sessionId><invoiceUploadInfoList/><x509Certificate>${key.certificate}</x509Certificate></q:syncInvoiceRequest>`,
    ),
  )
  expect(answer.body).toContain('<acceptedSet></acceptedSet><declinedSet></declinedSet>')
})
