import { writePkcs12, type DemoAuthority } from '../adapters/signing/demo-authority/index.ts'
import type { Gateway } from '../app.ts'
import type { NewConnection } from '../core/company/index.ts'

/** БИН with right check digits; the companies do not exist. */
export const alatau = { taxId: '260140000114', name: 'ТОО «Алатау Снаб»' }
/** The operator itself: its offer, its invoices and acts. */
export const operator = { taxId: '260140007002', name: 'ТОО «Оператор ЭДО»' }
export const yesil = { taxId: '260140000604', name: 'ТОО «Есіл Құрылыс»' }

/** The person whose key opens the portal's session, and the password of the cabinet. Both mean nothing outside the demo. */
export const portalUser = { iin: '900101300017', password: 'demo-cabinet' }

const filePassword = 'Demo-2026'

/** Has a key and a base, and no access yet: the way from the offer to the first document can be walked. */
export const newcomer = { taxId: '240240012346', name: 'ТОО «Жаңа Бастау»' }

/** Registers a company with access, a signing key in the gateway, the portal's login, and one connected base. */
export const connect = async (
  gateway: Gateway,
  authority: DemoAuthority,
  company: { taxId: string; name: string },
  { granted = true }: { granted?: boolean } = {},
): Promise<NewConnection> => {
  const { register } = gateway
  await register.registerCompany(company)
  if (granted) await register.grantAccess({ taxId: company.taxId, months: 12 })
  const identity = await authority.issue({
    subject: {
      commonName: 'ТЕСТОВ ТЕСТ',
      iin: portalUser.iin,
      bin: company.taxId,
      organization: company.name,
    },
  })
  const file = await writePkcs12({
    pkcs8: identity.key.pkcs8,
    certificates: [identity.certificate, ...authority.intermediates],
    password: filePassword,
    friendlyName: company.name,
  })
  await register.loadKey({ taxId: company.taxId, key: { file, password: filePassword } })
  await register.setPortalLogin({
    taxId: company.taxId,
    login: { userIin: portalUser.iin, password: portalUser.password, login: 'ticket' },
  })
  return register.connect({ taxId: company.taxId, name: 'Бухгалтерия для Казахстана', signing: 'key' })
}
