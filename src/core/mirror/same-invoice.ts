import type { MirrorRecord, SignedInvoice } from './mirror-record.ts'
import type { MirrorHistory, MirrorRecords, PortalInvoiceInfo } from './ports.ts'

/** Base64 as one line: some services wrap it. */
const bare = (base64: string): string => base64.replace(/\s/g, '')

/** Whether the portal's invoice is the very one that we signed. An id proves nothing; what was signed does. */
export const isSameInvoice = (
  signed: Pick<SignedInvoice, 'signature' | 'body'>,
  info: Pick<PortalInvoiceInfo, 'signature' | 'body'>,
): boolean => bare(info.signature) === bare(signed.signature) || info.body === signed.body

/** The portal may drop leading zeros. */
export const bareNumber = (number: string): string => number.replace(/^0+/, '')

export const isSameNumber = (a: string | undefined, b: string): boolean =>
  a !== undefined && bareNumber(a) === bareNumber(b)

/** Our record of an invoice at the portal; undefined when somebody else made it. */
export const ourRecordOf = async (
  deps: { records: Pick<MirrorRecords, 'byKey'>; history: Pick<MirrorHistory, 'signed'> },
  taxId: string,
  info: PortalInvoiceInfo,
): Promise<MirrorRecord | undefined> => {
  if (info.date === undefined || info.number === undefined) return undefined
  const records = await deps.records.byKey(taxId, { date: info.date, number: info.number })
  const same: MirrorRecord[] = []
  for (const record of records) {
    const signed = await deps.history.signed(record.documentId)
    if (signed !== undefined && isSameInvoice(signed, info)) same.push(record)
  }
  // The same content sent again after it had failed is two documents; the id tells them apart.
  return same.find(({ portalId }) => portalId === info.portalId) ?? same.at(-1)
}
