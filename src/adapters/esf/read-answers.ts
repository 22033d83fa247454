import { isLocalDate } from '../../core/kernel/index.ts'
import type { LocalDate } from '../../core/kernel/index.ts'
import type {
  ActAnswer,
  CommandAnswer,
  PortalAct,
  PortalError,
  PortalInvoice,
  PortalInvoiceInfo,
  SignedAct,
} from '../../core/mirror/index.ts'
import { child, childrenOf, NotXml, parseXml, textOf } from './xml.ts'
import type { XmlElement } from './xml.ts'

/** Readers of the portal's answers: by local name, in any order, with unknown elements and values let through. */

/** xs:long, 17 and more digits: text for us. Anything else is no id. */
export const idOf = (element: XmlElement | undefined, name: string): string | undefined => {
  const text = textOf(element, name)
  return text !== undefined && /^\d{1,19}$/.test(text) ? text : undefined
}

/** `31.01.2026`; a date or dateTime of XML is understood, too. */
export const dayOf = (text: string | undefined): LocalDate | undefined => {
  const form = /^(\d{2})\.(\d{2})\.(\d{4})$/.exec(text ?? '')
  const iso = form === null ? text?.slice(0, 10) : `${form[3]}-${form[2]}-${form[1]}`
  return iso !== undefined && isLocalDate(iso) ? iso : undefined
}

export const portalDay = (date: LocalDate): string =>
  `${date.slice(8, 10)}.${date.slice(5, 7)}.${date.slice(0, 4)}`

const instantOf = (text: string | undefined): Date | undefined => {
  const instant = new Date(text ?? '')
  return Number.isNaN(instant.getTime()) ? undefined : instant
}

/** Complaints, at most 1 000 of them and each cut to a size that a row and a screen can take. */
export const errorsIn = (element: XmlElement | undefined, list = 'errors'): PortalError[] =>
  childrenOf(child(element, list), 'error')
    .slice(0, 1_000)
    .map((error) => ({
      code: (textOf(error, 'errorCode') ?? '').slice(0, 200),
      property: (textOf(error, 'property') ?? '').slice(0, 500),
      text: (textOf(error, 'text') ?? '').slice(0, 2_000),
    }))

const truth = (text: string | undefined): boolean | undefined =>
  text === undefined ? undefined : text === 'true' || text === '1'

export interface StandardResponse {
  id?: string
  date?: LocalDate
  number?: string
  errors: PortalError[]
}

export const standardResponsesIn = (payload: XmlElement, set: string): StandardResponse[] =>
  childrenOf(child(payload, set), 'standardResponse').map((response) => ({
    id: idOf(response, 'id'),
    date: dayOf(textOf(response, 'date')),
    number: textOf(response, 'num'),
    errors: errorsIn(response),
  }))

const summaryOf = (summary: XmlElement): PortalInvoice[] => {
  const portalId = idOf(summary, 'invoiceId')
  if (portalId === undefined) return []
  return [
    {
      portalId,
      date: dayOf(textOf(summary, 'date')),
      number: textOf(summary, 'num'),
      status: textOf(summary, 'invoiceStatus'),
      cancelReason: textOf(summary, 'cancelReason'),
      registrationNumber: textOf(summary, 'registrationNumber'),
      updatedAt: instantOf(textOf(summary, 'lastUpdateDate')),
    },
  ]
}

export const summariesIn = (payload: XmlElement): PortalInvoice[] =>
  childrenOf(child(payload, 'invoiceSummaryList'), 'invoiceSummary').flatMap(summaryOf)

export const invoicesIn = (payload: XmlElement): PortalInvoiceInfo[] =>
  childrenOf(child(payload, 'invoiceInfoList'), 'invoiceInfo').flatMap((info) => {
    const portalId = idOf(info, 'invoiceId')
    if (portalId === undefined) return []
    // Untouched: the signature covers this very text.
    const body = child(info, 'invoiceBody')?.text ?? ''
    return [
      {
        portalId,
        ...keyIn(body),
        status: textOf(info, 'invoiceStatus'),
        cancelReason: textOf(info, 'cancelReason'),
        registrationNumber: textOf(info, 'registrationNumber'),
        updatedAt: instantOf(textOf(info, 'lastUpdateDate')),
        inputAt: instantOf(textOf(info, 'inputDate')),
        deliveredAt: instantOf(textOf(info, 'deliveryDate')),
        deadline: instantOf(textOf(child(info, 'deadline'), 'deadlineDate')),
        signatureValid: truth(textOf(info, 'signatureValid')),
        body,
        signature: textOf(info, 'signature') ?? '',
        certificate: textOf(info, 'certificate') ?? '',
      },
    ]
  })

/** An invoice info carries its number and day in the body alone. */
const keyIn = (body: string): { date?: LocalDate; number?: string } => {
  try {
    const invoice = parseXml(body)
    return { date: dayOf(textOf(invoice, 'date')), number: textOf(invoice, 'num') }
  } catch (error) {
    if (error instanceof NotXml) return {}
    throw error
  }
}

export const invoiceErrorsIn = (payload: XmlElement): { portalId: string; errors: PortalError[] }[] =>
  childrenOf(child(payload, 'invoiceErrorList'), 'invoiceError').flatMap((entry) => {
    const portalId = idOf(entry, 'invoiceId')
    return portalId === undefined ? [] : [{ portalId, errors: errorsIn(entry) }]
  })

/** Results of decline, revoke, unrevoke and delete. */
export const changesIn = (payload: XmlElement): CommandAnswer[] =>
  childrenOf(child(payload, 'resultList'), 'changeStatusResult').flatMap((result) => {
    const summary = child(result, 'invoiceSummary')
    const portalId = idOf(summary, 'invoiceId') ?? idOf(result, 'invoiceId')
    if (portalId === undefined) return []
    return [
      {
        portalId,
        changed: (textOf(result, 'isChanged') ?? textOf(result, 'isDeleted')) === 'true',
        status: textOf(summary, 'invoiceStatus'),
        errorCode: textOf(result, 'errorCode'),
      },
    ]
  })

/** What the portal said about the one act that was uploaded. */
export const actAnswer = (payload: XmlElement, { documentId, number }: SignedAct): ActAnswer => {
  const isAbout = (result: XmlElement): boolean => (textOf(result, 'number') ?? number) === number
  const yes = childrenOf(child(payload, 'acceptedList'), 'awpUploadResult').filter(isAbout)
  const no = childrenOf(child(payload, 'declinedList'), 'awpUploadResult').filter(isAbout)
  const [taken] = yes
  const [refused] = no
  if (yes.length + no.length !== 1) return { documentId, word: 'unmentioned' }
  if (refused !== undefined) return { documentId, word: 'declined', errors: errorsIn(refused, 'errorList') }
  const portalId = idOf(taken, 'awpId')
  return portalId === undefined
    ? { documentId, word: 'unmentioned' }
    : { documentId, word: 'accepted', portalId }
}

/** Acts of a list: summaries, or whole ones with their bodies. */
export const actsIn = (payload: XmlElement, name: 'awpSummary' | 'awpInfo'): PortalAct[] =>
  childrenOf(child(payload, `${name}List`), name).flatMap((act) => {
    const portalId = idOf(act, 'awpId')
    if (portalId === undefined) return []
    return [
      {
        portalId,
        status: textOf(act, 'status'),
        registrationNumber: textOf(act, 'registrationNumber'),
        updatedAt: instantOf(textOf(act, 'lastUpdateDate')),
        body: child(act, 'awpBody')?.text,
      },
    ]
  })
