import type { Company, CompanyKey, CompanyKeys } from '../../../core/company/index.ts'
import type { CompanySigners } from '../../../core/exchange/index.ts'
import { fault, UpstreamError, type Fault } from '../../../core/kernel/index.ts'
import { LruMap } from '../algorithms/index.ts'
import { digestOf } from '../gost/index.ts'
import { Pkcs12Signer, type Pkcs12SignerOptions } from './pkcs12-signer.ts'

/** How long an opened key is used before the store is asked whether it is still the company's. */
const freshMs = 30_000

/** A key that signs raw bytes; its private part is not to be seen. */
export interface KeyInHand {
  algorithm: 'rsa' | 'gost2015-512'
  certificate: Uint8Array
  digest(data: Uint8Array): Uint8Array
  sign(data: Uint8Array): Promise<Uint8Array>
}

interface Opened {
  until: number
  signer: Promise<Pkcs12Signer | undefined>
}

/** The keys of companies that let the gateway sign for them: opened once, held in memory for a while. */
export class KeptKeySigners implements CompanySigners {
  readonly #keys: CompanyKeys
  readonly #options: Pkcs12SignerOptions
  readonly #opened = new LruMap<string, Opened>(1000)

  constructor(keys: CompanyKeys, options: Pkcs12SignerOptions) {
    this.#keys = keys
    this.#options = options
  }

  of(companyId: string): Promise<Pkcs12Signer | undefined> {
    const now = this.#options.clock.now().getTime()
    const known = this.#opened.get(companyId)
    if (known !== undefined && known.until > now) return known.signer
    const signer = this.#open(companyId)
    this.#opened.set(companyId, { until: now + freshMs, signer })
    // Neither a failure nor a missing key is remembered: who loads one and puts the document back is not to wait.
    signer.then(
      (found) => found ?? this.#opened.delete(companyId),
      () => this.#opened.delete(companyId),
    )
    return signer
  }

  /** The company's key in hand for the portal, which wants raw signatures and not CMS. */
  async portalKeyOf(companyId: string): Promise<KeyInHand | undefined> {
    const key = (await this.of(companyId))?.rawKey
    if (key === undefined || (key.algorithm !== 'rsa' && key.algorithm !== 'gost2015-512')) return undefined
    return {
      algorithm: key.algorithm,
      certificate: key.certificateDer,
      digest: (data) => digestOf(key.digest, data),
      sign: (data) => key.sign(data),
    }
  }

  async #open(companyId: string): Promise<Pkcs12Signer | undefined> {
    const key = await this.#keys.of(companyId)
    if (key === undefined) return undefined
    const opened = await Pkcs12Signer.open(key.file, key.password, this.#options)
    if (opened.ok) return opened.value
    throw new UpstreamError('refused', 'signer', 'the company key does not open', { faults: opened.faults })
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
