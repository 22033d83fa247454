import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readSignedMessage } from '../../../../../src/adapters/signing/cms/index.ts'
import type { DemoAuthority } from '../../../../../src/adapters/signing/demo-authority/index.ts'
import {
  answerOcsp,
  answerTimeStamp,
  makeCrl,
} from '../../../../../src/adapters/signing/demo-authority/index.ts'
import { oids } from '../../../../../src/adapters/signing/der/index.ts'
import {
  archiveTimeStampsOf,
  AuthorityProofs,
  AuthorityRevocation,
  computableUnder,
  GivenRevocation,
  KzSuite,
  TrustStore,
  TspClient,
  withValidationData,
} from '../../../../../src/adapters/signing/index.ts'
import { collectTimeStamp } from '../../../../../src/adapters/signing/verify/time-stamp.ts'
import { readCertificate } from '../../../../../src/adapters/signing/x509/index.ts'
import {
  judgeTimeStamp,
  signaturePolicy,
  type FactName,
  type SignatureReport,
} from '../../../../../src/core/signature/index.ts'
import { anAuthorityServer, type AuthorityServer } from '../../../../factories/authority-server.ts'
import { aTestCa, testData, testNow, type TestCa } from '../../../../factories/test-ca.ts'
import type { RevocationAddresses } from '../../../../../src/adapters/signing/index.ts'

const policy = signaturePolicy({ environment: 'test', revocation: 'required' })
const suite = new KzSuite()
const limits = { maxSigners: 16, maxCertificates: 64 }
const day = 86_400_000
const years = (count: number): Date => new Date(testNow.getTime() + count * 365 * day)

let ca: TestCa
let server: AuthorityServer
let clock: { at: Date; now(): Date }

beforeAll(async () => {
  ca = await aTestCa()
  server = await anAuthorityServer(() => 503)
})
afterAll(() => server.stop())

const usual = async (body: Uint8Array, path: string): Promise<Uint8Array> => {
  const now = clock.now()
  if (path === '/tsp') return answerTimeStamp(ca.authority, body, { now })
  if (path === '/root') return answerOcsp(ca.authority, body, { now, signer: ca.authority.root })
  if (path === '/list') return makeCrl(ca.authority, { thisUpdate: now, nextUpdate: years(1), revoked: [] })
  return answerOcsp(ca.authority, body, { now })
}

/** Gathers under one authority; `by` says how its issuer answers about revocation. */
const gathererOf = (
  authority: DemoAuthority,
  by: (url: string) => RevocationAddresses = (url) => ({ ocsp: `${url}/issuer` }),
): AuthorityProofs => {
  clock = { at: testNow, now: () => clock.at }
  server.answer = usual
  const trust = new TrustStore(
    suite,
    ca.trust(policy).anchors,
    [readCertificate(authority.issuer.certificate)],
    computableUnder(policy),
  )
  return new AuthorityProofs({
    suite,
    trust,
    clock,
    timeStamper: new TspClient({ url: `${server.url}/tsp`, clock, verify: { suite, trust, policy } }),
    revocation: new AuthorityRevocation({
      suite,
      addresses: new Map([
        [readCertificate(authority.issuer.certificate).sha256, by(server.url)],
        [readCertificate(authority.root.certificate).sha256, { ocsp: `${server.url}/root` }],
      ]),
    }),
  })
}

const offlineAt = (now: Date) =>
  ca.verifier(
    { revocation: 'required' },
    { clock: { now: () => now }, revocation: new AuthorityRevocation({ suite, addresses: new Map() }) },
  )

const factOf = (report: SignatureReport, name: FactName) => report.facts.find((fact) => fact.name === name)

