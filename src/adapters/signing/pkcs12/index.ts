export { type Pkcs12Contents, type Pkcs12Key, openPkcs12 } from './open-pkcs12.ts'
export type { KeyAlgorithm, SigningKey } from './signing-key.ts'
