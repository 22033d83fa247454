import type { Member, Structure } from '../../soap/index.ts'

/** What the operations of EdoGateway answer with. */

const text = (name: string, occurs?: Member['occurs']): Member => ({
  name,
  type: 'string',
  ...(occurs && { occurs }),
})

export const faultStructure: Structure = {
  name: 'Fault',
  members: [text('Code'), text('Path'), text('Message')],
}

/** The detail of every SOAP fault. */
export const faultsStructure: Structure = {
  name: 'Faults',
  members: [
    { name: 'Fault', type: faultStructure, occurs: 'many' },
    text('RequestId'),
    text('DocumentId', 'optional'),
  ],
}

export const receiptStructure: Structure = {
  name: 'Receipt',
  members: [
    text('DocumentId'),
    { name: 'Repeat', type: 'boolean' },
    { name: 'ReceivedAt', type: 'dateTime' },
    text('Digest'),
    text('State'),
    text('StateText'),
    { name: 'Notice', type: faultStructure, occurs: 'many' },
  ],
}

export const receiptsStructure: Structure = {
  name: 'Receipts',
  members: [{ name: 'Receipt', type: receiptStructure, occurs: 'many' }],
}

export const statusStructure: Structure = {
  name: 'Status',
  members: [
    text('DocumentId'),
    text('Side'),
    text('Kind'),
    text('Guid'),
    text('Version'),
    text('Number'),
    { name: 'Date', type: 'date' },
    text('SenderTaxId'),
    text('SenderName'),
    text('RecipientTaxId'),
    text('RecipientName'),
    text('Total', 'optional'),
    text('Currency', 'optional'),
    text('Digest'),
    { name: 'ReceivedAt', type: 'dateTime' },
    text('State'),
    text('StateText'),
    text('SenderState'),
    text('RecipientState'),
    text('MirrorState'),
    { name: 'Final', type: 'boolean' },
    text('Reason', 'optional'),
    text('RegistrationNumber', 'optional'),
    { name: 'ArchivedAt', type: 'dateTime', occurs: 'optional' },
  ],
}

const changeStructure: Structure = {
  name: 'Change',
  members: [
    text('Cursor'),
    text('DocumentId'),
    text('Event'),
    { name: 'At', type: 'dateTime' },
    { name: 'Status', type: statusStructure },
  ],
}

export const changesStructure: Structure = {
  name: 'Changes',
  members: [
    { name: 'Change', type: changeStructure, occurs: 'many' },
    text('Cursor', 'nillable'),
    { name: 'More', type: 'boolean' },
  ],
}

const signatureStructure: Structure = {
  name: 'Signature',
  members: [
    text('Side'),
    text('Purpose'),
    { name: 'SignedAt', type: 'dateTime' },
    text('Verdict'),
    { name: 'Cms', type: 'base64Binary' },
    // The same with its time stamp and evidence, when it was asked for and is complete.
    { name: 'Extended', type: 'base64Binary', occurs: 'optional' },
    text('ProofState', 'optional'),
    { name: 'StampedAt', type: 'dateTime', occurs: 'optional' },
  ],
}

export const signaturesStructure: Structure = {
  name: 'Signatures',
  members: [{ name: 'Signature', type: signatureStructure, occurs: 'many' }],
}

const batchResultStructure: Structure = {
  name: 'BatchResult',
  members: [
    text('DocumentId'),
    text('Outcome'),
    text('OutcomeText'),
    text('State', 'optional'),
    { name: 'Fault', type: faultStructure, occurs: 'many' },
  ],
}

export const batchStructure: Structure = {
  name: 'Batch',
  members: [text('BatchId'), { name: 'Result', type: batchResultStructure, occurs: 'many' }],
}

export const signingLinkStructure: Structure = {
  name: 'SigningLink',
  members: [text('Link'), { name: 'ExpiresAt', type: 'dateTime' }, { name: 'Mailed', type: 'boolean' }],
}

const portalCommandStructure: Structure = {
  name: 'PortalCommand',
  members: [
    text('Id'),
    text('Command'),
    text('State'),
    text('Reason', 'optional'),
    { name: 'RequestedAt', type: 'dateTime' },
    { name: 'SettledAt', type: 'dateTime', occurs: 'optional' },
    text('Status', 'optional'),
    text('ErrorCode', 'optional'),
  ],
}

const portalDeadlineStructure: Structure = {
  name: 'PortalDeadline',
  members: [
    text('Clause'),
    { name: 'StartedOn', type: 'date' },
    { name: 'DueOn', type: 'date' },
    text('Source'),
    text('Says'),
  ],
}

/** How an invoice stands at the state portal. */
export const portalInvoiceStructure: Structure = {
  name: 'PortalInvoice',
  members: [
    text('DocumentId'),
    text('Side'),
    text('PortalId', 'optional'),
    text('Status', 'optional'),
    { name: 'StatusSince', type: 'dateTime', occurs: 'optional' },
    text('RegistrationNumber', 'optional'),
    { name: 'Registered', type: 'boolean' },
    text('InvoiceType'),
    { name: 'Deadline', type: portalDeadlineStructure, occurs: 'many' },
    { name: 'Command', type: portalCommandStructure, occurs: 'many' },
    { name: 'PortalError', type: faultStructure, occurs: 'many' },
  ],
}

const fetchRangeStructure: Structure = {
  name: 'FetchRange',
  members: [
    { name: 'From', type: 'date' },
    { name: 'To', type: 'date' },
    { name: 'Done', type: 'boolean' },
    { name: 'Seen', type: 'int' },
    { name: 'Brought', type: 'int' },
    { name: 'Unread', type: 'int' },
  ],
}

/** How far the request for a company's incoming invoices is. */
export const fetchProgressStructure: Structure = {
  name: 'FetchProgress',
  members: [
    { name: 'Open', type: 'int' },
    { name: 'Seen', type: 'int' },
    { name: 'Brought', type: 'int' },
    { name: 'Unread', type: 'int' },
    { name: 'Range', type: fetchRangeStructure, occurs: 'many' },
  ],
}

export const attachmentStructure: Structure = {
  name: 'JoinedFile',
  members: [text('Sha256'), text('Size'), { name: 'Parts', type: 'int' }],
}

/** One part of a document's attachment, with what is known of the whole. */
export const attachmentPartStructure: Structure = {
  name: 'AttachmentPart',
  members: [
    { name: 'PartData', type: 'base64Binary' },
    text('FileName'),
    text('MediaType'),
    text('Sha256'),
    text('Size'),
    { name: 'Parts', type: 'int' },
  ],
}

/** Structures in the order they are published. */
export const structures: readonly Structure[] = [
  faultStructure,
  faultsStructure,
  receiptStructure,
  receiptsStructure,
  attachmentStructure,
  attachmentPartStructure,
  statusStructure,
  changeStructure,
  changesStructure,
  signatureStructure,
  signaturesStructure,
  batchResultStructure,
  batchStructure,
  signingLinkStructure,
  portalCommandStructure,
  portalDeadlineStructure,
  portalInvoiceStructure,
  fetchRangeStructure,
  fetchProgressStructure,
]
