import { randomUUID, createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import { connect } from 'amqplib'
import { openPool } from '../src/adapters/postgres/pool.ts'
import { enterDocuments } from '../src/adapters/postgres/sql/enter-documents.ts'
import { writeDocumentXml } from '../src/core/document/index.ts'
import type { Acceptance } from '../src/core/exchange/index.ts'
import { Letter, letterFor, tenKilobyteInvoice } from './letters.ts'

/**
 * What the store and the broker can do at most: the same rows, bytes and digests as the gateway writes, in
 * batches of 32 over two connections, and a confirmed message for each task. No HTTP, no reading, no rules.
 */
export interface RawOrder {
  databaseUrl: string
  amqpUrl?: string
  companyId: string
  connectionId: string
  /** Ends after this time, or … */
  seconds?: number
  /** … after so many documents. */
  documents?: number
}

export interface RawResult {
  written: number
  perSecond: number
}

const batch = 32
const lanes = 2

const exact = new Letter(writeDocumentXml(tenKilobyteInvoice()))
const raw = letterFor('soap')

const acceptanceOf = ({ companyId, connectionId }: RawOrder): Acceptance => {
  const guid = exact.nextGuid()
  const bytes = exact.copy(guid)
  const received = raw.copy(guid)
  const id = randomUUID()
  const now = new Date()
  return {
    id,
    receivedAt: now,
    companyId,
    connectionId,
    facts: {
      kind: 'tax-invoice',
      senderTaxId: '260140000114',
      senderName: 'ТОО «Алатау Снаб»',
      recipientTaxId: '260140000604',
      recipientName: 'ТОО «Есіл Құрылыс»',
      guid,
      version: '1',
      number: '16',
      date: '2026-03-31',
      total: '14505.80',
      currency: 'KZT',
    },
    bytes,
    digest: createHash('sha256').update(bytes).digest('hex'),
    raw: received,
    rawDigest: createHash('sha256').update(received).digest('hex'),
    origin: { door: 'onec-soap', format: 'daneker-soap', requestId: id },
    key: guid,
    senderState: 'signing',
    mirrorState: 'waiting',
    tasks: [{ id: randomUUID(), kind: 'sign', documentId: id, subject: '', dueAt: now }],
    events: [{ documentId: id, companyId, name: 'document.received', at: now }],
    month: '2026-11',
  }
}

const run = async (order: RawOrder): Promise<RawResult> => {
  const pool = openPool({ connection: order.databaseUrl, embedded: false, max: lanes })
  const broker = order.amqpUrl === undefined ? undefined : await connect(order.amqpUrl)
  const channel = await broker?.createConfirmChannel()
  await channel?.assertQueue('raw-loop', { durable: true, arguments: { 'x-queue-type': 'quorum' } })

  const start = performance.now()
  const end = start + (order.seconds ?? Infinity) * 1_000
  const wanted = order.documents ?? Infinity
  let written = 0
  const lane = async (): Promise<void> => {
    while (performance.now() < end && written < wanted) {
      written += batch
      const acceptances = Array.from({ length: batch }, () => acceptanceOf(order))
      await enterDocuments((statement) => pool.run(statement), acceptances)
      if (channel === undefined) continue
      for (const { id } of acceptances)
        channel.sendToQueue('raw-loop', Buffer.from(id), { persistent: true, mandatory: true })
      await channel.waitForConfirms()
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  const seconds = (performance.now() - start) / 1_000
  await channel?.purgeQueue('raw-loop')
  await broker?.close()
  await pool.close()
  return { written, perSecond: written / seconds }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  run(JSON.parse(line) as RawOrder).then(
    (result) => process.stdout.write(`${JSON.stringify(result)}\n`),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      process.exit(1)
    },
  )
})
