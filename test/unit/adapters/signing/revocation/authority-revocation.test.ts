import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  answerOcsp,
  keyUsage,
  makeCrl,
  refuseOcsp,
} from '../../../../../src/adapters/signing/demo-authority/index.ts'
import { writeNull, writeSequence } from '../../../../../src/adapters/signing/der/index.ts'
import { AuthorityRevocation, KzSuite } from '../../../../../src/adapters/signing/index.ts'
import { readCertificate } from '../../../../../src/adapters/signing/x509/index.ts'
import { anAuthorityServer } from '../../../../factories/authority-server.ts'
import { aTestCa, factsThat, testData, testNow } from '../../../../factories/test-ca.ts'
import type {
  CrlOptions,
  DemoIdentity,
  DemoStatus,
  OcspAnswerOptions,
} from '../../../../../src/adapters/signing/demo-authority/index.ts'
import type { RevocationAddresses } from '../../../../../src/adapters/signing/index.ts'
import type {
  RevocationReason,
  SignaturePolicy,
  SignatureReport,
} from '../../../../../src/core/signature/index.ts'
import type { AuthorityServer } from '../../../../factories/authority-server.ts'
import type { TestCa } from '../../../../factories/test-ca.ts'

const minute = 60_000
const before = (minutes: number): Date => new Date(testNow.getTime() - minutes * minute)
const after = (minutes: number): Date => new Date(testNow.getTime() + minutes * minute)
const rootList = '/root.crl'

let ca: TestCa
let head: DemoIdentity
let server: AuthorityServer
/** What each address answers; the root's list is always good. */
let crls: Record<string, Uint8Array>

beforeEach(async () => {
  ca = await aTestCa()
  head = await ca.issue()
  crls = { [rootList]: await list({ signer: ca.authority.root }) }
  server = await anAuthorityServer((_body, path) => crls[path] ?? 404)
})
afterEach(() => server.stop())

const list = (options: Partial<CrlOptions> = {}): Promise<Uint8Array> =>
  makeCrl(ca.authority, { thisUpdate: before(60), nextUpdate: after(60), revoked: [], ...options })

const serialOf = ({ certificate }: DemoIdentity): Uint8Array =>
  Buffer.from(readCertificate(certificate).serial, 'hex')

const revocation = (
  addresses: RevocationAddresses,
  more: { ocspTimeoutMs?: number } = {},
): AuthorityRevocation =>
  new AuthorityRevocation({
    suite: new KzSuite(),
    addresses: new Map([
      [readCertificate(ca.authority.issuer.certificate).sha256, addresses],
      [readCertificate(ca.authority.root.certificate).sha256, { crl: `${server.url}${rootList}` }],
    ]),
    ...more,
  })

const verify = async (
  checker: AuthorityRevocation,
  policy: Partial<SignaturePolicy> = {},
  at?: Date,
): Promise<SignatureReport> =>
  ca
    .verifier({ revocation: 'required', ...policy }, { revocation: checker })
    .verify({ cms: await ca.sign(head), data: testData, at })

const factOf = (report: SignatureReport, name: string) => report.facts.find((fact) => fact.name === name)

