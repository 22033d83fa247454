import { z } from 'zod'
import { documentKinds, type DocumentKind } from '../../../core/document/index.ts'
import { dryRunValue } from '../../../core/exchange/index.ts'
import type { Operation } from './operations.ts'
import { faultShape } from './shapes.ts'

const maxFileBytes = 20 * 1024 * 1024

const source = z.object({
  path: z.string().describe('The place in the document: lines[0].price'),
  source: z.string().optional().describe('The place in the file, in the file’s own words'),
  found: z.string().optional().describe('What stood there'),
  rule: z.string().optional().describe('The line of the mapping, or the rule of the reader'),
  dictionary: z.string().optional().describe('The dictionary that translated it'),
})
const value = z.union([z.string(), z.boolean()])

const dryRunShape = z
  .object({
    format: z.string(),
    guessed: z.boolean().describe('The format was not named'),
    wouldSend: z.boolean().describe('Sent now, the file would be accepted as a whole'),
    denial: faultShape.optional().describe('Why this company may not send now'),
    faults: faultShape.array().describe('What is wrong with the file as a whole'),
    documents: z
      .object({
        kind: z.enum(documentKinds as [DocumentKind, ...DocumentKind[]]).optional(),
        document: z.looseObject({}).optional().describe('The document it would become'),
        mapping: z.string().describe('Name, version and digest of the mapping that read it'),
        values: source.extend({ title: z.string(), value }).array(),
        valuesLeftOut: z.int().describe('Values beyond the first 2000'),
        sources: source.array().optional().describe('What was found, when no document came of it'),
        unread: z.string().array().describe('Places of the file that nothing read'),
        faults: faultShape.array(),
        notices: faultShape.array(),
        before: z
          .object({
            documentId: z.string(),
            version: z.string(),
            receivedAt: z.string(),
            outcome: z.enum(['repeat', 'conflict', 'new-version']),
            differences: z
              .object({
                path: z.string(),
                title: z.string(),
                before: value.optional(),
                after: value.optional(),
              })
              .array()
              .optional(),
          })
          .optional()
          .describe('What was sent last under the same GUID'),
      })
      .array(),
  })
  .meta({ id: 'DryRun' })

const query = z.strictObject({
  format: z
    .string()
    .min(1)
    .max(60)
    .optional()
    .describe('Name of the format; without it the best fit is taken'),
  fileName: z.string().max(255).default('').describe('Name of the file'),
  diff: z.enum(['true', 'false']).default('false').describe('Compare with what was sent last'),
})

/** Reads a file and tells what would come of it; always 200 when the file could be looked at. */
export const dryRunOperation: Operation<typeof query> = {
  id: 'dryRun',
  method: 'post',
  path: '/dry-run',
  summary: 'What a foreign file would become, value by value; nothing is stored, metered or sent',
  query,
  request: 'bytes',
  response: dryRunShape,
  run: async (asked, { format, fileName, diff }) => ({
    value: dryRunValue(
      await asked.exchange.dryRun({
        caller: asked.caller,
        format,
        fileName,
        content: await asked.body(maxFileBytes),
        diff: diff === 'true',
      }),
      asked.language,
    ),
  }),
}
