import { execFileSync } from 'node:child_process'
import { verify, X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import * as pkijs from 'pkijs'
import {
  gostAlgorithms,
  gostSignature,
  verifySignature,
  writeGostPrivateKey,
  writeGostPublicKey,
} from '../../../../../src/adapters/signing/gost/index.ts'
import { openPkcs12 } from '../../../../../src/adapters/signing/pkcs12/index.ts'
import { aGostCertificate, aKeyFile } from '../../../../factories/key-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'daneker-p12-'))
afterAll(() => rmSync(folder, { recursive: true }))

const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
const codes = (opened: Awaited<ReturnType<typeof openPkcs12>>) =>
  opened.ok ? 'opened' : opened.faults.map(({ code }) => code).join()
const data = Buffer.from('what is signed')

const certified = (name: string, ...key: string[]): void => {
  openssl(
    'req',
    '-x509',
    '-newkey',
    ...key,
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.crt`,
    '-subj',
    `/CN=${name}`,
    '-days',
    '2',
  )
}
const packed = (name: string, password: string, ...options: string[]): Buffer => {
  openssl(
    'pkcs12',
    '-export',
    '-inkey',
    `${name}.key`,
    '-in',
    `${name}.crt`,
    '-name',
    'ключ',
    '-passout',
    `pass:${password}`,
    '-out',
    'made.p12',
    ...options,
  )
  return readFileSync(join(folder, 'made.p12'))
}

certified('rsa', 'rsa:2048')
certified('ec', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256')

/** How files have been and are protected; the first as the authority still does it. */
const protections = {
  'RC2-40 and 3DES': [
    '-legacy',
    '-keypbe',
    'PBE-SHA1-3DES',
    '-certpbe',
    'PBE-SHA1-RC2-40',
    '-macalg',
    'sha1',
  ],
  'RC2-128 and two-key 3DES': [
    '-legacy',
    '-keypbe',
    'PBE-SHA1-2DES',
    '-certpbe',
    'PBE-SHA1-RC2-128',
    '-macalg',
    'sha1',
  ],
  'AES-256 and SHA-256': ['-keypbe', 'AES-256-CBC', '-certpbe', 'AES-256-CBC', '-macalg', 'sha256'],
  'AES-128 and SHA-512': [
    '-keypbe',
    'AES-128-CBC',
    '-certpbe',
    'AES-128-CBC',
    '-macalg',
    'sha512',
    '-iter',
    '10000',
  ],
  'nothing but the MAC': ['-keypbe', 'NONE', '-certpbe', 'NONE'],
  'AES-256 without a MAC': ['-keypbe', 'AES-256-CBC', '-certpbe', 'AES-256-CBC', '-nomac'],
}

describe('key files', () => {
  it.each(Object.entries(protections))('opens a file protected by %s', async (_, options) => {
    const opened = await openPkcs12(packed('rsa', 'Пароль1!', ...options), 'Пароль1!')
    expect(codes(opened)).toBe('opened')
    if (!opened.ok) return
    const [key] = opened.value.keys
    expect(opened.value.keys).toHaveLength(1)
    expect(key?.friendlyName).toBe('ключ')
    expect(key?.localKeyId).toMatch(/^[0-9a-f]{40}$/)
    expect(key?.signer).toMatchObject({
      algorithm: 'rsa',
      digest: 'SHA-256',
      signatureOid: '1.2.840.113549.1.1.11',
    })
    const certificate = new X509Certificate(readFileSync(join(folder, 'rsa.crt')))
    expect(Buffer.from(key?.signer.certificateDer ?? []).equals(certificate.raw)).toBe(true)
    const signature = (await key?.signer.sign(data)) ?? new Uint8Array()
    expect(verify('sha256', data, certificate.publicKey, signature)).toBe(true)
  })

  it('opens an ECDSA key and signs with it', async () => {
    const opened = await openPkcs12(packed('ec', 'x'), 'x')
    expect(codes(opened)).toBe('opened')
    if (!opened.ok) return
    const signer = opened.value.keys[0]?.signer
    expect(signer?.algorithm).toBe('ecdsa-p256')
    const { publicKey } = new X509Certificate(readFileSync(join(folder, 'ec.crt')))
    expect(verify('sha256', data, publicKey, (await signer?.sign(data)) ?? new Uint8Array())).toBe(true)
  })

  it('opens a file with an empty password', async () => {
    expect(codes(await openPkcs12(packed('rsa', ''), ''))).toBe('opened')
    expect(codes(await openPkcs12(packed('rsa', ''), 'x'))).toBe('PKCS12-02')
  })

  it.each(Object.entries(protections).filter(([name]) => name !== 'nothing but the MAC'))(
    'says that the password is wrong: %s',
    async (_, options) => {
      const opened = await openPkcs12(packed('rsa', 'right', ...options), 'wrong-password')
      expect(codes(opened)).toBe('PKCS12-02')
      expect(JSON.stringify(opened)).not.toContain('wrong-password')
    },
  )

  it('names what is missing or unknown', async () => {
    openssl('pkcs12', '-export', '-nokeys', '-in', 'rsa.crt', '-passout', 'pass:x', '-out', 'made.p12')
    expect(codes(await openPkcs12(readFileSync(join(folder, 'made.p12')), 'x'))).toBe('PKCS12-04')
    const rc4 = packed('rsa', 'x', '-legacy', '-keypbe', 'PBE-SHA1-RC4-128')
    const opened = await openPkcs12(rc4, 'x')
    expect(codes(opened)).toBe('PKCS12-03')
    expect(JSON.stringify(opened)).toContain('1.2.840.113549.1.12.1.1')
    expect(codes(await openPkcs12(Buffer.from('not a key file'), 'x'))).toBe('PKCS12-01')
    expect(codes(await openPkcs12(readFileSync(join(folder, 'rsa.crt')), 'x'))).toBe('PKCS12-01')
    expect(codes(await openPkcs12(Buffer.alloc(2_000_000, 0x30), 'x'))).toBe('PKCS12-06')
    expect(codes(await openPkcs12(Buffer.alloc(100_000, Buffer.from([0x30, 0x80])), 'x'))).toBe('PKCS12-01')
    certified('ed', 'ed25519')
    expect(codes(await openPkcs12(packed('ed', 'x'), 'x'))).toBe('PKCS12-07')
  })

  it('refuses a key whose certificate belongs to another', async () => {
    const key = openssl('pkcs8', '-topk8', '-nocrypt', '-in', 'rsa.key', '-outform', 'DER')
    const foreign = new X509Certificate(readFileSync(join(folder, 'ec.crt'))).raw
    const file = await aKeyFile({ privateKeys: [key], certificates: [foreign], password: 'x' })
    expect(codes(await openPkcs12(file, 'x'))).toBe('PKCS12-05')
  })

  it('refuses a file that asks for hours of computation', async () => {
    const key = openssl('pkcs8', '-topk8', '-nocrypt', '-in', 'rsa.key', '-outform', 'DER')
    const file = await aKeyFile({
      privateKeys: [key],
      certificates: [],
      password: 'x',
      statedIterations: 1_000_000_000,
    })
    expect(codes(await openPkcs12(file, 'x'))).toBe('PKCS12-06')
  })

  it('answers damaged files with a fault, never with an exception', async () => {
    const file = packed('rsa', 'x', ...protections['RC2-40 and 3DES'])
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Uint8Array.from(file)
        changed[at] = (changed[at] as number) ^ flip
        const opened = await openPkcs12(changed, 'x')
        // the MAC covers all but a few bytes of frame, whose change may go unnoticed
        expect(opened.ok || codes(opened).startsWith('PKCS12-0')).toBe(true)
        expect(codes(await openPkcs12(file.subarray(0, at), 'x'))).toMatch(/^PKCS12-0/)
      }),
      { numRuns: 60 },
    )
  })

  const secret = 0xfedcba9876543210f0e1d2c3b4a59687n
  it.each(gostAlgorithms)('opens a file with a key of $algorithm and signs with it', async (facts) => {
    const { algorithm } = facts
    const certificate = await aGostCertificate({ algorithm, secret })
    const file = await aKeyFile({
      privateKeys: [writeGostPrivateKey({ algorithm, secret })],
      certificates: [new X509Certificate(readFileSync(join(folder, 'rsa.crt'))).raw, certificate],
      password: 'x',
    })
    const opened = await openPkcs12(file, 'x')
    expect(codes(opened)).toBe('opened')
    if (!opened.ok) return
    const signer = opened.value.keys[0]?.signer
    expect(signer).toMatchObject({
      algorithm,
      digest: facts.digest,
      digestOid: facts.digestOid,
      signatureOid: facts.signatureOid,
    })
    expect(Buffer.from(signer?.certificateDer ?? []).equals(certificate)).toBe(true)
    const check = {
      spki: writeGostPublicKey({ algorithm, point: gostSignature(algorithm).publicKeyOf(secret) }),
      signatureOid: facts.signatureOid,
      digest: facts.digest,
      data,
      signature: (await signer?.sign(data)) ?? new Uint8Array(),
    }
    expect(verifySignature(check)).toBe(true)
  })

  const published = fileURLToPath(new URL('../../../../../../shared/reference/pki/p12/', import.meta.url))
  const here = existsSync(published)
  const itWithFiles = here ? it : it.skip
  itWithFiles(
    `opens every test key of the authority${here ? '' : ' (skipped: ../shared/reference/pki is not here)'}`,
    async () => {
      const files = readdirSync(published)
      expect(files).toHaveLength(15)
      for (const name of files) {
        const password = name.includes('Aa123456') ? 'Aa123456' : 'Qwerty12'
        const bytes = readFileSync(join(published, name))
        const opened = await openPkcs12(bytes, password)
        expect([name, codes(opened)]).toEqual([name, 'opened'])
        if (!opened.ok) continue
        const signer = opened.value.keys[0]?.signer
        const expected = { gost2015: 'gost2015-512', gost2004: 'gost2004', rsa: 'rsa' }[
          name.split('_')[0] ?? ''
        ]
        expect(signer?.algorithm).toBe(expected)
        if (signer === undefined) continue
        const { subjectPublicKeyInfo } = pkijs.Certificate.fromBER(new Uint8Array(signer.certificateDer))
        const check = {
          spki: new Uint8Array(subjectPublicKeyInfo.toSchema().toBER(false)),
          signatureOid: signer.signatureOid,
          digest: signer.digest,
          data,
          signature: await signer.sign(data),
        }
        expect([name, verifySignature(check)]).toEqual([name, true])
        expect(codes(await openPkcs12(bytes, `${password}!`))).toBe('PKCS12-02')
      }
    },
  )
})
