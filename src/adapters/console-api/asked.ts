import type { z } from 'zod'
import { fault, type Fault } from '../../core/kernel/index.ts'
import { HttpRefusal, type DoorTools, type HttpContext } from '../http/index.ts'
import { charsetOf, decodeJson, readJson } from '../xml/index.ts'

const wrongRequest = (path: string): Fault =>
  fault('OPERATOR-01', path, {
    ru: 'Поле отсутствует или имеет неверный вид. Сверьтесь с описанием вызова.',
    kk: 'Өріс жоқ немесе түрі дұрыс емес. Шақыру сипаттамасын қараңыз.',
    en: 'The field is missing or has the wrong form. See the description of the call.',
  })

export const paramOf = (ctx: HttpContext & { params?: Record<string, string> }, name: string): string =>
  ctx.params?.[name] ?? ''

/** A value by its shape; everything wrong with it at once. */
export const parsedBy = <T>(shape: z.ZodType<T>, value: unknown): T => {
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  const paths = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys : [issue.path.map(String).join('.')],
  )
  throw new HttpRefusal(
    400,
    [...new Set(paths)].slice(0, 100).map((path) => wrongRequest(path.slice(0, 100))),
  )
}

/** The operator first, the body second: a stranger's bytes are never read. What the shape does not know is refused. */
export const asked = async <T>(tools: DoorTools, ctx: HttpContext, shape: z.ZodType<T>) => {
  const operator = await tools.operator(ctx)
  const text = decodeJson(await tools.body(ctx, 1024 * 1024), charsetOf(ctx.get('content-type')))
  const read = text.ok ? readJson(text.value) : text
  if (!read.ok) throw new HttpRefusal(400, read.faults)
  return { operator, body: parsedBy(shape, read.value) }
}
