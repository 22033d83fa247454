export { maskTaxId, maskTaxIds, openLog, type LogOptions } from './log.ts'
