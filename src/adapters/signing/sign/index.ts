export * from './cms-key.ts'
export * from './pkcs12-signer.ts'
