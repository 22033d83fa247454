import type { Party } from '../../../../core/document/index.ts'
import { cac, cbc, type Node } from './xml-text.ts'

/** A party; its БИН or ИИН is both its registration and, when it pays VAT, its VAT number with the country before it. */
export const partyOf = (party: Party, paysVat = party.vatCertificate !== undefined): Node => {
  const { taxId, name, address, country = 'KZ', phone, email } = party
  return cac(
    'Party',
    email && cbc('EndpointID', email, { schemeID: 'EM' }),
    cac('PartyName', cbc('Name', name)),
    cac(
      'PostalAddress',
      address && cbc('StreetName', address),
      cac('Country', cbc('IdentificationCode', country)),
    ),
    taxId !== undefined &&
      paysVat &&
      cac('PartyTaxScheme', cbc('CompanyID', `${country}${taxId}`), cac('TaxScheme', cbc('ID', 'VAT'))),
    cac('PartyLegalEntity', cbc('RegistrationName', name), taxId && cbc('CompanyID', taxId)),
    (phone !== undefined || email !== undefined) &&
      cac('Contact', phone && cbc('Telephone', phone), email && cbc('ElectronicMail', email)),
  )
}

/** Where the seller is paid. */
export const paymentMeansOf = ({ bank }: Party): Node | undefined =>
  bank &&
  cac(
    'PaymentMeans',
    cbc('PaymentMeansCode', '30'),
    cac(
      'PayeeFinancialAccount',
      cbc('ID', bank.iik),
      bank.bik &&
        cac('FinancialInstitutionBranch', cbc('ID', bank.bik), bank.bankName && cbc('Name', bank.bankName)),
    ),
  )
