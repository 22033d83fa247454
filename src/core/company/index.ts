export * from './company.ts'
export * from './ports.ts'
