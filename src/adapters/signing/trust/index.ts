export * from './load-trust.ts'
export * from './trust-store.ts'
export * from './anchor-of.ts'
