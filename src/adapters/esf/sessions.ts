import { UpstreamError } from '../../core/kernel/index.ts'
import type { Clock, Leases } from '../../core/kernel/index.ts'
import type { CallBudget, PortalSession, PortalSessions } from '../../core/mirror/index.ts'
import type { PortalAccount } from './account.ts'
import { SessionOver } from './caller.ts'
import type { PortalCaller } from './caller.ts'
import { field } from './envelope.ts'
import { textOf } from './xml.ts'

export interface SessionOptions {
  /** KGD asks to open a session at most once in five minutes. */
  loginEveryMs: number
  timeoutMs: number
  /** Names this process in the lease of a login. */
  holder: string
}

/**
 * The one session that the portal allows a user, shared by all replicas: kept as a row, opened by whoever
 * holds the lease of the login, reused when somebody else has opened it.
 */
export class SharedSessions {
  readonly #options: SessionOptions
  readonly #caller: PortalCaller
  readonly #sessions: PortalSessions
  readonly #leases: Leases
  readonly #budget: CallBudget
  readonly #clock: Clock
  /** Logins of this process under way, so that a hundred steps wait for one. */
  readonly #opening = new Map<string, Promise<PortalSession>>()

  constructor(
    options: SessionOptions,
    deps: {
      caller: PortalCaller
      sessions: PortalSessions
      leases: Leases
      budget: CallBudget
      clock: Clock
    },
  ) {
    this.#options = options
    this.#caller = deps.caller
    this.#sessions = deps.sessions
    this.#leases = deps.leases
    this.#budget = deps.budget
    this.#clock = deps.clock
  }

  /** The session to use for the account; logs in when there is none. Throws `UpstreamError`. */
  async of(account: PortalAccount): Promise<PortalSession> {
    const current = await this.#sessions.current(account.user)
    if (current?.taxId === account.taxId) return current
    const under = `${account.user} ${account.taxId}`
    const opening = this.#opening.get(under)
    if (opening !== undefined) return opening
    const promise = this.#open(account).finally(() => this.#opening.delete(under))
    this.#opening.set(under, promise)
    return promise
  }

  /** The portal says that the session is over: nobody shall use it again. */
  async over(session: PortalSession): Promise<void> {
    await this.#sessions.drop(session.user, session.sessionId)
  }

  /** Closes the account's session, if one is known. The portal allows a user one session, also in the browser. */
  async close(account: PortalAccount): Promise<void> {
    const session = await this.#sessions.current(account.user)
    if (session?.taxId !== account.taxId) return
    await this.#closeAtPortal(account, session.sessionId)
    await this.#sessions.drop(account.user, session.sessionId)
  }

