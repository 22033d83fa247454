import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { checkStatements } from '../../../../bin/meter-check.mjs'
import { DerivedRecordSigner } from '../../../../src/adapters/host/record-signer.ts'
import { sha256 } from '../../../../src/adapters/host/sha256.ts'
import { uuidIds } from '../../../../src/adapters/host/uuid-ids.ts'
import { MemoryMeter } from '../../../../src/adapters/memory/meter.ts'
import { MemoryUnitOfWork } from '../../../../src/adapters/memory/unit-of-work.ts'
import { almatyMonth } from '../../../../src/core/kernel/index.ts'
import {
  closeMeterDay,
  linkMeterLines,
  meterStatement,
  statementValue,
} from '../../../../src/core/meter/index.ts'
import { testRecordSigner } from '../../../factories/memory-meter.ts'

interface Statement {
  month: string
  count: number
  links: {
    number: number
    documentId: string
    digest: string
    receivedAt: string
    month: string
    head: string
  }[]
  open: unknown[]
  days: { seal: { last: number; head: string }; day: { day: string; digest: string; documents: number } }[]
  text: string
  signature: string
}
interface Receipt {
  documentId: string
  digest: string
  receivedAt: string
}

/** Two months of a client as the gateway states them, and the receipts he got. */
const aClient = async (): Promise<{ statements: Statement[]; receipts: Receipt[] }> => {
  const meter = new MemoryMeter()
  const company = { companyId: 'c1', taxId: '200000000001', name: 'ТОО' }
  let now = new Date()
  const deps = {
    clock: { now: () => now },
    hasher: sha256,
    unitOfWork: new MemoryUnitOfWork(),
    book: meter,
    meter,
    signer: testRecordSigner,
  }
  const receipts: Receipt[] = []
  for (const day of ['2026-10-30', '2026-10-31', '2026-11-01']) {
    for (const { companyId, taxId } of [company, { companyId: 'c2', taxId: '200000000002' }]) {
      for (let at = 0; at < 3; at += 1) {
        const documentId = uuidIds.next()
        const digest = sha256.digest(new TextEncoder().encode(documentId))
        const receivedAt = new Date(`${day}T0${at}:00:00Z`)
        meter.count({ documentId, companyId, taxId, digest, receivedAt, month: almatyMonth(receivedAt) })
        if (companyId === 'c1') receipts.push({ documentId, digest, receivedAt: receivedAt.toISOString() })
      }
    }
    await linkMeterLines(deps)(100)
    now = new Date(`${day}T20:00:00Z`)
    await closeMeterDay(deps)()
  }
  const statements: Statement[] = []
  for (const month of ['2026-10', '2026-11']) {
    const value = statementValue(await meterStatement(deps)(company, month))
    statements.push(JSON.parse(JSON.stringify(value)) as Statement)
  }
  return { statements, receipts }
}

const whatOf = (findings: { what: string }[]): string[] =>
  [...new Set(findings.map(({ what }) => what))].sort()

describe('the program a client checks the meter with', () => {
  it('says nothing about a count that is right', async () => {
    const { statements, receipts } = await aClient()
    expect(statements.map(({ count }) => count)).toEqual([6, 3])
    const witnesses = statements.flatMap(({ days }) =>
      days.map(({ day }) => ({ day: day.day, digest: day.digest })),
    )
    const key = testRecordSigner.publicKey
    expect(checkStatements(statements, { receipts, witnesses, key })).toEqual([])
  })

  type Client = Awaited<ReturnType<typeof aClient>>
  it.each<[string, string[], (client: Client) => void]>([
    [
      'a count for a document the client never sent',
      ['not-yours'],
      ({ receipts }) => {
        receipts.splice(4, 1)
      },
    ],
    [
      'a document that was not counted',
      ['not-counted'],
      ({ receipts }) => {
        receipts.push({
          documentId: uuidIds.next(),
          digest: 'ab'.repeat(32),
          receivedAt: '2026-11-01T05:00:00.000Z',
        })
      },
    ],
    [
      'a document counted as another one',
      ['line-altered', 'not-as-received'],
      ({ statements }) => {
        statements[0]!.links[1]!.digest = 'cd'.repeat(32)
      },
    ],
    [
      'a line that was left out',
      ['chain-broken', 'count-wrong', 'line-missing', 'not-counted'],
      ({ statements }) => {
        statements[0]!.links.splice(2, 1)
      },
    ],
    [
      'a line that is there twice',
      ['chain-broken', 'count-wrong', 'counted-twice', 'line-missing'],
      ({ statements }) => {
        const [statement] = statements
        statement!.links.splice(2, 0, { ...statement!.links[1]! })
      },
    ],
    [
      'a line moved to another month',
      ['count-wrong', 'line-altered', 'wrong-month'],
      ({ statements }) => {
        statements[0]!.links[0]!.month = '2026-09'
      },
    ],
    [
      'more charged than shown',
      ['count-wrong', 'text-differs'],
      ({ statements }) => {
        statements[0]!.count += 1
      },
    ],
    [
      'a signature by somebody else',
      ['signature-wrong'],
      ({ statements }) => {
        const stranger = new DerivedRecordSigner(new Uint8Array(32))
        statements[0]!.signature = Buffer.from(stranger.sign(statements[0]!.text)).toString('base64')
      },
    ],
    [
      'a day that was rewritten',
      ['day-altered', 'signature-wrong'],
      ({ statements }) => {
        statements[0]!.days[1]!.day.documents += 1
      },
    ],
    [
      'a seal over another chain',
      ['not-under-root', 'seal-altered'],
      ({ statements }) => {
        statements[0]!.days[0]!.seal.head = 'ef'.repeat(32)
      },
    ],
  ])('finds %s, with its place', async (_, expected, spoil) => {
    const client = await aClient()
    spoil(client)
    const findings = checkStatements(client.statements, { receipts: client.receipts })
    expect(
      whatOf(findings).filter((what) => !['text-differs'].includes(what) || expected.includes(what)),
    ).toEqual(expected)
    for (const { where } of findings) expect(where).toMatch(/line \d|document |statement \d|day \d/)
  })

  it('finds a history written anew, by what the client was told before', async () => {
    const [told, shown] = [await aClient(), await aClient()]
    const witnesses = told.statements.flatMap(({ days }) =>
      days.map(({ day }) => ({ day: day.day, digest: day.digest })),
    )
    const findings = checkStatements(shown.statements, { receipts: shown.receipts, witnesses })
    expect(whatOf(findings)).toEqual(['two-histories'])
  })

  it('has fewer than 300 lines and needs nothing but Node.js', () => {
    const source = readFileSync('bin/meter-check.mjs', 'utf8')
    expect(source.split('\n').length).toBeLessThan(300)
    const imports = [...source.matchAll(/from '([^']+)'/g)].map(([, name]) => name)
    expect(imports.every((name) => name?.startsWith('node:'))).toBe(true)
  })
})
