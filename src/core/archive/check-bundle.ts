import { emptyHead, leafOf, rootByPath, type PathStep } from '../chain/index.ts'
import type { Hasher } from '../exchange/index.ts'
import { dayText, lineText, sealLeaf } from '../meter/index.ts'
import type { SignatureReport, SignatureVerifier, Verdict } from '../signature/index.ts'
import { readAsicManifest, sealNames } from './asic.ts'
import { packageText } from './close-package.ts'
import { placeText } from './place-documents.ts'

/** One step of the check of a container and what it found. */
export interface BundleFact {
  /** Which step, stable; its words are in `bundleStepWords`. */
  step: BundleStep
  outcome: 'passed' | 'failed' | 'unknown' | 'warning'
  /** The file it is about. */
  file: string
  detail: string
}

export type BundleStep =
  | 'container'
  | 'manifest'
  | 'file'
  | 'seal'
  | 'record-signature'
  | 'receipt'
  | 'signature'
  | 'meter'
  | 'archive'

export interface BundleReport {
  verdict: Verdict
  facts: BundleFact[]
  /** What the receipt says the document is. */
  document?: ReceiptFacts
  signatures: { file: string; side: string; report: SignatureReport }[]
}

export interface ReceiptFacts {
  documentId: string
  kind: string
  number: string
  date: string
  sender: { taxId: string; name: string }
  recipient: { taxId: string; name: string }
  receivedAt: string
  digest: string
}

export interface CheckBundleDeps {
  hasher: Hasher
  /** With the answers about revocation that lie in the container beside its signatures. */
  verifierWith: (kept: { crls: Uint8Array[]; ocspResponses: Uint8Array[] }) => SignatureVerifier
  /** Ed25519 by the key (SubjectPublicKeyInfo, base64). */
  isSigned: (text: string, signature: Uint8Array, publicKey: string) => boolean | Promise<boolean>
  /** Whether a time stamp token covers bytes; undefined where that cannot be checked. */
  isStamped?: (token: Uint8Array, covered: Uint8Array) => Promise<{ holds: boolean; detail: string }>
  /** The installation's key, when it is known from elsewhere. */
  recordKey?: string
}

/**
 * Checks a container with nothing but itself and the trusted certificates: every file is the one the manifest names,
 * the parties' signatures hold over the document, receipt, count and place in the archive speak of this document.
 * Hostile containers are INVALID, never an exception.
 */
export const checkBundle = async (
  files: ReadonlyMap<string, Uint8Array>,
  { verifierWith, ...given }: CheckBundleDeps,
): Promise<BundleReport> => {
  const deps = { ...given, verifier: verifierWith(keptAnswers(files)) }
  const facts: BundleFact[] = []
  const tell = (step: BundleStep, outcome: BundleFact['outcome'], file: string, detail = ''): void => {
    facts.push({ step, outcome, file, detail })
  }
  const document = files.get('document.xml')
  await checkContainer(files, deps, tell)
  const receipt = readJson(files.get('receipt.json')) as ReceiptFacts | undefined
  const digest = document === undefined ? undefined : deps.hasher.digest(document)
  if (receipt === undefined || digest === undefined)
    tell('receipt', 'failed', 'receipt.json', 'missing or unreadable')
  else
    tell(
      'receipt',
      receipt.digest === digest ? 'passed' : 'failed',
      'receipt.json',
      receipt.digest === digest ? `accepted ${receipt.receivedAt}` : 'it is for other bytes',
    )
  const signatures = document === undefined ? [] : await checkSignatures(files, document, receipt, deps, tell)
  if (signatures.length === 0) tell('signature', 'unknown', 'signatures/', 'nobody signed')
  if (digest !== undefined && receipt !== undefined) {
    await checkMeterProof(files.get('meter.json'), { digest, receipt }, deps, tell)
    await checkArchiveProof(files, receipt, deps, tell)
  }
  return { verdict: verdictOf(facts), facts, document: receipt, signatures }
}

type CheckDeps = Omit<CheckBundleDeps, 'verifierWith'> & { verifier: SignatureVerifier }

/** Each answer is proven by its authority's signature, so it does not matter where in the container it lies. */
const keptAnswers = (
  files: ReadonlyMap<string, Uint8Array>,
): { crls: Uint8Array[]; ocspResponses: Uint8Array[] } => {
  const ending = (suffix: string, most: number): Uint8Array[] =>
    [...files]
      .filter(([name]) => name.endsWith(suffix))
      .map(([, bytes]) => bytes)
      .slice(0, most)
  return { crls: ending('.crl', mostAnswers), ocspResponses: ending('.ocsp', mostAnswers) }
}

/** More answers than two signatures renewed for decades have; the rest would only cost time. */
const mostAnswers = 64

type Tell = (step: BundleStep, outcome: BundleFact['outcome'], file: string, detail?: string) => void

