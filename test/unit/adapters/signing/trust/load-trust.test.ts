import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import {
  importTrust,
  loadTrust,
  readTrustPins,
  TrustStore,
  KzSuite,
} from '../../../../../src/adapters/signing/index.ts'
import { readCertificate } from '../../../../../src/adapters/signing/x509/index.ts'
import { aTestCa } from '../../../../factories/test-ca.ts'
import type { TrustPins } from '../../../../../src/adapters/signing/index.ts'
import type { TestCa } from '../../../../factories/test-ca.ts'

let folder: string
let ca: TestCa

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daneker-trust-'))
  ca = await aTestCa()
})
afterEach(() => rm(folder, { recursive: true }))

const sha256 = (der: Uint8Array): string => readCertificate(der).sha256
const pinsFor = (...roots: Uint8Array[]): TrustPins => {
  const pins = readTrustPins({
    anchors: roots.map((der) => ({
      name: 'root',
      sha256: sha256(der),
      environment: 'test',
      for: ['signer'],
      revocation: { crl: 'http://127.0.0.1/root.crl' },
    })),
  })
  if (!pins.ok) throw new Error(pins.faults[0]?.message.en)
  return pins.value
}

describe('a trust folder', () => {
  it('gives the pinned certificates in any form and ignores everything else', async () => {
    const { root, issuer } = ca.authority
    const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(root.certificate).toString('base64')}\n-----END CERTIFICATE-----\n`
    await writeFile(join(folder, 'any-name.pem'), pem)
    await writeFile(join(folder, 'not-pinned.cer'), issuer.certificate)
    await writeFile(join(folder, 'README.txt'), 'notes')
    const trust = await loadTrust(pinsFor(root.certificate), folder)
    expect(trust.anchors).toMatchObject([{ name: 'root', environment: 'test', uses: ['signer'] }])
    expect(trust.intermediates).toEqual([])
    expect(trust.missing).toEqual([])
    expect(trust.revocation.get(sha256(root.certificate))).toEqual({ crl: 'http://127.0.0.1/root.crl' })
  })

  it('tells which pinned certificate is not there', async () => {
    expect((await loadTrust(pinsFor(ca.authority.root.certificate), folder)).missing).toMatchObject([
      { name: 'root' },
    ])
  })

  it('is filled by an import that takes the pinned files alone', async () => {
    const from = join(folder, 'downloads')
    const to = join(folder, 'trust')
    const other = await aTestCa()
    await mkdtemp(join(folder, 'x'))
    await importTrust(pinsFor(), folder, from) // makes the folder
    await writeFile(join(from, 'root.cer'), ca.authority.root.certificate)
    await writeFile(join(from, 'evil-root.cer'), other.authority.root.certificate)
    const result = await importTrust(pinsFor(ca.authority.root.certificate), from, to)
    expect(result).toMatchObject({ imported: [{ name: 'root' }], missing: [] })
    expect(await readdir(to)).toEqual([`${sha256(ca.authority.root.certificate)}.cer`])
  })
})

it('tells all mistakes of the configuration at once', () => {
  const pins = readTrustPins({
    anchors: [
      {
        name: '',
        sha256: 'AF',
        environment: 'prod',
        for: ['everything'],
        revocation: { ocsp: 'ftp://x', other: 1 },
      },
      5,
    ],
    intermediates: 'none',
  })
  expect(pins.ok ? [] : pins.faults.map((fault) => fault.path)).toEqual([
    'anchors[0].name',
    'anchors[0].sha256',
    'anchors[0].environment',
    'anchors[0].for',
    'anchors[0].revocation.ocsp',
    'anchors[0].revocation.other',
    'anchors[1]',
    'intermediates',
  ])
})

it('the shipped configuration is readable', async () => {
  const pins = readTrustPins(
    parse(await readFile(join(import.meta.dirname, '../../../../../config/trust.yaml'), 'utf8')),
  )
  expect(pins.ok && pins.value.anchors.length).toBe(4)
  expect(pins.ok && pins.value.intermediates.every((pin) => pin.environment === 'production')).toBe(true)
})

describe('a trust store', () => {
  const store = (uses: ('signer' | 'time-stamp')[], intermediates: Uint8Array[] = []): TrustStore =>
    new TrustStore(
      new KzSuite(),
      [{ name: 'R', environment: 'test', uses, certificate: readCertificate(ca.authority.root.certificate) }],
      intermediates.map(readCertificate),
    )

  it('finds the path through an intermediate of the message or of its own', async () => {
    const leaf = readCertificate((await ca.issue()).certificate)
    const issuer = ca.authority.issuer.certificate
    expect((await store(['signer'], [issuer]).chainOf(leaf, [], 'signer')).path).toHaveLength(3)
    expect((await store(['signer']).chainOf(leaf, [readCertificate(issuer)], 'signer')).path).toHaveLength(3)
    expect((await store(['signer']).chainOf(leaf, [], 'signer')).evidence.anchor).toBeUndefined()
  })

  it('keeps anchors of signers and of time stamps apart', async () => {
    const leaf = readCertificate((await ca.issue()).certificate)
    const chain = await store(['time-stamp'], [ca.authority.issuer.certificate]).chainOf(leaf, [], 'signer')
    expect(chain.evidence.anchor).toBeUndefined()
  })

  it('does not get lost among a hundred authorities of one name', async () => {
    const leaf = readCertificate((await ca.issue()).certificate)
    const fakes: Uint8Array[] = []
    for (let i = 0; i < 100; i++) fakes.push((await aTestCa()).authority.issuer.certificate)
    const began = performance.now()
    const chain = await store(['signer'], [ca.authority.issuer.certificate]).chainOf(
      leaf,
      fakes.map(readCertificate),
      'signer',
    )
    expect(chain.evidence.anchor?.name).toBe('R')
    expect(performance.now() - began).toBeLessThan(1000)
  })
})
