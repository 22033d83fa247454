export * from './cms-verifier.ts'