describe('OCSP', () => {
  const answering = (options: Partial<OcspAnswerOptions> = {}): void => {
    server.answer = (body, path) =>
      path === '/ocsp' ? answerOcsp(ca.authority, body, { now: testNow, ...options }) : (crls[path] ?? 404)
  }
  const ocsp = (): AuthorityRevocation => revocation({ ocsp: `${server.url}/ocsp` })
  const says = (status: DemoStatus): void => answering({ statusOf: () => status })

  it('makes a good signature VALID', async () => {
    answering()
    const report = await verify(ocsp())
    expect(report.verdict).toBe('VALID')
    expect(factOf(report, 'revocation')).toMatchObject({
      outcome: 'passed',
      detail: expect.stringContaining('OCSP RESPONDER'),
    })
  })

  it('is believed when the authority itself signs the answer', async () => {
    answering({ signer: ca.authority.issuer, certificates: [] })
    expect((await verify(ocsp())).verdict).toBe('VALID')
  })

  it('is asked once for the same certificate within five minutes', async () => {
    answering()
    const checker = ocsp()
    await verify(checker)
    await verify(checker)
    expect(server.asked.filter((path) => path === '/ocsp')).toHaveLength(1)
  })

  it('is not asked about a signature that fails anyway', async () => {
    answering()
    const cms = await ca.sign(head)
    const report = await ca
      .verifier({ revocation: 'required' }, { revocation: ocsp() })
      .verify({ cms, data: Buffer.from('другой') })
    expect(report.verdict).toBe('INVALID')
    expect(server.asked).toEqual([])
  })

  it('makes a revoked certificate INVALID', async () => {
    says({ status: 'revoked', revokedAt: before(120), reason: 'keyCompromise' })
    const report = await verify(ocsp())
    expect(report.verdict).toBe('INVALID')
    expect(factsThat(report, 'failed')).toEqual(['revocation'])
  })

  it('takes "unknown" for a no', async () => {
    says({ status: 'unknown' })
    expect((await verify(ocsp())).verdict).toBe('INVALID')
  })

  it('reads "revoked in 1970" as never issued, and not as a date', async () => {
    answering({
      statusOf: () => ({ status: 'revoked', revokedAt: new Date(0), reason: 'certificateHold' }),
      extendedRevoke: true,
    })
    const report = await verify(ocsp())
    expect(factOf(report, 'revocation')).toMatchObject({
      outcome: 'failed',
      detail: 'ocsp: the authority does not know the certificate',
    })
  })

  const lateReasons: [RevocationReason, SignatureReport['verdict']][] = [
    ['superseded', 'VALID'],
    ['affiliationChanged', 'VALID'],
    ['keyCompromise', 'INVALID'],
    ['unspecified', 'INVALID'],
    ['certificateHold', 'INVALID'],
  ]
  it.each(lateReasons)('revoked after the receipt because of %s is %s', async (reason, verdict) => {
    says({ status: 'revoked', revokedAt: before(10), reason })
    expect((await verify(ocsp(), {}, before(30))).verdict).toBe(verdict)
  })

  const doubtful: [string, Partial<OcspAnswerOptions> | (() => Promise<Partial<OcspAnswerOptions>>)][] = [
    ['an answer without our nonce', { nonce: 'drop' }],
    ['an answer with another nonce', { nonce: 'change' }],
    ['an answer older than an hour', { thisUpdate: before(61) }],
    ['an answer from the future', { thisUpdate: after(10) }],
    ['an answer past its nextUpdate', { thisUpdate: before(30), nextUpdate: before(5) }],
    ['an answer signed by a signer of documents', async () => ({ signer: await ca.issue() })],
    [
      'an answer signed by a responder of another authority',
      async () => ({ signer: (await aTestCa()).authority.responder }),
    ],
    [
      'an answer signed by a responder without the purpose',
      async () => ({ signer: await ca.issue({ extensions: () => [keyUsage('digitalSignature')] }) }),
    ],
    [
      'an answer whose responder had ended',
      async () => ({
        now: testNow,
        signer: {
          ...ca.authority.responder,
          certificate: (await ca.issue({ key: ca.authority.responder.key, notAfter: before(5) })).certificate,
        },
      }),
    ],
  ]
  it.each(doubtful)('does not believe %s', async (_name, options) => {
    answering(typeof options === 'function' ? await options() : options)
    const report = await verify(ocsp())
    expect(report.verdict).toBe('INDETERMINATE')
    expect(factsThat(report, 'unknown')).toEqual(['revocation'])
  })

  it('does not believe an answer about another certificate', async () => {
    const other = await ca.issue()
    server.answer = async (_body, path) => {
      if (path !== '/ocsp') return crls[path] ?? 404
      const { writeOcspRequest } = await import('../../../../../src/adapters/signing/revocation/index.ts')
      const request = writeOcspRequest(
        readCertificate(other.certificate),
        readCertificate(ca.authority.issuer.certificate),
        new Uint8Array(16),
      )
      return answerOcsp(ca.authority, request, { now: testNow })
    }
    expect((await verify(ocsp())).verdict).toBe('INDETERMINATE')
  })

  const silence: [string, Parameters<typeof anAuthorityServer>[0]][] = [
    ['tryLater', () => refuseOcsp(3)],
    ['unauthorized', () => refuseOcsp(6)],
    ['HTTP 500', () => 500],
    ['HTTP 503', () => 503],
    ['noise', () => Buffer.from('<html>captive portal</html>')],
    ['an empty answer', () => new Uint8Array(0)],
    ['a box of nothing', () => writeSequence(writeNull())],
    ['a megabyte', () => new Uint8Array(1_048_576)],
    ['no answer at all', () => undefined],
  ]
  it.each(silence)(
    'leaves the verdict INDETERMINATE on %s, and VALID only where revocation is not demanded',
    async (_name, answer) => {
      server.answer = (body, path) => (path === '/ocsp' ? answer(body, path) : (crls[path] ?? 404))
      const checker = revocation({ ocsp: `${server.url}/ocsp` }, { ocspTimeoutMs: 200 })
      expect((await verify(checker)).verdict).toBe('INDETERMINATE')
      const lenient = await verify(checker, { revocation: 'if-available' })
      expect(lenient.verdict).toBe('VALID')
      expect(factsThat(lenient, 'warning')).toContain('revocation')
    },
  )

  it('leaves the verdict INDETERMINATE when nobody listens', async () => {
    const { url } = server
    const checker = revocation({ ocsp: `${url}/ocsp` })
    await server.stop()
    const report = await verify(checker)
    expect(report.verdict).toBe('INDETERMINATE')
    expect(factsThat(report, 'unknown')).toEqual(['revocation', 'revocation-authority'])
  })
})

