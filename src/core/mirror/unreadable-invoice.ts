import type { Company } from '../company/index.ts'
import type { Document } from '../document/index.ts'
import { almatyDate } from '../kernel/index.ts'
import type { PortalInvoiceInfo } from './ports.ts'

type FileDocument = Extract<Document, { kind: 'file' }>

/**
 * An invoice in a form that we cannot read (the old V1, or one that is newer than we are) still reaches its buyer:
 * as a file, with the portal's text untouched inside.
 */
export const unreadableInvoice = (
  info: PortalInvoiceInfo,
  company: Company,
  { guid, today }: { guid: string; today: Date },
): FileDocument => ({
  kind: 'file',
  guid,
  version: '1',
  ...(info.number === undefined || info.number === '' ? {} : { number: info.number.slice(0, 50) }),
  date: info.date ?? almatyDate(info.inputAt ?? today),
  currency: 'KZT',
  sender: { name: 'ИС ЭСФ' },
  recipient: { taxId: company.taxId, name: company.name.slice(0, 450) },
  title: `Счёт-фактура ИС ЭСФ ${info.registrationNumber ?? info.portalId}`.slice(0, 450),
  fileName: `esf-${info.portalId}.xml`,
  mediaType: 'application/xml',
  content: base64Of(info.body === '' ? ' ' : info.body),
})

const base64Of = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))
