import { X509Certificate, verify } from 'node:crypto'
import { SignedXml } from 'xml-crypto'
import { childText, parseXml } from './xml.ts'

/** The ticket as its signature covers it. */
export interface VerifiedTicket {
  /** The signed bytes, canonical, without the signature: the only text from which anything may be read. */
  readonly signedXml: string
  /** Base64 DER. */
  readonly certificate: string
}

/** Checks an enveloped XMLDSIG; `undefined` when it does not hold. Replaceable, for GOST keys. */
export type VerifyTicket = (
  signedTicket: string,
) => VerifiedTicket | undefined | Promise<VerifiedTicket | undefined>

/** A raw (not CMS) signature over the exact bytes of a body. Replaceable, for GOST keys. */
export type VerifyRaw = (input: {
  readonly data: Uint8Array
  readonly signature: Uint8Array
  readonly certificate: string
}) => boolean | Promise<boolean>

const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

const pem = (base64: string): string =>
  `-----BEGIN CERTIFICATE-----\n${(base64.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`

const signatureElement = /<((?:[\w.-]+:)?)Signature(?=[\s>])[\s\S]*<\/\1Signature\s*>/
const keyCertificate = /<(?:[\w.-]+:)?X509Certificate\s*>([\s\S]*?)<\//

/**
 * RSA-SHA256 with the certificate of KeyInfo. Exactly one reference over the whole document; every other
 * signature and digest algorithm is unknown here, and nothing outside the signed bytes is returned.
 */
export const verifyRsaTicket: VerifyTicket = (signedTicket) => {
  const signature = signatureElement.exec(signedTicket)?.[0]
  const certificate = keyCertificate.exec(signature ?? '')?.[1]?.replace(/\s+/g, '')
  if (signature === undefined || certificate === undefined) return undefined
  try {
    const checker = new SignedXml({ publicCert: pem(certificate), getCertFromKeyInfo: () => null })
    checker.SignatureAlgorithms = only(checker.SignatureAlgorithms, rsaSha256)
    checker.HashAlgorithms = only(checker.HashAlgorithms, sha256)
    checker.loadSignature(signature)
    if (!checker.checkSignature(signedTicket)) return undefined
    const signed = checker.getSignedReferences()
    const reference = checker.getReferences()[0]
    const [signedXml] = signed
    if (signed.length !== 1 || signedXml === undefined || (reference?.uri ?? '') !== '') return undefined
    return { signedXml, certificate }
  } catch {
    // A malformed signature makes the library throw; for the portal it is one more bad signature.
    return undefined
  }
}

const only = <K extends string, V>(algorithms: Record<K, V>, name: string): Record<K, V> =>
  Object.fromEntries(Object.entries(algorithms).filter(([key]) => key === name)) as Record<K, V>

/** RSA PKCS#1 v1.5 with SHA-256, keys of 2048 bits and more. */
export const verifyRsaRaw: VerifyRaw = ({ data, signature, certificate }) => {
  try {
    const key = readCertificate(certificate)?.x509.publicKey
    if (key?.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048)
      return false
    return verify('sha256', data, key, signature)
  } catch {
    // `publicKey` throws for algorithms unknown to OpenSSL (GOST): not a signature we can confirm.
    return false
  }
}

export interface PortalCertificate {
  readonly x509: X509Certificate
  /** Person: `SERIALNUMBER=IIN…` of the subject. */
  readonly iin: string | undefined
  /** Enterprise: `OU=BIN…` of the subject. */
  readonly bin: string | undefined
  readonly validFrom: Date
  readonly validTo: Date
  /** Key of GOST 34.10-2015: the old login refuses it. */
  readonly isGost2015: boolean
}

/** DER of the arc 1.2.398.3.10.1.1.2 under which both GOST 34.10-2015 key types are registered. */
const gost2015Arc = Buffer.from('2a830e030a010102', 'hex')

/** Reads base64 DER with or without line breaks and PEM lines; `undefined` when it is no certificate. */
export const readCertificate = (text: string): PortalCertificate | undefined => {
  const base64 = text.replace(/-----[A-Z ]+-----/g, '').replace(/\s+/g, '')
  if (base64 === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined
  try {
    const der = Buffer.from(base64, 'base64')
    const x509 = new X509Certificate(der)
    return {
      x509,
      iin: /(?:^| \+ )serialNumber=IIN(\d{12})/m.exec(x509.subject)?.[1],
      bin: /(?:^| \+ )OU=BIN(\d{12})/m.exec(x509.subject)?.[1],
      validFrom: new Date(x509.validFrom),
      validTo: new Date(x509.validTo),
      isGost2015: der.includes(gost2015Arc),
    }
  } catch {
    return undefined
  }
}

/** Fields of the ticket that createAuthTicket issued, read from the signed bytes alone. */
export const readTicket = (signedXml: string): { iin: string; state: string } | undefined => {
  try {
    const root = parseXml(signedXml)
    const iin = childText(root, 'iin')
    const state = childText(root, 'state')
    return root.name === 'authSign' && iin !== undefined && state !== undefined ? { iin, state } : undefined
  } catch {
    return undefined
  }
}
