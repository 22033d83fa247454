import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { EsfSimulator } from '../../../../src/adapters/esf-simulator/index.ts'
import type { TestKey } from './harness.ts'
import {
  anInvoice,
  ask,
  customer,
  customerIin,
  ids,
  iin,
  login,
  makeKey,
  pick,
  pickAll,
  seller,
  startPortal,
  unescape,
  upload,
  withReason,
} from './harness.ts'

let key: TestKey
let customerKey: TestKey
let portal: EsfSimulator
let session: string
let customerSession: string

beforeAll(async () => {
  key = await makeKey({ iin, bin: seller })
  customerKey = await makeKey({ iin: customerIin, bin: customer })
})
const start = async (options: Parameters<typeof startPortal>[0] = {}): Promise<void> => {
  portal = await startPortal(options)
  session = await login(portal, key)
  customerSession = await login(portal, customerKey, customerIin, customer)
}
beforeEach(() => start())
afterEach(() => portal.stop())

const send = async (...templates: Parameters<typeof anInvoice>[0][]): Promise<string[]> => {
  const { body } = await upload(portal, session, key, ...templates.map((template) => anInvoice(template)))
  return pickAll(pick(body, 'acceptedSet') ?? '', 'id')
}
const sendOne = async (template: Parameters<typeof anInvoice>[0] = {}): Promise<string> => {
  const [id] = await send(template)
  if (id === undefined) throw new Error('declined')
  return id
}
const stateOf = (id: string): string | undefined => portal.invoices().find((one) => one.id === id)?.status

const criteria = (more: string, from = '2026-01-01', to = '2026-03-31'): string =>
  `<criteria><direction>OUTBOUND</direction><dateFrom>${from}T00:00:00</dateFrom><dateTo>${to}T23:59:59</dateTo>${more}</criteria>`

describe('queryInvoice', () => {
  test('refuses more than a quarter in the words of the portal', async () => {
    const answer = await ask(
      portal,
      'queryInvoice',
      session,
      criteria('<asc>true</asc>', '2026-01-01', '2026-04-02'),
    )
    expect(answer.status).toBe(500)
    expect(pick(answer.body, 'description')).toBe('Можно получить список СФ за период не более 1 квартала')
    expect((await ask(portal, 'queryInvoice', session, criteria('<asc>true</asc>'))).status).toBe(200)
  })

  test('walks page by page until the last block', async () => {
    await portal.stop()
    await start({ pageSize: 2 })
    await send({ num: '1' }, { num: '2' }, { num: '3' })
    const page = async (number: number): Promise<string> =>
      (await ask(portal, 'queryInvoice', session, criteria(`<asc>true</asc><pageNum>${number}</pageNum>`)))
        .body
    expect(pick(await page(0), 'lastBlock')).toBe('false')
    expect(pick(await page(0), 'rsCount')).toBe('3')
    expect(pick(await page(1), 'lastBlock')).toBe('true')
    expect(pickAll(await page(1), 'invoiceId')).toHaveLength(1)
    expect(pickAll(await page(2), 'invoiceId')).toHaveLength(0)
  })

  test('filters by issue date, status, kind and counterparty', async () => {
    await send({ num: '1', date: '09.03.2026' }, { num: '2' })
    const count = async (more: string, from?: string): Promise<number> =>
      pickAll((await ask(portal, 'queryInvoice', session, criteria(more, from))).body, 'invoiceId').length
    const asc = '<asc>false</asc>'
    expect(await count(asc)).toBe(2)
    expect(await count(asc, '2026-03-10')).toBe(1)
    expect(
      await count(`<invoiceStatusList><invoiceStatus>FAILED</invoiceStatus></invoiceStatusList>${asc}`),
    ).toBe(0)
    expect(await count(`<invoiceType>FIXED_INVOICE</invoiceType>${asc}`)).toBe(0)
  })

  test('gives back the exact body, signature and certificate', async () => {
    const id = await sendOne()
    const { body } = await ask(portal, 'queryInvoiceById', session, ids(id))
    expect(unescape(pick(body, 'invoiceBody') ?? '')).toBe(anInvoice())
    expect(pick(body, 'signature')).toBe(key.sign(anInvoice()))
    expect(pick(body, 'certificate')).toBe(key.certificate)
    expect(pick(body, 'lastUpdateDate')).toMatch(/^2026-03-10T07:00:00\.\d{3}Z$/)
  })
})

