import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { StoreLog } from './pool.ts'

/** What PostgreSQL needs at most to replay its log and open: three segments of 16 MB and some room. */
export const ballastBytes = 64 * 1024 * 1024

const pieceBytes = 1024 * 1024
const fileName = 'ballast'

/**
 * The embedded store does not open on a full disk, not even to be read. So a file of no use takes up some of the
 * disk, and is given up at the start when the disk is full: that start succeeds, and an operator can make room.
 */
export const makeRoom = (dataDir: string, log?: StoreLog): void => {
  const file = join(dataDir, fileName)
  if (freeBytes(dataDir) >= ballastBytes || !existsSync(file)) return
  rmSync(file)
  log?.warn({ dataDir, freedBytes: ballastBytes }, 'store.ballast-freed')
}

/** Puts the ballast (back) in place, where the disk has plenty of room for it. */
export const keepBallast = (dataDir: string): void => {
  const file = join(dataDir, fileName)
  if (existsSync(file) || freeBytes(dataDir) < ballastBytes * 4) return
  // Written out, because a file with a hole in it takes no space; not zeros, because some disks compress.
  const piece = Buffer.alloc(pieceBytes)
  for (let at = 0; at < pieceBytes; at += 4) piece.writeUInt32LE((at * 2_654_435_761) >>> 0, at)
  const fd = openSync(file, 'w', 0o600)
  try {
    for (let written = 0; written < ballastBytes; written += pieceBytes) writeSync(fd, piece)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** What is left on the disk of a folder for those who are not root. */
export const freeBytes = (folder: string): number => {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}
