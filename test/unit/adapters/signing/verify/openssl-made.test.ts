import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { CmsVerifier, KzSuite, TrustStore } from '../../../../../src/adapters/signing/index.ts'
import {
  factWords,
  signaturePolicy,
  type Fact,
  type FactName,
} from '../../../../../src/core/signature/index.ts'

/** Forms of CMS that other programs make and this one does not take: each is refused by its name. */
describe('a CMS of another program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'daneker-openssl-'))
  const at = (name: string): string => join(folder, name)
  const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const data = Buffer.from('<act/>')
  const suite = new KzSuite()
  const policy = signaturePolicy({ environment: 'test', revocation: 'off' })
  const verifier = new CmsVerifier({
    suite,
    policy,
    trust: new TrustStore(suite, []),
    clock: { now: () => new Date() },
  })

  beforeAll(() => {
    writeFileSync(at('data'), data)
    const subject = '/C=KZ/CN=ТЕСТ/serialNumber=IIN900101300017/OU=BIN180740000031'
    openssl(
      ...['req', '-x509', '-utf8', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', subject],
      ...['-keyout', 'key.pem', '-out', 'cert.pem'],
    )
    openssl(
      ...['req', '-x509', '-utf8', '-key', 'key.pem', '-days', '30', '-subj', subject, '-out', 'pss.pem'],
      ...['-sigopt', 'rsa_padding_mode:pss'],
    )
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const made = (...args: string[]): Buffer => {
    openssl('cms', '-sign', '-binary', '-cades', '-in', 'data', '-inkey', 'key.pem', '-out', 'cms', ...args)
    return readFileSync(at('cms'))
  }
  const factOf = async (cms: Uint8Array, name: FactName): Promise<Fact | undefined> =>
    (await verifier.verify({ cms, data })).facts.find((fact) => fact.name === name)
  const der = ['-signer', 'cert.pem', '-outform', 'DER']

  it('by RSA PKCS#1 v1.5 in DER is read, and computed', async () => {
    expect(await factOf(made(...der), 'encoding')).toMatchObject({ outcome: 'passed' })
    expect(await factOf(made(...der), 'algorithms')).toMatchObject({ outcome: 'passed' })
    expect(await factOf(made(...der), 'signature-value')).toMatchObject({ outcome: 'passed' })
  })

  it('by RSASSA-PSS is refused as an algorithm, with words that say so', async () => {
    const cms = made(...der, '-keyopt', 'rsa_padding_mode:pss')
    expect(await factOf(cms, 'structure')).toMatchObject({ outcome: 'passed' })
    expect(await factOf(cms, 'algorithms')).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('RSASSA-PSS'),
    })
    for (const text of Object.values(factWords.algorithms.advice)) expect(text).toContain('PSS')
  })

  it('under a certificate signed by RSASSA-PSS is refused by its path', async () => {
    const cms = made('-signer', 'pss.pem', '-outform', 'DER')
    expect(await factOf(cms, 'structure')).toMatchObject({ outcome: 'passed' })
    expect(await factOf(cms, 'signature-value')).toMatchObject({ outcome: 'passed' })
    expect(await factOf(cms, 'chain')).toMatchObject({ outcome: 'failed' })
  })

  it('in BER, streamed, is refused as an encoding, with words that say so', async () => {
    const cms = made('-signer', 'cert.pem', '-outform', 'DER', '-nodetach', '-stream')
    expect(await factOf(cms, 'encoding')).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('BER'),
    })
    for (const text of Object.values(factWords.encoding.advice)) expect(text).toContain('BER')
  })
})
