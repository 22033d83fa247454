import { lightCheck } from './light-check.ts'
import type { UploadedInvoice } from './light-check.ts'
import type { InvoiceFacts } from './invoice.ts'
import type { Portal } from './portal.ts'
import type { PortalError } from './portal-error.ts'
import { portalError } from './portal-error.ts'
import type { Content } from './schema.ts'
import type { Handler } from './service.ts'
import { readCertificate } from './signatures.ts'
import type { SessionRow } from './state.ts'
import { invoiceKey } from './state.ts'
import { child, childText, childrenOf } from './xml.ts'

export const uploadHandlers = (portal: Portal): Record<string, Handler> => ({
  syncInvoice: async ({ payload }) => {
    const session = portal.session(childText(payload, 'sessionId'))
    const certificateText = childText(payload, 'x509Certificate') ?? ''
    const certificate = { text: certificateText, read: readCertificate(certificateText) }
    const uploads = childrenOf(child(payload, 'invoiceUploadInfoList'), 'invoiceUploadInfo').map(
      (info): UploadedInvoice => ({
        // Untouched: the signature covers this very text.
        body: child(info, 'invoiceBody')?.text ?? '',
        version: childText(info, 'version') ?? '',
        signature: childText(info, 'signature') ?? '',
        signatureType: childText(info, 'signatureType') ?? '',
      }),
    )
    const verdicts = []
    for (const upload of uploads) {
      verdicts.push({ upload, verdict: await lightCheck(portal, session, upload, certificate) })
    }
    // From here on nothing waits: two uploads of one number at the same time must not both pass.
    const accepted: Content[] = []
    const declined: Content[] = []
    const inBatch = new Set<string>()
    for (const { upload, verdict } of verdicts) {
      const { facts } = verdict
      const errors = [...verdict.errors, ...uniqueness(portal, session, facts, inBatch)]
      if (facts === undefined || errors.length > 0) {
        declined.push({
          errors: { error: errors.map(errorContent) },
          num: facts?.num ?? '',
          date: facts?.date ?? '',
        })
        continue
      }
      const id = accept(portal, session, facts, upload, certificateText)
      accepted.push({ id, num: facts.num, date: facts.date })
    }
    return { acceptedSet: { standardResponse: accepted }, declinedSet: { standardResponse: declined } }
  },
})

/** The natural key of an invoice is sender + issue date + number; the portal knows no other. */
const uniqueness = (
  portal: Portal,
  session: SessionRow,
  facts: InvoiceFacts | undefined,
  inBatch: Set<string>,
): PortalError[] => {
  if (facts === undefined) return []
  const key = invoiceKey(session.tin, facts.date, facts.num)
  if (inBatch.has(key)) return [portalError('NOT_UNIQUE_MEMORY_ERROR_MSG', 'num')]
  inBatch.add(key)
  const holders = portal.state.byKey.get(key) ?? []
  const taken =
    portal.options.failedNumberReusable === true
      ? holders.filter(({ status }) => status !== 'FAILED')
      : holders
  return taken.length === 0 ? [] : [portalError('NOT_UNIQUE_DB_ERROR_MSG', 'num')]
}

/** Puts a checked invoice into the registration queue and names its id. */
export const accept = (
  portal: Portal,
  sender: { readonly iin: string; readonly tin: string },
  facts: InvoiceFacts,
  upload: UploadedInvoice,
  certificate: string,
): string => {
  const certificateDigest = portal.certificateDigest(certificate)
  const id = portal.state.nextId()
  const known = (tins: readonly (string | undefined)[]): string[] => [
    ...new Set(tins.filter((tin): tin is string => tin !== undefined && tin !== '')),
  ]
  portal.write({
    kind: 'invoice.accepted',
    id,
    num: facts.num,
    date: facts.date,
    invoiceKind: facts.kind,
    senderTin: sender.tin,
    senderIin: sender.iin,
    sellerTins: known([...facts.sellers.map(({ tin }) => tin), ...facts.participantTins.sellers]),
    customerTins: known([
      ...facts.customers.flatMap(({ tin, branchTin }) => [tin, branchTin]),
      ...facts.participantTins.customers,
      facts.customerAgentTin,
    ]),
    ...(facts.related === undefined
      ? {}
      : { relatedNum: facts.related.num, relatedDate: facts.related.date }),
    body: upload.body,
    version: upload.version,
    signature: upload.signature,
    signatureType: upload.signatureType,
    certificateDigest,
  })
  portal.keepFacts(id, facts)
  return id
}

export const errorContent = ({ property, errorCode, text }: PortalError): Content => ({
  property,
  errorCode,
  text,
})
