export * from './checker.ts'
