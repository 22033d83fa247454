export * from './algorithms/index.ts'
export { type CmsKey, makeCms, type MakeCmsOptions } from './cms/index.ts'
export * from './evidence/index.ts'
export {
  AuthorityRevocation,
  type AuthorityRevocationOptions,
  GivenRevocation,
  type KeptAnswers,
  type RevocationChecker,
} from './revocation/index.ts'
export { RawSignatureVerifier } from './raw/raw-verifier.ts'
export * from './sign/index.ts'
export * from './trust/index.ts'
export { TspClient, type TspClientOptions } from './tsp/index.ts'
export * from './verify/index.ts'
export * from './xmldsig/index.ts'
