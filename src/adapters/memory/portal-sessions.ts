import type { CallBudget, PortalSession, PortalSessions } from '../../core/mirror/index.ts'

/** Twin of the session table. */
export class MemoryPortalSessions implements PortalSessions {
  private readonly rows = new Map<string, PortalSession>()

  async current(user: string) {
    return this.rows.get(user)
  }

  async put(session: PortalSession) {
    this.rows.set(session.user, session)
  }

  async drop(user: string, sessionId: string) {
    if (this.rows.get(user)?.sessionId === sessionId) this.rows.delete(user)
  }
}

/** Twin of the tables that count calls and logins. */
export class MemoryCallBudget implements CallBudget {
  private readonly days = new Map<string, Map<string, number>>()
  private readonly logins = new Map<string, Date>()

  async takeCall({ day, kind, perDay }: { day: string; kind: string; perDay: number }) {
    const kinds = this.days.get(day) ?? new Map<string, number>()
    this.days.set(day, kinds)
    const spent = [...kinds.values()].reduce((sum, calls) => sum + calls, 0)
    if (spent >= perDay) return { taken: false, spent }
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    return { taken: true, spent: spent + 1 }
  }

  async takeLogin({ user, now, everyMs }: { user: string; now: Date; everyMs: number }) {
    const again = new Date((this.logins.get(user)?.getTime() ?? -Infinity) + everyMs)
    if (again > now) return { taken: false as const, again }
    this.logins.set(user, now)
    return { taken: true as const }
  }

  async returnLogin(user: string) {
    this.logins.delete(user)
  }

  async spent(day: string) {
    return [...(this.days.get(day) ?? [])].map(([kind, calls]) => ({ kind, calls }))
  }
}
