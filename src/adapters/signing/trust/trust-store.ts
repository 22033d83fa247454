import { LruMap } from '../algorithms/index.ts'
import { sameBytes } from '../der/index.ts'
import type { CryptoSuite } from '../algorithms/index.ts'
import type { ChainEvidence, KeyEvidence, TrustEnvironment } from '../../../core/signature/index.ts'
import type { Certificate } from '../x509/index.ts'

/** What an anchor may stand for. A time-stamping authority does not vouch for signers, nor the other way round. */
export type TrustUse = 'signer' | 'time-stamp'

export interface Anchor {
  name: string
  environment: TrustEnvironment
  uses: readonly TrustUse[]
  certificate: Certificate
}

/** A path with the certificates themselves, for whoever goes on to ask about revocation. */
export interface BuiltChain {
  path: Certificate[]
  evidence: ChainEvidence
}

/** Longest path in life is three; the bounds keep a hostile bag of certificates from costing us time. */
const maxDepth = 8
const maxSignatureChecks = 24

/**
 * Pinned anchors and known intermediates. A path is searched by names and key identifiers and proven by
 * signatures; certificates from a message are only stepping stones, never trusted themselves.
 */
export class TrustStore {
  /** `child:issuer` → the signature holds. A link never changes, so it is remembered without a time limit. */
  private readonly links = new LruMap<string, boolean>(4096)

  constructor(
    private readonly suite: CryptoSuite,
    readonly anchors: readonly Anchor[],
    readonly intermediates: readonly Certificate[] = [],
    /** Keys not worth computing with; their links count as broken. */
    private readonly isComputable: (key: KeyEvidence) => boolean = () => true,
  ) {}

  async chainOf(leaf: Certificate, extra: readonly Certificate[], use: TrustUse): Promise<BuiltChain> {
    const usable = this.anchors.filter((anchor) => anchor.uses.includes(use))
    const anchorOf = new Map(usable.map((anchor) => [anchor.certificate.sha256, anchor]))
    const known = new Map<string, Certificate>()
    for (const one of [...usable.map((anchor) => anchor.certificate), ...this.intermediates, ...extra])
      known.set(one.sha256, one)
    const pool = [...known.values()]

    const budget = { checks: maxSignatureChecks }
    let best: Certificate[] = [leaf]
    let problem = 'no pinned authority with this name issued it'
    const climb = async (path: Certificate[]): Promise<Certificate[] | undefined> => {
      const current = path.at(-1)!
      if (anchorOf.has(current.sha256)) return path
      if (path.length > best.length) best = path
      if (path.length >= maxDepth) return undefined
      for (const issuer of candidates(current, pool)) {
        if (path.includes(issuer)) continue
        if (budget.checks <= 0) {
          problem = 'too many possible issuers'
          return undefined
        }
        if (!(await this.isIssuedBy(current, issuer, budget))) {
          problem = `the signature of the issuer on certificate ${path.length - 1} does not hold`
          continue
        }
        const found = await climb([...path, issuer])
        if (found !== undefined) return found
      }
      return undefined
    }
    const path = await climb([leaf])
    const anchor = path && anchorOf.get(path.at(-1)!.sha256)
    const taken = path ?? best
    return {
      path: taken,
      evidence: {
        path: taken.map((one) => one.evidence),
        ...(anchor === undefined
          ? { problem }
          : { anchor: { name: anchor.name, environment: anchor.environment } }),
      },
    }
  }

  private async isIssuedBy(
    child: Certificate,
    issuer: Certificate,
    budget: { checks: number },
  ): Promise<boolean> {
    if (child.signatureDigest === undefined || !this.isComputable(issuer.key.evidence)) return false
    const link = `${child.sha256}:${issuer.sha256}`
    const known = this.links.get(link)
    if (known !== undefined) return known
    budget.checks--
    const holds = await this.suite.verify(issuer.key, child.signatureDigest, child.tbs, child.signature)
    this.links.set(link, holds)
    return holds
  }
}

/** Who may have issued it: the same name, and the same key identifier where both say one; best match first. */
const candidates = (child: Certificate, pool: readonly Certificate[]): Certificate[] =>
  pool
    .filter((one) => sameBytes(one.subject, child.issuer))
    .filter(
      (one) =>
        child.authorityKeyId === undefined ||
        one.subjectKeyId === undefined ||
        one.subjectKeyId === child.authorityKeyId,
    )
    .sort(
      (a, b) =>
        Number(b.subjectKeyId === child.authorityKeyId) - Number(a.subjectKeyId === child.authorityKeyId),
    )
