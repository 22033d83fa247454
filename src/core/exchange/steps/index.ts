export * from './archive.ts'
export * from './deliver.ts'
export * from './notify.ts'
export * from './sign.ts'
