export * from './cms-key.ts'
export * from './pkcs12-signer.ts'
export * from './company-signers.ts'
export * from './ncanode-signer.ts'
