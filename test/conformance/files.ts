import { createHash, randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it } from '@jest/globals'
import type { ArchiveShelf, ArchiveStore } from '../../src/core/archive/index.ts'
import type { Links, Uploads } from '../../src/core/exchange/index.ts'
import type { UnitOfWork } from '../../src/core/kernel/index.ts'

/** The promises of `Uploads`. */
export const uploadsConformance = (
  name: string,
  open: () => { uploads: Uploads; connection(): Promise<string> },
): void => {
  describe(`${name} keeps parts of files`, () => {
    let uploads: Uploads
    let connectionId: string
    const at = new Date('2026-03-31T10:00:00Z')
    const put = (part: number, text: string, when = at) =>
      uploads.put({ connectionId, fileId: 'f', part, bytes: Buffer.from(text), at: when, atMost: 3 })

    beforeEach(async () => {
      const under = open()
      uploads = under.uploads
      connectionId = await under.connection()
    })

    it('takes parts in any order and twice, and names the first one missing', async () => {
      expect(await uploads.read(connectionId, 'f')).toBeUndefined()
      await put(3, 'ccc')
      await put(1, 'a')
      expect(await uploads.read(connectionId, 'f')).toEqual({ parts: 2, size: 4, missing: 2, sizes: [1, 3] })
      await put(2, 'x')
      await put(2, 'bb')
      expect(await uploads.read(connectionId, 'f')).toEqual({
        parts: 3,
        size: 6,
        missing: undefined,
        sizes: [1, 2, 3],
      })
      expect(Buffer.from((await uploads.part(connectionId, 'f', 2)) ?? []).toString()).toBe('bb')
      expect(await uploads.part(connectionId, 'f', 4)).toBeUndefined()
    })

    it('forgets a file, and what nobody finished', async () => {
      await put(1, 'old', new Date('2026-03-30T10:00:00Z'))
      await put(2, 'new')
      expect(await uploads.purge(at)).toBeGreaterThanOrEqual(1)
      expect(await uploads.read(connectionId, 'f')).toMatchObject({ parts: 1, missing: 1 })
      await uploads.discard(connectionId, 'f')
      expect(await uploads.read(connectionId, 'f')).toBeUndefined()
    })

    it('takes no more parts than allowed, but a part again', async () => {
      expect([await put(1, 'a'), await put(2, 'b'), await put(3, 'c'), await put(4, 'd')]).toEqual([
        true,
        true,
        true,
        false,
      ])
      expect(await put(2, 'again')).toBe(true)
      expect(await uploads.read(connectionId, 'f')).toMatchObject({ parts: 3, size: 7 })
    })

    it('keeps files of two connections apart', async () => {
      const other = await open().connection()
      await put(1, 'mine')
      expect(await uploads.part(other, 'f', 1)).toBeUndefined()
    })
  })
}

