import { describe, expect, it } from '@jest/globals'
import { sha256 } from '../../../src/adapters/host/sha256.ts'
import { uuidIds } from '../../../src/adapters/host/uuid-ids.ts'
import { MemoryExchangeLog } from '../../../src/adapters/memory/exchange-log.ts'
import type { ExchangeEntry } from '../../../src/core/exchange/index.ts'
import { ExchangeRecorder, type RecorderOptions } from '../../../src/jobs/index.ts'

type Draft = Parameters<ExchangeRecorder['record']>[0]

const draft = (request: string | Uint8Array = 'a', response = 'b', given: Partial<Draft> = {}): Draft => ({
  id: uuidIds.next(),
  at: new Date(),
  durationMs: 1,
  direction: 'in',
  door: 'rest',
  operation: 'sendDocument',
  requestId: 'request-1',
  method: 'POST',
  target: '/api/v1/documents/act',
  status: 200,
  codes: [],
  request: { head: {}, bytes: Buffer.from(request) },
  response: { head: {}, bytes: Buffer.from(response) },
  ...given,
})

const recording = (options: Partial<RecorderOptions> = {}, log = new MemoryExchangeLog()) => {
  const counts: Record<string, number> = {}
  const recorder = new ExchangeRecorder(
    { log, hasher: sha256, counted: (what, count) => (counts[what] = (counts[what] ?? 0) + count) },
    options,
  )
  const text = async (id: string, side: 'request' | 'response') => {
    const bytes = await log.bytes(id, side)
    return bytes && Buffer.from(bytes).toString()
  }
  return { log, recorder, counts, text }
}

describe('the recorder of exchanges', () => {
  it('writes what it is told, whole, with digests', async () => {
    const { recorder, log, text, counts } = recording()
    const one = draft('запрос', 'ответ')
    recorder.record(one)
    expect(await log.byId(one.id)).toBeUndefined()
    await recorder.flush()
    expect((await log.byId(one.id))?.request).toMatchObject({
      size: 12,
      kept: 'whole',
      digest: sha256.digest(Buffer.from('запрос')),
    })
    expect([await text(one.id, 'request'), await text(one.id, 'response')]).toEqual(['запрос', 'ответ'])
    expect(counts).toEqual({ kept: 1 })
  })

  it('blots out keys and webhook secrets, letter for letter, and keeps nothing of a secret side', async () => {
    const { recorder, log, text } = recording()
    const key = 'dnk_test_ABCDEFGH_0123456789abcdef_0a0b0c0d'
    const one = draft(`{"key":"${key}"}`, '{"secret":"whsec_c2VjcmV0+/="}')
    const two = draft('x', 'password')
    two.response.isSecret = true
    recorder.record(one)
    recorder.record(two)
    await recorder.flush()
    expect(await text(one.id, 'request')).toBe(`{"key":"dnk_${'*'.repeat(key.length - 4)}"}`)
    expect(await text(one.id, 'response')).toBe('{"secret":"whsec_***********"}')
    expect((await log.byId(one.id))?.request.blotted).toBe(true)
    expect(await text(two.id, 'response')).toBeUndefined()
    expect((await log.byId(two.id))?.response).toMatchObject({ kept: 'none', blotted: true, size: 8 })
    // The caller's own bytes are not touched.
    expect(Buffer.from(one.request.bytes ?? []).toString()).toContain(key)
  })

  it('cuts what is too long and says so', async () => {
    const { recorder, log, text } = recording({ maxBodyBytes: 4 })
    const one = draft('123456', '1234')
    recorder.record(one)
    await recorder.flush()
    expect((await log.byId(one.id))?.request).toMatchObject({ kept: 'cut', size: 6 })
    expect(await text(one.id, 'request')).toBe('1234')
    expect((await log.byId(one.id))?.response.kept).toBe('whole')
  })

  it('leaves bodies out when memory is short, then lines, and counts both', async () => {
    const { recorder, log, counts, text } = recording({ maxBufferedBytes: 10, maxLines: 3, batch: 100 })
    const lines = [draft('12345', '12345'), draft('x', ''), draft('', ''), draft()]
    for (const one of lines) recorder.record(one)
    await recorder.flush()
    expect(counts).toEqual({ 'bodies-dropped': 1, dropped: 1, kept: 3 })
    expect(await text(lines[1]?.id ?? '', 'request')).toBeUndefined()
    expect((await log.byId(lines[1]?.id ?? ''))?.request).toMatchObject({ kept: 'none', size: 1 })
    expect(await log.byId(lines[3]?.id ?? '')).toBeUndefined()
    // What was written made room.
    const later = draft('12345', '12345')
    recorder.record(later)
    await recorder.flush()
    expect(await text(later.id, 'request')).toBe('12345')
  })

  it('tries again when the store was away, and writes the rest when it is stopped', async () => {
    class Moody extends MemoryExchangeLog {
      isAway = true
      override append(entries: readonly ExchangeEntry[]): Promise<void> {
        if (!this.isAway) return super.append(entries)
        this.isAway = false
        return Promise.reject(new Error('away'))
      }
    }
    const log = new Moody()
    const { recorder, counts } = recording({}, log)
    const [one, two] = [draft(), draft()]
    recorder.record(one)
    const flushed = recorder.flush()
    recorder.record(two)
    await flushed
    await recorder.stop()
    recorder.record(draft())
    expect([(await log.byId(one.id))?.id, (await log.byId(two.id))?.id]).toEqual([one.id, two.id])
    expect(counts).toEqual({ kept: 2, dropped: 1 })
  })
})
