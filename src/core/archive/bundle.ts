import { knotSize, pathByKnots, type RecordSigner } from '../chain/index.ts'
import type { Documents, DocumentRecord, Hasher } from '../exchange/index.ts'
import type { MeterProof } from '../meter/index.ts'
import { proofValue } from '../meter/index.ts'
import { asicManifest, mimeOf, sealNames, type SealKind } from './asic.ts'
import { packageHeader } from './close-package.ts'
import { readManifest, type Manifest } from './manifest.ts'
import { jsonBytes, piecesOf, renewedPieces, type Piece, type PieceDeps, type PieceFor } from './pieces.ts'
import type { ArchiveRecords, ArchivedDocument, ArchiveStore, PackageBook } from './ports.ts'
import { readBlob } from './read-piece.ts'
import { readMe } from './read-me.ts'

/** Puts the operator's own mark on a container's manifest: his ЭЦП where he has a key here, else a time stamp. */
export interface ContainerSealer {
  /** Undefined when nobody can or nobody answers: the bundle is then sealed by the record key alone. */
  seal(manifestOf: (kind: SealKind) => Uint8Array): Promise<{ kind: SealKind; bytes: Uint8Array } | undefined>
}

/** Packs files into one container, in their order; the first one stays as it is. */
export interface ContainerPacker {
  pack(files: readonly { name: string; bytes: Uint8Array }[], at: Date): Promise<Uint8Array>
}

export interface BundleDeps extends PieceDeps {
  documents: PieceDeps['documents'] & Pick<Documents, 'byId'>
  hasher: Hasher
  store: Pick<ArchiveStore, 'get'>
  records: Pick<ArchiveRecords, 'byDocument'>
  book: Pick<PackageBook, 'packageOf' | 'leaves'>
  meterProof: (documentId: string) => Promise<MeterProof | undefined>
  signer: RecordSigner
  sealer?: ContainerSealer
  packer: ContainerPacker
}

export type Audience = 'sender' | 'recipient' | 'operator'

const sees = (audience: Audience, whom: PieceFor): boolean =>
  audience === 'operator' || whom === 'both' || whom === audience

/**
 * One document with all its evidence as an ASiC-E container. An archived document's files come from the archive, each
 * checked against its digest; of one whose exchange goes on, from the store as it stands.
 */
export const bundleOf =
  (deps: BundleDeps) =>
  async (record: DocumentRecord, audience: Audience): Promise<Uint8Array> => {
    const archived = await deps.records.byDocument(record.id)
    const manifest = archived && (await archivedManifest(deps, archived))
    const pieces =
      manifest === undefined ? await piecesOf(deps, record) : await archivedPieces(deps, manifest, audience)
    // The archive keeps the copies of its day; what was stamped again since then lies beside them.
    const renewed = manifest === undefined ? [] : await renewedPieces(deps, record)
    const there = new Set(pieces.map(({ name }) => name))
    const files = [...pieces, ...renewed.filter(({ name }) => !there.has(name))]
      .filter((piece) => sees(audience, piece.for))
      .map(({ name, bytes }) => ({ name, bytes }))
    // The count is the sender's own business.
    const proof = audience === 'recipient' ? undefined : await deps.meterProof(record.id)
    if (proof !== undefined) files.push({ name: 'meter.json', bytes: jsonBytes(proofValue(proof)) })
    if (archived !== undefined && manifest !== undefined)
      files.push({ name: 'archive.json', bytes: jsonBytes(await archiveProof(deps, archived, manifest)) })
    files.push({ name: 'README.txt', bytes: new TextEncoder().encode(readMe(record)) })
    return sealed(deps, files, archived?.at ?? record.receivedAt)
  }

const archivedManifest = async (deps: BundleDeps, { manifestDigest }: ArchivedDocument): Promise<Manifest> =>
  readManifest(await readBlob(deps, manifestDigest))

const archivedPieces = (deps: BundleDeps, { pieces }: Manifest, audience: Audience): Promise<Piece[]> =>
  Promise.all(
    pieces
      .filter((piece) => sees(audience, piece.for))
      .map(async ({ name, for: whom, digest }) => ({ name, for: whom, bytes: await readBlob(deps, digest) })),
  )

/** Where the document stands in the archive: its manifest, its place, and the path to the package that closed it. */
const archiveProof = async (deps: BundleDeps, archived: ArchivedDocument, manifest: Manifest) => {
  const { place, manifestDigest, documentId, at } = archived
  const pack = place === undefined ? undefined : await deps.book.packageOf(place)
  const base = {
    format: 'urn:daneker:archive-proof:1',
    documentId,
    manifestDigest,
    archivedAt: at.toISOString(),
    // The manifest as text: its digest is the one above.
    manifest: new TextDecoder().decode(jsonBytes(manifest)),
  }
  if (place === undefined || pack === undefined) return base
  const index = place - pack.first
  const knotFirst = pack.first + index - (index % knotSize)
  const leaves = await deps.book.leaves(knotFirst, Math.min(knotFirst + knotSize - 1, pack.last))
  return {
    ...base,
    place,
    path: pathByKnots(deps.hasher, pack.knots, leaves, index),
    package: packageHeader(pack, deps.signer.publicKey),
    ...(pack.stamp && { stamp: btoa(String.fromCharCode(...pack.stamp)) }),
  }
}

/** `mimetype` first, the files, then META-INF with the manifest over them and the marks over the manifest. */
const sealed = async (
  deps: BundleDeps,
  files: { name: string; bytes: Uint8Array }[],
  at: Date,
): Promise<Uint8Array> => {
  const listed = files.map(({ name, bytes }) => ({
    name,
    mime: mimeOf(name),
    digest: deps.hasher.digest(bytes),
  }))
  const manifestFor = (kind: SealKind): Uint8Array =>
    new TextEncoder().encode(asicManifest(listed, kind, 'document.xml'))
  const seal = await deps.sealer?.seal(manifestFor)
  const manifest = manifestFor(seal?.kind ?? 'record')
  const own = deps.signer.sign(new TextDecoder().decode(manifest))
  return deps.packer.pack(
    [
      { name: 'mimetype', bytes: new TextEncoder().encode('application/vnd.etsi.asic-e+zip') },
      ...files,
      { name: 'META-INF/ASiCManifest.xml', bytes: manifest },
      ...(seal === undefined ? [] : [{ name: sealNames[seal.kind], bytes: seal.bytes }]),
      { name: sealNames.record, bytes: own },
      { name: 'META-INF/record-key.txt', bytes: new TextEncoder().encode(`${deps.signer.publicKey}\n`) },
    ],
    at,
  )
}
