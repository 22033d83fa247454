export * from './authenticate.ts'
export * from './company.ts'
export * from './ports.ts'
export * from './register.ts'