describe('the natural key', () => {
  const key2 = (num: string): string =>
    `<invoiceKeyList><invoiceKey><date>10.03.2026</date><num>${num}</num></invoiceKey></invoiceKeyList>`

  test('tells the sender whether an invoice has landed', async () => {
    const id = await sendOne({ num: '42' })
    const found = await ask(
      portal,
      'queryInvoiceSummaryByKey',
      session,
      `${key2('42')}<direction>OUTBOUND</direction>`,
    )
    expect(pick(found.body, 'invoiceId')).toBe(id)
    expect(pick(found.body, 'registrationNumber')).toMatch(/^ESF-/)
    const none = await ask(
      portal,
      'queryInvoiceSummaryByKey',
      session,
      `${key2('43')}<direction>OUTBOUND</direction>`,
    )
    expect(none.status).toBe(200)
    expect(pickAll(none.body, 'invoiceId')).toEqual([])
  })

  test('finds an incoming invoice only for its customer', async () => {
    await sendOne({ num: '42' })
    const inbound = `${key2('42')}<direction>INBOUND</direction>`
    expect(
      pickAll((await ask(portal, 'queryInvoiceByKey', customerSession, inbound)).body, 'invoiceId'),
    ).toHaveLength(1)
    expect(
      pickAll((await ask(portal, 'queryInvoiceByKey', session, inbound)).body, 'invoiceId'),
    ).toHaveLength(0)
  })

  test("keeps strangers from reading others' invoices", async () => {
    const id = await sendOne({ customerTin: '050140000653' })
    expect(
      pickAll((await ask(portal, 'queryInvoiceById', customerSession, ids(id))).body, 'invoiceId'),
    ).toEqual([])
  })
})

describe('queryUpdates', () => {
  const since = (at: string, more = '', direction = 'OUTBOUND', limit = 2, full = true): string =>
    `<lastEventDate>${at}</lastEventDate>${more}<direction>${direction}</direction><limit>${limit}</limit><fullInfoOnStatusChange>${full}</fullInfoOnStatusChange>`

  const walk = async (
    own: string,
    direction: string,
  ): Promise<{ seen: string[]; at: string; id: string }> => {
    const seen: string[] = []
    let at = '2026-03-01T00:00:00Z'
    let id = ''
    for (;;) {
      const cursor = id === '' ? '' : `<lastInvoiceId>${id}</lastInvoiceId>`
      const { body } = await ask(portal, 'queryUpdates', own, since(at, cursor, direction))
      seen.push(...pickAll(pick(body, 'invoiceInfoList') ?? '', 'invoiceId'))
      at = pick(body, 'lastEventDate') ?? ''
      id = pick(body, 'lastInvoiceId') ?? ''
      if (pick(body, 'lastBlock') === 'true') return { seen, at, id }
    }
  }

  test('walks every invoice once by the cursor, and shows nothing new at its end', async () => {
    const sent = await send({ num: '1' }, { num: '2' }, { num: '3' }, { num: '4' }, { num: '5' })
    const { seen, at, id } = await walk(session, 'OUTBOUND')
    expect(seen).toEqual(sent)
    const next = await ask(portal, 'queryUpdates', session, since(at, `<lastInvoiceId>${id}</lastInvoiceId>`))
    expect(pickAll(next.body, 'invoiceId')).toEqual([])
    expect(pick(next.body, 'lastEventDate')).toBe(at)
    expect(pick(next.body, 'lastInvoiceId')).toBe(id)
  })

  test('a change in the very millisecond of the cursor is not lost', async () => {
    const [first = ''] = await send({ num: '1' }, { num: '2' })
    const { at, id } = await walk(session, 'OUTBOUND')
    await ask(portal, 'confirmInvoiceById', customerSession, ids(first))
    const next = await ask(portal, 'queryUpdates', session, since(at, `<lastInvoiceId>${id}</lastInvoiceId>`))
    expect(pickAll(next.body, 'invoiceId')).toEqual([first])
    expect(pick(next.body, 'invoiceStatus')).toBe('DELIVERED')
  })

  test('the customer sees registered invoices only', async () => {
    portal.failNext(['SELLER_IS_BLOCKED'], { num: '1' })
    const [, good] = await send({ num: '1' }, { num: '2' })
    expect((await walk(customerSession, 'INBOUND')).seen).toEqual([good])
    expect((await walk(session, 'OUTBOUND')).seen).toHaveLength(2)
  })

  test('leaves the body out of a later change unless it is asked for', async () => {
    const id = await sendOne()
    await ask(portal, 'confirmInvoiceById', customerSession, ids(id))
    const body = async (full: boolean): Promise<string | undefined> =>
      pick(
        (
          await ask(
            portal,
            'queryUpdates',
            session,
            since('2026-03-01T00:00:00+05:00', '', 'OUTBOUND', 9, full),
          )
        ).body,
        'invoiceBody',
      )
    expect(await body(false)).toBe('')
    expect(await body(true)).not.toBe('')
  })

  test('brings an invoice issued to us by somebody else', async () => {
    portal.deposit({ body: anInvoice({ sellerTin: '050140000653' }), senderTin: '050140000653' })
    const { seen } = await walk(customerSession, 'INBOUND')
    expect(seen).toHaveLength(1)
    expect(portal.invoices()[0]?.registrationNumber).toMatch(/^ESF-050140000653-/)
  })
})

