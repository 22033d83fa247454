import { z } from 'zod'
import {
  Refusal,
  type Difference,
  type ExchangeFilter,
  type ExchangeLine,
} from '../../core/exchange/index.ts'
import { fault, type Fault } from '../../core/kernel/index.ts'
import type { Door } from '../http/index.ts'
import { paramOf, parsedBy } from './asked.ts'

/** What became of a replay: the same answer, or the first thing that is not. */
export interface Replay {
  same: boolean
  status: { was: number; is: number }
  difference?: Difference
  /** Earlier exchanges that had to be gone through first: the parts of a file. */
  after: number
}

/** The raw log as an operator uses it. */
export interface ExchangeDesk {
  /** `connection` by id or login, `company` by БИН. */
  search(
    filter: Omit<ExchangeFilter, 'connectionId' | 'companyId'> & { connection?: string; company?: string },
  ): Promise<ExchangeLine[]>
  show(id: string): Promise<ExchangeLine | undefined>
  bytes(id: string, side: 'request' | 'response'): Promise<Uint8Array | undefined>
  /** Goes through the exchange once more without storing anything. Throws `Refusal` when it cannot be. */
  replay(id: string): Promise<Replay>
}

const truth = z.enum(['true', 'false']).transform((text) => text === 'true')
const instant = z.string().transform((text, issues) => {
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) issues.addIssue({ code: 'custom', message: 'not an instant' })
  return at
})
const searching = z.strictObject({
  connection: z.string().max(200).optional(),
  company: z.string().max(20).optional(),
  door: z.string().max(60).optional(),
  operation: z.string().max(100).optional(),
  direction: z.enum(['in', 'out']).optional(),
  refused: truth.optional(),
  code: z.string().max(60).optional(),
  document: z.uuid().optional(),
  request: z.string().max(100).optional(),
  from: instant.optional(),
  until: instant.optional(),
  before: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
})

/** So much of the bytes is shown as text; the rest is downloaded. */
const shownBytes = 64 * 1024

/** What the operator's command line and console call about the raw log, under `/operator/v1`. */
export const exchangeDoor = (desk: ExchangeDesk): Door => ({
  name: 'exchanges',
  mount(router, tools) {
    router.get('/operator/v1/exchanges', async (ctx) => {
      await tools.operator(ctx)
      const { document, request, ...filter } = parsedBy(searching, { ...ctx.query })
      const exchanges = await desk.search({ ...filter, documentId: document, requestId: request })
      const next = exchanges.length < filter.limit ? undefined : exchanges.at(-1)?.id
      ctx.body = { exchanges, ...(next === undefined ? {} : { next }) }
    })

    router.get('/operator/v1/exchanges/:id', async (ctx) => {
      const { keyId } = await tools.operator(ctx)
      const line = await known(desk, paramOf(ctx, 'id'))
      ctx.state.noted['exchange'] = line.id
      ctx.state.noted['shownTo'] = keyId
      ctx.body = {
        ...line,
        requestText: await textOf(desk, line, 'request'),
        responseText: await textOf(desk, line, 'response'),
      }
    })

    for (const side of ['request', 'response'] as const) {
      router.get(`/operator/v1/exchanges/:id/${side}`, async (ctx) => {
        await tools.operator(ctx)
        const line = await known(desk, paramOf(ctx, 'id'))
        ctx.state.noted['exchange'] = line.id
        const bytes = await desk.bytes(line.id, side)
        if (bytes === undefined) throw new Refusal('not-found', [noBytes()])
        ctx.body = Buffer.from(bytes)
        // Strangers wrote it: it is saved, never opened.
        ctx.set('Content-Type', 'application/octet-stream')
        ctx.set('Content-Disposition', `attachment; filename="${line.id}.${side}"`)
        ctx.set('X-Exchange-Content-Type', line[side].head['content-type'] ?? '')
      })
    }

    router.post('/operator/v1/exchanges/:id/replay', async (ctx) => {
      await tools.operator(ctx)
      const line = await known(desk, paramOf(ctx, 'id'))
      ctx.state.noted['exchange'] = line.id
      ctx.body = await desk.replay(line.id)
    })
  },
})

const known = async (desk: ExchangeDesk, id: string): Promise<ExchangeLine> => {
  const line = z.uuid().safeParse(id).success ? await desk.show(id) : undefined
  if (line === undefined) throw new Refusal('not-found', [noExchange()])
  return line
}

/** The bytes as text in their own encoding; undefined for what is none. */
const textOf = async (
  desk: ExchangeDesk,
  line: ExchangeLine,
  side: 'request' | 'response',
): Promise<string | undefined> => {
  const bytes = (await desk.bytes(line.id, side))?.subarray(0, shownBytes)
  const type = line[side].head['content-type'] ?? ''
  if (bytes === undefined || /pdf|zip|octet-stream|image/.test(type)) return undefined
  const named = /charset="?([\w-]+)/i.exec(type)?.[1] ?? declared(bytes) ?? 'utf-8'
  try {
    return new TextDecoder(named).decode(bytes)
  } catch {
    return new TextDecoder('utf-8').decode(bytes)
  }
}

const declared = (bytes: Uint8Array): string | undefined =>
  /^<\?xml[^>]*encoding=["']([\w-]+)/.exec(new TextDecoder('latin1').decode(bytes.subarray(0, 200)))?.[1]

const noExchange = (): Fault =>
  fault('LOG-01', 'id', {
    ru: 'Такого обмена в журнале нет: номер неверен или срок хранения прошёл.',
    kk: 'Журналда мұндай алмасу жоқ: нөмірі қате немесе сақтау мерзімі өткен.',
    en: 'The log has no such exchange: the id is wrong, or it was kept no longer.',
  })

const noBytes = (): Fault =>
  fault('LOG-02', 'id', {
    ru: 'Содержимое этой стороны не сохранено: оно секретно или не поместилось.',
    kk: 'Бұл жақтың мазмұны сақталмаған: ол құпия немесе сыймады.',
    en: 'The content of this side was not kept: it is secret, or there was no room.',
  })
