import { type Result, failed, fault, ok } from '../../../core/kernel/index.ts'
import type { AffinePoint } from './curve-machine.ts'
import { curve256, curve512 } from './curves.ts'
import { derTag, encodeDer, encodeOid, oidText, readDer, readInside } from './der.ts'
import { digestOf } from './digests.ts'
import type { GostAlgorithm } from './oids.ts'
import { gammaKeyOid, gostAlgorithmByOid, gostAlgorithmFacts, gostAlgorithms } from './oids.ts'
import type { SigningOptions } from './signature.ts'
import { GostSignature, numberFromLittleEndian, numberToLittleEndian } from './signature.ts'

export interface GostPublicKey {
  algorithm: GostAlgorithm
  point: AffinePoint
  /** How the key was written: as the authority does, or as the old Gamma tools did. */
  form: 'nuc' | 'gamma'
}

export interface GostPrivateKey {
  algorithm: GostAlgorithm
  secret: bigint
}

const machines = new Map<512 | 256, GostSignature>()

/** The signature machinery of an algorithm; one for the thread, started when first needed (tens of milliseconds). */
export const gostSignature = (algorithm: GostAlgorithm): GostSignature => {
  const curve = algorithm === 'gost2015-512' ? curve512 : curve256
  const machine = machines.get(curve.bits) ?? new GostSignature(curve)
  machines.set(curve.bits, machine)
  return machine
}

const malformed = (what: string) =>
  failed(
    fault('GOSTKEY-02', '', {
      ru: `Ключ ГОСТ записан не по правилам (${what}). Запросите сертификат или файл ключа заново в НУЦ РК.`,
      kk: `МЕМСТ кілті қағидаға сай жазылмаған (${what}). Сертификатты немесе кілт файлын ҚР ҰКО-дан қайта сұраңыз.`,
      en: `The GOST key is not written as the rules say (${what}). Ask NUC RK for the certificate or the key file again.`,
    }),
  )

const unknownAlgorithm = (oid: string) =>
  failed(
    fault('GOSTKEY-01', '', {
      ru: `Алгоритм ключа ${oid} не относится к ГОСТ Казахстана. Используйте ключ НУЦ РК.`,
      kk: `${oid} кілт алгоритмі Қазақстан МЕМСТ-іне жатпайды. ҚР ҰКО кілтін пайдаланыңыз.`,
      en: `The key algorithm ${oid} is not a GOST of Kazakhstan. Use a key of NUC RK.`,
    }),
  )

const offCurve = () =>
  failed(
    fault('GOSTKEY-03', '', {
      ru: 'Открытый ключ не лежит на кривой своего алгоритма: подпись таким ключом проверить нельзя.',
      kk: 'Ашық кілт өз алгоритмінің қисығында жатпайды: мұндай кілтпен қолтаңбаны тексеру мүмкін емес.',
      en: 'The public key does not lie on the curve of its algorithm: no signature can be checked with it.',
    }),
  )

/** The first bytes of a Gamma key: a public key blob for algorithm 0xaa3a, magic "E1", 512 bits of coordinates. */
const gammaHeader = Buffer.from('060200003aaa00000045433100020000', 'hex')

/** Reads SubjectPublicKeyInfo (DER) of a Kazakh GOST key and checks that the point lies on its curve. */
export const readGostPublicKey = (spki: Uint8Array): Result<GostPublicKey> => {
  const [algorithmId, keyBits, ...more] = readInside(spki, derTag.sequence) ?? []
  if (algorithmId?.tag !== derTag.sequence || keyBits?.tag !== derTag.bitString || more.length > 0) {
    return malformed('SubjectPublicKeyInfo')
  }
  const [oidElement, parameters] = readDer(algorithmId.content) ?? []
  const oid = oidElement?.tag === derTag.oid ? oidText(oidElement.content) : undefined
  if (oid === undefined) return malformed('AlgorithmIdentifier')
  if (keyBits.content[0] !== 0) return malformed('BIT STRING')
  const key = keyBits.content.subarray(1)

  if (oid === gammaKeyOid) {
    if (key.length !== gammaHeader.length + 64 || !gammaHeader.equals(key.subarray(0, gammaHeader.length))) {
      return malformed('Gamma')
    }
    return withPoint('gost2004', key.subarray(gammaHeader.length), 'gamma')
  }
  const facts = gostAlgorithms.find((each) => each.keyOid === oid)
  if (facts === undefined) return unknownAlgorithm(oid)
  const [curve] = parameters?.tag === derTag.sequence ? (readDer(parameters.content) ?? []) : []
  const curveOid = curve?.tag === derTag.oid ? oidText(curve.content) : undefined
  if (curveOid !== facts.curveOid) return malformed(`curve ${curveOid ?? '?'}`)
  const inner = readDer(key)
  const [octets] = inner ?? []
  if (inner?.length !== 1 || octets?.tag !== derTag.octetString) return malformed('OCTET STRING')
  return withPoint(facts.algorithm, octets.content, 'nuc')
}

