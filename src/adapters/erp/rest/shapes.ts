import { z } from 'zod'
import { documentKinds, type DocumentKind } from '../../../core/document/index.ts'
import type {
  Batch,
  Changes,
  Receipt,
  ProvenSignature,
  Status,
  TrailLine,
  WebhookView,
} from '../../../core/exchange/index.ts'
import type { ConnectionProfile, ConnectionView } from '../../../core/company/index.ts'
import type { Fault, Language } from '../../../core/kernel/index.ts'
import type { Witnessed } from '../../../core/meter/index.ts'
import type { DoorAddress } from '../contract.ts'

/** The shapes of REST, once: requests are checked by them, OpenAPI shows them. */

const instant = z.iso.datetime()
const digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256 of the exact bytes, hexadecimal')
const kind = z.enum(documentKinds as [DocumentKind, ...DocumentKind[]]).meta({ id: 'DocumentKind' })

export const faultShape = z
  .object({
    code: z.string().describe('Stable for ever'),
    path: z.string().describe('Where it is in the document; empty when it concerns the whole'),
    source: z.string().optional().describe('The field of your own file behind it'),
    message: z
      .string()
      .describe('What is wrong and what to do, in the language of Accept-Language (ru, kk, en)'),
  })
  .meta({ id: 'Fault' })

