import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DiskRoom } from '../../core/exchange/index.ts'

/** One look at the disks serves every request of these milliseconds. */
const lookEveryMs = 2_000

/** Looks at the disks of the folders that this process writes to. */
export class FolderRoom implements DiskRoom {
  readonly #folders: readonly string[]
  readonly #minFreeBytes: number
  #look = { at: -Infinity, freeBytes: Infinity }

  constructor(folders: readonly string[], { minFreeBytes }: { minFreeBytes: number }) {
    this.#folders = folders
    this.#minFreeBytes = minFreeBytes
  }

  isShort(): boolean {
    return this.freeBytes() < this.#minFreeBytes
  }

  /** Free on the fullest of the disks, for those who are not root; infinite where there is no folder. */
  freeBytes(): number {
    const now = performance.now()
    if (now - this.#look.at >= lookEveryMs) {
      this.#look = { at: now, freeBytes: Math.min(...this.#folders.map(freeBytesOf)) }
    }
    return this.#look.freeBytes
  }
}

/** A folder that is not made yet will lie on the disk of the first one above it that is. */
const freeBytesOf = (folder: string): number => {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch (error) {
    if (folder === dirname(folder)) throw error
    return freeBytesOf(dirname(folder))
  }
}
