import type { DigestName, KeyFamily } from '../../../core/signature/index.ts'
import type { Canonicalization } from './canonical.ts'

export const dsigNamespace = 'http://www.w3.org/2000/09/xmldsig#'
export const exclusiveNamespace = 'http://www.w3.org/2001/10/xml-exc-c14n#'
export const envelopedTransform = `${dsigNamespace}enveloped-signature`
export const canonicalXml = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'

/** Names НУЦ РК gave to the algorithms of 2015; those of 2004 live in the W3C's name space without its doing. */
const kz = 'urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms'
const more = 'http://www.w3.org/2001/04/xmldsig-more#'
const encryption = 'http://www.w3.org/2001/04/xmlenc#'

export interface XmlSignatureMethod {
  family: KeyFamily
  digest: DigestName
}

/** Everything else is refused: HMAC (a public key as its secret), DSA, SHA-1, MD5, RSA-PSS with its parameters. */
const signatureMethods: Readonly<Record<string, XmlSignatureMethod>> = {
  [`${kz}:gostr34102015-gostr34112015-512`]: { family: 'gost-2015-512', digest: 'streebog-512' },
  // Never seen in use; the name follows its sister's.
  [`${kz}:gostr34102015-gostr34112015-256`]: { family: 'gost-2015-256', digest: 'streebog-256' },
  [`${more}gost34310-gost34311`]: { family: 'gost-2004', digest: 'gost-34311' },
  [`${more}rsa-sha256`]: { family: 'rsa', digest: 'sha-256' },
  [`${more}rsa-sha384`]: { family: 'rsa', digest: 'sha-384' },
  [`${more}rsa-sha512`]: { family: 'rsa', digest: 'sha-512' },
  [`${more}ecdsa-sha256`]: { family: 'ec', digest: 'sha-256' },
  [`${more}ecdsa-sha384`]: { family: 'ec', digest: 'sha-384' },
  [`${more}ecdsa-sha512`]: { family: 'ec', digest: 'sha-512' },
}

const digestMethods: Readonly<Record<string, DigestName>> = {
  [`${kz}:gostr34112015-512`]: 'streebog-512',
  [`${kz}:gostr34112015-256`]: 'streebog-256',
  [`${more}gost34311`]: 'gost-34311',
  [`${encryption}sha256`]: 'sha-256',
  [`${more}sha384`]: 'sha-384',
  [`${encryption}sha512`]: 'sha-512',
}

type Form = Pick<Canonicalization, 'exclusive' | 'withComments'>

/** Canonical XML 1.1, base64, XPath and XSLT are left out: each can turn one document into another. */
const canonicalizations: Readonly<Record<string, Form>> = {
  [canonicalXml]: { exclusive: false, withComments: false },
  [`${canonicalXml}#WithComments`]: { exclusive: false, withComments: true },
  [exclusiveNamespace]: { exclusive: true, withComments: false },
  [`${exclusiveNamespace}WithComments`]: { exclusive: true, withComments: true },
}

const from = <T>(table: Readonly<Record<string, T>>, uri: string): T | undefined =>
  Object.hasOwn(table, uri) ? table[uri] : undefined

export const signatureMethodOf = (uri: string): XmlSignatureMethod | undefined => from(signatureMethods, uri)
export const digestMethodOf = (uri: string): DigestName | undefined => from(digestMethods, uri)
export const canonicalizationOf = (uri: string): Form | undefined => from(canonicalizations, uri)

/** What we write for a key. */
export const signatureUri = (family: KeyFamily, digest: DigestName): string | undefined =>
  Object.entries(signatureMethods).find(([, one]) => one.family === family && one.digest === digest)?.[0]

export const digestUri = (digest: DigestName): string | undefined =>
  Object.entries(digestMethods).find(([, one]) => one === digest)?.[0]

/** The end of an algorithm's name, for people. */
export const shortName = (uri: string): string => (uri.split(/[#:/]/).at(-1) ?? '').slice(0, 60) || 'unnamed'
