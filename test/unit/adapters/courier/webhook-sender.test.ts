import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { Webhook } from 'standardwebhooks'
import {
  faultOfEndpoint,
  isPublicAddress,
  newWebhookSecret,
  StandardWebhookSender,
  webhookDefaults,
} from '../../../../src/adapters/courier/index.ts'
import { UpstreamError } from '../../../../src/core/kernel/index.ts'

interface Received {
  headers: IncomingHttpHeaders
  body: string
}

const closers: (() => void)[] = []
afterEach(() => closers.splice(0).forEach((close) => close()))

const receiver = async (answer: (response: ServerResponse) => void) => {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
      answer(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` }
}

const here = { allowedRanges: ['127.0.0.0/8'], allowHttp: true, timeoutMs: 2_000 }
const endpointAt = (url: string) => ({ id: 'e1', companyId: 'c1', url, secret: newWebhookSecret() })
const message = {
  id: 'msg_1',
  at: new Date(),
  body: { type: 'document.delivered', data: { documentId: 'd1' } },
}

const wordOf = async (promise: Promise<void>): Promise<UpstreamError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof UpstreamError)) throw new Error(`expected an UpstreamError, got ${String(error)}`)
  return error
}

describe('a webhook', () => {
  it('is signed so that any Standard Webhooks library takes it', async () => {
    const { received, url } = await receiver((response) => response.writeHead(204).end())
    const endpoint = endpointAt(url)
    await new StandardWebhookSender(here).send(endpoint, message)
    const [call] = received as [Received]
    expect(new Webhook(endpoint.secret).verify(call.body, call.headers as Record<string, string>)).toEqual(
      message.body,
    )
    expect(call.headers['webhook-id']).toBe('msg_1')
  })

  it.each([
    [200, undefined, undefined],
    [302, undefined, 'unreachable'],
    [404, undefined, 'unreachable'],
    [500, undefined, 'unreachable'],
    [429, '7', 'busy'],
    [503, undefined, 'busy'],
    [410, undefined, 'refused'],
  ])('takes HTTP %i (Retry-After %s) as %s', async (status, retryAfter, word) => {
    const { url, received } = await receiver((response) => {
      if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter)
      response.setHeader('location', 'http://127.0.0.1:1/elsewhere')
      response.writeHead(status).end('x'.repeat(100_000))
    })
    const sent = new StandardWebhookSender(here).send(endpointAt(url), message)
    if (word === undefined) await sent
    else {
      const error = await wordOf(sent)
      expect(error.word).toBe(word)
      expect(error.retryAfterMs).toBe(retryAfter === undefined ? undefined : 7_000)
    }
    // A redirect is an answer, not a way.
    expect(received).toHaveLength(1)
  })

  it('gives up on a receiver that never answers', async () => {
    const { url } = await receiver(() => {})
    const sent = new StandardWebhookSender({ ...here, timeoutMs: 50 }).send(endpointAt(url), message)
    expect((await wordOf(sent)).word).toBe('unreachable')
  })

  it('reaches nothing on this machine when nothing is allowed', async () => {
    const { url, received } = await receiver((response) => response.writeHead(204).end())
    for (const hostile of [url, url.replace('127.0.0.1', 'localhost')]) {
      const sent = new StandardWebhookSender({ allowHttp: true, timeoutMs: 2_000 }).send(
        endpointAt(hostile),
        message,
      )
      expect((await wordOf(sent)).word).toBe('refused')
    }
    expect(received).toHaveLength(0)
  })
})

describe('an address', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
    '198.18.0.1',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
    '2002:c0a8:101::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '2001:db8::1',
    'not an address',
    '',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it.each(['8.8.8.8', '2a02:6b8::1', '::ffff:8.8.8.8', '64:ff9b::808:808'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  it.each([
    'http://example.kz/hook',
    'https://example.kz:22/hook',
    'https://user:pw@example.kz/',
    'ftp://example.kz/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'javascript:alert(1)',
    '//example.kz',
    '',
  ])('%s is refused as an endpoint', (url) => {
    expect(faultOfEndpoint(url, webhookDefaults)?.code).toBe('WEBHOOK-01')
  })

  it('takes https on 443 and 8443', () => {
    expect(faultOfEndpoint('https://example.kz/hook', webhookDefaults)).toBeUndefined()
    expect(faultOfEndpoint('https://example.kz:8443/hook', webhookDefaults)).toBeUndefined()
  })
})
