import { z } from 'zod'

/** Shapes of what a client checks the operator with. */

const hex = z.string().regex(/^[0-9a-f]{64}$/)
const day = z.iso.date()
const month = z.string().regex(/^\d{4}-\d{2}$/)
const base64 = z.base64()

const line = z.object({ documentId: z.uuid(), digest: hex, receivedAt: z.iso.datetime(), month })
const link = line.extend({ number: z.int(), leaf: hex, head: hex }).meta({ id: 'MeterLink' })
const path = z.array(z.object({ side: z.enum(['left', 'right']), digest: hex }))
const sealedDay = z
  .object({
    seal: z.object({ taxId: z.string(), day, first: z.int(), last: z.int(), root: hex, head: hex }),
    path: path.describe('From the seal to the root of the day'),
    day: z.object({
      day,
      number: z.int(),
      companies: z.int(),
      documents: z.int(),
      root: hex,
      previous: hex,
      digest: hex,
      signature: base64,
      stamp: base64.optional().describe('RFC 3161 token over the record of the day'),
    }),
  })
  .meta({ id: 'MeterDay' })

export const meterOverviewShape = z
  .object({
    taxId: z.string(),
    months: z.array(
      z.object({
        month,
        count: z.int(),
        linked: z.int().describe('Of them in the chain already; the rest follows within a minute'),
      }),
    ),
    lastDay: z.object({ day, digest: hex }).optional().describe('Keep it: you are a witness'),
    publicKey: base64.describe('Ed25519, SubjectPublicKeyInfo'),
  })
  .meta({ id: 'Meter' })

export const meterStatementShape = z
  .object({
    format: z.literal('urn:daneker:meter-statement:1'),
    taxId: z.string(),
    name: z.string(),
    month,
    count: z.int(),
    madeAt: z.iso.datetime(),
    headBefore: hex,
    links: z.array(link),
    open: z.array(line).describe('Counted in the last minutes, not chained yet'),
    days: z.array(sealedDay),
    text: z.string().describe('What the signature is over'),
    signature: base64,
    publicKey: base64,
  })
  .meta({ id: 'MeterStatement' })

export const meterProofShape = z
  .object({
    format: z.literal('urn:daneker:meter-proof:1'),
    taxId: z.string(),
    link,
    linkPath: path.optional().describe('From the count to the root of the seal'),
    seal: sealedDay.shape.seal.optional(),
    path: path.optional(),
    day: sealedDay.shape.day.optional(),
    publicKey: base64,
  })
  .meta({ id: 'MeterProof' })

export const archivePageShape = z
  .object({
    documents: z.array(
      z
        .object({
          documentId: z.uuid(),
          kind: z.string(),
          number: z.string(),
          date: day,
          senderTaxId: z.string(),
          recipientTaxId: z.string(),
          manifestDigest: hex.describe('Of the list of everything archived with it'),
          archivedAt: z.iso.datetime(),
          size: z.int(),
          place: z.int().optional().describe('In the chain of the archive, from the first night on'),
          purgedAt: z.iso.datetime().optional(),
        })
        .meta({ id: 'ArchivedDocument' }),
    ),
    next: z.uuid().optional(),
  })
  .meta({ id: 'ArchivePage' })
