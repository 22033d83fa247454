import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import {
  derTag,
  encodeDer,
  encodeOid,
  readDer,
  readInside,
} from '../../../../../src/adapters/signing/gost/der.ts'
import {
  gostAlgorithmFacts,
  gostSignature,
  readGostPublicKey,
  signWithGost,
  streebog256,
  streebog512,
  verifyGostDigest,
  writeGostPublicKey,
} from '../../../../../src/adapters/signing/gost/index.ts'
import { opensslGost, whyNoGostEngine } from './gost-engine.ts'

/** What the same curve is called in Russia, where OpenSSL's engine comes from. */
const russian = {
  'gost2015-512': {
    key: '1.2.643.7.1.1.1.2',
    parameters: ['1.2.643.7.1.2.1.2.1', '1.2.643.7.1.1.2.3'],
    generate: ['-algorithm', 'gost2012_512', '-pkeyopt', 'paramset:A'],
  },
  gost2004: {
    key: '1.2.643.2.2.19',
    parameters: ['1.2.643.2.2.35.1', '1.2.643.2.2.30.1'],
    generate: ['-algorithm', 'gost2001', '-pkeyopt', 'paramset:A'],
  },
} as const

/** The same key bits under another name. */
const relabel = (spki: Uint8Array, key: string, parameters: readonly string[]): Uint8Array => {
  const [, bits] = readInside(spki, derTag.sequence) ?? []
  return encodeDer(
    derTag.sequence,
    encodeDer(derTag.sequence, encodeOid(key), encodeDer(derTag.sequence, ...parameters.map(encodeOid))),
    encodeDer(derTag.bitString, bits?.content ?? new Uint8Array()),
  )
}

const missing = whyNoGostEngine()
const describeWithEngine = missing === undefined ? describe : describe.skip
const why = missing === undefined ? '' : ` (skipped: ${missing})`

describeWithEngine(`OpenSSL with its GOST engine${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'daneker-gost-'))
  const file = (name: string, content?: Uint8Array): string => {
    const path = join(folder, name)
    if (content !== undefined) writeFileSync(path, content)
    return path
  }
  afterAll(() => rmSync(folder, { recursive: true }))

  it('gives the same Streebog digests', () => {
    for (const size of [0, 1, 31, 63, 64, 65, 127, 128, 1000, 1_000_003]) {
      const data = Buffer.from({ length: size } as ArrayLike<number>).fill(0xff)
      data.forEach((_, index) => {
        // runs of 0xff make the sums overflow, the rest is uneven
        if (index % 1000 > 700) data[index] = (index * index) >> 3
      })
      const path = file('data', data)
      for (const [name, ours] of [
        ['md_gost12_256', streebog256],
        ['md_gost12_512', streebog512],
      ] as const) {
        const theirs = opensslGost('dgst', `-${name}`, '-r', path).toString().split(' ')[0]
        expect(Buffer.from(ours(data)).toString('hex')).toBe(theirs)
      }
    }
  })

  describe.each(['gost2015-512', 'gost2004'] as const)('%s', (algorithm) => {
    const names = russian[algorithm]
    const own = gostAlgorithmFacts(algorithm)
    const digest = streebog512(Buffer.from('cross-check')).subarray(0, algorithm === 'gost2004' ? 32 : 64)

    it('accepts our signature when key and signature are written in its order', () => {
      const machine = gostSignature(algorithm)
      for (let i = 1n; i <= 5n; i += 1n) {
        const secret = 0x9876543210fedcba98765432n * i * i
        const spki = writeGostPublicKey({ algorithm, point: machine.publicKeyOf(secret) })
        const key = file('key.der', relabel(spki, names.key, names.parameters))
        const pem = file('key.pem')
        opensslGost('pkey', '-pubin', '-inform', 'DER', '-in', key, '-pubout', '-out', pem)
        // s ‖ r with the highest byte first: ours read backwards
        const signature = file('signature', machine.sign(secret, digest).reverse())
        const verified = [
          '-verify',
          '-pubin',
          '-inkey',
          pem,
          '-sigfile',
          signature,
          '-in',
          file('digest', digest),
        ]
        expect(opensslGost('pkeyutl', ...verified).toString()).toContain('Verified Successfully')
        const other = Uint8Array.from(digest, (byte, index) => (index === 5 ? byte ^ 1 : byte))
        file('digest', other)
        expect(() => opensslGost('pkeyutl', ...verified)).toThrow()
      }
    })

    it('makes signatures that we accept', () => {
      for (let i = 0; i < 5; i += 1) {
        const key = file('own.pem')
        opensslGost('genpkey', ...names.generate, '-out', key)
        const spki = opensslGost('pkey', '-in', key, '-pubout', '-outform', 'DER')
        const read = readGostPublicKey(relabel(spki, own.keyOid, [own.curveOid, own.digestOid]))
        expect(read.ok).toBe(true)
        if (!read.ok) return
        const theirs = opensslGost('pkeyutl', '-sign', '-inkey', key, '-in', file('digest', digest))
        const signature = Uint8Array.from(theirs).reverse()
        expect(verifyGostDigest(read.value, digest, signature)).toBe(true)
        expect(verifyGostDigest(read.value, digest, Uint8Array.from(theirs))).toBe(false)
      }
    })
  })

  it('accepts our signature over a whole file', () => {
    const secret = 0x13579bdf02468acen
    const machine = gostSignature('gost2015-512')
    const spki = writeGostPublicKey({ algorithm: 'gost2015-512', point: machine.publicKeyOf(secret) })
    const { key, parameters } = russian['gost2015-512']
    const pem = file('file-key.pem')
    opensslGost(
      'pkey',
      '-pubin',
      '-inform',
      'DER',
      '-in',
      file('key', relabel(spki, key, parameters)),
      '-pubout',
      '-out',
      pem,
    )
    const data = Buffer.alloc(100_000, 'document')
    const signature = file('signature', signWithGost({ algorithm: 'gost2015-512', secret }, data).reverse())
    const args = ['-md_gost12_512', '-verify', pem, '-signature', signature, file('data', data)]
    expect(opensslGost('dgst', ...args).toString()).toContain('Verified OK')
  })

  it('has keys in the structure we expect', () => {
    const key = file('structure.pem')
    opensslGost('genpkey', ...russian['gost2015-512'].generate, '-out', key)
    const spki = opensslGost('pkey', '-in', key, '-pubout', '-outform', 'DER')
    const [algorithm] = readInside(spki, derTag.sequence) ?? []
    expect(readDer(algorithm?.content ?? new Uint8Array())?.map(({ tag }) => tag)).toEqual([
      derTag.oid,
      derTag.sequence,
    ])
  })
})
