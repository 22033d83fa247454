import type { BodyLimits } from './body.ts'

/**
 * What the HTTP floor allows. Node's own defaults are 60 s for headers, 300 s for a request and no limit
 * of connections or body.
 */
export interface HttpLimits extends BodyLimits {
  headersTimeoutMs: number
  /** The whole request, body included. */
  requestTimeoutMs: number
  keepAliveTimeoutMs: number
  maxConnections: number
  /** How long requests in flight may take to end when the server stops. */
  stopGraceMs: number
}

const mib = 1024 * 1024

export const defaultHttpLimits: HttpLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  keepAliveTimeoutMs: 65_000,
  maxConnections: 2000,
  // 20 MiB of file content is 27 MiB of base64.
  maxBodyBytes: 32 * mib,
  maxGzipRatio: 100,
  maxBytesInFlight: 256 * mib,
  stopGraceMs: 20_000,
}

/** Not configurable: larger headers are never honest. */
export const maxHeaderBytes = 16 * 1024
