export { type AnyDigestName, digestNames, digestOf, digestOids, startDigest } from './digests.ts'
export type { StreamingDigest } from './digests.ts'
export {
  type EngineOptions,
  type GostCryptoKey,
  gostCryptoKey,
  KzCryptoEngine,
  type SignatureHelper,
} from './engine.ts'
export { Gost34311, gost34311 } from './gost34311.ts'
export type { GostPrivateKey, GostPublicKey } from './keys.ts'
export {
  gostSignature,
  rememberGostKey,
  readGostPrivateKey,
  readGostPublicKey,
  signWithGost,
  verifyGostDigest,
  writeGostPrivateKey,
  writeGostPublicKey,
} from './keys.ts'
export type { DigestName, GostAlgorithm, GostAlgorithmFacts } from './oids.ts'
export { gammaKeyOid, gostAlgorithmFacts, gostAlgorithms } from './oids.ts'
export { GostSignature, type SigningOptions } from './signature.ts'
export { Streebog, streebog256, streebog512 } from './streebog.ts'
export { type SignatureCheck, UnusableKeyError, verifySignature } from './verify-signature.ts'
