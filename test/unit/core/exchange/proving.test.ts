import { describe, expect, it } from '@jest/globals'
import { MemoryProofs } from '../../../../src/adapters/memory/proofs.ts'
import { MemoryUnitOfWork } from '../../../../src/adapters/memory/unit-of-work.ts'
import { openProving, proveStep, renewProofs } from '../../../../src/core/exchange/index.ts'
import type { Documents, SignatureRecord } from '../../../../src/core/exchange/index.ts'
import { UpstreamError, type StepOutcome } from '../../../../src/core/kernel/index.ts'
import type { ProofGatherer, ProofMaterial } from '../../../../src/core/signature/index.ts'

const hour = 3_600_000
const start = new Date('2026-03-31T10:00:00Z')

const aClock = () => {
  let at = start.getTime()
  return { now: () => new Date(at), forward: (ms: number) => void (at += ms) }
}

const material = (stamp: number): ProofMaterial => ({
  extendedCms: new Uint8Array([stamp]),
  ocspResponses: [new Uint8Array([7])],
  crlDigests: [],
  stampedAt: start,
  stampEndsAt: new Date('2028-10-27T00:00:00Z'),
})

const largeList = { digest: 'abc', bytes: new Uint8Array([1, 2, 3]) }

describe('intake', () => {
  it('stops when the oldest proof has been pending for longer than the grace, and resumes alone', async () => {
    const clock = aClock()
    let oldest: Date | undefined
    let looks = 0
    const proofs = { oldestPending: () => (looks++, Promise.resolve(oldest)) }
    const proving = openProving({ proofs, clock, graceMs: 4 * hour })
    expect(await proving.lateness()).toBeUndefined()
    oldest = clock.now()
    clock.forward(4 * hour)
    expect(await proving.lateness()).toBeUndefined()
    clock.forward(3_000)
    expect(await proving.lateness()).toMatchObject({ code: 'EVIDENCE-01' })
    oldest = undefined
    clock.forward(3_000)
    expect(await proving.lateness()).toBeUndefined()
    expect(looks).toBe(4)
  })

  it('is asked about a thousand times and looks once', async () => {
    let looks = 0
    const proofs = { oldestPending: () => (looks++, Promise.resolve(undefined)) }
    const proving = openProving({ proofs, clock: aClock(), graceMs: hour })
    await Promise.all(Array.from({ length: 1000 }, () => proving.lateness()))
    expect(looks).toBe(1)
  })

  it('forgets a look that failed', async () => {
    let broken = true
    const proofs = {
      oldestPending: () => (broken ? Promise.reject(new Error('no store')) : Promise.resolve(undefined)),
    }
    const proving = openProving({ proofs, clock: aClock(), graceMs: hour })
    await expect(proving.lateness()).rejects.toThrow('no store')
    broken = false
    expect(await proving.lateness()).toBeUndefined()
  })
})

