import { expectTag, tags } from '../der/index.ts'
import type { Tlv } from '../der/index.ts'
import type { RevocationReason } from '../../../core/signature/index.ts'

const reasons: readonly (RevocationReason | undefined)[] = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
]

/** CRLReason; a number we do not know counts as `unspecified`, which forgives nothing. */
export const reasonOf = (value: Tlv | undefined): RevocationReason =>
  reasons[expectTag(value, tags.enumerated, 'reason').content[0] ?? 0] ?? 'unspecified'

export const reasonNumber = (reason: RevocationReason): number => reasons.indexOf(reason)
