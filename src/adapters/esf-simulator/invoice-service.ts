import { addMonths, almatyDate } from '../../core/kernel/index.ts'
import { isoDate } from './invoice.ts'
import { checkCertificate } from './light-check.ts'
import type { Portal } from './portal.ts'
import type { Content } from './schema.ts'
import type { Handler } from './service.ts'
import { readCertificate } from './signatures.ts'
import { SoapFault } from './soap.ts'
import type { InvoiceRow, SessionRow } from './state.ts'
import { firstId, invoiceKey } from './state.ts'
import { errorContent } from './upload-service.ts'
import type { XmlElement } from './xml.ts'
import { child, childText, childrenOf, textsAt } from './xml.ts'

/** Invoices of a page and of a block of updates; neither is documented [?]. */
const usualPage = 100
const usualLimit = 100

/** Days in which a customer may object (the rule before 2026; the term of 2026 is not published) [?]. */
const objectionDays = 10

export const invoiceHandlers = (portal: Portal): Record<string, Handler> => {
  const pageSize = portal.options.pageSize ?? usualPage

  return {
    queryInvoice: ({ payload }) => {
      const session = sessionOf(portal, payload)
      const criteria = child(payload, 'criteria')
      const from = readInstant(childText(criteria, 'dateFrom'))
      const to = readInstant(childText(criteria, 'dateTo'))
      const [firstDay, lastDay] = [almatyDate(from), almatyDate(to)]
      if (lastDay > addMonths(firstDay, 3)) {
        throw SoapFault.declared('business', 'Можно получить список СФ за период не более 1 квартала')
      }
      const outbound = childText(criteria, 'direction') === 'OUTBOUND'
      const statuses = textsAt(criteria, 'invoiceStatusList', 'invoiceStatus')
      const contragent = childText(criteria, 'contragentTin')
      const kind = childText(criteria, 'invoiceType')
      const updatedFrom = childText(criteria, 'lastUpdateDateFrom')
      const updatedTo = childText(criteria, 'lastUpdateDateTo')
      const found = visible(portal, session, outbound).filter((invoice) => {
        const day = isoDate(invoice.date) ?? ''
        return (
          firstDay <= day &&
          day <= lastDay &&
          (statuses.length === 0 || statuses.includes(invoice.status)) &&
          (kind === undefined || invoice.kind === kind) &&
          (contragent === undefined ||
            (outbound ? invoice.customerTins : invoice.sellerTins).includes(contragent)) &&
          (updatedFrom === undefined || invoice.lastUpdateAt >= readInstant(updatedFrom)) &&
          (updatedTo === undefined || invoice.lastUpdateAt <= readInstant(updatedTo))
        )
      })
      if (childText(criteria, 'asc') !== 'true' && childText(criteria, 'asc') !== '1') found.reverse()
      const page = Math.max(0, Number(childText(criteria, 'pageNum') ?? 0))
      const block = found.slice(page * pageSize, (page + 1) * pageSize)
      return {
        lastBlock: (page + 1) * pageSize >= found.length,
        currPage: page,
        rsCount: found.length,
        invoiceInfoList: { invoiceInfo: block.map((invoice) => infoContent(portal, invoice, true)) },
      }
    },

    queryInvoiceById: ({ payload }) => onePage(portal, byIds(portal, sessionOf(portal, payload), payload)),

    queryInvoiceByKey: ({ payload }) => onePage(portal, byKeys(portal, sessionOf(portal, payload), payload)),

    queryInvoiceSummaryById: ({ payload }) => summaries(byIds(portal, sessionOf(portal, payload), payload)),

    queryInvoiceSummaryByKey: ({ payload }) => summaries(byKeys(portal, sessionOf(portal, payload), payload)),

    queryUpdates: ({ payload }) => {
      const session = sessionOf(portal, payload)
      const sinceText = childText(payload, 'lastEventDate') ?? ''
      const since = readInstant(sinceText)
      const lastId = childText(payload, 'lastInvoiceId')
      const lastSeq = lastId === undefined ? undefined : BigInt(lastId) - firstId
      const limit = Math.max(1, Number(childText(payload, 'limit') ?? usualLimit))
      const full = ['true', '1'].includes(childText(payload, 'fullInfoOnStatusChange') ?? '')
      const changed = visible(portal, session, childText(payload, 'direction') === 'OUTBOUND')
        .filter(({ lastUpdateAt, seq }) => {
          const difference = lastUpdateAt.getTime() - since.getTime()
          return difference > 0 || (difference === 0 && (lastSeq === undefined || seq > lastSeq))
        })
        .sort((a, b) => a.lastUpdateAt.getTime() - b.lastUpdateAt.getTime() || (a.seq < b.seq ? -1 : 1))
      const block = changed.slice(0, limit)
      const last = block.at(-1)
      if (last !== undefined) portal.observed(last.lastUpdateAt)
      return {
        lastEventDate: last?.lastUpdateAt ?? since,
        lastInvoiceId: last?.id ?? lastId,
        lastBlock: block.length === changed.length,
        invoiceInfoList: {
          invoiceInfo: block.map((invoice) => infoContent(portal, invoice, full || !isLaterChange(invoice))),
        },
      }
    },

    queryInvoiceErrorById: ({ payload }) => ({
      invoiceErrorList: {
        invoiceError: byIds(portal, sessionOf(portal, payload), payload).map((invoice) => ({
          invoiceId: invoice.id,
          errors: invoice.errors.length === 0 ? undefined : { error: invoice.errors.map(errorContent) },
        })),
      },
    }),

    queryInvoiceHistoryById: ({ payload }) => ({
      resultList: {
        esfHistory: byIds(portal, sessionOf(portal, payload), payload).flatMap((invoice) =>
          invoice.history.map(({ at, status, iin, tin, note }) => ({
            invoiceId: invoice.id,
            status,
            dateTime: at,
            userId: iin,
            tin,
            statusDescription: note,
            clientType: 'API',
          })),
        ),
      },
    }),

    confirmInvoiceById: ({ payload }) => {
      const session = sessionOf(portal, payload)
      const received = byIds(portal, session, payload).filter(({ customerTins }) =>
        customerTins.includes(session.tin),
      )
      for (const invoice of received) confirm(portal, session, invoice)
      return summaries(received)
    },

    declineInvoiceById: changeWithReason(portal, (session, invoice, reason) => {
      if (!invoice.customerTins.includes(session.tin)) return 'NO_REQUIRED_PERMISSIONS'
      if (invoice.status === 'WAITING_CUSTOMER_REVOKE_CONFIRMATION') {
        change(portal, session, invoice, 'DELIVERED', reason)
        return undefined
      }
      // Only corrections may be declined [W]; an ordinary invoice is settled between the parties.
      if (invoice.kind === 'ORDINARY_INVOICE') return 'WRONG_OPERATION'
      if (!['CREATED', 'DELIVERED', 'WAITING_CUSTOMER_CONFIRMATION'].includes(invoice.status))
        return 'WRONG_STATUS'
      change(portal, session, invoice, 'DECLINED', reason)
      const original = invoice.kind === 'FIXED_INVOICE' ? portal.original(invoice) : undefined
      if (original?.status === 'CANCELED')
        change(portal, session, original, 'DELIVERED', 'DECLINED_FIXED_INVOICE')
      return undefined
    }),

    revokeInvoiceById: changeWithReason(portal, (session, invoice, reason) => {
      if (invoice.senderTin !== session.tin) return 'NO_REQUIRED_PERMISSIONS'
      if (invoice.kind !== 'ORDINARY_INVOICE') return 'WRONG_OPERATION'
      if (!['CREATED', 'DELIVERED'].includes(invoice.status)) return 'WRONG_STATUS'
      const waits = portal.waitsForCustomer(invoice)
      change(portal, session, invoice, waits ? 'WAITING_CUSTOMER_REVOKE_CONFIRMATION' : 'REVOKED', reason)
      return undefined
    }),

    unrevokeInvoiceById: changeWithReason(portal, (session, invoice, reason) => {
      if (!invoice.customerTins.includes(session.tin)) return 'NO_REQUIRED_PERMISSIONS'
      if (!['REVOKED', 'WAITING_CUSTOMER_REVOKE_CONFIRMATION'].includes(invoice.status)) return 'WRONG_STATUS'
      change(portal, session, invoice, 'DELIVERED', reason)
      return undefined
    }),

    deleteInvoiceById: ({ payload }) => {
      const session = sessionOf(portal, payload)
      mustBeSigned(portal, session, payload)
      return {
        resultList: {
          changeStatusResult: textsAt(payload, 'idList', 'id').map((id) => {
            const invoice = portal.state.invoices.get(id)
            const isDeleted = invoice?.status === 'FAILED' && invoice.senderTin === session.tin
            if (isDeleted) change(portal, session, invoice, 'DELETED')
            return { invoiceId: id, isDeleted }
          }),
        },
      }
    },

    enterpriseValidation: ({ payload }) => {
      sessionOf(portal, payload)
      return {
        resultList: {
          enterpriseValidationResult: childrenOf(child(payload, 'enterpriseKeyList'), 'enterpriseKey').map(
            (key) => {
              const tin = childText(key, 'tin') ?? ''
              const taxpayer = portal.taxpayer(tin)
              const known = taxpayer?.certificate
              const differs =
                known !== undefined &&
                (known.series !== childText(key, 'certificateSeries') ||
                  known.number !== childText(key, 'certificateNum'))
              return {
                tin,
                resultType:
                  taxpayer === undefined
                    ? 'TIN_ABSENT'
                    : differs
                      ? 'CERTIFICATE_SERIES_OR_CERTIFICATE_NUM_ABSENT'
                      : 'SUCCESS',
              }
            },
          ),
        },
      }
    },
  }
}