const verdictOf = (facts: readonly BundleFact[]): Verdict => {
  if (facts.some(({ outcome }) => outcome === 'failed')) return 'INVALID'
  return facts.some(({ outcome }) => outcome === 'unknown') ? 'INDETERMINATE' : 'VALID'
}

const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes ?? new Uint8Array())

const checkContainer = async (
  files: ReadonlyMap<string, Uint8Array>,
  { hasher, verifier, isSigned, isStamped, recordKey }: CheckDeps,
  tell: Tell,
): Promise<void> => {
  const mimetype = textOf(files.get('mimetype'))
  if (mimetype === 'application/vnd.etsi.asic-e+zip') tell('container', 'passed', 'mimetype', 'ASiC-E')
  else tell('container', 'failed', 'mimetype', 'this is no ASiC-E container')
  const manifest = files.get('META-INF/ASiCManifest.xml')
  const listed = manifest && readAsicManifest(textOf(manifest))
  if (manifest === undefined || listed === undefined) {
    tell('manifest', 'failed', 'META-INF/ASiCManifest.xml', 'missing, or not of our form')
    return
  }
  for (const [name, digest] of listed.files) {
    const bytes = files.get(name)
    if (bytes === undefined) tell('file', 'failed', name, 'the manifest names it and it is not there')
    else if (hasher.digest(bytes) !== digest) tell('file', 'failed', name, 'altered')
  }
  for (const name of files.keys())
    if (!listed.files.has(name) && name !== 'mimetype' && !name.startsWith('META-INF/'))
      tell('file', 'failed', name, 'the manifest does not name it')
  tell('manifest', 'passed', 'META-INF/ASiCManifest.xml', `${listed.files.size} files`)

  const ownKey = textOf(files.get('META-INF/record-key.txt')).trim()
  const own = files.get(sealNames.record)
  if (recordKey !== undefined && recordKey !== ownKey)
    tell('record-signature', 'failed', sealNames.record, 'another installation')
  else if (own === undefined || !(await isSigned(textOf(manifest), own, ownKey)))
    tell('record-signature', 'failed', sealNames.record, 'it does not hold')
  else tell('record-signature', 'passed', sealNames.record, `key ${ownKey.slice(-12)}`)

  if (listed.seal === 'record') return
  const seal = files.get(sealNames[listed.seal])
  if (seal === undefined) tell('seal', 'failed', sealNames[listed.seal], 'missing')
  else if (listed.seal === 'signature') {
    const report = await verifier.verify({ cms: seal, data: manifest })
    tell('seal', outcomeOf(report.verdict), sealNames.signature, nameOf(report))
  } else if (isStamped === undefined) tell('seal', 'warning', sealNames['time-stamp'], 'not checked here')
  else {
    const { holds, detail } = await isStamped(seal, manifest)
    tell('seal', holds ? 'passed' : 'failed', sealNames['time-stamp'], detail)
  }
}

const outcomeOf = (verdict: Verdict): BundleFact['outcome'] =>
  verdict === 'VALID' ? 'passed' : verdict === 'INVALID' ? 'failed' : 'unknown'

const nameOf = ({ signers: [signer], facts }: SignatureReport): string => {
  const why = facts.find(({ outcome }) => outcome === 'failed' || outcome === 'unknown')
  const who = signer?.organization ?? signer?.commonName ?? ''
  return why === undefined ? who : `${who}: ${why.name}: ${why.detail}`
}

/** The parties' signatures over the document: the extended copy proves for years, the one beside it is as it came. */
const checkSignatures = async (
  files: ReadonlyMap<string, Uint8Array>,
  document: Uint8Array,
  receipt: ReceiptFacts | undefined,
  { verifier }: CheckDeps,
  tell: Tell,
): Promise<BundleReport['signatures']> => {
  const checked: BundleReport['signatures'] = []
  for (const [name, cms] of files) {
    const [, stem = '', side = '', purpose = ''] =
      /^(signatures\/\d+-(sender|recipient)-([a-z]+))\.p7s$/.exec(name) ?? []
    if (stem === '') continue
    if (purpose !== 'document') {
      tell('signature', 'warning', name, `signs ${purpose}, not the document`)
      continue
    }
    const copies = [`${stem}.renewed.p7s`, `${stem}.extended.p7s`]
    const copy = copies.find((one) => files.has(one)) ?? name
    const extended = copy === name ? undefined : files.get(copy)
    const expected = {
      taxId: receipt?.[side === 'sender' ? 'sender' : 'recipient'].taxId,
      documentKind: receipt?.kind,
    }
    const report = await verifier.verify({ cms: extended ?? cms, data: document, expected })
    checked.push({ file: name, side, report })
    tell('signature', outcomeOf(report.verdict), copy, nameOf(report))
    if (extended === undefined) continue
    // The untouched one must not be another signature: what failed in it, failed for ever.
    const bare = await verifier.verify({ cms, data: document, expected, at: report.trustedTime })
    const same = bare.signers[0]?.certificateSha256 === report.signers[0]?.certificateSha256
    if (bare.verdict === 'INVALID' || !same) tell('signature', 'failed', name, nameOf(bare))
  }
  return checked
}

