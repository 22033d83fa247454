import { fault, UpstreamError } from '../../../core/kernel/index.ts'
import { readSignedMessage, unwrapDer } from '../cms/index.ts'
import { DerError } from '../der/index.ts'
import { postJson } from '../net/post-json.ts'
import type { Fault } from '../../../core/kernel/index.ts'
import type { SignOptions } from '../../../core/signature/index.ts'

export interface NcanodeSignerOptions {
  /** Where NCANode v3 listens. Passwords travel in its JSON, so plain http is allowed on this machine only. */
  url: string
  /** PKCS#12 file. */
  keyFile: Uint8Array
  password: string
  keyAlias?: string
  /** Default 15 s. */
  timeoutMs?: number
}

const loopback = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/

const refusedWords = (): Fault =>
  fault('SIGNER-04', '', {
    ru: 'Сервер подписи NCANode отказал: ключ, пароль или срок действия не подходят. Проверьте ключ организации.',
    kk: 'NCANode қолтаңба сервері бас тартты: кілт, құпиясөз немесе мерзім сәйкес емес. Ұйым кілтін тексеріңіз.',
    en: 'The signing server NCANode refused: key, password or validity do not fit. Check the company’s key.',
  })

/**
 * Signs through an NCANode v3 server, that is with the certified Kalkan library. Its answer is read as strictly
 * as any signature; the password is in no error and no log.
 */
export class NcanodeSigner {
  private readonly address: URL

  constructor(private readonly options: NcanodeSignerOptions) {
    const base = new URL(options.url)
    if (base.protocol !== 'https:' && !(base.protocol === 'http:' && loopback.test(base.hostname))) {
      throw new Error(
        'NCANode must be reached over https or on this machine: it is sent the password of the key',
      )
    }
    this.address = new URL('cms/sign', base.href.endsWith('/') ? base.href : `${base.href}/`)
  }

  async sign(data: Uint8Array, { timeStamp = true }: SignOptions = {}): Promise<{ cms: Uint8Array }> {
    const { keyFile, password, keyAlias = null, timeoutMs = 15_000 } = this.options
    const answer = await postJson(this.address.href, {
      partner: 'ncanode',
      timeoutMs,
      // A signature with its certificates and stamp has under 20 KB.
      maxBytes: 2 * 1024 * 1024,
      body: {
        data: base64(data),
        signers: [{ key: base64(keyFile), password, keyAlias }],
        withTsp: timeStamp,
        ...(timeStamp ? { tsaPolicy: 'TSA_GOST2015_POLICY' } : {}),
        detached: true,
      },
    })
    // 400 and 500 say `{status, message}`; the message may repeat what was sent, so it is not passed on.
    if (answer.status >= 400 || !isRecord(answer.body) || answer.body['status'] !== 200) {
      if (answer.status >= 502) throw new UpstreamError('busy', 'ncanode', `HTTP ${answer.status}`)
      throw new UpstreamError('refused', 'ncanode', `the server refused (HTTP ${answer.status})`, {
        faults: [refusedWords()],
      })
    }
    const { cms } = answer.body
    if (typeof cms !== 'string')
      throw new UpstreamError('refused', 'ncanode', 'the answer has no signature', {
        faults: [refusedWords()],
      })
    try {
      const der = unwrapDer(Buffer.from(cms, 'latin1'))
      const { content } = readSignedMessage(der, { maxSigners: 1, maxCertificates: 16 })
      if (content !== undefined) throw new DerError('the signature is not detached', 0)
      return { cms: Uint8Array.from(der) }
    } catch (cause) {
      if (!(cause instanceof DerError)) throw cause
      throw new UpstreamError('refused', 'ncanode', `the answer is no detached signature: ${cause.message}`, {
        cause,
        faults: [refusedWords()],
      })
    }
  }
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
