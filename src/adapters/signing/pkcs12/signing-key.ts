import { type KeyObject, createPrivateKey, createPublicKey, sign as signNatively } from 'node:crypto'
import { Certificate } from 'pkijs'
import { type Result, failed, fault, ok } from '../../../core/kernel/index.ts'
import {
  type AnyDigestName,
  type GostAlgorithm,
  digestOids,
  gostAlgorithmFacts,
  gostSignature,
  readGostPrivateKey,
  readGostPublicKey,
  signWithGost,
} from '../gost/index.ts'

export type KeyAlgorithm = GostAlgorithm | 'rsa' | 'ecdsa-p256' | 'ecdsa-p384' | 'ecdsa-p521'

/** A private key that signs, and the certificate that says whose it is. The key itself is not to be seen. */
export interface SigningKey {
  readonly algorithm: KeyAlgorithm
  readonly certificateDer: Uint8Array
  /** The digest that belongs to the signature: for messageDigest and digestAlgorithm of a CMS. */
  readonly digest: AnyDigestName
  readonly digestOid: string
  /** The signature algorithm as it stands in a CMS. */
  readonly signatureOid: string
  /** Signs the data itself (the digest is made inside). RSA: PKCS#1 v1.5; ECDSA: DER of r and s; GOST: r ‖ s. */
  sign(data: Uint8Array): Promise<Uint8Array>
}

interface OpenedKey {
  algorithm: KeyAlgorithm
  digest: AnyDigestName
  signatureOid: string
  /** Whether the certificate's public key belongs to this private key. */
  fits(spki: Uint8Array): boolean
  sign(data: Uint8Array): Promise<Uint8Array>
}

const foreign = (name: string) =>
  failed(
    fault('PKCS12-07', '', {
      ru: `Ключ алгоритма ${name} не поддерживается. Нужен ключ НУЦ РК: ГОСТ или RSA.`,
      kk: `${name} алгоритмінің кілтіне қолдау көрсетілмейді. ҚР ҰКО кілті керек: МЕМСТ немесе RSA.`,
      en: `A key of algorithm ${name} is not supported. A key of NUC RK is needed: GOST or RSA.`,
    }),
  )

const openGostKey = (pkcs8: Uint8Array): Result<OpenedKey> => {
  const read = readGostPrivateKey(pkcs8)
  if (!read.ok) return read
  const key = read.value
  const facts = gostAlgorithmFacts(key.algorithm)
  const point = gostSignature(key.algorithm).publicKeyOf(key.secret)
  return ok({
    algorithm: key.algorithm,
    digest: facts.digest,
    signatureOid: facts.signatureOid,
    fits: (spki) => {
      const certified = readGostPublicKey(spki)
      return certified.ok && certified.value.point.x === point.x && certified.value.point.y === point.y
    },
    sign: (data) => Promise.resolve(signWithGost(key, data)),
  })
}

const curveFacts: Readonly<
  Record<string, { algorithm: KeyAlgorithm; digest: AnyDigestName; signatureOid: string }>
> = {
  prime256v1: { algorithm: 'ecdsa-p256', digest: 'SHA-256', signatureOid: '1.2.840.10045.4.3.2' },
  secp384r1: { algorithm: 'ecdsa-p384', digest: 'SHA-384', signatureOid: '1.2.840.10045.4.3.3' },
  secp521r1: { algorithm: 'ecdsa-p521', digest: 'SHA-512', signatureOid: '1.2.840.10045.4.3.4' },
}

const openNativeKey = (key: KeyObject): Result<OpenedKey> => {
  const curve = key.asymmetricKeyDetails?.namedCurve
  const facts =
    key.asymmetricKeyType === 'rsa'
      ? { algorithm: 'rsa' as const, digest: 'SHA-256' as const, signatureOid: '1.2.840.113549.1.1.11' }
      : curveFacts[curve ?? '']
  if (facts === undefined) return foreign(curve ?? key.asymmetricKeyType ?? '?')
  const own = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return ok({
    ...facts,
    fits: (spki) => own.equals(spki),
    sign: (data) =>
      new Promise((resolve, reject) => {
        // with a callback the work is done in the thread pool
        signNatively(facts.digest.replace('-', ''), data, key, (error, signature) => {
          if (error === null) resolve(new Uint8Array(signature))
          else reject(error)
        })
      }),
  })
}

/** Reads a private key (PKCS#8, DER) of any algorithm a Kazakh signer may have. */
export const openPrivateKey = (pkcs8: Uint8Array): Result<OpenedKey> => {
  const gost = openGostKey(pkcs8)
  // GOSTKEY-01: not a GOST key at all; let OpenSSL try
  if (gost.ok || gost.faults.some(({ code }) => code !== 'GOSTKEY-01')) return gost
  let key: KeyObject
  try {
    key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
  } catch {
    return gost
  }
  return openNativeKey(key)
}

/** The certificate among these that belongs to the private key, by the public key itself. */
export const certificateOf = (key: OpenedKey, certificates: readonly Uint8Array[]): Uint8Array | undefined =>
  certificates.find((der) => {
    try {
      const certificate = Certificate.fromBER(new Uint8Array(der))
      return key.fits(new Uint8Array(certificate.subjectPublicKeyInfo.toSchema().toBER(false)))
    } catch {
      return false
    }
  })

export const signingKey = (key: OpenedKey, certificateDer: Uint8Array): SigningKey => ({
  algorithm: key.algorithm,
  certificateDer,
  digest: key.digest,
  digestOid: digestOids[key.digest],
  signatureOid: key.signatureOid,
  sign: (data) => key.sign(data),
})
