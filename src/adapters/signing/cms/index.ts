export * from './make.ts'
export * from './read.ts'
export * from './unwrap.ts'
