import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Attachments, Ledger, Uploads } from '../../src/core/exchange/index.ts'
import { anAcceptance, type Sides } from '../factories/acceptances.ts'

/** The stores around a large file, over the same rows. */
export interface AttachmentsUnderTest {
  attachments: Attachments
  uploads: Uploads
  ledger: Ledger
  /** Companies and a connection that nobody else uses. */
  sides(): Promise<Sides>
}

/** The promises of `Attachments`. */
export const attachmentsConformance = (name: string, open: () => AttachmentsUnderTest): void => {
  describe(`${name} keeps attachments`, () => {
    let under: AttachmentsUnderTest
    let sides: Sides
    const at = new Date('2026-03-31T10:00:00Z')
    const later = new Date('2026-03-31T10:00:05Z')
    const whole = Buffer.from('раз два три')
    const digest = createHash('sha256').update(whole).digest('hex')

    beforeEach(async () => {
      under = open()
      sides = await under.sides()
    })

    const upload = async (pieces: Buffer[], when = at): Promise<void> => {
      for (const [index, bytes] of pieces.entries()) {
        const { connectionId } = sides
        await under.uploads.put({ connectionId, fileId: 'f', part: index + 1, bytes, at: when, atMost: 100 })
      }
    }
    const pieces = [whole.subarray(0, 5), whole.subarray(5)]
    const keep = (untouchedSince = later, kept = later) =>
      under.attachments.keep(
        { connectionId: sides.connectionId, fileId: 'f', untouchedSince },
        { companyId: sides.companyId, digest, size: whole.byteLength, parts: pieces.length, at: kept },
      )

    it('takes the parts of an upload and gives them back one by one', async () => {
      await upload(pieces)
      expect(await keep()).toBe(true)
      expect(await under.attachments.of(sides.companyId, digest)).toEqual({
        digest,
        size: whole.byteLength,
        parts: 2,
      })
      const parts = [1, 2, 3].map((part) => under.attachments.part(sides.companyId, digest, part))
      const [first, second, third] = await Promise.all(parts)
      expect(Buffer.concat([first ?? Buffer.of(), second ?? Buffer.of()]).equals(whole)).toBe(true)
      expect(third).toBeUndefined()
      expect(await under.uploads.read(sides.connectionId, 'f')).toBeUndefined()
    })

    it('takes the same file twice', async () => {
      await upload(pieces)
      await keep()
      await upload(pieces)
      expect(await keep()).toBe(true)
      expect(await under.attachments.of(sides.companyId, digest)).toMatchObject({ parts: 2 })
    })

    it('moves nothing when a part came after it was looked at', async () => {
      await upload(pieces, new Date('2026-03-31T10:00:06Z'))
      expect(await keep()).toBe(false)
      expect(await under.attachments.of(sides.companyId, digest)).toBeUndefined()
      expect(await under.uploads.read(sides.connectionId, 'f')).toMatchObject({ parts: 2 })
    })

    it('keeps companies apart', async () => {
      await upload(pieces)
      await keep()
      expect(await under.attachments.of(sides.buyerId, digest)).toBeUndefined()
      expect(await under.attachments.part(sides.buyerId, digest, 1)).toBeUndefined()
    })

    it('knows which one a document names, and purges those that none does', async () => {
      await upload(pieces)
      await keep(later, at)
      const acceptance = anAcceptance(sides, { attachment: digest })
      await under.ledger.enter(acceptance)
      expect(await under.attachments.ofDocument(acceptance.id)).toEqual({
        companyId: sides.companyId,
        digest,
        size: whole.byteLength,
        parts: 2,
      })
      const unused = createHash('sha256').update('unused').digest('hex')
      await upload([Buffer.from('unused')])
      await under.attachments.keep(
        { connectionId: sides.connectionId, fileId: 'f', untouchedSince: later },
        { companyId: sides.companyId, digest: unused, size: 6, parts: 1, at },
      )
      expect(await under.attachments.purgeUnused(at, 10)).toBe(0)
      expect(await under.attachments.purgeUnused(later, 10)).toBeGreaterThanOrEqual(1)
      expect(await under.attachments.of(sides.companyId, unused)).toBeUndefined()
      expect(await under.attachments.of(sides.companyId, digest)).toBeDefined()
    })
  })
}
