import type { Caller } from '../../../core/company/index.ts'
import { documentKinds, rootElementOf } from '../../../core/document/index.ts'
import type { DocumentKind } from '../../../core/document/index.ts'
import { Refusal } from '../../../core/exchange/index.ts'
import type {
  Exchange,
  MakeSigningLink,
  Origin,
  Receipt,
  ProvenSignature,
  Status,
} from '../../../core/exchange/index.ts'
import type { Fault, Language } from '../../../core/kernel/index.ts'
import type { Arguments, Member, Parameter, SoapOperation, Values } from '../../soap/index.ts'
import { commandKinds } from '../../../core/mirror/index.ts'
import type { CommandKind, FetchProgress, InvoiceDesk, InvoiceView } from '../../../core/mirror/index.ts'
import {
  batchStructure,
  changesStructure,
  fetchProgressStructure,
  portalInvoiceStructure,
  receiptsStructure,
  attachmentPartStructure,
  attachmentStructure,
  receiptStructure,
  signaturesStructure,
  signingLinkStructure,
  statusStructure,
} from './shapes.ts'
import { batchOutcomeWords, mirrorStateWords, recipientStateWords, senderStateWords } from './state-words.ts'

/** What an operation gets to work with. */
export interface Call {
  gateway: Exchange
  invoices: InvoiceDesk
  caller: Caller
  /** Door and request id; the format is the operation's to say. */
  origin: Omit<Origin, 'format'>
  /** The request as received. */
  raw: Uint8Array
  language: Language
  given: Arguments
  makeSigningLink: MakeSigningLink
}

export interface Operation extends SoapOperation {
  run(call: Call): Promise<Values>
}

/** As `Idempotency-Key` of REST. */
const maxKey = 200
const maxId = 64
/** A detached CMS with its chain and time-stamp; larger ones are attacks (reliability A9). */
const maxSignatureBytes = 1024 * 1024
/** 1C splits by 1 MB; others may take larger parts. */
const maxPartBytes = 4 * 1024 * 1024
const maxParts = 10_000
/** A foreign file sent whole; larger ones come in parts. As base64 it fits the body limit of 32 MiB. */
const maxMessageBytes = 20 * 1024 * 1024
const maxReason = 1000
const defaultChanges = 100
const maxChanges = 500

const key: Parameter = { name: 'Key', is: 'text', max: maxKey, nillable: true }
const documentId: Parameter = { name: 'DocumentId', is: 'text', max: maxId }
/** 1C joins an array into a text more easily than it fills a list of a type. */
const documentIds: Parameter = { name: 'DocumentIds', is: 'text', max: 100 * (maxId + 1) }
const idsIn = (given: Arguments): string[] =>
  given
    .text('DocumentIds')
    .split(/[\s,;]+/)
    .filter((id) => id !== '')
const fileId: Parameter = { name: 'FileID', is: 'text', max: maxId }
const format: Parameter = { name: 'Format', is: 'text', max: 64 }
const fileName: Parameter = { name: 'FileName', is: 'text', max: 255 }
const optionalSignature: Parameter = {
  name: 'Signature',
  is: 'bytes',
  maxBytes: maxSignatureBytes,
  nillable: true,
}

const returns = (type: Member['type']): Member => ({ name: 'return', type })

const faultValues = (fault: Fault, language: Language): Values => ({
  Code: fault.code,
  Path: fault.path,
  Message: fault.message[language],
})

export const faultsValues = (
  faults: readonly Fault[],
  language: Language,
  requestId: string,
  about: string | undefined,
): Values => ({
  Fault: faults.map((f) => faultValues(f, language)),
  RequestId: requestId,
  DocumentId: about,
})

const receiptValues = (receipt: Receipt, language: Language): Values => ({
  DocumentId: receipt.documentId,
  Repeat: receipt.repeat,
  ReceivedAt: receipt.receivedAt,
  Digest: receipt.digest,
  State: receipt.state,
  StateText: senderStateWords(receipt.state)[language],
  Notice: receipt.notices.map((f) => faultValues(f, language)),
})

