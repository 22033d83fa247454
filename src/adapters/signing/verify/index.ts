export * from './cms-verifier.ts'
export * from './verify-file.ts'
