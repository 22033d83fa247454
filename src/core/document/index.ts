/** The face of the room: the ЭДО format, version 1, as a language. See README.md. */
export * from './kinds/index.ts'
export { checkDocument, documentFaultCodes } from './check.ts'
export type { FaultCode } from './check.ts'
export { documentNamespace, documentXmlReader, readDocumentValue } from './read.ts'
export type { DocumentXmlReader } from './read.ts'
export {
  isAccount,
  isBankCode,
  isBeneficiaryCode,
  isGtin,
  isKazakhIban,
  isTaxId,
} from './rules/requisites.ts'
export type { CheckContext, Checked } from './rules/rule.ts'
export { computeTotals } from './rules/totals.ts'
export type { Totals } from './rules/totals.ts'
export { unitOf, units } from './rules/units.ts'
export type { Unit } from './rules/units.ts'
export { vatPeriods, vatRatesOn, wasEverVatRate } from './rules/vat-rates.ts'
export { documentJsonSchema, documentXsd, documentXsdElement } from './schema.ts'
export { writeDocumentXml } from './write.ts'
export type { Digest } from './write.ts'
