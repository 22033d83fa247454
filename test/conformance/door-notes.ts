import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { DoorNotes } from '../../src/core/exchange/index.ts'

/** The promises of `DoorNotes`. */
export const doorNotesConformance = (
  name: string,
  open: () => Promise<{
    notes: DoorNotes
    /** Two connections that exist. */
    connections: readonly [string, string]
    close(): Promise<void>
  }>,
): void => {
  describe(`${name} keeps what doors remember`, () => {
    let under: Awaited<ReturnType<typeof open>>
    const at = (key: string, { door = 'enterprisedata', of = 0 }: { door?: string; of?: 0 | 1 } = {}) => ({
      connectionId: under.connections[of],
      door,
      key,
    })

    beforeEach(async () => {
      under = await open()
    })
    afterEach(() => under.close())

    it('gives back what was written, and nothing where nothing was', async () => {
      expect(await under.notes.read(at('received'))).toBeUndefined()
      expect(await under.notes.write(at('received'), { number: 7, of: ['а', null] }, 0)).toBe(true)
      expect(await under.notes.read(at('received'))).toEqual({
        key: 'received',
        value: { number: 7, of: ['а', null] },
        revision: 1,
      })
    })

    it('refuses a writer who has not seen the last value', async () => {
      expect(await under.notes.write(at('received'), 1, 0)).toBe(true)
      expect(await under.notes.write(at('received'), 2, 0)).toBe(false)
      expect(await under.notes.write(at('received'), 2, 1)).toBe(true)
      expect(await under.notes.write(at('received'), 3, 1)).toBe(false)
      expect(await under.notes.write(at('never'), 3, 1)).toBe(false)
      expect((await under.notes.read(at('received')))?.value).toBe(2)
    })

    it('lets one of many win', async () => {
      const won = await Promise.all([1, 2, 3, 4, 5].map((value) => under.notes.write(at('race'), value, 0)))
      expect(won.filter(Boolean)).toHaveLength(1)
    })

    it('keeps connections and doors apart', async () => {
      await under.notes.write(at('k'), 'mine', 0)
      expect(await under.notes.read(at('k', { of: 1 }))).toBeUndefined()
      expect(await under.notes.read(at('k', { door: 'commerceml' }))).toBeUndefined()
      expect(await under.notes.list({ ...at('', { of: 1 }), prefix: '' }, { limit: 10 })).toEqual([])
    })

    it('lists by prefix, in order, page by page', async () => {
      for (const key of ['doc/b', 'doc/a', 'doc/c', 'other', 'doc/Б'])
        await under.notes.write(at(key), key, 0)
      const list = (page: { after?: string; limit: number }) =>
        under.notes.list({ ...at(''), prefix: 'doc/' }, page)
      expect((await list({ limit: 2 })).map(({ key }) => key)).toEqual(['doc/a', 'doc/b'])
      expect((await list({ after: 'doc/b', limit: 5 })).map(({ key }) => key)).toEqual(['doc/c', 'doc/Б'])
    })

    it('removes, and does not mind removing again', async () => {
      await under.notes.write(at('k'), 1, 0)
      await under.notes.remove(at('k'))
      await under.notes.remove(at('k'))
      expect(await under.notes.read(at('k'))).toBeUndefined()
      expect(await under.notes.write(at('k'), 2, 0)).toBe(true)
    })
  })
}
