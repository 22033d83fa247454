import type { SimulatorUser } from './options.ts'
import type { Portal } from './portal.ts'
import type { Content } from './schema.ts'
import type { Handler, ServiceCall } from './service.ts'
import { readCertificate, readTicket, verifyRsaTicket } from './signatures.ts'
import type { PortalCertificate } from './signatures.ts'
import { SoapFault } from './soap.ts'
import type { SessionRow } from './state.ts'
import { child, childText, escapeXml } from './xml.ts'

/** Minutes a ticket may live [W]. */
const ticketTtl = { least: 1, usual: 30, most: 1440 }

export const authHandlers = (portal: Portal): Record<string, Handler> => ({
  createAuthTicket: ({ payload, security }) => {
    // With a UsernameToken the live portal answers HTTP 200 and an empty ticket [L 06.2026].
    if (security !== undefined) return { authTicketXml: '' }
    const iin = childText(payload, 'iin') ?? ''
    const ttlMinutes = Number(childText(payload, 'ttlInMinutes') ?? ticketTtl.usual)
    if (ttlMinutes < ticketTtl.least || ttlMinutes > ticketTtl.most) {
      throw SoapFault.declared('business', 'FIELD_INVALID: ttlInMinutes')
    }
    if (portal.user(iin) === undefined) throw SoapFault.declared('business', 'USER_NOT_FOUND')
    const state = portal.nextHex()
    portal.rememberTicket(state, iin, ttlMinutes)
    return {
      authTicketXml: `<authSign><timeMark>${portal.now().getTime()}</timeMark><state>${state}</state><iin>${escapeXml(iin)}</iin><ttlInMinutes>${ttlMinutes}</ttlInMinutes></authSign>`,
    }
  },
})

export const sessionHandlers = (portal: Portal): Record<string, Handler> => ({
  createSession: (call) => {
    const user = authenticate(portal, call)
    checkLoginCertificate(
      portal,
      user,
      readCertificate(childText(call.payload, 'x509Certificate') ?? ''),
      'old',
    )
    return open(portal, user, call)
  },

  createSessionSigned: async (call) => {
    const user = authenticate(portal, call)
    await checkTicket(portal, user, call)
    return open(portal, user, call)
  },

  closeSession: ({ payload, security }) => {
    const session = portal.state.sessions.get(childText(payload, 'sessionId') ?? '')
    if (session === undefined) return { status: 'NOT_FOUND' }
    const user = portal.user(security?.username)
    // Without its owner's UsernameToken nothing is said and nothing is closed: sessions pile up [L].
    if (user === undefined || user.password !== security?.password || user.iin !== session.iin) {
      return { status: session.open ? 'OK' : 'CLOSED' }
    }
    portal.closeSession(session, 'closeSession')
    return { status: 'CLOSED' }
  },

  closeSessionByCredentials: (call) => {
    const user = authenticate(portal, call)
    checkLoginCertificate(
      portal,
      user,
      readCertificate(childText(call.payload, 'x509Certificate') ?? ''),
      'old',
    )
    return closeOf(portal, user)
  },

  closeSessionBySignedCredentials: async (call) => {
    const user = authenticate(portal, call)
    await checkTicket(portal, user, call)
    return closeOf(portal, user)
  },

  currentSessionStatus: ({ payload }) => {
    const session = portal.state.sessions.get(childText(payload, 'sessionId') ?? '')
    if (session === undefined) return { status: 'NOT_FOUND' }
    return { status: session.open ? 'OK' : 'CLOSED' }
  },

  currentUser: ({ payload }) => {
    const session = portal.session(childText(payload, 'sessionId'))
    return { user: userContent(portal, session) }
  },

  currentUserProfiles: ({ payload }) => {
    const session = portal.session(childText(payload, 'sessionId'))
    const tins = portal.user(session.iin)?.tins ?? []
    return {
      profileInfoList: {
        profileInfo: tins.map((tin) => ({
          iin: session.iin,
          tin,
          businessProfileType: usualProfile(session.iin, tin),
          status: 'ACTIVE',
          type: 'GENERAL',
        })),
      },
    }
  },
})

