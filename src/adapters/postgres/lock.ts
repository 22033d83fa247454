import { createHash } from 'node:crypto'
import { realpathSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { Server } from 'node:net'
import { join } from 'node:path'
import { alreadyOpen } from './refusal.ts'

/** Held by the process, so that the death of the process frees it, whatever way it died. */
export interface FolderLock {
  release(): Promise<void>
}

/**
 * Makes this process the only one that uses `dataDir`. Two embedded databases on one folder open without
 * complaint and lose each other's rows, hence a lock of the operating system and not a pid file: in a
 * container the pid is the same after every restart.
 *
 * The lock is a name that only one process can listen on: an abstract socket on Linux (one network namespace:
 * never share the folder between containers), a named pipe on Windows, a socket file elsewhere.
 */
export const lockFolder = async (
  dataDir: string,
  platform: string = process.platform,
): Promise<FolderLock> => {
  const folder = realpathSync(dataDir)
  const address = lockAddress(folder, platform)
  // A socket file outlives a killed process; the other two vanish with it.
  const leavesFile = platform !== 'linux' && platform !== 'win32'

  try {
    return lockOf(await listen(address))
  } catch (error) {
    if (!isAddressInUse(error)) throw error
    if (!leavesFile || (await somebodyListens(address))) throw alreadyOpen(folder)
  }
  rmSync(address, { force: true })
  try {
    return lockOf(await listen(address))
  } catch (error) {
    throw isAddressInUse(error) ? alreadyOpen(folder) : error
  }
}

const lockAddress = (folder: string, platform: string): string => {
  const name = `daneker-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`
  if (platform === 'linux') return `\0${name}`
  if (platform === 'win32') return `\\\\.\\pipe\\${name}`
  return join(folder, 'lock')
}

const listen = (path: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', reject)
    server.listen({ path }, () => {
      server.removeListener('error', reject)
      // The lock alone keeps no process alive.
      server.unref()
      resolve(server)
    })
  })

const lockOf = (server: Server): FolderLock => ({
  release: () => new Promise((resolve) => server.close(() => resolve())),
})

const isAddressInUse = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EADDRINUSE'

const somebodyListens = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ path })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
