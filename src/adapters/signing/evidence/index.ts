export * from './extend.ts'
export * from './gather.ts'
