import { createHash } from 'node:crypto'
import type { Company, CompanyKey, CompanyKeys } from '../../../core/company/index.ts'
import type { CompanySigners, KeyUse, KeyUses } from '../../../core/exchange/index.ts'
import { fault, UpstreamError, type Fault, type UnitOfWork } from '../../../core/kernel/index.ts'
import type { Signer } from '../../../core/signature/index.ts'
import { LruMap } from '../algorithms/index.ts'
import { digestOf } from '../gost/index.ts'
import { NcanodeSigner } from './ncanode-signer.ts'
import { Pkcs12Signer, type Pkcs12SignerOptions } from './pkcs12-signer.ts'

/** A key that signs raw bytes; its private part is not to be seen. */
export interface KeyInHand {
  algorithm: 'rsa' | 'gost2015-512'
  certificate: Uint8Array
  digest(data: Uint8Array): Uint8Array
  /** The use is noted first, with the document it is for where there is one. */
  sign(data: Uint8Array, documentId?: string): Promise<Uint8Array>
}

export interface KeptKeyOptions extends Pkcs12SignerOptions {
  uses: Pick<KeyUses, 'add'>
  unitOfWork: UnitOfWork
  /** Where NCANode listens: with it documents are signed by the certified library it holds, not by ours. */
  ncanodeUrl?: string
}

interface Opened {
  version: string
  key: Promise<{ own: Pkcs12Signer; signer: Signer } | undefined>
}

/**
 * The keys of companies that let the gateway sign for them, opened once and held in memory. Before each use the
 * store is asked whether the key is still the company's: a key that was removed or replaced signs no more,
 * whichever process removed it.
 */
export class KeptKeySigners implements CompanySigners {
  readonly #keys: CompanyKeys
  readonly #options: KeptKeyOptions
  readonly #opened = new LruMap<string, Opened>(1000)

  constructor(keys: CompanyKeys, options: KeptKeyOptions) {
    this.#keys = keys
    this.#options = options
  }

  async of(companyId: string): Promise<Signer | undefined> {
    return (await this.#keyOf(companyId))?.signer
  }

  noteUse(use: KeyUse): Promise<void> {
    const { unitOfWork, uses } = this.#options
    return unitOfWork.run((tx) => uses.add(tx, use))
  }

  /** The company's key in hand for the portal, which wants raw signatures and not CMS. */
  async portalKeyOf(companyId: string): Promise<KeyInHand | undefined> {
    const found = await this.#keyOf(companyId)
    const key = found?.own.rawKey
    if (key === undefined || (key.algorithm !== 'rsa' && key.algorithm !== 'gost2015-512')) return undefined
    const { serial } = found!.own
    return {
      algorithm: key.algorithm,
      certificate: key.certificateDer,
      digest: (data) => digestOf(key.digest, data),
      sign: async (data, documentId) => {
        const digest = createHash('sha256').update(data).digest('hex')
        const at = this.#options.clock.now()
        // Before the signature is made: one that nobody wrote down must not exist.
        await this.noteUse({ companyId, documentId, digest, serial, by: 'portal', purpose: 'portal', at })
        return key.sign(data)
      },
    }
  }

  async #keyOf(companyId: string): Promise<{ own: Pkcs12Signer; signer: Signer } | undefined> {
    const version = await this.#keys.versionOf(companyId)
    if (version === undefined) {
      this.#opened.delete(companyId)
      return undefined
    }
    const known = this.#opened.get(companyId)
    if (known?.version === version) return known.key
    const key = this.#open(companyId)
    this.#opened.set(companyId, { version, key })
    // Neither a failure nor a missing key is remembered: who loads one and puts the document back is not to wait.
    key.then(
      (found) => found ?? this.#opened.delete(companyId),
      () => this.#opened.delete(companyId),
    )
    return key
  }

  async #open(companyId: string): Promise<{ own: Pkcs12Signer; signer: Signer } | undefined> {
    const key = await this.#keys.of(companyId)
    if (key === undefined) return undefined
    const opened = await Pkcs12Signer.open(key.file, key.password, this.#options)
    if (!opened.ok)
      throw new UpstreamError('refused', 'signer', 'the company key does not open', { faults: opened.faults })
    const own = opened.value
    const { ncanodeUrl: url } = this.#options
    if (url === undefined) return { own, signer: own }
    const remote = new NcanodeSigner({ url, keyFile: key.file, password: key.password })
    // As the signer of ours: stamps are asked for by the `prove` task, unless nothing is valid without one.
    const timeStamp = this.#options.timeStamper !== undefined
    const sign: Signer['sign'] = (data, options) => remote.sign(data, { timeStamp, ...options })
    return { own, signer: { serial: own.serial, sign } }
  }
}

/** Checks a key file before it is kept: it opens, it may sign, it has not ended, and it is this company's. */
export const companyKeyCheck =
  (options: Pkcs12SignerOptions) =>
  async ({ file, password }: CompanyKey, company: Company): Promise<Fault[]> => {
    const opened = await Pkcs12Signer.open(file, password, options)
    if (!opened.ok) return opened.faults
    const { certificate } = opened.value
    const owners = [...certificate.bins, ...certificate.iins]
    return owners.includes(company.taxId) ? [] : [notTheirs()]
  }

const notTheirs = (): Fault =>
  fault('SIGNER-03', 'file', {
    ru: 'Ключ принадлежит другой организации: БИН/ИИН в сертификате не совпадает. Выберите ключ этой организации.',
    kk: 'Кілт басқа ұйымға тиесілі: сертификаттағы БСН/ЖСН сәйкес келмейді. Осы ұйымның кілтін таңдаңыз.',
    en: 'The key belongs to another company: the tax id in the certificate differs. Choose this company’s key.',
  })
