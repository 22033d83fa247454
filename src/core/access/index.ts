export * from './access.ts'
export * from './ports.ts'