export const problemShape = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
    faults: z.array(faultShape),
    documentId: z.string().optional().describe('The document a conflict is about'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' })

const senderState = z
  .enum([
    'awaiting_signature',
    'signing',
    'signed',
    'delivered',
    'annulment_requested',
    'completed',
    'refused',
    'annulled',
    'failed',
  ])
  .meta({ id: 'SenderState' })
const recipientState = z
  .enum(['none', 'arrived', 'viewed', 'annulment_requested', 'accepted', 'refused', 'settled', 'annulled'])
  .meta({ id: 'RecipientState' })
const mirrorState = z
  .enum(['none', 'waiting', 'submitted', 'registered', 'rejected'])
  .meta({ id: 'MirrorState' })

export const receiptShape = z
  .object({
    documentId: z.uuid(),
    repeat: z.boolean().describe('Accepted before: nothing was stored, counted or sent again'),
    receivedAt: instant,
    digest,
    state: senderState,
    notices: z.array(faultShape).describe('What differs but did not stop the document'),
    meter: z
      .object({ day: z.iso.date(), digest })
      .optional()
      .describe('The newest closed day of the meter. Keep it: you are a witness of all counts before'),
  })
  .meta({ id: 'Receipt' })

export const statusShape = z
  .object({
    documentId: z.uuid(),
    side: z.enum(['sender', 'recipient']),
    kind,
    guid: z.string(),
    version: z.string(),
    number: z.string(),
    date: z.iso.date(),
    senderTaxId: z.string(),
    senderName: z.string(),
    recipientTaxId: z.string(),
    recipientName: z.string(),
    total: z.string().optional(),
    currency: z.string().optional(),
    digest,
    receivedAt: instant,
    senderState,
    recipientState,
    mirrorState,
    final: z.boolean().describe('Nothing more will happen'),
    reason: z.string().optional(),
    registrationNumber: z.string().optional().describe('Of the state portal'),
    archivedAt: instant.optional(),
  })
  .meta({ id: 'Status' })

export const documentsShape = z
  .object({
    documents: z.array(statusShape),
    next: z.uuid().optional().describe('Hand it back as `after`; absent on the last page'),
  })
  .meta({ id: 'Documents' })

export const changesShape = z
  .object({
    changes: z.array(
      z.object({
        cursor: z.string(),
        documentId: z.uuid(),
        name: z.string().describe('noun.verb-in-past: document.delivered, mirror.registered …'),
        at: instant,
        status: statusShape,
        details: z.record(z.string(), z.unknown()),
      }),
    ),
    cursor: z.string().describe('Hand it back next time'),
    more: z.boolean(),
  })
  .meta({ id: 'Changes' })

export const signatureShape = z
  .object({
    id: z.uuid(),
    side: z.enum(['sender', 'recipient']),
    purpose: z.enum(['document', 'refusal', 'annulment']),
    cms: z.base64().describe('Detached CMS, exactly as it came'),
    signedAt: instant,
    verdict: z.enum(['VALID', 'INVALID', 'INDETERMINATE']),
    signer: z.record(z.string(), z.unknown()),
    extended: z
      .base64()
      .optional()
      .describe(
        'The same signature with its time stamp, certificates and answers about revocation (CAdES-T/-LT, archive stamps later): can be checked for years without asking anybody. Only with `form=extended`, once the proof is complete',
      ),
    proof: z
      .object({
        state: z.enum(['pending', 'complete', 'failed']),
        stampedAt: instant.optional().describe('The signature existed by then'),
        stampEndsAt: instant.optional().describe('Renewed by an archive time stamp before then'),
        renewedAt: instant.optional(),
      })
      .optional()
      .describe('Absent where the gateway has no time-stamping authority'),
  })
  .meta({ id: 'Signature' })

export const trailShape = z
  .object({
    lines: z.array(
      z.object({
        at: instant,
        what: z.enum(['event', 'attempt', 'signature', 'meter']),
        name: z.string(),
        details: z.record(z.string(), z.unknown()),
      }),
    ),
  })
  .meta({ id: 'Trail' })

export const webhookShape = z
  .object({
    id: z.uuid(),
    url: z.string(),
    secret: z.string().optional().describe('Shown once, when the address is added (Standard Webhooks)'),
    disabledAt: instant.optional(),
    disabledReason: z.string().optional(),
  })
  .meta({ id: 'Webhook' })

export const signingLinkShape = z
  .object({
    link: z.url().describe('Opens these documents only'),
    expiresAt: instant,
    mailed: z.boolean().describe('Whether a mail with such a link is on its way, too'),
  })
  .meta({ id: 'SigningLink' })

export const batchShape = z
  .object({
    batchId: z.uuid().describe('Stands in the book of key uses beside every signature of this batch'),
    results: z.array(
      z.object({
        documentId: z.string().describe('As you gave it'),
        outcome: z
          .enum(['signed', 'already', 'waiting', 'refused', 'unavailable'])
          .describe(
            '`already`: it was before; `waiting`: the authority has yet to confirm the key; `unavailable`: the same again later',
          ),
        faults: z.array(faultShape),
        status: statusShape.optional(),
      }),
    ),
  })
  .meta({ id: 'Batch' })

/** What a webhook carries: enough to know what to fetch. */
export const webhookEventShape = z
  .object({
    type: z.string().describe('Name of the event, as in the feed'),
    timestamp: instant,
    data: z.object({ cursor: z.string(), documentId: z.uuid(), status: statusShape }),
  })
  .meta({ id: 'WebhookEvent' })

export const callerShape = z
  .object({
    companyTaxId: z.string(),
    companyName: z.string(),
    connection: z.string(),
    maySend: z.boolean(),
    why: z.string().optional().describe('Why sending is closed'),
  })
  .meta({ id: 'Me' })

/** Larger ones are no signatures: 1 MiB of CMS. */
const cms = z.base64().min(1).max(1_400_000)

/** The document by the schema of its kind, which the description names in its place. */
export const signedDocumentRequest = z.strictObject({
  document: z.unknown(),
  signature: cms.describe('Detached CMS over the exact bytes of the document'),
})
const signingLinkFields = {
  sentTo: z.string().max(254).describe('E-mail of the person who will sign'),
  keepsDays: z.int().min(1).max(30).default(7),
  mail: z.boolean().default(false).describe('Write to the address, and go on trying'),
  askedBy: z
    .string()
    .max(200)
    .optional()
    .describe('Who asks; the name of your connection where nobody is named'),
  signBy: z.iso.date().optional().describe('By when it is to be signed'),
  note: z.string().max(500).optional(),
}
export const signingLinkRequest = z.strictObject(signingLinkFields).meta({ id: 'SigningLinkRequest' })
export const packageLinkRequest = z
  .strictObject({ documentIds: z.array(z.string().max(100)).min(1).max(50), ...signingLinkFields })
  .meta({ id: 'PackageLinkRequest' })
export const batchRequest = z
  .strictObject({ documentIds: z.array(z.string().max(100)).min(1).max(100) })
  .meta({ id: 'BatchRequest' })
export const signatureRequest = z.strictObject({ cms }).meta({ id: 'SignatureRequest' })
export const answerRequest = z
  .strictObject({
    answer: z.enum(['accept', 'refuse']),
    reason: z.string().max(1000).optional().describe('Required for a refusal'),
    signature: cms
      .optional()
      .describe('Detached CMS over the exact bytes; without it a key kept in the gateway signs'),
  })
  .meta({ id: 'AnswerRequest' })
export const annulmentRequest = z
  .strictObject({ reason: z.string().max(1000) })
  .meta({ id: 'AnnulmentRequest' })
export const attachmentShape = z
  .strictObject({ sha256: z.string(), size: z.string().describe('Bytes') })
  .meta({ id: 'JoinedFile' })
export const joinRequest = z
  .strictObject({ format: z.string().max(60), fileName: z.string().max(255).default('') })
  .meta({ id: 'JoinRequest' })
export const webhookRequest = z.strictObject({ url: z.string().max(2000) }).meta({ id: 'WebhookRequest' })

// From what the use cases speak to what goes over the wire.

const faultIn = (language: Language) => (fault: Fault) => ({
  code: fault.code,
  path: fault.path,
  message: fault.message[language],
})

export const receiptOut = (
  receipt: Receipt,
  language: Language,
  meter: Witnessed | undefined,
): z.input<typeof receiptShape> => ({
  ...receipt,
  ...(meter && { meter }),
  receivedAt: receipt.receivedAt.toISOString(),
  notices: receipt.notices.map(faultIn(language)),
})

export const batchOut = ({ batchId, results }: Batch, language: Language): z.input<typeof batchShape> => ({
  batchId,
  results: results.map(({ status, faults, ...rest }) => ({
    ...rest,
    faults: faults.map(faultIn(language)),
    status: status && statusOut(status),
  })),
})

export const statusOut = (status: Status): z.input<typeof statusShape> => ({
  ...status,
  receivedAt: status.receivedAt.toISOString(),
  archivedAt: status.archivedAt?.toISOString(),
})

export const changesOut = ({ changes, ...rest }: Changes): z.input<typeof changesShape> => ({
  changes: changes.map((change) => ({
    ...change,
    at: change.at.toISOString(),
    status: statusOut(change.status),
  })),
  ...rest,
})

export const signatureOut = (
  { proof, ...signature }: ProvenSignature,
  withExtended: boolean,
): z.input<typeof signatureShape> => ({
  id: signature.id,
  side: signature.side,
  purpose: signature.purpose,
  cms: Buffer.from(signature.cms).toString('base64'),
  signedAt: signature.signedAt.toISOString(),
  verdict: signature.verdict,
  signer: signature.signer,
  extended:
    withExtended && proof?.material !== undefined
      ? Buffer.from(proof.material.extendedCms).toString('base64')
      : undefined,
  proof: proof && {
    state: proof.state,
    stampedAt: proof.material?.stampedAt.toISOString(),
    stampEndsAt: proof.material?.stampEndsAt.toISOString(),
    renewedAt: proof.renewedAt?.toISOString(),
  },
})

export const trailOut = (lines: TrailLine[]): z.input<typeof trailShape> => ({
  lines: lines.map((line) => ({ ...line, at: line.at.toISOString() })),
})

export const webhookOut = (webhook: WebhookView & { secret?: string }): z.input<typeof webhookShape> => ({
  ...webhook,
  disabledAt: webhook.disabledAt?.toISOString(),
})

const codes = z.record(z.string(), z.string())

/** As much as a description can say; the core checks it whole and names every fault. */
export const profileShape = z
  .object({
    organisation: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Fields of your organisation as documents name them: address, phone, email, bank …'),
    units: codes.optional().describe('Your own names of units, each with its code of МКЕИ'),
    vatRates: codes.optional().describe('Your own names of VAT rates, each with a rate: 16, 12, 0, none'),
    settings: z
      .record(z.string(), z.record(z.string(), z.unknown()))
      .optional()
      .describe('Settings by door or mapping; never a password'),
  })
  .loose()
  .meta({ id: 'ConnectionProfile' })

const secretEnd = z.object({
  keyId: z.string().optional(),
  expiresAt: instant.optional().describe('Undefined: until replaced'),
})

export const connectionShape = z
  .object({
    id: z.string(),
    companyTaxId: z.string(),
    companyName: z.string(),
    name: z.string(),
    login: z.string(),
    signing: z.enum(['key', 'sender']),
    door: z.string().describe('The door it mainly uses'),
    passwords: z.array(secretEnd),
    keys: z.array(secretEnd),
    doors: z.array(
      z.object({
        door: z.string(),
        addresses: z.array(z.object({ name: z.string(), title: z.string(), value: z.string() })),
      }),
    ),
    profile: profileShape,
  })
  .meta({ id: 'Connection' })

export const connectionOut = (
  { id, companyTaxId, companyName, name, login, signing, door, passwords, keys }: ConnectionView,
  profile: ConnectionProfile,
  doors: { door: string; addresses: DoorAddress[] }[],
  language: Language,
): z.output<typeof connectionShape> => ({
  id,
  companyTaxId,
  companyName,
  name,
  login,
  signing,
  door,
  passwords: passwords.map(({ expiresAt }) => ({ expiresAt: expiresAt?.toISOString() })),
  keys: keys.map(({ keyId, expiresAt }) => ({ keyId, expiresAt: expiresAt?.toISOString() })),
  doors: doors.map(({ door: own, addresses }) => ({
    door: own,
    addresses: addresses.map((one) => ({ ...one, title: one.title[language] })),
  })),
  profile: { ...profile },
})

export const rotationRequest = z.strictObject({
  what: z.enum(['password', 'key', 'both']).default('password'),
  overlapHours: z.number().min(0).max(720).default(24),
})

export const rotationShape = z
  .object({
    password: z.string().optional().describe('Shown this once'),
    apiKey: z.string().optional().describe('Shown this once'),
    oldWorksUntil: instant,
  })
  .meta({ id: 'Rotation' })

export const clientFilesShape = z
  .object({ files: z.array(z.object({ name: z.string(), text: z.string() })) })
  .meta({ id: 'ClientFiles' })
