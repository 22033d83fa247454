import {
  canonicalizationOf,
  digestMethodOf,
  dsigNamespace,
  envelopedTransform,
  exclusiveNamespace,
  shortName,
  signatureMethodOf,
} from './algorithms.ts'
import { canonicalElement } from './canonical.ts'
import { attributeOf, descendants, elementsIn, readXmlTree } from './tree.ts'
import type { DigestName, Unreadable } from '../../../core/signature/index.ts'
import type { XmlSignatureMethod } from './algorithms.ts'
import type { Canonicalization } from './canonical.ts'
import type { ElementNode, XmlTree } from './tree.ts'

/** A signature of a form we refuse, and the step of the check it fails. The detail carries no content. */
export class XmlSignatureError extends Error {
  readonly step: Unreadable['step']

  constructor(detail: string, step: Unreadable['step'] = 'structure') {
    super(detail)
    this.name = 'XmlSignatureError'
    this.step = step
  }
}

const refuse = (detail: string): never => {
  throw new XmlSignatureError(detail)
}

/** One enveloped signature, its signed part read from the very bytes the signature covers. */
export interface XmlSignature {
  element: ElementNode
  /** Canonical SignedInfo: what the key signed. */
  signedInfo: Uint8Array
  method: XmlSignatureMethod | undefined
  methodLabel: string
  /** How the document becomes the bytes whose digest is signed. */
  canonicalization: Canonicalization
  digest: DigestName | undefined
  digestLabel: string
  digestValue: Uint8Array
  value: Uint8Array
  /** Certificates (DER) of KeyInfo: a hint, nothing is trusted for standing there. */
  certificates: Uint8Array[]
}

/** More certificates than any chain has. */
const maxCertificates = 8
/** A signature of RSA-16384 has 2 KB; a certificate of НУЦ РК 1 to 2 KB. */
const maxBase64Letters = 64 * 1024

/**
 * The signatures of a document in the order they were put on. Each stands directly in the root and nowhere else, so
 * that there is no second place where a checker and a reader could look for "the" document.
 */
export const signatureElements = ({ root }: XmlTree, maxSigners: number): ElementNode[] => {
  if (isSignature(root)) refuse('the root is the signature; only enveloped signatures are read')
  const found = elementsIn(root).filter(isSignature)
  let count = 0
  for (const element of descendants(root)) if (isSignature(element)) count++
  if (count > found.length) refuse('a signature stands deeper than directly in the root')
  if (count === 0) throw new XmlSignatureError('nobody signed', 'signer-count')
  if (count > maxSigners)
    throw new XmlSignatureError(`${count} signers, at most ${maxSigners}`, 'signer-count')
  return found
}

const isSignature = ({ uri, local }: ElementNode): boolean => uri === dsigNamespace && local === 'Signature'

/** Takes one signature apart; throws `XmlSignatureError` for any form that is not on the list. */
export const readXmlSignature = async (element: ElementNode): Promise<XmlSignature> => {
  checkAttributes(element, ['Id'])
  const [written, valueElement, keyInfo] = parts(element, ['SignedInfo', 'SignatureValue', 'KeyInfo'])
  const [methodElement] = elementsIn(written)
  if (methodElement === undefined) refuse('SignedInfo is empty')
  // Before it inherits `xml:` attributes of the document.
  checkAttributes(written, ['Id'])
  const canonicalization = readCanonicalization(methodElement!, 'CanonicalizationMethod')
  const signedInfo = canonicalElement(written, canonicalization)

  // Everything that decides is read again from the signed bytes: a comment or an attribute that the canonical form
  // drops cannot make us see another SignedInfo than the signer saw.
  const reread = await readXmlTree(Buffer.from(signedInfo).toString('utf8'))
  if (!reread.ok) return refuse('the canonical SignedInfo cannot be read')
  const info = reread.value.root
  const [canonical, methodNode, reference] = parts(info, [
    'CanonicalizationMethod',
    'SignatureMethod',
    'Reference',
  ])
  readCanonicalization(canonical, 'CanonicalizationMethod')
  const method = algorithmOf(methodNode)
  checkAttributes(methodNode, ['Algorithm'])
  // HMACOutputLength of a few bits is the classic.
  parts(methodNode, [])

  checkAttributes(reference, ['Id', 'URI'])
  const uri = attributeOf(reference, 'URI')
  if (uri !== '')
    refuse(
      `the reference is to ${uri === undefined ? 'nothing named' : 'a part or to elsewhere'}, not to the whole document`,
    )
  const [transforms, digestNode, digestValue] = parts(reference, [
    'Transforms',
    'DigestMethod',
    'DigestValue',
  ])
  checkAttributes(digestNode, ['Algorithm'])
  parts(digestNode, [])
  checkAttributes(digestValue, [])
  checkAttributes(valueElement, ['Id'])
  const digestUri = algorithmOf(digestNode)
  return {
    element,
    signedInfo,
    method: signatureMethodOf(method),
    methodLabel: shortName(method),
    canonicalization: readTransforms(transforms),
    digest: digestMethodOf(digestUri),
    digestLabel: shortName(digestUri),
    digestValue: base64Of(digestValue),
    value: base64Of(valueElement),
    certificates: readKeyInfo(keyInfo),
  }
}

