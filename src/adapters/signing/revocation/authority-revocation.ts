import { randomBytes } from 'node:crypto'
import { UpstreamError } from '../../../core/kernel/index.ts'
import { LruMap } from '../algorithms/index.ts'
import { DerError } from '../der/index.ts'
import { fetchBytes } from '../net/fetch-bytes.ts'
import { RevocationList } from './crl.ts'
import { weighOcspResponse, writeOcspRequest } from './ocsp.ts'
import type { CryptoSuite } from '../algorithms/index.ts'
import type { SignedMessage } from '../cms/index.ts'
import type { RevocationAddresses } from '../trust/index.ts'
import type { Certificate } from '../x509/index.ts'
import type { RevocationAnswer, RevocationChecker } from './checker.ts'

export interface AuthorityRevocationOptions {
  suite: CryptoSuite
  /** By the SHA-256 of the issuing authority's certificate. Addresses inside certificates are never followed. */
  addresses: ReadonlyMap<string, RevocationAddresses>
  /** For one OCSP question. Default 5 s. */
  ocspTimeoutMs?: number
  /** For one list; the production one has 20 MB. Default 60 s. */
  crlTimeoutMs?: number
  /** An OCSP answer is used again for so long; must stay below the policy's freshness. Default 300 s. */
  ocspReuseSeconds?: number
  /** After a failed fetch of a list, how long until the next try. Default 60 s. */
  crlRetrySeconds?: number
}

/** What an authority said, to be kept. */
export type RevocationProof = { status: RevocationAnswer['status'] } & (
  { ocsp: Uint8Array } | { crl: Uint8Array }
)

/** `der` is there when the answer may be believed. */
interface OcspAnswer {
  answer: RevocationAnswer
  der?: Uint8Array
}

/** Production list: 20.8 MB in 2026, growing by a few MB a year. */
const maxCrlBytes = 128 * 1024 * 1024
const maxOcspBytes = 64 * 1024
/** Answers a message may bring: leaf, authority and stamps of two signers, renewed a few times. */
const maxEmbedded = 24
/** A list of this size is not fetched every hour. */
const largeListBytes = 1024 * 1024

/** Asks the authorities: OCSP first, else the list with its delta. Silence is `unavailable`, never `good`. */
export class AuthorityRevocation implements RevocationChecker {
  private readonly ocspAnswers = new LruMap<string, OcspAnswer & { askedAt: number }>(10_000)
  private readonly lists = new Map<string, HeldList>()

  constructor(private readonly options: AuthorityRevocationOptions) {}

  async check(
    certificate: Certificate,
    issuer: Certificate,
    now: Date,
    message?: SignedMessage,
  ): Promise<RevocationAnswer[]> {
    const answers: RevocationAnswer[] = []
    const addresses = this.options.addresses.get(issuer.sha256) ?? {}
    if (addresses.ocsp !== undefined)
      answers.push((await this.askOcsp(addresses.ocsp, certificate, issuer, now)).answer)
    if (!answers.some(isFinal) && addresses.crl !== undefined)
      answers.push((await this.askLists(addresses, certificate, issuer, now)).answer)
    if (!answers.some(isFinal)) answers.push(...(await this.readEmbedded(certificate, issuer, message)))
    return answers
  }

  /**
   * What an authority says about a certificate, as bytes that can be kept: an OCSP response, else the list. Undefined
   * when it has no address here. Throws `UpstreamError` while it does not answer, or answers what must not be believed.
   */
  async evidenceOf(
    certificate: Certificate,
    issuer: Certificate,
    now: Date,
  ): Promise<RevocationProof | undefined> {
    const addresses = this.options.addresses.get(issuer.sha256) ?? {}
    const doubts: RevocationAnswer[] = []
    if (addresses.ocsp !== undefined) {
      const { answer, der } = await this.askOcsp(addresses.ocsp, certificate, issuer, now)
      if (der !== undefined) return { ocsp: der, status: answer.status }
      doubts.push(answer)
    }
    if (addresses.crl !== undefined) {
      const { answer, der } = await this.askLists(addresses, certificate, issuer, now)
      if (der !== undefined) return { crl: der, status: answer.status }
      doubts.push(answer)
    }
    if (doubts.length === 0) return undefined
    const unusable = doubts.some(({ status }) => status === 'unusable')
    throw new UpstreamError(
      unusable ? 'unclear' : 'unreachable',
      doubts[0]!.source,
      doubts.map(({ detail }) => detail).join('; '),
    )
  }

