import {
  AuthorityProofs,
  AuthorityRevocation,
  CmsVerifier,
  computableUnder,
  KeptKeySigners,
  KzSuite,
  TrustStore,
  TspClient,
} from '../adapters/signing/index.ts'
import { SignatureWorkers } from '../adapters/signing/workers/index.ts'
import { openProving, type KeyUses } from '../core/exchange/index.ts'
import type { Clock, UnitOfWork } from '../core/kernel/index.ts'
import { defaultSignaturePolicy, type SignaturePolicy, type Proofs } from '../core/signature/index.ts'
import type { CompanyKeys } from '../core/company/index.ts'
import type { GatewaySettings, Stoppable } from './gateway.ts'

/** How long proofs may be pending before the intake stops (X-Road's grace for time stamps). */
const usualGraceMs = 4 * 3_600_000

/** Everything that makes and checks signatures: algorithms, trust, revocation, companies' keys, proofs. */
export const openSigning = (
  {
    policy: rules,
    anchors,
    intermediates = [],
    revocation: addresses,
    tspUrl,
    proofGraceMs = usualGraceMs,
    ncanodeUrl,
  }: GatewaySettings['signature'],
  {
    clock,
    keys,
    uses,
    unitOfWork,
    proofs,
    started,
  }: {
    clock: Clock
    keys: CompanyKeys
    uses: KeyUses
    unitOfWork: UnitOfWork
    proofs: Proofs
    started: Stoppable[]
  },
) => {
  const policy: SignaturePolicy = { ...defaultSignaturePolicy, ...rules }
  const workers = new SignatureWorkers()
  started.push(workers)
  const suite = new KzSuite(workers)
  const trust = new TrustStore(suite, anchors, intermediates, computableUnder(policy))
  const revocation = addresses === undefined ? undefined : new AuthorityRevocation({ suite, addresses })
  const timeStamper =
    tspUrl === undefined ? undefined : new TspClient({ url: tspUrl, clock, verify: { suite, trust, policy } })
  const gatherer =
    timeStamper === undefined
      ? undefined
      : new AuthorityProofs({ suite, trust, timeStamper, revocation, clock })
  return {
    verifier: new CmsVerifier({ suite, trust, policy, clock, revocation }),
    // Signing waits for no stamp, unless nothing is VALID without one: the `prove` task adds it, and goes on asking
    // when the authority is away.
    signers: new KeptKeySigners(keys, {
      clock,
      uses,
      unitOfWork,
      ncanodeUrl,
      digest: (name, data) => suite.digest(name, data),
      timeStamper: policy.timeStamp === 'required' ? timeStamper : undefined,
    }),
    gatherer,
    timeStamper,
    proving: gatherer && openProving({ proofs, clock, graceMs: proofGraceMs }),
  }
}
