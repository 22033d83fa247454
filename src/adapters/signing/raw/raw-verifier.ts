import type { PortalSignatureCheck, PortalSignatureVerifier } from '../../../core/mirror/index.ts'
import { KzSuite, usualDigest, type CryptoSuite } from '../algorithms/index.ts'
import type { DigestName } from '../../../core/signature/index.ts'
import { readCertificate, type Certificate } from '../x509/index.ts'

/** A raw signature is 512 bytes at most (RSA-4096); a certificate of НУЦ РК has some 2 KB. */
const largest = { signature: 1024, certificate: 64 * 1024 }

/**
 * Checks the portal's kind of signature: raw, over the exact UTF-8 of the body, with the certificate that came
 * beside it. It says whether the key of that certificate signed these very bytes, and whose it is. Chain and
 * revocation are the portal's: it checked them when it registered the invoice, and gives no proof of it.
 */
export class RawSignatureVerifier implements PortalSignatureVerifier {
  readonly #suite: CryptoSuite

  constructor(suite: CryptoSuite = new KzSuite()) {
    this.#suite = suite
  }

  async verify(invoice: {
    body: string
    signature: string
    certificate: string
    at?: Date
  }): Promise<PortalSignatureCheck> {
    const signature = Buffer.from(invoice.signature, 'base64')
    const der = Buffer.from(invoice.certificate, 'base64')
    if (signature.length === 0 || signature.length > largest.signature)
      return { verdict: 'unchecked', note: 'the portal gave no signature that can be read' }
    const certificate = der.length > largest.certificate ? undefined : readOrNothing(der)
    if (certificate === undefined)
      return { verdict: 'unchecked', note: 'the portal gave no certificate that can be read' }
    const signer = signerOf(certificate)
    const { family, label } = certificate.key.evidence
    if (family === 'unsupported')
      return { verdict: 'unchecked', note: `keys of ${label} are not checked here`, signer }
    const data = new TextEncoder().encode(invoice.body)
    // RSA keys of the years before 2015 signed with SHA-1.
    const digests: DigestName[] = family === 'rsa' ? ['sha-256', 'sha-1'] : [usualDigest(family)]
    for (const digest of digests) {
      if (!this.#suite.supports(family, digest)) continue
      if (await this.#suite.verify(certificate.key, digest, data, signature)) {
        const isInTime = invoice.at === undefined || isWithin(certificate, invoice.at)
        return {
          verdict: isInTime ? 'valid' : 'invalid',
          note: isInTime
            ? `${label} over the exact bytes; chain and revocation are the portal's word`
            : `${label} over the exact bytes, outside the term of the certificate`,
          signer,
        }
      }
    }
    return { verdict: 'invalid', note: `the ${label} signature is not over these bytes`, signer }
  }
}

const readOrNothing = (der: Uint8Array): Certificate | undefined => {
  try {
    return readCertificate(der)
  } catch {
    // Anything that is no certificate is told as such; the invoice is delivered all the same.
    return undefined
  }
}

const isWithin = ({ evidence }: Certificate, at: Date): boolean =>
  evidence.notBefore <= at && at <= evidence.notAfter

const signerOf = ({ evidence }: Certificate): NonNullable<PortalSignatureCheck['signer']> => {
  const { commonName, iins, bins } = evidence
  return {
    ...(commonName === undefined ? {} : { name: commonName }),
    ...(iins[0] === undefined ? {} : { iin: iins[0] }),
    ...(bins[0] === undefined ? {} : { bin: bins[0] }),
  }
}
