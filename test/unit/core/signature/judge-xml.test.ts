import { describe, expect, it } from '@jest/globals'
import { factNames, judge, signaturePolicy } from '../../../../src/core/signature/index.ts'
import { aSignature, aSigner, judgedAt } from '../../../factories/signature-evidence.ts'
import type {
  FactName,
  FactOutcome,
  SignatureEvidence,
  SignatureReport,
  Verdict,
  XmlCoverage,
} from '../../../../src/core/signature/index.ts'

const whole: XmlCoverage = { loose: { comments: 0, insideText: 0 }, digestMatches: true }

const xml = (changes: Partial<SignatureEvidence> = {}, coverage: XmlCoverage | undefined = whole) =>
  aSignature({ form: 'xml', size: 4_000_000, signers: [aSigner({ coverage })], ...changes })

const judged = (evidence: SignatureEvidence): SignatureReport =>
  judge(evidence, { policy: signaturePolicy(), now: judgedAt })

it('judges a signed document by the same steps as a CMS, but for the form', () => {
  const report = judged(xml())
  expect(report.verdict).toBe('VALID')
  const ofCmsAlone: FactName[] = ['encoding', 'structure', 'content', 'signed-attributes', 'content-type']
  // Nobody has said whose signature is expected.
  const asked = factNames.filter((name) => !ofCmsAlone.includes(name) && name !== 'party')
  expect(new Set(report.facts.map(({ name }) => name))).toEqual(new Set(asked))
})

describe('each step of the form', () => {
  const unreadable = (step: 'size' | 'encoding' | 'structure' | 'signer-count') =>
    xml({ unreadable: { step, detail: 'so it is' }, signers: [] })
  const rows: [FactName, FactOutcome, string, SignatureEvidence, Verdict][] = [
    ['size', 'failed', 'too large', unreadable('size'), 'INVALID'],
    ['xml-form', 'failed', 'not XML', unreadable('encoding'), 'INVALID'],
    ['xml-signature', 'failed', 'not the form we read', unreadable('structure'), 'INVALID'],
    ['signer-count', 'failed', 'nobody signed', unreadable('signer-count'), 'INVALID'],
    ['signer-count', 'failed', 'no signers', xml({ signers: [] }), 'INVALID'],
    [
      'signer-count',
      'failed',
      'too many signers',
      xml({ signers: Array.from({ length: 17 }, (_, index) => aSigner({ index, coverage: whole })) }),
      'INVALID',
    ],
    ['message-digest', 'failed', 'another document', xml({}, { ...whole, digestMatches: false }), 'INVALID'],
    ['message-digest', 'failed', 'not computed', xml({ signers: [aSigner()] }), 'INVALID'],
    [
      'xml-comments',
      'failed',
      'comments in a text',
      xml({}, { ...whole, loose: { comments: 2, insideText: 1 } }),
      'INVALID',
    ],
    [
      'xml-comments',
      'warning',
      'comments elsewhere',
      xml({}, { ...whole, loose: { comments: 2, insideText: 0 } }),
      'VALID',
    ],
    ['signing-certificate', 'warning', 'the form has no place for it', xml(), 'VALID'],
  ]
  it.each(rows)('%s is %s: %s', (...[name, outcome, , evidence, verdict]) => {
    const report = judged(evidence)
    expect(report.facts.filter((fact) => fact.name === name).map((fact) => fact.outcome)).toContain(outcome)
    expect(report.verdict).toBe(verdict)
  })
})
