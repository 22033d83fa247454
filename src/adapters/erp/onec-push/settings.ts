import { z } from 'zod'
import { fault, type Fault } from '../../../core/kernel/index.ts'

export const doorName = 'onec-push'

const shape = z.strictObject({
  /** `https://host/base/hs/daneker`; the calls go to `/ping` and `/changes` below it. */
  url: z
    .string()
    .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))
    .refine((text) => {
      const url = URL.canParse(text) ? new URL(text) : undefined
      return url?.username === '' && url.search === '' && url.pathname.includes('/hs/')
    })
    .transform((text) => text.replace(/\/+$/, '')),
})

export type PushSettings = z.output<typeof shape>

export const settingsOf = (value: unknown): PushSettings | undefined => {
  const parsed = shape.safeParse(value)
  return parsed.success ? parsed.data : undefined
}

const badSetting = (path: string): Fault =>
  fault('PUSH-01', path, {
    ru: 'Укажите url HTTP-сервиса базы: https://сервер/база/hs/daneker, без логина и параметров.',
    kk: 'База HTTP-сервисінің url көрсетіңіз: https://сервер/база/hs/daneker, логинсіз және параметрлерсіз.',
    en: 'Give the url of the base’s HTTP service: https://host/base/hs/daneker, without login and parameters.',
  })

export const checkSettings = (value: Record<string, unknown>): readonly Fault[] => {
  const parsed = shape.safeParse(value)
  if (parsed.success) return []
  const paths = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => key.slice(0, 60))
      : [issue.path.map(String).join('.')],
  )
  return [...new Set(paths)].map(badSetting)
}
