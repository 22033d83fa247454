import { z } from 'zod'
import {
  isDocumentKind,
  readDocumentValue,
  type Document,
  type DocumentKind,
} from '../../../core/document/index.ts'
import type { Caller } from '../../../core/company/index.ts'
import { Refusal, type Exchange, type OpenAttachment, type Receipt } from '../../../core/exchange/index.ts'
import type { Language } from '../../../core/kernel/index.ts'
import { HttpRefusal } from '../../http/index.ts'
import { charsetOf, readDocumentXml } from '../../xml/index.ts'
import type { Desks } from '../contract.ts'
import { dryRunOperation } from './dry-run-operation.ts'
import { contractOperations } from './contract-operations.ts'
import { evidenceOperations } from './evidence-operations.ts'
import { isJson, isXml, jsonBy, jsonIn, parsedBy, readable, typeOf, wrongType } from './json-body.ts'
import { restFault } from './rest-faults.ts'
import {
  commandRequest,
  fetchOut,
  fetchRequest,
  fetchShape,
  portalInvoiceOut,
  portalInvoiceShape,
  portalOriginalShape,
} from './portal-shapes.ts'
import {
  annulmentRequest,
  answerRequest,
  attachmentShape,
  batchOut,
  batchRequest,
  batchShape,
  callerShape,
  changesOut,
  changesShape,
  clientFilesShape,
  connectionOut,
  connectionShape,
  documentsShape,
  joinRequest,
  packageLinkRequest,
  profileShape,
  receiptOut,
  receiptShape,
  rotationRequest,
  rotationShape,
  signatureOut,
  signatureRequest,
  signatureShape,
  signedDocumentRequest,
  signingLinkRequest,
  signingLinkShape,
  statusOut,
  statusShape,
  trailOut,
  trailShape,
  webhookOut,
  webhookRequest,
  webhookShape,
} from './shapes.ts'

/** What an operation is given: the caller is proved, nothing else is believed yet. */
export interface Asked {
  exchange: Exchange
  desks: Desks
  caller: Caller
  language: Language
  requestId: string
  /** How the world reaches us. */
  publicOrigin: string
  params: Readonly<Record<string, string>>
  /** Undefined when the header is not there; an empty one is ''. */
  header(name: string): string | undefined
  body(limitBytes?: number): Promise<Buffer>
}

export interface Answer {
  status?: number
  /** JSON, unless `bytes` are given. */
  value?: unknown
  bytes?: { content: Uint8Array; type: string; fileName: string; etag?: string }
  /** Too large to be held at once. */
  stream?: OpenAttachment
  /** Path below `/api/v1` of what was made. */
  location?: string
  /** The answer holds a secret made for it: the raw log keeps none of its bytes. */
  isSecret?: boolean
  /** The document it is about, for the log line. */
  document?: string
}

/** One operation of REST: the route and its page in OpenAPI come from the same line. */
export interface Operation<Query extends z.ZodObject = z.ZodObject> {
  id: string
  method: 'get' | 'post' | 'put' | 'delete'
  path: string
  summary: string
  /** Query parameters; one that is not among them is refused: a misspelt `signing` must not sign. */
  query?: Query
  /** Headers by name, with what they mean. */
  headers?: Readonly<Record<string, string>>
  /** `document`: JSON or XML of the kind in the path; `signed-document`: the same with its signature; `bytes`: anything. */
  request?: z.ZodType | 'document' | 'signed-document' | 'bytes'
  /** `document`: the exact bytes. */
  response?: z.ZodType | 'document' | 'pdf' | 'attachment' | 'container'
  /** 201 for what was made; `once`: a repeat answers 200 with what was made first. */
  creates?: 'anew' | 'once'
  run(asked: Asked, query: z.output<Query>): Promise<Answer>
}

const operation = <Query extends z.ZodObject>(one: Operation<Query>): Operation => one

const keyHeader = {
  'Idempotency-Key': 'Your own mark of this request; the same key again gives the first receipt',
}
const maxFileBytes = 20 * 1024 * 1024
const maxPartBytes = 4 * 1024 * 1024
const pageLimit = z.coerce.number().int().min(1).max(500).default(100)