/** The element children, which must be exactly these, in this order, with nothing but white space between. */
function parts<const Names extends readonly string[]>(
  element: ElementNode,
  names: Names,
): { [Place in keyof Names]: ElementNode }
function parts(element: ElementNode, names: readonly string[]): ElementNode[] {
  const found = elementsIn(element)
  const isExpected =
    found.length === names.length &&
    found.every(({ uri, local }, place) => uri === dsigNamespace && local === names[place])
  if (!isExpected) refuse(`${element.local} holds other parts than ${names.join(', ') || 'none'}`)
  noText(element)
  return found
}

const noText = (element: ElementNode): void => {
  if (element.children.some((child) => child.kind === 'text' && child.value.trim() !== ''))
    refuse(`text stands in ${element.local}`)
}

/** Attributes of these names only; namespace declarations do not count, `xml:` ones do. */
const checkAttributes = (element: ElementNode, names: readonly string[]): void => {
  const strange = element.attributes.find(
    ({ name, uri }) => uri !== 'http://www.w3.org/2000/xmlns/' && !names.includes(name),
  )
  if (strange !== undefined) refuse(`${element.local} has an attribute that has no place there`)
}

const algorithmOf = (element: ElementNode): string =>
  attributeOf(element, 'Algorithm') ?? refuse(`${element.local} names no algorithm`)

const readCanonicalization = (element: ElementNode, what: string): Canonicalization => {
  checkAttributes(element, ['Algorithm'])
  const uri = algorithmOf(element)
  const form = canonicalizationOf(uri)
  if (form === undefined) return refuse(`${what} ${shortName(uri)} is not on the list`)
  return { ...form, inclusivePrefixes: form.exclusive ? prefixList(element) : noPrefixes(element) }
}

const noPrefixes = (element: ElementNode): string[] => {
  if (element.children.some((child) => child.kind === 'element')) refuse(`${element.local} has parameters`)
  noText(element)
  return []
}

const prefixList = (element: ElementNode): string[] => {
  const [list, ...more] = elementsIn(element)
  noText(element)
  if (list === undefined) return []
  if (more.length > 0 || list.uri !== exclusiveNamespace || list.local !== 'InclusiveNamespaces')
    refuse(`${element.local} has parameters that are unknown`)
  checkAttributes(list, ['PrefixList'])
  const prefixes = (attributeOf(list, 'PrefixList') ?? '').split(/\s+/).filter((one) => one !== '')
  if (prefixes.length > 64) refuse('the list of prefixes is too long')
  return prefixes.map((prefix) => (prefix === '#default' ? '' : prefix))
}

/** First the signature is taken out, then the rest is written canonically; nothing else is allowed. */
const readTransforms = (element: ElementNode): Canonicalization => {
  checkAttributes(element, [])
  noText(element)
  const transforms = elementsIn(element)
  for (const one of transforms)
    if (one.uri !== dsigNamespace || one.local !== 'Transform') refuse('Transforms holds something else')
  const [enveloped, canonical, ...more] = transforms
  if (enveloped === undefined || algorithmOf(enveloped) !== envelopedTransform)
    return refuse('the first transform does not take the signature out')
  checkAttributes(enveloped, ['Algorithm'])
  noPrefixes(enveloped)
  if (more.length > 0) refuse('more than two transforms')
  return canonical === undefined
    ? { exclusive: false, withComments: false, inclusivePrefixes: [] }
    : readCanonicalization(canonical, 'the transform')
}

/** Only certificates are taken; RetrievalMethod would make us fetch what the sender names. */
const readKeyInfo = (keyInfo: ElementNode): Uint8Array[] => {
  const hints = elementsIn(keyInfo)
  if (hints.some(({ local }) => local === 'RetrievalMethod')) refuse('KeyInfo points elsewhere')
  const certificates = hints
    .filter(({ uri, local }) => uri === dsigNamespace && local === 'X509Data')
    .flatMap(elementsIn)
    .filter(({ uri, local }) => uri === dsigNamespace && local === 'X509Certificate')
  if (certificates.length > maxCertificates) refuse(`${certificates.length} certificates`)
  return certificates.map(base64Of)
}

/** Kalkan writes `&#13;` at the ends of its lines. */
const base64Of = (element: ElementNode): Uint8Array => {
  let text = ''
  for (const child of element.children) {
    if (child.kind === 'text') text += child.value
    // A comment here could hide half of a value from one reader and not from another.
    else refuse(`${element.local} holds something other than base64`)
  }
  if (text.length > maxBase64Letters) refuse(`${element.local} is too long`)
  const letters = text.replace(/[\s]+/g, '')
  if (letters.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(letters))
    refuse(`${element.local} is not base64`)
  return new Uint8Array(Buffer.from(letters, 'base64'))
}
