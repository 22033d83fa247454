import { expect, it } from '@jest/globals'
import { sha256 } from '../../../../src/adapters/host/sha256.ts'
import { MemoryArchiveStore } from '../../../../src/adapters/memory/files.ts'
import { readBlob, restoreArchive, type ArchiveBroken } from '../../../../src/core/archive/index.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A copy of an archive: two days, two documents each. */
const aCopy = async () => {
  const copy = new MemoryArchiveStore()
  const put = async (text: string): Promise<string> => {
    const digest = sha256.digest(bytesOf(text))
    await copy.put(digest, bytesOf(text))
    return digest
  }
  for (const [index, day] of ['2026-05-10', '2026-05-11'].entries()) {
    const lines: string[] = []
    for (const at of [1, 2]) {
      const documentId = `d${index * 2 + at}`
      const piece = await put(`piece of ${documentId}`)
      const manifest = await put(`manifest of ${documentId}`)
      lines.push(JSON.stringify({ documentId, manifest, pieces: [[piece, 1]] }))
    }
    const sheet = await put(`${lines.join('\n')}\n`)
    await copy.putNamed(
      `packages/0000000${index + 1}-${day}.json`,
      bytesOf(JSON.stringify({ sheets: [sheet] })),
    )
  }
  return copy
}
const pieceOf = (id: string): string => sha256.digest(bytesOf(`piece of ${id}`))

it('restores one document, one day, or the whole store, and does it twice without harm', async () => {
  const from = await aCopy()
  const to = new MemoryArchiveStore()
  const deps = { hasher: sha256, from, to }
  expect(await restoreArchive(deps, { documentId: 'd3' })).toMatchObject({
    packages: 1,
    documents: 1,
    problems: [],
  })
  expect(await to.get(pieceOf('d3'))).toBeDefined()
  expect(await to.get(pieceOf('d4'))).toBeUndefined()
  expect(await restoreArchive(deps, { day: '2026-05-10' })).toMatchObject({ packages: 1, documents: 2 })
  expect(await to.get(pieceOf('d1'))).toBeDefined()
  for (const _ of [1, 2])
    expect(await restoreArchive(deps)).toMatchObject({ packages: 2, documents: 4, files: 10, problems: [] })
  expect(await to.names()).toEqual(await from.names())
})

it('tells what the copy lacks, and takes nothing altered from it', async () => {
  const from = await aCopy()
  await from.remove(pieceOf('d2'))
  const altered = { ...from, names: () => from.names(), getNamed: (name: string) => from.getNamed(name) }
  const get = async (digest: string) => (digest === pieceOf('d1') ? bytesOf('other') : from.get(digest))
  const to = new MemoryArchiveStore()
  const { problems } = await restoreArchive({ hasher: sha256, from: { ...altered, get }, to })
  expect(problems).toEqual([
    expect.stringMatching(/document d1: .* is altered in the copy/),
    expect.stringMatching(/document d2: .* is missing in the copy/),
  ])
  expect(await to.get(pieceOf('d1'))).toBeUndefined()
})

it('gives nobody a blob that is missing or altered, and says which', async () => {
  const store = new MemoryArchiveStore()
  const digest = sha256.digest(bytesOf('a'))
  const missing = await readBlob({ store, hasher: sha256 }, digest).catch((error: unknown) => error)
  expect((missing as ArchiveBroken).faults[0]).toMatchObject({ code: 'ARCHIVE-01', path: digest })
  const spoilt = { get: () => Promise.resolve(bytesOf('b')) }
  const altered = await readBlob({ store: spoilt, hasher: sha256 }, digest).catch((error: unknown) => error)
  expect((altered as ArchiveBroken).faults[0]).toMatchObject({ code: 'ARCHIVE-02', path: digest })
})
