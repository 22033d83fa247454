import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { SignatureCheck } from '../../../../../src/adapters/signing/gost/index.ts'
import {
  digestNames,
  digestOf,
  gostSignature,
  signWithGost,
  writeGostPublicKey,
} from '../../../../../src/adapters/signing/gost/index.ts'
import { SignatureWorkers } from '../../../../../src/adapters/signing/workers/index.ts'
import { WorkerLostError, WorkerPool, WorkerTimeoutError } from '../../../../../src/adapters/workers/index.ts'

const stops: { stop(): Promise<void> }[] = []
const started = <T extends { stop(): Promise<void> }>(it: T): T => {
  stops.push(it)
  return it
}
afterEach(async () => {
  await Promise.all(stops.splice(0).map((each) => each.stop()))
})

const script = new URL('./moody-worker.ts', import.meta.url)
const aPool = (options: { size?: number; timeoutMs?: number; maxWaiting?: number; heapMb?: number } = {}) =>
  started(new WorkerPool({ script, ...options }))

describe('a pool of workers', () => {
  it('starts no thread before there is work, and no more than allowed', async () => {
    const pool = aPool({ size: 2 })
    expect(pool.threads).toBe(0)
    await pool.run('answer')
    expect(pool.threads).toBe(1)
    const threads = await Promise.all(Array.from({ length: 8 }, () => pool.run('wait')))
    expect(pool.threads).toBe(2)
    expect(new Set(threads).size).toBe(2)
  })

  it('hands on what the job throws and keeps the thread', async () => {
    const pool = aPool({ size: 1 })
    const before = await pool.run('answer')
    await expect(pool.run('throw')).rejects.toThrow('no mood for this')
    expect(await pool.run('answer')).toBe(before)
  })

  it('ends a job that hangs, with its thread, and goes on with a new one', async () => {
    const pool = aPool({ size: 1, timeoutMs: 200 })
    const before = await pool.run('answer')
    const hanging = pool.run('hang')
    const next = pool.run('answer')
    await expect(hanging).rejects.toThrow(WorkerTimeoutError)
    expect(await next).not.toBe(before)
    expect(pool.threads).toBe(1)
  })

  it('survives a thread that dies or eats too much memory', async () => {
    const pool = aPool({ size: 1, timeoutMs: 20_000, heapMb: 32 })
    await expect(pool.run('die')).rejects.toThrow(WorkerLostError)
    await expect(pool.run('eat')).rejects.toThrow(WorkerLostError)
    expect(await pool.run('answer')).toEqual(expect.any(Number))
  })

  it('rejects the job when the worker cannot even start', async () => {
    const pool = started(new WorkerPool({ script: new URL('./no-such-worker.ts', import.meta.url) }))
    await expect(pool.run('answer')).rejects.toThrow(WorkerLostError)
  })

  it('refuses work beyond its queue, and all work once stopped', async () => {
    const pool = aPool({ size: 1, maxWaiting: 1 })
    const [running, waiting, tooMuch] = [pool.run('wait'), pool.run('wait'), pool.run('wait')]
    await expect(tooMuch).rejects.toThrow('waiting already')
    await Promise.all([running, waiting])
    await pool.stop()
    await pool.stop()
    await expect(pool.run('answer')).rejects.toThrow('stopped')
  })
})

const secret = 0x1122334455667788990011n
const aCheck = (data: Uint8Array): SignatureCheck => ({
  spki: writeGostPublicKey({
    algorithm: 'gost2015-512',
    point: gostSignature('gost2015-512').publicKeyOf(secret),
  }),
  signatureOid: '1.2.398.3.10.1.1.2.3.2',
  digest: 'STREEBOG-512',
  data,
  signature: signWithGost({ algorithm: 'gost2015-512', secret }, data),
})

describe('signature workers', () => {
  it('give the digests and verdicts that the same code gives here', async () => {
    const workers = started(new SignatureWorkers())
    for (const name of digestNames) {
      for (const size of [0, 1000, 3 * 1024 * 1024]) {
        const data = Buffer.alloc(size, 'something')
        expect(await workers.digest(name, data)).toEqual(digestOf(name, data))
      }
    }
    const check = aCheck(Buffer.from('document'))
    expect(await workers.verify(check)).toBe(true)
    expect(await workers.verify({ ...check, data: Buffer.from('Document') })).toBe(false)
    await expect(workers.verify({ ...check, signatureOid: '1.2.3' })).rejects.toMatchObject({
      name: 'UnusableKeyError',
      message: expect.stringContaining('does not belong'),
    })
  })

  it('digest what comes in pieces, several streams at once', async () => {
    const workers = started(new SignatureWorkers())
    const pieces = async function* (from: number, count: number) {
      for (let i = 0; i < count; i += 1) {
        await new Promise((resolve) => setImmediate(resolve))
        yield Buffer.alloc(100_000 + i, from + i)
      }
    }
    const whole = async (from: number, count: number): Promise<Buffer> => {
      const all: Uint8Array[] = []
      for await (const piece of pieces(from, count)) all.push(piece)
      return Buffer.concat(all)
    }
    const digests = await Promise.all(
      [1, 2, 3].map((from) => workers.digestOfStream('STREEBOG-256', pieces(from, 20))),
    )
    for (const from of [1, 2, 3]) {
      expect(digests[from - 1]).toEqual(digestOf('STREEBOG-256', await whole(from, 20)))
    }
  })

  it('recover when a stream breaks off', async () => {
    const workers = started(new SignatureWorkers({ size: 1 }))
    const broken = async function* () {
      yield Buffer.from('beginning')
      await Promise.resolve()
      throw new Error('the connection was lost')
    }
    await expect(workers.digestOfStream('STREEBOG-512', broken())).rejects.toThrow('connection was lost')
    const one = async function* () {
      await Promise.resolve()
      yield Buffer.from('one')
    }
    expect(await workers.digestOfStream('STREEBOG-512', one())).toEqual(
      digestOf('STREEBOG-512', Buffer.from('one')),
    )
  })

  it('do not keep the process alive once the work is done', async () => {
    const workers = fileURLToPath(
      new URL('../../../../../src/adapters/signing/workers/index.ts', import.meta.url),
    )
    const program = `
      import { SignatureWorkers } from ${JSON.stringify(workers)}
      const digest = await new SignatureWorkers().digest('STREEBOG-256', new Uint8Array(3))
      console.log(digest.length)`
    const ran = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', program],
      {
        cwd: fileURLToPath(new URL('../../../../../', import.meta.url)),
        timeout: 25_000,
      },
    )
    expect(ran.stdout.trim()).toBe('32')
  })
})
