import { oids, oidText, sequence, setOf, stringText } from '../der/index.ts'
import type { Tlv } from '../der/index.ts'

interface Attribute {
  type: string
  value: string
}

const labels: Readonly<Record<string, string>> = {
  [oids.commonName]: 'CN',
  [oids.surname]: 'SURNAME',
  [oids.serialNumber]: 'SERIALNUMBER',
  [oids.country]: 'C',
  [oids.locality]: 'L',
  [oids.state]: 'ST',
  [oids.organization]: 'O',
  [oids.organizationalUnit]: 'OU',
  [oids.givenName]: 'GN',
  [oids.email]: 'E',
  [oids.userId]: 'UID',
  [oids.domainComponent]: 'DC',
  [oids.businessCategory]: 'BC',
}

const attributesOf = (name: Tlv): Attribute[] =>
  sequence(name, 'name').flatMap((relative) =>
    setOf(relative, 'relative name').flatMap((one) => {
      const [type, value] = sequence(one, 'name attribute')
      const text = value === undefined ? undefined : stringText(value)
      return text === undefined ? [] : [{ type: oidText(type, 'name attribute'), value: text }]
    }),
  )

/** A name for people, most specific part as the certificate orders it: `CN=…, O=…`. */
export const readName = (name: Tlv): string =>
  attributesOf(name)
    .map(
      ({ type, value }) =>
        `${Object.hasOwn(labels, type) ? labels[type] : type}=${value.replace(/[\\,=+]/g, '\\$&')}`,
    )
    .join(', ')

export interface SubjectFacts {
  commonName: string | undefined
  organization: string | undefined
  iins: string[]
  bins: string[]
  malformedTaxIds: number
}

/**
 * Who the certificate speaks of. НУЦ РК writes `IIN` + 12 digits into serialNumber and `BIN` + 12 digits into OU;
 * some service certificates have `BIN…` in serialNumber. Anything that starts like a number and is none is counted.
 */
export const readSubject = (name: Tlv): SubjectFacts => {
  const attributes = attributesOf(name)
  const facts: SubjectFacts = {
    commonName: undefined,
    organization: undefined,
    iins: [],
    bins: [],
    malformedTaxIds: 0,
  }
  for (const { type, value } of attributes) {
    if (type === oids.commonName) facts.commonName ??= value
    if (type === oids.organization) facts.organization ??= value
    if (type !== oids.serialNumber && type !== oids.organizationalUnit) continue
    const match = /^(IIN|BIN)([0-9]{12})$/.exec(value)
    if (match?.[1] === 'IIN') facts.iins.push(match[2]!)
    else if (match?.[1] === 'BIN') facts.bins.push(match[2]!)
    else if (/^\s*(IIN|BIN)\s*\d/i.test(value)) facts.malformedTaxIds++
  }
  return facts
}
