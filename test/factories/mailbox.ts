import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface Letter {
  to: string[]
  /** The readable part, decoded. */
  text: string
}

export interface Mailbox {
  /** `smtp://127.0.0.1:port`. */
  url: string
  /** The next letter to this address that nobody has taken yet; waits until it comes. */
  letterTo(address: string): Promise<Letter>
  stop(): Promise<void>
}

const decoded = (raw: string): string => {
  const [head = '', ...body] = raw.split('\r\n\r\n')
  const text = body.join('\r\n\r\n')
  const encoding = /^content-transfer-encoding: *(\S+)/im.exec(head)?.[1]?.toLowerCase()
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString('utf8')
  if (encoding !== 'quoted-printable') return text
  const bytes = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** A real SMTP server that keeps what it gets. */
export const openMailbox = async (): Promise<Mailbox> => {
  const letters: Letter[] = []
  let arrived: (() => void)[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        letters.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          text: decoded(Buffer.concat(chunks).toString('utf8')),
        })
        for (const tell of arrived.splice(0)) tell()
        callback()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    async letterTo(address) {
      for (;;) {
        const at = letters.findIndex(({ to }) => to.includes(address))
        const found = at < 0 ? undefined : letters.splice(at, 1)[0]
        if (found !== undefined) return found
        await new Promise<void>((resolve) => arrived.push(resolve))
      }
    },
    stop: () =>
      new Promise((resolve) => {
        arrived = []
        server.close(() => resolve())
      }),
  }
}