describe('gathering a proof', () => {
  it('stamps, asks about leaf and authority, and is VALID offline when the key has long ended', async () => {
    const cms = await ca.sign(await ca.issue())
    const proof = await gathererOf(ca.authority).gather(cms)
    expect(proof).toMatchObject({ stampedAt: testNow, crlDigests: [] })
    expect(proof.stampEndsAt).toEqual(readCertificate(ca.authority.timeStamper.certificate).evidence.notAfter)
    // Of the leaf, of its authority, of the time-stamping authority.
    expect(proof.ocspResponses).toHaveLength(3)
    const report = await offlineAt(years(5)).verify({ cms: proof.extendedCms, data: testData })
    expect(report).toMatchObject({ verdict: 'VALID', trustedTime: testNow })
    expect(factOf(report, 'stamp-revocation')).toMatchObject({ outcome: 'passed' })
    expect(factOf(report, 'stamp-renewal')).toMatchObject({ outcome: 'passed' })
    // Nobody renewed the stamp, whose certificate has ended by then.
    const afterStamp = new Date(proof.stampEndsAt.getTime() + day)
    const late = await offlineAt(afterStamp).verify({ cms: proof.extendedCms, data: testData })
    expect(factOf(late, 'stamp-renewal')).toMatchObject({ outcome: 'warning' })
    expect((await offlineAt(years(5)).verify({ cms, data: testData })).verdict).toBe('INDETERMINATE')
  })

  it('takes a signature that came as PEM', async () => {
    const der = await ca.sign(await ca.issue())
    const pem = `-----BEGIN CMS-----\n${Buffer.from(der).toString('base64')}\n-----END CMS-----\n`
    const proof = await gathererOf(ca.authority).gather(Buffer.from(pem))
    expect((await offlineAt(years(5)).verify({ cms: proof.extendedCms, data: testData })).verdict).toBe(
      'VALID',
    )
  })

  it('keeps what the authority says, and tells when it is no longer "good"', async () => {
    const gatherer = gathererOf(ca.authority)
    server.answer = (body, path) =>
      path === '/issuer'
        ? answerOcsp(ca.authority, body, {
            now: clock.now(),
            statusOf: () => ({ status: 'revoked', revokedAt: new Date(testNow.getTime() - 1000) }),
          })
        : usual(body, path)
    const proof = await gatherer.gather(await ca.sign(await ca.issue()))
    expect(proof.warning).toMatch(/now says “revoked”/)
    const report = await offlineAt(years(5)).verify({ cms: proof.extendedCms, data: testData })
    expect(report.verdict).toBe('INVALID')
  })

  it('keeps the list where there is no OCSP', async () => {
    const gatherer = gathererOf(ca.authority, (url) => ({ crl: `${url}/list` }))
    const proof = await gatherer.gather(await ca.sign(await ca.issue()))
    expect(proof.ocspResponses).toHaveLength(1)
    expect(proof.crlDigests).toHaveLength(1)
    expect(proof.lists).toEqual([])
    const report = await offlineAt(years(5)).verify({ cms: proof.extendedCms, data: testData })
    expect(report.verdict).toBe('VALID')
  })

  it('names a large list by its digest and hands it out to be kept once; with it the copy is VALID', async () => {
    const gatherer = gathererOf(ca.authority, (url) => ({ crl: `${url}/list` }))
    const revoked = Array.from({ length: 3000 }, (_, index) => ({
      serial: Uint8Array.of(0x10, 0, index >> 8, index & 0xff),
      revokedAt: testNow,
    }))
    server.answer = (body, path) =>
      path === '/list'
        ? makeCrl(ca.authority, { thisUpdate: clock.now(), nextUpdate: years(1), revoked })
        : usual(body, path)
    const proof = await gatherer.gather(await ca.sign(await ca.issue()))
    expect(proof.lists).toHaveLength(1)
    const [list] = proof.lists
    expect(list?.bytes.length).toBeGreaterThan(64 * 1024)
    expect(proof.crlDigests).toEqual([list?.digest])
    expect(list?.digest).toBe(createHash('sha256').update(list!.bytes).digest('hex'))
    expect(proof.extendedCms.length).toBeLessThan(32 * 1024)
    expect((await offlineAt(years(5)).verify({ cms: proof.extendedCms, data: testData })).verdict).toBe(
      'INDETERMINATE',
    )
    const given = new GivenRevocation(
      suite,
      { crls: [list!.bytes], ocspResponses: [] },
      new AuthorityRevocation({ suite, addresses: new Map() }),
    )
    const verifier = ca.verifier(
      { revocation: 'required' },
      { clock: { now: () => years(5) }, revocation: given },
    )
    expect((await verifier.verify({ cms: proof.extendedCms, data: testData })).verdict).toBe('VALID')
  })

  it('tells when the time-stamping authority itself was revoked', async () => {
    const gatherer = gathererOf(ca.authority)
    const { serial } = readCertificate(ca.authority.timeStamper.certificate)
    server.answer = (body, path) =>
      path === '/issuer'
        ? answerOcsp(ca.authority, body, {
            now: clock.now(),
            statusOf: (one) =>
              one === serial
                ? { status: 'revoked', revokedAt: new Date(testNow.getTime() - 1000) }
                : { status: 'good' },
          })
        : usual(body, path)
    const proof = await gatherer.gather(await ca.sign(await ca.issue()))
    expect(proof.warning).toMatch(/now says “revoked”/)
    const report = await offlineAt(years(1)).verify({ cms: proof.extendedCms, data: testData })
    expect(report.verdict).toBe('INVALID')
    expect(factOf(report, 'stamp-revocation')).toMatchObject({ outcome: 'failed' })
  })

  it.each([
    ['tsp', '/tsp', 503, 'busy'],
    ['tsp', '/tsp', 404, 'unclear'],
    ['ocsp', '/issuer', 503, 'unreachable'],
    ['ocsp', '/root', 500, 'unreachable'],
  ] as const)('says that %s is to be asked again when %s answers %d', async (partner, path, status, word) => {
    const gatherer = gathererOf(ca.authority)
    const cms = await ca.sign(await ca.issue())
    server.answer = (body, asked) => (asked === path ? status : usual(body, asked))
    await expect(gatherer.gather(cms)).rejects.toMatchObject({ name: 'UpstreamError', partner, word })
    server.answer = usual
    expect((await gatherer.gather(cms)).ocspResponses).toHaveLength(3)
  })

  it('believes no stamp over something else', async () => {
    const gatherer = gathererOf(ca.authority)
    server.answer = (body, asked) =>
      asked === '/tsp'
        ? answerTimeStamp(ca.authority, body, { now: testNow, imprint: new Uint8Array(64) })
        : usual(body, asked)
    await expect(gatherer.gather(await ca.sign(await ca.issue()))).rejects.toMatchObject({
      partner: 'tsp',
      word: 'unclear',
    })
  })
})