const statusValues = (status: Status, language: Language): Values => {
  const own =
    status.side === 'sender'
      ? senderStateWords(status.senderState)
      : recipientStateWords(status.recipientState)
  const portal = mirrorStateWords(status.mirrorState)
  return {
    DocumentId: status.documentId,
    Side: status.side,
    Kind: status.kind,
    Guid: status.guid,
    Version: status.version,
    Number: status.number,
    Date: status.date,
    SenderTaxId: status.senderTaxId,
    SenderName: status.senderName,
    RecipientTaxId: status.recipientTaxId,
    RecipientName: status.recipientName,
    Total: status.total,
    Currency: status.currency,
    Digest: status.digest,
    ReceivedAt: status.receivedAt,
    State: status.side === 'sender' ? status.senderState : status.recipientState,
    StateText: portal === undefined ? own[language] : `${own[language]}. ${portal[language]}`,
    SenderState: status.senderState,
    RecipientState: status.recipientState,
    MirrorState: status.mirrorState,
    Final: status.final,
    Reason: status.reason,
    RegistrationNumber: status.registrationNumber,
    ArchivedAt: status.archivedAt,
  }
}

const signatureValues = ({ proof, ...signature }: ProvenSignature, withExtended: boolean): Values => ({
  Side: signature.side,
  Purpose: signature.purpose,
  SignedAt: signature.signedAt,
  Verdict: signature.verdict,
  Cms: signature.cms,
  Extended: withExtended ? proof?.material?.extendedCms : undefined,
  ProofState: proof?.state,
  StampedAt: proof?.material?.stampedAt,
})

const portalInvoiceValues = (view: InvoiceView, language: Language): Values => ({
  DocumentId: view.documentId,
  Side: view.side,
  PortalId: view.portalId,
  Status: view.status,
  StatusSince: view.statusSince,
  RegistrationNumber: view.registrationNumber,
  Registered: view.registered,
  InvoiceType: view.invoiceType,
  Deadline: view.deadlines.map((one) => ({
    Clause: one.clause,
    StartedOn: one.startedOn,
    DueOn: one.dueOn,
    Source: one.source,
    Says: one.says[language],
  })),
  Command: view.commands.map((one) => ({
    Id: one.id,
    Command: one.kind,
    State: one.state,
    Reason: one.reason,
    RequestedAt: one.requestedAt,
    SettledAt: one.settledAt,
    Status: one.status,
    ErrorCode: one.errorCode,
  })),
  PortalError: view.errors.map(({ code, property, text }) => ({ Code: code, Path: property, Message: text })),
})

const fetchValues = (progress: FetchProgress): Values => ({
  Open: progress.open,
  Seen: progress.seen,
  Brought: progress.brought,
  Unread: progress.unread,
  Range: progress.ranges.map(({ from, to, doneAt, seen, brought, unread }) => ({
    From: from,
    To: to,
    Done: doneAt !== undefined,
    Seen: seen,
    Brought: brought,
    Unread: unread,
  })),
})

/** A day as 1C writes it: a date, or a dateTime whose time says nothing. */
const dayOf = (text: string): string => text.slice(0, 10)

const isCommand = (text: string): text is CommandKind => (commandKinds as readonly string[]).includes(text)

/** `SendAct`, `SendTaxInvoice` …: one operation a kind, typed in the WSDL. */
const sendOperation = (kind: DocumentKind): Operation => ({
  name: `Send${rootElementOf(kind)}`,
  takes: [{ name: 'Document', is: 'document', type: rootElementOf(kind) }, key, optionalSignature],
  gives: [returns(receiptStructure)],
  run: async ({ gateway, caller, origin, raw, language, given }) => {
    const receipt = await gateway.send({
      caller,
      document: given.document('Document'),
      raw,
      origin: { ...origin, format: 'daneker-soap' },
      key: given.optionalText('Key'),
      signature: given.optionalBytes('Signature'),
    })
    return { return: receiptValues(receipt, language) }
  },
})

