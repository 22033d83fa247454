import { connect, type DetailedPeerCertificate, type SecureVersion } from 'node:tls'

/** What an old client meets at an address: versions, chain, certificate. */
export interface TlsLook {
  /** Versions in which a handshake succeeds. */
  versions: ('TLSv1.2' | 'TLSv1.3')[]
  /** The certificates that the server sends, its own first, by their subjects. */
  chain: string[]
  /** The chain leads to an authority that this machine trusts; otherwise Node's word for why not. */
  distrust?: string
  /** The server sends its intermediates: clients that fetch none by themselves find the way. */
  isComplete: boolean
  /** End of the server's own certificate. */
  validTo?: Date
  keyKind?: string
}

const within = 5_000

interface Hand {
  isMade: boolean
  error?: string
  certificate?: DetailedPeerCertificate
  distrust?: string
}

const shake = (host: string, port: number, version: SecureVersion): Promise<Hand> =>
  new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      servername: /^[\d.:]+$/.test(host) ? undefined : host,
      minVersion: version,
      maxVersion: version,
      // What is wrong with the certificate is a finding, not the end of looking.
      rejectUnauthorized: false,
    })
    const done = (hand: Hand): void => {
      socket.destroy()
      resolve(hand)
    }
    socket.setTimeout(within, () => done({ isMade: false, error: 'ETIMEDOUT' }))
    socket.once('error', (error: NodeJS.ErrnoException) =>
      done({ isMade: false, error: error.code ?? error.message }),
    )
    socket.once('secureConnect', () =>
      done({
        isMade: true,
        certificate: socket.getPeerCertificate(true),
        ...(socket.authorized ? {} : { distrust: codeOf(socket.authorizationError) }),
      }),
    )
  })

const codeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Looks at a TLS server as two clients: one of TLS 1.2, as old 1C platforms are, and one of 1.3. */
export const lookAtTls = async (host: string, port: number): Promise<TlsLook | { error: string }> => {
  const [old, fresh] = await Promise.all([shake(host, port, 'TLSv1.2'), shake(host, port, 'TLSv1.3')])
  const hand = fresh.isMade ? fresh : old
  if (!hand.isMade) return { error: old.error ?? 'no answer' }
  const chain: DetailedPeerCertificate[] = []
  for (let one = hand.certificate; one !== undefined && !chain.includes(one); one = one.issuerCertificate)
    chain.push(one)
  const own = chain[0]
  return {
    versions: [...(old.isMade ? ['TLSv1.2' as const] : []), ...(fresh.isMade ? ['TLSv1.3' as const] : [])],
    chain: chain.map(({ subject }) => [subject?.CN ?? subject?.O ?? '?'].flat().join(', ')),
    ...(hand.distrust === undefined ? {} : { distrust: hand.distrust }),
    isComplete: hand.distrust !== 'unable to verify the first certificate',
    ...(own?.valid_to === undefined ? {} : { validTo: new Date(own.valid_to) }),
    ...(own?.asn1Curve === undefined ? { keyKind: 'RSA' } : { keyKind: `EC ${own.asn1Curve}` }),
  }
}