const sessionOf = (portal: Portal, payload: XmlElement): SessionRow =>
  portal.session(childText(payload, 'sessionId'))

/** Without a zone a time is Almaty's: +05:00 since 01.03.2024. */
const readInstant = (text: string | undefined): Date => {
  const value = text ?? ''
  const instant = new Date(/(Z|[+-]\d{2}:\d{2})$/.test(value) ? value : `${value}+05:00`)
  if (Number.isNaN(instant.getTime()))
    throw SoapFault.unmarshalling(`'${value}' is not a valid value for 'dateTime'.`)
  return instant
}

/** A customer sees an invoice from its registration on; the sender sees it at once. */
const isRegistered = (invoice: InvoiceRow): boolean =>
  invoice.registrationNumber !== undefined && invoice.status !== 'DELETED'

const visible = (portal: Portal, session: SessionRow, outbound: boolean): InvoiceRow[] =>
  outbound
    ? [...(portal.state.bySender.get(session.tin) ?? [])]
    : (portal.state.byCustomer.get(session.tin) ?? []).filter(isRegistered)

/** Ids that do not exist or belong to others are left out of the answer [?]. */
const byIds = (portal: Portal, session: SessionRow, payload: XmlElement): InvoiceRow[] =>
  textsAt(payload, 'idList', 'id').flatMap((id) => {
    const invoice = portal.state.invoices.get(id)
    if (invoice === undefined) return []
    const isMine = invoice.senderTin === session.tin
    const isSentToMe = invoice.customerTins.includes(session.tin) && isRegistered(invoice)
    return isMine || isSentToMe ? [invoice] : []
  })

