import type { z } from 'zod'
import type { Result } from '../../../core/kernel/index.ts'
import { httpFault, HttpRefusal } from '../../http/index.ts'
import { charsetOf, decodeJson, readJson } from '../../xml/index.ts'
import type { Asked } from './operations.ts'
import { restFault } from './rest-faults.ts'

const maxRequestBytes = 4 * 1024 * 1024

/**
 * Not what the description says: 400. What is read and cannot be accepted is a `Refusal` of core's, 422.
 */
export const readable = <T>(read: Result<T>): T => {
  if (read.ok) return read.value
  throw new HttpRefusal(400, read.faults)
}

/** A value by its shape; everything wrong with it at once. */
export const parsedBy = <T>(shape: z.ZodType<T>, value: unknown): T => {
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  const paths = parsed.error.issues.flatMap((issue) => {
    const at = issue.path.map(String)
    const names = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => key.slice(0, 60)) : []
    return names.length === 0 ? [at.join('.')] : names.map((name) => [...at, name].join('.'))
  })
  throw new HttpRefusal(
    400,
    [...new Set(paths)].slice(0, 100).map((path) => restFault('REST-02', path)),
  )
}

export const typeOf = (asked: Asked): string =>
  (asked.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''

export const isJson = (type: string): boolean =>
  type === 'application/json' || /^application\/[\w.+-]+\+json$/.test(type)
export const isXml = (type: string): boolean => type === 'application/xml' || type === 'text/xml'

export const wrongType = (expected: string): HttpRefusal =>
  new HttpRefusal(415, [httpFault('HTTP-09', { expected })])

export const jsonIn = (asked: Asked, bytes: Buffer): unknown =>
  readable(readJson(readable(decodeJson(bytes, charsetOf(asked.header('content-type'))))))

/** The JSON of a body by its shape. */
export const jsonBy = async <T>(asked: Asked, shape: z.ZodType<T>): Promise<T> => {
  if (!isJson(typeOf(asked))) throw wrongType('application/json')
  return parsedBy(shape, jsonIn(asked, await asked.body(maxRequestBytes)))
}
