import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DerError } from '../der/index.ts'
import { readCertificate } from '../x509/index.ts'
import { answerOcsp, answerTimeStamp } from './responders.ts'
import type { RevocationAddresses } from '../trust/index.ts'
import type { DemoAuthority } from './authority.ts'

/** The time-stamp and OCSP services of a demo authority, on 127.0.0.1. */
export interface DemoAuthorityServices {
  tspUrl: string
  /** By the SHA-256 of the authority asked about, as a gateway is told. */
  revocation: ReadonlyMap<string, RevocationAddresses>
  stop(): Promise<void>
}

/** Questions have a few hundred bytes. */
const maxQuestionBytes = 16 * 1024

/** Answers every question at the moment it is asked: everything it issued is good. */
export const startDemoAuthorityServices = async (
  authority: DemoAuthority,
): Promise<DemoAuthorityServices> => {
  const services: Record<string, (question: Uint8Array) => Promise<Uint8Array>> = {
    '/tsp': (question) => answerTimeStamp(authority, question, { now: new Date() }),
    '/ocsp': (question) => answerOcsp(authority, question, { now: new Date() }),
    // The responder is certified by the issuer; about what the root issued only the root may speak.
    '/ocsp-root': (question) => answerOcsp(authority, question, { now: new Date(), signer: authority.root }),
  }
  const server = createServer((request, response) => {
    const end = (status: number, body?: Uint8Array): void => void response.writeHead(status).end(body)
    const service = request.method === 'POST' ? services[request.url ?? ''] : undefined
    if (service === undefined) return end(404)
    const pieces: Buffer[] = []
    let size = 0
    request.on('data', (piece: Buffer) => {
      size += piece.length
      if (size > maxQuestionBytes) request.destroy()
      else pieces.push(piece)
    })
    request.on('end', () => {
      service(Buffer.concat(pieces)).then(
        (answer) => end(200, answer),
        (error: unknown) => end(error instanceof DerError ? 400 : 500),
      )
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    tspUrl: `${url}/tsp`,
    revocation: new Map([
      [readCertificate(authority.issuer.certificate).sha256, { ocsp: `${url}/ocsp` }],
      [readCertificate(authority.root.certificate).sha256, { ocsp: `${url}/ocsp-root` }],
    ]),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