const connectedWords = (caller: Caller, language: Language): string =>
  ({
    ru: `Соединение установлено: ${caller.companyName}, подключение «${caller.connectionName}».`,
    kk: `Байланыс орнатылды: ${caller.companyName}, «${caller.connectionName}» қосылымы.`,
    en: `Connected: ${caller.companyName}, connection "${caller.connectionName}".`,
  })[language]

/** All operations, in the order of the WSDL. */
export const operations: readonly Operation[] = [
  {
    // 1C's own wrapper calls it before every exchange with a timeout of seven seconds.
    name: 'Ping',
    takes: [],
    gives: [returns('string')],
    run: async () => ({ return: serviceAnswer }),
  },
  {
    name: 'TestConnection',
    takes: [],
    gives: [returns('boolean'), { name: 'ErrorMessage', type: 'string', occurs: 'nillable' }],
    run: async ({ gateway, caller, language }) => {
      try {
        // Asks the store too: a connection that can only be greeted is no connection.
        await gateway.list({ caller, filter: { box: 'outbox', limit: 1 } })
        // Connected although sending is closed: incoming documents and the archive work (offer 4.3).
        const { why } = await gateway.standing({ caller })
        const words = connectedWords(caller, language)
        return {
          return: true,
          ErrorMessage: why === undefined ? words : `${words}\n${why.message[language]}`,
        }
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        return { return: false, ErrorMessage: error.faults.map((f) => f.message[language]).join('\n') }
      }
    },
  },
  ...documentKinds.map(sendOperation),
  {
    name: 'SendMessage',
    takes: [format, fileName, { name: 'Content', is: 'bytes', maxBytes: maxMessageBytes }, key],
    gives: [returns(receiptsStructure)],
    run: async ({ gateway, caller, origin, language, given }) => {
      const receipts = await gateway.sendMessage({
        caller,
        format: given.text('Format'),
        fileName: given.text('FileName'),
        content: given.bytes('Content'),
        origin,
        key: given.optionalText('Key'),
      })
      return { return: { Receipt: receipts.map((r) => receiptValues(r, language)) } }
    },
  },
  {
    name: 'PutFilePart',
    takes: [
      fileId,
      { name: 'PartNumber', is: 'integer', min: 1, max: maxParts },
      { name: 'PartData', is: 'bytes', maxBytes: maxPartBytes },
    ],
    gives: [returns('boolean')],
    run: async ({ gateway, caller, given }) => {
      await gateway.putFilePart({
        caller,
        fileId: given.text('FileID'),
        part: given.integer('PartNumber'),
        bytes: given.bytes('PartData'),
      })
      return { return: true }
    },
  },
  {
    name: 'PutData',
    takes: [fileId, format, fileName, key],
    gives: [returns(receiptsStructure)],
    run: async ({ gateway, caller, origin, language, given }) => {
      const receipts = await gateway.putData({
        caller,
        fileId: given.text('FileID'),
        format: given.text('Format'),
        fileName: given.text('FileName'),
        origin,
        key: given.optionalText('Key'),
      })
      return { return: { Receipt: receipts.map((r) => receiptValues(r, language)) } }
    },
  },
  {
    name: 'JoinFile',
    takes: [fileId],
    gives: [returns(attachmentStructure)],
    run: async ({ gateway, caller, given }) => {
      const { digest, size, parts } = await gateway.joinFile({ caller, fileId: given.text('FileID') })
      return { return: { Sha256: digest, Size: String(size), Parts: parts } }
    },
  },
  {
    name: 'GetAttachmentPart',
    takes: [documentId, { name: 'PartNumber', is: 'integer', min: 1, max: maxParts }],
    gives: [returns(attachmentPartStructure)],
    run: async ({ gateway, caller, given }) => {
      const { attachment } = await gateway.attachment({ caller, documentId: given.text('DocumentId') })
      return {
        return: {
          PartData: await attachment.read(given.integer('PartNumber')),
          FileName: attachment.fileName,
          MediaType: attachment.mediaType,
          Sha256: attachment.digest,
          Size: String(attachment.size),
          Parts: attachment.parts,
        },
      }
    },
  },
  {
    name: 'SubmitSignature',
    takes: [documentId, { name: 'Signature', is: 'bytes', maxBytes: maxSignatureBytes }],
    gives: [returns(statusStructure)],
    run: async ({ gateway, caller, language, given }) => {
      const status = await gateway.submitSignature({
        caller,
        documentId: given.text('DocumentId'),
        cms: given.bytes('Signature'),
      })
      return { return: statusValues(status, language) }
    },
  },
  {
    name: 'SignDocuments',
    takes: [documentIds],
    gives: [returns(batchStructure)],
    run: async ({ gateway, caller, language, given }) => {
      const { batchId, results } = await gateway.signBatch({ caller, documentIds: idsIn(given) })
      return {
        return: {
          BatchId: batchId,
          Result: results.map(({ documentId: id, outcome, faults, status }) => ({
            DocumentId: id,
            Outcome: outcome,
            OutcomeText: batchOutcomeWords[outcome][language],
            State: status && (status.side === 'sender' ? status.senderState : status.recipientState),
            Fault: faults.map((f) => faultValues(f, language)),
          })),
        },
      }
    },
  },
  {
    name: 'MakeSigningLink',
    takes: [
      documentIds,
      { name: 'SentTo', is: 'text', max: 254 },
      { name: 'KeepsDays', is: 'integer', min: 1, max: 30, nillable: true },
      { name: 'Mail', is: 'text', max: 3, codes: ['yes', 'no'], nillable: true },
      { name: 'AskedBy', is: 'text', max: 200, nillable: true },
      { name: 'SignBy', is: 'text', max: 10, nillable: true },
      { name: 'Note', is: 'text', max: 500, nillable: true },
    ],
    gives: [returns(signingLinkStructure)],
    run: async ({ makeSigningLink, caller, given }) => {
      const { link, expiresAt, mailed } = await makeSigningLink({
        caller,
        documentIds: idsIn(given),
        sentTo: given.text('SentTo'),
        keepsMs: (given.optionalInteger('KeepsDays') ?? 7) * 86_400_000,
        mail: given.optionalText('Mail') === 'yes',
        askedBy: given.optionalText('AskedBy') || undefined,
        signBy: given.optionalText('SignBy') || undefined,
        note: given.optionalText('Note') || undefined,
      })
      return { return: { Link: link, ExpiresAt: expiresAt, Mailed: mailed } }
    },
  },
  {
    name: 'GetStatus',
    takes: [documentId],
    gives: [returns(statusStructure)],
    run: async ({ gateway, caller, language, given }) => {
      const status = await gateway.status({ caller, documentId: given.text('DocumentId') })
      return { return: statusValues(status, language) }
    },
  },
  {
    name: 'GetChanges',
    takes: [
      { name: 'Cursor', is: 'text', max: 200, nillable: true },
      { name: 'Limit', is: 'integer', min: 1, max: maxChanges, nillable: true },
    ],
    gives: [returns(changesStructure)],
    run: async ({ gateway, caller, language, given }) => {
      const changes = await gateway.changes({
        caller,
        cursor: given.optionalText('Cursor'),
        limit: given.optionalInteger('Limit') ?? defaultChanges,
      })
      return {
        return: {
          Change: changes.changes.map((change) => ({
            Cursor: change.cursor,
            DocumentId: change.documentId,
            Event: change.name,
            At: change.at,
            Status: statusValues(change.status, language),
          })),
          Cursor: changes.cursor,
          More: changes.more,
        },
      }
    },
  },
  {
    name: 'GetDocument',
    takes: [documentId],
    gives: [returns('base64Binary'), { name: 'Status', type: statusStructure }],
    run: async ({ gateway, caller, language, given }) => {
      const { bytes, status } = await gateway.document({ caller, documentId: given.text('DocumentId') })
      return { return: bytes, Status: statusValues(status, language) }
    },
  },
  {
    name: 'GetPrintForm',
    takes: [documentId],
    gives: [returns('base64Binary')],
    run: async ({ gateway, caller, language, given }) => {
      const { pdf } = await gateway.print({ caller, documentId: given.text('DocumentId'), language })
      return { return: pdf }
    },
  },
  ...(['GetSignature', 'GetExtendedSignature'] as const).map(
    // An operation of its own: 1C calls by position, and a second parameter would break every call of the first.
    (name): Operation => ({
      name,
      takes: [documentId],
      gives: [returns(signaturesStructure)],
      run: async ({ gateway, caller, given }) => {
        const signatures = await gateway.signatures({ caller, documentId: given.text('DocumentId') })
        const withExtended = name === 'GetExtendedSignature'
        return { return: { Signature: signatures.map((one) => signatureValues(one, withExtended)) } }
      },
    }),
  ),
  {
    name: 'AnswerDocument',
    takes: [
      documentId,
      { name: 'Answer', is: 'text', max: 16, codes: ['accept', 'refuse'] },
      { name: 'Reason', is: 'text', max: maxReason, nillable: true },
      optionalSignature,
    ],
    gives: [returns(statusStructure)],
    run: async ({ gateway, caller, language, given }) => {
      const status = await gateway.answer({
        caller,
        documentId: given.text('DocumentId'),
        answer: given.text('Answer') === 'accept' ? 'accept' : 'refuse',
        reason: given.optionalText('Reason'),
        signature: given.optionalBytes('Signature'),
      })
      return { return: statusValues(status, language) }
    },
  },
  {
    name: 'AnnulDocument',
    takes: [documentId, { name: 'Reason', is: 'text', max: maxReason }],
    gives: [returns(statusStructure)],
    run: async ({ gateway, caller, language, given }) => {
      const status = await gateway.annul({
        caller,
        documentId: given.text('DocumentId'),
        reason: given.text('Reason'),
      })
      return { return: statusValues(status, language) }
    },
  },
  {
    name: 'GetPortalInvoice',
    takes: [documentId],
    gives: [returns(portalInvoiceStructure)],
    run: async ({ invoices, caller, language, given }) => {
      const view = await invoices.standing({ caller, documentId: given.text('DocumentId') })
      return { return: portalInvoiceValues(view, language) }
    },
  },
  {
    // The invoice in the portal's own form, character for character.
    name: 'GetPortalOriginal',
    takes: [documentId],
    gives: [returns('base64Binary')],
    run: async ({ invoices, caller, given }) => {
      const { body } = await invoices.original({ caller, documentId: given.text('DocumentId') })
      return { return: new TextEncoder().encode(body) }
    },
  },
  {
    name: 'CommandInvoice',
    takes: [
      documentId,
      { name: 'Command', is: 'text', max: 16, codes: commandKinds },
      { name: 'Reason', is: 'text', max: maxReason, nillable: true },
    ],
    gives: [returns(portalInvoiceStructure)],
    run: async ({ invoices, caller, language, given }) => {
      const command = given.text('Command')
      if (!isCommand(command)) throw new Error(`the reader let the command ${command} through`)
      const view = await invoices.command({
        caller,
        documentId: given.text('DocumentId'),
        command,
        reason: given.optionalText('Reason'),
      })
      return { return: portalInvoiceValues(view, language) }
    },
  },
  {
    name: 'FetchInvoices',
    takes: [
      { name: 'From', is: 'text', max: 40 },
      { name: 'To', is: 'text', max: 40 },
    ],
    gives: [returns(fetchProgressStructure)],
    run: async ({ invoices, caller, given }) => {
      const progress = await invoices.fetch({
        caller,
        from: dayOf(given.text('From')),
        to: dayOf(given.text('To')),
      })
      return { return: fetchValues(progress) }
    },
  },
  {
    name: 'GetFetchProgress',
    takes: [],
    gives: [returns(fetchProgressStructure)],
    run: async ({ invoices, caller }) => ({ return: fetchValues(await invoices.progress({ caller })) }),
  },
]

const serviceAnswer = 'OK'
