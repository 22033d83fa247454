export * from './audit.ts'
export * from './audited.ts'
