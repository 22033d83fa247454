import { answerOcsp, answerTimeStamp } from '../../src/adapters/signing/demo-authority/index.ts'
import { certificateAnchor } from '../../src/adapters/signing/index.ts'
import { readCertificate } from '../../src/adapters/signing/x509/index.ts'
import type { DemoAuthority } from '../../src/adapters/signing/demo-authority/index.ts'
import type { GatewaySettings } from '../../src/app.ts'
import type { Clock } from '../../src/core/kernel/index.ts'
import { anAuthorityServer, type AuthorityServer } from './authority-server.ts'

/** A demo authority whose time stamps and answers about revocation are to be had over HTTP on 127.0.0.1. */
export interface ProvingAuthority {
  server: AuthorityServer
  /** Services that answer nothing but HTTP 503. */
  readonly down: Set<'tsp' | 'ocsp'>
  /** Trust, addresses and rules of a gateway under this authority: revocation has to be known. */
  signature: GatewaySettings['signature']
  /** How often a stamp or an answer was given. */
  given(service: 'tsp' | 'ocsp'): number
  stop(): Promise<void>
}

export const aProvingAuthority = async (
  authority: DemoAuthority,
  clock: Clock,
  more: Partial<GatewaySettings['signature']> = {},
): Promise<ProvingAuthority> => {
  const down = new Set<'tsp' | 'ocsp'>()
  const given = { tsp: 0, ocsp: 0 }
  const server = await anAuthorityServer((body, path) => {
    const service = path === '/tsp' ? 'tsp' : 'ocsp'
    if (down.has(service)) return 503
    given[service] += 1
    const now = clock.now()
    if (service === 'tsp') return answerTimeStamp(authority, body, { now })
    // What the root issued only the root may speak about.
    return answerOcsp(authority, body, path === '/root' ? { now, signer: authority.root } : { now })
  })
  const addressOf = (issuer: Uint8Array, path: string) =>
    [readCertificate(issuer).sha256, { ocsp: `${server.url}/${path}` }] as const
  return {
    server,
    down,
    given: (service) => given[service],
    signature: {
      policy: { environment: 'test', revocation: 'required' },
      anchors: [certificateAnchor('demo', authority.root.certificate)],
      revocation: new Map([
        addressOf(authority.issuer.certificate, 'issuer'),
        addressOf(authority.root.certificate, 'root'),
      ]),
      tspUrl: `${server.url}/tsp`,
      ...more,
    },
    stop: () => server.stop(),
  }
}
