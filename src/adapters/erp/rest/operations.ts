import type { z } from 'zod'
import {
  isDocumentKind,
  readDocumentValue,
  type Document,
  type DocumentKind,
} from '../../../core/document/index.ts'
import type { Caller, SigningMode } from '../../../core/company/index.ts'
import { Refusal, type Exchange, type WebhookDesk } from '../../../core/exchange/index.ts'
import type { Language } from '../../../core/kernel/index.ts'
import { readDocumentXml, readJson } from '../../xml/index.ts'
import { restFault } from './rest-faults.ts'
import {
  annulmentRequest,
  answerRequest,
  callerShape,
  changesOut,
  changesShape,
  joinRequest,
  receiptOut,
  receiptShape,
  signatureOut,
  signatureRequest,
  signatureShape,
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
  webhooks: WebhookDesk
  caller: Caller
  language: Language
  requestId: string
  params: Readonly<Record<string, string>>
  query: Readonly<Record<string, string | undefined>>
  header(name: string): string
  body(limitBytes?: number): Promise<Buffer>
}

export interface Answer {
  status?: number
  /** JSON, unless `bytes` are given. */
  value?: unknown
  bytes?: { content: Uint8Array; type: string; fileName: string }
}

/** One operation of REST: the route and its page in OpenAPI come from the same line. */
export interface Operation {
  id: string
  method: 'get' | 'post' | 'put' | 'delete'
  path: string
  summary: string
  /** Query parameters and headers, by name, with what they mean. */
  query?: Readonly<Record<string, string>>
  headers?: Readonly<Record<string, string>>
  /** `document`: the JSON or XML of the kind in the path; `bytes`: anything. */
  request?: z.ZodType | 'document' | 'bytes'
  /** `document`: the exact bytes. */
  response?: z.ZodType | 'document'
  run(asked: Asked): Promise<Answer>
}

const keyHeader = {
  'Idempotency-Key': 'Your own mark of this request; the same key again gives the first receipt',
}
const maxFileBytes = 32 * 1024 * 1024

const origin = (asked: Asked) => ({ door: 'rest', requestId: asked.requestId })

const keyOf = (asked: Asked): string | undefined => asked.header('idempotency-key') || undefined

const kindOf = ({ params }: Asked): DocumentKind => {
  const kind = params.kind ?? ''
  if (!isDocumentKind(kind)) throw new Refusal('not-found', [restFault('REST-01')])
  return kind
}

const signingOf = ({ query }: Asked): SigningMode | undefined => {
  const { signing } = query
  if (signing === undefined || signing === 'key' || signing === 'sender') return signing
  throw new Refusal('invalid', [restFault('REST-02', 'signing')])
}

const idOf = ({ params }: Asked): string => params.id ?? ''

const limitOf = ({ query }: Asked): number => {
  const limit = Number(query.limit ?? '100')
  if (!Number.isInteger(limit) || limit < 1 || limit > 500)
    throw new Refusal('invalid', [restFault('REST-02', 'limit')])
  return limit
}

/** JSON by a shape; everything wrong with it at once. */
const jsonBy = async <T>(asked: Asked, shape: z.ZodType<T>): Promise<T> => {
  const read = readJson((await asked.body(4 * 1024 * 1024)).toString('utf8'))
  if (!read.ok) throw new Refusal('invalid', read.faults)
  const parsed = shape.safeParse(read.value)
  if (parsed.success) return parsed.data
  const paths = new Set(parsed.error.issues.map((issue) => issue.path.map(String).join('.')))
  throw new Refusal(
    'invalid',
    [...paths].map((path) => restFault('REST-02', path)),
  )
}

/** The document of a body, as JSON or as the format's own XML. */
const documentOf = async (
  asked: Asked,
  kind: DocumentKind,
): Promise<{ document: Document; raw: Buffer; format: string }> => {
  const raw = await asked.body()
  const type = asked.header('content-type').toLowerCase()
  if (type.includes('xml')) {
    const read = await readDocumentXml(raw)
    if (!read.ok) throw new Refusal('invalid', read.faults)
    if (read.value.kind !== kind) throw new Refusal('invalid', [restFault('REST-03')])
    return { document: read.value, raw, format: 'daneker-xml' }
  }
  const json = readJson(raw.toString('utf8'))
  if (!json.ok) throw new Refusal('invalid', json.faults)
  const read = readDocumentValue(kind, json.value)
  if (!read.ok) throw new Refusal('invalid', read.faults)
  return { document: read.value, raw, format: 'daneker-json' }
}

