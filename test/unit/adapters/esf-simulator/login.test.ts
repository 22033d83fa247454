import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { EsfSimulator } from '../../../../src/adapters/esf-simulator/index.ts'
import type { TestKey } from './harness.ts'
import {
  askTicket,
  createSessionSigned,
  envelope,
  iin,
  login,
  makeKey,
  noon,
  password,
  pick,
  post,
  seller,
  signTicket,
  startPortal,
} from './harness.ts'

let key: TestKey
let portal: EsfSimulator

beforeAll(async () => {
  key = await makeKey({ iin, bin: seller })
})
beforeEach(async () => {
  portal = await startPortal()
})
afterEach(() => portal.stop())

const status = async (sessionId: string): Promise<string | undefined> => {
  const { body } = await post(
    portal,
    'SessionService',
    envelope(
      `<q:currentSessionStatusRequest><sessionId>${sessionId}</sessionId></q:currentSessionStatusRequest>`,
    ),
  )
  return pick(body, 'status')
}

describe('the ticket login', () => {
  test('opens a session with a ticket signed by the owner of the key', async () => {
    const answer = await createSessionSigned(portal, signTicket(await askTicket(portal), key))
    const sessionId = pick(answer.body, 'sessionId') ?? ''
    expect(answer.status).toBe(200)
    expect(sessionId).toMatch(new RegExp(`^[0-9a-f]{32}-${seller}--ADMIN_ENTERPRISE$`))
    expect(sessionId.length).toBeLessThanOrEqual(64)
    expect(await status(sessionId)).toBe('OK')
  })

  test('answers an empty ticket with HTTP 200 when a UsernameToken is sent', async () => {
    const { status: http, body } = await post(
      portal,
      'AuthService',
      envelope(`<q:createAuthTicketRequest><iin>${iin}</iin></q:createAuthTicketRequest>`, { iin, password }),
    )
    expect(http).toBe(200)
    expect(pick(body, 'authTicketXml')).toBe('')
  })

  test('says a security error without a UsernameToken and with a wrong password', async () => {
    const signed = signTicket(await askTicket(portal), key)
    const wrong = await createSessionSigned(portal, signed, { iin, password: 'other' })
    const without = await post(
      portal,
      'SessionService',
      envelope(
        `<q:createSessionSignedRequest><tin>${seller}</tin><signedAuthTicket>x</signedAuthTicket></q:createSessionSignedRequest>`,
      ),
    )
    for (const answer of [wrong, without]) {
      expect(answer.status).toBe(500)
      expect(pick(answer.body, 'faultcode')).toBe('ns1:SecurityError')
      expect(pick(answer.body, 'faultstring')).toBe(
        'A security error was encountered when verifying the message',
      )
    }
  })

  test('refuses a ticket that was changed after signing', async () => {
    const signed = signTicket(await askTicket(portal), key).replace(iin, '900101300027')
    const answer = await createSessionSigned(portal, signed)
    expect(pick(answer.body, 'description')).toBe('SIGNATURE_VERIFICATION_FAILED')
  })

  test('refuses an unsigned ticket, rubbish and a ticket that the portal never issued', async () => {
    const ticket = await askTicket(portal)
    const stranger = signTicket(ticket.replace(/<state>.*<\/state>/, '<state>00</state>'), key)
    expect(pick((await createSessionSigned(portal, ticket)).body, 'description')).toBe(
      'SIGNATURE_VERIFICATION_FAILED',
    )
    expect(pick((await createSessionSigned(portal, '<a')).body, 'description')).toBe(
      'SIGNATURE_VERIFICATION_FAILED',
    )
    expect(pick((await createSessionSigned(portal, stranger)).body, 'description')).toContain('тикета истёк')
  })

  test('refuses a ticket older than its time to live', async () => {
    const signed = signTicket(await askTicket(portal, iin, 1), key)
    portal.tick(61_000)
    expect(pick((await createSessionSigned(portal, signed)).body, 'description')).toContain('тикета истёк')
  })

  test("refuses another person's certificate", async () => {
    const other = await makeKey({ iin: '900101300027' })
    const answer = await createSessionSigned(portal, signTicket(await askTicket(portal), other))
    expect(answer.body).toContain('accessDeniedException')
  })

  test('leaves the judgement to a replaced check, as GOST keys need', async () => {
    const gost = await startPortal({
      verifyTicket: (signed) => ({ signedXml: signed, certificate: key.certificate }),
    })
    const answer = await createSessionSigned(gost, await askTicket(gost))
    expect(pick(answer.body, 'sessionId')).toBeDefined()
    await gost.stop()
  })
})

