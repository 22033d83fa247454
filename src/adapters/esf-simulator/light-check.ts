import type { ExactDecimal } from '../../core/kernel/index.ts'
import { decimal } from '../../core/kernel/index.ts'
import { invoiceForm, invoiceNamespace, maxLines } from './invoice-form.ts'
import type { InvoiceFacts } from './invoice.ts'
import { isoDate, readInvoice } from './invoice.ts'
import type { Portal } from './portal.ts'
import type { PortalError } from './portal-error.ts'
import { portalError } from './portal-error.ts'
import type { SchemaFault } from './schema.ts'
import { checkContent } from './schema.ts'
import type { PortalCertificate } from './signatures.ts'
import { verifyRsaRaw } from './signatures.ts'
import type { SessionRow } from './state.ts'
import type { XmlElement } from './xml.ts'
import { XmlError, parseXml } from './xml.ts'

export interface UploadedInvoice {
  readonly body: string
  readonly version: string
  readonly signature: string
  readonly signatureType: string
}

/** What the portal could read of an upload before it said no, and why it did. */
export interface LightVerdict {
  readonly facts: InvoiceFacts | undefined
  readonly errors: readonly PortalError[]
}

/** The check made while the caller waits: form, sums, signature, seller. No errors means "queued", not "registered". */
export const lightCheck = async (
  portal: Portal,
  session: SessionRow,
  upload: UploadedInvoice,
  certificate: { readonly text: string; readonly read: PortalCertificate | undefined },
): Promise<LightVerdict> => {
  if (upload.version !== 'InvoiceV2') {
    return { facts: undefined, errors: [portalError('INVALID_INVOICE_VERSION', 'version')] }
  }
  const parsed = readBody(upload.body)
  if (Array.isArray(parsed)) return { facts: undefined, errors: parsed }
  const formFaults = checkContent(parsed, invoiceForm)
  if (formFaults.length > 0) {
    // Number and date are told back even for a declined invoice, so that the sender knows which one it was.
    return { facts: readInvoice(parsed), errors: formFaults.map(formError) }
  }
  const facts = readInvoice(parsed)
  const errors = [
    ...checkDates(portal, facts),
    ...checkParties(facts),
    ...checkNumbers(parsed, ''),
    ...checkSums(facts),
    ...checkMeasures(facts),
    ...checkSender(session, facts),
    ...(await checkSignature(portal, session, upload, certificate)),
  ]
  return { facts, errors }
}

const readBody = (body: string): XmlElement | PortalError[] => {
  // The element alone, without a prolog and without the import container [L].
  if (body.trimStart().startsWith('<?xml'))
    return [portalError('WRONG_XML_FORMAT', 'invoiceBody', 'XML prolog')]
  let root: XmlElement
  try {
    root = parseXml(body)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    return [portalError('WRONG_XML_FORMAT', 'invoiceBody', error.message)]
  }
  return root.name === 'invoice' && root.namespace === invoiceNamespace
    ? root
    : [
        portalError(
          'FLK_VALITATION_FAILED',
          'invoice',
          `cvc-elt.1: Cannot find the declaration of element '${root.name}'.`,
        ),
      ]
}

const formError = (fault: SchemaFault): PortalError =>
  ({
    unexpected: portalError('FLK_VALITATION_FAILED', fault.path, fault.message),
    missing: portalError('FIELD_IS_NULL', fault.path, fault.message),
    value: portalError('FIELD_INVALID', fault.path, fault.message),
  })[fault.what]

const checkDates = (portal: Portal, facts: InvoiceFacts): PortalError[] => {
  const issued = isoDate(facts.date)
  const turnover = isoDate(facts.turnoverDate)
  const errors: PortalError[] = []
  if (issued === undefined) errors.push(portalError('WRONG_DATE', 'date'))
  else if (issued > portal.today()) errors.push(portalError('WRONG_DATE', 'date', 'дата в будущем'))
  if (turnover === undefined || turnover > portal.today()) {
    // The words for a turnover in the future are the portal's own [L].
    errors.push({
      property: 'turnoverDate',
      errorCode: 'WRONG_DATE',
      text: 'Дата совершения оборота задана неверно',
    })
  }
  if (facts.related !== undefined && isoDate(facts.related.date) === undefined) {
    errors.push(portalError('WRONG_DATE', 'relatedInvoice.date'))
  }
  if (facts.kind !== 'ORDINARY_INVOICE' && facts.related === undefined) {
    errors.push(portalError('FIELD_IS_NULL', 'relatedInvoice'))
  }
  return errors
}

const checkParties = (facts: InvoiceFacts): PortalError[] =>
  facts.customers.flatMap(({ tin, statuses }, index) =>
    (tin === undefined || tin === '') && !statuses.includes('NONRESIDENT')
      ? [portalError('FIELD_IS_NULL', `customers.customer[${index}].tin`)]
      : [],
  )

const decimalFields = new Set([
  'currencyRate',
  'exciseAmount',
  'exciseRate',
  'ndsAmount',
  'priceWithTax',
  'priceWithoutTax',
  'quantitativeQuantity',
  'quantity',
  'shareParticipation',
  'totalExciseAmount',
  'totalNdsAmount',
  'totalPriceWithTax',
  'totalPriceWithoutTax',
  'totalTurnoverSize',
  'turnoverSize',
  'unitPrice',
])

/** `600000`, `1200.5`, `0` pass; `600000.00` is declined [L]. */
const plainNumber = /^-?(0|[1-9]\d*)(\.\d*[1-9])?$/