/** The UsernameToken: IIN and the password of the cabinet [L]. */
const authenticate = (portal: Portal, { security }: ServiceCall): SimulatorUser => {
  const user = portal.user(security?.username)
  if (user === undefined || user.password !== security?.password) throw SoapFault.security()
  return user
}

const checkLoginCertificate = (
  portal: Portal,
  user: SimulatorUser,
  certificate: PortalCertificate | undefined,
  login: 'old' | 'ticket',
): void => {
  if (certificate === undefined) throw SoapFault.declared('business', 'CERTIFICATE_INVALID_FORMAT')
  if (login === 'old' && certificate.isGost2015) {
    throw SoapFault.declared('business', 'METHOD_NOT_SUPPORT_GOST_2015')
  }
  if (portal.options.certificateDates !== 'ignored') {
    if (certificate.validTo < portal.now()) throw SoapFault.declared('business', 'CERTIFICATE_EXPIRED')
    if (certificate.validFrom > portal.now())
      throw SoapFault.declared('business', 'CERTIFICATE_NOT_YET_VALID')
  }
  if (certificate.iin !== undefined && certificate.iin !== user.iin) {
    throw SoapFault.declared('accessDenied', 'IIN_NOT_VALID')
  }
}

const checkTicket = async (portal: Portal, user: SimulatorUser, { payload }: ServiceCall): Promise<void> => {
  const signed = child(payload, 'signedAuthTicket')?.text ?? ''
  const verified = await (portal.options.verifyTicket ?? verifyRsaTicket)(signed)
  if (verified === undefined) throw SoapFault.declared('business', 'SIGNATURE_VERIFICATION_FAILED')
  const ticket = readTicket(verified.signedXml)
  if (ticket === undefined) throw SoapFault.declared('business', 'WRONG_XML_FORMAT')
  const owner = portal.ticketOwner(ticket.state)
  if (owner === undefined) throw SoapFault.declared('business', 'Срок действия тикета истёк')
  if (owner !== ticket.iin || owner !== user.iin) throw SoapFault.declared('accessDenied', 'IIN_NOT_VALID')
  checkLoginCertificate(portal, user, readCertificate(verified.certificate), 'ticket')
}

const open = (portal: Portal, user: SimulatorUser, { payload }: ServiceCall): Content => {
  const tin = childText(payload, 'tin') ?? ''
  if (tin !== user.iin && !user.tins.includes(tin)) {
    throw SoapFault.declared('accessDenied', 'ENTERPRISE_NOT_FOUND_FOR_USER')
  }
  const current = portal.state.openSessionOf(user.iin)
  if (current !== undefined) {
    // The fault string itself carries the id, without a detail; clients cut it out [L].
    throw new SoapFault(
      'soap:Server',
      `Can't create a new user session. User already has opened session with id ${current.id}`,
    )
  }
  const profile = childText(payload, 'businessProfileType') ?? usualProfile(user.iin, tin)
  return { sessionId: portal.openSession(user.iin, tin, profile).id }
}

const closeOf = (portal: Portal, user: SimulatorUser): Content => {
  const session = portal.state.openSessionOf(user.iin)
  if (session === undefined) return { status: 'NOT_FOUND' }
  portal.closeSession(session, 'closeSessionByCredentials')
  return { status: 'CLOSED' }
}

const usualProfile = (iin: string, tin: string): string => (iin === tin ? 'ENTREPRENEUR' : 'ADMIN_ENTERPRISE')

const userContent = (portal: Portal, session: SessionRow): Content => {
  const taxpayer = portal.taxpayer(session.tin)
  return {
    login: session.iin,
    status: 'ACTIVE',
    reason: '',
    taxpayer: {
      tin: session.tin,
      nameRu: taxpayer?.name,
      certificateSeries: taxpayer?.certificate?.series,
      certificateNum: taxpayer?.certificate?.number,
      resident: true,
      type: session.iin === session.tin ? 'INDIVIDUAL_ENTREPRENEUR' : 'PRIVATE_ENTERPRISE',
      resourceUser: false,
    },
  }
}
