import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { failed, fault, ok } from '../../../core/kernel/index.ts'
import { unwrapDer } from '../cms/index.ts'
import { checkDer, DerError } from '../der/index.ts'
import { readCertificate } from '../x509/index.ts'
import type { Fault, Result } from '../../../core/kernel/index.ts'
import type { TrustEnvironment } from '../../../core/signature/index.ts'
import type { Certificate } from '../x509/index.ts'
import type { Anchor, TrustUse } from './trust-store.ts'

/** Where an authority answers about the certificates it issued. */
export interface RevocationAddresses {
  ocsp?: string
  crl?: string
  deltaCrl?: string
}

/** One line of `config/trust.yaml`: a certificate pinned by the SHA-256 of its DER. */
export interface PinnedCertificate {
  name: string
  sha256: string
  environment: TrustEnvironment
  uses: readonly TrustUse[]
  revocation: RevocationAddresses
}

export interface TrustPins {
  anchors: PinnedCertificate[]
  intermediates: PinnedCertificate[]
}

export interface LoadedTrust {
  anchors: Anchor[]
  intermediates: Certificate[]
  /** Addresses by the SHA-256 of the authority's certificate. */
  revocation: Map<string, RevocationAddresses>
  /** Pinned, but no file with this digest is in the folder yet (`daneker trust import`). */
  missing: PinnedCertificate[]
}

const wrong = (path: string, en: string): Fault =>
  fault('TRUST-01', path, {
    ru: `Настройка доверия неверна (${path}): ${en}. Исправьте config/trust.yaml.`,
    kk: `Сенім баптауы қате (${path}): ${en}. config/trust.yaml файлын түзетіңіз.`,
    en: `The trust configuration is wrong (${path}): ${en}. Correct config/trust.yaml.`,
  })

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads the parsed `trust.yaml`. All faults at once. */
export const readTrustPins = (parsed: unknown): Result<TrustPins> => {
  const faults: Fault[] = []
  if (!isRecord(parsed)) return failed(wrong('trust', 'a mapping with anchors and intermediates is needed'))
  const list = (key: 'anchors' | 'intermediates'): PinnedCertificate[] => {
    const entries = parsed[key] ?? []
    if (!Array.isArray(entries)) {
      faults.push(wrong(key, 'a list is needed'))
      return []
    }
    return entries.flatMap((entry: unknown, place) => {
      const pinned = readPin(entry, `${key}[${place}]`)
      if (pinned.ok) return [pinned.value]
      faults.push(...pinned.faults)
      return []
    })
  }
  const pins = { anchors: list('anchors'), intermediates: list('intermediates') }
  return faults.length > 0 ? failed(...faults) : ok(pins)
}

const readPin = (entry: unknown, path: string): Result<PinnedCertificate> => {
  if (!isRecord(entry)) return failed(wrong(path, 'a mapping is needed'))
  const faults: Fault[] = []
  const { name, sha256, environment } = entry
  const uses = entry['for'] ?? ['signer', 'time-stamp']
  if (typeof name !== 'string' || name === '') faults.push(wrong(`${path}.name`, 'a name is needed'))
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256))
    faults.push(wrong(`${path}.sha256`, '64 lower-case hexadecimal digits are needed'))
  if (environment !== 'production' && environment !== 'test')
    faults.push(wrong(`${path}.environment`, 'production or test'))
  if (
    !Array.isArray(uses) ||
    uses.length === 0 ||
    !uses.every((use) => use === 'signer' || use === 'time-stamp')
  ) {
    faults.push(wrong(`${path}.for`, 'a list of signer and time-stamp'))
  }
  const revocation = readAddresses(entry['revocation'], `${path}.revocation`)
  if (!revocation.ok) faults.push(...revocation.faults)
  if (faults.length > 0 || !revocation.ok) return failed(...faults)
  return ok({
    name: name as string,
    sha256: sha256 as string,
    environment: environment as TrustEnvironment,
    uses: uses as TrustUse[],
    revocation: revocation.value,
  })
}

