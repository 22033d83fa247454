import { canonicalElement } from '../../src/adapters/signing/xmldsig/canonical.ts'
import { elementsIn, readXmlTree } from '../../src/adapters/signing/xmldsig/tree.ts'
import type { DemoIdentity } from '../../src/adapters/signing/demo-authority/index.ts'

export const dsig = 'http://www.w3.org/2000/09/xmldsig#'
export const c14n = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
export const ecdsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256'
export const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

/** What a forger writes instead of the usual; everything else is as it should be. */
export interface XmlForgery {
  canonicalization?: string
  /** Inside SignatureMethod. */
  methodParameters?: string
  method?: string
  /** Attributes of Reference. */
  reference?: string
  transforms?: string
  digestMethod?: string
  /** The bytes whose digest is signed. */
  covered: string
  /** Instead of the one reference. */
  references?: (usual: string) => string
  keyInfo?: (usual: string) => string
  /** After KeyInfo. */
  object?: string
}

export const enveloped = `<ds:Transform Algorithm="${dsig}enveloped-signature"/>`
export const canonical = `<ds:Transform Algorithm="${c14n}"/>`

/** r ‖ s out of a SEQUENCE of two INTEGERs, for P-256. */
const rawOf = (der: Uint8Array): Buffer => {
  const integers: Buffer[] = []
  for (let at = 2; at < der.length; at += 2 + der[at + 1]!)
    integers.push(Buffer.from(der.subarray(at + 2, at + 2 + der[at + 1]!)))
  return Buffer.concat(integers.map((one) => Buffer.concat([Buffer.alloc(32), one]).subarray(-32)))
}

/** A signature that holds mathematically (ECDSA P-256), of a form a checker must refuse for its own sake. */
export const forgeXml = async (xml: string, key: DemoIdentity, forgery: XmlForgery): Promise<string> => {
  const digest = await key.digest('sha-256', Buffer.from(forgery.covered))
  const reference =
    `<ds:Reference${forgery.reference ?? ' URI=""'}><ds:Transforms>${forgery.transforms ?? enveloped + canonical}</ds:Transforms>` +
    `<ds:DigestMethod Algorithm="${forgery.digestMethod ?? sha256}"/>` +
    `<ds:DigestValue>${Buffer.from(digest).toString('base64')}</ds:DigestValue></ds:Reference>`
  const certificate = Buffer.from(key.certificate).toString('base64')
  const usualKeyInfo = `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`
  const write = (value: string): string => {
    const signature =
      `<ds:Signature xmlns:ds="${dsig}"><ds:SignedInfo>` +
      `<ds:CanonicalizationMethod Algorithm="${forgery.canonicalization ?? c14n}"/>` +
      `<ds:SignatureMethod Algorithm="${forgery.method ?? ecdsaSha256}">${forgery.methodParameters ?? ''}</ds:SignatureMethod>` +
      `${forgery.references?.(reference) ?? reference}</ds:SignedInfo><ds:SignatureValue>${value}</ds:SignatureValue>` +
      `${forgery.keyInfo?.(usualKeyInfo) ?? usualKeyInfo}${forgery.object ?? ''}</ds:Signature>`
    return xml.replace(/<\/(\w+)>$/, `${signature}</$1>`)
  }
  const draft = await readXmlTree(write('AAAA'))
  if (!draft.ok) throw new Error(draft.faults[0]?.message.en)
  const signature = elementsIn(draft.value.root).at(-1)!
  const signedInfo = canonicalElement(elementsIn(signature)[0]!, {
    exclusive: false,
    withComments: false,
    inclusivePrefixes: [],
  })
  return write(rawOf(await key.sign(signedInfo, 'sha-256')).toString('base64'))
}
