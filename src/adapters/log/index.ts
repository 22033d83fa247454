export { errorForLog, maskTaxId, maskTaxIds, openLog, type LogOptions } from './log.ts'
