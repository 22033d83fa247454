import { describe, expect, it } from '@jest/globals'
import {
  factNames,
  factWords,
  judge,
  obstacles,
  signaturePolicy,
  verdictOf,
} from '../../../../src/core/signature/index.ts'
import {
  aCertificate,
  aGoodAnswer,
  anAuthority,
  aSignature,
  aSigner,
  aTimeStamp,
  daysAfter,
  daysBefore,
  judgedAt,
  someAttributes,
} from '../../../factories/signature-evidence.ts'
import type {
  CertificateEvidence,
  Fact,
  FactName,
  FactOutcome,
  JudgeContext,
  SignatureEvidence,
  SignatureReport,
  SignerEvidence,
  TimeStampEvidence,
} from '../../../../src/core/signature/index.ts'

const judged = (evidence: SignatureEvidence, context: Partial<JudgeContext> = {}): SignatureReport =>
  judge(evidence, { policy: signaturePolicy(), now: judgedAt, ...context })

const judgedSigner = (signer: SignerEvidence, context?: Partial<JudgeContext>): SignatureReport =>
  judged(aSignature({ signers: [signer] }), context)

const withCertificate = (changes: Partial<CertificateEvidence>): SignerEvidence =>
  aSigner({ certificate: aCertificate(changes) })
const withStamp = (changes: Partial<TimeStampEvidence>): SignerEvidence =>
  aSigner({ timeStamps: [aTimeStamp(changes)] })
const unstamped = (changes: Partial<SignerEvidence> = {}): SignerEvidence =>
  aSigner({ timeStamps: [], ...changes })
const withPath = (...path: CertificateEvidence[]): SignerEvidence =>
  aSigner({ certificate: path[0], chain: { path, anchor: { name: 'ROOT', environment: 'production' } } })

/** A stamp of 20 days ago, or `genTime`, whose certificate ends within so many days. */
const ending = (days: number, genTime = daysBefore(20)): TimeStampEvidence => {
  const stamp = aTimeStamp({ genTime })
  const [certificate, ...above] = stamp.chain.path
  return {
    ...stamp,
    chain: { ...stamp.chain, path: [{ ...certificate!, notAfter: daysAfter(days) }, ...above] },
  }
}
const withRenewals = (stamp: TimeStampEvidence, ...archiveStamps: TimeStampEvidence[]): SignerEvidence =>
  aSigner({ timeStamps: [stamp], archiveStamps })

/** Those of XML documents have their own file. */
const factsOfCms = factNames.filter((name) => !name.startsWith('xml-'))

const outcomesOf = (report: SignatureReport, name: FactName): FactOutcome[] =>
  report.facts.filter((fact) => fact.name === name).map((fact) => fact.outcome)

const expected = { taxId: '180740000031', documentKind: 'tax-invoice' }

it('is VALID when every step holds, and names every step', () => {
  const report = judged(aSignature(), { expected })
  expect(report.facts.filter((fact) => fact.outcome !== 'passed')).toEqual([])
  expect(new Set(report.facts.map((fact) => fact.name))).toEqual(new Set(factsOfCms))
  expect(report).toMatchObject({
    verdict: 'VALID',
    trustedTime: daysBefore(1),
    checkedAt: judgedAt,
    policyVersion: '2026-11-23',
  })
  expect(report.signers).toMatchObject([
    { verdict: 'VALID', bin: '180740000031', roles: ['head'], trustedTimeSource: 'time-stamp' },
  ])
})

it('has words in three languages for every step', () => {
  for (const name of factNames) {
    const { checks, advice } = factWords[name]
    for (const words of [checks, advice])
      expect(Object.values(words).every((text) => text.length > 10)).toBe(true)
  }
})

it('never says yes without facts', () => {
  expect(verdictOf([])).toBe('INDETERMINATE')
})

