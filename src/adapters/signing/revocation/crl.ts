import { signatureAlgorithmOfOid } from '../algorithms/index.ts'
import {
  algorithmOid,
  checkDer,
  children,
  context,
  contextPrimitive,
  DerError,
  expectTag,
  integerHex,
  octets,
  oids,
  oidText,
  readAt,
  readOne,
  sameBytes,
  sequence,
  tags,
  time,
  wholeBits,
} from '../der/index.ts'
import { reasonOf } from './reason.ts'
import type { CryptoSuite } from '../algorithms/index.ts'
import type { Tlv } from '../der/index.ts'
import type { RevocationReason } from '../../../core/signature/index.ts'
import type { Certificate } from '../x509/index.ts'

/** One line of a revocation list. */
export interface RevokedEntry {
  revokedAt: Date
  reason: RevocationReason
}

/**
 * A revocation list whose entries stay bytes. The production list of НУЦ РК has 422 065 entries in 20 MB; as a
 * tree of objects it takes 5 GB and two minutes, as offsets in a hash table 8 bytes an entry and a second.
 */
export class RevocationList {
  private constructor(
    readonly der: Uint8Array,
    /** What is signed. */
    readonly tbs: Uint8Array,
    readonly issuer: Uint8Array,
    readonly thisUpdate: Date,
    readonly nextUpdate: Date | undefined,
    /** crlNumber, hexadecimal. */
    readonly number: string | undefined,
    /** Present in a delta: the number of the list it continues. */
    readonly deltaOf: string | undefined,
    /** Why the list must not be used for a question, or nothing. */
    readonly limitation: string | undefined,
    readonly authorityKeyId: string | undefined,
    readonly signatureOid: string,
    readonly signature: Uint8Array,
    private readonly entries: EntryIndex,
  ) {}

  /** How many certificates are listed. */
  get size(): number {
    return this.entries.count
  }

  /** Reads a CRL (DER), letting others run while it indexes. Rejects with `DerError` when it is not one. */
  static async read(der: Uint8Array): Promise<RevocationList> {
    const [tbs, outer, signature, ...rest] = children(expectTag(readOne(der), tags.sequence, 'CRL'))
    if (tbs === undefined || rest.length > 0) throw new DerError('CRL has other parts than three', 0)
    const fields = sequence(tbs, 'CRL body')
    if (fields[0]?.tag === tags.integer) fields.shift()
    const signatureOid = algorithmOid(outer, 'CRL signature algorithm')
    // The authority writes NULL parameters inside and none outside, so the names are compared and not the bytes.
    if (signatureOid !== algorithmOid(fields.shift(), 'CRL signature algorithm')) {
      throw new DerError('the two signature algorithms of the CRL differ', 0)
    }
    const issuer = fields.shift()
    const thisUpdate = time(fields.shift(), 'thisUpdate')
    const next = fields[0]
    const nextUpdate =
      next?.tag === tags.utcTime || next?.tag === tags.generalizedTime
        ? time(fields.shift(), 'nextUpdate')
        : undefined
    const list = fields[0]?.tag === tags.sequence ? fields.shift() : undefined
    const extensions = fields[0]?.tag === context(0) ? readExtensions(fields.shift()!) : noExtensions
    if (fields.length > 0) throw new DerError('unknown parts in a CRL', 0)
    return new RevocationList(
      der,
      tbs.bytes,
      expectTag(issuer, tags.sequence, 'CRL issuer').bytes,
      thisUpdate,
      nextUpdate,
      extensions.number,
      extensions.deltaOf,
      extensions.limitation,
      extensions.authorityKeyId,
      signatureOid,
      wholeBits(signature, 'CRL signature'),
      await EntryIndex.of(list?.content ?? new Uint8Array(0)),
    )
  }

  /** The entry of a serial number, if it is listed. Throws `DerError` when the entry itself is malformed. */
  find(serial: string): RevokedEntry | undefined {
    const entry = this.entries.find(serial)
    if (entry === undefined) return undefined
    checkDer(entry)
    const [, when, extensions] = children(readOne(entry))
    let reason: RevocationReason = 'unspecified'
    for (const one of extensions === undefined ? [] : sequence(extensions, 'entry extensions')) {
      const parts = sequence(one, 'entry extension')
      const oid = oidText(parts[0], 'entry extension')
      if (oid === oids.reasonCode) {
        const inside = octets(parts.at(-1), 'reason')
        checkDer(inside)
        reason = reasonOf(readOne(inside))
      }
    }
    return { revokedAt: time(when, 'revocation date'), reason }
  }

  /** Signed by this authority's key, and that one may sign lists. */
  async isSignedBy(issuer: Certificate, suite: CryptoSuite): Promise<boolean> {
    if (!sameBytes(this.issuer, issuer.subject)) return false
    if (
      this.authorityKeyId !== undefined &&
      issuer.subjectKeyId !== undefined &&
      this.authorityKeyId !== issuer.subjectKeyId
    )
      return false
    const { usages } = issuer.evidence
    if (usages !== undefined && !usages.includes('cRLSign')) return false
    const algorithm = signatureAlgorithmOfOid(this.signatureOid)
    if (algorithm?.digest === undefined || algorithm.digest === 'sha-1' || algorithm.digest === 'md5')
      return false
    return suite.verify(issuer.key, algorithm.digest, this.tbs, this.signature)
  }
}

interface CrlExtensions {
  number: string | undefined
  deltaOf: string | undefined
  limitation: string | undefined
  authorityKeyId: string | undefined
}

