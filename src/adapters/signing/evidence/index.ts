export * from './extend.ts'
