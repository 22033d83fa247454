export { type Pkcs12Contents, type Pkcs12Key, openPkcs12 } from './open-pkcs12.ts'
export {
  type KeyAlgorithm,
  type SigningKey,
  openPrivateKey,
  certificateOf,
  signingKey,
} from './signing-key.ts'