describe('renewing a proof', () => {
  /** Every archive time stamp, judged. */
  const problemsOf = async (
    cms: Uint8Array,
    data: Uint8Array,
    now: Date,
  ): Promise<(string | undefined)[]> => {
    const trust = ca.trust(policy)
    const stamps = await archiveTimeStampsOf(cms, data, suite)
    return Promise.all(
      stamps.map(async ({ token, covered, problem }) =>
        covered === undefined
          ? problem
          : judgeTimeStamp(await collectTimeStamp(token, covered, { suite, trust, policy }), policy, now),
      ),
    )
  }

  it('puts a stamp over everything, again and again, and the signature stays VALID', async () => {
    const gatherer = gathererOf(ca.authority)
    const first = await gatherer.gather(await ca.sign(await ca.issue()))
    clock.at = years(2)
    const second = await gatherer.renew(first, testData)
    expect(second.stampedAt).toEqual(first.stampedAt)
    // The time-stamping authority and its issuer were asked about before they were stamped over.
    expect(second.ocspResponses.length).toBeGreaterThan(first.ocspResponses.length)
    clock.at = years(4)
    const third = await gatherer.renew(second, testData)
    const [signer] = readSignedMessage(third.extendedCms, limits).signers
    const archive = signer!.unsignedAttributes.filter(({ type }) => type === oids.archiveTimeStampV3)
    expect(archive).toHaveLength(2)
    expect(await problemsOf(third.extendedCms, testData, years(5))).toEqual([undefined, undefined])
    const report = await offlineAt(years(5)).verify({ cms: third.extendedCms, data: testData })
    expect(report).toMatchObject({ verdict: 'VALID', trustedTime: testNow })
    expect(report.facts.filter(({ name }) => name === 'archive-time-stamp')).toMatchObject([
      { outcome: 'passed' },
      { outcome: 'passed' },
    ])
    expect(factOf(report, 'stamp-renewal')).toMatchObject({ outcome: 'passed' })
  })

  it('judges the renewed copy: what is changed under an archive time stamp is INVALID', async () => {
    const gatherer = gathererOf(ca.authority)
    const { extendedCms } = await gatherer.renew(
      await gatherer.gather(await ca.sign(await ca.issue())),
      testData,
    )
    const { ocspResponses } = readSignedMessage(extendedCms, limits)
    const changed = Buffer.from(extendedCms)
    changed[changed.indexOf(Buffer.from(ocspResponses[0]!)) + ocspResponses[0]!.length - 1]! ^= 1
    const report = await offlineAt(years(1)).verify({ cms: changed, data: testData })
    expect(report.verdict).toBe('INVALID')
    expect(factOf(report, 'archive-time-stamp')).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('missing or changed'),
    })
  })

  it('covers the document and what is kept: another document, or evidence taken away, is seen', async () => {
    const gatherer = gathererOf(ca.authority)
    const bare = await gatherer.gather(await ca.sign(await ca.issue()))
    const { extendedCms } = await gatherer.renew(bare, testData)
    expect(await problemsOf(extendedCms, Buffer.from('another'), years(1))).toEqual([
      'the stamp covers something else (imprint)',
    ])
    // More evidence may come later; none may go.
    const more = withValidationData(extendedCms, { certificates: [(await ca.issue()).certificate] })
    expect(await problemsOf(more, testData, years(1))).toEqual([undefined])
    const { ocspResponses } = readSignedMessage(extendedCms, limits)
    const changed = Buffer.from(extendedCms)
    changed[changed.indexOf(Buffer.from(ocspResponses[0]!)) + ocspResponses[0]!.length - 1]! ^= 1
    expect(await problemsOf(changed, testData, years(1))).toEqual([
      expect.stringMatching(/missing or changed/),
    ])
  })
})
