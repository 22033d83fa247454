import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { EsfPortal, esfPortalDefaults } from '../../../src/adapters/esf/index.ts'
import { MemoryLeases } from '../../../src/adapters/memory/leases.ts'
import { MemoryCallBudget, MemoryPortalSessions } from '../../../src/adapters/memory/portal-sessions.ts'
import { UpstreamError } from '../../../src/core/kernel/index.ts'
import type { SignedInvoice } from '../../../src/core/mirror/index.ts'
import { iin, makeKey, seller } from '../adapters/esf-simulator/harness.ts'
import type { TestKey } from '../adapters/esf-simulator/harness.ts'
import { anAccount, SharedClock } from '../mirror/gateway.ts'

const invoice: SignedInvoice = {
  documentId: 'd1',
  date: '2026-03-31',
  number: '16',
  body: '<v2:invoice xmlns:v2="v2.esf">a&#13;\n]]&gt;</v2:invoice>',
  signature: 'c2ln',
  signatureType: 'COMPANY',
  certificate: 'Y2VydA==',
}

const inEnvelope = (content: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${content}</s:Body></s:Envelope>`
const aFault = (faultString: string, detail = ''): string =>
  inEnvelope(
    `<s:Fault><faultcode>s:Server</faultcode><faultstring>${faultString}</faultstring>${detail}</s:Fault>`,
  )

/** What a hostile or broken portal may answer to anything. */
const nonsense: Readonly<Record<string, string>> = {
  'an empty body': '',
  'an HTML page': '<!DOCTYPE html><html><body>Sign in</body></html>',
  'half an answer': '<s:Envelope xmlns:s="x"><s:Body><ns2:syncInvoiceResp',
  'an entity bomb':
    '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><Envelope><Body>&c;</Body></Envelope>',
  'a deep document': `${'<a>'.repeat(100_000)}`,
  'another answer': inEnvelope('<x:otherResponse xmlns:x="esf"/>'),
  JSON: '{"acceptedSet":[]}',
  binary: '\u0000\u0001\ufffd',
  'a prototype': inEnvelope(
    '<x:syncInvoiceResponse xmlns:x="esf" id="__proto__"><__proto__><polluted>1</polluted></__proto__></x:syncInvoiceResponse>',
  ),
}

describe('the client of the portal', () => {
  let key: TestKey
  let server: Server
  let portal: EsfPortal
  let budget: MemoryCallBudget
  let sessions: MemoryPortalSessions
  let requests: { path: string; body: string }[]
  let answer: (request: { path: string; body: string }, response: ServerResponse) => void
  const clock = new SharedClock(new Date('2026-04-01T05:00:00Z'))

  const send = (response: ServerResponse, body: string, status = 200, type = 'text/xml;charset=UTF-8') => {
    response.writeHead(status, { 'content-type': type })
    response.end(body)
  }

  beforeAll(async () => {
    key = await makeKey({ iin, bin: seller })
  })

  beforeEach(async () => {
    requests = []
    server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const seen = { path: request.url ?? '', body: Buffer.concat(chunks).toString('utf8') }
        requests.push(seen)
        answer(seen, response)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    budget = new MemoryCallBudget()
    sessions = new MemoryPortalSessions()
    await sessions.put({ user: iin, taxId: seller, sessionId: 'open-session', openedAt: clock.now() })
    portal = open()
  })
  afterEach(async () => {
    await portal.close({ sessions: 'leave' })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  const open = (over: Partial<ConstructorParameters<typeof EsfPortal>[0]> = {}): EsfPortal =>
    new EsfPortal(
      {
        ...esfPortalDefaults,
        baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ws`,
        holder: 'test',
        ...over,
      },
      {
        accounts: { byTaxId: async () => anAccount(key), all: async () => [anAccount(key)] },
        sessions,
        leases: new MemoryLeases(),
        budget,
        clock,
      },
    )

  const word = async (call: Promise<unknown>): Promise<string> => {
    try {
      await call
    } catch (error) {
      if (error instanceof UpstreamError) return error.word
      throw error
    }
    return 'answered'
  }

  it.each(Object.keys(nonsense))(
    'says "unclear" of an upload and asks again otherwise for %s',
    async (name) => {
      answer = (_request, response) => send(response, nonsense[name] ?? '')
      const isAnswer = name === 'a prototype'
      expect(await word(portal.upload(seller, [invoice]))).toBe(isAnswer ? 'answered' : 'unclear')
      expect(await word(portal.statusOf(seller, ['1']))).toBe('unreachable')
      expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    },
  )

  it('sends the body so that it arrives character for character', async () => {
    answer = (_request, response) => send(response, '')
    await portal.upload(seller, [invoice]).catch(() => {})
    expect(requests[0]?.body).toContain(
      '<invoiceBody>&lt;v2:invoice xmlns:v2="v2.esf"&gt;a&amp;#13;\n]]&amp;gt;&lt;/v2:invoice&gt;</invoiceBody>',
    )
    expect(requests[0]?.body).not.toContain('Security')
  })

  it('matches answers by local name, in any order, and keeps ids as text', async () => {
    answer = (_request, response) =>
      send(
        response,
        inEnvelope(
          '<q:syncInvoiceResponse xmlns:q="esf"><declinedSet/><acceptedSet><new>1</new><standardResponse><date>31.03.2026</date><num>16</num><id>9223372036854775807</id></standardResponse></acceptedSet></q:syncInvoiceResponse>',
        ),
      )
    expect(await portal.upload(seller, [invoice])).toEqual([
      { documentId: 'd1', word: 'accepted', portalId: '9223372036854775807' },
    ])
  })

  it('concludes nothing from an answer about other invoices, or about ours twice', async () => {
    const response = (num: string) =>
      `<standardResponse><id>1</id><num>${num}</num><date>31.03.2026</date></standardResponse>`
    for (const content of [response('17'), response('16') + response('16'), '']) {
      answer = (_request, into) =>
        send(
          into,
          inEnvelope(
            `<q:syncInvoiceResponse xmlns:q="esf"><acceptedSet>${content}</acceptedSet><declinedSet/></q:syncInvoiceResponse>`,
          ),
        )
      expect(await portal.upload(seller, [invoice])).toEqual([{ documentId: 'd1', word: 'unmentioned' }])
    }
  })

  it('knows whose body it was when the portal could not even read its number', async () => {
    answer = (_request, response) =>
      send(
        response,
        inEnvelope(
          '<q:syncInvoiceResponse xmlns:q="esf"><acceptedSet/><declinedSet><standardResponse><errors><error><errorCode>WRONG_XML_FORMAT</errorCode></error></errors><num/><date/></standardResponse></declinedSet></q:syncInvoiceResponse>',
        ),
      )
    expect(await portal.upload(seller, [invoice])).toEqual([
      { documentId: 'd1', word: 'declined', errors: [{ code: 'WRONG_XML_FORMAT', property: '', text: '' }] },
    ])
  })

  it.each([
    [
      'a declared reason',
      aFault('Fault occurred while processing.', businessDetail('LOCK_ACKQUIRING_TIME_EXCEEDED')),
      'busy',
      'unclear',
    ],
    ['a bare reason', aFault('Fault occurred while processing.'), 'unreachable', 'unclear'],
    ['our own mistake', aFault('Unmarshalling Error: cvc-complex-type.2.4.a'), 'refused', 'refused'],
    [
      'a security error',
      aFault('A security error was encountered when verifying the message'),
      'refused',
      'refused',
    ],
  ])('reads the detail first, then the fault string: %s', async (_name, fault, asked, uploaded) => {
    answer = (_request, response) => send(response, fault, 500)
    expect(await word(portal.statusOf(seller, ['1']))).toBe(asked)
    expect(await word(portal.upload(seller, [invoice]))).toBe(uploaded)
  })

  it('waits out maintenance when it asks', async () => {
    answer = (_request, response) =>
      send(response, '<html><h1>Ведутся технические работы</h1></html>', 503, 'text/html; charset=utf-8')
    expect(await word(portal.statusOf(seller, ['1']))).toBe('busy')
    expect(await word(portal.upload(seller, [invoice]))).toBe('unclear')
  })

  it('knows that nothing was sent when nobody listens', async () => {
    const nobody = open({ baseUrl: 'http://127.0.0.1:9/ws' })
    expect(await word(nobody.upload(seller, [invoice]))).toBe('unreachable')
  })

  it('reads an answer of 20 MB and cuts off a larger one', async () => {
    const statuses = (bytes: number) =>
      inEnvelope(
        `<q:queryInvoiceSummaryByIdResponse xmlns:q="esf"><invoiceSummaryList><invoiceSummary><cancelReason>${'x'.repeat(bytes)}</cancelReason><invoiceId>1</invoiceId></invoiceSummary></invoiceSummaryList></q:queryInvoiceSummaryByIdResponse>`,
      )
    answer = (_request, response) => send(response, statuses(19 * 1024 * 1024))
    expect((await portal.statusOf(seller, ['1']))[0]?.portalId).toBe('1')
    answer = (_request, response) => send(response, statuses(21 * 1024 * 1024))
    expect(await word(portal.statusOf(seller, ['1']))).toBe('unreachable')
  })

  it('tells how far its clock is from the portal’s', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/xml', date: 'Wed, 01 Apr 2026 04:50:00 GMT' })
      response.end(
        inEnvelope('<x:esfVersionResponse xmlns:x="esf"><version>InvoiceV2</version></x:esfVersionResponse>'),
      )
    }
    expect(await portal.probe()).toEqual({ result: 'up', note: 'InvoiceV2' })
    expect(portal.aheadMs).toBe(10 * 60_000)
  })

  it('stops before the budget of the day is broken and keeps a part for questions', async () => {
    answer = (_request, response) =>
      send(
        response,
        inEnvelope(
          '<q:queryInvoiceSummaryByIdResponse xmlns:q="esf"><invoiceSummaryList/></q:queryInvoiceSummaryByIdResponse>',
        ),
      )
    const thrifty = open({ callsPerDay: 3, callsKeptForQuestions: 1 })
    await thrifty.statusOf(seller, ['1'])
    await thrifty.statusOf(seller, ['1'])
    const upload = await thrifty.upload(seller, [invoice]).catch((error: unknown) => error)
    expect(upload).toMatchObject({ word: 'busy' })
    // 10:00 in Almaty: fourteen hours to midnight.
    expect((upload as UpstreamError).retryAfterMs).toBe(14 * 3_600_000)
    await thrifty.statusOf(seller, ['1'])
    expect(await word(thrifty.statusOf(seller, ['1']))).toBe('busy')
    expect(requests.length).toBe(3)
    await thrifty.close({ sessions: 'leave' })
  })

  it('takes the ticket without WS-Security, signs it, and logs in with the password of the cabinet', async () => {
    await sessions.drop(iin, 'open-session')
    answer = ({ path }, response) =>
      send(
        response,
        inEnvelope(
          path.endsWith('AuthService')
            ? '<q:createAuthTicketResponse xmlns:q="esf"><authTicketXml>&lt;authSign&gt;&lt;state&gt;s&lt;/state&gt;&lt;/authSign&gt;</authTicketXml></q:createAuthTicketResponse>'
            : path.endsWith('SessionService')
              ? '<q:createSessionResponse xmlns:q="esf"><sessionId>new-session</sessionId></q:createSessionResponse>'
              : '<q:queryInvoiceSummaryByIdResponse xmlns:q="esf"><invoiceSummaryList/></q:queryInvoiceSummaryByIdResponse>',
        ),
      )
    await Promise.all([1, 2, 3].map((id) => portal.statusOf(seller, [String(id)])))
    expect(requests.map(({ path }) => path)).toEqual([
      '/ws/AuthService',
      '/ws/SessionService',
      '/ws/InvoiceService',
      '/ws/InvoiceService',
      '/ws/InvoiceService',
    ])
    expect(requests[0]?.body).not.toContain('UsernameToken')
    expect(requests[1]?.body).toContain('UsernameToken')
    expect(requests[1]?.body).toContain('&lt;ds:SignatureValue&gt;')
    expect(requests[2]?.body).toContain('<sessionId>new-session</sessionId>')
  })

  it('takes over the session that the fault names, when it is ours and alive', async () => {
    await sessions.drop(iin, 'open-session')
    const named = `0123456789abcdef0123456789abcdef-${seller}--ADMIN_ENTERPRISE`
    answer = ({ body }, response) => {
      if (body.includes('createAuthTicketRequest')) {
        send(
          response,
          inEnvelope(
            '<q:createAuthTicketResponse xmlns:q="esf"><authTicketXml>&lt;authSign/&gt;</authTicketXml></q:createAuthTicketResponse>',
          ),
        )
      } else if (body.includes('createSessionSignedRequest')) {
        send(
          response,
          aFault(`Can\`t create a new user session. User already has opened session with id ${named}`),
          500,
        )
      } else if (body.includes('currentSessionStatusRequest')) {
        send(
          response,
          inEnvelope(
            '<q:currentSessionStatusResponse xmlns:q="esf"><status>OK</status></q:currentSessionStatusResponse>',
          ),
        )
      } else {
        send(
          response,
          inEnvelope(
            '<q:queryInvoiceSummaryByIdResponse xmlns:q="esf"><invoiceSummaryList/></q:queryInvoiceSummaryByIdResponse>',
          ),
        )
      }
    }
    await portal.statusOf(seller, ['1'])
    expect((await sessions.current(iin))?.sessionId).toBe(named)
    expect(requests.at(-1)?.body).toContain(named)
  })

  it('does not log in again within five minutes, unless the login was never answered', async () => {
    await sessions.drop(iin, 'open-session')
    answer = (_request, response) => send(response, aFault('PASSWORD_WRONG'), 500)
    expect(await word(portal.statusOf(seller, ['1']))).toBe('refused')
    const again = await portal.statusOf(seller, ['1']).catch((error: unknown) => error)
    expect(again).toMatchObject({ word: 'busy', retryAfterMs: 300_000 })
    expect(requests.length).toBe(1)
  })
})

function businessDetail(reason: string): string {
  return `<detail><q:businessException xmlns:q="esf"><description>${reason}</description></q:businessException></detail>`
}
