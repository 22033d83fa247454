import { beforeEach, describe, expect, test } from '@jest/globals'
import { commerceMl } from '../../../../src/adapters/erp/commerceml/format.ts'
import { sha256 } from '../../../../src/adapters/host/sha256.ts'
import { uuidIds } from '../../../../src/adapters/host/uuid-ids.ts'
import { MemoryConnectionProfiles } from '../../../../src/adapters/memory/connection-profiles.ts'
import { MemoryDocuments } from '../../../../src/adapters/memory/documents.ts'
import { MemoryTaskStore } from '../../../../src/adapters/memory/task-store.ts'
import { MemoryUnitOfWork } from '../../../../src/adapters/memory/unit-of-work.ts'
import { MemoryWebhooks } from '../../../../src/adapters/memory/webhooks.ts'
import { MemoryUploads } from '../../../../src/adapters/memory/files.ts'
import type { Caller } from '../../../../src/core/company/index.ts'
import { Refusal, type FileProgress, type Ledger, type Receipt } from '../../../../src/core/exchange/index.ts'
import type { ExchangeDeps } from '../../../../src/core/exchange/deps.ts'
import { putData } from '../../../../src/core/exchange/send-message.ts'
import { aCommerceMlFile, aLargeFile, aRelease } from '../../../factories/commerceml.ts'
import { sellerTaxId } from '../../../factories/documents.ts'

const now = new Date('2026-03-31T10:00:00Z')
const caller: Caller = {
  companyId: uuidIds.next(),
  companyTaxId: sellerTaxId,
  companyName: 'ТОО «Алатау Снаб»',
  connectionId: uuidIds.next(),
  connectionName: 'Бухгалтерия',
  signing: 'sender',
}

let documents: MemoryDocuments
let uploads: MemoryUploads

/** What the way of a file asks for, over the memory twins. */
const depsOver = (ledger: Ledger = documents): ExchangeDeps =>
  ({
    clock: { now: () => now },
    ids: uuidIds,
    hasher: sha256,
    ledger,
    documents,
    uploads,
    profiles: new MemoryConnectionProfiles(),
    accesses: {
      sent: () => undefined,
      of: () =>
        Promise.resolve({
          companyId: caller.companyId,
          state: 'ACTIVE',
          activatedAt: now,
          expiresAt: new Date('2027-03-31T10:00:00Z'),
        }),
    },
    room: { isShort: () => false },
    formats: new Map([[commerceMl.name, commerceMl]]),
  }) as unknown as ExchangeDeps

beforeEach(() => {
  const unitOfWork = new MemoryUnitOfWork()
  documents = new MemoryDocuments({
    ids: uuidIds,
    unitOfWork,
    tasks: new MemoryTaskStore(),
    webhooks: new MemoryWebhooks(),
  })
  uploads = new MemoryUploads()
})

const upload = async (pieces: Iterable<Uint8Array>): Promise<void> => {
  await uploads.discard(caller.connectionId, 'f')
  let part = 0
  for (const bytes of pieces)
    await uploads.put({
      connectionId: caller.connectionId,
      fileId: 'f',
      part: ++part,
      bytes,
      at: now,
      atMost: 1e6,
    })
}

const send = (deps = depsOver(), watch?: (progress: FileProgress) => void): Promise<Receipt[]> =>
  putData(deps)({
    caller,
    fileId: 'f',
    format: 'commerceml',
    fileName: 'import.xml',
    origin: { door: 'commerceml', requestId: 'r' },
    watch,
  })

const codesOf = async (work: Promise<unknown>): Promise<string[]> => {
  try {
    await work
    return []
  } catch (error) {
    if (error instanceof Refusal) return error.faults.map(({ code, path }) => `${code} ${path}`)
    throw error
  }
}

const releases = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => aRelease({ id: `large-${index}` }))

const cut = function* (text: string): Generator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += 100_003) yield bytes.subarray(at, at + 100_003)
}

const entered = async (): Promise<number> =>
  (await documents.list(caller.companyId, { box: 'outbox', limit: 10_000 })).length