describe('one session for a user', () => {
  test('names the open session in the fault string of the second login', async () => {
    const first = await login(portal, key)
    const answer = await createSessionSigned(portal, signTicket(await askTicket(portal), key))
    expect(answer.status).toBe(500)
    expect(pick(answer.body, 'faultstring')).toBe(
      `Can't create a new user session. User already has opened session with id ${first}`,
    )
  })

  test('a person in the cabinet blocks the login, too', async () => {
    const sessionId = portal.openCabinetSession(iin, seller)
    await expect(login(portal, key)).rejects.toThrow(sessionId)
  })

  test('closeSession closes with the UsernameToken and quietly does nothing without it', async () => {
    const sessionId = await login(portal, key)
    const content = `<q:closeSessionRequest><sessionId>${sessionId}</sessionId></q:closeSessionRequest>`
    const without = await post(portal, 'SessionService', envelope(content))
    expect(without.status).toBe(200)
    expect(await status(sessionId)).toBe('OK')
    await post(portal, 'SessionService', envelope(content, { iin, password }))
    expect(await status(sessionId)).toBe('CLOSED')
    expect(await login(portal, key)).not.toBe(sessionId)
  })

  test('closeSessionByCredentials frees the user', async () => {
    const sessionId = await login(portal, key)
    await post(
      portal,
      'SessionService',
      envelope(
        `<q:closeSessionByCredentialsRequest><tin>${seller}</tin><x509Certificate>${key.certificate}</x509Certificate></q:closeSessionByCredentialsRequest>`,
        { iin, password },
      ),
    )
    expect(await status(sessionId)).toBe('CLOSED')
  })

  test('a session dies of idleness', async () => {
    const sessionId = await login(portal, key)
    portal.tick(31 * 60_000)
    expect(await status(sessionId)).toBe('CLOSED')
    expect(await status('nobody')).toBe('NOT_FOUND')
  })
})

describe('the old login', () => {
  test('refuses an expired certificate unless dates are ignored', async () => {
    const expired = await makeKey({ iin }, { from: new Date('2017-12-12Z'), to: new Date('2018-12-12Z') })
    await expect(login(portal, expired)).rejects.toThrow('CERTIFICATE_EXPIRED')
    const lenient = await startPortal({ certificateDates: 'ignored' })
    expect(await login(lenient, expired)).toContain(seller)
    await lenient.stop()
  })

  test('refuses a GOST-2015 key, which the ticket login alone can use', async () => {
    const gost = await makeKey({ iin, keyAlgorithm: '1.2.398.3.10.1.1.2.2' })
    await expect(login(portal, gost)).rejects.toThrow('METHOD_NOT_SUPPORT_GOST_2015')
  })

  test('refuses an enterprise that the person does not act for', async () => {
    await expect(login(portal, key, iin, '260140000604')).rejects.toThrow('ENTERPRISE_NOT_FOUND_FOR_USER')
  })

  test('tells who is logged in and for whom', async () => {
    const sessionId = await login(portal, key)
    const user = await post(
      portal,
      'SessionService',
      envelope(`<q:currentUserRequest><sessionId>${sessionId}</sessionId></q:currentUserRequest>`),
    )
    expect(pick(user.body, 'login')).toBe(iin)
    const profiles = await post(
      portal,
      'SessionService',
      envelope(
        `<q:currentUserProfilesRequest><sessionId>${sessionId}</sessionId></q:currentUserProfilesRequest>`,
      ),
    )
    expect(pick(profiles.body, 'tin')).toBe(seller)
  })
})

describe('the door', () => {
  test('answers the version without a session', async () => {
    const { body } = await post(portal, 'VersionService', envelope('<q:esfVersionRequest/>'))
    expect(pick(body, 'version')).toBe('InvoiceV2')
  })

  test.each([
    ['not XML', 'hello'],
    ['a DOCTYPE', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['an empty body', ''],
    ['another envelope', '<a/>'],
    ['no operation', envelope('')],
    ['an unknown operation', envelope('<q:dropAllRequest/>')],
    ['an operation of another namespace', envelope('<esfVersionRequest/>')],
    [
      'deep nesting',
      envelope(`<q:esfVersionRequest>${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}</q:esfVersionRequest>`),
    ],
    [
      'ids of a prototype',
      envelope('<q:esfVersionRequest><__proto__ id="__proto__"/></q:esfVersionRequest>'),
    ],
  ])('answers a fault to %s', async (_, body) => {
    const answer = await post(portal, 'VersionService', body)
    expect(answer.status).toBe(500)
    expect(pick(answer.body, 'faultcode')).toMatch(/^soap:/)
    expect(answer.body).not.toContain('.ts:')
  })

  test('names the wrong element in the words of the validator', async () => {
    const { body } = await post(
      portal,
      'AuthService',
      envelope(
        `<q:createAuthTicketRequest><ttlInMinutes>5</ttlInMinutes><iin>${iin}</iin></q:createAuthTicketRequest>`,
      ),
    )
    expect(pick(body, 'faultstring')).toContain(
      "cvc-complex-type.2.4.a: Invalid content was found starting with element 'ttlInMinutes'",
    )
  })

  test('survives a gzip header on plain bytes and a request for //', async () => {
    expect((await post(portal, 'VersionService', 'x', { 'content-encoding': 'gzip' })).status).toBe(415)
    expect((await fetch(`http://127.0.0.1:${portal.port}//`)).status).toBe(404)
    expect((await post(portal, 'VersionService', envelope('<q:esfVersionRequest/>'))).status).toBe(200)
  })

  test('counts calls and logins by day', async () => {
    await login(portal, key)
    await post(portal, 'VersionService', envelope('<q:esfVersionRequest/>'))
    expect(portal.calls()).toMatchObject({
      total: 2,
      logins: 1,
      byOperation: { createSession: 1, esfVersion: 1 },
      byDay: { '2026-03-10': 2 },
    })
    expect(portal.now()).toEqual(noon)
  })

  test('refuses calls over the daily budget when one is set', async () => {
    const small = await startPortal({ callsPerDay: 2 })
    const probe = (): Promise<number> =>
      post(small, 'VersionService', envelope('<q:esfVersionRequest/>')).then((answer) => answer.status)
    expect([await probe(), await probe(), await probe()]).toEqual([200, 200, 429])
    small.tick(86_400_000)
    expect(await probe()).toBe(200)
    await small.stop()
  })
})
