/** Reaching people and systems that do not poll: mail with one-document links, signed webhooks. */
export * from './mail-courier.ts'
export { isPublicAddress, type AllowedRanges } from '../outbound/index.ts'
export * from './webhook-sender.ts'
