import { createHash } from 'node:crypto'
import { Gost34311 } from './gost34311.ts'
import type { DigestName } from './oids.ts'
import { Streebog } from './streebog.ts'

/** Every digest the signatures we meet are made with, in the words of WebCrypto where it has one. */
export type AnyDigestName = DigestName | 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512'

/** A digest in progress; give it the data in pieces of any size, then ask once. */
export interface StreamingDigest {
  update(data: Uint8Array): unknown
  digest(): Uint8Array
}

export const digestOids: Readonly<Record<AnyDigestName, string>> = {
  'STREEBOG-512': '1.2.398.3.10.1.3.3',
  'STREEBOG-256': '1.2.398.3.10.1.3.2',
  'GOST-34.311': '1.2.398.3.10.1.3.1',
  'SHA-1': '1.3.14.3.2.26',
  'SHA-256': '2.16.840.1.101.3.4.2.1',
  'SHA-384': '2.16.840.1.101.3.4.2.2',
  'SHA-512': '2.16.840.1.101.3.4.2.3',
}

export const digestNames = Object.keys(digestOids) as AnyDigestName[]

export const digestNameByOid = (oid: string): AnyDigestName | undefined =>
  digestNames.find((name) => digestOids[name] === oid)

/** The same name in any case (`sha-256`), when we know the digest. */
export const digestNameOf = (text: string): AnyDigestName | undefined =>
  digestNames.find((name) => name === text.toUpperCase())

export const startDigest = (name: AnyDigestName): StreamingDigest => {
  switch (name) {
    case 'STREEBOG-512':
      return new Streebog(512)
    case 'STREEBOG-256':
      return new Streebog(256)
    case 'GOST-34.311':
      return new Gost34311()
    default: {
      const hash = createHash(name.replace('-', ''))
      return { update: (data) => hash.update(data), digest: () => new Uint8Array(hash.digest()) }
    }
  }
}

export const digestOf = (name: AnyDigestName, data: Uint8Array): Uint8Array => {
  const digest = startDigest(name)
  digest.update(data)
  return digest.digest()
}
