import { describe, expect, it } from '@jest/globals'
import { UpstreamError } from '../../../src/core/kernel/index.ts'
import { followPortal, reconcilePortal } from '../../../src/jobs/index.ts'

const now = new Date('2026-04-01T21:40:00Z')
const context = () => ({ now, signal: new AbortController().signal })
const down = () => Promise.reject(new UpstreamError('unreachable', 'portal', 'ECONNREFUSED'))

describe('the scheduled jobs of the portal', () => {
  it('read the changes of every company, one that cannot be read aside', async () => {
    const job = followPortal({
      taxIds: async () => ['1', '2', '3'],
      follow: (taxId) => (taxId === '2' ? down() : Promise.resolve({ moved: 5 })),
    })
    expect(await job.run(context())).toEqual({ count: 10, note: '10 invoices moved, 1 companies not read' })
  })

  it('compare the last thirty days of Almaty and tell each difference', async () => {
    const asked: unknown[] = []
    const told: unknown[] = []
    const job = reconcilePortal({
      taxIds: async () => ['1', '2'],
      reconcile: async (taxId, range) => {
        asked.push(range)
        if (taxId === '2') return down()
        return {
          compared: 7,
          differences: [{ kind: 'missing-at-portal', action: 'look', date: '2026-03-31', number: '16' }],
        }
      },
      log: {
        debug: () => {},
        info: () => {},
        warn: (fields, event) => told.push([event, fields]),
        error: () => {},
      },
    })
    expect(await job.run(context())).toEqual({
      count: 1,
      note: '7 compared, 1 differences, 1 companies not read',
    })
    expect(asked[0]).toEqual({ from: '2026-03-03', to: '2026-04-02' })
    expect(told[0]).toEqual([
      'portal.differs',
      { kind: 'missing-at-portal', action: 'look', date: '2026-03-31', number: '16' },
    ])
  })

  it('stop between companies when they are asked to', async () => {
    const asked = new AbortController()
    const job = followPortal({
      taxIds: async () => ['1', '2'],
      follow: async () => {
        asked.abort()
        return { moved: 1 }
      },
    })
    expect(await job.run({ now, signal: asked.signal })).toMatchObject({ count: 1 })
  })

  it('let a defect be seen', async () => {
    const job = followPortal({ taxIds: async () => ['1'], follow: () => Promise.reject(new TypeError('x')) })
    await expect(job.run(context())).rejects.toThrow(TypeError)
  })
})
