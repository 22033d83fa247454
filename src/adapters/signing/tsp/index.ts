export * from './tst-info.ts'
export * from './client.ts'
