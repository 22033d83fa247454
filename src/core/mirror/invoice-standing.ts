import type { TaxInvoice } from '../document/index.ts'
import type { LocalDate } from '../kernel/index.ts'
import type { PortalError } from './mirror-record.ts'

/** How an invoice stands at the portal, as one of its sides may see it. */
export interface InvoiceStanding {
  documentId: string
  side: 'sender' | 'recipient'
  portalId?: string
  /** The portal's word, as it came. */
  status?: string
  /** Since when, as far as we know. */
  statusSince?: Date
  registrationNumber?: string
  registered: boolean
  rejected: boolean
  invoiceType: TaxInvoice['invoiceType']
  turnoverDate?: LocalDate
  datePaper?: LocalDate
  reasonPaper?: TaxInvoice['reasonPaper']
  /** The day the portal itself has named for the buyer's word. */
  portalDeadline?: Date
  errors: PortalError[]
}
