/** Checks of requisites by themselves, without a document: adapters and the company room use them too. */

/** ISO 13616: four characters to the end, letters as 10 to 35, remainder 1 of 97. */
const isMod97 = (iban: string): boolean => {
  const moved = iban.slice(4) + iban.slice(0, 4)
  let remainder = 0
  for (let i = 0; i < moved.length; i++) {
    const unit = moved.charCodeAt(i)
    remainder = unit >= 65 ? (remainder * 100 + unit - 55) % 97 : (remainder * 10 + unit - 48) % 97
  }
  return remainder === 1
}

/** ИИК of a Kazakh bank: 20 characters, three digits of the bank after the check digits. */
export const isKazakhIban = (text: string): boolean => /^KZ\d{5}[A-Z0-9]{13}$/.test(text) && isMod97(text)

/** An account at a Kazakh bank must be right; what a foreign bank calls an account we cannot judge. */
export const isAccount = (text: string, bankCode?: unknown): boolean => {
  const isKazakh = text.startsWith('KZ') || (typeof bankCode === 'string' && bankCode.slice(4, 6) === 'KZ')
  return !isKazakh || isKazakhIban(text)
}

/** БИК of any country: bank, country, place, and sometimes a branch. */
export const isBankCode = (text: string): boolean => /^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(text)

/** КБе: residency 1 or 2, sector of the economy 1 to 9 (0 only in the KNP of non-residents, not here). */
export const isBeneficiaryCode = (text: string): boolean => /^[12][1-9]$/.test(text)

/** GTIN-8, 12, 13 or 14 with its mod-10 check digit. */
export const isGtin = (text: string): boolean => {
  if (!/^(\d{8}|\d{12,14})$/.test(text)) return false
  let sum = 0
  for (let i = 0; i < text.length - 1; i++) {
    const fromRight = text.length - 2 - i
    sum += (text.charCodeAt(i) - 48) * (fromRight % 2 === 0 ? 3 : 1)
  }
  return (10 - (sum % 10)) % 10 === text.charCodeAt(text.length - 1) - 48
}
