import { decimal, daysBetween } from '../../core/kernel/index.ts'
import type { InvoiceFacts } from './invoice.ts'
import { isoDate } from './invoice.ts'
import { defaultNdsRates } from './options.ts'
import type { Portal } from './portal.ts'
import type { PortalError } from './portal-error.ts'
import { portalError } from './portal-error.ts'
import type { InvoiceRow } from './state.ts'
import { invoiceKey } from './state.ts'

/** Days to enter an invoice that was written on paper during an outage. */
const paperDays = 15

/** What the portal checks after it has said "accepted": registers, rates and related documents. */
export const heavyCheck = (portal: Portal, invoice: InvoiceRow): PortalError[] => {
  const facts = portal.facts(invoice)
  return [
    ...checkParties(portal, facts),
    ...checkRates(portal, facts),
    ...checkCurrency(facts),
    ...checkRelated(portal, invoice, facts),
    ...checkPaper(portal, facts),
  ]
}

const checkParties = (portal: Portal, facts: InvoiceFacts): PortalError[] => {
  const errors: PortalError[] = []
  const check = (tin: string | undefined, who: 'SELLER' | 'CUSTOMER', property: string): void => {
    if (tin === undefined || tin === '') return
    const taxpayer = portal.taxpayer(tin)
    if (taxpayer === undefined) errors.push(portalError(`${who}_TIN_ABSENT_IN_DICTIONARY`, property))
    else if (taxpayer.fake === true) errors.push(portalError(`${who}_IS_FAKE`, property))
    else if (taxpayer.blocked === true) errors.push(portalError(`${who}_IS_BLOCKED`, property))
  }
  facts.sellers.forEach(({ tin }, index) => check(tin, 'SELLER', `sellers.seller[${index}].tin`))
  facts.customers.forEach(({ tin, statuses }, index) => {
    if (!statuses.includes('NONRESIDENT')) check(tin, 'CUSTOMER', `customers.customer[${index}].tin`)
  })
  return errors
}

const checkRates = (portal: Portal, facts: InvoiceFacts): PortalError[] => {
  const turnover = isoDate(facts.turnoverDate) ?? ''
  const allowed = (portal.options.ndsRates ?? defaultNdsRates).filter(
    ({ from, until }) => from <= turnover && turnover <= until,
  )
  const isPayer = facts.sellers.every(({ tin }) => tin === undefined || portal.isVatPayer(tin))
  const errors: PortalError[] = []
  facts.lines.forEach((line, index) => {
    const at = `productSet.products.product[${index}]`
    const hasAmount = !decimal(line.ndsAmount).isZero()
    if (!isPayer) {
      if (line.ndsRate !== undefined) errors.push(portalError('NDS_RATE_FOR_NOT_NDS_PAYER', `${at}.ndsRate`))
      if (hasAmount) errors.push(portalError('NDS_AMOUNT_FOR_NOT_NDS_PAYER', `${at}.ndsAmount`))
    } else if (line.ndsRate !== undefined && !allowed.some(({ rate }) => rate === line.ndsRate)) {
      errors.push(portalError('NDS_RATE_INCORRECT', `${at}.ndsRate`))
    }
  })
  return errors
}

const checkCurrency = (facts: InvoiceFacts): PortalError[] => {
  if (!/^[A-Z]{3}$/.test(facts.currencyCode)) {
    return [portalError('INVALID_CURRENCY_CODE', 'productSet.currencyCode')]
  }
  if (facts.currencyCode !== 'KZT' && facts.currencyRate === undefined) {
    return [portalError('CURRENCY_RATE_NOT_MATCH', 'productSet.currencyRate')]
  }
  return []
}

/** Statuses in which an invoice may be corrected or supplemented. */
const correctable = new Set(['CREATED', 'DELIVERED'])

