import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  demoCompanyHead,
  makeDemoKey,
  writeDemoAuthority,
  writePkcs12,
} from '../../../../../src/adapters/signing/demo-authority/index.ts'
import {
  CmsVerifier,
  computableUnder,
  KzSuite,
  loadTrust,
  Pkcs12Signer,
  readTrustPins,
  TrustStore,
} from '../../../../../src/adapters/signing/index.ts'
import { signaturePolicy } from '../../../../../src/core/signature/index.ts'
import { aTestCa, testData, testNow } from '../../../../factories/test-ca.ts'
import type {
  DemoKeyKind,
  WrittenAuthority,
} from '../../../../../src/adapters/signing/demo-authority/index.ts'

const clock = { now: () => testNow }
const password = 'Пароль-1'

describe.each<DemoKeyKind>(['gost-2015-512', 'rsa-2048', 'ec-p256'])(
  'a demo authority of %s written to a folder',
  (keyKind) => {
    let folder: string
    let written: WrittenAuthority

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'daneker-authority-'))
      written = await writeDemoAuthority(folder, password, [{ name: 'seller', subject: demoCompanyHead }], {
        keyKind,
        now: testNow,
      })
    })
    afterAll(() => rm(folder, { recursive: true }))

    it('gives a key file whose signatures are VALID under the trust it writes', async () => {
      const signer = await Pkcs12Signer.open(await readFile(written.keyFiles['seller']!), password, { clock })
      if (!signer.ok) throw new Error(signer.faults[0]?.message.en)
      const { cms } = await signer.value.sign(testData)

      const pins = readTrustPins(written.trust)
      if (!pins.ok) throw new Error(pins.faults[0]?.message.en)
      const loaded = await loadTrust(pins.value, written.trustDirectory)
      expect(loaded.missing).toEqual([])
      const suite = new KzSuite()
      const policy = signaturePolicy({ environment: 'test', revocation: 'off' })
      const trust = new TrustStore(suite, loaded.anchors, loaded.intermediates, computableUnder(policy))
      const report = await new CmsVerifier({ suite, policy, trust, clock }).verify({
        cms,
        data: testData,
        expected: { taxId: demoCompanyHead.bin },
      })
      expect(report.verdict).toBe('VALID')
      expect(signer.value.certificate).toMatchObject({
        bins: [demoCompanyHead.bin],
        organization: demoCompanyHead.organization,
      })
    })

    it('writes key files nobody opens with another password', async () => {
      const signer = await Pkcs12Signer.open(await readFile(written.keyFiles['seller']!), 'другой', { clock })
      expect(signer.ok ? [] : signer.faults.map((fault) => fault.code)).toEqual(['PKCS12-02'])
    })
  },
)

it('OpenSSL opens a demo key file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'daneker-p12-'))
  try {
    const { keyFiles } = await writeDemoAuthority(folder, 'pass', [{ name: 'a', subject: demoCompanyHead }], {
      keyKind: 'ec-p256',
    })
    const { stdout } = await promisify(execFile)('openssl', [
      'pkcs12',
      '-in',
      keyFiles['a']!,
      '-passin',
      'pass:pass',
      '-nodes',
    ])
    expect(stdout.match(/BEGIN (CERTIFICATE|PRIVATE KEY)/g)).toHaveLength(3)
  } finally {
    await rm(folder, { recursive: true })
  }
})

const keyFile = async (
  issue: Parameters<Awaited<ReturnType<typeof aTestCa>>['issue']>[0],
): Promise<Uint8Array> => {
  const ca = await aTestCa()
  const { key, certificate } = await ca.issue(issue)
  return writePkcs12({ pkcs8: key.pkcs8, certificates: [certificate], password, friendlyName: 'key' })
}

it('refuses a file that holds only a key for logging in', async () => {
  const signer = await Pkcs12Signer.open(await keyFile({ purpose: 'auth' }), password, { clock })
  expect(signer.ok ? [] : signer.faults.map((fault) => fault.code)).toEqual(['SIGNER-01'])
})

it('says "refused" when the key has ended', async () => {
  const signer = await Pkcs12Signer.open(
    await keyFile({ notAfter: new Date(testNow.getTime() - 1000) }),
    password,
    { clock },
  )
  if (!signer.ok) throw new Error('must open')
  await expect(signer.value.sign(testData)).rejects.toMatchObject({
    word: 'refused',
    faults: [{ code: 'SIGNER-02' }],
  })
})

it('refuses a file without a certificate for its key', async () => {
  const ca = await aTestCa()
  const { certificate } = await ca.issue()
  const file = await writePkcs12({
    pkcs8: makeDemoKey('ec-p256').pkcs8,
    certificates: [certificate],
    password,
    friendlyName: 'key',
  })
  const signer = await Pkcs12Signer.open(file, password, { clock })
  expect(signer.ok ? [] : signer.faults.map((fault) => fault.code)).toEqual(['PKCS12-05'])
})
