import { randomBytes } from 'node:crypto'
import { UpstreamError } from '../../../core/kernel/index.ts'
import { judgeTimeStamp } from '../../../core/signature/index.ts'
import { oidOfDigest } from '../algorithms/index.ts'
import { algorithm } from '../cms/index.ts'
import {
  checkDer,
  DerError,
  oids,
  readOne,
  sequence,
  smallInteger,
  expectTag,
  tags,
  writeBoolean,
  writeInteger,
  writeOctets,
  writeOid,
  writeSequence,
} from '../der/index.ts'
import { fetchBytes } from '../net/fetch-bytes.ts'
import { collectTimeStamp } from '../verify/time-stamp.ts'
import { tokenInfo } from './tst-info.ts'
import type { Clock } from '../../../core/kernel/index.ts'
import type { DigestName } from '../../../core/signature/index.ts'
import type { TimeStamper } from '../sign/index.ts'
import type { CollectContext } from '../verify/collect-signer.ts'

export interface TspClientOptions {
  url: string
  /** Policy asked for; the one of the GOST 2015 authority by default. */
  policy?: string
  /** Imprint digest; must be the one of the policy (Streebog-512 for .6.4). */
  digest?: DigestName
  /** Default 10 s. */
  timeoutMs?: number
  clock: Clock
  /** A stamp is checked before it is used: by this trust and policy. */
  verify: CollectContext
}

const maxTokenBytes = 64 * 1024

/** Asks a time-stamping authority (RFC 3161) and believes only a token that passes every check. */
export class TspClient implements TimeStamper {
  constructor(private readonly options: TspClientOptions) {}

  async stamp(covered: Uint8Array): Promise<Uint8Array> {
    const {
      url,
      policy = oids.tspPolicyGost2015,
      digest = 'streebog-512',
      timeoutMs = 10_000,
      clock,
      verify,
    } = this.options
    const nonce = randomBytes(16)
    nonce[0] = 0x40 | (nonce[0]! & 0x3f)
    const request = writeTimeStampRequest({
      digest,
      imprint: await verify.suite.digest(digest, covered),
      policy,
      nonce,
    })
    const answer = await fetchBytes(url, {
      partner: 'tsp',
      timeoutMs,
      maxBytes: maxTokenBytes,
      body: request,
      contentType: 'application/timestamp-query',
    })
    try {
      const token = readTimeStampResponse(answer)
      const info = tokenInfo(token)
      if (info.nonce !== nonce.toString('hex').toUpperCase()) throw new DerError('the nonce is not ours', 0)
      if (info.policy !== policy) throw new DerError(`stamped under policy ${info.policy}`, 0)
      const problem = judgeTimeStamp(
        await collectTimeStamp(token, covered, verify),
        verify.policy,
        clock.now(),
      )
      if (problem !== undefined) throw new DerError(problem, 0)
      return token
    } catch (cause) {
      if (!(cause instanceof DerError)) throw cause
      throw new UpstreamError('refused', 'tsp', cause.message, { cause })
    }
  }
}

/** TimeStampReq, asking for the authority's certificate too. */
export const writeTimeStampRequest = (request: {
  digest: DigestName
  imprint: Uint8Array
  policy: string
  nonce: Uint8Array
}): Uint8Array =>
  writeSequence(
    writeInteger(1),
    writeSequence(algorithm(oidOfDigest(request.digest), true), writeOctets(request.imprint)),
    writeOid(request.policy),
    writeInteger(request.nonce),
    writeBoolean(true),
  )

/** The token of a TimeStampResp; throws `DerError` when there is none. */
const readTimeStampResponse = (der: Uint8Array): Uint8Array => {
  checkDer(der)
  const [status, token] = sequence(readOne(der), 'time-stamp response')
  const code = smallInteger(sequence(status, 'status')[0], 'status')
  // 0 granted, 1 granted with modifications
  if (code > 1 || token === undefined)
    throw new DerError(`the authority refused the stamp (status ${code})`, 0)
  return expectTag(token, tags.sequence, 'time-stamp token').bytes
}
