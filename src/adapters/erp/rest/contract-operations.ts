import { z } from 'zod'
import { consentNames } from '../../../core/contract/index.ts'
import { jsonBy } from './json-body.ts'
import type { Operation } from './operations.ts'

const operation = <Query extends z.ZodObject>(one: Operation<Query>): Operation => one

const text = z.string().max(2000)
const day = z.iso.date()

const tariffShape = z
  .object({
    publication: z.int(),
    id: z.string(),
    name: z.object({ ru: z.string(), kk: z.string(), en: z.string() }),
    price: z.string().describe('With VAT, for 12 months'),
    currency: z.string(),
    vatRate: z.string().optional(),
    outgoingPerMonth: z.int().optional().describe('Absent: without a limit'),
  })
  .meta({ id: 'Tariff' })

const publicationShape = z
  .looseObject({
    seq: z.int(),
    kind: z.string(),
    subject: z.string(),
    version: z.string(),
    title: z.string(),
    hash: z.string().describe('SHA-256 of the published bytes: what an acceptance signs'),
    publishedAt: z.iso.datetime(),
    effectiveOn: day,
    entryHash: z.string(),
    previous: z.string(),
    signature: z.string(),
  })
  .meta({ id: 'Publication' })

const contractShape = z
  .looseObject({
    taxId: z.string(),
    name: z.string(),
    state: z
      .string()
      .describe(
        'NONE, ACCEPTED, INVOICED, PAID, ACTIVE, RESTRICTED, ARCHIVE_ONLY, PURGED, LAPSED, TERMINATING, TERMINATED, BREACH_ENDED, CONSENT_WITHDRAWN',
      ),
    offerVersion: z.string(),
    activatedAt: z.iso.datetime().optional(),
    expiresAt: z.iso.datetime().optional(),
    limit: z.looseObject({ month: z.string(), used: z.int(), perMonth: z.int().optional() }),
  })
  .meta({ id: 'ClientContract' })

const requestShape = z
  .discriminatedUnion('what', [
    z.strictObject({
      what: z.literal('invoice'),
      tariff: z.string().max(40),
      bonus: z.string().max(30).optional(),
    }),
    z.strictObject({ what: z.literal('upgrade'), tariff: z.string().max(40) }),
    z.strictObject({ what: z.literal('termination'), reason: text.optional() }),
    z.strictObject({ what: z.literal('objection'), publication: z.int().optional(), reason: text }),
    z.strictObject({ what: z.literal('consent'), name: z.enum(consentNames), given: z.boolean() }),
    z.strictObject({
      what: z.literal('requisites'),
      changedOn: day,
      email: text.optional(),
      phone: text.optional(),
      address: text.optional(),
      name: text.optional(),
      iik: text.optional(),
      bik: text.optional(),
    }),
    z.strictObject({ what: z.literal('claim'), text }),
    z.strictObject({ what: z.literal('incident'), text }),
    z.strictObject({ what: z.literal('force-majeure'), onsetOn: day, text }),
  ])
  .meta({ id: 'ContractRequest' })

const acceptanceRequest = z
  .strictObject({
    signature: z
      .base64()
      .optional()
      .describe(
        'Detached CMS over the 64 hex digits of the hash, its 32 bytes, or the text itself; without it the key you loaded signs',
      ),
    hash: z
      .string()
      .max(64)
      .optional()
      .describe('Which text was signed: another than the one that holds is refused'),
  })
  .meta({ id: 'Acceptance' })

/** JSON as it goes over the wire: instants are text. */
const wire = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown

/** The contract under the operator's offer, from the client's side. */
export const contractOperations: readonly Operation[] = [
  operation({
    id: 'getOffer',
    method: 'get',
    path: '/offer',
    summary: 'The offer that holds, as you would accept it, and the tariffs',
    response: z.object({ offer: publicationShape.optional(), tariffs: z.array(tariffShape) }),
    run: async ({ desks }) => ({ value: wire(await desks.contracts.offer()) }),
  }),
  operation({
    id: 'acceptOffer',
    method: 'post',
    path: '/offer/acceptance',
    summary: 'Accept the offer with your EDS over its hash (offer 1.2, 10.1)',
    request: acceptanceRequest,
    response: contractShape,
    run: async (asked) => {
      const { signature, hash } = await jsonBy(asked, acceptanceRequest)
      const cms = signature === undefined ? undefined : Buffer.from(signature, 'base64')
      return { value: wire(await asked.desks.contracts.accept(asked.caller, { cms, hash })) }
    },
  }),
  operation({
    id: 'proveOffer',
    method: 'get',
    path: '/offer/proof',
    summary:
      'Which text and price held on a day, and which you had pinned, with the signed lines that prove it',
    query: z.strictObject({ on: day }),
    response: z.looseObject({ on: day, offer: publicationShape, tariffs: z.array(publicationShape) }),
    run: async ({ desks, caller }, { on }) => ({ value: wire(await desks.contracts.prove(caller, on)) }),
  }),
  operation({
    id: 'getContract',
    method: 'get',
    path: '/contract',
    summary: 'Your contract: access, limit, invoice, acts, terms that run',
    response: contractShape,
    run: async ({ desks, caller }) => ({ value: wire(await desks.contracts.show(caller)) }),
  }),
  operation({
    id: 'getContractHistory',
    method: 'get',
    path: '/contract/history',
    summary: 'Every fact of your contract with its clause and the version of the offer, hash-chained',
    response: z.looseObject({
      events: z.array(z.looseObject({ seq: z.int(), name: z.string(), clause: z.string() })),
    }),
    run: async ({ desks, caller }) => ({ value: wire(await desks.contracts.history(caller)) }),
  }),
  operation({
    id: 'whatIfActivated',
    method: 'get',
    path: '/contract/what-if',
    summary:
      'What would happen if access were activated on a day: each date with clause, day rule and calendar',
    query: z.strictObject({ on: day }),
    response: z.looseObject({
      on: day,
      offerVersion: z.string(),
      dates: z.array(z.looseObject({ what: z.string() })),
    }),
    run: async ({ desks }, { on }) => ({ value: wire(await desks.contracts.whatIf(on)) }),
  }),
  operation({
    id: 'askUnderContract',
    method: 'post',
    path: '/contract/requests',
    summary:
      'Ask for an invoice or a higher tariff, give notice, object to a change, give or take back a consent, tell requisites, claim, report an incident or force majeure',
    request: requestShape,
    response: contractShape,
    run: async (asked) => ({
      value: wire(await asked.desks.contracts.ask(asked.caller, await jsonBy(asked, requestShape))),
    }),
  }),
]
