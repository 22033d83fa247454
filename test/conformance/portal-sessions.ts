import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { CallBudget, PortalSessions } from '../../src/core/mirror/index.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 3, 1, 6, 0, 0) + seconds * 1_000)

/** The promises of `PortalSessions` and `CallBudget`. */
export const portalSessionsConformance = (
  name: string,
  open: () => Promise<{ sessions: PortalSessions; budget: CallBudget; close(): Promise<void> }>,
): void => {
  describe(`${name} shares sessions and the budget of calls`, () => {
    let under: Awaited<ReturnType<typeof open>>

    beforeEach(async () => {
      under = await open()
    })
    afterEach(() => under.close())

    const session = (sessionId: string) => ({
      user: '880101300123',
      taxId: '260140000114',
      sessionId,
      openedAt: at(0),
    })

    it('has one session a user', async () => {
      expect(await under.sessions.current('880101300123')).toBeUndefined()
      await under.sessions.put(session('a'))
      await under.sessions.put(session('b'))
      expect(await under.sessions.current('880101300123')).toEqual(session('b'))
    })

    it('forgets a session only while it is the current one', async () => {
      await under.sessions.put(session('b'))
      await under.sessions.drop('880101300123', 'a')
      expect(await under.sessions.current('880101300123')).toEqual(session('b'))
      await under.sessions.drop('880101300123', 'b')
      expect(await under.sessions.current('880101300123')).toBeUndefined()
    })

    it('gives out as many calls a day as the limit, over all kinds', async () => {
      const take = (kind: string, day = '2026-04-01') => under.budget.takeCall({ day, kind, perDay: 3 })
      expect(await take('upload')).toEqual({ taken: true, spent: 1 })
      expect(await take('ask')).toEqual({ taken: true, spent: 2 })
      expect(await take('ask')).toEqual({ taken: true, spent: 3 })
      expect(await take('upload')).toEqual({ taken: false, spent: 3 })
      expect(await take('upload', '2026-04-02')).toMatchObject({ taken: true })
      const spent = await under.budget.spent('2026-04-01')
      expect(spent).toEqual(
        expect.arrayContaining([
          { kind: 'upload', calls: 1 },
          { kind: 'ask', calls: 2 },
        ]),
      )
      expect(spent.length).toBe(2)
    })

    it('never gives out more when many ask at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          under.budget.takeCall({ day: '2026-04-03', kind: `k${index % 3}`, perDay: 7 }),
        ),
      )
      expect(answers.filter(({ taken }) => taken).length).toBe(7)
    })

    it('lets a user log in once in the interval', async () => {
      const login = (seconds: number, user = '880101300123') =>
        under.budget.takeLogin({ user, now: at(seconds), everyMs: 300_000 })
      expect(await login(0)).toEqual({ taken: true })
      expect(await login(299)).toEqual({ taken: false, again: at(300) })
      expect(await login(299, '900101300123')).toEqual({ taken: true })
      expect(await login(300)).toEqual({ taken: true })
      expect(await login(301)).toEqual({ taken: false, again: at(600) })
      await under.budget.returnLogin('880101300123')
      expect(await login(302)).toEqual({ taken: true })
    })
  })
}