const origin = (asked: Asked) => ({ door: 'rest', requestId: asked.requestId })

const keyOf = (asked: Asked): string | undefined => asked.header('idempotency-key')

const kindOf = ({ params }: Asked): DocumentKind => {
  const kind = params.kind ?? ''
  if (!isDocumentKind(kind)) throw new Refusal('not-found', [restFault('REST-01')])
  return kind
}

const idOf = ({ params }: Asked): string => params.id ?? ''

interface DocumentBody {
  document: Document
  raw: Buffer
  format: string
}

/** The document of a body, as JSON or as the format's own XML. */
const documentOf = async (asked: Asked, kind: DocumentKind): Promise<DocumentBody> => {
  const type = typeOf(asked)
  if (isXml(type)) {
    const raw = await asked.body()
    const document = readable(
      await readDocumentXml(raw, { charset: charsetOf(asked.header('content-type')) }),
    )
    if (document.kind !== kind) throw new HttpRefusal(400, [restFault('REST-03')])
    return { document, raw, format: 'daneker-xml' }
  }
  if (!isJson(type)) throw wrongType('application/json, application/xml')
  const raw = await asked.body()
  return { document: readable(readDocumentValue(kind, jsonIn(asked, raw))), raw, format: 'daneker-json' }
}

/** A document that comes with its signature: one JSON, so that a long CMS needs no header. */
const signedDocumentOf = async (
  asked: Asked,
  kind: DocumentKind,
): Promise<DocumentBody & { signature: Uint8Array }> => {
  if (!isJson(typeOf(asked))) throw wrongType('application/json')
  const raw = await asked.body()
  const { document, signature } = parsedBy(signedDocumentRequest, jsonIn(asked, raw))
  return {
    document: readable(readDocumentValue(kind, document)),
    raw,
    format: 'daneker-json',
    signature: Buffer.from(signature, 'base64'),
  }
}

const sent = async (receipt: Receipt, { language, desks }: Asked): Promise<Answer> => ({
  status: receipt.repeat ? 200 : 201,
  value: receiptOut(receipt, language, await desks.meter.lastDay()),
  location: `/documents/${receipt.documentId}`,
  document: receipt.documentId,
})

const sentAll = async (receipts: Receipt[], { language, desks }: Asked): Promise<Answer> => {
  const meter = await desks.meter.lastDay()
  return {
    status: receipts.every(({ repeat }) => repeat) ? 200 : 201,
    value: receipts.map((receipt) => receiptOut(receipt, language, meter)),
  }
}

const linkFor = async (
  asked: Asked,
  documentIds: readonly string[],
  { keepsDays, ...request }: z.output<typeof signingLinkRequest>,
): Promise<Answer> => {
  const { link, expiresAt, mailed } = await asked.desks.makeSigningLink({
    caller: asked.caller,
    documentIds,
    keepsMs: keepsDays * 86_400_000,
    ...request,
  })
  return { status: 201, value: { link, expiresAt: expiresAt.toISOString(), mailed } }
}

