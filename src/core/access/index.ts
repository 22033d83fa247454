export * from './access.ts'
export * from './bank-statement.ts'
export * from './ports.ts'
export * from './states.ts'