const readAddresses = (entry: unknown, path: string): Result<RevocationAddresses> => {
  if (entry === undefined || entry === null) return ok({})
  if (!isRecord(entry)) return failed(wrong(path, 'a mapping of ocsp, crl and deltaCrl'))
  const addresses: RevocationAddresses = {}
  const faults: Fault[] = []
  for (const [key, value] of Object.entries(entry)) {
    if (key !== 'ocsp' && key !== 'crl' && key !== 'deltaCrl')
      faults.push(wrong(`${path}.${key}`, 'ocsp, crl or deltaCrl'))
    else if (typeof value !== 'string' || !/^https?:\/\//.test(value) || !URL.canParse(value))
      faults.push(wrong(`${path}.${key}`, 'an http address'))
    else addresses[key] = value
  }
  return faults.length > 0 ? failed(...faults) : ok(addresses)
}

/** Certificate files are small; whatever is larger is not one. */
const maxFileBytes = 65_536

/** Certificates of a folder and of those in it (DER, PEM or base64) by their digest, whatever the files are called. */
const certificatesIn = async (
  directory: string,
): Promise<Map<string, { certificate: Certificate; file: string }>> => {
  const found = new Map<string, { certificate: Certificate; file: string }>()
  for (const file of (await readdir(directory, { recursive: true })).sort()) {
    const path = join(directory, file)
    const about = await stat(path)
    if (!about.isFile() || about.size > maxFileBytes) continue
    try {
      const der = unwrapDer(await readFile(path))
      checkDer(der)
      const certificate = readCertificate(Uint8Array.from(der))
      found.set(certificate.sha256, { certificate, file })
    } catch (cause) {
      if (!(cause instanceof DerError)) throw cause // a folder may hold other files beside certificates
    }
  }
  return found
}

/** Takes the pinned certificates, and no others, from a folder. Nothing is trusted for lying in it. */
export const loadTrust = async (pins: TrustPins, directory: string): Promise<LoadedTrust> => {
  const files = await certificatesIn(directory)
  const trust: LoadedTrust = { anchors: [], intermediates: [], revocation: new Map(), missing: [] }
  for (const pin of pins.anchors) {
    const certificate = files.get(pin.sha256)?.certificate
    if (certificate === undefined) trust.missing.push(pin)
    else trust.anchors.push({ name: pin.name, environment: pin.environment, uses: pin.uses, certificate })
    trust.revocation.set(pin.sha256, pin.revocation)
  }
  for (const pin of pins.intermediates) {
    const certificate = files.get(pin.sha256)?.certificate
    if (certificate === undefined) trust.missing.push(pin)
    else trust.intermediates.push(certificate)
    trust.revocation.set(pin.sha256, pin.revocation)
  }
  return trust
}

/**
 * Every authority whose certificate lies in a folder, trusted because the caller says so: for a look at a file, never
 * for the gateway itself. Authorities that another one of the folder issued are stepping stones.
 */
export const trustFolder = async (
  directory: string,
  environment: TrustEnvironment,
): Promise<Pick<LoadedTrust, 'anchors' | 'intermediates'>> => {
  const found = [...(await certificatesIn(directory)).values()].filter(
    ({ certificate }) => certificate.evidence.isAuthority,
  )
  const names = new Set(found.map(({ certificate }) => Buffer.from(certificate.subject).toString('hex')))
  const isAnchor = ({ subject, issuer }: Certificate): boolean =>
    Buffer.from(subject).equals(issuer) || !names.has(Buffer.from(issuer).toString('hex'))
  return {
    anchors: found
      .filter(({ certificate }) => isAnchor(certificate))
      .map(({ certificate, file }) => ({
        name: file,
        environment,
        uses: ['signer', 'time-stamp'],
        certificate,
      })),
    intermediates: found
      .filter(({ certificate }) => !isAnchor(certificate))
      .map(({ certificate }) => certificate),
  }
}

export interface ImportedTrust {
  imported: PinnedCertificate[]
  missing: PinnedCertificate[]
}

/** Copies the pinned certificates found in `from` into the trust folder `to`, named by their digest. */
export const importTrust = async (pins: TrustPins, from: string, to: string): Promise<ImportedTrust> => {
  const files = await certificatesIn(from)
  await mkdir(to, { recursive: true })
  const result: ImportedTrust = { imported: [], missing: [] }
  for (const pin of [...pins.anchors, ...pins.intermediates]) {
    const found = files.get(pin.sha256)
    if (found === undefined) {
      result.missing.push(pin)
      continue
    }
    await copyFile(join(from, found.file), join(to, `${pin.sha256}.cer`))
    result.imported.push(pin)
  }
  return result
}