const byKeys = (portal: Portal, session: SessionRow, payload: XmlElement): InvoiceRow[] => {
  const keys = childrenOf(child(payload, 'invoiceKeyList'), 'invoiceKey').map((key) => ({
    date: childText(key, 'date') ?? '',
    num: childText(key, 'num') ?? '',
  }))
  if (childText(payload, 'direction') === 'OUTBOUND') {
    return keys.flatMap(({ date, num }) => portal.state.byKey.get(invoiceKey(session.tin, date, num)) ?? [])
  }
  const received = visible(portal, session, false)
  return keys.flatMap(({ date, num }) => received.filter((one) => one.date === date && one.num === num))
}

const onePage = (portal: Portal, invoices: readonly InvoiceRow[]): Content => ({
  lastBlock: true,
  currPage: 0,
  rsCount: invoices.length,
  invoiceInfoList: { invoiceInfo: invoices.map((invoice) => infoContent(portal, invoice, true)) },
})

const summaries = (invoices: readonly InvoiceRow[]): Content => ({
  invoiceSummaryList: { invoiceSummary: invoices.map(summaryContent) },
})

const summaryContent = (invoice: InvoiceRow): Content => ({
  invoiceId: invoice.id,
  date: invoice.date,
  invoiceStatus: invoice.status,
  num: invoice.num,
  cancelReason: invoice.cancelReason,
  registrationNumber: invoice.registrationNumber,
  lastUpdateDate: invoice.lastUpdateAt,
})

/** Something happened after the registration: such a change comes without the body unless it is asked for [?]. */
const isLaterChange = (invoice: InvoiceRow): boolean =>
  !['IN_QUEUE', 'IN_PROCESSING', 'CREATED', 'FAILED', 'WAITING_CUSTOMER_CONFIRMATION'].includes(
    invoice.status,
  )

