import type { CompanyKeys } from '../../../core/company/index.ts'
import type { CompanySigners } from '../../../core/exchange/index.ts'
import { UpstreamError } from '../../../core/kernel/index.ts'
import { LruMap } from '../algorithms/index.ts'
import type { SigningKey } from '../pkcs12/index.ts'
import { Pkcs12Signer, type Pkcs12SignerOptions } from './pkcs12-signer.ts'

/** How long an opened key is used before the store is asked whether it is still the company's. */
const freshMs = 30_000

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
    // A failure is not remembered: the next one asks again.
    signer.catch(() => this.#opened.delete(companyId))
    return signer
  }

  /** The company's raw key, for the portal's own kind of signature. */
  async rawKeyOf(companyId: string): Promise<SigningKey | undefined> {
    return (await this.of(companyId))?.rawKey
  }

  async #open(companyId: string): Promise<Pkcs12Signer | undefined> {
    const key = await this.#keys.of(companyId)
    if (key === undefined) return undefined
    const opened = await Pkcs12Signer.open(key.file, key.password, this.#options)
    if (opened.ok) return opened.value
    throw new UpstreamError('refused', 'signer', 'the company key does not open', { faults: opened.faults })
  }
}
