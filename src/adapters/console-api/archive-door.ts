import { Readable } from 'node:stream'
import { z } from 'zod'
import { archivedValue, type ArchiveDesk, type SealedRow } from '../../core/archive/index.ts'
import { isLocalDate, type LocalDate } from '../../core/kernel/index.ts'
import type { Door } from '../http/index.ts'
import { paramOf, parsedBy } from './asked.ts'

interface Deps {
  archive: ArchiveDesk
  companyOf: (taxId: string) => Promise<{ companyId: string }>
  /** Rows for the independent checker, one after another. */
  rows: () => AsyncIterable<SealedRow>
}

const date = z.string().refine((text): text is LocalDate => isLocalDate(text))

const question = z.strictObject({
  company: z.string().optional(),
  partner: z.string().max(20).optional(),
  kind: z.string().max(60).optional(),
  number: z.string().max(100).optional(),
  from: date.optional(),
  to: date.optional(),
  after: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
})

/** What the operator's command line asks of the archive, under `/operator/v1`. */
export const archiveDoor = ({ archive, companyOf, rows }: Deps): Door => ({
  name: 'archive',
  mount(router, tools) {
    router.get('/operator/v1/archive/documents', async (ctx) => {
      await tools.operator(ctx)
      const { company, ...asked } = parsedBy(question, { ...ctx.query })
      const companyId = company === undefined ? undefined : (await companyOf(company)).companyId
      const documents = await archive.search({ ...asked, companyId })
      const { after: _, limit: __, ...whole } = asked
      ctx.body = {
        total: asked.after === undefined ? await archive.count({ ...whole, companyId }) : undefined,
        documents: documents.map(archivedValue),
        next: documents.length < asked.limit ? undefined : documents.at(-1)?.documentId,
      }
    })

    router.get('/operator/v1/archive/rows', async (ctx) => {
      await tools.operator(ctx)
      ctx.set('Content-Type', 'application/x-ndjson')
      ctx.body = Readable.from(jsonLines(rows()))
    })

    router.get('/operator/v1/archive/documents/:id/bundle', async (ctx) => {
      await tools.operator(ctx)
      const id = paramOf(ctx, 'id')
      ctx.body = Buffer.from(await archive.bundle(undefined, id))
      ctx.set('Content-Type', 'application/vnd.etsi.asic-e+zip')
      ctx.set('Content-Disposition', `attachment; filename="${id}.asice"`)
    })
  },
})

async function* jsonLines(rows: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`
}
