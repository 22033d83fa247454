import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Leases } from '../../src/core/kernel/index.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 15, 12, 0, 0) + seconds * 1_000)

/** The promises of `Leases`. */
export const leasesConformance = (
  name: string,
  open: () => Promise<{ leases: Leases; close(): Promise<void> }>,
): void => {
  describe(`${name} keeps leases`, () => {
    let under: Awaited<ReturnType<typeof open>>
    let leases: Leases

    beforeEach(async () => {
      under = await open()
      leases = under.leases
    })
    afterEach(() => under.close())

    const acquire = (holder: string, seconds: number) =>
      leases.acquire('leader', { holder, now: at(seconds), ttlMs: 10_000 })

    it('has one holder at a time', async () => {
      expect(await acquire('a', 0)).toMatchObject({ held: true })
      expect(await acquire('b', 9)).toMatchObject({ held: false })
      expect(await acquire('b', 10)).toMatchObject({ held: true })
      expect(await acquire('a', 11)).toMatchObject({ held: false })
    })

    it('is prolonged by its holder under the same token', async () => {
      const first = await acquire('a', 0)
      const second = await acquire('a', 8)
      expect(second).toEqual({ held: true, token: first.token })
      expect(await acquire('b', 17)).toMatchObject({ held: false })
    })

    it('gives every new holder a greater token', async () => {
      const tokens = [await acquire('a', 0), await acquire('b', 20), await acquire('a', 40)].map(
        ({ token }) => BigInt(token),
      )
      expect(tokens[1]! > tokens[0]! && tokens[2]! > tokens[1]!).toBe(true)
    })

    it('gives a greater token after a release too', async () => {
      const first = await acquire('a', 0)
      await leases.release('leader', 'a')
      const second = await acquire('b', 1)
      expect(second.held).toBe(true)
      expect(BigInt(second.token) > BigInt(first.token)).toBe(true)
    })

    it('is not released by somebody else', async () => {
      await acquire('a', 0)
      await leases.release('leader', 'b')
      expect(await acquire('b', 1)).toMatchObject({ held: false })
    })

    it('has one winner among many at once', async () => {
      const tries = await Promise.all(Array.from({ length: 8 }, (_, n) => acquire(`replica ${n}`, 0)))
      expect(tries.filter(({ held }) => held)).toHaveLength(1)
    })

    it('knows names apart', async () => {
      await acquire('a', 0)
      expect(await leases.acquire('other', { holder: 'b', now: at(0), ttlMs: 10_000 })).toMatchObject({
        held: true,
      })
    })
  })
}