/** More than one transaction takes. */
const many = 1_050

describe('a file with more documents than one transaction takes', () => {
  test('is entered whole, in batches, each document with its own part of the file', async () => {
    await upload(cut(aCommerceMlFile(...releases(many))))
    const phases = new Set<string>()
    const receipts = await send(depsOver(), ({ phase }) => phases.add(phase))
    expect(receipts).toHaveLength(many)
    expect(receipts.every(({ repeat }) => !repeat)).toBe(true)
    expect([...phases]).toEqual(['checking', 'entering'])
    expect(await entered()).toBe(many)
    expect(await uploads.read(caller.connectionId, 'f')).toBeUndefined()
  })

  test('is refused whole for one fault at its end', async () => {
    await upload(cut(aCommerceMlFile(...releases(many), aRelease({ id: 'bad', quantity: '0' }))))
    expect(await codesOf(send())).toContain(`LINE-05 documents[${many}].lines[0].quantity`)
    expect(await entered()).toBe(0)
  })

  test('is refused whole when it is cut off', async () => {
    await upload(cut(aCommerceMlFile(...releases(many)).slice(0, -40)))
    expect(await codesOf(send())).toEqual(['XML-01 '])
    expect(await entered()).toBe(0)
  })

  test('is refused whole when one of its documents was accepted with other content', async () => {
    const version = '<НомерВерсии>1</НомерВерсии></Документ>'
    const last = aRelease({ id: 'once' }).replace('</Документ>', version)
    await upload(cut(aCommerceMlFile(last)))
    await send()
    const other = aRelease({ id: 'once', quantity: '200' }).replace('</Документ>', version)
    await upload(cut(aCommerceMlFile(...releases(many), other)))
    expect(await codesOf(send())).toEqual([`EXCHANGE-03 documents[${many}].version`])
    expect(await entered()).toBe(1)
  })

  test('is refused whole when it holds one document twice', async () => {
    await upload(cut(aCommerceMlFile(...releases(many), aRelease({ id: 'large-3' }))))
    expect(await codesOf(send())).toEqual([`EXCHANGE-20 documents[${many}].guid`])
    expect(await entered()).toBe(0)
  })

  test('goes on where it stopped when the process dies between two batches', async () => {
    await upload(cut(aCommerceMlFile(...releases(many))))
    let batches = 0
    const dying: Ledger = {
      enter: (one) => documents.enter(one),
      find: (one) => documents.find(one),
      enterTogether: (batch) => {
        if (++batches === 4) throw new Error('the process is gone')
        return documents.enterTogether(batch)
      },
    }
    await expect(send(depsOver(dying))).rejects.toThrow('the process is gone')
    expect(await entered()).toBe(300)
    const receipts = await send()
    expect(receipts.filter(({ repeat }) => repeat)).toHaveLength(300)
    expect(await entered()).toBe(many)
  })
})

describe('a large catalogue', () => {
  test('goes by without being held, and lets others have their turn', async () => {
    await upload(aLargeFile(24 * 1024 * 1024, releases(3)))
    // Time of the processor and not of the clock: others may be using the machine.
    let longest = 0
    let last = process.cpuUsage()
    let goesOn = true
    const tick = (): void => {
      const { user, system } = process.cpuUsage(last)
      longest = Math.max(longest, (user + system) / 1_000)
      last = process.cpuUsage()
      if (goesOn) setImmediate(tick)
    }
    setImmediate(tick)
    const before = process.memoryUsage().heapUsed
    let peak = before
    const receipts = await send(depsOver(), () => (peak = Math.max(peak, process.memoryUsage().heapUsed)))
    goesOn = false
    expect(receipts).toHaveLength(3)
    expect(longest).toBeLessThan(200)
    expect((peak - before) / 1024 / 1024).toBeLessThan(150)
  })

  test('alone is taken and leaves nothing', async () => {
    await upload(aLargeFile(1024 * 1024, []))
    expect(await send()).toEqual([])
    expect(await entered()).toBe(0)
  })
})
