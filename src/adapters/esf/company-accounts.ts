import type { Companies, Company, PortalLogins } from '../../core/company/index.ts'
import type { PortalAccount, PortalAccounts } from './account.ts'
import { portalKey, type CompanyKeyInHand } from './portal-key.ts'

/** Accounts made of what a company gave us: its portal login and its signing key. */
export class CompanyPortalAccounts implements PortalAccounts {
  readonly #companies: Companies
  readonly #logins: PortalLogins
  readonly #keyOf: (companyId: string) => Promise<CompanyKeyInHand | undefined>

  constructor(deps: {
    companies: Companies
    logins: PortalLogins
    keyOf(companyId: string): Promise<CompanyKeyInHand | undefined>
  }) {
    this.#companies = deps.companies
    this.#logins = deps.logins
    this.#keyOf = (companyId) => deps.keyOf(companyId)
  }

  async byTaxId(taxId: string): Promise<PortalAccount | undefined> {
    const company = await this.#companies.byTaxId(taxId)
    return company === undefined ? undefined : this.#accountOf(company)
  }

  async all(): Promise<PortalAccount[]> {
    const accounts = await Promise.all(
      (await this.#logins.companies()).map((company) => this.#accountOf(company)),
    )
    return accounts.filter((account) => account !== undefined)
  }

  async #accountOf(company: Company): Promise<PortalAccount | undefined> {
    const [login, key] = await Promise.all([this.#logins.of(company.id), this.#keyOf(company.id)])
    if (login === undefined || key === undefined) return undefined
    return {
      taxId: company.taxId,
      user: login.userIin,
      password: login.password,
      login: login.login,
      profile: login.profile,
      key: portalKey(key),
    }
  }
}
