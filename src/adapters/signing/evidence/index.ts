export { archiveTimeStampsOf, type ArchiveTimeStamp } from './archive-stamp.ts'
export { type ValidationData, withTimeStamps, withValidationData } from './extend.ts'
export * from './gather.ts'
