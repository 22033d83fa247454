import type { Words } from '../kernel/index.ts'
import type { Document } from './kinds/index.ts'
import { readingFaults } from './language/faults.ts'
import { checkLines, lineRules } from './rules/lines.ts'
import { contractRules, fileRules, powerOfAttorneyRules } from './rules/papers.ts'
import { checkParties, partyRules } from './rules/parties.ts'
import { checkReconciliation, reconciliationRules } from './rules/reconciliation.ts'
import type { CheckContext, Checked, Coded, Rule, Severity } from './rules/rule.ts'
import { Report, tooManyNotices } from './rules/rule.ts'
import { checkShares, shareRules, taxInvoiceLineRules, taxInvoiceRules } from './rules/tax-invoice.ts'
import { checkTotals, totalRules } from './rules/totals.ts'
import { actLineRules, actRules, paymentInvoiceRules, waybillLineRules, waybillRules } from './rules/trade.ts'

/** Every rule of the format. All faults come at once; notices never refuse a document. */
export const checkDocument = (document: Document, context: CheckContext): Checked => {
  const report = new Report()
  checkParties(document, context, report)
  switch (document.kind) {
    case 'payment-invoice':
      report.ask(paymentInvoiceRules, document, context)
      checkLines(document, report)
      checkTotals(document, report)
      break
    case 'act':
      report.ask(actRules, document, context)
      askLines(actLineRules, document.lines, context, report)
      checkLines(document, report)
      checkTotals(document, report)
      break
    case 'waybill':
      report.ask(waybillRules, document, context)
      askLines(waybillLineRules, document.lines, context, report)
      checkLines(document, report)
      checkTotals(document, report)
      break
    case 'tax-invoice':
      report.ask(taxInvoiceRules, document, context)
      askLines(taxInvoiceLineRules, document.lines, context, report)
      checkShares(document, report)
      checkLines(document, report)
      checkTotals(document, report)
      break
    case 'reconciliation':
      checkReconciliation(document, report)
      break
    case 'power-of-attorney':
      report.ask(powerOfAttorneyRules, document, context)
      break
    case 'contract':
      report.ask(contractRules, document, context)
      report.ask(fileRules, document, context)
      break
    case 'file':
      report.ask(fileRules, document, context)
      break
  }
  return { faults: report.faults, notices: report.notices }
}

const askLines = <L>(
  rules: readonly Rule<L>[],
  lines: readonly L[],
  context: CheckContext,
  report: Report,
): void => {
  lines.forEach((line, index) => report.ask(rules, line, context, () => `lines[${index}].`))
}

/** One code of the catalogue. Words may hold `{holes}` that a fault fills in. */
interface FaultCode {
  readonly code: string
  readonly severity: Severity
  readonly words: Words
}

const reading: Coded[] = Object.entries(readingFaults).map(([code, words]) => ({
  code,
  severity: 'fault',
  words,
}))

const told: Coded[] = [
  ...reading,
  tooManyNotices,
  ...Object.values(partyRules),
  ...Object.values(lineRules),
  ...Object.values(totalRules),
  ...paymentInvoiceRules,
  ...actRules,
  ...actLineRules,
  ...waybillRules,
  ...waybillLineRules,
  ...taxInvoiceRules,
  ...taxInvoiceLineRules,
  ...Object.values(shareRules),
  ...Object.values(reconciliationRules),
  ...powerOfAttorneyRules,
  ...contractRules,
  ...fileRules,
]

/** Every code this room can say, by code: for the docs, the console and the tests. */
export const documentFaultCodes: readonly FaultCode[] = [
  ...new Map(told.map(({ code, severity, words }) => [code, { code, severity, words }])).values(),
].sort((a, b) => a.code.localeCompare(b.code, 'en'))
