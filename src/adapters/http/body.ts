import { Transform } from 'node:stream'
import type { Readable } from 'node:stream'
import { gunzip } from 'node:zlib'
import rawBody from 'raw-body'
import { Refusal } from '../../core/exchange/index.ts'
import type { HttpContext } from './door.ts'
import { httpFault } from './http-faults.ts'
import { ClientGone, HttpRefusal } from './http-refusal.ts'

export interface BodyLimits {
  /** Largest body, unpacked. */
  maxBodyBytes: number
  /** Unpacked to packed. Honest XML packs 10 to 30 times, a bomb 1,000. */
  maxGzipRatio: number
  /** Bodies being read or handled at one time, over all requests: what memory they may take. */
  maxBytesInFlight: number
}

/** Below this size the ratio says nothing: ten equal letters pack very well. */
const freeUnpackedBytes = 64 * 1024

const megabytes = (bytes: number): number => Math.max(1, Math.floor(bytes / (1024 * 1024)))

export const tooLarge = (limitBytes: number): Refusal =>
  new Refusal('too-large', [httpFault('HTTP-04', { limit: megabytes(limitBytes) })])

const hasErrorType = (error: unknown): error is { type: string } =>
  typeof error === 'object' && error !== null && 'type' in error && typeof error.type === 'string'

/** Passes a body of unknown length on, asking for room as it grows. */
const metered = (ctx: HttpContext, reserve: (bytes: number) => void): Readable => {
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        reserve(chunk.length)
        done(null, chunk)
      } catch (error) {
        done(error as Error)
      }
    },
  })
  ctx.req.once('error', () => meter.destroy(new ClientGone()))
  ctx.req.once('aborted', () => meter.destroy(new ClientGone()))
  return ctx.req.pipe(meter)
}

const read = async (
  ctx: HttpContext,
  source: Readable,
  declared: number | undefined,
  limit: number,
): Promise<Buffer> => {
  try {
    return await rawBody(source, { limit, length: declared })
  } catch (error) {
    // Let the rest of the body run into the void, so that the client gets to read our answer.
    ctx.req.unpipe()
    ctx.req.resume()
    if (!hasErrorType(error)) throw error
    switch (error.type) {
      case 'entity.too.large':
        throw tooLarge(limit)
      case 'request.aborted':
        throw new ClientGone()
      case 'request.size.invalid':
        throw new HttpRefusal(400, [httpFault('HTTP-12')])
      default:
        throw error
    }
  }
}

/** The most that a packed body may become. */
const unpackedLimit = (packed: number, limit: number, maxRatio: number): number =>
  Math.min(limit, Math.max(packed * maxRatio, freeUnpackedBytes))

const unpack = (packed: Buffer, limit: number, maxRatio: number): Promise<Buffer> => {
  const maxOutputLength = unpackedLimit(packed.length, limit, maxRatio)
  return new Promise((resolve, reject) => {
    gunzip(packed, { maxOutputLength }, (error, unpacked) => {
      if (error === null) return resolve(unpacked)
      const code = 'code' in error ? error.code : undefined
      if (code !== 'ERR_BUFFER_TOO_LARGE') return reject(new HttpRefusal(400, [httpFault('HTTP-05')]))
      reject(
        maxOutputLength === limit
          ? tooLarge(limit)
          : new Refusal('too-large', [httpFault('HTTP-07', { limit: maxRatio })]),
      )
    })
  })
}

/** Reads bodies within limits that hold over all requests together. */
export const bodyReader = (limits: BodyLimits) => {
  let bytesInFlight = 0

  return async (ctx: HttpContext, limitBytes = limits.maxBodyBytes): Promise<Buffer> => {
    const limit = Math.min(limitBytes, limits.maxBodyBytes)
    const encoding = (ctx.get('content-encoding') || 'identity').trim().toLowerCase()
    if (encoding !== 'identity' && encoding !== 'gzip' && encoding !== 'x-gzip')
      throw new HttpRefusal(415, [httpFault('HTTP-06')])

    const lengthText = ctx.get('content-length')
    const declared = lengthText === '' ? undefined : Number(lengthText)
    if (declared !== undefined && declared > limit) throw tooLarge(limit)

    const reserve = (bytes: number): void => {
      if (bytesInFlight + bytes > limits.maxBytesInFlight)
        throw new Refusal('unavailable', [httpFault('HTTP-10', { seconds: 2 })], { retryAfterMs: 2000 })
      bytesInFlight += bytes
      ctx.state.releases.push(() => {
        bytesInFlight -= bytes
      })
    }

    if (declared !== undefined) reserve(declared)
    const source = declared === undefined ? metered(ctx, reserve) : ctx.req
    const received = await read(ctx, source, declared, limit)
    if (encoding === 'identity') return received
    reserve(unpackedLimit(received.length, limit, limits.maxGzipRatio))
    return unpack(received, limit, limits.maxGzipRatio)
  }
}
