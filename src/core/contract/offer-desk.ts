import { lastInstantOf } from './file.ts'
import { Refusal } from '../exchange/receipt.ts'
import { UpstreamError, almatyDate, isLocalDate } from '../kernel/index.ts'
import { factWords, obstacles, type SignatureReport } from '../signature/index.ts'
import { acceptOffer } from './accept-offer.ts'
import { changeContract, clientOf, termsOf, type ContractDeps } from './deps.ts'
import {
  badDay,
  badSignatureOfOffer,
  nothingHeldThen,
  nothingToAccept,
  operatorNotSet,
  otherOffer,
  unsignedOffer,
} from './faults.ts'
import { periodAt, type ContractFile, type OfferAcceptance } from './file.ts'
import {
  breakIn,
  entryHashOf,
  heldAt,
  placePublication,
  tariffsAt,
  type NewPublication,
  type Publication,
} from './publication.ts'
import { need } from './terms.ts'

const encoder = new TextEncoder()

/** What a client signs to accept: one of these three, whichever his tool makes easiest. */
const signables = (entry: Publication, text: Uint8Array): [OfferAcceptance['over'], Uint8Array][] => [
  ['hash-text', encoder.encode(entry.hash)],
  ['text', text],
  ['hash-bytes', Uint8Array.from(entry.hash.match(/../g) ?? [], (pair) => parseInt(pair, 16))],
]

/** The publication log and the acceptance of the offer: what both sides can prove later (offer 1.2, 1.7, 9.1-9.4, 10.1). */
export const openOfferDesk = (deps: ContractDeps) => ({
  log: () => deps.publications.all(),

  content: (seq: number) => deps.publications.content(seq),

  /** Publishes a text: hashed, placed behind the log, signed with the operator's key. */
  async publish(asked: NewPublication, content: Uint8Array, by: string): Promise<Publication> {
    const signer = await deps.operatorSigner()
    if (signer === undefined) throw new Refusal('conflict', [operatorNotSet()])
    const log = await deps.publications.all({ fresh: true })
    const text = { hash: deps.hasher.digest(content), size: content.byteLength }
    const now = deps.clock.now()
    const placed = need(placePublication(log, asked, text, { now, by, calendar: deps.calendar }))
    const entryHash = entryHashOf(placed, deps.hasher)
    const { cms } = await signer.sign(encoder.encode(entryHash), { signingTime: now })
    const entry = { ...placed, entryHash, signature: toBase64(cms) }
    await deps.unitOfWork.run((tx) => deps.publications.append(tx, entry, content))
    await deps.publications.all({ fresh: true })
    return entry
  },

  /** The offer a client would accept now, and the tariffs he can choose from. */
  async current() {
    const log = await deps.publications.all()
    const now = deps.clock.now()
    return { offer: heldAt(log, 'offer', 'offer', now), tariffs: tariffsAt(log, now) }
  },

  /** The client's EDS under the offer that holds. Only a VALID signature of the client's own key begins a contract. */
  async accept(
    taxId: string,
    { cms: given, hash, by }: { cms: Uint8Array | 'kept-key'; hash?: string; by: string },
  ): Promise<ContractFile> {
    const company = await clientOf(deps, taxId)
    const now = deps.clock.now()
    const held = heldAt(await deps.publications.all(), 'offer', 'offer', now)
    if (held === undefined) throw new Refusal('conflict', [nothingToAccept()])
    if (hash !== undefined && hash.toLowerCase() !== held.hash)
      throw new Refusal('conflict', [otherOffer(hash, held.hash)])
    const text = (await deps.publications.content(held.seq)) ?? new Uint8Array()
    const cms = given === 'kept-key' ? await signedHere(deps, company.id, held) : given
    const { over, report } = await verified(deps, cms, held, text, taxId)
    if (given === 'kept-key') {
      const digest = deps.hasher.digest(encoder.encode(held.hash))
      const serial = report.signers[0]?.serial ?? ''
      await deps.signers.noteUse({ companyId: company.id, digest, serial, by, purpose: 'document', at: now })
    }
    const stamped = await stampedBy(deps, cms)
    const acceptance: OfferAcceptance = {
      offerVersion: held.version,
      publication: held.seq,
      offerHash: held.hash,
      acceptedAt: now,
      over,
      cms: toBase64(cms),
      ...stamped,
      signer: signerOf(report),
      by,
    }
    const { file } = await changeContract(deps, company.id, by, (draft) => acceptOffer(draft, acceptance))
    return file
  },

  /** Which text and which price held on a day, and for a client: which it had pinned. With the lines that prove it. */
  async prove({ on, taxId, tariff }: { on: string; taxId?: string; tariff?: string }) {
    if (!isLocalDate(on)) throw new Refusal('invalid', [badDay('on')])
    const log = await deps.publications.all()
    const at = lastInstantOf(on)
    const offer = heldAt(log, 'offer', 'offer', at)
    if (offer === undefined) throw new Refusal('not-found', [nothingHeldThen('offer', on)])
    const tariffs = tariffsAt(log, at).filter(({ subject }) => tariff === undefined || subject === tariff)
    if (tariff !== undefined && tariffs.length === 0)
      throw new Refusal('not-found', [nothingHeldThen(tariff, on)])
    const file = taxId === undefined ? undefined : await deps.files.of((await clientOf(deps, taxId)).id)
    const period = file === undefined ? undefined : periodAt(file, at)
    return {
      on,
      offer,
      tariffs,
      ...(file === undefined
        ? {}
        : {
            client: {
              accepted:
                file.acceptance !== undefined && file.acceptance.acceptedAt <= at
                  ? file.acceptance
                  : undefined,
              pinnedTariff: period?.tariff,
              pinnedFrom: period === undefined ? undefined : almatyDate(period.fromAt),
            },
          }),
      /** Every line up to here: whoever recomputes the hashes sees that none was put in later. */
      chain: log
        .filter(({ publishedAt }) => publishedAt <= at)
        .map(({ seq, entryHash, previous }) => ({ seq, entryHash, previous })),
      head: log.at(-1)?.entryHash,
    }
  },

  /** The whole log: hashes, chain, texts, and the operator's signature under every line. */
  async verify() {
    const log = await deps.publications.all({ fresh: true })
    const broken = breakIn(log, deps.hasher)
    const lines = []
    for (const entry of log) {
      const content = await deps.publications.content(entry.seq)
      const text =
        content === undefined ? 'missing' : deps.hasher.digest(content) === entry.hash ? 'same' : 'altered'
      const report = await deps.verifier.verify({
        cms: fromBase64(entry.signature),
        data: encoder.encode(entry.entryHash),
        at: entry.publishedAt,
        ...(deps.operatorTaxId === undefined ? {} : { expected: { taxId: deps.operatorTaxId } }),
      })
      lines.push({
        seq: entry.seq,
        subject: entry.subject,
        version: entry.version,
        text,
        signature: report.verdict,
      })
    }
    const good =
      broken === undefined && lines.every(({ text, signature }) => text === 'same' && signature === 'VALID')
    return { verdict: good ? 'VALID' : 'INVALID', broken, lines, head: log.at(-1)?.entryHash }
  },

  /** Terms as they are counted now. */
  terms: () => termsOf(deps),
})

