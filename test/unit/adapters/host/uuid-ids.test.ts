import { describe, expect, it } from '@jest/globals'
import { uuidIds } from '../../../../src/adapters/host/uuid-ids.ts'

describe('ids', () => {
  const ids = Array.from({ length: 20_000 }, () => uuidIds.next())

  it('are UUIDs of version 7', () => {
    const wrong = ids.filter(
      (id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id),
    )
    expect(wrong).toEqual([])
  })

  it('sort in the order they were made, many within one millisecond', () => {
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids.map((id) => id.slice(0, 13))).size).toBeLessThan(ids.length / 10)
  })

  it('are never the same and their random part does not repeat with the pool', () => {
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(ids.map((id) => id.slice(-10))).size).toBeGreaterThan(ids.length * 0.999)
  })

  it('carry the time', () => {
    const [id = ''] = ids
    const at = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
    expect(Math.abs(Date.now() - at)).toBeLessThan(60_000)
  })
})
