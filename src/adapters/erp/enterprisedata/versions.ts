/** Names of the format, and which versions of it we read and write. */

export const formatNamespace = 'http://v8.1c.ru/edi/edi_stnd/EnterpriseData'
export const messageNamespace = 'http://www.1c.ru/SSL/Exchange/Message'
/** Ours, for what a document says and EnterpriseData has no field for: the types of the format are open. */
export const extensionNamespace = 'urn:daneker:edo:enterprisedata:1'
export const exchangePlan = 'СинхронизацияДанныхЧерезУниверсальныйФормат'

const newest = 21
/** 1.2 to 1.21: those that the standard library of 1C carries, without gaps. */
export const versions: readonly string[] = Array.from({ length: newest - 1 }, (_, i) => `1.${i + 2}`)

const known = new Set(versions)

export const namespaceOf = (version: string): string => `${formatNamespace}/${version}`

/** `…/EnterpriseData/1.8` → `1.8`; undefined for another namespace. */
export const versionIn = (namespace: string): string | undefined =>
  namespace.startsWith(`${formatNamespace}/`) ? namespace.slice(formatNamespace.length + 1) : undefined

export const isKnownVersion = (version: string): boolean => known.has(version)

const minorOf = (version: string): number => Number(version.split('.')[1] ?? '0')

/** Up to 1.16 a rate of VAT is a name from a list that has neither 12 nor 16 %; from 1.17 on it is an object. */
export const hasVatObject = (version: string): boolean => minorOf(version) >= 17

/** The two versions whose schemas our writing is checked against, the better one first. */
const proved = ['1.17', '1.8']

/**
 * What we write to a base in: a version that is proved where the base has one, otherwise the highest that both
 * have. Undefined when there is none.
 */
export const versionFor = (available: readonly string[]): string | undefined =>
  proved.find((version) => available.includes(version)) ??
  [...available].filter(isKnownVersion).sort((a, b) => minorOf(b) - minorOf(a))[0]
