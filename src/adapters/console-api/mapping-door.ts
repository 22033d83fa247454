import { z } from 'zod'
import type { ForeignFormat, Rehearsal } from '../../core/exchange/index.ts'
import type { Result } from '../../core/kernel/index.ts'
import { HttpRefusal, type Door } from '../http/index.ts'
import { asked } from './asked.ts'

export interface MappingDoorDeps {
  /** A format as another text of its mapping would make it. */
  draft(format: string, text: string): Result<ForeignFormat>
  rehearse(format: ForeignFormat, page: { since: Date; after?: string }): Promise<Rehearsal>
}

const question = z.strictObject({
  format: z.string().max(60),
  text: z.string().max(600_000),
  since: z.iso.date(),
  after: z.uuid().optional(),
})

/** What a changed mapping would make of everything that was read before: nothing is stored. */
export const mappingDoor = (deps: MappingDoorDeps): Door => ({
  name: 'mappings',
  mount(router, tools) {
    router.post('/operator/v1/mappings/rehearsal', async (ctx) => {
      const { body } = await asked(tools, ctx, question)
      const draft = deps.draft(body.format, body.text)
      if (!draft.ok) throw new HttpRefusal(422, draft.faults)
      const { documents, after } = await deps.rehearse(draft.value, {
        // A day begins in Almaty.
        since: new Date(`${body.since}T00:00:00+05:00`),
        after: body.after,
      })
      const { language } = ctx.state
      ctx.body = {
        documents: documents.map(({ faults, ...rest }) => ({
          ...rest,
          faults: faults.map(({ code, path, source, message }) => ({
            code,
            path,
            source,
            message: message[language],
          })),
        })),
        after,
      }
    })
  },
})
