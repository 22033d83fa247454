/** Calls to systems of clients: to addresses that were checked, with limits, over TLS that is looked at. */
export {
  ForbiddenAddress,
  isForbiddenLiteral,
  isPublicAddress,
  publicLookup,
  type AllowedRanges,
} from './public-address.ts'
export {
  CallFailed,
  openCaller,
  type BaseCall,
  type CallAnswer,
  type Caller,
  type CallerOptions,
} from './call.ts'
export { lookAtPublicFace } from './public-face.ts'
export { lookAtTls } from './tls-look.ts'
