import { createPrivateKey, sign, X509Certificate } from 'node:crypto'
import { SignedXml } from 'xml-crypto'
import type { PortalSignatureType } from '../../core/mirror/index.ts'
import type { PortalKey } from './account.ts'

/**
 * An RSA key for the portal's test stand and the simulator: PKCS#1 v1.5 with SHA-256. Real keys are GOST-2015
 * since 2023 and come from the signing adapter.
 */
export const rsaPortalKey = (options: {
  /** PKCS#8 or PKCS#1, PEM. */
  privateKeyPem: string
  /** X.509, PEM. */
  certificatePem: string
  signatureType?: PortalSignatureType
}): PortalKey => {
  const privateKey = createPrivateKey(options.privateKeyPem)
  if (privateKey.asymmetricKeyType !== 'rsa') throw new Error('the key for the portal is not an RSA key')
  const certificate = new X509Certificate(options.certificatePem)
  return {
    certificate: certificate.raw.toString('base64'),
    signatureType: options.signatureType ?? 'COMPANY',
    signRaw: async (bytes) => sign('sha256', bytes, privateKey).toString('base64'),
    signTicket: async (ticketXml) => {
      const signer = new SignedXml({
        privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        publicCert: certificate.toString(),
        signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
        canonicalizationAlgorithm: canonical,
      })
      signer.addReference({
        xpath: '/*',
        transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', canonical],
        digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
        // The whole document, not an element by its Id.
        uri: '',
        isEmptyUri: true,
      })
      signer.computeSignature(ticketXml, { prefix: 'ds', location: { reference: '/*', action: 'append' } })
      return signer.getSignedXml()
    },
  }
}

/** What KGD's own client uses. */
const canonical = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments'
