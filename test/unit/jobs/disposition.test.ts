import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { taskKinds, UpstreamError } from '../../../src/core/kernel/index.ts'
import type { StepOutcome, TaskKind, UpstreamWord } from '../../../src/core/kernel/index.ts'
import { backoffMs, dispose, isPoison, patience, type Ending } from '../../../src/jobs/disposition.ts'

const now = new Date('2026-01-15T12:00:00Z')
const at = { now, random: 0.5 }
const task = (kind: TaskKind, attempts = 1) => ({ kind, attempts })
const said = (word: UpstreamWord, options: ConstructorParameters<typeof UpstreamError>[3] = {}): Ending => ({
  thrown: new UpstreamError(word, 'portal', `the portal said ${word}`, options),
})
const dueIn = (ms: number) => new Date(now.getTime() + ms)
const record = async () => {}

describe('the disposition of an attempt', () => {
  it('settles what is done', () => {
    const ended = dispose(task('sign'), { outcome: { word: 'done', note: 'signed', record } }, at)
    expect(ended).toMatchObject({ word: 'done', settlement: { state: 'done' }, givenUp: false })
  })

  it('snoozes what is waiting, without costing an attempt', () => {
    const outcome: StepOutcome = { word: 'waiting', note: 'they are at it', askAgainInMs: 7_000 }
    expect(dispose(task('mirror', 900), { outcome }, at).settlement).toEqual({
      state: 'due',
      dueAt: dueIn(7_000),
      countsAttempt: false,
    })
  })

  it('never snoozes for nothing or for ever', () => {
    const asked = (askAgainInMs: number) =>
      dispose(task('mirror'), { outcome: { word: 'waiting', note: '', askAgainInMs } }, at).settlement
    expect(asked(0)).toMatchObject({ dueAt: dueIn(1_000) })
    expect(asked(Number.NaN)).toMatchObject({ dueAt: dueIn(1_000) })
    expect(asked(1e12)).toMatchObject({ dueAt: dueIn(24 * 3_600_000) })
  })

  it('buries what the step refused, and leaves the recording to the step', () => {
    const ended = dispose(
      task('deliver'),
      { outcome: { word: 'refused', note: 'no such address', record } },
      at,
    )
    expect(ended).toMatchObject({ settlement: { state: 'dead', reason: 'no such address' }, givenUp: false })
  })

  it('gives up on an explicit no, with the codes they gave', () => {
    const words = { ru: 'нет', kk: 'жоқ', en: 'no' }
    const ended = dispose(
      task('mirror'),
      said('refused', { faults: [{ code: 'ESF-12', path: '', message: words }] }),
      at,
    )
    expect(ended).toMatchObject({
      word: 'refused',
      settlement: { state: 'dead', reason: 'the portal said refused (ESF-12)' },
      partner: 'portal',
      givenUp: true,
    })
  })

  it('comes back when the busy asked for it', () => {
    expect(dispose(task('notify', 10), said('busy', { retryAfterMs: 120_000 }), at).settlement).toEqual({
      state: 'due',
      dueAt: dueIn(120_000),
      countsAttempt: false,
    })
    expect(dispose(task('notify', 10), said('busy'), at).settlement).toMatchObject({
      dueAt: dueIn(patience.notify.busyMs),
    })
  })

  it('retries what was not reached, with growing pauses, and gives up in the end', () => {
    const pauses = [1, 2, 3, 4].map((attempts) => dispose(task('deliver', attempts), said('unreachable'), at))
    expect(pauses.map(({ settlement }) => settlement)).toEqual(
      [1, 4, 16, 64].map((s) => ({ state: 'due', dueAt: dueIn(s * 1_000), countsAttempt: true })),
    )
    const last = dispose(task('deliver', patience.deliver.maxAttempts), said('unreachable'), at)
    expect(last).toMatchObject({ settlement: { state: 'dead' }, givenUp: true })
    expect(last.settlement).toMatchObject({ reason: expect.stringContaining('given up after 30 attempts') })
  })

  it('keeps an unknown outcome pending for ever where only a yes or a no may end it', () => {
    for (const kind of ['sign', 'deliver', 'mirror'] as const) {
      expect(dispose(task(kind, 10_000), said('unclear'), at).settlement).toMatchObject({ state: 'due' })
    }
  })

  it('does not wear a task out by asking for ever', () => {
    for (const kind of ['sign', 'deliver', 'mirror'] as const) {
      let attempts = 0
      for (let n = 0; n < 1_000; n += 1) {
        attempts += 1
        const { settlement } = dispose(task(kind, attempts), said('unclear'), at)
        expect(isPoison(task(kind, attempts))).toBe(false)
        if (settlement.state === 'due' && !settlement.countsAttempt) attempts -= 1
      }
      // What is left is for workers that die.
      expect(patience[kind].maxAttempts - attempts).toBeGreaterThanOrEqual(5)
    }
  })

  it('gives up an unknown outcome where doing it twice harms nobody', () => {
    expect(dispose(task('notify', 10), said('unclear'), at).settlement).toMatchObject({ state: 'dead' })
  })

  it('retries a defect of ours without telling the trail what it said', () => {
    const ended = dispose(task('archive'), { thrown: new TypeError('<Invoice>secret</Invoice>') }, at)
    expect(ended).toMatchObject({ word: 'broken', settlement: { state: 'due', countsAttempt: true } })
    expect(JSON.stringify(ended)).not.toContain('secret')
    expect(dispose(task('archive'), { thrown: 'a string' }, at)).toMatchObject({ word: 'broken' })
  })

  it('calls a task poison that was claimed more often than it may be tried', () => {
    expect(isPoison(task('sign', patience.sign.maxAttempts))).toBe(false)
    expect(isPoison(task('sign', patience.sign.maxAttempts + 1))).toBe(true)
  })

  it('spans the time its comments promise', () => {
    const hours = (kind: TaskKind) =>
      Array.from({ length: patience[kind].maxAttempts - 1 }, (_, n) => backoffMs(kind, n + 1, 0.5)).reduce(
        (sum, ms) => sum + ms,
        0,
      ) / 3_600_000
    expect(hours('sign')).toBeCloseTo(5.345, 1)
    expect(hours('deliver')).toBeGreaterThan(22)
    expect(hours('mirror')).toBeGreaterThan(7 * 24)
    expect(hours('notify') / 24).toBeCloseTo(3.15, 1)
    expect(hours('archive')).toBeGreaterThan(22)
  })
})

