import type { Conclusion } from './conclude.ts'
import type { MirrorDeps } from './deps.ts'
import { meaningOf } from './judge-status.ts'
import type { MirrorRecord, PortalError } from './mirror-record.ts'
import type { PortalInvoice } from './ports.ts'

/** What a status means for the record. A rejection still needs its reasons: `rejectionsOf`. */
export const conclusionOfStatus = (record: MirrorRecord, summary: PortalInvoice, at: Date): Conclusion => {
  const seen = {
    askedAt: at,
    ...(summary.status === undefined ? {} : { portalStatus: summary.status }),
  }
  switch (meaningOf(summary)) {
    case 'registered':
      return {
        record,
        deed: 'registered',
        change: {
          ...seen,
          phase: 'registered',
          registrationNumber: summary.registrationNumber,
          registeredAt: summary.updatedAt ?? at,
          errors: [],
        },
      }
    case 'rejected':
      return {
        record,
        deed: 'rejected',
        change: { ...seen, phase: 'rejected', errors: cancelReason(summary) },
      }
    case 'pending':
      return { record, deed: 'asked', change: seen }
  }
}

/** Completes rejections with the portal's list of errors; where it gives none, the one code of the summary stays. */
export const rejectionsOf = async (
  deps: Pick<MirrorDeps, 'portal'>,
  failed: Conclusion[],
): Promise<Conclusion[]> => {
  const first = failed[0]
  if (first === undefined) return []
  const idOf = ({ record, change }: Conclusion): string => change.portalId ?? record.portalId ?? ''
  const lists = await deps.portal.errorsOf(first.record.taxId, failed.map(idOf))
  const errorsById = new Map(lists.map(({ portalId, errors }) => [portalId, errors]))
  return failed.map((conclusion) => {
    const errors = errorsById.get(idOf(conclusion)) ?? []
    return errors.length === 0 ? conclusion : { ...conclusion, change: { ...conclusion.change, errors } }
  })
}

const cancelReason = ({ cancelReason }: PortalInvoice): PortalError[] =>
  cancelReason === undefined || cancelReason === '' ? [] : [{ code: cancelReason, property: '', text: '' }]