it('is as good as its worst signer', () => {
  const report = judged(aSignature({ signers: [aSigner(), aSigner({ index: 1, signature: 'broken' })] }))
  expect(report.verdict).toBe('INVALID')
  expect(report.signers.map((signer) => signer.verdict)).toEqual(['VALID', 'INVALID'])
  expect(obstacles(report)).toMatchObject([{ name: 'signature-value', signer: 1 }])
})

it('puts no tax id into a detail', () => {
  const reports = [
    judged(aSignature(), { expected }),
    judged(aSignature(), { expected: { taxId: '190940000019' } }),
  ]
  const details = reports.flatMap((report) => report.facts).map((fact) => fact.detail)
  expect(details.join(' ')).not.toMatch(/\d{12}/)
})

const steps: [FactName, Exclude<FactOutcome, 'passed'>, string, SignatureEvidence, Partial<JudgeContext>?][] =
  [
    ['size', 'failed', 'larger than the limit', aSignature({ size: 2_000_000 })],
    [
      'size',
      'failed',
      'refused by size before reading',
      aSignature({ unreadable: { step: 'size', detail: '' }, signers: [] }),
    ],
    [
      'encoding',
      'failed',
      'no DER',
      aSignature({ unreadable: { step: 'encoding', detail: '' }, signers: [] }),
    ],
    [
      'structure',
      'failed',
      'no SignedData',
      aSignature({ unreadable: { step: 'structure', detail: '' }, signers: [] }),
    ],
    ['structure', 'failed', 'an unknown version', aSignature({ version: 4 })],
    ['signer-count', 'failed', 'nobody', aSignature({ signers: [] })],
    [
      'signer-count',
      'failed',
      'too many',
      aSignature({ signers: Array.from({ length: 17 }, (_, index) => aSigner({ index })) }),
    ],
    ['content', 'failed', 'other content inside', aSignature({ content: 'embedded-different' })],
  ]

it.each(steps)('%s is %s: %s', (...step) => {
  const [name, outcome, , evidence, context] = step
  const report = judged(evidence, context)
  expect(outcomesOf(report, name)).toContain(outcome)
  expect(report.verdict).toBe('INVALID')
})

type Row = [FactName, Exclude<FactOutcome, 'passed'>, string, SignerEvidence, Partial<JudgeContext>?]