const infoContent = (portal: Portal, invoice: InvoiceRow, full: boolean): Content => ({
  invoiceBody: full ? invoice.body : '',
  invoiceId: invoice.id,
  registrationNumber: invoice.registrationNumber,
  inputDate: invoice.acceptedAt,
  deliveryDate: invoice.deliveredAt,
  lastUpdateDate: invoice.lastUpdateAt,
  signatureValid: true,
  invoiceStatus: invoice.status,
  cancelReason: invoice.cancelReason,
  version: invoice.version,
  signature: invoice.signature,
  signatureType: invoice.signatureType,
  certificate: portal.state.certificates.get(invoice.certificateDigest) ?? '',
  deadline: deadlineContent(invoice),
})

const deadlineContent = (invoice: InvoiceRow): Content | undefined => {
  const isRevoked = ['REVOKED', 'WAITING_CUSTOMER_REVOKE_CONFIRMATION'].includes(invoice.status)
  const isCorrection =
    invoice.kind !== 'ORDINARY_INVOICE' &&
    ['CREATED', 'DELIVERED', 'WAITING_CUSTOMER_CONFIRMATION'].includes(invoice.status)
  if (!isRevoked && !isCorrection) return undefined
  return {
    dateInput: invoice.lastUpdateAt,
    deadlineDate: new Date(invoice.lastUpdateAt.getTime() + objectionDays * 86_400_000),
    documentId: invoice.id,
    documentType: 'INVOICE',
    registrationNumber: invoice.registrationNumber,
    tin: invoice.customerTins[0],
    type: isRevoked ? 'UNREVOKE' : 'DECLINE',
  }
}

const change = (
  portal: Portal,
  session: SessionRow,
  invoice: InvoiceRow,
  status: string,
  note?: string,
): void => {
  portal.write({
    kind: 'invoice.status',
    id: invoice.id,
    status,
    by: { iin: session.iin, tin: session.tin },
    ...(note === undefined ? {} : { note }),
  })
}

/** The customer has opened the invoice, or agrees to what waits for consent [?: which call gives consent]. */
const confirm = (portal: Portal, session: SessionRow, invoice: InvoiceRow): void => {
  if (invoice.status === 'CREATED') change(portal, session, invoice, 'DELIVERED')
  else if (invoice.status === 'WAITING_CUSTOMER_REVOKE_CONFIRMATION')
    change(portal, session, invoice, 'REVOKED')
  else if (invoice.status === 'WAITING_CUSTOMER_CONFIRMATION') {
    change(portal, session, invoice, 'DELIVERED')
    portal.replaceOriginal(invoice)
  }
}

const changeWithReason =
  (
    portal: Portal,
    /** Answers the code of the refusal, or nothing when the status has been changed. */
    apply: (session: SessionRow, invoice: InvoiceRow, reason: string) => string | undefined,
  ): Handler =>
  ({ payload }) => {
    const session = sessionOf(portal, payload)
    mustBeSigned(portal, session, payload)
    return {
      resultList: {
        changeStatusResult: childrenOf(child(payload, 'idWithReasonList'), 'invoiceIdWithReason').map(
          (item) => {
            const id = childText(item, 'id') ?? ''
            const invoice = portal.state.invoices.get(id)
            const isParty =
              invoice !== undefined &&
              (invoice.senderTin === session.tin || invoice.customerTins.includes(session.tin))
            if (!isParty) {
              return { invoiceSummary: { invoiceId: id }, isChanged: false, errorCode: 'INVOICE_NOT_FOUND' }
            }
            const errorCode = apply(session, invoice, childText(item, 'reason') ?? '')
            return { invoiceSummary: summaryContent(invoice), isChanged: errorCode === undefined, errorCode }
          },
        ),
      },
    }
  }

/**
 * Lists of ids are signed over a text that no source describes, so only the form of the signature and the
 * certificate are checked.
 */
const mustBeSigned = (portal: Portal, session: SessionRow, payload: XmlElement): void => {
  const signature = childText(payload, 'signature') ?? ''
  if (!/^[A-Za-z0-9+/\s]+={0,2}$/.test(signature))
    throw SoapFault.declared('business', 'SIGNATURE_INVALID_FORMAT')
  const certificate = readCertificate(childText(payload, 'x509Certificate') ?? '')
  const [error] = checkCertificate(portal, session, 'OPERATOR', certificate)
  if (error !== undefined) throw SoapFault.declared('business', error.errorCode)
}
