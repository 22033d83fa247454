/** The client of the state portal ИС ЭСФ. See README.md. */
export type { PortalAccount, PortalAccounts, PortalKey } from './account.ts'
export { EsfPortal, esfPortalDefaults } from './portal.ts'
export type { EsfPortalDeps, EsfPortalOptions } from './portal.ts'
export { CompanyPortalAccounts } from './company-accounts.ts'
export { portalKey } from './portal-key.ts'
export type { CompanyKeyInHand } from './portal-key.ts'
export { rsaPortalKey } from './rsa-key.ts'
export { writeInvoice } from './write-invoice.ts'