const rows: Row[] = [
  ['signer-certificate', 'failed', 'no certificate', aSigner({ certificate: undefined })],
  ['signed-attributes', 'failed', 'none', aSigner({ attributes: someAttributes({ present: false }) })],
  [
    'signed-attributes',
    'failed',
    'one repeated',
    aSigner({ attributes: someAttributes({ repeated: ['1.2'] }) }),
  ],
  [
    'signed-attributes',
    'failed',
    'out of order',
    aSigner({ attributes: someAttributes({ ordered: false }) }),
  ],
  ['content-type', 'failed', 'missing', aSigner({ attributes: someAttributes({ contentTypes: [] }) })],
  ['content-type', 'failed', 'another', aSigner({ attributes: someAttributes({ contentTypes: ['1.2.3'] }) })],
  ['message-digest', 'failed', 'twice', aSigner({ attributes: someAttributes({ messageDigestCount: 2 }) })],
  [
    'message-digest',
    'failed',
    'another',
    aSigner({ attributes: someAttributes({ messageDigestMatches: false }) }),
  ],
  [
    'signing-certificate',
    'failed',
    'another',
    aSigner({ attributes: someAttributes({ signingCertificate: 'differs' }) }),
  ],
  [
    'signing-certificate',
    'failed',
    'missing',
    aSigner({ attributes: someAttributes({ signingCertificate: 'absent' }) }),
  ],
  [
    'signing-certificate',
    'warning',
    'missing where it is not demanded',
    aSigner({ attributes: someAttributes({ signingCertificate: 'absent' }) }),
    { policy: signaturePolicy({ signingCertificate: 'if-present' }) },
  ],
  ['signature-value', 'failed', 'broken', aSigner({ signature: 'broken' })],
  ['signature-value', 'failed', 'not computed', aSigner({ signature: 'not-checked' })],
  ['algorithms', 'failed', 'key and algorithm disagree', aSigner({ algorithmsAgree: false })],
  ['algorithms', 'failed', 'an unknown digest', aSigner({ digest: 'unsupported' })],
  [
    'algorithms',
    'failed',
    'SHA-1',
    aSigner({
      digest: 'sha-1',
      certificate: aCertificate({
        key: { family: 'rsa', label: 'RSA-2048', rsaBits: 2048, rsaExponent: 65_537 },
      }),
    }),
  ],
  [
    'algorithms',
    'failed',
    'GOST 2004 after its last day',
    aSigner({
      digest: 'gost-34311',
      certificate: aCertificate({ key: { family: 'gost-2004', label: 'GOST-2004' } }),
    }),
  ],
  [
    'algorithms',
    'unknown',
    'GOST 2004 of an unproven day',
    unstamped({
      digest: 'gost-34311',
      certificate: aCertificate({ key: { family: 'gost-2004', label: 'GOST-2004' } }),
    }),
  ],
  [
    'key-strength',
    'failed',
    'RSA of 1024 bits',
    withCertificate({ key: { family: 'rsa', label: 'RSA-1024', rsaBits: 1024, rsaExponent: 65_537 } }),
  ],
  [
    'key-strength',
    'failed',
    'RSA of 16384 bits',
    withCertificate({ key: { family: 'rsa', label: 'RSA-16384', rsaBits: 16_384, rsaExponent: 65_537 } }),
  ],
  [
    'key-strength',
    'failed',
    'exponent 3',
    withCertificate({ key: { family: 'rsa', label: 'RSA-2048', rsaBits: 2048, rsaExponent: 3 } }),
  ],
  [
    'key-strength',
    'failed',
    'an unknown curve',
    withCertificate({ key: { family: 'ec', label: 'EC', curve: 'secp256k1' } }),
  ],
  [
    'key-strength',
    'failed',
    'a weak authority',
    withPath(
      aCertificate(),
      anAuthority({ key: { family: 'rsa', label: 'RSA-1024', rsaBits: 1024, rsaExponent: 65_537 } }),
      anAuthority(),
    ),
  ],
  [
    'signing-time',
    'failed',
    'in the future',
    aSigner({ attributes: someAttributes({ signingTime: daysAfter(1) }) }),
  ],
  [
    'signing-time',
    'failed',
    'unreadable',
    aSigner({ attributes: someAttributes({ signingTimeUnreadable: true }) }),
  ],
  [
    'signing-time',
    'warning',
    'not claimed',
    aSigner({ attributes: someAttributes({ signingTime: undefined }) }),
  ],
  [
    'signing-time',
    'warning',
    'later than the stamp',
    aSigner({ attributes: someAttributes({ signingTime: judgedAt }) }),
  ],
  ['time-stamp', 'warning', 'none', unstamped()],
  [
    'time-stamp',
    'unknown',
    'none where one is demanded',
    unstamped(),
    { policy: signaturePolicy({ timeStamp: 'required' }) },
  ],
  ['chain', 'failed', 'no anchor', aSigner({ chain: { path: [aCertificate()] } })],
  [
    'environment',
    'failed',
    'a test key',
    aSigner({
      chain: { path: [aCertificate(), anAuthority()], anchor: { name: 'TEST', environment: 'test' } },
    }),
  ],
  ['path', 'failed', 'a leaf that issues', withPath(aCertificate(), aCertificate(), anAuthority())],
  [
    'path',
    'failed',
    'no keyCertSign',
    withPath(aCertificate(), anAuthority({ usages: ['cRLSign'] }), anAuthority()),
  ],
  ['path', 'failed', 'too long', withPath(aCertificate(), anAuthority(), anAuthority({ pathLength: 0 }))],
  [
    'path',
    'failed',
    'certified with SHA-1',
    withPath(aCertificate({ signatureDigest: 'sha-1' }), anAuthority(), anAuthority()),
  ],
  [
    'path',
    'failed',
    'certified with something unknown',
    withPath(aCertificate({ signatureDigest: undefined }), anAuthority(), anAuthority()),
  ],
  ['critical-extensions', 'failed', 'in the leaf', withCertificate({ unknownCriticalExtensions: ['1.2.3'] })],
  [
    'critical-extensions',
    'failed',
    'in an authority',
    withPath(aCertificate(), anAuthority({ unknownCriticalExtensions: ['1.2.3'] }), anAuthority()),
  ],
  ['validity', 'failed', 'not begun', withCertificate({ notBefore: daysBefore(0.5) })],
  ['validity', 'failed', 'ended before the stamp', withCertificate({ notAfter: daysBefore(2) })],
  [
    'validity',
    'failed',
    'an authority ended before the stamp',
    withPath(aCertificate(), anAuthority({ notAfter: daysBefore(2) }), anAuthority()),
  ],
  [
    'validity',
    'unknown',
    'ended, and nothing proves when it was signed',
    unstamped({ certificate: aCertificate({ notAfter: daysBefore(0.5) }) }),
  ],
  [
    'validity',
    'failed',
    'ended before the time the signer claims',
    unstamped({ certificate: aCertificate({ notAfter: daysBefore(2) }) }),
  ],
  ['key-usage', 'failed', 'none', withCertificate({ usages: undefined })],
  [
    'key-usage',
    'failed',
    'no nonRepudiation',
    withCertificate({ usages: ['digitalSignature', 'keyEncipherment'] }),
  ],
  ['key-usage', 'failed', 'no digitalSignature', withCertificate({ usages: ['nonRepudiation'] })],
  ['key-usage', 'failed', 'an authority', withCertificate({ isAuthority: true })],
  ['key-usage', 'failed', 'clientAuth as the purpose', withCertificate({ purposes: ['1.3.6.1.5.5.7.3.2'] })],
  ['certificate-policy', 'failed', 'none', withCertificate({ policies: [] })],
  ['certificate-policy', 'failed', 'a foreign one', withCertificate({ policies: ['1.2.398.3.3.20'] })],
  ['certificate-policy', 'failed', 'for logging in', withCertificate({ policies: ['1.2.398.3.3.2.4'] })],
  ['role', 'failed', 'an employee', withCertificate({ roles: ['employee'] })],
  ['role', 'failed', 'treasury beside a right', withCertificate({ roles: ['head', 'treasury'] })],
  ['role', 'failed', 'none', withCertificate({ roles: [] })],
  [
    'role',
    'failed',
    'money right under a contract',
    withCertificate({ roles: ['financial-right'] }),
    { expected: { documentKind: 'contract' } },
  ],
  ['role', 'failed', 'a person’s role with a БИН', withCertificate({ roles: ['person'] })],
  ['identity', 'failed', 'two БИН', withCertificate({ bins: ['180740000031', '190940000019'] })],
  ['identity', 'failed', 'neither', withCertificate({ bins: [], iins: [] })],
  ['identity', 'failed', 'a malformed one', withCertificate({ malformedTaxIds: 1 })],
  ['check-digit', 'warning', 'wrong', withCertificate({ bins: ['123456789021'] })],
  [
    'check-digit',
    'failed',
    'wrong where it is demanded',
    withCertificate({ bins: ['123456789021'] }),
    { policy: signaturePolicy({ taxIdCheckDigit: 'required' }) },
  ],
  ['party', 'failed', 'another company', aSigner(), { expected: { taxId: '190940000019' } }],
  ['party', 'failed', 'the head as a person', aSigner(), { expected: { taxId: '900101300017' } }],
  ['revocation', 'unknown', 'not asked', aSigner({ revocation: [], revocationAsked: false })],
  ['revocation', 'unknown', 'nobody answered', aSigner({ revocation: [aGoodAnswer({ depth: 1 })] })],
  [
    'revocation',
    'unknown',
    'an answer of two hours ago',
    aSigner({
      revocation: [
        aGoodAnswer({ thisUpdate: new Date(daysBefore(1).getTime() - 7_200_000) }),
        aGoodAnswer({ depth: 1 }),
      ],
    }),
  ],
  [
    'revocation',
    'unknown',
    'a list that has ended',
    aSigner({
      revocation: [
        aGoodAnswer({ source: 'crl', nextUpdate: daysBefore(2), thisUpdate: daysBefore(3) }),
        aGoodAnswer({ depth: 1 }),
      ],
    }),
  ],
  [
    'revocation',
    'unknown',
    'an answer of tomorrow',
    aSigner({ revocation: [aGoodAnswer({ thisUpdate: daysAfter(1) }), aGoodAnswer({ depth: 1 })] }),
  ],
  [
    'revocation',
    'unknown',
    'an answer without a date',
    aSigner({ revocation: [aGoodAnswer({ thisUpdate: undefined }), aGoodAnswer({ depth: 1 })] }),
  ],
  [
    'revocation',
    'failed',
    'revoked before',
    aSigner({ revocation: [aGoodAnswer({ status: 'revoked', revokedAt: daysBefore(3) })] }),
  ],
  [
    'revocation',
    'failed',
    'revoked by one source, good by another',
    aSigner({
      revocation: [
        aGoodAnswer(),
        aGoodAnswer({ source: 'crl', status: 'revoked', revokedAt: daysBefore(3) }),
      ],
    }),
  ],
  ['revocation', 'failed', 'never issued', aSigner({ revocation: [aGoodAnswer({ status: 'unknown' })] })],
  [
    'revocation',
    'failed',
    'key compromised later',
    aSigner({
      revocation: [aGoodAnswer({ status: 'revoked', revokedAt: daysBefore(0.5), reason: 'keyCompromise' })],
    }),
  ],
  [
    'revocation',
    'warning',
    'silence where it is not demanded',
    aSigner({ revocation: [] }),
    { policy: signaturePolicy({ revocation: 'if-available' }) },
  ],
  [
    'revocation-authority',
    'failed',
    'the authority is revoked',
    aSigner({
      revocation: [aGoodAnswer(), aGoodAnswer({ depth: 1, status: 'revoked', revokedAt: daysBefore(3) })],
    }),
  ],
  [
    'revocation-authority',
    'unknown',
    'nobody answered about the authority',
    aSigner({ revocation: [aGoodAnswer()] }),
  ],
  [
    'archive-time-stamp',
    'failed',
    'evidence that it covers is gone',
    aSigner({ archiveStamps: [aTimeStamp({ unreadable: 'missing or changed' })] }),
  ],
  [
    'archive-time-stamp',
    'failed',
    'it covers another document',
    aSigner({ archiveStamps: [aTimeStamp({ imprintMatches: false })] }),
  ],
  ['stamp-renewal', 'warning', 'ended, and nobody renewed it', withRenewals(ending(-1))],
  [
    'stamp-renewal',
    'unknown',
    'ended where renewal is demanded',
    withRenewals(ending(-1)),
    { policy: signaturePolicy({ stampRenewal: 'required' }) },
  ],
  [
    'stamp-renewal',
    'unknown',
    'renewed too late',
    withRenewals(ending(-10), ending(500, daysBefore(5))),
    { policy: signaturePolicy({ stampRenewal: 'required' }) },
  ],
  [
    'stamp-revocation',
    'failed',
    'the authority’s certificate was revoked before the stamp',
    withStamp({ revocation: [aGoodAnswer({ status: 'revoked', revokedAt: daysBefore(3) })] }),
  ],
  [
    'stamp-revocation',
    'failed',
    'the authority’s key was compromised later',
    withStamp({
      revocation: [aGoodAnswer({ status: 'revoked', revokedAt: daysBefore(0.5), reason: 'keyCompromise' })],
    }),
  ],
  ['stamp-revocation', 'warning', 'nobody knows', withStamp({ revocation: [] })],
]

