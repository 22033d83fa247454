import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from '@jest/globals'
import { algorithm } from '../../../../../src/adapters/signing/cms/index.ts'
import { makeCrl, writeExtension } from '../../../../../src/adapters/signing/demo-authority/index.ts'
import {
  oids,
  tags,
  tlv,
  writeBits,
  writeEnumerated,
  writeInteger,
  writeSequence,
  writeTime,
} from '../../../../../src/adapters/signing/der/index.ts'
import { KzSuite } from '../../../../../src/adapters/signing/index.ts'
import { RevocationList } from '../../../../../src/adapters/signing/revocation/index.ts'
import { readCertificate } from '../../../../../src/adapters/signing/x509/index.ts'
import { aTestCa, testNow } from '../../../../factories/test-ca.ts'
import type { DemoAuthority } from '../../../../../src/adapters/signing/demo-authority/index.ts'

/** Serials as the authority gives them: 20 bytes. */
const serial = (number: number): Uint8Array => {
  const bytes = Buffer.alloc(20, 0x5a)
  bytes.writeUInt32BE(0x40_00_00_00 | number, 0)
  return bytes
}

const revoked = function* (count: number) {
  for (let number = 0; number < count; number++) {
    yield { serial: serial(number), revokedAt: testNow, reason: 'superseded' as const }
  }
}

/** A list of any length in a moment: one entry is written properly and then copied with other serials. */
const longCrl = async (authority: DemoAuthority, count: number): Promise<Uint8Array> => {
  const reason = { oid: oids.reasonCode, value: writeEnumerated(4) }
  const entry = Buffer.from(
    writeSequence(writeInteger(serial(0)), writeTime(testNow), writeSequence(writeExtension(reason))),
  )
  const serialAt = entry.indexOf(serial(0))
  const entries = Buffer.alloc(entry.length * count)
  for (let number = 0; number < count; number++) {
    entry.copy(entries, number * entry.length)
    entries.writeUInt32BE(0x40_00_00_00 | number, number * entry.length + serialAt)
  }
  const { issuer } = authority
  const signatureAlgorithm = algorithm(oids.gost2015Signature512, true)
  const name = readCertificate(issuer.certificate).subject
  const body = writeSequence(
    writeInteger(1),
    signatureAlgorithm,
    name,
    writeTime(testNow),
    tlv(tags.sequence, entries),
  )
  return writeSequence(body, signatureAlgorithm, writeBits(await issuer.sign(body, 'streebog-512')))
}

it('indexes a list as long as the production one within seconds and little memory', async () => {
  const count = 422_065
  const ca = await aTestCa({ keyKind: 'gost-2015-512' })
  const der = await longCrl(ca.authority, count)
  expect(der.length).toBeGreaterThan(20_000_000)
  const memory = process.memoryUsage()
  // Time of this process alone: the machine may be busy with others.
  const began = process.cpuUsage()
  const spentMs = (): number => {
    const { user, system } = process.cpuUsage(began)
    return (user + system) / 1000
  }
  const list = await RevocationList.read(der)
  const indexed = spentMs()
  expect(await list.isSignedBy(readCertificate(ca.authority.issuer.certificate), new KzSuite())).toBe(true)
  const verified = spentMs()
  expect(list.size).toBe(count)
  for (const number of [0, 1, 211_000, count - 1]) {
    expect(list.find(Buffer.from(serial(number)).toString('hex').toUpperCase())).toMatchObject({
      reason: 'superseded',
    })
  }
  expect(list.find(Buffer.from(serial(count)).toString('hex').toUpperCase())).toBeUndefined()
  const grown = process.memoryUsage()
  const extra = grown.heapUsed + grown.arrayBuffers - memory.heapUsed - memory.arrayBuffers
  expect({ indexed: indexed < 5000, verified: verified < 20_000, memory: extra < 300 * 1024 * 1024 }).toEqual(
    {
      indexed: true,
      verified: true,
      memory: true,
    },
  )
}, 60_000)

it('OpenSSL reads our lists', async () => {
  const ca = await aTestCa()
  const der = await makeCrl(ca.authority, { thisUpdate: testNow, revoked: revoked(3) })
  const child = promisify(execFile)('openssl', ['crl', '-inform', 'DER', '-noout', '-text'])
  child.child.stdin?.end(der)
  expect((await child).stdout).toMatch(/Superseded/)
})

it('finds a serial with its highest bit set', async () => {
  const ca = await aTestCa()
  const high = Buffer.from('ff00', 'hex')
  const list = await RevocationList.read(
    await makeCrl(ca.authority, { thisUpdate: testNow, revoked: [{ serial: high, revokedAt: testNow }] }),
  )
  expect(list.find('FF00')).toEqual({ revokedAt: testNow, reason: 'unspecified' })
})
