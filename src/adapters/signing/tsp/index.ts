export * from './tst-info.ts'
