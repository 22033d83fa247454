import { digestOf } from '../gost/index.ts'
import type { AnyDigestName } from '../gost/index.ts'
import type { CmsKey } from '../cms/index.ts'
import type { KeyAlgorithm, SigningKey } from '../pkcs12/index.ts'
import type { DigestName, KeyFamily } from '../../../core/signature/index.ts'

const families: Readonly<Record<KeyAlgorithm, KeyFamily>> = {
  'gost2015-512': 'gost-2015-512',
  'gost2015-256': 'gost-2015-256',
  gost2004: 'gost-2004',
  rsa: 'rsa',
  'ecdsa-p256': 'ec',
  'ecdsa-p384': 'ec',
  'ecdsa-p521': 'ec',
}

const digestNames: Partial<Record<AnyDigestName, DigestName>> = {
  'STREEBOG-512': 'streebog-512',
  'STREEBOG-256': 'streebog-256',
  'GOST-34.311': 'gost-34311',
  'SHA-256': 'sha-256',
  'SHA-384': 'sha-384',
  'SHA-512': 'sha-512',
}

/** The digest an opened key signs with, in the words of the policy. */
export const digestOfKey = (key: SigningKey): DigestName => {
  const name = digestNames[key.digest]
  if (name === undefined) throw new Error(`a key that signs with ${key.digest} is not used`)
  return name
}

/** Digests long data elsewhere than on the event loop; without one it is done here. */
export type Digester = (name: DigestName, data: Uint8Array) => Promise<Uint8Array>

/** An opened PKCS#12 key as the maker of CMS wants it. */
export const cmsKeyOf = (key: SigningKey, digest?: Digester): CmsKey => ({
  certificate: key.certificateDer,
  family: families[key.algorithm],
  digest: (_name, data) =>
    digest === undefined ? Promise.resolve(digestOf(key.digest, data)) : digest(digestOfKey(key), data),
  sign: (data) => key.sign(data),
})
