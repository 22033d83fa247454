export * from './cms-verifier.ts'
export * from './verify-file.ts'
export * from './stamp-check.ts'
