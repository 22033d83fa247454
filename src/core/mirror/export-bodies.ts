import type { LocalDate } from '../kernel/index.ts'
import type { MirrorLine, MirrorRecord, SignedInvoice } from './mirror-record.ts'
import type { MirrorHistory } from './ports.ts'

/** One invoice as it went to the portal, with what is known of its way. */
export interface ExportedInvoice {
  record: MirrorRecord
  signed: SignedInvoice
  lines: MirrorLine[]
}

/** The invoices of a seller by day of issue, one after another: exact bodies, signatures, certificates, histories. */
export async function* exportInvoices(
  history: MirrorHistory,
  taxId: string,
  range: { from: LocalDate; to: LocalDate },
): AsyncGenerator<ExportedInvoice> {
  let after: string | undefined
  for (;;) {
    const records = await history.between(taxId, { ...range, after, limit: 100 })
    for (const record of records) {
      const signed = await history.signed(record.documentId)
      if (signed !== undefined) yield { record, signed, lines: await history.lines(record.documentId) }
    }
    after = records.at(-1)?.documentId
    if (after === undefined) return
  }
}

/** Where an invoice stood at a past moment, from its history. Undefined before it was prepared. */
export const standingAt = (lines: MirrorLine[], moment: Date): MirrorLine['change'] | undefined => {
  const past = lines.filter(({ at }) => at.getTime() <= moment.getTime())
  return past.length === 0
    ? undefined
    : past.reduce<MirrorLine['change']>((standing, { change }) => ({ ...standing, ...change }), {})
}
