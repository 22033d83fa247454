import type { PortalInvoice } from './ports.ts'

/**
 * What a status of the portal means for us. Only an explicit yes or no moves an invoice: everything the
 * portal may invent later is pending, and shown as it came.
 */
export type StatusMeaning = 'registered' | 'rejected' | 'pending'

/**
 * Statuses that an invoice can only have after its registration. A yes counts only together with a
 * registration number. Corrections that wait for the buyer (WAITING_CUSTOMER_CONFIRMATION, since 2026) are
 * not issued before he agreed and therefore not here.
 */
const registered: ReadonlySet<string> = new Set([
  'CREATED',
  'DELIVERED',
  'REVOKED',
  'CANCELED',
  'CANCELED_BY_OGD',
  'CANCELED_BY_SNT_DECLINE',
  'CANCELED_BY_SNT_REVOKE',
  'DECLINED',
  'WAITING_CUSTOMER_REVOKE_CONFIRMATION',
])

/** DELETED can only follow FAILED. */
const rejected: ReadonlySet<string> = new Set(['FAILED', 'DELETED'])

export const meaningOf = (invoice: Pick<PortalInvoice, 'status' | 'registrationNumber'>): StatusMeaning => {
  const status = invoice.status ?? ''
  if (rejected.has(status)) return 'rejected'
  if (registered.has(status) && (invoice.registrationNumber ?? '') !== '') return 'registered'
  // A correction that the buyer declined before it was issued (2026).
  if (status === 'DECLINED') return 'rejected'
  return 'pending'
}

/** Codes by which the portal says that an invoice with this number and day is there already: it landed, or another did. */
export const saysAlreadyThere = (codes: string[]): boolean =>
  codes.some((code) => code === 'NOT_UNIQUE_DB_ERROR_MSG' || code === 'NOT_UNIQUE_MEMORY_ERROR_MSG')

/** Complaints about the portal's own trouble, not about the invoice: the same invoice may be sent again later. */
const portalTrouble: ReadonlySet<string> = new Set([
  'OCSP_NOT_AVAILABLE',
  'LOCK_ACKQUIRING_TIME_EXCEEDED',
  'INTERNAL_ERROR',
  'UNEXPECTED_ERROR',
  'SESSION_CLOSED',
])

export const isPortalTrouble = (codes: string[]): boolean =>
  codes.length > 0 && codes.every((code) => portalTrouble.has(code))
