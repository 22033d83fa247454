import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from '@jest/globals'
import { makeCrl } from '../../../../../src/adapters/signing/demo-authority/index.ts'
import { KzSuite } from '../../../../../src/adapters/signing/index.ts'
import { RevocationList } from '../../../../../src/adapters/signing/revocation/index.ts'
import { readCertificate } from '../../../../../src/adapters/signing/x509/index.ts'
import { aTestCa, testNow } from '../../../../factories/test-ca.ts'

/** Serials as the authority gives them: 20 bytes, spread evenly. */
const serial = (number: number): Uint8Array => {
  const bytes = Buffer.alloc(20, number & 0xff)
  bytes.writeUInt32BE(0x40_00_00_00 | number, 0)
  bytes.writeUInt32BE(Math.imul(number, 0x9e3779b1) >>> 0, 8)
  return bytes
}

const revoked = function* (count: number) {
  for (let number = 0; number < count; number++) {
    yield {
      serial: serial(number),
      revokedAt: new Date(testNow.getTime() - number * 1000),
      reason: 'superseded' as const,
    }
  }
}

it('indexes a list as long as the production one within seconds and little memory', async () => {
  const count = 422_065
  const ca = await aTestCa({ keyKind: 'gost-2015-512' })
  const der = await makeCrl(ca.authority, { thisUpdate: testNow, revoked: revoked(count) })
  expect(der.length).toBeGreaterThan(15_000_000)
  const memory = process.memoryUsage()
  const began = performance.now()
  const list = RevocationList.read(der)
  const indexed = performance.now() - began
  expect(await list.isSignedBy(readCertificate(ca.authority.issuer.certificate), new KzSuite())).toBe(true)
  const verified = performance.now() - began
  expect(list.size).toBe(count)
  for (const number of [0, 1, 211_000, count - 1]) {
    expect(list.find(Buffer.from(serial(number)).toString('hex').toUpperCase())).toMatchObject({
      reason: 'superseded',
    })
  }
  expect(list.find(Buffer.from(serial(count)).toString('hex').toUpperCase())).toBeUndefined()
  const grown = process.memoryUsage()
  const extra = grown.heapUsed + grown.arrayBuffers - memory.heapUsed - memory.arrayBuffers
  expect(indexed).toBeLessThan(3000)
  expect(verified).toBeLessThan(10_000)
  expect(extra).toBeLessThan(300 * 1024 * 1024)
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
  const list = RevocationList.read(
    await makeCrl(ca.authority, { thisUpdate: testNow, revoked: [{ serial: high, revokedAt: testNow }] }),
  )
  expect(list.find('FF00')).toEqual({ revokedAt: testNow, reason: 'unspecified' })
})
