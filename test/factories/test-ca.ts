import { DemoAuthority } from '../../src/adapters/signing/demo-authority/index.ts'
import { CmsVerifier, computableUnder, KzSuite, TrustStore } from '../../src/adapters/signing/index.ts'
import { makeCms } from '../../src/adapters/signing/cms/index.ts'
import { readCertificate } from '../../src/adapters/signing/x509/index.ts'
import { signaturePolicy } from '../../src/core/signature/index.ts'
import type {
  DemoAuthorityOptions,
  DemoIdentity,
  IssueOptions,
} from '../../src/adapters/signing/demo-authority/index.ts'
import type { MakeCmsOptions } from '../../src/adapters/signing/cms/index.ts'
import type { CmsVerifierDeps, TrustUse } from '../../src/adapters/signing/index.ts'
import type { Fact, FactName, SignaturePolicy, SignatureReport } from '../../src/core/signature/index.ts'

/** The moment tests of signatures live in. */
export const testNow = new Date('2026-11-20T06:00:00Z')

export const testData = Buffer.from('<document id="1">сто тенге</document>', 'utf8')

/** A certificate authority for one test file, with the verifier that trusts it. */
export interface TestCa {
  authority: DemoAuthority
  issue(options?: IssueOptions): Promise<DemoIdentity>
  /** A detached signature over `testData` unless told otherwise. */
  sign(identity: DemoIdentity, options?: Partial<MakeCmsOptions> & { data?: Uint8Array }): Promise<Uint8Array>
  trust(policy: SignaturePolicy, uses?: readonly TrustUse[]): TrustStore
  verifier(policy?: Partial<SignaturePolicy>, deps?: Partial<CmsVerifierDeps>): CmsVerifier
}

const suite = new KzSuite()

/** EC keys by default: a set of them takes milliseconds. */
export const aTestCa = async (options: DemoAuthorityOptions = {}): Promise<TestCa> => {
  const authority = await DemoAuthority.create({ keyKind: 'ec-p256', now: testNow, name: 'TEST', ...options })
  const trust = (policy: SignaturePolicy, uses: readonly TrustUse[] = ['signer', 'time-stamp']): TrustStore =>
    new TrustStore(
      suite,
      [
        {
          name: 'TEST ROOT',
          environment: 'test',
          uses,
          certificate: readCertificate(authority.root.certificate),
        },
      ],
      [readCertificate(authority.issuer.certificate)],
      computableUnder(policy),
    )
  return {
    authority,
    trust,
    issue: (issue) => authority.issue(issue),
    sign: (identity, { data = testData, ...make } = {}) =>
      makeCms(data, identity, { signingTime: testNow, ...make }),
    verifier: (changes, deps) => {
      const policy = signaturePolicy({ environment: 'test', revocation: 'off', ...changes })
      return new CmsVerifier({ suite, policy, clock: { now: () => testNow }, trust: trust(policy), ...deps })
    },
  }
}

/** Names of the facts with this outcome, each once. */
export const factsThat = (report: SignatureReport, outcome: Fact['outcome']): FactName[] => [
  ...new Set(report.facts.filter((fact) => fact.outcome === outcome).map((fact) => fact.name)),
]
