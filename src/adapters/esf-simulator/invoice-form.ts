import type { Complex } from './schema.ts'
import {
  boolean,
  enumeration,
  int,
  list,
  maybe,
  money,
  one,
  quantity,
  sequence,
  simple,
  some,
  string,
} from './schema.ts'

/**
 * The invoice form V2 as the portal accepts it since 2025 [W]: first the common part, then the fields of
 * V2, every type in alphabetical order, children without a namespace.
 */
export const invoiceNamespace = 'v2.esf'

/** Lines of one invoice; `productNumber` of a share is 1..200 [W]. */
export const maxLines = 200

const digits = simple('string', { pattern: /[0-9]{1,30}/ })
const taxId = simple('string', { pattern: /[0-9]{8,20}/ })
const bankCode = simple('string', { pattern: /[0-9A-Z]{8}/ })
const account = simple('string', { pattern: /[0-9A-Z]{20}/ })

const customerStatus = enumeration(
  'COMMITTENT',
  'BROKER',
  'LESSEE',
  'JOINT_ACTIVITY_PARTICIPANT',
  'PUBLIC_OFFICE',
  'NONRESIDENT',
  'SHARING_AGREEMENT_PARTICIPANT',
  'PRINCIPAL',
  'RETAIL',
  'INDIVIDUAL',
  'LAWYER',
  'BAILIFF',
  'MEDIATOR',
  'NOTARY',
)
const sellerStatus = enumeration(
  'COMMITTENT',
  'BROKER',
  'FORWARDER',
  'LESSOR',
  'JOINT_ACTIVITY_PARTICIPANT',
  'SHARING_AGREEMENT_PARTICIPANT',
  'EXPORTER',
  'TRANSPORTER',
  'PRINCIPAL',
  'LAWYER',
  'BAILIFF',
  'MEDIATOR',
  'NOTARY',
  'NONRESIDENT',
)

const share = sequence(
  'ProductShare',
  maybe('additional'),
  maybe('additionalUnitNomenclature'),
  maybe('exciseAmount', money),
  one('ndsAmount', money),
  maybe('ndsRate', int),
  one('priceWithTax', money),
  one('priceWithoutTax', money),
  one('productNumber', simple('int', { min: 1, max: maxLines })),
  maybe('productNumberInSnt'),
  maybe('quantitativeQuantity', quantity),
  maybe('quantity', quantity),
  one('turnoverSize', money),
)

const participants = sequence(
  undefined,
  some(
    'participant',
    sequence('Participant', list('productShares', some('share', share)), maybe('reorganizedTin'), one('tin')),
  ),
)

const customer = sequence(
  'Customer',
  maybe('address'),
  maybe('branchTin'),
  one('countryCode'),
  one('name'),
  maybe('reorganizedTin'),
  maybe('shareParticipation', quantity),
  maybe('statuses', sequence(undefined, some('status', customerStatus))),
  maybe('tin'),
  maybe('trailer'),
)

const seller = sequence(
  'Seller',
  maybe('address'),
  maybe('bank'),
  maybe('bik', bankCode),
  maybe('branchTin', taxId),
  maybe('certificateNum'),
  maybe('certificateSeries'),
  maybe('countryCode'),
  maybe('iik', account),
  maybe('isBranchNonResident', boolean),
  maybe('kbe'),
  one('name'),
  maybe('ndscaBank'),
  maybe('ndscaBik'),
  maybe('ndscaIik'),
  maybe('ndscaKbe'),
  maybe('reorganizedTin'),
  maybe('shareParticipation', quantity),
  maybe('statuses', sequence(undefined, some('status', sellerStatus))),
  maybe('tin', taxId),
  maybe('trailer'),
)

