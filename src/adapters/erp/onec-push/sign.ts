import { createHmac } from 'node:crypto'

/**
 * HMAC-SHA256, hexadecimal, over method, path, time and body, each on a line of its own: what a module of 1C can
 * compute. The time is UTC seconds; receivers refuse calls older than five minutes.
 */
export const signatureOf = (
  key: string,
  { method, path, seconds, body }: { method: string; path: string; seconds: number; body: Uint8Array },
): string => createHmac('sha256', key).update(`${method}\n${path}\n${seconds}\n`).update(body).digest('hex')
