import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import {
  children,
  oids,
  oidText,
  readOne,
  tags,
  tlv,
  writeOid,
} from '../../../../../src/adapters/signing/der/index.ts'
import { aTestCa, testData } from '../../../../factories/test-ca.ts'
import { opensslGost, whyNoGostEngine } from './gost-engine.ts'
import type { Tlv } from '../../../../../src/adapters/signing/der/index.ts'

/** The same algorithms under the names of the country OpenSSL's engine comes from. */
const russian: Readonly<Record<string, string>> = {
  [oids.gost2015Key512]: '1.2.643.7.1.1.1.2',
  [oids.gost2015Signature512]: '1.2.643.7.1.1.3.3',
  [oids.streebog512]: '1.2.643.7.1.1.2.3',
  // Kazakhstan's curve of 512 bits is id-tc26-gost-3410-12-512-paramSetA.
  '1.2.398.3.10.1.1.2.2.1': '1.2.643.7.1.2.1.2.1',
}

/**
 * A message with other names for its algorithms, and signature values read backwards: s ‖ r with the highest byte
 * first. Nothing that is signed holds such a name, so the digest and the mathematics are the same.
 */
const relabel = (value: Tlv): Uint8Array => {
  if (value.tag === tags.oid) return writeOid(russian[oidText(value)] ?? oidText(value))
  if (value.tag === tags.octetString && value.content.length === 128)
    return tlv(tags.octetString, Uint8Array.from(value.content).reverse())
  return (value.tag & 0x20) === 0 ? value.bytes : tlv(value.tag, ...children(value).map(relabel))
}

const missing = whyNoGostEngine()
const describeWithEngine = missing === undefined ? describe : describe.skip
const why = missing === undefined ? '' : ` (skipped: ${missing})`

describeWithEngine(`a CMS made with a GOST key, for OpenSSL with its GOST engine${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'daneker-gost-cms-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const file = (name: string, content: Uint8Array): string => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }
  // Relabelled certificates are no longer what their authority signed, so the chain is not asked about.
  const verify = (cms: Uint8Array, data: Uint8Array): string =>
    opensslGost(
      'cms',
      ...['-verify', '-binary', '-noverify', '-inform', 'DER', '-in', file('cms', relabel(readOne(cms)))],
      ...['-content', file('data', data)],
    ).toString()

  it('verifies, and not for other bytes', async () => {
    const ca = await aTestCa({ keyKind: 'gost-2015-512' })
    for (let round = 0; round < 3; round++) {
      const cms = await ca.sign(await ca.issue())
      expect(verify(cms, testData)).toBe(testData.toString())
      expect(() => verify(cms, Buffer.from('другой документ'))).toThrow()
    }
  })

  it('does not verify with a letter of the signature changed', async () => {
    const ca = await aTestCa({ keyKind: 'gost-2015-512' })
    const cms = await ca.sign(await ca.issue())
    const broken = Uint8Array.from(cms)
    broken[broken.length - 5] = broken[broken.length - 5]! ^ 1
    expect(() => verify(broken, testData)).toThrow()
  })
})