  /** Answers the message brought along (LT form). Their age is judged like any other's. */
  private async readEmbedded(
    certificate: Certificate,
    issuer: Certificate,
    message?: SignedMessage,
  ): Promise<RevocationAnswer[]> {
    const { suite } = this.options
    const answers: RevocationAnswer[] = []
    for (const response of (message?.ocspResponses ?? []).slice(0, maxEmbedded)) {
      const answer = await weighOcspResponse(response, { certificate, issuer }, suite)
      if (isFinal(answer)) answers.push(answer)
    }
    for (const der of (message?.crls ?? []).slice(0, maxEmbedded)) {
      const answer = await weighLists(der, undefined, certificate, issuer, suite)
      if (isFinal(answer)) answers.push(answer)
    }
    return answers
  }

  private async askOcsp(
    url: string,
    certificate: Certificate,
    issuer: Certificate,
    now: Date,
  ): Promise<OcspAnswer> {
    const { suite, ocspTimeoutMs = 5000, ocspReuseSeconds = 300 } = this.options
    const key = `${certificate.sha256}:${issuer.sha256}`
    const known = this.ocspAnswers.get(key)
    if (known !== undefined && Math.abs(now.getTime() - known.askedAt) < ocspReuseSeconds * 1000) return known
    const nonce = randomBytes(16)
    try {
      const der = await fetchBytes(url, {
        partner: 'ocsp',
        timeoutMs: ocspTimeoutMs,
        maxBytes: maxOcspBytes,
        body: writeOcspRequest(certificate, issuer, nonce),
        contentType: 'application/ocsp-request',
      })
      const answer = await weighOcspResponse(der, { certificate, issuer, nonce }, suite)
      if (!isFinal(answer)) return { answer }
      this.ocspAnswers.set(key, { answer, der, askedAt: now.getTime() })
      return { answer, der }
    } catch (cause) {
      return { answer: unavailable('ocsp', cause) }
    }
  }

  private async askLists(
    addresses: RevocationAddresses,
    certificate: Certificate,
    issuer: Certificate,
    now: Date,
  ): Promise<{ answer: RevocationAnswer; der?: Uint8Array }> {
    const base = await this.list(addresses.crl!, issuer, now)
    if ('problem' in base) return { answer: base.problem }
    const delta =
      addresses.deltaCrl === undefined ? undefined : await this.list(addresses.deltaCrl, issuer, now)
    // A delta only adds; without it the base still speaks for itself until its nextUpdate.
    const answer = answerOf(
      base.list,
      delta !== undefined && 'list' in delta ? delta.list : undefined,
      certificate,
    )
    return isFinal(answer) ? { answer, der: base.list.der } : { answer }
  }

  /**
   * The list at an address, fetched once at a time. A large one is kept until its nextUpdate, a small one (a delta)
   * an hour; when a fresh one cannot be had, the old one goes on speaking until its nextUpdate.
   */
  private async list(url: string, issuer: Certificate, now: Date): Promise<ListOrProblem> {
    const key = `${issuer.sha256} ${url}`
    const held = this.lists.get(key)
    if (held !== undefined && now < held.goodUntil) return held.outcome
    const { crlRetrySeconds = 60 } = this.options
    const retryAt = new Date(now.getTime() + crlRetrySeconds * 1000)
    const outcome = this.fetchList(url, issuer).then(async (fetched) => {
      if ('list' in fetched || held === undefined) return fetched
      const old = await held.outcome
      return 'list' in old && isCurrent(old.list, now) ? old : fetched
    })
    // Others who ask meanwhile wait for the same answer.
    this.lists.set(key, { outcome, goodUntil: retryAt })
    const found = await outcome
    if ('list' in found && isCurrent(found.list, now)) {
      const hourLater = new Date(now.getTime() + 3_600_000)
      const { nextUpdate, tbs } = found.list
      const until =
        nextUpdate !== undefined && (nextUpdate < hourLater || tbs.length > largeListBytes)
          ? nextUpdate
          : hourLater
      this.lists.set(key, { outcome, goodUntil: until })
    }
    return found
  }