const noExtensions: CrlExtensions = {
  number: undefined,
  deltaOf: undefined,
  limitation: undefined,
  authorityKeyId: undefined,
}

const readExtensions = (value: Tlv): CrlExtensions => {
  checkDer(value.content)
  const found: CrlExtensions = { ...noExtensions }
  for (const one of sequence(children(value)[0], 'CRL extensions')) {
    const parts = sequence(one, 'CRL extension')
    const oid = oidText(parts[0], 'CRL extension')
    const critical = parts.length === 3 && parts[1]?.tag === tags.boolean && parts[1].content[0] === 0xff
    const bytes = octets(parts.at(-1), 'CRL extension')
    checkDer(bytes)
    const inside = readOne(bytes)
    if (oid === oids.crlNumber) found.number = integerHex(inside, 'CRL number')
    else if (oid === oids.deltaCrlIndicator) found.deltaOf = integerHex(inside, 'base CRL number')
    else if (oid === oids.issuingDistributionPoint) found.limitation ??= limitationOf(inside)
    else if (oid === oids.authorityKeyIdentifier) {
      const keyId = sequence(inside, 'authority key identifier').find(
        (part) => part.tag === contextPrimitive(0),
      )
      if (keyId !== undefined) found.authorityKeyId = Buffer.from(keyId.content).toString('hex')
    } else if (critical) found.limitation ??= `unknown critical extension ${oid}`
  }
  return found
}

/** IssuingDistributionPoint: a list that leaves something out must not prove that something is not listed. */
const limitationOf = (value: Tlv): string | undefined => {
  const names: Readonly<Record<number, string>> = {
    [contextPrimitive(1)]: 'user certificates only',
    [contextPrimitive(2)]: 'authority certificates only',
    [context(3)]: 'some reasons only',
    [contextPrimitive(3)]: 'some reasons only',
    [contextPrimitive(4)]: 'an indirect list',
    [contextPrimitive(5)]: 'attribute certificates only',
  }
  const part = sequence(value, 'issuing distribution point').find(
    (one) => one.tag !== context(0) && one.content[0] !== 0,
  )
  return part && (names[part.tag] ?? 'limited in an unknown way')
}

/** Entries indexed before others get their turn: about 15 ms. */
const entriesAtOnce = 32_768

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Serial number → entry, by open addressing over offsets into the list. */
class EntryIndex {
  private readonly mask: number

  private constructor(
    private readonly bytes: Uint8Array,
    readonly count: number,
    private readonly table: Uint32Array,
  ) {
    this.mask = table.length - 1
  }

  static async of(bytes: Uint8Array): Promise<EntryIndex> {
    let count = 0
    for (let at = 0; at < bytes.length; at += entryLength(bytes, at)) {
      if (++count % entriesAtOnce === 0) await pause()
    }
    let size = 16
    while (size < count * 2) size *= 2
    const index = new EntryIndex(bytes, count, new Uint32Array(size))
    let done = 0
    for (let at = 0; at < bytes.length; at += entryLength(bytes, at)) {
      index.add(at)
      if (++done % entriesAtOnce === 0) await pause()
    }
    return index
  }

  private add(at: number): void {
    const [from, to] = serialRange(this.bytes, at)
    let slot = hash(this.bytes, from, to) & this.mask
    while (this.table[slot] !== 0) slot = (slot + 1) & this.mask
    this.table[slot] = at + 1 // 0 means empty
  }

  find(serial: string): Uint8Array | undefined {
    const bytes = Buffer.from(serial, 'hex')
    const wanted = bytes[0]! >= 0x80 ? Buffer.concat([Uint8Array.of(0), bytes]) : bytes
    for (let slot = hash(wanted, 0, wanted.length) & this.mask; ; slot = (slot + 1) & this.mask) {
      const stored = this.table[slot]!
      if (stored === 0) return undefined
      const at = stored - 1
      const [from, to] = serialRange(this.bytes, at)
      if (sameBytes(this.bytes.subarray(from, to), wanted)) return readAt(this.bytes, at).bytes
    }
  }
}

/** Bytes of the entry at `at`. Entries are short, so lengths have one or two bytes; others take the careful way. */
const entryLength = (bytes: Uint8Array, at: number): number => {
  const length = bytes[at + 1]
  if (bytes[at] === tags.sequence && length !== undefined && length < 0x80 && at + 2 + length <= bytes.length)
    return 2 + length
  const entry = readAt(bytes, at)
  if (entry.tag !== tags.sequence) throw new DerError('a CRL entry is not a SEQUENCE', at)
  return entry.bytes.length
}

const serialRange = (bytes: Uint8Array, at: number): readonly [from: number, to: number] => {
  const header = bytes[at + 1]! < 0x80 ? 2 : 2 + (bytes[at + 1]! & 0x7f)
  const start = at + header
  const length = bytes[start + 1]
  if (
    bytes[start] !== tags.integer ||
    length === undefined ||
    length === 0 ||
    length >= 0x80 ||
    start + 2 + length > bytes.length
  ) {
    throw new DerError('a CRL entry without a serial number', at)
  }
  return [start + 2, start + 2 + length]
}

/** FNV-1a, stirred at the end: its low bits alone cluster when serials are alike. */
const hash = (bytes: Uint8Array, from: number, to: number): number => {
  let value = 0x811c9dc5
  for (let at = from; at < to; at++) value = Math.imul(value ^ bytes[at]!, 0x01000193)
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d)
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39)
  return (value ^ (value >>> 15)) >>> 0
}
