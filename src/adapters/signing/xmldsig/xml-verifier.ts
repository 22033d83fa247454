import { judge } from '../../../core/signature/index.ts'
import { decodeXml } from '../../xml/index.ts'
import { collectXmlSigner } from './collect.ts'
import { readXmlSignature, signatureElements, XmlSignatureError } from './read-signature.ts'
import { readXmlTree } from './tree.ts'
import type { Clock } from '../../../core/kernel/index.ts'
import type {
  ExpectedSigner,
  SignatureEvidence,
  SignaturePolicy,
  SignatureReport,
  Unreadable,
} from '../../../core/signature/index.ts'
import type { CryptoSuite } from '../algorithms/index.ts'
import type { RevocationChecker } from '../revocation/index.ts'
import type { TrustStore } from '../trust/index.ts'
import type { CollectedXmlSigner } from './collect.ts'
import type { XmlTree } from './tree.ts'

export interface XmlVerifierDeps {
  suite: CryptoSuite
  trust: TrustStore
  policy: SignaturePolicy
  clock: Clock
  /** Asked only when everything else holds. Without one, revocation is not known. */
  revocation?: RevocationChecker
}

export interface VerifyXmlRequest {
  /** The document with its signatures, as received. */
  xml: Uint8Array
  expected?: ExpectedSigner
  /** A moment that our own records prove: the signature existed by then. */
  at?: Date
}

export interface VerifiedXml {
  report: SignatureReport
  /**
   * The document as the first signer signed it, canonical (UTF-8), without signatures: the only bytes from which
   * anything may be read. Present when every signature holds mathematically and covers the document; whether to
   * believe the signers is the report's matter.
   */
  signedBytes?: Uint8Array
  /** Certificate (DER) of the first signer, when the form could be read. */
  certificate?: Uint8Array
}

/** Business documents in XML have kilobytes; a signed one larger than this is refused. */
const maxXmlBytes = 8 * 1024 * 1024
/** Each signature digests the document anew: sixteen over the largest would take a core for ten seconds. */
const maxDigestedBytes = 16 * 1024 * 1024

/**
 * Checks XML documents with enveloped signatures (XMLDSig), by the same policy as CMS. The form is an allow-list:
 * signatures directly in the root, each with one reference to the whole document, the enveloped transform and a
 * canonical form of XML 1.0; several are taken off last in, first out, as Kalkan puts them on.
 */
export class XmlVerifier {
  constructor(private readonly deps: XmlVerifierDeps) {}

  /** Always resolves: hostile input is INVALID, a silent authority is INDETERMINATE. */
  async verify(request: VerifyXmlRequest): Promise<VerifiedXml> {
    const { policy, clock, revocation } = this.deps
    const context = { policy, now: clock.now(), at: request.at, expected: request.expected }
    const size = request.xml.length
    let signers: CollectedXmlSigner[]
    try {
      signers = await this.collect(await this.read(request.xml), size)
    } catch (cause) {
      if (!(cause instanceof XmlSignatureError)) throw cause
      const unreadable: Unreadable = { step: cause.step, detail: cause.message }
      return { report: judge({ ...xmlEvidence(size), unreadable }, context) }
    }
    const evidence = { ...xmlEvidence(size), signers: signers.map((one) => one.evidence) }
    const holds = signers.every((one) => one.evidence.signature === 'holds' && one.signedBytes !== undefined)
    const signedBytes = holds ? signers[0]?.signedBytes : undefined
    const certificate = signers[0]?.chain?.path[0]?.der
    const before = judge(evidence, context)
    if (policy.revocation === 'off' || revocation === undefined || before.verdict === 'INVALID')
      return { report: before, signedBytes, certificate }

    for (const { evidence: signer, chain } of signers) {
      const path = chain?.path ?? []
      for (let depth = 0; depth + 1 < path.length; depth++) {
        const answers = await revocation.check(path[depth]!, path[depth + 1]!, context.now)
        signer.revocation.push(...answers.map((answer) => ({ ...answer, depth })))
      }
      signer.revocationAsked = true
    }
    return { report: judge(evidence, context), signedBytes, certificate }
  }

  private async read(xml: Uint8Array): Promise<XmlTree> {
    if (xml.length > maxXmlBytes)
      throw new XmlSignatureError(`${xml.length} bytes, at most ${maxXmlBytes}`, 'size')
    const text = decodeXml(withoutSpace(xml))
    if (!text.ok) throw notXml(text.faults)
    const tree = await readXmlTree(text.value)
    if (!tree.ok) throw notXml(tree.faults)
    return tree.value
  }

  private async collect(tree: XmlTree, size: number): Promise<CollectedXmlSigner[]> {
    const elements = signatureElements(tree, this.deps.policy.maxSigners)
    if (size * elements.length > maxDigestedBytes)
      throw new XmlSignatureError(`${elements.length} signers over ${size} bytes`, 'size')
    // All are taken apart before any is computed: a form that is refused costs nothing.
    const signatures = []
    for (const element of elements) signatures.push(await readXmlSignature(element))
    const collected = []
    for (const [index, signature] of signatures.entries()) {
      const leftOut = new Set(elements.slice(index))
      collected.push(await collectXmlSigner(tree, signature, index, leftOut, this.deps))
    }
    return collected
  }
}

const xmlEvidence = (size: number): SignatureEvidence => ({
  form: 'xml',
  size,
  content: 'embedded-equal',
  signers: [],
})

/** Files that were pasted together begin with an empty line, which XML does not allow before its declaration. */
const withoutSpace = (bytes: Uint8Array): Uint8Array => {
  const from = bytes.findIndex((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)
  return from > 0 && bytes[from] === 0x3c ? bytes.subarray(from) : bytes
}

const notXml = (faults: readonly { code: string; message: { en: string } }[]): XmlSignatureError => {
  const [first] = faults
  return new XmlSignatureError(
    first === undefined ? 'not XML' : `${first.code}: ${first.message.en}`,
    'encoding',
  )
}
