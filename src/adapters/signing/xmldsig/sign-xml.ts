import { failed, fault, ok } from '../../../core/kernel/index.ts'
import { usualDigest } from '../algorithms/index.ts'
import { readOne, sequence } from '../der/index.ts'
import { readCertificate } from '../x509/index.ts'
import { canonicalXml, digestUri, dsigNamespace, envelopedTransform, signatureUri } from './algorithms.ts'
import { canonicalDocument, canonicalElement } from './canonical.ts'
import { elementsIn, readXmlTree } from './tree.ts'
import type { Fault, Result } from '../../../core/kernel/index.ts'
import type { CmsKey } from '../cms/index.ts'
import type { XmlTree } from './tree.ts'

const notSignable = (): Fault =>
  fault('XMLSIGN-01', '', {
    ru: 'Документ нельзя подписать: не найден конец корневого элемента XML. Проверьте документ.',
    kk: 'Құжатқа қол қою мүмкін емес: XML түбір элементінің соңы табылмады. Құжатты тексеріңіз.',
    en: 'The document cannot be signed: the end of the root element was not found. Check the document.',
  })

/** What is digested; `URI=""` leaves comments out whatever the transform says. */
const documentForm = { exclusive: false, withComments: false, inclusivePrefixes: [] }

/**
 * Puts an enveloped signature on a document, as Kalkan and the portals of Kazakhstan write it; signatures that are
 * there already stay and are covered. The text is kept letter by letter, only the signature is added before the
 * end of the root. Throws what the key throws.
 */
export const signXml = async (xml: string, key: CmsKey): Promise<Result<string>> => {
  const digestName = usualDigest(key.family)
  const method = signatureUri(key.family, digestName)
  const digestMethod = digestUri(digestName)
  if (method === undefined || digestMethod === undefined)
    throw new Error(`no XML signature algorithm for ${key.family}`)
  const text = xml.replace(/^(<\?xml[^>]*?\sencoding\s*=\s*)(["'])[^"']*\2/, '$1$2UTF-8$2')
  const tree = await readXmlTree(text)
  if (!tree.ok) return tree

  const digest = await key.digest(digestName, canonicalDocument(tree.value, documentForm))
  const write = (value: string): string | undefined =>
    atEndOfRoot(
      text,
      tree.value,
      `<ds:Signature xmlns:ds="${dsigNamespace}"><ds:SignedInfo>` +
        `<ds:CanonicalizationMethod Algorithm="${canonicalXml}"/><ds:SignatureMethod Algorithm="${method}"/>` +
        `<ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="${envelopedTransform}"/>` +
        `<ds:Transform Algorithm="${canonicalXml}#WithComments"/></ds:Transforms>` +
        `<ds:DigestMethod Algorithm="${digestMethod}"/><ds:DigestValue>${base64(digest)}</ds:DigestValue>` +
        `</ds:Reference></ds:SignedInfo><ds:SignatureValue>${value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>` +
        `<ds:X509Certificate>${base64(key.certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`,
    )
  // SignedInfo inherits the namespaces of the place where it stands, so it is canonicalized there.
  const draft = write('')
  const drafted = draft === undefined ? undefined : await readXmlTree(draft)
  const signature = drafted?.ok === true ? elementsIn(drafted.value.root).at(-1) : undefined
  const signedInfo = signature?.uri === dsigNamespace ? elementsIn(signature)[0] : undefined
  if (signedInfo === undefined) return failed(notSignable())
  const made = await key.sign(canonicalElement(signedInfo, documentForm), digestName)
  return ok(write(base64(key.family === 'ec' ? rawOfEcdsa(made, key.certificate) : made))!)
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** The text with something put before the end tag of the root; after that tag only space and comments may stand. */
const atEndOfRoot = (text: string, { root }: XmlTree, addition: string): string | undefined => {
  let end = text.trimEnd().length
  while (text.slice(0, end).endsWith('-->')) {
    const comment = text.lastIndexOf('<!--', end)
    end = text.slice(0, comment).trimEnd().length
    if (comment < 0) return undefined
  }
  const head = text.slice(0, end)
  if (head.endsWith('/>') && root.children.length === 0)
    return `${head.slice(0, -2)}>${addition}</${root.name}>${text.slice(end)}`
  const close = head.lastIndexOf('</')
  return close < 0 ? undefined : text.slice(0, close) + addition + text.slice(close)
}

const coordinateBytes = (certificateKeyLength: number): number =>
  certificateKeyLength <= 66 ? 32 : certificateKeyLength <= 98 ? 48 : 66

/** ECDSA in XML is r ‖ s of fixed length, not a SEQUENCE. */
const rawOfEcdsa = (der: Uint8Array, certificate: Uint8Array): Uint8Array => {
  const length = coordinateBytes(readCertificate(certificate).key.keyBits.length)
  const raw = new Uint8Array(2 * length)
  for (const [place, integer] of sequence(readOne(der), 'ECDSA signature').entries()) {
    const bytes = integer.content[0] === 0 ? integer.content.subarray(1) : integer.content
    raw.set(bytes, (place + 1) * length - bytes.length)
  }
  return raw
}
