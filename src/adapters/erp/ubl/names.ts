/** Namespaces of UBL 2.1 and the identifiers of Peppol BIS Billing 3. */

export const ubl = {
  invoice: 'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2',
  creditNote: 'urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2',
  cac: 'urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2',
  cbc: 'urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2',
} as const

export const peppol = {
  customization: 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0',
  profile: 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0',
} as const

/** UNTDID 1001: what kind of paper it is. */
export const typeCodes = {
  commercial: '380',
  credit: '381',
  debit: '383',
  corrected: '384',
  tax: '388',
} as const

/**
 * Units: UN/ECE Recommendation 20 and 21 (UBL) beside МКЕИ. The first code of a unit is the one written; others are
 * read as the same.
 */
const unitPairs: readonly (readonly [mkei: string, ...rec20: string[]])[] = [
  ['003', 'MMT'],
  ['004', 'CMT'],
  ['005', 'DMT'],
  ['006', 'MTR'],
  ['008', 'KMT'],
  ['050', 'MMK'],
  ['051', 'CMK'],
  ['055', 'MTK'],
  ['059', 'HAR'],
  ['061', 'KMK'],
  ['110', 'MMQ'],
  ['111', 'MLT'],
  ['112', 'LTR'],
  ['113', 'MTQ'],
  ['118', 'DLT'],
  ['161', 'MGM'],
  ['163', 'GRM'],
  ['166', 'KGM'],
  ['168', 'TNE'],
  ['206', 'DTN'],
  ['212', 'WTT'],
  ['214', 'KWT'],
  ['215', 'MAW'],
  ['245', 'KWH'],
  ['246', 'MWH'],
  ['354', 'SEC'],
  ['355', 'MIN'],
  ['356', 'HUR'],
  ['359', 'DAY'],
  ['360', 'WEE'],
  ['362', 'MON'],
  ['364', 'QAN'],
  ['366', 'ANN'],
  ['449', 'TKM'],
  ['539', 'LH'],
  ['704', 'SET'],
  ['715', 'PR'],
  ['736', 'RO', 'XRO'],
  ['778', 'XPK', 'PK'],
  ['796', 'H87', 'C62', 'EA', 'PCE', 'NAR'],
  ['798', 'MIL'],
  ['812', 'XBX', 'BX'],
  ['839', 'KT'],
  ['868', 'XBO', 'BO'],
  ['5114', 'E48'],
]

const byMkei = new Map(unitPairs.map(([mkei, rec20]) => [mkei, rec20]))
const byRec20 = new Map(unitPairs.flatMap(([mkei, ...codes]) => codes.map((code) => [code, mkei] as const)))

export const rec20Of = (mkei: string): string | undefined => byMkei.get(mkei)
export const mkeiOf = (rec20: string): string | undefined => byRec20.get(rec20)

/** VAT categories (UNCL 5305) of the document language's rates. */
export const categoryOf = (vatRate: string): { id: 'S' | 'Z' | 'E'; percent: string } => {
  if (vatRate === 'none') return { id: 'E', percent: '0' }
  return vatRate === '0' ? { id: 'Z', percent: '0' } : { id: 'S', percent: vatRate }
}

/** Said in the invoice where a line bears no VAT: BIS wants a reason. */
export const exemptionReason = 'Без НДС'

/** Name of the item property that carries the portal's sign of origin (признак происхождения). */
export const originProperty = 'TruOriginCode'