describe('each step of a signer', () => {
  it.each(rows)('%s is %s: %s', (...row) => {
    const [name, outcome, , signer, context] = row
    const report = judgedSigner(signer, context)
    expect(outcomesOf(report, name)).toContain(outcome)
    const worst: Record<string, SignatureReport['verdict']> = {
      failed: 'INVALID',
      unknown: 'INDETERMINATE',
      warning: 'VALID',
    }
    expect(report.verdict).toBe(worst[outcome])
  })

  it('every step but the reading ones has its own row', () => {
    const covered = new Set<string>([...rows, ...steps].map(([name]) => name))
    expect(factsOfCms.filter((name) => !covered.has(name))).toEqual([])
  })
})

describe('a time stamp', () => {
  const problems: [string, Partial<TimeStampEvidence>][] = [
    ['unreadable', { unreadable: 'noise' }],
    ['no TSTInfo', { contentTypeIsTstInfo: false }],
    ['two signers', { signerCount: 2 }],
    ['no certificate', { certificate: undefined }],
    ['no time', { genTime: undefined }],
    ['another imprint', { imprintMatches: false }],
    ['an imprint by SHA-1', { digest: 'sha-1' }],
    ['no signed attributes', { attributes: someAttributes({ present: false }) }],
    ['a repeated attribute', { attributes: someAttributes({ repeated: ['1'] }) }],
    ['another digest', { attributes: someAttributes({ messageDigestMatches: false }) }],
    ['no content type', { attributes: someAttributes({ contentTypes: [] }) }],
    ['no binding to its certificate', { attributes: someAttributes({ signingCertificate: 'absent' }) }],
    ['a broken signature', { signature: 'broken' }],
    ['algorithms that disagree', { algorithmsAgree: false }],
    [
      'a weak key',
      {
        certificate: aCertificate({
          key: { family: 'rsa', label: 'RSA-1024', rsaBits: 1024, rsaExponent: 65_537 },
        }),
      },
    ],
    ['no anchor', { chain: { path: [] } }],
    ['a test authority in production', { chain: { path: [], anchor: { name: 'T', environment: 'test' } } }],
    [
      'an authority that may not issue',
      { chain: { path: [aCertificate(), aCertificate()], anchor: { name: 'R', environment: 'production' } } },
    ],
    [
      'an unknown critical extension',
      {
        chain: {
          path: [aCertificate({ unknownCriticalExtensions: ['1'] })],
          anchor: { name: 'R', environment: 'production' },
        },
      },
    ],
    ['a certificate for something else', { certificate: aCertificate() }],
    ['a purpose that is not critical', { certificate: aCertificate({ purposes: ['1.3.6.1.5.5.7.3.8'] }) }],
    ['a time in the future', { genTime: daysAfter(1) }],
    ['a time before its certificate', { genTime: daysBefore(800) }],
  ]
  it.each(problems)('is not believed: %s', (_name, changes) => {
    const report = judgedSigner(withStamp(changes))
    expect(outcomesOf(report, 'time-stamp')).toEqual(['failed'])
    expect(report.signers[0]?.trustedTimeSource).toBe('now')
  })

  it('may use other algorithms than the signature', () => {
    const certificate = aCertificate({
      key: { family: 'rsa', label: 'RSA-2048', rsaBits: 2048, rsaExponent: 65_537 },
      purposes: ['1.3.6.1.5.5.7.3.8'],
      purposesCritical: true,
    })
    expect(judgedSigner(withStamp({ certificate, digest: 'sha-256' })).verdict).toBe('VALID')
  })

  it('proves the earliest moment when there are several', () => {
    const signer = aSigner({ timeStamps: [aTimeStamp(), aTimeStamp({ genTime: daysBefore(2) })] })
    expect(judgedSigner(signer).trustedTime).toEqual(daysBefore(2))
  })
})