describe('the later life', () => {
  test('the customer confirms, and the history tells who did', async () => {
    const id = await sendOne()
    await ask(portal, 'confirmInvoiceById', session, ids(id))
    expect(stateOf(id)).toBe('CREATED')
    const answer = await ask(portal, 'confirmInvoiceById', customerSession, ids(id))
    expect(pick(answer.body, 'invoiceStatus')).toBe('DELIVERED')
    const history = await ask(portal, 'queryInvoiceHistoryById', session, ids(id))
    expect(pickAll(history.body, 'status')).toEqual(['IN_QUEUE', 'IN_PROCESSING', 'CREATED', 'DELIVERED'])
    expect(pickAll(history.body, 'userId').at(-1)).toBe(customerIin)
  })

  test('the sender revokes, the customer turns it back', async () => {
    const id = await sendOne()
    const foreign = await ask(
      portal,
      'revokeInvoiceById',
      customerSession,
      withReason(customerKey, 'нет', id),
    )
    expect(pick(foreign.body, 'errorCode')).toBe('NO_REQUIRED_PERMISSIONS')
    const revoked = await ask(portal, 'revokeInvoiceById', session, withReason(key, 'ошибка', id))
    expect(pick(revoked.body, 'isChanged')).toBe('true')
    expect(stateOf(id)).toBe('REVOKED')
    const again = await ask(portal, 'revokeInvoiceById', session, withReason(key, 'ошибка', id))
    expect(pick(again.body, 'errorCode')).toBe('WRONG_STATUS')
    await ask(portal, 'unrevokeInvoiceById', customerSession, withReason(customerKey, 'не согласны', id))
    expect(stateOf(id)).toBe('DELIVERED')
  })

  test('an ordinary invoice is not declined, an unknown one is not found', async () => {
    const id = await sendOne()
    const answer = await ask(
      portal,
      'declineInvoiceById',
      customerSession,
      withReason(customerKey, 'нет', id, '5'),
    )
    expect(pickAll(answer.body, 'errorCode')).toEqual(['WRONG_OPERATION', 'INVOICE_NOT_FOUND'])
    expect(pickAll(answer.body, 'isChanged')).toEqual(['false', 'false'])
  })

  test('a corrected invoice cancels its original; declined, it gives it back', async () => {
    const original = await sendOne({ num: '1' })
    const fixed = await sendOne({
      num: '2',
      kind: 'FIXED_INVOICE',
      related: { num: '1', date: '10.03.2026' },
    })
    expect([stateOf(original), stateOf(fixed)]).toEqual(['CANCELED', 'CREATED'])
    const third = await sendOne({
      num: '3',
      kind: 'FIXED_INVOICE',
      related: { num: '1', date: '10.03.2026' },
    })
    expect(portal.invoices().find(({ id }) => id === third)?.cancelReason).toBe(
      'FIXED_ALREADY_EXISTS_ERROR_MSG',
    )
    await ask(portal, 'declineInvoiceById', customerSession, withReason(customerKey, 'нет', fixed))
    expect([stateOf(original), stateOf(fixed)]).toEqual(['DELIVERED', 'DECLINED'])
  })

  test('an additional invoice may not turn the turnover negative', async () => {
    await sendOne({ num: '1' })
    const related = { num: '1', date: '10.03.2026' }
    const less = { kind: 'ADDITIONAL_INVOICE', related, price: '-60000', nds: '-9600', total: '-69600' }
    const first = await sendOne({ num: '2', ...less })
    const second = await sendOne({ num: '3', ...less })
    expect([stateOf(first), stateOf(second)]).toEqual(['CREATED', 'FAILED'])
  })

  test('a list of ids without a signature is refused', async () => {
    const id = await sendOne()
    const content = withReason(key, 'x', id).replace(/<signature>[^<]+/, '<signature>')
    expect(pick((await ask(portal, 'revokeInvoiceById', session, content)).body, 'description')).toBe(
      'SIGNATURE_INVALID_FORMAT',
    )
  })

  test('only a failed invoice is deleted', async () => {
    const id = await sendOne()
    const content = `${ids(id)}<signature>${key.sign(id)}</signature><x509Certificate>${key.certificate}</x509Certificate>`
    expect(pick((await ask(portal, 'deleteInvoiceById', session, content)).body, 'isDeleted')).toBe('false')
  })

  test('the register answers about an enterprise', async () => {
    await portal.stop()
    await start({ taxpayers: [{ tin: seller, certificate: { series: '13788', number: '1399478' } }] })
    const enterprise = (tin: string, number: string): string =>
      `<enterpriseKey><certificateSeries>13788</certificateSeries><certificateNum>${number}</certificateNum><tin>${tin}</tin></enterpriseKey>`
    const { body } = await ask(
      portal,
      'enterpriseValidation',
      session,
      `<enterpriseKeyList>${enterprise(seller, '1399478')}${enterprise(seller, '1')}${enterprise(customer, '1')}</enterpriseKeyList>`,
    )
    expect(pickAll(body, 'resultType')).toEqual([
      'SUCCESS',
      'CERTIFICATE_SERIES_OR_CERTIFICATE_NUM_ABSENT',
      'TIN_ABSENT',
    ])
  })
})

