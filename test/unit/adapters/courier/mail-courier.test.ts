import { createServer, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { SMTPServer } from 'smtp-server'
import { MailCourier } from '../../../../src/adapters/courier/index.ts'
import type { DocumentRecord } from '../../../../src/core/exchange/index.ts'
import { UpstreamError } from '../../../../src/core/kernel/index.ts'

const closers: (() => void)[] = []
afterEach(() => closers.splice(0).forEach((close) => close()))

/** A real SMTP server; `answer` decides what becomes of a message. */
const smtp = async (answer?: () => Error) => {
  const letters: string[] = []
  const recipients: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo(address, _session, callback) {
      recipients.push(address.address)
      callback(answer === undefined ? null : answer())
    },
    onData(stream, _session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        letters.push(Buffer.concat(chunks).toString())
        callback()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  const { port } = server.server.address() as AddressInfo
  return { letters, recipients, url: `smtp://127.0.0.1:${port}` }
}

const record = {
  id: '018f0000-0000-7000-8000-000000000001',
  kind: 'act',
  number: '16',
  date: '2026-03-31',
  senderName: 'ТОО «Алатау Снаб»',
} as DocumentRecord

const mailTo = (to: string, overrides: Partial<DocumentRecord> = {}) => ({
  documentId: record.id,
  to,
  link: 'https://edo.example.kz/d/token',
  record: { ...record, ...overrides },
  expiresAt: new Date('2026-04-30T00:00:00Z'),
})

const courierAt = (url: string | undefined) =>
  new MailCourier({ url, from: 'Daneker <edo@example.kz>', timeoutMs: 2_000 })

const thrown = async (promise: Promise<unknown>): Promise<UpstreamError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof UpstreamError)) throw new Error(`expected an UpstreamError, got ${String(error)}`)
  return error
}

const decoded = (letter: string): string =>
  letter
    .split(/\r\n\r\n/)
    .slice(1)
    .map((part) => (/^[A-Za-z0-9+/=\r\n]+$/.test(part) ? Buffer.from(part, 'base64').toString() : part))
    .join('\n')

describe('a letter with a link', () => {
  it('arrives with the link, in three languages, under the same message id each time', async () => {
    const { letters, recipients, url } = await smtp()
    const courier = courierAt(url)
    const first = await courier.mailLink(mailTo('buh@example.kz'))
    const second = await courier.mailLink(mailTo('buh@example.kz'))
    expect(second).toEqual(first)
    expect(recipients).toEqual(['buh@example.kz', 'buh@example.kz'])
    expect(letters[0]).toContain(`Message-ID: <${record.id}@daneker>`)
    expect(decoded(letters[0] ?? '').match(/https:\/\/edo\.example\.kz\/d\/token/g)).toHaveLength(3)
    courier.close()
  })

  it('keeps a name with line breaks out of the headers', async () => {
    const { letters, url } = await smtp()
    const courier = courierAt(url)
    await courier.mailLink(
      mailTo('buh@example.kz', {
        senderName: 'X\r\nBcc: victim@example.kz\r\n\r\nHello',
        number: '1\nX-Y: z',
      }),
    )
    const headers = (letters[0] ?? '').split('\r\n\r\n')[0] ?? ''
    expect(headers).not.toMatch(/^(bcc|x-y):/im)
    courier.close()
  })

  it.each([
    'two@example.kz, three@example.kz',
    'a@b\r\nRCPT TO:<x@y>',
    '<script>@x',
    'nobody',
    '@example.kz',
  ])('refuses %j as an address', async (address) => {
    const { recipients, url } = await smtp()
    expect((await thrown(courierAt(url).mailLink(mailTo(address)))).word).toBe('refused')
    expect(recipients).toEqual([])
  })

  it('tells a final no from a later and from silence', async () => {
    const no = await smtp(() => Object.assign(new Error('no such box'), { responseCode: 550 }))
    expect((await thrown(courierAt(no.url).mailLink(mailTo('a@example.kz')))).word).toBe('refused')
    const later = await smtp(() => Object.assign(new Error('try later'), { responseCode: 451 }))
    expect((await thrown(courierAt(later.url).mailLink(mailTo('a@example.kz')))).word).toBe('busy')
    const silent = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    closers.push(() => silent.close())
    const { port } = silent.address() as AddressInfo
    expect((await thrown(courierAt(`smtp://127.0.0.1:${port}`).mailLink(mailTo('a@example.kz')))).word).toBe(
      'unreachable',
    )
  })

  it('says what to set when mail is not set up', async () => {
    const error = await thrown(courierAt(undefined).mailLink(mailTo('a@example.kz')))
    expect(error.faults.map(({ code }) => code)).toEqual(['MAIL-01'])
  })
})