describe('archive time stamps', () => {
  it('prove an ended stamp when each was made in time, in whatever order they stand', () => {
    const chain = [ending(-2, daysBefore(8)), ending(900, daysBefore(3)), ending(-6, daysBefore(12))]
    const report = judgedSigner(withRenewals(ending(-10), ...chain), {
      policy: signaturePolicy({ stampRenewal: 'required' }),
    })
    expect(report.verdict).toBe('VALID')
    expect(report.trustedTime).toEqual(daysBefore(20))
    expect(outcomesOf(report, 'archive-time-stamp')).toEqual(['passed', 'passed', 'passed'])
    expect(outcomesOf(report, 'stamp-renewal')).toEqual(['passed'])
  })

  it('prove no moment by themselves', () => {
    const report = judgedSigner(aSigner({ timeStamps: [], archiveStamps: [ending(500)] }))
    expect(report.signers[0]?.trustedTimeSource).toBe('now')
    expect(outcomesOf(report, 'stamp-renewal')).toEqual([])
  })
})

describe('the trusted time', () => {
  it('is our receipt when it is older than the stamp', () => {
    const report = judgedSigner(aSigner(), { at: daysBefore(5) })
    expect(report.signers[0]).toMatchObject({ trustedTime: daysBefore(5), trustedTimeSource: 'receipt' })
  })

  it('keeps a signature good whose certificate has ended since', () => {
    const signer = unstamped({ certificate: aCertificate({ notAfter: daysBefore(0.5) }) })
    expect(judgedSigner(signer, { at: daysBefore(0.9) }).verdict).toBe('VALID')
  })

  it('is never a receipt from the future', () => {
    expect(judgedSigner(unstamped(), { at: daysAfter(1) }).signers[0]?.trustedTimeSource).toBe('now')
  })
})