describe('the rule of 2026: the customer confirms corrections and revocations', () => {
  beforeEach(async () => {
    await portal.stop()
    await start({ customerConfirmation: true })
  })
  const related = { num: '1', date: '10.03.2026' }

  test('a corrected invoice waits, and replaces its original only when confirmed', async () => {
    const original = await sendOne({ num: '1' })
    const fixed = await sendOne({ num: '2', kind: 'FIXED_INVOICE', related })
    expect([stateOf(original), stateOf(fixed)]).toEqual(['CREATED', 'WAITING_CUSTOMER_CONFIRMATION'])
    await ask(portal, 'confirmInvoiceById', customerSession, ids(fixed))
    expect([stateOf(original), stateOf(fixed)]).toEqual(['CANCELED', 'DELIVERED'])
  })

  test('a refused correction leaves the original in force', async () => {
    const original = await sendOne({ num: '1' })
    const fixed = await sendOne({ num: '2', kind: 'FIXED_INVOICE', related })
    await ask(portal, 'declineInvoiceById', customerSession, withReason(customerKey, 'нет', fixed))
    expect([stateOf(original), stateOf(fixed)]).toEqual(['CREATED', 'DECLINED'])
  })

  test('a revocation waits: confirmed it holds, refused it is gone', async () => {
    const [first = '', second = ''] = await send({ num: '1' }, { num: '2' })
    await ask(portal, 'revokeInvoiceById', session, withReason(key, 'ошибка', first, second))
    expect([stateOf(first), stateOf(second)]).toEqual([
      'WAITING_CUSTOMER_REVOKE_CONFIRMATION',
      'WAITING_CUSTOMER_REVOKE_CONFIRMATION',
    ])
    await ask(portal, 'confirmInvoiceById', customerSession, ids(first))
    await ask(portal, 'declineInvoiceById', customerSession, withReason(customerKey, 'нет', second))
    expect([stateOf(first), stateOf(second)]).toEqual(['REVOKED', 'DELIVERED'])
  })

  test('a customer outside VAT need not be asked', async () => {
    await portal.stop()
    await start({
      customerConfirmation: true,
      taxpayers: [{ tin: seller }, { tin: customer, vatPayer: false }],
    })
    const id = await sendOne()
    await ask(portal, 'revokeInvoiceById', session, withReason(key, 'ошибка', id))
    expect(stateOf(id)).toBe('REVOKED')
  })

  test('what officials do shows in the updates', async () => {
    const id = await sendOne()
    portal.changeStatus(id, 'CANCELED_BY_OGD', 'решение')
    const { body } = await ask(portal, 'queryInvoiceSummaryById', session, ids(id))
    expect(pick(body, 'invoiceStatus')).toBe('CANCELED_BY_OGD')
  })
})
