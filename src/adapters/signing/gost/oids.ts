/** Object identifiers of the Kazakh tree (1.2.398) and what they stand for. */

export type DigestName = 'STREEBOG-512' | 'STREEBOG-256' | 'GOST-34.311'

export type GostAlgorithm = 'gost2015-512' | 'gost2015-256' | 'gost2004'

export interface GostAlgorithmFacts {
  algorithm: GostAlgorithm
  /** In certificates, CMS, OCSP: the signature with its digest. */
  signatureOid: string
  /** In the public key, and in the signature field of some CMS. */
  keyOid: string
  curveOid: string
  digestOid: string
  digest: DigestName
}

/**
 * The curve of the 256-bit variant of 2015 has not been seen in use and its text is not public: it is taken to be
 * the 256-bit curve of 2004. A key from another curve fails the check "lies on the curve" and is refused by name.
 */
export const gostAlgorithms: readonly GostAlgorithmFacts[] = [
  {
    algorithm: 'gost2015-512',
    signatureOid: '1.2.398.3.10.1.1.2.3.2',
    keyOid: '1.2.398.3.10.1.1.2.2',
    curveOid: '1.2.398.3.10.1.1.2.2.1',
    digestOid: '1.2.398.3.10.1.3.3',
    digest: 'STREEBOG-512',
  },
  {
    algorithm: 'gost2015-256',
    signatureOid: '1.2.398.3.10.1.1.2.3.1',
    keyOid: '1.2.398.3.10.1.1.2.1',
    curveOid: '1.2.398.3.10.1.1.2.1.1',
    digestOid: '1.2.398.3.10.1.3.2',
    digest: 'STREEBOG-256',
  },
  {
    algorithm: 'gost2004',
    signatureOid: '1.2.398.3.10.1.1.1.2',
    keyOid: '1.2.398.3.10.1.1.1.1',
    curveOid: '1.2.398.3.10.1.1.1.1.1',
    digestOid: '1.2.398.3.10.1.3.1',
    digest: 'GOST-34.311',
  },
]

/** The key of Gamma (Tumar) tools: GOST 34.310-2004 in a container of Microsoft's CryptoAPI. */
export const gammaKeyOid = '1.3.6.1.4.1.6801.1.5.8'

/** By the signature's or the key's identifier: both stand in the signature fields of real files. */
export const gostAlgorithmByOid = (oid: string): GostAlgorithmFacts | undefined =>
  gostAlgorithms.find((facts) => facts.signatureOid === oid || facts.keyOid === oid) ??
  (oid === gammaKeyOid ? gostAlgorithms.find((facts) => facts.algorithm === 'gost2004') : undefined)

export const gostAlgorithmFacts = (algorithm: GostAlgorithm): GostAlgorithmFacts => {
  const facts = gostAlgorithms.find((each) => each.algorithm === algorithm)
  if (facts === undefined) throw new Error(`unknown algorithm ${algorithm}`)
  return facts
}