describe('the step that proves a signature', () => {
  const house = () => {
    const clock = aClock()
    const proofs = new MemoryProofs()
    const unitOfWork = new MemoryUnitOfWork()
    proofs.promise({ signatureId: 's1', documentId: 'd1', since: start })
    let stamps = 0
    const stored: string[] = []
    const store = { put: (digest: string) => Promise.resolve(void stored.push(digest)) }
    const world: { failure?: Error } = {}
    const gatherer: ProofGatherer = {
      gather: () =>
        world.failure === undefined
          ? Promise.resolve({ ...material((stamps += 1)), crlDigests: ['abc'], lists: [largeList] })
          : Promise.reject(world.failure),
      renew: (old) => Promise.resolve({ ...old, extendedCms: new Uint8Array([99]), lists: [] }),
    }
    const signature = { id: 's1', documentId: 'd1', cms: new Uint8Array([1]) } as SignatureRecord
    const documents: Pick<Documents, 'signatures'> = { signatures: () => Promise.resolve([signature]) }
    const { step, onDead } = proveStep({ clock, documents, proofs, gatherer, store })
    const task = {
      id: 't1',
      kind: 'prove' as const,
      documentId: 'd1',
      subject: 's1',
      dueAt: start,
      attempts: 1,
    }
    const record = (outcome: StepOutcome) =>
      unitOfWork.run(async (tx) => {
        if (outcome.word === 'done') await outcome.record(tx)
      })
    return { clock, proofs, unitOfWork, world, run: () => step(task), record, task, onDead, gatherer, stored }
  }

  it('killed between stamp and record stamps again and keeps one proof', async () => {
    const { run, record, proofs, stored } = house()
    const lost = await run()
    const second = await run()
    // A large list is kept before it is named, and once.
    expect(stored).toEqual(['abc'])
    await record(second)
    await record(lost)
    expect((await proofs.bySignature('s1'))?.material?.extendedCms).toEqual(new Uint8Array([2]))
    expect(await run()).toMatchObject({ word: 'done', note: 'proven before' })
    expect(await proofs.byDocument('d1')).toHaveLength(1)
  })

  it.each(['busy', 'unreachable', 'unclear', 'refused'] as const)(
    'waits without costing an attempt when an authority is %s, longer the longer it lasts',
    async (word) => {
      const { run, world, clock, proofs } = house()
      world.failure = new UpstreamError(word, 'tsp', 'no answer within 10000 ms')
      expect(await run()).toMatchObject({
        word: 'waiting',
        note: `evidence pending: tsp ${word}: no answer within 10000 ms`,
        askAgainInMs: 2_000,
      })
      clock.forward(60_000)
      expect(await run()).toMatchObject({ word: 'waiting', askAgainInMs: 15_000 })
      clock.forward(240 * hour)
      expect(await run()).toMatchObject({ word: 'waiting', askAgainInMs: 300_000 })
      expect(await proofs.oldestPending()).toEqual(start)
    },
  )

  it('given up for a defect of ours no longer holds the intake, and is proven once put back', async () => {
    const { run, record, world, proofs, onDead, task, unitOfWork } = house()
    world.failure = new TypeError('a defect')
    await expect(run()).rejects.toThrow('a defect')
    const bury = await onDead!(task, 'given up')
    await unitOfWork.run(bury)
    expect(await proofs.oldestPending()).toBeUndefined()
    expect(await proofs.bySignature('s1')).toMatchObject({ state: 'failed' })
    delete world.failure
    await record(await run())
    expect(await proofs.bySignature('s1')).toMatchObject({ state: 'complete' })
  })
})

describe('renewal', () => {
  const house = async (renew: ProofGatherer['renew']) => {
    const clock = aClock()
    const proofs = new MemoryProofs()
    const unitOfWork = new MemoryUnitOfWork()
    for (const id of ['1', '2']) {
      proofs.promise({ signatureId: `s${id}`, documentId: `d${id}`, since: start })
      await unitOfWork.run((tx) => proofs.complete(tx, `s${id}`, material(1), start))
    }
    const kept: string[] = []
    const named = new Map<string, string>()
    const round = renewProofs({
      clock,
      unitOfWork,
      proofs,
      documents: {
        byId: (id) => Promise.resolve({ id, digest: id, archivedAt: start } as never),
        bytes: (digest) => Promise.resolve(digest === 'd2' ? undefined : new Uint8Array([1])),
      },
      hasher: { digest: (bytes) => `digest of ${bytes.join(',')}` },
      store: {
        put: (digest) => Promise.resolve(void kept.push(digest)),
        putNamed: (name, bytes) => Promise.resolve(void named.set(name, Buffer.from(bytes).toString())),
      },
      gatherer: { gather: () => Promise.reject(new Error('not asked')), renew },
    })
    const run = () => round(new Date('2028-12-01T00:00:00Z'), 10, new AbortController().signal)
    return { run, proofs, kept, named }
  }
  const later = new Date('2031-01-01T00:00:00Z')

  it('stamps what ends, puts the copy of an archived document beside the old one, and leaves the purged', async () => {
    const { run, proofs, kept, named } = await house((old) =>
      Promise.resolve({ ...old, extendedCms: new Uint8Array([99]), stampEndsAt: later, lists: [largeList] }),
    )
    expect(await run()).toEqual({ renewed: 1, withoutBytes: 1 })
    expect(await proofs.bySignature('s1')).toMatchObject({
      renewedAt: start,
      material: { stampEndsAt: later },
    })
    expect(kept).toContain('digest of 99')
    expect(kept).toContain('abc')
    const [[name, manifest] = ['', '{}']] = named
    expect(name).toBe(`renewals/s1-${start.getTime()}.json`)
    expect(JSON.parse(manifest)).toMatchObject({
      manifest: 'urn:daneker:archive-renewal:1',
      replaces: expect.stringMatching(/^digest of /),
      extended: { digest: 'digest of 99' },
    })
    expect(await run()).toEqual({ renewed: 0, withoutBytes: 1 })
  })

  it('ends its round when an authority is silent', async () => {
    const { run, proofs } = await house(() =>
      Promise.reject(new UpstreamError('unreachable', 'tsp', 'no connection')),
    )
    expect(await run()).toMatchObject({ renewed: 0, stoppedBy: 'tsp unreachable: no connection' })
    expect((await proofs.bySignature('s1'))?.renewedAt).toBeUndefined()
  })
})