const checkRelated = (portal: Portal, invoice: InvoiceRow, facts: InvoiceFacts): PortalError[] => {
  if (facts.related === undefined) return []
  const original = portal.original(invoice)
  if (original === undefined) {
    const otherDay = portal.state.bySender
      .get(invoice.senderTin)
      ?.some(
        (one) => one.num === facts.related?.num && one.registrationNumber !== undefined && one !== invoice,
      )
    return [
      portalError(
        otherDay === true ? 'RELATED_INVOICE_NOT_FOUND_DATE_FIELD_DIFFERS' : 'RELATED_INVOICE_NOT_FOUND',
        'relatedInvoice',
      ),
    ]
  }
  const { registrationNumber } = facts.related
  if (registrationNumber !== undefined && registrationNumber !== original.registrationNumber) {
    return [
      portalError(
        'RELATED_INVOICE_NOT_FOUND_REGISTRATION_NUMBER_FIELD_DIFFERS',
        'relatedInvoice.registrationNumber',
      ),
    ]
  }
  const siblings = (portal.state.bySender.get(invoice.senderTin) ?? []).filter(
    (one) =>
      one !== invoice &&
      one.related !== undefined &&
      one.registrationNumber !== undefined &&
      invoiceKey('', one.related.date, one.related.num) === invoiceKey('', original.date, original.num),
  )
  if (facts.kind === 'FIXED_INVOICE') {
    const inForce = (one: InvoiceRow): boolean =>
      correctable.has(one.status) || one.status === 'WAITING_CUSTOMER_CONFIRMATION'
    if (siblings.some((one) => one.kind === 'FIXED_INVOICE' && inForce(one))) {
      return [portalError('FIXED_ALREADY_EXISTS_ERROR_MSG', 'relatedInvoice')]
    }
  }
  if (!correctable.has(original.status)) return [portalError('WRONG_PARENT_STATUS', 'relatedInvoice')]

  const first = portal.facts(original)
  const tins = (parties: readonly { tin: string | undefined }[]): string =>
    parties
      .map(({ tin }) => tin ?? '')
      .sort()
      .join()
  const errors: PortalError[] = []
  if (facts.kind === 'FIXED_INVOICE') {
    if (tins(first.sellers) !== tins(facts.sellers)) {
      errors.push(portalError('MAIN_AND_FIXED_INVOICES_SELLERS_NOT_EQUALS', 'sellers'))
    }
    if (tins(first.customers) !== tins(facts.customers)) {
      errors.push(portalError('MAIN_AND_FIXED_INVOICES_CUSTOMERS_NOT_EQUALS', 'customers'))
    }
  } else {
    const supplements = siblings.filter(
      (one) => one.kind === 'ADDITIONAL_INVOICE' && correctable.has(one.status),
    )
    const turnover = [original, ...supplements, invoice]
      .map((one) => decimal(portal.facts(one).totals.totalTurnoverSize))
      .reduce((sum, amount) => sum.plus(amount))
    if (turnover.isNegative()) {
      errors.push(
        portalError(
          'MAIN_AND_ADDITIONAL_INVOICES_TURNOVER_SIZE_SUM_NEGATIVE',
          'productSet.totalTurnoverSize',
        ),
      )
    }
  }
  return errors
}

const checkPaper = (portal: Portal, facts: InvoiceFacts): PortalError[] => {
  if (facts.datePaper === undefined && facts.reasonPaper === undefined) return []
  if (facts.reasonPaper === undefined) return [portalError('PAPER_REASON_NOT_SET', 'reasonPaper')]
  const written = isoDate(facts.datePaper ?? '')
  if (written === undefined) return [portalError('PAPER_DATE_NOT_SET', 'datePaper')]
  if (facts.reasonPaper !== 'DOWN_TIME') return []
  if (daysBetween(written, portal.today()) > paperDays) {
    return [portalError('PAPER_INVOICE_TIME_EXPIRED', 'datePaper')]
  }
  const day = {
    from: Date.parse(`${written}T00:00:00+05:00`),
    until: Date.parse(`${written}T24:00:00+05:00`),
  }
  const known = portal.outages.some(
    ({ from, until }) => from.getTime() < day.until && until.getTime() > day.from,
  )
  return known ? [] : [portalError('DOWNTIME_NOT_FOUND_FOR_DATE', 'datePaper')]
}
