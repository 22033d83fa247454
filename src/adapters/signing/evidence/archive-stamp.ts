import { digestOfOid, oidOfDigest } from '../algorithms/index.ts'
import { algorithm, attribute, readSignedMessage } from '../cms/index.ts'
import {
  algorithmOid,
  children,
  compareBytes,
  context,
  DerError,
  octets,
  oids,
  oidText,
  readOne,
  sequence,
  setOf,
  tags,
  tlv,
  writeOctets,
  writeSequence,
} from '../der/index.ts'
import { tokenInfo } from '../tsp/tst-info.ts'
import { rewrite, withUnsigned } from './extend.ts'
import type { DigestName } from '../../../core/signature/index.ts'
import type { CryptoSuite } from '../algorithms/index.ts'
import type { Tlv } from '../der/index.ts'
import type { TimeStamper } from '../sign/index.ts'

/*
 * archive-time-stamp-v3 (ETSI EN 319 122-1, 5.5.3): one more stamp, over the document's digest, the signature, and,
 * by their digests, every certificate, answer and stamp kept with it. As long as it can be believed, all that it
 * covers can, even after the keys below have ended or their algorithms have fallen.
 */

const limits = { maxSigners: 64, maxCertificates: 64 }

/**
 * A copy of a signature with an archive time stamp on every signer. `digest` must be the one the time stamper uses:
 * the digests inside the covered bytes are made with it. Throws `DerError`, and what the time stamper throws.
 */
export const withArchiveTimeStamps = async (
  cms: Uint8Array,
  data: Uint8Array,
  { suite, timeStamper, digest }: { suite: CryptoSuite; timeStamper: TimeStamper; digest: DigestName },
): Promise<Uint8Array> => {
  const dataDigest = await suite.digest(digest, data)
  const hash = (bytes: Uint8Array): Promise<Uint8Array> => suite.digest(digest, bytes)
  const parts = partsOf(cms)
  const signers: Uint8Array[] = []
  for (const signer of parts.signers) {
    const index = await writeHashIndex(parts, signer, digest, hash)
    const token = await timeStamper.stamp(coveredBy(parts, signer, dataDigest, index))
    const withIndex = rewrite(token, (own) => {
      const tokenSigners = setOf(own.pop(), 'signers of the token')
      const indexed = tokenSigners.map((one) => withUnsigned(one, attribute(oids.atsHashIndexV3, index)))
      return [...own.map(({ bytes }) => bytes), tlv(tags.set, ...indexed)]
    })
    signers.push(withUnsigned(signer, attribute(oids.archiveTimeStampV3, withIndex)))
  }
  return rewrite(cms, (own) => {
    own.pop()
    return [...own.map(({ bytes }) => bytes), tlv(tags.set, ...signers.sort(compareBytes))]
  })
}

/** An archive time stamp of a signature, with the bytes its imprint has to be of. */
export interface ArchiveTimeStamp {
  /** Place of the signer in the message. */
  signer: number
  token: Uint8Array
  /** Absent when it covers nothing that is there; then `problem` says why. */
  covered?: Uint8Array
  problem?: string
}

/** One renewal every three years for a quarter of a century; the rest would only cost time. */
const maxArchiveStamps = 8

/**
 * The archive time stamps of a signature, each checked against what it says it covers; whether the token itself can
 * be believed is for the caller to judge. Throws `DerError` for what is no signature.
 */
export const archiveTimeStampsOf = async (
  cms: Uint8Array,
  data: Uint8Array,
  suite: CryptoSuite,
): Promise<ArchiveTimeStamp[]> => {
  const parts = partsOf(cms)
  const digests = new EvidenceDigests(parts, suite)
  const found: ArchiveTimeStamp[] = []
  for (const [place, signer] of parts.signers.entries()) {
    const tokens = valuesOf(unsignedOf(signer), oids.archiveTimeStampV3).slice(0, maxArchiveStamps)
    for (const token of tokens) {
      const one = { signer: place, token: token.bytes }
      try {
        const covered = await coveredOf(token, parts, signer, data, digests, suite)
        found.push({ ...one, covered })
      } catch (cause) {
        if (!(cause instanceof DerError)) throw cause
        found.push({ ...one, problem: cause.message })
      }
    }
  }
  return found
}

const coveredOf = async (
  token: Tlv,
  parts: MessageParts,
  signer: Tlv,
  data: Uint8Array,
  digests: EvidenceDigests,
  suite: CryptoSuite,
): Promise<Uint8Array> => {
  const [tokenSigner] = partsOf(token.bytes).signers
  const [index] = tokenSigner === undefined ? [] : valuesOf(unsignedOf(tokenSigner), oids.atsHashIndexV3)
  if (index === undefined) throw new DerError('an archive time stamp without its index', token.offset)
  const imprintDigest = digestOfOid(tokenInfo(token.bytes).imprintOid)
  if (imprintDigest === undefined || imprintDigest === 'md5' || imprintDigest === 'sha-1')
    throw new DerError('the imprint of an archive time stamp is by an unknown digest', token.offset)
  await checkHashIndex(index, signer, digests)
  return coveredBy(parts, signer, await suite.digest(imprintDigest, data), index.bytes)
}

