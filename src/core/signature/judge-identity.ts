import { isTaxId } from '../kernel/index.ts'
import type { CertificateEvidence } from './evidence.ts'
import type { FactName } from './fact-words.ts'
import type { ExpectedSigner } from './ports.ts'
import type { SignaturePolicy } from './policy.ts'
import type { FactOutcome } from './report.ts'

type Tell = (name: FactName, outcome: FactOutcome, detail: string) => void

/** Whose certificate it is, and whether that one may sign this for that party. */
export const judgeIdentity = (
  certificate: CertificateEvidence,
  policy: SignaturePolicy,
  expected: ExpectedSigner | undefined,
  tell: Tell,
): void => {
  const { iins, bins, malformedTaxIds, roles } = certificate
  const isSystem = roles.includes('system')
  if (malformedTaxIds > 0) tell('identity', 'failed', 'a number that begins like a tax id is none')
  else if (iins.length > 1 || bins.length > 1)
    tell('identity', 'failed', `${iins.length} ИИН and ${bins.length} БИН, at most one of each`)
  // A digital system has no ИИН, a person no БИН, but one of the two must be there.
  else if (iins.length === 0 && bins.length === 0) tell('identity', 'failed', 'neither ИИН nor БИН')
  else tell('identity', 'passed', bins.length === 1 ? (isSystem ? 'БИН of a digital system' : 'БИН') : 'ИИН')

  const wrong = [...iins, ...bins].filter((id) => !isTaxId(id)).length
  if (wrong > 0)
    tell(
      'check-digit',
      policy.taxIdCheckDigit === 'required' ? 'failed' : 'warning',
      `wrong in ${wrong} of ${iins.length + bins.length}`,
    )
  else tell('check-digit', 'passed', `${iins.length + bins.length} checked`)

  judgeRole(certificate, policy, expected?.documentKind, tell)

  if (expected?.taxId === undefined) return
  // With a БИН the person acts for the legal entity, so his own ИИН is not the party.
  const party = bins.length > 0 ? bins : iins
  if (party.length === 1 && party[0] === expected.taxId)
    tell('party', 'passed', bins.length > 0 ? 'БИН equal' : 'ИИН equal')
  else tell('party', 'failed', `the certificate belongs to another ${bins.length > 0 ? 'БИН' : 'ИИН'}`)
}

const judgeRole = (
  certificate: CertificateEvidence,
  policy: SignaturePolicy,
  kind: string | undefined,
  tell: Tell,
): void => {
  const { roles, bins } = certificate
  // Own property only: a kind named like something on the prototype must not find it.
  const allowed =
    kind !== undefined && Object.hasOwn(policy.rolesByKind, kind)
      ? policy.rolesByKind[kind]!
      : policy.defaultRoles
  if (roles.includes('treasury'))
    return tell('role', 'failed', 'a treasury certificate is not valid outside the treasury')
  if (roles.length === 0) return tell('role', 'failed', 'the certificate names no role')
  const fitting = roles.find((role) => allowed.includes(role))
  if (fitting === undefined)
    return tell(
      'role',
      'failed',
      `${roles.join(', ')} may not sign${kind === undefined ? '' : ` ${kind}`}, ${allowed.join(', ')} may`,
    )
  if (fitting === 'person' && bins.length > 0)
    return tell('role', 'failed', 'a personal role together with a БИН')
  tell('role', 'passed', fitting)
}
