import { SignedXml, type SignatureAlgorithm, type HashAlgorithm } from 'xml-crypto'
import type { PortalSignatureType } from '../../core/mirror/index.ts'
import type { PortalKey } from './account.ts'

/** A company's opened key, as the signing adapter holds it: the private part is not to be seen. */
export interface CompanyKeyInHand {
  algorithm: 'rsa' | 'gost2015-512'
  /** DER. */
  certificate: Uint8Array
  /** The digest that belongs to the algorithm: SHA-256 or Streebog-512. */
  digest(data: Uint8Array): Uint8Array
  /** Signs the data itself; raw form, as the portal wants it. The document it is for, where there is one. */
  sign(data: Uint8Array, documentId?: string): Promise<Uint8Array>
}

/** How each algorithm is called in XMLDSig; for GOST the names of НУЦ РК. */
const uris = {
  rsa: {
    signature: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    digest: 'http://www.w3.org/2001/04/xmlenc#sha256',
  },
  'gost2015-512': {
    signature: 'urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-512',
    digest: 'urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-512',
  },
} as const

/** What KGD's own client uses. */
const canonical = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments'

/** The key of a company as the portal's client uses it: raw over invoices, enveloped XMLDSig over tickets. */
export const portalKey = (
  key: CompanyKeyInHand,
  signatureType: PortalSignatureType = 'COMPANY',
): PortalKey => {
  const certificate = Buffer.from(key.certificate).toString('base64')
  return {
    certificate,
    signatureType,
    signRaw: async (bytes, documentId) => Buffer.from(await key.sign(bytes, documentId)).toString('base64'),
    signTicket: (ticketXml) => signEnveloped(ticketXml, key, certificate),
  }
}

const signEnveloped = (xml: string, key: CompanyKeyInHand, certificate: string): Promise<string> => {
  const { signature, digest } = uris[key.algorithm]
  const signer = new SignedXml({
    // Never looked at: the algorithm below signs. The library only insists that there is one.
    privateKey: 'in hand',
    signatureAlgorithm: signature,
    canonicalizationAlgorithm: canonical,
    getKeyInfoContent: () =>
      `<ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data>`,
  })
  signer.SignatureAlgorithms = { [signature]: signatureBy(signature, key) }
  signer.HashAlgorithms = { [digest]: hashBy(digest, key) }
  signer.addReference({
    xpath: '/*',
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', canonical],
    digestAlgorithm: digest,
    // The whole document, not an element by its Id.
    uri: '',
    isEmptyUri: true,
  })
  return new Promise((resolve, reject) => {
    signer.computeSignature(
      xml,
      { prefix: 'ds', location: { reference: '/*', action: 'append' } },
      (error, signed) => {
        if (error !== null && error !== undefined) reject(error)
        else resolve((signed ?? signer).getSignedXml())
      },
    )
  })
}

const hashBy = (uri: string, key: CompanyKeyInHand): new () => HashAlgorithm =>
  class {
    getAlgorithmName(): string {
      return uri
    }
    getHash(xml: string): string {
      return Buffer.from(key.digest(Buffer.from(xml))).toString('base64')
    }
  }

const signatureBy = (uri: string, key: CompanyKeyInHand): new () => SignatureAlgorithm => {
  class InHand {
    getAlgorithmName(): string {
      return uri
    }
    // The last argument is the library's callback: keys that sign in a worker or over HTTP take their time.
    getSignature(...args: unknown[]): string {
      const [signedInfo, , callback] = args as [
        string,
        unknown,
        (error: Error | null, signature?: string) => void,
      ]
      key.sign(Buffer.from(signedInfo)).then(
        (bytes) => callback(null, Buffer.from(bytes).toString('base64')),
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
      )
      return ''
    }
    verifySignature(): boolean {
      throw new Error('tickets are signed here, not checked')
    }
  }
  return InHand
}
