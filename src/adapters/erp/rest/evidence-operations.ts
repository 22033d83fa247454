import type { z } from 'zod'
import { overviewValue, proofValue, statementValue } from '../../../core/meter/index.ts'
import { meterOverviewShape, meterProofShape, meterStatementShape } from './evidence-shapes.ts'
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
]
