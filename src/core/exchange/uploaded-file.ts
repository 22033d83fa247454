import { uploadIncomplete } from './faults.ts'
import type { ForeignFile } from './foreign-format.ts'
import type { Upload, Uploads } from './ports.ts'
import { Refusal } from './receipt.ts'

/** A file that lies in parts in the store; never more than one of them is in memory. */
export const uploadedFile = (
  uploads: Uploads,
  {
    connectionId,
    fileId,
    name,
    upload,
  }: { connectionId: string; fileId: string; name: string; upload: Upload },
): ForeignFile => {
  let last: { part: number; bytes: Uint8Array } | undefined
  const part = async (number: number): Promise<Uint8Array> => {
    if (last?.part === number) return last.bytes
    const bytes = await uploads.part(connectionId, fileId, number)
    // Purged while it was being read: whoever sent it sends it again.
    if (bytes === undefined) throw new Refusal('invalid', [uploadIncomplete(number)])
    last = { part: number, bytes }
    return bytes
  }
  return {
    name,
    size: upload.size,
    pieces: async function* () {
      for (let number = 1; number <= upload.parts; number += 1) yield await part(number)
    },
    slice: async (from, length) => {
      const made = new Uint8Array(Math.max(0, Math.min(length, upload.size - from)))
      let begins = 0
      for (const [index, size] of upload.sizes.entries()) {
        const ends = begins + size
        if (ends > from && begins < from + made.byteLength) {
          const bytes = await part(index + 1)
          const piece = bytes.subarray(Math.max(0, from - begins), from + made.byteLength - begins)
          made.set(piece, Math.max(0, begins - from))
        }
        begins = ends
      }
      return made
    },
  }
}