describe('any disposition', () => {
  const kinds = fc.constantFrom(...taskKinds)
  const attempts = fc.integer({ min: 1, max: 1_000 })
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  const outcomes: fc.Arbitrary<Ending> = fc.oneof(
    fc
      .record({ word: fc.constant('done' as const), note: fc.string() })
      .map((o) => ({ outcome: { ...o, record } })),
    fc
      .record({ word: fc.constant('refused' as const), note: fc.string() })
      .map((o) => ({ outcome: { ...o, record } })),
    fc
      .record({ word: fc.constant('waiting' as const), note: fc.string(), askAgainInMs: fc.double() })
      .map((outcome) => ({ outcome })),
    fc
      .record({
        word: fc.constantFrom<UpstreamWord>('refused', 'busy', 'unreachable', 'unclear'),
        message: fc.string(),
        retryAfterMs: fc.option(fc.double(), { nil: undefined }),
      })
      .map(({ word, message, retryAfterMs }) => ({
        thrown: new UpstreamError(word, 'portal', message, { retryAfterMs }),
      })),
    fc.anything().map((thrown) => ({ thrown })),
  )

  it('is due later, done, or dead with a reason; never due in the past or beyond a day and a bit', () => {
    fc.assert(
      fc.property(kinds, attempts, random, outcomes, (kind, count, luck, ending) => {
        const { settlement, note } = dispose(task(kind, count), ending, { now, random: luck })
        expect(note.length).toBeLessThanOrEqual('outcome' in ending ? Number.MAX_SAFE_INTEGER : 600)
        if (settlement.state !== 'due') return
        const pause = settlement.dueAt.getTime() - now.getTime()
        expect(pause).toBeGreaterThanOrEqual(900)
        expect(pause).toBeLessThanOrEqual(26.4 * 3_600_000)
      }),
      { numRuns: 2_000 },
    )
  })

  it('pauses within a tenth of its table and never shorter than before, whatever the luck', () => {
    fc.assert(
      fc.property(kinds, attempts, random, (kind, count, luck) => {
        const { pausesMs } = patience[kind]
        const exact = pausesMs[Math.min(count, pausesMs.length) - 1]!
        const pause = backoffMs(kind, count, luck)
        expect(pause).toBeGreaterThanOrEqual(Math.floor(exact * 0.9))
        expect(pause).toBeLessThanOrEqual(Math.ceil(exact * 1.1))
        expect(backoffMs(kind, count + 1, 0.5)).toBeGreaterThanOrEqual(backoffMs(kind, count, 0.5))
      }),
    )
  })

  it('ends every task that fails the same way again and again, unless its outcome is unknown', () => {
    fc.assert(
      fc.property(kinds, fc.constantFrom<UpstreamWord>('refused', 'unreachable'), (kind, word) => {
        let count = 1
        while (dispose(task(kind, count), said(word), at).settlement.state === 'due') count += 1
        expect(count).toBeLessThanOrEqual(patience[kind].maxAttempts)
      }),
    )
  })
})
