export * from './mirror-record.ts'
export * from './ports.ts'