interface MeterJson {
  taxId: string
  link: {
    number: number
    documentId: string
    digest: string
    receivedAt: string
    month: string
    leaf: string
  }
  linkPath?: PathStep[]
  seal?: { taxId: string; day: string; first: number; last: number; root: string; head: string }
  path?: PathStep[]
  day?: Parameters<typeof dayText>[0] & { digest: string; signature: string }
  publicKey: string
}

const checkMeterProof = async (
  bytes: Uint8Array | undefined,
  { digest, receipt }: { digest: string; receipt: ReceiptFacts },
  { hasher, isSigned }: CheckDeps,
  tell: Tell,
): Promise<void> => {
  if (bytes === undefined) return
  const said = (outcome: BundleFact['outcome'], detail: string): void =>
    tell('meter', outcome, 'meter.json', detail)
  const proof = readJson(bytes) as MeterJson | undefined
  try {
    if (proof === undefined) throw new TypeError()
    const { link, linkPath, seal, path, day, taxId, publicKey } = proof
    const leaf = leafOf(hasher, lineText({ ...link, taxId, receivedAt: new Date(link.receivedAt) }))
    if (leaf !== link.leaf || link.digest !== digest || link.documentId !== receipt.documentId)
      return said('failed', 'the count is of another document')
    if (day === undefined || seal === undefined || path === undefined || linkPath === undefined)
      return said('warning', `counted in ${link.month} as ${link.number}; its day was not closed yet`)
    const holds =
      rootByPath(hasher, leaf, linkPath) === seal.root &&
      rootByPath(hasher, sealLeaf(hasher, seal), path) === day.root &&
      leafOf(hasher, dayText(day)) === day.digest &&
      (await isSigned(dayText(day), bytesOfBase64(day.signature), publicKey))
    said(
      holds ? 'passed' : 'failed',
      holds
        ? `counted in ${link.month} as ${link.number}, closed ${day.day}`
        : 'the path does not lead to its day',
    )
  } catch {
    said('failed', 'unreadable')
  }
}

interface ArchiveJson {
  documentId: string
  manifestDigest: string
  archivedAt: string
  manifest: string
  place?: number
  path?: PathStep[]
  package?: Parameters<typeof packageText>[0] & { digest: string; signature: string; publicKey: string }
}

const checkArchiveProof = async (
  files: ReadonlyMap<string, Uint8Array>,
  receipt: ReceiptFacts,
  { hasher, isSigned }: CheckDeps,
  tell: Tell,
): Promise<void> => {
  const bytes = files.get('archive.json')
  if (bytes === undefined) return
  const said = (outcome: BundleFact['outcome'], detail: string): void =>
    tell('archive', outcome, 'archive.json', detail)
  const proof = readJson(bytes) as ArchiveJson | undefined
  try {
    if (proof === undefined) throw new TypeError()
    const { documentId, manifestDigest, archivedAt, manifest, place, path, package: pack } = proof
    const listed = JSON.parse(manifest) as {
      document: { id: string }
      pieces: { name: string; digest: string }[]
    }
    if (
      hasher.digest(new TextEncoder().encode(manifest)) !== manifestDigest ||
      listed.document.id !== receipt.documentId ||
      documentId !== receipt.documentId
    )
      return said('failed', 'the archive manifest is of another document or altered')
    for (const { name, digest } of listed.pieces) {
      const piece = files.get(name)
      if (piece !== undefined && hasher.digest(piece) !== digest)
        return said('failed', `${name} is not what was archived`)
    }
    if (place === undefined || path === undefined || pack === undefined)
      return said('warning', `archived ${archivedAt}; its package was not closed yet`)
    const leaf = leafOf(hasher, placeText({ place, documentId, manifestDigest, at: new Date(archivedAt) }))
    const holds =
      rootByPath(hasher, leaf, path) === pack.root &&
      leafOf(hasher, packageText(pack)) === pack.digest &&
      pack.previous.length === emptyHead.length &&
      (await isSigned(packageText(pack), bytesOfBase64(pack.signature), pack.publicKey))
    said(
      holds ? 'passed' : 'failed',
      holds
        ? `place ${place}, package ${pack.number} of ${pack.day}`
        : 'the path does not lead to its package',
    )
  } catch {
    said('failed', 'unreadable')
  }
}

const readJson = (bytes: Uint8Array | undefined): unknown => {
  if (bytes === undefined) return undefined
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

const bytesOfBase64 = (text: string): Uint8Array =>
  Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
