import type { Document } from '../../src/core/document/index.ts'
import { recipientOf, senderOf } from '../../src/core/document/index.ts'
import type { DocumentRecord, PrintOrder, SignatureRecord } from '../../src/core/exchange/index.ts'
import { personTaxId } from './documents.ts'

/** What is known of a document that both sides have signed. */
export const aRecord = (document: Document, overrides: Partial<DocumentRecord> = {}): DocumentRecord => ({
  id: '01975a3c-4b00-7000-8000-000000000001',
  revision: 4,
  kind: document.kind,
  companyId: 'company-1',
  connectionId: 'connection-1',
  senderTaxId: senderOf(document).taxId ?? '',
  senderName: senderOf(document).name,
  recipientTaxId: recipientOf(document).taxId ?? '',
  recipientName: recipientOf(document).name,
  guid: document.guid,
  version: document.version,
  number: document.number ?? '',
  date: document.date,
  currency: document.currency,
  digest: '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef',
  size: 2345,
  receivedAt: new Date('2026-03-31T10:00:00.123Z'),
  senderState: 'completed',
  recipientState: 'accepted',
  mirrorState: 'none',
  origin: { door: 'rest', format: 'daneker-json', requestId: 'request-1' },
  ...overrides,
})

/** A signature as it comes out of the database: its dates are texts. */
export const aSignature = (
  overrides: Partial<SignatureRecord> = {},
  signer: Record<string, unknown> = {},
): SignatureRecord => ({
  id: 'signature-1',
  documentId: '01975a3c-4b00-7000-8000-000000000001',
  side: 'sender',
  purpose: 'document',
  cms: Uint8Array.of(0x30, 0x00),
  signedAt: new Date('2026-03-31T10:00:04Z'),
  verdict: 'VALID',
  signer: {
    index: 0,
    verdict: 'VALID',
    commonName: 'ИСПОЛНИТЕЛЬ А',
    organization: 'ТОО «Алатау Снаб»',
    iin: personTaxId,
    bin: '260140000114',
    roles: ['head'],
    keyAlgorithm: 'GOST-2015-512',
    serial: '5A1B2C3D4E5F60718293A4B5C6D7E8F901234567',
    notBefore: '2026-01-01T00:00:00.000Z',
    notAfter: '2027-01-01T00:00:00.000Z',
    trustedTime: '2026-03-31T10:00:05.000Z',
    trustedTimeSource: 'time-stamp',
    ...signer,
  },
  report: { facts: [] },
  ...overrides,
})

export const aPrintOrder = (
  document: Document,
  { record, ...overrides }: Partial<Omit<PrintOrder, 'record'>> & { record?: Partial<DocumentRecord> } = {},
): PrintOrder => ({
  document,
  record: aRecord(document, record),
  signatures: [
    aSignature(),
    aSignature(
      { id: 'signature-2', side: 'recipient', signedAt: new Date('2026-03-31T12:00:04Z') },
      { organization: 'ТОО «Есіл Құрылыс»', bin: '260140000604', roles: ['financial-right'] },
    ),
  ],
  checkUrl: 'https://edo.example.kz/check/01975a3c-4b00-7000-8000-000000000001',
  language: 'ru',
  ...overrides,
})
