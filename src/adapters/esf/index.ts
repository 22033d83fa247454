/** The client of the state portal ИС ЭСФ. See README.md. */
export type { PortalAccount, PortalAccounts, PortalKey } from './account.ts'
export { EsfPortal, esfPortalDefaults } from './portal.ts'
export type { EsfPortalDeps, EsfPortalOptions } from './portal.ts'
export { rsaPortalKey } from './rsa-key.ts'
export { writeInvoice } from './write-invoice.ts'
