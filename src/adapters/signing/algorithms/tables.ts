import { oids } from '../der/index.ts'
import type { DigestName, KeyFamily } from '../../../core/signature/index.ts'

const digestsByOid: Readonly<Record<string, DigestName>> = {
  [oids.streebog512]: 'streebog-512',
  [oids.streebog256]: 'streebog-256',
  [oids.gost34311]: 'gost-34311',
  [oids.sha256]: 'sha-256',
  [oids.sha384]: 'sha-384',
  [oids.sha512]: 'sha-512',
  [oids.sha1]: 'sha-1',
  [oids.md5]: 'md5',
}

export const digestOfOid = (oid: string): DigestName | undefined =>
  Object.hasOwn(digestsByOid, oid) ? digestsByOid[oid] : undefined

export const oidOfDigest = (name: DigestName): string =>
  Object.entries(digestsByOid).find(([, known]) => known === name)![0]

interface SignatureAlgorithm {
  key: KeyFamily
  /** Absent when the OID names only the key: then the digest stands elsewhere in the message. */
  digest?: DigestName
}

const signatureAlgorithms: Readonly<Record<string, SignatureAlgorithm>> = {
  [oids.gost2015Signature512]: { key: 'gost-2015-512', digest: 'streebog-512' },
  [oids.gost2015Signature256]: { key: 'gost-2015-256', digest: 'streebog-256' },
  [oids.gost2004Signature]: { key: 'gost-2004', digest: 'gost-34311' },
  [oids.md5WithRsa]: { key: 'rsa', digest: 'md5' },
  [oids.sha1WithRsa]: { key: 'rsa', digest: 'sha-1' },
  [oids.sha256WithRsa]: { key: 'rsa', digest: 'sha-256' },
  [oids.sha384WithRsa]: { key: 'rsa', digest: 'sha-384' },
  [oids.sha512WithRsa]: { key: 'rsa', digest: 'sha-512' },
  [oids.ecdsaWithSha256]: { key: 'ec', digest: 'sha-256' },
  [oids.ecdsaWithSha384]: { key: 'ec', digest: 'sha-384' },
  [oids.ecdsaWithSha512]: { key: 'ec', digest: 'sha-512' },
  // Kalkan writes the OID of the key where the OID of the signature belongs.
  [oids.rsaEncryption]: { key: 'rsa' },
  [oids.gost2015Key512]: { key: 'gost-2015-512' },
  [oids.gost2015Key256]: { key: 'gost-2015-256' },
  [oids.gost2004Key]: { key: 'gost-2004' },
}

export const signatureAlgorithmOfOid = (oid: string): SignatureAlgorithm | undefined =>
  Object.hasOwn(signatureAlgorithms, oid) ? signatureAlgorithms[oid] : undefined

/** What people call algorithms that we do not take, for the words of a refusal. */
const refusedNames: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.10': 'RSASSA-PSS',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
  '1.2.840.10040.4.3': 'DSA with SHA-1',
  '2.16.840.1.101.3.4.3.2': 'DSA with SHA-256',
  '1.2.840.10045.4.1': 'ECDSA with SHA-1',
  '1.2.643.2.2.3': 'GOST R 34.10-2001 (Russia)',
  '1.2.643.7.1.1.3.2': 'GOST R 34.10-2012 256 (Russia)',
  '1.2.643.7.1.1.3.3': 'GOST R 34.10-2012 512 (Russia)',
}

/** The name of a signature algorithm as a message carries it, for people. */
export const labelOfSignature = (oid: string): string => {
  const [bare = ''] = oid.split(' ')
  if (Object.hasOwn(refusedNames, bare)) return refusedNames[bare]!
  return bare === oid ? bare : `${bare} with parameters`
}

/** The OID that names both key and digest; what we write. */
export const oidOfSignature = (key: KeyFamily, digest: DigestName): string | undefined =>
  Object.entries(signatureAlgorithms).find(([, known]) => known.key === key && known.digest === digest)?.[0]

/** The digest that belongs to a key: fixed for GOST, SHA-256 for the rest. */
export const usualDigest = (key: KeyFamily): DigestName =>
  key === 'gost-2015-512'
    ? 'streebog-512'
    : key === 'gost-2015-256'
      ? 'streebog-256'
      : key === 'gost-2004'
        ? 'gost-34311'
        : 'sha-256'