const checkNumbers = (element: XmlElement, path: string): PortalError[] => {
  const positions = new Map<string, number>()
  return element.children.flatMap((one) => {
    const position = positions.get(one.name) ?? 0
    positions.set(one.name, position + 1)
    const at = `${path === '' ? '' : `${path}.`}${one.name}${repeated.has(one.name) ? `[${position}]` : ''}`
    if (one.children.length > 0) return checkNumbers(one, at)
    return decimalFields.has(one.name) && !plainNumber.test(one.text.trim())
      ? [portalError('FIELD_INVALID', at, 'незначащие нули')]
      : []
  })
}

const repeated = new Set(['customer', 'seller', 'product', 'participant', 'share'])

const checkSums = (facts: InvoiceFacts): PortalError[] => {
  const errors: PortalError[] = []
  if (facts.lines.length > maxLines) {
    errors.push(portalError('FLK_VALITATION_FAILED', 'productSet.products', `не более ${maxLines} строк`))
  }
  facts.lines.forEach((line, index) => {
    const at = `productSet.products.product[${index}]`
    const turnover = decimal(line.turnoverSize)
    if (
      !decimal(line.priceWithoutTax)
        .plus(line.exciseAmount ?? '0')
        .equals(turnover)
    ) {
      errors.push(portalError('INCORRECT_PRODUCT_SUM', `${at}.turnoverSize`))
    }
    if (!turnover.plus(line.ndsAmount).equals(line.priceWithTax)) {
      errors.push(portalError('INCORRECT_PRODUCT_SUM', `${at}.priceWithTax`))
    }
  })
  const sum = (of: (line: InvoiceFacts['lines'][number]) => string | undefined): ExactDecimal =>
    facts.lines.reduce((total, line) => total.plus(of(line) ?? '0'), decimal('0'))
  const expected: Record<keyof InvoiceFacts['totals'], ExactDecimal> = {
    totalExciseAmount: sum((line) => line.exciseAmount),
    totalNdsAmount: sum((line) => line.ndsAmount),
    totalPriceWithTax: sum((line) => line.priceWithTax),
    totalPriceWithoutTax: sum((line) => line.priceWithoutTax),
    totalTurnoverSize: sum((line) => line.turnoverSize),
  }
  for (const [name, value] of Object.entries(expected)) {
    if (!value.equals(facts.totals[name as keyof InvoiceFacts['totals']])) {
      errors.push(portalError('INCORRECT_TOTAL_SUM', `productSet.${name}`))
    }
  }
  return errors
}

/** A code of at most ten digits; text or an empty element is refused [L]. The dictionary itself is not published. */
const checkMeasures = (facts: InvoiceFacts): PortalError[] =>
  facts.lines.flatMap(({ unitNomenclature }, index) =>
    unitNomenclature === undefined || /^\d{1,10}$/.test(unitNomenclature)
      ? []
      : [portalError('INVALID_MEASURE_UNIT_CODE', `productSet.products.product[${index}].unitNomenclature`)],
  )

/** The session's enterprise must be a seller, its branch, or the seller's agent. */
const checkSender = (session: SessionRow, facts: InvoiceFacts): PortalError[] => {
  const allowed = [
    ...facts.sellers.flatMap(({ tin, branchTin }) => [tin, branchTin]),
    ...facts.participantTins.sellers,
    facts.sellerAgentTin,
  ]
  return allowed.includes(session.tin)
    ? []
    : [portalError('SELLER_TIN_NOT_EQUALS_WITH_TIN_IN_SESSION', 'sellers.seller[0].tin')]
}

const base64 = /^[A-Za-z0-9+/]+={0,2}$/

const checkSignature = async (
  portal: Portal,
  session: SessionRow,
  upload: UploadedInvoice,
  certificate: { readonly text: string; readonly read: PortalCertificate | undefined },
): Promise<PortalError[]> => {
  const certificateErrors = checkCertificate(portal, session, upload.signatureType, certificate.read)
  if (certificateErrors.length > 0) return certificateErrors
  const signature = upload.signature.trim()
  if (!base64.test(signature) || signature.length % 4 !== 0) {
    return [portalError('SIGNATURE_INVALID_FORMAT', 'signature')]
  }
  const holds = await (portal.options.verifyRaw ?? verifyRsaRaw)({
    // The exact text of the body, nothing canonical about it: one changed space and the signature is void.
    data: Buffer.from(upload.body, 'utf8'),
    signature: Buffer.from(signature, 'base64'),
    certificate: certificate.text,
  })
  return holds ? [] : [portalError('SIGNATURE_VERIFICATION_FAILED', 'signature')]
}

/** The certificate's own errors, for invoices, acts and lists of ids alike. */
export const checkCertificate = (
  portal: Portal,
  session: SessionRow,
  signatureType: string,
  certificate: PortalCertificate | undefined,
): PortalError[] => {
  if (certificate === undefined) return [portalError('CERTIFICATE_INVALID_FORMAT', 'x509Certificate')]
  if (portal.options.certificateDates !== 'ignored') {
    if (certificate.validTo < portal.now()) return [portalError('CERTIFICATE_EXPIRED', 'x509Certificate')]
    if (certificate.validFrom > portal.now())
      return [portalError('CERTIFICATE_NOT_YET_VALID', 'x509Certificate')]
  }
  // Test certificates often carry no BIN; one that carries another enterprise's is refused.
  const isCompany = signatureType === 'COMPANY'
  return isCompany && certificate.bin !== undefined && certificate.bin !== session.tin
    ? [portalError('CERTIFICATE_IS_NOT_FOR_ENTERPRISE', 'x509Certificate')]
    : []
}
