export * from './chain.ts'
export * from './ports.ts'
