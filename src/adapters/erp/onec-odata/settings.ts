import { z } from 'zod'
import type { Fault } from '../../../core/kernel/index.ts'
import { odataFault } from './odata-faults.ts'

export const doorName = 'onec-odata'

const name = z.string().regex(/^[A-Za-zА-Яа-яЁё_][\wА-Яа-яЁё]{0,100}$/u)

const shape = z.strictObject({
  /** `https://host/base/odata/standard.odata/`. */
  url: z
    .string()
    .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))
    .refine((text) => URL.canParse(text) && new URL(text).username === '' && new URL(text).search === '')
    .transform((text) => (text.endsWith('/') ? text : `${text}/`)),
  login: z.string().min(1).max(100),
  everyMinutes: z.number().int().min(1).max(1440).default(5),
  /** How far back documents are looked for by their dates where there is no exchange plan. */
  lookBackDays: z.number().int().min(1).max(366).default(31),
  kinds: z
    .array(z.enum(['РеализацияТоваровУслуг', 'СчетНаОплатуПокупателю']))
    .min(1)
    .default(['РеализацияТоваровУслуг', 'СчетНаОплатуПокупателю']),
  /** An exchange plan with a node for us: changes come from it, and nothing is looked for by dates. */
  exchangePlan: z.strictObject({ name, node: z.uuid() }).optional(),
  /** A catalog of the base that takes states of documents, by our document id as its reference. */
  statuses: z
    .strictObject({
      entity: name,
      /** Names of its fields for what we know. */
      fields: z
        .strictObject({
          source: name.optional(),
          state: name.optional(),
          stateText: name.optional(),
          reason: name.optional(),
          registrationNumber: name.optional(),
          changedAt: name.optional(),
        })
        .default({}),
    })
    .optional(),
  /** Incoming acts and waybills become unposted ПоступлениеТоваровУслуг with our document id as their reference. */
  incoming: z.boolean().default(false),
})

export type OdataSettings = z.output<typeof shape>

export const settingsOf = (value: unknown): OdataSettings | undefined => {
  const parsed = shape.safeParse(value)
  return parsed.success ? parsed.data : undefined
}

export const checkSettings = (value: Record<string, unknown>): readonly Fault[] => {
  const parsed = shape.safeParse(value)
  if (parsed.success) return []
  const paths = parsed.error.issues.flatMap((issue) => {
    const at = issue.path.map(String)
    return issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => [...at, key].join('.').slice(0, 100))
      : [at.join('.')]
  })
  return [...new Set(paths)].map((path) => odataFault('ODATA-01', path, path))
}
