import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'amqplib'
import Koa from 'koa'
import pg from 'pg'
import { listen } from 'soap'
import { wsdlFor } from '../../src/adapters/erp/onec-soap/wsdl.ts'

/**
 * The service that a textbook would write: koa for the pages, the `soap` package on its server, one insert and
 * one confirmed publish for every request. It checks neither credentials nor the document, keeps no bytes, no
 * digest, no trail, and takes the same document twice. It has our WSDL, so that both get the same requests.
 */
const [databaseUrl = '', amqpUrl = ''] = process.argv.slice(2)

const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 })
await pool.query(
  'create table if not exists textbook_document (id uuid primary key, number text, body jsonb, created_at timestamptz)',
)
const broker = await connect(amqpUrl)
const channel = await broker.createConfirmChannel()
const queue = 'textbook'
await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } })

const published = (id: string): Promise<void> =>
  new Promise((resolve, reject) => {
    channel.sendToQueue(queue, Buffer.from(id), { persistent: true }, (error: unknown) =>
      error instanceof Error ? reject(error) : resolve(),
    )
  })

const sendTaxInvoice = async (given: { Document?: { Number?: string } }): Promise<unknown> => {
  const id = randomUUID()
  await pool.query('insert into textbook_document values ($1, $2, $3, now())', [
    id,
    given.Document?.Number ?? '',
    JSON.stringify(given),
  ])
  await published(id)
  return {
    return: {
      DocumentId: id,
      Repeat: false,
      ReceivedAt: new Date().toISOString(),
      Digest: '',
      State: 'signing',
      StateText: '',
    },
  }
}

const app = new Koa()
app.use((ctx) => {
  ctx.body = 'textbook'
})
const handle = app.callback()
const server = createServer((req, res) => void handle(req, res))
listen(
  server,
  '/ws/EdoGateway_1_0',
  { EdoGateway_1_0: { EdoGateway_1_0Soap: { SendTaxInvoice: sendTaxInvoice } } },
  wsdlFor('http://127.0.0.1'),
)
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`)
})
process.stdin.on('end', () => process.exit(0)).resume()