const product = sequence(
  'Product',
  maybe('additional'),
  maybe('additionalUnitNomenclature'),
  one('catalogTruId'),
  maybe('description'),
  maybe('exciseAmount', money),
  maybe('exciseRate', simple('decimal', { totalDigits: 14, fractionDigits: 2, min: 0 })),
  maybe('gtinCode'),
  maybe('kpvedCode'),
  one('ndsAmount', money),
  maybe('ndsRate', simple('int', { min: 0, max: 100 })),
  one('priceWithTax', money),
  one('priceWithoutTax', money),
  maybe('productDeclaration'),
  maybe('productNumberInDeclaration'),
  maybe('productNumberInSnt'),
  maybe('quantitativeQuantity', quantity),
  maybe('quantitativeUnitNomenclature'),
  maybe('quantity', quantity),
  maybe('tnvedName'),
  one('truOriginCode', simple('string', { pattern: /[1-6]/ })),
  maybe('turnoverAdjustment', int),
  maybe('turnoverCode'),
  one('turnoverSize', money),
  maybe('unitCode', simple('string', { pattern: /[0-9]{1,10}/ })),
  maybe('unitNomenclature'),
  maybe('unitPrice', quantity),
)

export const invoiceForm: Complex = sequence(
  'InvoiceV2',
  one('date'),
  one('invoiceType', enumeration('ORDINARY_INVOICE', 'FIXED_INVOICE', 'ADDITIONAL_INVOICE')),
  one('num', digits),
  one('operatorFullname', simple('string', { maxLength: 200 })),
  maybe(
    'relatedInvoice',
    sequence('RelatedInvoice', one('date'), one('num', digits), maybe('registrationNumber')),
  ),
  one('turnoverDate'),
  maybe('addInf'),
  maybe(
    'consignee',
    sequence('Consignee', maybe('address'), one('countryCode'), maybe('name'), maybe('tin')),
  ),
  maybe('consignor', sequence('Consignor', maybe('address'), maybe('name'), maybe('tin'))),
  maybe('customerAgentAddress'),
  maybe('customerAgentDocDate'),
  maybe('customerAgentDocNum'),
  maybe('customerAgentName'),
  maybe('customerAgentTin'),
  maybe('customerParticipants', participants),
  list('customers', some('customer', customer)),
  maybe('datePaper'),
  maybe('deliveryDocDate'),
  maybe('deliveryDocDate2'),
  maybe('deliveryDocNum'),
  maybe('deliveryDocNum2'),
  maybe(
    'deliveryTerm',
    sequence(
      'DeliveryTerm',
      maybe('accountNumber'),
      maybe('contractDate'),
      maybe('contractNum'),
      maybe('deliveryConditionCode'),
      maybe('destination'),
      one('hasContract', boolean),
      maybe('term'),
      maybe('transportTypeCode'),
      maybe('warrant'),
      maybe('warrantDate'),
    ),
  ),
  one(
    'productSet',
    sequence(
      'ProductSet',
      one('currencyCode', string),
      maybe('currencyRate', quantity),
      maybe('ndsRateType', enumeration('WITHOUT_NDS_NOT_KZ')),
      list('products', some('product', product)),
      one('totalExciseAmount', money),
      one('totalNdsAmount', money),
      one('totalPriceWithTax', money),
      one('totalPriceWithoutTax', money),
      one('totalTurnoverSize', money),
    ),
  ),
  maybe(
    'publicOffice',
    sequence(
      'PublicOffice',
      one('bik', simple('string', { pattern: /KKMFKZ2A|NBRKKZKX/ })),
      maybe('iik', account),
      maybe('payPurpose', simple('string', { pattern: /[^\s:][^:\n\r\t]*/ })),
      maybe('productCode'),
    ),
  ),
  maybe('reasonPaper', enumeration('DOWN_TIME', 'MISSING_REQUIREMENT', 'UNLAWFUL_REMOVAL_REGISTRATION')),
  maybe('sellerAgentAddress'),
  maybe('sellerAgentDocDate'),
  maybe('sellerAgentDocNum'),
  maybe('sellerAgentName'),
  maybe('sellerAgentTin'),
  maybe('sellerParticipants', participants),
  list('sellers', some('seller', seller)),
)
