import type { ConnectionProfile } from '../../../../core/company/index.ts'

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
