import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Webhook } from 'standardwebhooks'
import { aBuyer, anAct, aPaymentInvoice, thirdTaxId } from '../factories/documents.ts'
import { openMailbox, type Mailbox } from '../factories/mailbox.ts'
import { restClient, type FeedChange, type RestClient } from '../factories/rest-client.ts'
import {
  aRunningGateway,
  basicOf,
  connectCompany,
  type RunningGateway,
} from '../factories/running-gateway.ts'
import { serverStartMs } from '../servers/index.ts'

interface Posted {
  headers: Record<string, string>
  body: string
}

/** A company's own receiver of webhooks. */
interface Receiver {
  url: string
  posted: Posted[]
  /** Resolves with the first post that satisfies, past or to come. */
  until(isIt: (post: Posted) => boolean): Promise<Posted>
  stop(): Promise<void>
}

const openReceiver = async (answers: () => number | 'silence'): Promise<Receiver> => {
  const posted: Posted[] = []
  const waiting = new Set<() => void>()
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      posted.push({
        headers: request.headers as Record<string, string>,
        body: Buffer.concat(chunks).toString('utf8'),
      })
      for (const look of waiting) look()
      const status = answers()
      if (status !== 'silence') response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/daneker`,
    posted,
    until: (isIt) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = posted.find(isIt)
          if (found === undefined) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const typeIn = ({ body }: Posted): string => (JSON.parse(body) as { type: string }).type
const documentIn = ({ body }: Posted): string =>
  (JSON.parse(body) as { data: { documentId: string } }).data.documentId

describe.each(['embedded', 'postgresql'] as const)('reaching the other side, on %s', (kind) => {
  let mailbox: Mailbox
  let running: RunningGateway
  let seller: RestClient
  let buyer: RestClient
  let operator: RestClient

  beforeAll(async () => {
    mailbox = await openMailbox()
    running = await aRunningGateway(kind, {
      mail: {
        url: mailbox.url,
        from: 'Daneker <edo@example.kz>',
        timeoutMs: 5_000,
        linkKeepsMs: 30 * 86_400_000,
      },
    })
    const root = () => `${running.gateway.url}/api/v1`
    seller = restClient(root, basicOf(running.seller))
    buyer = restClient(root, basicOf(running.buyer))
    operator = restClient(() => `${running.gateway.url}/operator/v1`, `Bearer ${running.operatorKey}`)
  }, serverStartMs)
  afterAll(async () => {
    await running.stop()
    await mailbox.stop()
  })

  const until = (client: RestClient, documentId: string, name: string): Promise<FeedChange[]> =>
    client.changesUntil((change) => change.documentId === documentId && change.name === name)

  it('whoever is not connected gets a letter in three languages with a link to this one document', async () => {
    const act = anAct({
      buyer: aBuyer({ taxId: thirdTaxId, name: 'ТОО «Қарапайым Дүкен»', email: 'buh@example.kz' }),
    })
    const { documentId } = await seller.post<{ documentId: string }>('/documents/act', act)
    const letter = await mailbox.letterTo('buh@example.kz')
    const links = [...new Set(letter.text.match(/http:\S+/g))]
    expect(links).toHaveLength(1)
    expect(letter.text).toContain('направил вам документ')
    expect(letter.text).toContain('сізге құжат жіберді')
    expect(letter.text).toContain('sent you a document')
    const changes = await until(seller, documentId, 'document.delivered')
    expect(changes.at(-1)?.details).toMatchObject({ to: 'mail' })
    const page = await fetch(`${running.gateway.url}${new URL(links[0] ?? '').pathname}`)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('Алатау Снаб')
    await until(seller, documentId, 'document.viewed')
  })

  it('nobody to reach: the document stops visibly, and goes on when the recipient has been connected', async () => {
    // A name of its own: the company is connected only at the end of this test.
    const act = anAct({ buyer: aBuyer({ taxId: thirdTaxId, name: 'ТОО «Қарапайым Дүкен»' }) })
    const { documentId } = await seller.post<{ documentId: string }>('/documents/act', act)
    const failed = (await until(seller, documentId, 'document.failed')).at(-1) as FeedChange
    expect(failed.status).toMatchObject({ senderState: 'failed', final: false })
    expect(failed.status.reason).toContain('не подключён')

    const { tasks } = await operator.get<{ tasks: { id: string; documentId: string; reason?: string }[] }>(
      '/tasks/dead',
    )
    const [task] = tasks.filter((one) => one.documentId === documentId)
    expect(task).toBeDefined()
    const again = await operator.post('/tasks/put-back', { ids: [task?.id] })
    expect(again).toEqual({ putBack: [task?.id] })
    // Nothing has changed for the better: it fails again and says so again.
    await seller.changesUntil(
      (() => {
        let failures = 0
        return (change: FeedChange) =>
          change.documentId === documentId && change.name === 'document.failed' && ++failures === 2
      })(),
    )

    const third = await connectCompany(running.gateway, running.authority, {
      taxId: thirdTaxId,
      name: 'ТОО «Қарапайым Дүкен»',
    })
    await operator.post('/tasks/put-back', { ids: [task?.id] })
    const theirs = restClient(() => `${running.gateway.url}/api/v1`, basicOf(third))
    await until(theirs, documentId, 'document.arrived')
    expect(await theirs.post(`/documents/${documentId}/answer`, { answer: 'accept' })).toMatchObject({
      recipientState: 'accepted',
    })
    const trail = await operator.get<{ trail: { name: string; details: { by?: string } }[] }>(
      `/documents/${documentId}`,
    )
    expect(
      trail.trail.filter(({ name }) => name === 'document.put-back').map(({ details }) => details.by),
    ).toEqual(['test', 'test'])
  })

  it('a webhook hears of every event, signed; the same event keeps its id when it comes again', async () => {
    let answer = 500
    const receiver = await openReceiver(() => answer)
    const { id, secret } = await buyer.post<{ id: string; secret: string }>('/webhooks', {
      url: receiver.url,
    })
    const { documentId } = await seller.post<{ documentId: string }>('/documents/act', anAct())
    const isIt = (post: Posted) => documentIn(post) === documentId && typeIn(post) === 'document.arrived'
    const first = await receiver.until(isIt)
    answer = 204
    // The first pause of the schedule is five seconds.
    const second = await receiver.until((post) => isIt(post) && post !== first)
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id'])
    expect(second.body).toBe(first.body)
    for (const post of [first, second]) {
      expect(new Webhook(secret).verify(post.body, post.headers)).toMatchObject({
        type: 'document.arrived',
        data: { documentId, status: { side: 'recipient', recipientState: 'arrived' } },
      })
      const forged = { ...post.headers, 'webhook-id': 'msg_other' }
      expect(() => new Webhook(secret).verify(post.body, forged)).toThrow()
    }
    // The document itself is not in it.
    expect(first.body).not.toContain('Техническое обслуживание')
    // What the webhook names, the feed has.
    const cursor = (JSON.parse(first.body) as { data: { cursor: string } }).data.cursor
    const feed = await until(buyer, documentId, 'document.arrived')
    expect(feed.map((change) => change.cursor)).toContain(cursor)
    expect((await buyer.ask('DELETE', `/webhooks/${id}`)).status).toBe(204)
    await receiver.stop()
  })

  it('410 ends a webhook, and the company sees why', async () => {
    const receiver = await openReceiver(() => 410)
    const { id } = await seller.post<{ id: string }>('/webhooks', { url: receiver.url })
    const { documentId } = await seller.post<{ documentId: string }>(
      '/documents/payment-invoice',
      aPaymentInvoice(),
    )
    await until(seller, documentId, 'document.archived')
    const listed = async () =>
      (await seller.get<{ id: string; disabledAt?: string; disabledReason?: string }[]>('/webhooks')).find(
        (one) => one.id === id,
      )
    while ((await listed())?.disabledAt === undefined) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await listed()).toMatchObject({ disabledReason: 'HTTP 410' })
    const before = receiver.posted.length
    const next = await seller.post<{ documentId: string }>('/documents/payment-invoice', aPaymentInvoice())
    await until(seller, next.documentId, 'document.archived')
    expect(receiver.posted).toHaveLength(before)
    await seller.ask('DELETE', `/webhooks/${id}`)
    await receiver.stop()
  })

  it('receivers that are dead, silent, or send elsewhere hold nobody up', async () => {
    const silent = await openReceiver(() => 'silence')
    const redirects = await openReceiver(() => 302)
    const ids: string[] = []
    for (const url of [silent.url, redirects.url, 'http://127.0.0.1:1/nobody']) {
      ids.push((await seller.post<{ id: string }>('/webhooks', { url })).id)
    }
    const sent = await Promise.all(
      Array.from({ length: 10 }, () =>
        seller.post<{ documentId: string }>('/documents/payment-invoice', aPaymentInvoice()),
      ),
    )
    for (const { documentId } of sent) await until(seller, documentId, 'document.archived')
    await silent.until(() => true)
    await redirects.until(() => true)
    const { documents } = await seller.get<{ documents: { documentId: string; final: boolean }[] }>(
      '/documents?limit=500',
    )
    const ended = documents.filter(({ documentId }) => sent.some((one) => one.documentId === documentId))
    expect(ended.filter(({ final }) => final)).toHaveLength(10)
    for (const id of ids) await seller.ask('DELETE', `/webhooks/${id}`)
    await silent.stop()
    await redirects.stop()
  })

  it('addresses that are not the internet’s are refused, and one company cannot touch the other’s', async () => {
    for (const url of [
      'http://169.254.169.254/latest',
      'https://10.0.0.1/',
      'https://[::ffff:10.0.0.1]/',
      'https://user:secret@example.kz/',
      'https://example.kz:22/',
      'file:///etc/passwd',
      'gopher://127.0.0.1/',
      'not an address',
    ]) {
      const answer = await seller.ask('POST', '/webhooks', { url })
      expect([url, answer.status, (answer.body as { code: string }).code]).toEqual([url, 422, 'WEBHOOK-01'])
    }
    const { id } = await seller.post<{ id: string }>('/webhooks', { url: 'https://example.kz/' })
    expect(await buyer.get('/webhooks')).toEqual([])
    const foreign = await buyer.ask('DELETE', `/webhooks/${id}`)
    const unknown = await buyer.ask('DELETE', '/webhooks/0198c0de-0000-7000-8000-00000000ffff')
    expect([foreign.status, unknown.status]).toEqual([404, 404])
    expect(await seller.get('/webhooks')).toHaveLength(1)
    await seller.ask('DELETE', `/webhooks/${id}`)
  })
})
