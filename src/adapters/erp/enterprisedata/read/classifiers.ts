/** Codes of the classifiers that 1C sends, in the letters of the document language. */

/** ISO 4217, numeric to alphabetic: what 1C's classifier of currencies holds for Kazakhstan and its neighbours. */
const currencies: Readonly<Record<string, string>> = {
  '398': 'KZT',
  '643': 'RUB',
  '810': 'RUB',
  '840': 'USD',
  '978': 'EUR',
  '156': 'CNY',
  '417': 'KGS',
  '860': 'UZS',
  '933': 'BYN',
  '051': 'AMD',
  '031': 'AZN',
  '944': 'AZN',
  '949': 'TRY',
  '826': 'GBP',
  '756': 'CHF',
  '784': 'AED',
  '392': 'JPY',
  '410': 'KRW',
  '356': 'INR',
  '980': 'UAH',
  '981': 'GEL',
  '985': 'PLN',
  '972': 'TJS',
  '934': 'TMT',
  '496': 'MNT',
}

/** ISO 3166, numeric to alpha-2. */
const countries: Readonly<Record<string, string>> = {
  '398': 'KZ',
  '643': 'RU',
  '417': 'KG',
  '860': 'UZ',
  '112': 'BY',
  '051': 'AM',
  '031': 'AZ',
  '268': 'GE',
  '762': 'TJ',
  '795': 'TM',
  '804': 'UA',
  '498': 'MD',
  '156': 'CN',
  '792': 'TR',
  '276': 'DE',
  '840': 'US',
  '826': 'GB',
  '784': 'AE',
  '380': 'IT',
  '250': 'FR',
  '724': 'ES',
  '616': 'PL',
  '528': 'NL',
  '756': 'CH',
  '040': 'AT',
  '392': 'JP',
  '410': 'KR',
  '356': 'IN',
  '496': 'MN',
  '203': 'CZ',
  '440': 'LT',
  '428': 'LV',
  '233': 'EE',
  '364': 'IR',
  '344': 'HK',
  '702': 'SG',
  '376': 'IL',
  '196': 'CY',
}

const padded = (code: string): string => code.padStart(3, '0')

export const currencyOf = (code: string | undefined, name: string | undefined): string | undefined => {
  if (name !== undefined && /^[A-Z]{3}$/.test(name)) return name
  if (code !== undefined && /^[A-Z]{3}$/.test(code)) return code
  return code === undefined ? undefined : currencies[padded(code)]
}

export const countryOf = (code: string | undefined): string | undefined =>
  code === undefined ? undefined : /^[A-Z]{2}$/.test(code) ? code : countries[padded(code)]

const numericByLetters = (list: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(list)
      .reverse()
      .map(([digits, letters]) => [letters, digits]),
  )

const currencyDigits = numericByLetters(currencies)
const countryDigits = numericByLetters(countries)

export const currencyCodeOf = (letters: string): string | undefined => currencyDigits.get(letters)
export const countryCodeOf = (letters: string): string | undefined => countryDigits.get(letters)
