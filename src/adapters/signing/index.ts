export { KzSuite } from './algorithms/index.ts'
export { makeCms } from './cms/index.ts'
export { TrustStore } from './trust/index.ts'
export { CmsVerifier, computableUnder } from './verify/index.ts'
