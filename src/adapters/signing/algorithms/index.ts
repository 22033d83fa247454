export * from './lru-map.ts'
export * from './public-key.ts'
export * from './suite.ts'
export * from './tables.ts'