describe('revocation lists', () => {
  const lists = (delta = false): AuthorityRevocation =>
    revocation({ crl: `${server.url}/ca.crl`, ...(delta ? { deltaCrl: `${server.url}/delta.crl` } : {}) })

  it('make a signature VALID whose certificate is not listed', async () => {
    crls['/ca.crl'] = await list({ revoked: [{ serial: Uint8Array.of(0x11), revokedAt: before(600) }] })
    expect((await verify(lists())).verdict).toBe('VALID')
  })

  it('make a listed certificate INVALID', async () => {
    crls['/ca.crl'] = await list({
      revoked: [{ serial: serialOf(head), revokedAt: before(600), reason: 'superseded' }],
    })
    expect((await verify(lists())).verdict).toBe('INVALID')
  })

  it('are asked when OCSP is silent', async () => {
    crls['/ca.crl'] = await list({ revoked: [{ serial: serialOf(head), revokedAt: before(600) }] })
    const checker = revocation({ ocsp: `${server.url}/nobody`, crl: `${server.url}/ca.crl` })
    expect((await verify(checker)).verdict).toBe('INVALID')
  })

  it('are fetched once until their nextUpdate', async () => {
    crls['/ca.crl'] = await list()
    const checker = lists()
    await Promise.all([verify(checker), verify(checker), verify(checker)])
    await verify(checker)
    expect(server.asked.filter((path) => path === '/ca.crl')).toHaveLength(1)
  })

  it('are completed by a delta: a new entry counts', async () => {
    crls['/ca.crl'] = await list({ number: 5 })
    crls['/delta.crl'] = await list({
      number: 6,
      deltaOf: 5,
      thisUpdate: before(5),
      revoked: [{ serial: serialOf(head), revokedAt: before(20) }],
    })
    expect((await verify(lists(true))).verdict).toBe('INVALID')
  })

  it('are completed by a delta: removeFromCRL gives the certificate back', async () => {
    crls['/ca.crl'] = await list({
      number: 5,
      revoked: [{ serial: serialOf(head), revokedAt: before(600), reason: 'certificateHold' }],
    })
    crls['/delta.crl'] = await list({
      number: 6,
      deltaOf: 5,
      thisUpdate: before(5),
      revoked: [{ serial: serialOf(head), revokedAt: before(20), reason: 'removeFromCRL' }],
    })
    expect((await verify(lists(true))).verdict).toBe('VALID')
  })

  it('ignore a delta that continues a later list', async () => {
    crls['/ca.crl'] = await list({ number: 5 })
    crls['/delta.crl'] = await list({
      number: 9,
      deltaOf: 8,
      thisUpdate: before(5),
      revoked: [{ serial: serialOf(head), revokedAt: before(20) }],
    })
    expect((await verify(lists(true))).verdict).toBe('VALID')
  })

  const doubtful: [string, () => Promise<Uint8Array>][] = [
    ['a list that has ended', () => list({ thisUpdate: before(600), nextUpdate: before(10) })],
    [
      'a list of another authority',
      async () =>
        makeCrl((await aTestCa()).authority, { thisUpdate: before(60), nextUpdate: after(60), revoked: [] }),
    ],
    ['a list signed by a signer of documents', async () => list({ signer: head })],
    ['a delta in place of the whole', () => list({ deltaOf: 1, number: 2 })],
    [
      'a list for authorities only',
      () =>
        list({
          extraExtensions: [
            { oid: '2.5.29.28', critical: true, value: writeSequence(Uint8Array.of(0x82, 1, 0xff)) },
          ],
        }),
    ],
    [
      'a list with an unknown critical extension',
      () => list({ extraExtensions: [{ oid: '1.2.3', critical: true, value: writeNull() }] }),
    ],
    ['noise', () => Promise.resolve(Buffer.from('not a list'))],
    ['half a list', async () => (await list()).subarray(0, 100)],
  ]
  it.each(doubtful)('do not count: %s', async (_name, make) => {
    crls['/ca.crl'] = await make()
    const report = await verify(lists())
    expect(report.verdict).toBe('INDETERMINATE')
    expect(factsThat(report, 'unknown')).toEqual(['revocation'])
  })

  it('find a certificate of an authority that is itself revoked', async () => {
    crls['/ca.crl'] = await list()
    crls[rootList] = await list({
      signer: ca.authority.root,
      revoked: [{ serial: serialOf(ca.authority.issuer), revokedAt: before(600), reason: 'cACompromise' }],
    })
    const report = await verify(lists())
    expect(report.verdict).toBe('INVALID')
    expect(factsThat(report, 'failed')).toEqual(['revocation-authority'])
  })
})