export const operations: readonly Operation[] = [
  {
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
  },
  {
    id: 'sendDocument',
    method: 'post',
    path: '/documents/{kind}',
    summary: 'Send a document',
    query: { signing: '`key`: the gateway signs; `sender`: the document waits for your signature' },
    headers: keyHeader,
    request: 'document',
    response: receiptShape,
    run: async (asked) => {
      const { document, raw, format } = await documentOf(asked, kindOf(asked))
      const signature = asked.header('x-signature')
      const receipt = await asked.exchange.send({
        caller: asked.caller,
        document,
        raw,
        origin: { ...origin(asked), format },
        key: keyOf(asked),
        signing: signingOf(asked),
        signature: signature === '' ? undefined : Buffer.from(signature, 'base64'),
      })
      return { status: receipt.repeat ? 200 : 201, value: receiptOut(receipt, asked.language) }
    },
  },
  {
    id: 'sendMessage',
    method: 'post',
    path: '/messages',
    summary: 'Send a file in a foreign format',
    query: { format: 'Name of the format', fileName: 'Name of the file' },
    headers: keyHeader,
    request: 'bytes',
    response: receiptShape.array(),
    run: async (asked) => {
      const receipts = await asked.exchange.sendMessage({
        caller: asked.caller,
        format: asked.query.format ?? '',
        fileName: asked.query.fileName ?? '',
        content: await asked.body(maxFileBytes),
        origin: origin(asked),
        key: keyOf(asked),
      })
      return { status: 201, value: receipts.map((receipt) => receiptOut(receipt, asked.language)) }
    },
  },
  {
    id: 'putFilePart',
    method: 'put',
    path: '/files/{fileId}/parts/{part}',
    summary: 'Upload one part of a large file; parts are numbered from 1 and may come twice',
    request: 'bytes',
    run: async (asked) => {
      const part = Number(asked.params.part)
      await asked.exchange.putFilePart({
        caller: asked.caller,
        fileId: asked.params.fileId ?? '',
        part,
        bytes: await asked.body(5 * 1024 * 1024),
      })
      return { status: 204 }
    },
  },
  {
    id: 'putData',
    method: 'post',
    path: '/files/{fileId}/message',
    summary: 'Join the parts of a file and send it as a message',
    headers: keyHeader,
    request: joinRequest,
    response: receiptShape.array(),
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
      return { status: 201, value: receipts.map((receipt) => receiptOut(receipt, asked.language)) }
    },
  },
  {
    id: 'listDocuments',
    method: 'get',
    path: '/documents',
    summary: 'Documents of a box, oldest first',
    query: {
      box: '`outbox` (default) or `inbox`',
      after: 'Id of the last document of the page before',
      limit: '1 to 500, default 100',
      kind: 'Only this kind',
      number: 'Only this number',
      partner: 'Only with this БИН/ИИН',
    },
    response: statusShape.array(),
    run: async (asked) => {
      const { box = 'outbox', after, kind, number, partner } = asked.query
      if (box !== 'outbox' && box !== 'inbox') throw new Refusal('invalid', [restFault('REST-02', 'box')])
      if (after !== undefined && !/^[0-9a-f-]{36}$/i.test(after))
        throw new Refusal('invalid', [restFault('REST-02', 'after')])
      const documents = await asked.exchange.list({
        caller: asked.caller,
        filter: { box, after, limit: limitOf(asked), kind, number, partnerTaxId: partner },
      })
      return { value: documents.map(statusOut) }
    },
  },
  {
    id: 'getStatus',
    method: 'get',
    path: '/documents/{id}',
    summary: 'State of a document, by our id or by the GUID of your base',
    response: statusShape,
    run: async (asked) => ({
      value: statusOut(await asked.exchange.status({ caller: asked.caller, documentId: idOf(asked) })),
    }),
  },
  {
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
        },
      }
    },
  },
  {
    id: 'getSignatures',
    method: 'get',
    path: '/documents/{id}/signatures',
    summary: 'All signatures of a document with their verdicts',
    response: signatureShape.array(),
    run: async (asked) => {
      const signatures = await asked.exchange.signatures({ caller: asked.caller, documentId: idOf(asked) })
      return { value: signatures.map(signatureOut) }
    },
  },
  {
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
  },
  {
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
  },
  {
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
  },
  {
    id: 'getTrail',
    method: 'get',
    path: '/documents/{id}/trail',
    summary: 'Everything that happened to a document',
    response: trailShape,
    run: async (asked) => ({
      value: trailOut(await asked.exchange.trail({ caller: asked.caller, documentId: idOf(asked) })),
    }),
  },
  {
    id: 'getChanges',
    method: 'get',
    path: '/changes',
    summary: 'What happened since a cursor, in order; a cursor stays good for ever',
    query: { cursor: 'Of the last answer; nothing: from the beginning', limit: '1 to 500, default 100' },
    response: changesShape,
    run: async (asked) => ({
      value: changesOut(
        await asked.exchange.changes({
          caller: asked.caller,
          cursor: asked.query.cursor,
          limit: limitOf(asked),
        }),
      ),
    }),
  },
  {
    id: 'addWebhook',
    method: 'post',
    path: '/webhooks',
    summary: 'Have events posted to an address, signed (Standard Webhooks)',
    request: webhookRequest,
    response: webhookShape,
    run: async (asked) => {
      const { url } = await jsonBy(asked, webhookRequest)
      return { status: 201, value: webhookOut(await asked.webhooks.add({ caller: asked.caller, url })) }
    },
  },
  {
    id: 'listWebhooks',
    method: 'get',
    path: '/webhooks',
    summary: 'Addresses that hear of events',
    response: webhookShape.array(),
    run: async (asked) => ({ value: (await asked.webhooks.list({ caller: asked.caller })).map(webhookOut) }),
  },
  {
    id: 'removeWebhook',
    method: 'delete',
    path: '/webhooks/{id}',
    summary: 'Stop posting to an address',
    run: async (asked) => {
      await asked.webhooks.remove({ caller: asked.caller, id: idOf(asked) })
      return { status: 204 }
    },
  },
]
