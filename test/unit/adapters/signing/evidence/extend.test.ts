import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { algorithm, readSignedMessage } from '../../../../../src/adapters/signing/cms/index.ts'
import {
  answerOcsp,
  makeCrl,
  makeTimeStampToken,
} from '../../../../../src/adapters/signing/demo-authority/index.ts'
import { oids } from '../../../../../src/adapters/signing/der/index.ts'
import {
  AuthorityRevocation,
  KzSuite,
  withTimeStamps,
  withValidationData,
} from '../../../../../src/adapters/signing/index.ts'
import { writeOcspRequest } from '../../../../../src/adapters/signing/revocation/index.ts'
import { readCertificate } from '../../../../../src/adapters/signing/x509/index.ts'
import { forgeMessage, forgeSigner } from '../../../../factories/forged-cms.ts'
import { aTestCa, testData, testNow } from '../../../../factories/test-ca.ts'
import type { DemoIdentity } from '../../../../../src/adapters/signing/demo-authority/index.ts'
import type { TimeStamper } from '../../../../../src/adapters/signing/index.ts'
import type { TestCa } from '../../../../factories/test-ca.ts'

const before = (days: number): Date => new Date(testNow.getTime() - days * 86_400_000)
const after = (days: number): Date => new Date(testNow.getTime() + days * 86_400_000)

let ca: TestCa
let head: DemoIdentity
let stamper: TimeStamper & { stamps: number }

beforeAll(async () => {
  ca = await aTestCa()
  head = await ca.issue()
  stamper = {
    stamps: 0,
    stamp(covered) {
      this.stamps++
      return makeTimeStampToken(ca.authority, {
        now: before(1),
        hashAlgorithm: algorithm(oids.sha256, true),
        imprint: createHash('sha256').update(covered).digest(),
        policy: oids.tspPolicyGost2015,
      })
    },
  }
})

const limits = { maxSigners: 16, maxCertificates: 64 }

describe('CAdES-T', () => {
  it('adds a stamp to every signer and changes nothing that is signed', async () => {
    const second = await ca.issue()
    const original = forgeMessage([await forgeSigner(head), await forgeSigner(second)], {
      certificates: [head.certificate, second.certificate],
    })
    const extended = await withTimeStamps(original, stamper)
    const report = await ca.verifier({ timeStamp: 'required' }).verify({ cms: extended, data: testData })
    expect(report.verdict).toBe('VALID')
    expect(report.signers.map((signer) => signer.trustedTime)).toEqual([before(1), before(1)])
    const signatures = (cms: Uint8Array): string[] =>
      readSignedMessage(cms, limits)
        .signers.map(({ signature, signedAttributes }) =>
          Buffer.concat([signature, signedAttributes!.signedBytes]).toString('hex'),
        )
        .sort()
    expect(signatures(extended)).toEqual(signatures(original))
  })

  it('asks for no stamp where there is one', async () => {
    const once = await withTimeStamps(await ca.sign(head), stamper)
    const { stamps } = stamper
    expect(await withTimeStamps(once, stamper)).toBe(once)
    expect(stamper.stamps).toBe(stamps)
  })

  it('makes a file that OpenSSL reads', async () => {
    const extended = await withTimeStamps(await ca.sign(head), stamper)
    const child = promisify(execFile)('openssl', ['cms', '-cmsout', '-print', '-inform', 'DER'])
    child.child.stdin?.end(extended)
    expect((await child).stdout).toMatch(/timeStampToken/i)
  })
})

describe('CAdES-LT', () => {
  it('carries its evidence: VALID years later without asking anybody', async () => {
    const certificate = readCertificate(head.certificate)
    const issuer = readCertificate(ca.authority.issuer.certificate)
    const ocsp = await answerOcsp(ca.authority, writeOcspRequest(certificate, issuer, new Uint8Array(16)), {
      now: before(1),
    })
    const rootList = await makeCrl(ca.authority, {
      thisUpdate: before(1),
      nextUpdate: after(30),
      revoked: [],
      signer: ca.authority.root,
    })
    const stamped = await withTimeStamps(await ca.sign(head), stamper)
    const lasting = withValidationData(stamped, {
      certificates: [ca.authority.issuer.certificate],
      ocspResponses: [ocsp],
      crls: [rootList],
    })
    const offline = new AuthorityRevocation({ suite: new KzSuite(), addresses: new Map() })
    const later = { now: () => after(3000) }
    const verify = (cms: Uint8Array) =>
      ca
        .verifier({ revocation: 'required' }, { revocation: offline, clock: later })
        .verify({ cms, data: testData })
    expect((await verify(lasting)).verdict).toBe('VALID')
    expect((await verify(stamped)).verdict).toBe('INDETERMINATE')
    expect(withValidationData(lasting, { ocspResponses: [ocsp] })).toEqual(lasting)
  })
})
