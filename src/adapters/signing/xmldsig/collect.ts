import { keyWeakness } from '../../../core/signature/index.ts'
import { checkDer, DerError, sameBytes, writeInteger, writeSequence } from '../der/index.ts'
import { readCertificate } from '../x509/index.ts'
import { canonicalDocument } from './canonical.ts'
import type { SignaturePolicy, SignerEvidence, XmlCoverage } from '../../../core/signature/index.ts'
import type { CryptoSuite } from '../algorithms/index.ts'
import type { BuiltChain, TrustStore } from '../trust/index.ts'
import type { Certificate } from '../x509/index.ts'
import type { XmlSignature } from './read-signature.ts'
import type { ElementNode, XmlTree } from './tree.ts'

export interface XmlCollectContext {
  suite: CryptoSuite
  trust: TrustStore
  policy: SignaturePolicy
}

export interface CollectedXmlSigner {
  evidence: SignerEvidence
  chain: BuiltChain | undefined
  /** The canonical bytes whose digest is signed; absent when no form of the document has that digest. */
  signedBytes: Uint8Array | undefined
}

/** Takes every measurement of one signature; `leftOut` are it and those put on after it. */
export const collectXmlSigner = async (
  tree: XmlTree,
  signature: XmlSignature,
  index: number,
  leftOut: ReadonlySet<ElementNode>,
  { suite, trust, policy }: XmlCollectContext,
): Promise<CollectedXmlSigner> => {
  const { signer, others } = certificatesOf(signature.certificates)
  const { method, digest } = signature
  const key = signer?.key.evidence
  const algorithmsAgree =
    method !== undefined &&
    digest !== undefined &&
    method.family === key?.family &&
    (method.family === 'rsa' || method.family === 'ec' ? digest.startsWith('sha-') : digest === method.digest)
  // Only what somebody accepts is computed: no key so large that one check takes seconds.
  const worthwhile =
    algorithmsAgree &&
    keyWeakness(key, policy) === undefined &&
    policy.algorithms.some((one) => one.key === method.family && one.digest === method.digest) &&
    suite.supports(method.family, method.digest)

  const value =
    worthwhile && method.family === 'ec' ? derOfEcdsa(signature.value, key.curve) : signature.value
  const holds =
    worthwhile &&
    value !== undefined &&
    (await suite.verify(signer!.key, method.digest, signature.signedInfo, value))
  const covered = worthwhile ? await coverageOf(tree, signature, leftOut, suite) : undefined
  const chain = signer && (await trust.chainOf(signer, others, 'signer'))
  return {
    chain,
    signedBytes: covered?.signedBytes,
    evidence: {
      index,
      certificate: signer?.evidence,
      digest: method?.digest ?? 'unsupported',
      digestLabel: `${method?.digest ?? signature.methodLabel}, document by ${digest ?? signature.digestLabel}`,
      algorithmsAgree,
      attributes: noAttributes,
      signature: worthwhile ? (holds ? 'holds' : 'broken') : 'not-checked',
      chain: chain?.evidence ?? { path: [], problem: 'there is no certificate' },
      coverage: covered?.coverage,
      timeStamps: [],
      revocation: [],
      revocationAsked: false,
    },
  }
}

/** XMLDSig has none; everything a CMS signs in attributes stands in SignedInfo. */
const noAttributes: SignerEvidence['attributes'] = {
  present: false,
  ordered: false,
  repeated: [],
  contentTypes: [],
  messageDigestCount: 0,
  messageDigestMatches: false,
  signingCertificate: 'absent',
}

/**
 * The bytes that have the signed digest. By XMLDSig §4.4.3.2 a reference to "" never covers comments, whatever the
 * transform is called, and Kalkan (Apache Santuario) keeps to it; xml-crypto and others do take them in. The
 * digest tells which it was, and what is read are the bytes that have it.
 */
const coverageOf = async (
  tree: XmlTree,
  { canonicalization, digest, digestValue }: XmlSignature,
  leftOut: ReadonlySet<ElementNode>,
  suite: CryptoSuite,
): Promise<{ coverage: XmlCoverage; signedBytes: Uint8Array | undefined }> => {
  const comments = countComments(tree, leftOut)
  const forms = comments.comments > 0 && canonicalization.withComments ? [false, true] : [false]
  for (const withComments of forms) {
    const bytes = canonicalDocument(tree, { ...canonicalization, withComments }, leftOut)
    if (sameBytes(await suite.digest(digest!, bytes), digestValue)) {
      const loose = withComments ? { comments: 0, insideText: 0 } : comments
      return { coverage: { loose, digestMatches: true }, signedBytes: bytes }
    }
  }
  return { coverage: { loose: comments, digestMatches: false }, signedBytes: undefined }
}

const countComments = ({ top }: XmlTree, leftOut: ReadonlySet<ElementNode>): XmlCoverage['loose'] => {
  const loose = { comments: 0, insideText: 0 }
  const visit = (element: ElementNode): void => {
    const here = element.children.filter(({ kind }) => kind === 'comment').length
    loose.comments += here
    if (here > 0 && element.children.some((child) => child.kind === 'text' && child.value.trim() !== ''))
      loose.insideText += here
    for (const child of element.children) if (child.kind === 'element' && !leftOut.has(child)) visit(child)
  }
  for (const node of top) {
    if (node.kind === 'element') visit(node)
    else loose.comments++
  }
  return loose
}

/** The signer's certificate is the one that is no authority; with two such nobody knows which was meant. */
const certificatesOf = (
  ders: readonly Uint8Array[],
): { signer: Certificate | undefined; others: Certificate[] } => {
  const read = ders.flatMap((der) => {
    try {
      checkDer(der)
      return [readCertificate(der)]
    } catch (cause) {
      if (cause instanceof DerError) return []
      throw cause
    }
  })
  // One that cannot be read may have been the signer's: then none is.
  if (read.length !== ders.length) return { signer: undefined, others: [] }
  const leaves = read.length === 1 ? read : read.filter((one) => !one.evidence.isAuthority)
  return leaves.length === 1
    ? { signer: leaves[0], others: read.filter((one) => one !== leaves[0]) }
    : { signer: undefined, others: [] }
}

const coordinateBytes: Readonly<Record<string, number>> = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }

/** XMLDSig writes r ‖ s, certificates and CMS write a SEQUENCE of two INTEGERs. */
const derOfEcdsa = (raw: Uint8Array, curve: string | undefined): Uint8Array | undefined => {
  const length = coordinateBytes[curve ?? '']
  if (length === undefined || raw.length !== 2 * length) return undefined
  return writeSequence(writeInteger(raw.subarray(0, length)), writeInteger(raw.subarray(length)))
}