it('does not take a list for good that was made after the certificate had ended', () => {
  const certificate = aCertificate({ notAfter: daysBefore(0.8) })
  const revocation = [aGoodAnswer({ source: 'crl', nextUpdate: daysAfter(1) }), aGoodAnswer({ depth: 1 })]
  const report = judgedSigner(aSigner({ certificate, revocation }))
  expect(report.verdict).toBe('INDETERMINATE')
  expect(outcomesOf(report, 'revocation')).toEqual(['unknown'])
})

describe('settings', () => {
  const late = aSigner({
    revocation: [
      aGoodAnswer({ status: 'revoked', revokedAt: daysBefore(0.5), reason: 'superseded' }),
      aGoodAnswer({ depth: 1 }),
    ],
  })
  it.each([
    ['by-reason', 'VALID'],
    ['forgive', 'VALID'],
    ['refuse', 'INVALID'],
  ] as const)('a late harmless revocation under %s is %s', (lateRevocation, verdict) => {
    expect(judgedSigner(late, { policy: signaturePolicy({ lateRevocation }) }).verdict).toBe(verdict)
  })

  it('asks nothing about revocation when it is off', () => {
    const report = judgedSigner(aSigner({ revocation: [], revocationAsked: false }), {
      policy: signaturePolicy({ revocation: 'off' }),
    })
    expect(report.verdict).toBe('VALID')
    expect(outcomesOf(report, 'revocation')).toEqual([])
  })

  it('lets an operator say who signs what', () => {
    const policy = signaturePolicy({ rolesByKind: { contract: ['employee'] } })
    const employee = withCertificate({ roles: ['employee'] })
    const verdicts = ['contract', 'act'].map(
      (documentKind) => judgedSigner(employee, { policy, expected: { documentKind } }).verdict,
    )
    expect(verdicts).toEqual(['VALID', 'INVALID'])
  })

  it('lets a sole trader sign by his ИИН', () => {
    const trader = withCertificate({ bins: [], roles: ['person'] })
    expect(judgedSigner(trader, { expected: { taxId: '900101300017', documentKind: 'act' } }).verdict).toBe(
      'VALID',
    )
  })

  it('reads a stored report: facts are plain data', () => {
    const report = judged(aSignature(), { expected })
    const stored = JSON.parse(JSON.stringify(report)) as { facts: Fact[] }
    expect(stored.facts).toEqual(report.facts)
  })
})
