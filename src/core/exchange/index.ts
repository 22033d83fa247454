export * from './document-record.ts'
export * from './ports.ts'
export * from './receipt.ts'
export * from './states.ts'
