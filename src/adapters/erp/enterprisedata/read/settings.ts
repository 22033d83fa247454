import type { ConnectionProfile } from '../../../../core/company/index.ts'
import type { Fault } from '../../../../core/kernel/index.ts'
import { edFault } from '../ed-faults.ts'

/** What a connection's profile says to this reader: `settings.enterprisedata`, and its tables. */
export interface EdSettings {
  units: Readonly<Record<string, string>>
  vatNames: Readonly<Record<string, string>>
  organisation: ConnectionProfile['organisation']
  /** Origin of goods in tax invoices (1 to 5): EnterpriseData does not carry it. */
  originCode: string | undefined
  /** КНП of payment invoices. */
  paymentPurposeCode: string | undefined
  /** False: what the base has added of its own stays out of the documents. */
  keepsExtras: boolean
}

const textIn = (settings: Record<string, unknown>, name: string): string | undefined => {
  const value = settings[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

export const settingsOf = ({ units, vatRates, organisation, settings }: ConnectionProfile): EdSettings => {
  const own = settings?.['enterprisedata'] ?? {}
  return {
    units: units ?? {},
    vatNames: vatRates ?? {},
    organisation,
    originCode: textIn(own, 'originCode'),
    paymentPurposeCode: textIn(own, 'paymentPurposeCode'),
    keepsExtras: own['extras'] !== 'none',
  }
}

const allowed: Readonly<Record<string, RegExp>> = {
  originCode: /^[1-5]$/,
  paymentPurposeCode: /^\d{3}$/,
  extras: /^(none|all)$/,
}

/** What is wrong with `settings.enterprisedata` of a profile. */
export const checkEdSettings = (settings: Record<string, unknown>): Fault[] =>
  Object.keys(settings)
    .filter((name) => {
      const pattern = Object.hasOwn(allowed, name) ? allowed[name] : undefined
      return pattern === undefined || !pattern.test(textIn(settings, name) ?? '')
    })
    .map((name) => edFault('ED-22', { name }, name))