const withPoint = (
  algorithm: GostAlgorithm,
  xy: Uint8Array,
  form: GostPublicKey['form'],
): Result<GostPublicKey> => {
  const machine = gostSignature(algorithm)
  if (xy.length !== 2 * machine.numberBytes) return malformed(`${xy.length} bytes`)
  const point = {
    x: numberFromLittleEndian(xy.subarray(0, machine.numberBytes)),
    y: numberFromLittleEndian(xy.subarray(machine.numberBytes)),
  }
  return machine.isPublicKey(point) ? ok({ algorithm, point, form }) : offCurve()
}

/** SubjectPublicKeyInfo (DER) of a key, as the authority writes it. */
export const writeGostPublicKey = ({
  algorithm,
  point,
}: Pick<GostPublicKey, 'algorithm' | 'point'>): Uint8Array => {
  const facts = gostAlgorithmFacts(algorithm)
  const { numberBytes } = gostSignature(algorithm)
  return encodeDer(
    derTag.sequence,
    encodeDer(
      derTag.sequence,
      encodeOid(facts.keyOid),
      encodeDer(derTag.sequence, encodeOid(facts.curveOid), encodeOid(facts.digestOid)),
    ),
    encodeDer(
      derTag.bitString,
      Uint8Array.of(0),
      encodeDer(
        derTag.octetString,
        numberToLittleEndian(point.x, numberBytes),
        numberToLittleEndian(point.y, numberBytes),
      ),
    ),
  )
}

const bigEndianNumber = (bytes: Uint8Array): bigint =>
  bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`)

/**
 * Reads PrivateKeyInfo (PKCS#8, DER). Inside: 2015 has an OCTET STRING, lowest byte first; 2004 an INTEGER, highest
 * byte first; Gamma an ECPrivateKey of RFC 5915.
 */
export const readGostPrivateKey = (pkcs8: Uint8Array): Result<GostPrivateKey> => {
  const [version, algorithmId, secretOctets] = readInside(pkcs8, derTag.sequence) ?? []
  if (
    version?.tag !== derTag.integer ||
    algorithmId?.tag !== derTag.sequence ||
    secretOctets?.tag !== derTag.octetString
  ) {
    return malformed('PrivateKeyInfo')
  }
  const [oidElement] = readDer(algorithmId.content) ?? []
  const oid = oidElement?.tag === derTag.oid ? oidText(oidElement.content) : undefined
  if (oid === undefined) return malformed('AlgorithmIdentifier')
  const facts = gostAlgorithmByOid(oid)
  if (facts === undefined) return unknownAlgorithm(oid)
  const inner = readDer(secretOctets.content)
  const [only] = inner ?? []
  if (inner?.length !== 1 || only === undefined) return malformed('privateKey')

  let secret: bigint | undefined
  if (only.tag === derTag.octetString) secret = numberFromLittleEndian(only.content)
  if (only.tag === derTag.integer) secret = bigEndianNumber(only.content)
  if (only.tag === derTag.sequence) {
    const octets = readDer(only.content)?.find((element) => element.tag === derTag.octetString)
    secret = octets === undefined ? undefined : bigEndianNumber(octets.content)
  }
  const { curve } = gostSignature(facts.algorithm)
  if (secret === undefined || secret <= 0n || secret >= curve.n) return malformed('privateKey')
  return ok({ algorithm: facts.algorithm, secret })
}

/** PrivateKeyInfo (PKCS#8, DER) of a key, as the authority's files hold it. */
export const writeGostPrivateKey = ({ algorithm, secret }: GostPrivateKey): Uint8Array => {
  const facts = gostAlgorithmFacts(algorithm)
  const { numberBytes } = gostSignature(algorithm)
  const little = numberToLittleEndian(secret, numberBytes)
  // a leading zero keeps the INTEGER positive
  const big = Uint8Array.from(little).reverse()
  const minimal = big.subarray(big.findIndex((byte) => byte !== 0))
  const integer = encodeDer(
    derTag.integer,
    (minimal[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : Uint8Array.of(),
    minimal,
  )
  return encodeDer(
    derTag.sequence,
    encodeDer(derTag.integer, Uint8Array.of(0)),
    encodeDer(
      derTag.sequence,
      encodeOid(facts.keyOid),
      encodeDer(derTag.sequence, encodeOid(facts.curveOid), encodeOid(facts.digestOid)),
    ),
    encodeDer(derTag.octetString, algorithm === 'gost2004' ? integer : encodeDer(derTag.octetString, little)),
  )
}

/** Signs the data (digest of the algorithm inside) in the form of certificates and CMS. */
export const signWithGost = (key: GostPrivateKey, data: Uint8Array, options?: SigningOptions): Uint8Array =>
  gostSignature(key.algorithm).sign(
    key.secret,
    digestOf(gostAlgorithmFacts(key.algorithm).digest, data),
    options,
  )

/** Checks a signature over a digest that is already made. */
export const verifyGostDigest = (key: GostPublicKey, digest: Uint8Array, signature: Uint8Array): boolean =>
  gostSignature(key.algorithm).verify(key.point, digest, signature)

/** Says that this key will come often (an authority's): tables for it are made now, about 5 ms. */
export const rememberGostKey = (key: GostPublicKey): void =>
  gostSignature(key.algorithm).rememberKey(key.point)
