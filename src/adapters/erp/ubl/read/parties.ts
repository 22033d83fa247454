import type { Explained } from './explained.ts'
import type { Element } from './tree.ts'

const twelveDigits = (text: string): string | undefined =>
  /^(?:KZ)?(\d{12})$/.exec(text.replace(/\s/g, ''))?.[1]

/** Where systems put the БИН or ИИН, the likeliest first. */
const taxIdPlaces = [
  'cac:PartyLegalEntity/cbc:CompanyID',
  'cac:PartyTaxScheme/cbc:CompanyID',
  'cac:PartyIdentification/cbc:ID',
  'cbc:EndpointID',
]

const addressParts = [
  'cbc:StreetName',
  'cbc:AdditionalStreetName',
  'cac:AddressLine/cbc:Line',
  'cbc:CityName',
  'cbc:PostalZone',
  'cbc:CountrySubentity',
]

/** A party as the document language has it, from `cac:Party`. */
export const readParty = (
  explained: Explained,
  path: string,
  party: Element | undefined,
): Record<string, unknown> | undefined => {
  if (party === undefined) return undefined
  const taxIdAt = taxIdPlaces
    .flatMap((place) => party.all(place))
    .find(({ text }) => twelveDigits(text) !== undefined)
  const name = party.find('cac:PartyLegalEntity/cbc:RegistrationName') ?? party.find('cac:PartyName/cbc:Name')
  const address = party.find('cac:PostalAddress')
  return {
    taxId: explained.take(`${path}.taxId`, taxIdAt, 'twelve-digits', twelveDigits),
    name: explained.text(`${path}.name`, name),
    address: readAddress(explained, `${path}.address`, address),
    country: explained.text(`${path}.country`, address?.find('cac:Country/cbc:IdentificationCode')),
    phone: explained.text(`${path}.phone`, party.find('cac:Contact/cbc:Telephone')),
    email: explained.text(`${path}.email`, party.find('cac:Contact/cbc:ElectronicMail')),
  }
}

const readAddress = (
  explained: Explained,
  path: string,
  address: Element | undefined,
): string | undefined => {
  const parts = addressParts.flatMap((place) => address?.all(place) ?? [])
  const said = parts.flatMap((part) => explained.text(path, part) ?? [])
  return said.length === 0 ? undefined : said.join(', ')
}

/** The seller's account, from the first `cac:PaymentMeans` that has one. */
export const readBank = (explained: Explained, root: Element): Record<string, unknown> | undefined => {
  const account = root.find('cac:PaymentMeans/cac:PayeeFinancialAccount')
  const iik = explained.take('seller.bank.iik', account?.find('cbc:ID'), 'no-spaces', (text) =>
    text.replace(/\s/g, ''),
  )
  if (iik === undefined) return undefined
  const branch = account?.find('cac:FinancialInstitutionBranch')
  return {
    iik,
    bik: explained.text('seller.bank.bik', branch?.find('cbc:ID')),
    bankName: explained.text('seller.bank.bankName', branch?.find('cbc:Name')),
  }
}
