import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { ContentInfo, setEngine, SignedData } from 'pkijs'
import { KzCryptoEngine } from '../../../../../src/adapters/signing/gost/index.ts'
import { aTestCa, factsThat, testData } from '../../../../factories/test-ca.ts'
import type { TestCa } from '../../../../factories/test-ca.ts'
import type { AsnType } from 'asn1js'
import type { DemoKeyKind } from '../../../../../src/adapters/signing/demo-authority/index.ts'

const run = promisify(execFile)
const pem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`

describe.each<DemoKeyKind>(['rsa-2048', 'ec-p256', 'gost-2015-512'])(
  'a detached CMS made with %s',
  (keyKind) => {
    let ca: TestCa
    beforeAll(async () => {
      ca = await aTestCa({ keyKind })
    })

    it('is VALID under our own policy', async () => {
      const cms = await ca.sign(await ca.issue())
      const report = await ca.verifier().verify({
        cms,
        data: testData,
        expected: { taxId: '180740000031', documentKind: 'tax-invoice' },
      })
      expect(factsThat(report, 'failed')).toEqual([])
      expect(report.verdict).toBe('VALID')
      expect(report.signers[0]).toMatchObject({
        bin: '180740000031',
        iin: '900101300017',
        roles: ['head'],
        commonName: 'ТЕСТОВ ТЕСТ',
      })
    })

    it('is INVALID for other bytes', async () => {
      const cms = await ca.sign(await ca.issue())
      const report = await ca.verifier().verify({ cms, data: Buffer.from('другой документ') })
      expect(report.verdict).toBe('INVALID')
      expect(factsThat(report, 'failed')).toEqual(['message-digest'])
    })

    it('is read from PEM of any label and from base64', async () => {
      const cms = await ca.sign(await ca.issue())
      const forms = [pem('CMS', cms), pem('PKCS7', cms), Buffer.from(cms).toString('base64')]
      for (const form of forms) {
        const report = await ca.verifier().verify({ cms: Buffer.from(form), data: testData })
        expect(report.verdict).toBe('VALID')
      }
    })

    it('is VALID with the document embedded', async () => {
      const cms = await ca.sign(await ca.issue(), { embed: true })
      expect((await ca.verifier().verify({ cms, data: testData })).verdict).toBe('VALID')
      const other = await ca.verifier().verify({ cms, data: Buffer.from('другой') })
      expect(factsThat(other, 'failed')).toEqual(['content', 'message-digest'])
    })

    it('holds for pkijs with our engine too', async () => {
      const cms = await ca.sign(await ca.issue(), { certificates: ca.authority.intermediates })
      setEngine('daneker', new KzCryptoEngine())
      const exact = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer
      const content = ContentInfo.fromBER(exact(cms))
      const signed = new SignedData({ schema: content.content as AsnType })
      await expect(signed.verify({ signer: 0, data: exact(testData) })).resolves.toBe(true)
      await expect(signed.verify({ signer: 0, data: exact(Buffer.from('другой')) })).rejects.toThrow(/digest/)
    })
  },
)

it.each<DemoKeyKind>(['rsa-2048', 'ec-p256'])('OpenSSL verifies what we sign with %s', async (keyKind) => {
  const ca = await aTestCa({ keyKind })
  const cms = await ca.sign(await ca.issue(), { certificates: ca.authority.intermediates })
  const folder = await mkdtemp(join(tmpdir(), 'daneker-cms-'))
  try {
    await writeFile(join(folder, 'cms.der'), cms)
    await writeFile(join(folder, 'data'), testData)
    await writeFile(join(folder, 'root.pem'), pem('CERTIFICATE', ca.authority.root.certificate))
    const args = [
      'cms',
      '-verify',
      '-binary',
      '-inform',
      'DER',
      '-in',
      'cms.der',
      '-content',
      'data',
      '-CAfile',
      'root.pem',
    ]
    const { stdout, stderr } = await run('openssl', [...args, '-attime', '1795154400', '-purpose', 'any'], {
      cwd: folder,
      encoding: 'buffer',
    })
    expect(stderr.toString()).toMatch(/successful/i)
    expect(stdout.equals(testData)).toBe(true)
  } finally {
    await rm(folder, { recursive: true })
  }
})
