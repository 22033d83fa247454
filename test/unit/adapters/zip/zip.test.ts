import { describe, expect, it } from '@jest/globals'
import { readZip, writeZip } from '../../../../src/adapters/zip/index.ts'

const limits = { maxBytes: 1_000_000, maxEntries: 10 }
const at = new Date('2026-03-31T10:00:00Z')
const text = (value: string) => new TextEncoder().encode(value)
const codes = (read: Awaited<ReturnType<typeof readZip>>) =>
  read.ok ? [] : read.faults.map(({ code }) => code)
const replaced = (bytes: Buffer, from: string, to: string): Buffer => {
  expect(to).toHaveLength(from.length)
  return Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1')
}

describe('archives', () => {
  it('are read as they were written, Cyrillic names too', async () => {
    const zip = await writeZip(
      [
        { name: 'mimetype', bytes: text('application/vnd.etsi.asic-e+zip'), stored: true },
        { name: 'Выгрузка/Накладная №7.xml', bytes: text('<а/>') },
      ],
      at,
    )
    const read = await readZip(zip, limits)
    expect(read.ok && read.value.map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)])).toEqual([
      ['mimetype', 'application/vnd.etsi.asic-e+zip'],
      ['Выгрузка/Накладная №7.xml', '<а/>'],
    ])
  })

  it('are written with a stored first entry that begins at byte 30, and the same every time', async () => {
    const write = () => writeZip([{ name: 'mimetype', bytes: text('x/y'), stored: true }], at)
    const [one, two] = [await write(), await write()]
    expect(one).toEqual(two)
    expect(one.subarray(30, 41).toString()).toBe('mimetypex/y')
  })

  it('are refused when they unpack to more than allowed', async () => {
    const bomb = await writeZip([{ name: 'a.xml', bytes: new Uint8Array(2_000_000) }], at)
    expect(bomb.byteLength).toBeLessThan(10_000)
    expect(codes(await readZip(bomb, limits))).toEqual(['ZIP-03'])
    const many = await writeZip(
      Array.from({ length: 11 }, (_, nth) => ({ name: `${nth}`, bytes: text('') })),
      at,
    )
    expect(codes(await readZip(many, limits))).toEqual(['ZIP-03'])
  })

  it('are refused when they state less than they unpack to', async () => {
    const zip = await writeZip([{ name: 'a.xml', bytes: new Uint8Array(900_000) }], at)
    const size = Buffer.alloc(4)
    size.writeUInt32LE(900_000)
    const lying = replaced(zip, size.toString('latin1'), '\x10\x00\x00\x00')
    expect(codes(await readZip(lying, { ...limits, maxBytes: 1_000 }))).not.toEqual([])
  })

  it.each(['../x', '/etc', '..\\x', 'c:/x'])('are refused with the name %p', async (name) => {
    const zip = await writeZip([{ name: 'abcd', bytes: text('1') }], at)
    expect(codes(await readZip(replaced(zip, 'abcd', name), limits))).toEqual(['ZIP-02'])
  })

  it('are refused when cut off, empty or no archive at all', async () => {
    const zip = await writeZip([{ name: 'a.xml', bytes: text('<a/>'.repeat(100)) }], at)
    for (const bytes of [
      zip.subarray(0, zip.length - 30),
      zip.subarray(0, 20),
      new Uint8Array(),
      text('<a/>'),
    ])
      expect(codes(await readZip(bytes, limits))).toEqual(['ZIP-01'])
  })
})