export const operations: readonly Operation[] = [
  operation({
    id: 'me',
    method: 'get',
    path: '/me',
    summary: 'Who the credentials belong to, and whether sending is open',
    response: callerShape,
    run: async ({ exchange, caller, language }) => {
      const { maySend, why } = await exchange.standing({ caller })
      return {
        value: {
          companyTaxId: caller.companyTaxId,
          companyName: caller.companyName,
          connection: caller.connectionName,
          maySend,
          why: why?.message[language],
        },
      }
    },
  }),
  operation({
    id: 'sendDocument',
    method: 'post',
    path: '/documents/{kind}',
    summary: 'Send a document',
    query: z.strictObject({
      signing: z
        .enum(['key', 'sender'])
        .optional()
        .describe('`key`: the gateway signs; `sender`: the document waits for your signature'),
    }),
    headers: keyHeader,
    request: 'document',
    response: receiptShape,
    creates: 'once',
    run: async (asked, { signing }) => {
      const { document, raw, format } = await documentOf(asked, kindOf(asked))
      const receipt = await asked.exchange.send({
        caller: asked.caller,
        document,
        raw,
        origin: { ...origin(asked), format },
        key: keyOf(asked),
        signing,
      })
      return sent(receipt, asked)
    },
  }),
  operation({
    id: 'sendSigned',
    method: 'post',
    path: '/documents/{kind}/signed',
    summary: 'Send a document that is signed already',
    headers: keyHeader,
    request: 'signed-document',
    response: receiptShape,
    creates: 'once',
    run: async (asked) => {
      const { document, raw, format, signature } = await signedDocumentOf(asked, kindOf(asked))
      const receipt = await asked.exchange.send({
        caller: asked.caller,
        document,
        raw,
        origin: { ...origin(asked), format },
        key: keyOf(asked),
        signature,
      })
      return sent(receipt, asked)
    },
  }),
  operation({
    id: 'sendMessage',
    method: 'post',
    path: '/messages',
    summary: 'Send a file in a foreign format',
    query: z.strictObject({
      format: z.string().min(1).max(60).describe('Name of the format: daneker-json, daneker-xml …'),
      fileName: z.string().max(255).default('').describe('Name of the file'),
    }),
    headers: keyHeader,
    request: 'bytes',
    response: receiptShape.array(),
    creates: 'once',
    run: async (asked, { format, fileName }) => {
      const receipts = await asked.exchange.sendMessage({
        caller: asked.caller,
        format,
        fileName,
        content: await asked.body(maxFileBytes),
        origin: origin(asked),
        key: keyOf(asked),
      })
      return sentAll(receipts, asked)
    },
  }),
  operation({
    id: 'putFilePart',
    method: 'put',
    path: '/files/{fileId}/parts/{part}',
    summary: 'Upload one part of a large file; parts are numbered from 1 and may come twice',
    request: 'bytes',
    run: async (asked) => {
      const part = /^\d{1,5}$/.test(asked.params.part ?? '') ? Number(asked.params.part) : 0
      await asked.exchange.putFilePart({
        caller: asked.caller,
        fileId: asked.params.fileId ?? '',
        part,
        bytes: await asked.body(maxPartBytes),
      })
      return { status: 204 }
    },
  }),
  operation({
    id: 'putData',
    method: 'post',
    path: '/files/{fileId}/message',
    summary: 'Join the parts of a file and send it as a message',
    headers: keyHeader,
    request: joinRequest,
    response: receiptShape.array(),
    creates: 'once',
    run: async (asked) => {
      const { format, fileName } = await jsonBy(asked, joinRequest)
      const receipts = await asked.exchange.putData({
        caller: asked.caller,
        fileId: asked.params.fileId ?? '',
        format,
        fileName,
        origin: origin(asked),
        key: keyOf(asked),
      })
      return sentAll(receipts, asked)
    },
  }),
  operation({
    id: 'joinFile',
    method: 'post',
    path: '/files/{fileId}/attachment',
    summary:
      'Join the parts of a file; documents name it as their attachment by the size and SHA-256 given back',
    response: attachmentShape,
    run: async (asked) => {
      const { digest, size } = await asked.exchange.joinFile({
        caller: asked.caller,
        fileId: asked.params.fileId ?? '',
      })
      return { value: { sha256: digest, size: String(size) } }
    },
  }),
  operation({
    id: 'getAttachment',
    method: 'get',
    path: '/documents/{id}/attachment',
    summary: 'The large file that a document names as its attachment',
    response: 'attachment',
    run: async (asked) => {
      const { attachment } = await asked.exchange.attachment({
        caller: asked.caller,
        documentId: idOf(asked),
      })
      return { stream: attachment }
    },
  }),
  operation({
    id: 'listDocuments',
    method: 'get',
    path: '/documents',
    summary: 'Documents of a box, oldest first',
    query: z.strictObject({
      box: z.enum(['outbox', 'inbox']).default('outbox'),
      after: z.uuid().optional().describe('`next` of the page before'),
      limit: pageLimit,
      kind: z.string().max(60).optional().describe('Only this kind'),
      number: z.string().max(100).optional().describe('Only this number'),
      partner: z.string().max(20).optional().describe('Only with this БИН/ИИН'),
    }),
    response: documentsShape,
    run: async (asked, { partner, ...filter }) => {
      const documents = await asked.exchange.list({
        caller: asked.caller,
        filter: { ...filter, partnerTaxId: partner },
      })
      const next = documents.length < filter.limit ? undefined : documents.at(-1)?.documentId
      return { value: { documents: documents.map(statusOut), next } }
    },
  }),
  operation({
    id: 'getStatus',
    method: 'get',
    path: '/documents/{id}',
    summary: 'State of a document, by our id or by the GUID of your base',
    response: statusShape,
    run: async (asked) => ({
      value: statusOut(await asked.exchange.status({ caller: asked.caller, documentId: idOf(asked) })),
    }),
  }),
  operation({
    id: 'getDocument',
    method: 'get',
    path: '/documents/{id}/content',
    summary: 'The exact bytes: what is signed',
    response: 'document',
    run: async (asked) => {
      const { bytes, status } = await asked.exchange.document({
        caller: asked.caller,
        documentId: idOf(asked),
      })
      return {
        bytes: {
          content: bytes,
          type: 'application/xml; charset=utf-8',
          fileName: `${status.documentId}.xml`,
          etag: status.digest,
        },
      }
    },
  }),
  operation({
    id: 'printDocument',
    method: 'get',
    path: '/documents/{id}/print',
    summary: 'The visual form as a PDF with the sheet of signatures; it has no legal force of its own',
    response: 'pdf',
    run: async (asked) => {
      const { pdf, status } = await asked.exchange.print({
        caller: asked.caller,
        documentId: idOf(asked),
        language: asked.language,
      })
      return { bytes: { content: pdf, type: 'application/pdf', fileName: `${status.documentId}.pdf` } }
    },
  }),
  operation({
    id: 'getSignatures',
    method: 'get',
    path: '/documents/{id}/signatures',
    summary: 'All signatures of a document with their verdicts and proofs',
    query: z.strictObject({
      form: z
        .enum(['original', 'extended'])
        .default('original')
        .describe('`extended`: beside the original its copy with time stamp and evidence'),
    }),
    response: signatureShape.array(),
    run: async (asked, { form }) => {
      const signatures = await asked.exchange.signatures({ caller: asked.caller, documentId: idOf(asked) })
      return { value: signatures.map((signature) => signatureOut(signature, form === 'extended')) }
    },
  }),
  operation({
    id: 'submitSignature',
    method: 'post',
    path: '/documents/{id}/signature',
    summary: 'Your signature for a document that waits for it',
    request: signatureRequest,
    response: statusShape,
    run: async (asked) => {
      const { cms } = await jsonBy(asked, signatureRequest)
      const status = await asked.exchange.submitSignature({
        caller: asked.caller,
        documentId: idOf(asked),
        cms: Buffer.from(cms, 'base64'),
      })
      return { value: statusOut(status) }
    },
  }),
  operation({
    id: 'makeSigningLink',
    method: 'post',
    path: '/documents/{id}/signing-link',
    summary: 'A page where a person signs a document that waits for your signature',
    request: signingLinkRequest,
    response: signingLinkShape,
    creates: 'anew',
    run: async (asked) => linkFor(asked, [idOf(asked)], await jsonBy(asked, signingLinkRequest)),
  }),
  operation({
    id: 'makePackageLink',
    method: 'post',
    path: '/signing-links',
    summary: 'A page where a person signs a package of documents in one window of NCALayer',
    request: packageLinkRequest,
    response: signingLinkShape,
    creates: 'anew',
    run: async (asked) => {
      const { documentIds, ...request } = await jsonBy(asked, packageLinkRequest)
      return linkFor(asked, documentIds, request)
    },
  }),
  operation({
    id: 'signBatch',
    method: 'post',
    path: '/signatures',
    summary:
      'Sign many documents with the key kept in the gateway, at one word: outgoing ones that wait for your signature, incoming ones that wait for acceptance',
    request: batchRequest,
    response: batchShape,
    run: async (asked) => {
      const { documentIds } = await jsonBy(asked, batchRequest)
      const batch = await asked.exchange.signBatch({ caller: asked.caller, documentIds })
      return { value: batchOut(batch, asked.language) }
    },
  }),
  operation({
    id: 'answerDocument',
    method: 'post',
    path: '/documents/{id}/answer',
    summary: 'Accept a document with a signature, or refuse it with a reason',
    request: answerRequest,
    response: statusShape,
    run: async (asked) => {
      const { answer, reason, signature } = await jsonBy(asked, answerRequest)
      const status = await asked.exchange.answer({
        caller: asked.caller,
        documentId: idOf(asked),
        answer,
        reason,
        signature: signature === undefined ? undefined : Buffer.from(signature, 'base64'),
      })
      return { value: statusOut(status) }
    },
  }),
  operation({
    id: 'annulDocument',
    method: 'post',
    path: '/documents/{id}/annulment',
    summary: 'Take a document back: at once before delivery, with the recipient’s consent after it',
    request: annulmentRequest,
    response: statusShape,
    run: async (asked) => {
      const { reason } = await jsonBy(asked, annulmentRequest)
      const status = await asked.exchange.annul({ caller: asked.caller, documentId: idOf(asked), reason })
      return { value: statusOut(status) }
    },
  }),
  operation({
    id: 'getPortalInvoice',
    method: 'get',
    path: '/documents/{id}/portal',
    summary: 'How a tax invoice stands at the state portal, which terms run, what was commanded about it',
    response: portalInvoiceShape,
    run: async (asked) => ({
      value: portalInvoiceOut(
        await asked.desks.invoices.standing({ caller: asked.caller, documentId: idOf(asked) }),
        asked.language,
      ),
    }),
  }),
  operation({
    id: 'getPortalOriginal',
    method: 'get',
    path: '/documents/{id}/portal/original',
    summary: 'The invoice in the portal’s own form, character for character, with its signature',
    response: portalOriginalShape,
    run: async (asked) => ({
      value: await asked.desks.invoices.original({ caller: asked.caller, documentId: idOf(asked) }),
    }),
  }),
  operation({
    id: 'commandInvoice',
    method: 'post',
    path: '/documents/{id}/portal/commands',
    summary: 'Confirm, decline, revoke, unrevoke an invoice at the portal, or delete a failed one there',
    request: commandRequest,
    response: portalInvoiceShape,
    run: async (asked) => {
      const { command, reason } = await jsonBy(asked, commandRequest)
      const view = await asked.desks.invoices.command({
        caller: asked.caller,
        documentId: idOf(asked),
        command,
        reason,
      })
      return { value: portalInvoiceOut(view, asked.language), document: view.documentId }
    },
  }),
  operation({
    id: 'fetchInvoices',
    method: 'post',
    path: '/portal/fetch',
    summary: 'Ask the portal for the invoices that others issued to you in a range of days',
    request: fetchRequest,
    response: fetchShape,
    run: async (asked) => {
      const { from, to } = await jsonBy(asked, fetchRequest)
      return { value: fetchOut(await asked.desks.invoices.fetch({ caller: asked.caller, from, to })) }
    },
  }),
  operation({
    id: 'getFetchProgress',
    method: 'get',
    path: '/portal/fetch',
    summary: 'How far your requests for incoming invoices are',
    response: fetchShape,
    run: async (asked) => ({
      value: fetchOut(await asked.desks.invoices.progress({ caller: asked.caller })),
    }),
  }),
  operation({
    id: 'getTrail',
    method: 'get',
    path: '/documents/{id}/trail',
    summary: 'Everything that happened to a document',
    response: trailShape,
    run: async (asked) => {
      const lines = await asked.exchange.trail({ caller: asked.caller, documentId: idOf(asked) })
      const { documentId } = await asked.exchange.status({ caller: asked.caller, documentId: idOf(asked) })
      return { value: trailOut([...lines, ...(await asked.desks.meter.trail(asked.caller, documentId))]) }
    },
  }),
  operation({
    id: 'getChanges',
    method: 'get',
    path: '/changes',
    summary: 'What happened since a cursor, in order; a cursor stays good for ever',
    query: z.strictObject({
      cursor: z.string().max(200).optional().describe('Of the last answer; nothing: from the beginning'),
      limit: pageLimit,
    }),
    response: changesShape,
    run: async (asked, { cursor, limit }) => ({
      value: changesOut(await asked.exchange.changes({ caller: asked.caller, cursor, limit })),
    }),
  }),
  operation({
    id: 'addWebhook',
    method: 'post',
    path: '/webhooks',
    summary: 'Have events posted to an address, signed (Standard Webhooks)',
    request: webhookRequest,
    response: webhookShape,
    creates: 'anew',
    run: async (asked) => {
      const { url } = await jsonBy(asked, webhookRequest)
      const made = await asked.desks.webhooks.add({ caller: asked.caller, url })
      return { status: 201, isSecret: true, value: webhookOut(made) }
    },
  }),
  operation({
    id: 'listWebhooks',
    method: 'get',
    path: '/webhooks',
    summary: 'Addresses that hear of events',
    response: webhookShape.array(),
    run: async (asked) => ({
      value: (await asked.desks.webhooks.list({ caller: asked.caller })).map(webhookOut),
    }),
  }),
  operation({
    id: 'removeWebhook',
    method: 'delete',
    path: '/webhooks/{id}',
    summary: 'Stop posting to an address',
    run: async (asked) => {
      await asked.desks.webhooks.remove({ caller: asked.caller, id: idOf(asked) })
      return { status: 204 }
    },
  }),
  ...evidenceOperations,
  operation(dryRunOperation),
  ...contractOperations,
  operation({
    id: 'getConnection',
    method: 'get',
    path: '/connection',
    summary: 'Your own connection: its strings for 1C, its secrets’ ends, its profile',
    response: connectionShape,
    run: async ({ caller, desks, language, publicOrigin }) => ({
      value: connectionOut(
        await desks.connections.show(caller.connectionId),
        await desks.connections.profile(caller.connectionId),
        desks.addresses(publicOrigin),
        language,
      ),
    }),
  }),
  operation({
    id: 'getModule',
    method: 'get',
    path: '/connection/bsl',
    summary:
      'A module in BSL for an extension of your 1C, made for this connection, with the instruction in Russian',
    response: clientFilesShape,
    run: async ({ caller, desks, publicOrigin }) => {
      const { login, companyName, companyTaxId, name } = await desks.connections.show(caller.connectionId)
      const files = desks.clientFiles({
        origin: publicOrigin,
        login,
        companyName,
        companyTaxId,
        connectionName: name,
      })
      return { value: { files } }
    },
  }),
  operation({
    id: 'setConnectionProfile',
    method: 'put',
    path: '/connection/profile',
    summary:
      'Replace the profile of your connection: data of your organisation that 1C does not publish, your own units and VAT rates, settings of doors',
    request: profileShape,
    response: profileShape,
    run: async (asked) => ({
      value: await asked.desks.connections.setProfile(
        asked.caller.connectionId,
        await jsonBy(asked, profileShape),
      ),
    }),
  }),
  operation({
    id: 'rotateConnection',
    method: 'post',
    path: '/connection/rotation',
    summary: 'A new password or key beside the old one, which goes on working for a while',
    request: rotationRequest,
    response: rotationShape,
    creates: 'anew',
    run: async (asked) => {
      const { what, overlapHours } = await jsonBy(asked, rotationRequest)
      const rotated = await asked.desks.connections.rotate(asked.caller.connectionId, {
        what,
        overlapMs: overlapHours * 3_600_000,
      })
      return {
        status: 201,
        isSecret: true,
        value: { ...rotated, oldWorksUntil: rotated.oldWorksUntil.toISOString() },
      }
    },
  }),
]
