import { failed, fault, ok, UpstreamError } from '../../../core/kernel/index.ts'
import { makeCms } from '../cms/index.ts'
import { checkDer, DerError } from '../der/index.ts'
import { openPkcs12 } from '../pkcs12/index.ts'
import { readCertificate } from '../x509/index.ts'
import { cmsKeyOf, digestOfKey, type Digester } from './cms-key.ts'
import type { Clock, Fault, Result } from '../../../core/kernel/index.ts'
import type { CertificateEvidence, Signer, SignOptions } from '../../../core/signature/index.ts'
import type { SigningKey } from '../pkcs12/index.ts'

/** Gives a time-stamp token (DER) over some bytes. Throws `UpstreamError`. */
export interface TimeStamper {
  stamp(covered: Uint8Array): Promise<Uint8Array>
}

export interface Pkcs12SignerOptions {
  clock: Clock
  /** Put on every signature unless the caller says no. */
  timeStamper?: TimeStamper
  /** Digests documents, large ones in a worker: 20 MB of Streebog are half a second. */
  digest?: Digester
}

const noSigningKey = (): Fault =>
  fault('SIGNER-01', '', {
    ru: 'В файле нет ключа для подписи: только ключ входа (AUTH). Загрузите файл ключа подписи (RSA…/GOST… SIGN).',
    kk: 'Файлда қол қою кілті жоқ, тек кіру кілті (AUTH) бар. Қол қою кілтінің файлын жүктеңіз.',
    en: 'The file holds no signing key, only one for logging in (AUTH). Load the file of the signing key.',
  })

const ended = (): Fault =>
  fault('SIGNER-02', '', {
    ru: 'Срок действия ключа подписи истёк или ещё не начался. Загрузите действующий ключ.',
    kk: 'Қол қою кілтінің мерзімі өткен немесе әлі басталмаған. Жарамды кілтті жүктеңіз.',
    en: 'The signing key has ended or has not begun. Load a valid key.',
  })

/** Signs with one key of a PKCS#12 file that is held open in memory. The password is not kept. */
export class Pkcs12Signer implements Signer {
  private constructor(
    private readonly key: SigningKey,
    private readonly authorities: readonly Uint8Array[],
    /** Whose key it is, for the console and for choosing among keys. */
    readonly certificate: CertificateEvidence,
    private readonly options: Pkcs12SignerOptions,
  ) {}

  /** Opens the file and takes its signing key; with several, the one that ends last. */
  static async open(
    file: Uint8Array,
    password: string,
    options: Pkcs12SignerOptions,
  ): Promise<Result<Pkcs12Signer>> {
    const opened = await openPkcs12(file, password)
    if (!opened.ok) return opened
    const { keys, certificates } = opened.value
    const usable = keys
      .flatMap(({ signer }) => {
        const certificate = evidenceOf(signer.certificateDer)
        return certificate?.usages?.includes('nonRepudiation') === true ? [{ signer, certificate }] : []
      })
      .sort((a, b) => b.certificate.notAfter.getTime() - a.certificate.notAfter.getTime())
    const [best] = usable
    if (best === undefined) return failed(noSigningKey())
    const authorities = certificates.filter((der) => evidenceOf(der)?.isAuthority === true)
    return ok(new Pkcs12Signer(best.signer, authorities, best.certificate, options))
  }

  get serial(): string {
    return this.certificate.serial
  }

  /** For the portal, which wants raw signatures and not CMS. */
  get rawKey(): SigningKey {
    return this.key
  }

  async sign(data: Uint8Array, options: SignOptions = {}): Promise<{ cms: Uint8Array }> {
    const now = this.options.clock.now()
    if (now < this.certificate.notBefore || now > this.certificate.notAfter) {
      throw new UpstreamError('refused', 'signer', 'the signing key is outside its validity', {
        faults: [ended()],
      })
    }
    const { timeStamper } = this.options
    const cms = await makeCms(data, cmsKeyOf(this.key, this.options.digest), {
      signingTime: options.signingTime ?? now,
      certificates: this.authorities,
      digest: digestOfKey(this.key),
      timeStamp:
        timeStamper && options.timeStamp !== false ? (signature) => timeStamper.stamp(signature) : undefined,
    })
    return { cms }
  }
}

const evidenceOf = (der: Uint8Array): CertificateEvidence | undefined => {
  try {
    checkDer(der)
    return readCertificate(der).evidence
  } catch (cause) {
    if (cause instanceof DerError) return undefined
    throw cause
  }
}
