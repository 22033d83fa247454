import { keyWeakness } from '../../../core/signature/index.ts'
import { usualDigest } from '../algorithms/index.ts'
import { checkDer, DerError } from '../der/index.ts'
import { readCertificate } from '../x509/index.ts'
import { XmlVerifier } from './xml-verifier.ts'
import type { Certificate } from '../x509/index.ts'
import type { XmlVerifierDeps } from './xml-verifier.ts'

/** What the state portal checks about a company's key, for its stand-in in the demonstration and the tests. */
export interface PortalChecks {
  /** An enveloped signature over a ticket: the signed text and the signer's certificate, or nothing. */
  verifyTicket(signedTicket: string): Promise<{ signedXml: string; certificate: string } | undefined>
  /** A raw signature, not CMS, over the exact bytes of an invoice. */
  verifyRaw(input: { data: Uint8Array; signature: Uint8Array; certificate: string }): Promise<boolean>
}

/** Checks by our own verification, so that GOST keys work as RSA keys do. Certificates are base64 of DER. */
export const portalChecks = (deps: XmlVerifierDeps): PortalChecks => {
  const { suite, trust, policy, clock } = deps
  const verifier = new XmlVerifier(deps)

  const isTrusted = async (certificate: Certificate): Promise<boolean> => {
    const { evidence } = await trust.chainOf(certificate, [], 'signer')
    const now = clock.now()
    return (
      evidence.anchor?.environment === policy.environment &&
      evidence.path.every(({ notBefore, notAfter }) => notBefore <= now && now <= notAfter)
    )
  }
  return {
    verifyTicket: async (signedTicket) => {
      const { report, signedBytes, certificate } = await verifier.verify({ xml: Buffer.from(signedTicket) })
      return report.verdict === 'VALID' && signedBytes !== undefined && certificate !== undefined
        ? {
            signedXml: Buffer.from(signedBytes).toString('utf8'),
            certificate: Buffer.from(certificate).toString('base64'),
          }
        : undefined
    },
    verifyRaw: async ({ data, signature, certificate: base64 }) => {
      const certificate = certificateIn(base64)
      if (certificate === undefined) return false
      const { family } = certificate.key.evidence
      if (family === 'unsupported' || keyWeakness(certificate.key.evidence, policy) !== undefined)
        return false
      return (
        (await isTrusted(certificate)) &&
        (await suite.verify(certificate.key, usualDigest(family), data, signature))
      )
    },
  }
}

const certificateIn = (base64: string): Certificate | undefined => {
  const der = new Uint8Array(Buffer.from(base64, 'base64'))
  try {
    checkDer(der)
    return readCertificate(der)
  } catch (cause) {
    if (cause instanceof DerError) return undefined
    throw cause
  }
}