/** Digests of everything kept with a signature; each once, however many stamps name it. */
class EvidenceDigests {
  private readonly made = new Map<string, Promise<Uint8Array[]>>()

  constructor(
    private readonly parts: MessageParts,
    private readonly suite: CryptoSuite,
  ) {}

  /** Certificates, answers about revocation, unsigned attributes of a signer: as the index lists them. */
  lists(digest: DigestName, signer: Tlv): Promise<Uint8Array[][]> {
    const { certificates, revocation } = this.parts
    return Promise.all([
      this.of(`certificates ${digest}`, digest, () => certificates),
      this.of(`revocation ${digest}`, digest, () => revocation),
      this.of(`${signer.offset} ${digest}`, digest, () => attributeValues(signer)),
    ])
  }

  private of(key: string, digest: DigestName, all: () => Uint8Array[]): Promise<Uint8Array[]> {
    let made = this.made.get(key)
    if (made === undefined)
      this.made.set(key, (made = Promise.all(all().map((one) => this.suite.digest(digest, one)))))
    return made
  }
}

interface MessageParts {
  contentType: Uint8Array
  certificates: Uint8Array[]
  revocation: Uint8Array[]
  signers: Tlv[]
}

const partsOf = (cms: Uint8Array): MessageParts => {
  readSignedMessage(cms, limits)
  const [, wrapped] = sequence(readOne(cms), 'message')
  const [, , content, ...rest] = sequence(children(wrapped!)[0], 'SignedData')
  const setIn = (number: number): Uint8Array[] =>
    rest[0]?.tag === context(number) ? children(rest.shift()!).map(({ bytes }) => bytes) : []
  return {
    contentType: sequence(content, 'content')[0]!.bytes,
    certificates: setIn(0),
    revocation: setIn(1),
    signers: setOf(rest[0], 'signers'),
  }
}

const unsignedOf = (signer: Tlv): Tlv[] => {
  const last = sequence(signer, 'signer').at(-1)
  return last?.tag === context(1) ? children(last) : []
}

const valuesOf = (attributes: readonly Tlv[], type: string): Tlv[] =>
  attributes.flatMap((one) => {
    const [oid, values] = sequence(one, 'attribute')
    return oidText(oid) === type ? setOf(values, 'attribute values') : []
  })

/** Type and value of each unsigned attribute, as the index counts them. */
const attributeValues = (signer: Tlv): Uint8Array[] =>
  unsignedOf(signer).flatMap((one) => {
    const [oid, values] = sequence(one, 'attribute')
    return setOf(values, 'attribute values').map(({ bytes }) => Buffer.concat([oid!.bytes, bytes]))
  })

const writeHashIndex = async (
  { certificates, revocation }: MessageParts,
  signer: Tlv,
  digest: DigestName,
  hash: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<Uint8Array> => {
  const list = async (all: readonly Uint8Array[]): Promise<Uint8Array> =>
    writeSequence(...(await Promise.all(all.map(async (one) => writeOctets(await hash(one))))))
  return writeSequence(
    algorithm(oidOfDigest(digest), true),
    await list(certificates),
    await list(revocation),
    await list(attributeValues(signer)),
  )
}

/** All that the index names must still be there; what came later it does not name. */
const checkHashIndex = async (index: Tlv, signer: Tlv, digests: EvidenceDigests): Promise<void> => {
  const [hashAlgorithm, ...lists] = sequence(index, 'archive index')
  const digest = digestOfOid(algorithmOid(hashAlgorithm, 'archive index digest'))
  if (digest === undefined || digest === 'md5' || digest === 'sha-1' || lists.length !== 3)
    throw new DerError('an unknown archive index', index.offset)
  for (const [place, there] of (await digests.lists(digest, signer)).entries()) {
    const known = new Set(there.map(hex))
    for (const entry of sequence(lists[place], 'archive index')) {
      if (!known.has(hex(octets(entry, 'archive index entry'))))
        throw new DerError('evidence that an archive time stamp covers is missing or changed', entry.offset)
    }
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** What the imprint is of: content type, digest of the document, the signer without unsigned attributes, the index. */
const coveredBy = (
  { contentType }: MessageParts,
  signer: Tlv,
  dataDigest: Uint8Array,
  index: Uint8Array,
): Uint8Array => {
  const fields = sequence(signer, 'signer')
  const signed = fields.at(-1)?.tag === context(1) ? fields.slice(0, -1) : fields
  return Buffer.concat([contentType, dataDigest, ...signed.map(({ bytes }) => bytes), index])
}