  private async fetchList(url: string, issuer: Certificate): Promise<ListOrProblem> {
    const { suite, crlTimeoutMs = 60_000 } = this.options
    try {
      const der = await fetchBytes(url, { partner: 'crl', timeoutMs: crlTimeoutMs, maxBytes: maxCrlBytes })
      return await readTrustedList(der, issuer, suite)
    } catch (cause) {
      return { problem: unavailable('crl', cause) }
    }
  }
}

const isCurrent = ({ nextUpdate }: RevocationList, now: Date): boolean =>
  nextUpdate === undefined || nextUpdate > now

interface HeldList {
  outcome: Promise<ListOrProblem>
  goodUntil: Date
}

type ListOrProblem = { list: RevocationList } | { problem: RevocationAnswer }

const isFinal = ({ status }: RevocationAnswer): boolean =>
  status === 'good' || status === 'revoked' || status === 'unknown'

const unavailable = (source: 'ocsp' | 'crl', cause: unknown): RevocationAnswer => {
  if (!(cause instanceof UpstreamError)) throw cause
  return { source, status: 'unavailable', detail: cause.message }
}

const unusableList = (detail: string): { problem: RevocationAnswer } => ({
  problem: { source: 'crl', status: 'unusable', detail },
})

/** A list that the authority signed and that leaves nothing out. */
const readTrustedList = async (
  der: Uint8Array,
  issuer: Certificate,
  suite: CryptoSuite,
): Promise<ListOrProblem> => {
  try {
    const list = await RevocationList.read(der)
    if (list.limitation !== undefined) return unusableList(list.limitation)
    if (!(await list.isSignedBy(issuer, suite)))
      return unusableList('the list is not signed by the authority')
    return { list }
  } catch (cause) {
    if (cause instanceof DerError) return unusableList(cause.message)
    throw cause
  }
}

const answerOf = (
  base: RevocationList,
  delta: RevocationList | undefined,
  certificate: Certificate,
): RevocationAnswer => {
  if (base.deltaOf !== undefined)
    return { source: 'crl', status: 'unusable', detail: 'a delta where a whole list is needed' }
  const usable = delta !== undefined && continues(delta, base) ? delta : undefined
  try {
    const changed = usable?.find(certificate.serial)
    const entry = changed ?? base.find(certificate.serial)
    const dates = { thisUpdate: (usable ?? base).thisUpdate, nextUpdate: (usable ?? base).nextUpdate }
    const detail = `list of ${base.thisUpdate.toISOString()}${usable === undefined ? '' : ` with delta of ${usable.thisUpdate.toISOString()}`}`
    if (entry === undefined || entry.reason === 'removeFromCRL')
      return { source: 'crl', status: 'good', detail, ...dates }
    return {
      source: 'crl',
      status: 'revoked',
      detail,
      ...dates,
      revokedAt: entry.revokedAt,
      reason: entry.reason,
    }
  } catch (cause) {
    if (cause instanceof DerError) return { source: 'crl', status: 'unusable', detail: cause.message }
    throw cause
  }
}

/** The delta starts at this list or an older one and is newer than it. */
const continues = (delta: RevocationList, base: RevocationList): boolean => {
  if (delta.deltaOf === undefined || base.number === undefined) return false
  return BigInt(`0x${delta.deltaOf}`) <= BigInt(`0x${base.number}`) && delta.thisUpdate >= base.thisUpdate
}

/** What a list (and its delta) that somebody hands us says about a certificate. */
export const weighLists = async (
  base: Uint8Array,
  delta: Uint8Array | undefined,
  certificate: Certificate,
  issuer: Certificate,
  suite: CryptoSuite,
): Promise<RevocationAnswer> => {
  const whole = await readTrustedList(base, issuer, suite)
  if ('problem' in whole) return whole.problem
  const change = delta && (await readTrustedList(delta, issuer, suite))
  return answerOf(whole.list, change && 'list' in change ? change.list : undefined, certificate)
}