/** The promises of `ArchiveStore` and `ArchiveShelf`. */
export const archiveStoreConformance = (
  name: string,
  open: () => Promise<ArchiveStore & ArchiveShelf>,
  /** Changes the bytes that lie under a digest, past the store. */
  spoil?: (digest: string) => Promise<void>,
): void => {
  describe(`${name} archives`, () => {
    const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

    it('gives back what was put under its digest, and takes it twice', async () => {
      const store = await open()
      const bytes = randomBytes(100_000)
      await store.put(digestOf(bytes), bytes)
      await store.put(digestOf(bytes), bytes)
      expect(bytes.equals((await store.get(digestOf(bytes))) ?? new Uint8Array())).toBe(true)
      expect(await store.get(digestOf(Buffer.from('other')))).toBeUndefined()
    })

    it('never replaces what is there', async () => {
      const store = await open()
      const digest = digestOf(Buffer.from('first'))
      await store.put(digest, Buffer.from('first'))
      await store.put(digest, Buffer.from('something else'))
      expect(Buffer.from((await store.get(digest)) ?? []).toString()).toBe('first')
    })

    it('takes twenty writers of the same blob at once', async () => {
      const store = await open()
      const bytes = randomBytes(10_000)
      await Promise.all(Array.from({ length: 20 }, () => store.put(digestOf(bytes), bytes)))
      expect(bytes.equals((await store.get(digestOf(bytes))) ?? new Uint8Array())).toBe(true)
    })

    it('removes what is purged, and again', async () => {
      const store = await open()
      const digest = digestOf(Buffer.from('gone'))
      await store.put(digest, Buffer.from('gone'))
      await store.remove(digest)
      await store.remove(digest)
      expect(await store.get(digest)).toBeUndefined()
    })

    it('keeps named files, each as it was written first, and lists them in order', async () => {
      const store = await open()
      await store.putNamed('packages/00000002-b.json', Buffer.from('2'))
      await store.putNamed('packages/00000001-a.json', Buffer.from('1'))
      await store.putNamed('packages/00000001-a.json', Buffer.from('other'))
      expect(await store.names()).toEqual(['packages/00000001-a.json', 'packages/00000002-b.json'])
      expect(Buffer.from((await store.getNamed('packages/00000001-a.json')) ?? []).toString()).toBe('1')
      expect(await store.getNamed('packages/00000009-z.json')).toBeUndefined()
    })

    it('takes no name that could lead out of it', async () => {
      const store = await open()
      await expect((async () => store.getNamed('../../etc/passwd'))()).rejects.toThrow(RangeError)
      await expect((async () => store.get('../../etc/passwd'))()).rejects.toThrow(RangeError)
    })

    if (spoil !== undefined)
      it('puts the right bytes back over altered ones', async () => {
        const store = await open()
        const bytes = randomBytes(1_000)
        await store.put(digestOf(bytes), bytes)
        await spoil(digestOf(bytes))
        expect(bytes.equals((await store.get(digestOf(bytes))) ?? new Uint8Array())).toBe(false)
        await store.put(digestOf(bytes), bytes)
        expect(bytes.equals((await store.get(digestOf(bytes))) ?? new Uint8Array())).toBe(true)
      })
  })
}

/** The promises of `Links`. */
export const linksConformance = (
  name: string,
  open: () => {
    links: Links
    unitOfWork: UnitOfWork
    document(): Promise<string>
    company(): Promise<string>
  },
): void => {
  describe(`${name} keeps links`, () => {
    it('opens by its token until its end; wrong and ended look the same', async () => {
      const { links, unitOfWork, document } = open()
      const documentId = await document()
      const expiresAt = new Date('2026-04-30T00:00:00Z')
      const link = {
        documentIds: [documentId],
        purpose: 'receive' as const,
        expiresAt,
        sentTo: 'buh@example.kz',
      }
      const { token } = await unitOfWork.run((tx) => links.make(tx, link))
      expect(token).toMatch(/^[\w-]{43}$/)
      expect(await links.byToken(token, new Date('2026-04-29T00:00:00Z'))).toMatchObject(link)
      expect(await links.byToken(token, expiresAt)).toBeUndefined()
      expect(await links.byToken(`${token.slice(0, -1)}_`, new Date('2026-04-29T00:00:00Z'))).toBeUndefined()
    })

    it('opens a package in its order, and counts what a company has asked for', async () => {
      const { links, unitOfWork, document, company } = open()
      const documentIds = [await document(), await document(), await document()]
      const asker = { companyId: await company(), at: new Date('2026-04-01T12:00:00Z') }
      const link = {
        documentIds,
        purpose: 'sign' as const,
        expiresAt: new Date('2026-04-30T00:00:00Z'),
        sentTo: 'direktor@example.kz',
        askedBy: 'Бухгалтерия',
        signBy: '2026-04-10' as const,
        note: 'Акты за март',
      }
      const { token } = await unitOfWork.run((tx) => links.make(tx, link, asker))
      await unitOfWork.run((tx) => links.make(tx, { ...link, documentIds: [documentIds[0]!] }, asker))
      // What nobody asked for counts against nobody.
      await unitOfWork.run((tx) => links.make(tx, link))
      expect(await links.byToken(token, new Date('2026-04-29T00:00:00Z'))).toEqual(link)
      const since = new Date('2026-04-01T00:00:00Z')
      expect(await links.asked(asker.companyId, documentIds[0]!, since)).toEqual({ all: 2, document: 2 })
      expect(await links.asked(asker.companyId, documentIds[2]!, since)).toEqual({ all: 2, document: 1 })
      expect(await links.asked(asker.companyId, documentIds[2]!, asker.at)).toEqual({ all: 0, document: 0 })
    })
  })
}
