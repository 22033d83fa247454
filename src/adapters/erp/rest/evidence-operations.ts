import { z } from 'zod'
import { archivedValue } from '../../../core/archive/index.ts'
import { overviewValue, proofValue, statementValue } from '../../../core/meter/index.ts'
import {
  archivePageShape,
  meterOverviewShape,
  meterProofShape,
  meterStatementShape,
} from './evidence-shapes.ts'
import type { Operation } from './operations.ts'

const operation = <Query extends z.ZodObject>(one: Operation<Query>): Operation => one

/** What a client asks to check the operator: the meter. */
export const evidenceOperations: readonly Operation[] = [
  operation({
    id: 'getMeter',
    method: 'get',
    path: '/meter',
    summary: 'How many documents were counted in each month, and the newest closed day',
    response: meterOverviewShape,
    run: async ({ desks, caller }) => ({
      value: overviewValue(
        await desks.meter.overview({
          companyId: caller.companyId,
          taxId: caller.companyTaxId,
          name: caller.companyName,
        }),
      ),
    }),
  }),
  operation({
    id: 'getMeterStatement',
    method: 'get',
    path: '/meter/{month}',
    summary: 'The statement of a month: every count with its document, chained, closed by days, signed',
    response: meterStatementShape,
    run: async ({ desks, caller, params }) => ({
      value: statementValue(
        await desks.meter.statement(
          { companyId: caller.companyId, taxId: caller.companyTaxId, name: caller.companyName },
          params.month ?? '',
        ),
      ),
    }),
  }),
  operation({
    id: 'getMeterProof',
    method: 'get',
    path: '/documents/{id}/meter',
    summary: 'How a document you sent was counted, with the path to the root of its day',
    response: meterProofShape,
    run: async ({ desks, caller, params }) => ({
      value: proofValue(await desks.meter.proof(caller, params.id ?? '')),
    }),
  }),
  operation({
    id: 'searchArchive',
    method: 'get',
    path: '/archive',
    summary: 'Archived documents of both boxes, oldest first, by partner, kind, date and number',
    query: z.strictObject({
      partner: z.string().max(20).optional().describe('Only with this БИН/ИИН'),
      kind: z.string().max(60).optional().describe('Only this kind'),
      number: z.string().max(100).optional().describe('Only this number'),
      from: z.iso.date().optional().describe('Date of the document'),
      to: z.iso.date().optional(),
      after: z.uuid().optional().describe('`next` of the page before'),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    response: archivePageShape,
    run: async ({ desks, caller }, question) => {
      const documents = await desks.archive.search({ ...question, companyId: caller.companyId })
      const next = documents.length < question.limit ? undefined : documents.at(-1)?.documentId
      return { value: { documents: documents.map(archivedValue), next } }
    },
  }),
  operation({
    id: 'getBundle',
    method: 'get',
    path: '/documents/{id}/bundle',
    summary: 'The document with all its evidence in one file (ASiC-E), to be checked without us',
    response: 'container',
    run: async ({ desks, caller, params }) => ({
      bytes: {
        content: await desks.archive.bundle(caller, params.id ?? ''),
        type: 'application/vnd.etsi.asic-e+zip',
        fileName: `${(params.id ?? '').replace(/[^0-9A-Za-z-]/g, '')}.asice`,
      },
      document: params.id,
    }),
  }),
]