  async #open(account: PortalAccount): Promise<PortalSession> {
    const lease = `portal-login:${account.user}`
    const { held } = await this.#leases.acquire(lease, {
      holder: this.#options.holder,
      now: this.#clock.now(),
      // A login is at most five calls.
      ttlMs: this.#options.timeoutMs * 5,
    })
    if (!held) {
      throw new UpstreamError('busy', 'portal', 'another replica is logging in', { retryAfterMs: 2_000 })
    }
    try {
      const current = await this.#sessions.current(account.user)
      if (current?.taxId === account.taxId) return current
      return await this.#login(account, current)
    } finally {
      await this.#leases.release(lease, this.#options.holder)
    }
  }

  async #login(account: PortalAccount, other: PortalSession | undefined): Promise<PortalSession> {
    const now = this.#clock.now()
    const login = await this.#budget.takeLogin({
      user: account.user,
      now,
      everyMs: this.#options.loginEveryMs,
    })
    if (!login.taken) {
      throw new UpstreamError('busy', 'portal', 'too early for another login', {
        retryAfterMs: login.again.getTime() - now.getTime(),
      })
    }
    try {
      // The same person works for another company of ours: the session moves, because there may be only one.
      if (other !== undefined) {
        await this.#closeAtPortal(account, other.sessionId)
        await this.#sessions.drop(other.user, other.sessionId)
      }
      const sessionId = await this.#create(account)
      const session = { user: account.user, taxId: account.taxId, sessionId, openedAt: this.#clock.now() }
      await this.#sessions.put(session)
      return session
    } catch (error) {
      // A refusal stays counted: a wrong password tried again and again locks the person out.
      if (!(error instanceof UpstreamError && error.word === 'refused')) {
        await this.#budget.returnLogin(account.user)
      }
      throw error
    }
  }

  /** Opens a session, or takes over the one that is open already. */
  async #create(account: PortalAccount): Promise<string> {
    try {
      return await this.#createOnce(account)
    } catch (error) {
      const openId = openSessionIn(error)
      if (openId === undefined) throw error
      // Opened by another program with this key, or by a call of ours whose answer was lost.
      if (belongsTo(openId, account) && (await this.#isAlive(account, openId))) return openId
      await this.#closeAtPortal(account, openId)
      return await this.#createOnce(account)
    }
  }

  async #createOnce(account: PortalAccount): Promise<string> {
    const { user, password } = account
    const ticketLogin = account.login === 'ticket'
    const proof = ticketLogin
      ? field('signedAuthTicket', await this.#signedTicket(account))
      : field('x509Certificate', account.key.certificate)
    const answer = await this.#caller.call({
      service: 'SessionService',
      operation: ticketLogin ? 'createSessionSigned' : 'createSession',
      content:
        field('tin', account.taxId) +
        field('businessProfileType', account.profile) +
        proof +
        field('sourceType', 'OTHER'),
      credentials: { user, password },
      timeoutMs: this.#options.timeoutMs,
      isQuestion: true,
      ...(ticketLogin ? { answer: 'createSessionResponse' } : {}),
    })
    const sessionId = textOf(answer, 'sessionId')
    if (sessionId === undefined) {
      throw new UpstreamError('unreachable', 'portal', 'the portal opened a session and did not name it')
    }
    return sessionId
  }

  async #signedTicket(account: PortalAccount): Promise<string> {
    // Without WS-Security: with it the portal answers an empty ticket.
    const answer = await this.#caller.call({
      service: 'AuthService',
      operation: 'createAuthTicket',
      content: field('iin', account.user),
      timeoutMs: this.#options.timeoutMs,
      isQuestion: true,
    })
    const ticket = textOf(answer, 'authTicketXml')
    if (ticket === undefined) {
      throw new UpstreamError('unreachable', 'portal', 'the portal answered an empty ticket')
    }
    return account.key.signTicket(ticket)
  }

  async #isAlive(account: PortalAccount, sessionId: string): Promise<boolean> {
    return (await this.#statusAfter('currentSessionStatus', account, sessionId)) === 'OK'
  }

  async #closeAtPortal(account: PortalAccount, sessionId: string): Promise<void> {
    await this.#statusAfter('closeSession', account, sessionId)
  }

  /** Both need the UsernameToken: without it nothing is closed, silently, and sessions pile up. */
  async #statusAfter(
    operation: 'currentSessionStatus' | 'closeSession',
    { user, password }: PortalAccount,
    sessionId: string,
  ): Promise<string | undefined> {
    try {
      const answer = await this.#caller.call({
        service: 'SessionService',
        operation,
        content: field('sessionId', sessionId),
        credentials: { user, password },
        timeoutMs: this.#options.timeoutMs,
        isQuestion: true,
      })
      return textOf(answer, 'status')
    } catch (error) {
      // For a dead session the live portal faults instead of answering CLOSED.
      if (error instanceof SessionOver) return 'CLOSED'
      throw error
    }
  }
}

/** "Can't create a new user session. User already has opened session with id <sessionId>" in any spelling of can't. */
const openSessionIn = (error: unknown): string | undefined =>
  error instanceof Error
    ? /already has opened session with id\s+([\w-]{8,128})/i.exec(error.message)?.[1]
    : undefined

/** Ids end in `-<БИН>-<profile>`; one without it may be anybody's. */
const belongsTo = (sessionId: string, { taxId }: PortalAccount): boolean =>
  new RegExp(`-${taxId}-`).test(sessionId)