/** Tries what may have been signed; the report of the first is told when none fits. */
const verified = async (
  deps: Pick<ContractDeps, 'verifier'>,
  cms: Uint8Array,
  held: Publication,
  text: Uint8Array,
  taxId: string,
) => {
  let first: SignatureReport | undefined
  for (const [over, data] of signables(held, text)) {
    const report = await deps.verifier.verify({ cms, data, expected: { taxId, documentKind: 'contract' } })
    if (report.verdict === 'VALID') return { over, report }
    first ??= report
    // The bytes fit and something else does not: the other readings would only hide it.
    const other = ['message-digest', 'content']
    if (!report.facts.some(({ name, outcome }) => other.includes(name) && outcome === 'failed')) {
      first = report
      break
    }
  }
  const why =
    first === undefined
      ? ''
      : obstacles(first)
          .map(({ name }) => factWords[name].checks.ru)
          .join('; ')
  throw new Refusal(first?.verdict === 'INDETERMINATE' ? 'unavailable' : 'invalid', [
    badSignatureOfOffer(why),
  ])
}

export type OfferDesk = ReturnType<typeof openOfferDesk>

const toBase64 = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))

/** The client's kept key signs on the client's own word. */
const signedHere = async (
  deps: Pick<ContractDeps, 'signers' | 'clock'>,
  companyId: string,
  held: Publication,
): Promise<Uint8Array> => {
  const signer = await deps.signers.of(companyId)
  if (signer === undefined) throw new Refusal('invalid', [unsignedOffer(held.hash)])
  return (await signer.sign(encoder.encode(held.hash), { signingTime: deps.clock.now() })).cms
}

/** A stamp makes the acceptance provable for years. Without an authority, or while it is silent, the receipt's time counts. */
const stampedBy = async (
  deps: Pick<ContractDeps, 'gatherer'>,
  cms: Uint8Array,
): Promise<Pick<OfferAcceptance, 'extendedCms' | 'stampedAt'>> => {
  if (deps.gatherer === undefined) return {}
  try {
    const { extendedCms, stampedAt } = await deps.gatherer.gather(cms)
    return { extendedCms: toBase64(extendedCms), stampedAt }
  } catch (error) {
    if (error instanceof UpstreamError) return {}
    throw error
  }
}

const signerOf = ({ signers: [first] }: SignatureReport): Record<string, unknown> => ({
  commonName: first?.commonName,
  bin: first?.bin,
  roles: first?.roles,
  serial: first?.serial,
  certificateSha256: first?.certificateSha256,
})
