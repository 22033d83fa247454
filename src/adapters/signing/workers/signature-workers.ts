import type { AnyDigestName, SignatureCheck, SignatureHelper } from '../gost/index.ts'
import type { SignatureRequest } from './signature-worker.ts'
import { WorkerLostError, WorkerPool } from '../../workers/index.ts'

export interface SignatureWorkersOptions {
  /** Threads at most. */
  size?: number
  /** The longest one verification may take. */
  timeoutMs?: number
}

/** Copying this much takes under 1 ms; then others may run. */
const sliceBytes = 1024 * 1024

/** GOST 34.311, the slowest digest, reads about 13 MiB a second; a loaded machine gets three times that. */
const extraMsFor = (bytes: number): number => Math.ceil((bytes / (1024 * 1024)) * 250)

/** The file that runs in the thread, beside this one: TypeScript from the sources, JavaScript when built. */
const script = new URL(
  `./signature-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  import.meta.url,
)

/**
 * The same bytes where both threads can read them. A message would copy them too, but all at once: 100 MB would
 * hold up the event loop for 50 ms.
 */
const share = async (data: Uint8Array): Promise<Uint8Array> => {
  if (data.length <= sliceBytes || data.buffer instanceof SharedArrayBuffer) return data
  const shared = new Uint8Array(new SharedArrayBuffer(data.length))
  for (let at = 0; at < data.length; at += sliceBytes) {
    shared.set(data.subarray(at, at + sliceBytes), at)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return shared
}

/**
 * Digests and verifications in worker threads. The bytes given must not change until the answer is there.
 * A hanging job is ended with its thread after `timeoutMs` and rejects; the next job gets a new thread.
 * A rejection named `UnusableKeyError` speaks of the key; any other says nothing about the signature.
 */
export class SignatureWorkers implements SignatureHelper {
  private readonly pool: WorkerPool

  constructor(options: SignatureWorkersOptions = {}) {
    this.pool = new WorkerPool({ script, ...options })
  }

  async digest(name: AnyDigestName, data: Uint8Array): Promise<Uint8Array> {
    const shared = await share(data)
    return (await this.ask({ kind: 'digest', name, data: shared }, data.length)) as Uint8Array
  }

  async verify(check: SignatureCheck): Promise<boolean> {
    const shared = { ...check, data: await share(check.data) }
    return (await this.ask({ kind: 'verify', check: shared }, check.data.length)) as boolean
  }

  /** The digest of data that comes in pieces: a file, an upload. At most one piece is on its way at a time. */
  async digestOfStream(name: AnyDigestName, pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
    return this.pool.use(async (call) => {
      const ask = (request: SignatureRequest, bytes = 0): Promise<unknown> => call(request, extraMsFor(bytes))
      await ask({ kind: 'begin', name })
      for await (const piece of pieces) {
        await ask({ kind: 'piece', data: await share(piece) }, piece.length)
      }
      return (await ask({ kind: 'end' })) as Uint8Array
    })
  }

  /** Ends the threads. May be called twice or before any work. */
  async stop(): Promise<void> {
    await this.pool.stop()
  }

  /** A thread that is lost may have been lost for another's sake: the job gets one more. */
  private async ask(request: SignatureRequest, bytes: number): Promise<unknown> {
    try {
      return await this.pool.run(request, extraMsFor(bytes))
    } catch (error) {
      if (error instanceof WorkerLostError) return this.pool.run(request, extraMsFor(bytes))
      throw error
    }
  }
}
