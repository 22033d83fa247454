import type { Act } from '../../core/document/index.ts'
import { decimal, plainText, type LocalDate } from '../../core/kernel/index.ts'
import type { ActWriter } from '../../core/mirror/index.ts'
import { escapeXml } from './xml.ts'

/**
 * The portal's act form AwpV1 (SDK of 2023): the order of its schema, which is alphabetical, only the root
 * qualified, days as `dd.MM.yyyy`, amounts without trailing zeros. The live portal also knows `awpType` and
 * `gsvsCode`; what they hold is described nowhere, so they are left out.
 */
export const writeAct: ActWriter['write'] = (act) =>
  `<v1:awp xmlns:a="abstractAwp.awp" xmlns:v1="v1.awp">${[
    element('date', day(act.date)),
    element('number', act.number),
    element('performedDate', day(performedOn(act))),
    element('additionalInfo', act.comment),
    block('contract', [
      element('date', day(act.basis?.date)),
      element('isContract', String(act.basis?.number !== undefined)),
      element('number', act.basis?.number),
    ]),
    block('recipients', [
      block('recipient', [
        ...participant(act.buyer),
        bankDetails(act.buyer),
        element('name', act.buyer.name),
        element('nonResident', String((act.buyer.country ?? 'KZ') !== 'KZ')),
      ]),
    ]),
    block('senders', [
      block('sender', [
        ...participant(act.seller),
        bankDetails(act.seller),
        element('certificateNum', act.seller.vatCertificate?.number),
        element('certificateSeries', act.seller.vatCertificate?.series),
        element('name', act.seller.name),
      ]),
    ]),
    block('worksPerformed', [
      element('currencyCode', act.currency),
      element('totalNdsAmount', plain(act.totals.vatAmount)),
      element('totalSumWithTax', plain(act.totals.amountWithVat)),
      element('totalSumWithoutTax', plain(act.totals.amountWithoutVat)),
      element('totalTurnoverSize', plain(act.totals.amountWithoutVat)),
      block('works', act.lines.map(work)),
    ]),
  ].join('')}</v1:awp>`

type Line = Act['lines'][number]

/** The last day on which any of it was done; the day of the act where no line says. */
const performedOn = (act: Act): LocalDate =>
  act.lines.reduce<LocalDate | undefined>((latest, line) => {
    const on = line.performedTo ?? line.performedFrom
    return on !== undefined && (latest === undefined || on > latest) ? on : latest
  }, undefined) ?? act.date

const participant = (party: Act['seller']): string[] => [
  element('address', party.address),
  element('branchTin', party.branchTaxId),
  element('invitationEmail', party.email),
  element('tin', party.taxId),
]

const bankDetails = ({ bank }: Act['seller']): string =>
  bank === undefined
    ? ''
    : block('bankDetails', [
        element('bank', bank.bankName),
        element('bik', bank.bik?.slice(0, 8)),
        element('iik', bank.iik),
        element('kbe', bank.kbe),
      ])

const work = (line: Line): string =>
  block('work', [
    element('additionalInfo', line.report),
    element('measureUnitCode', line.unitCode),
    element('name', line.name),
    element('ndsAmount', plain(line.vatAmount)),
    // Required by the schema, which has no other way to say "без НДС".
    element('ndsRate', line.vatRate === 'none' ? '0' : String(Number(line.vatRate))),
    element('quantity', plain(line.quantity)),
    element('sumWithTax', plain(line.amountWithVat)),
    element('sumWithoutTax', plain(line.amountWithoutVat)),
    element('turnoverSize', plain(line.amountWithoutVat)),
    element('unitPriceWithoutTax', plain(priceWithoutVat(line))),
  ])

/** The form wants the price without tax; an act may state it with. Six places, as its quantities have. */
const priceWithoutVat = (line: Line): string => {
  const quantity = decimal(line.quantity)
  return quantity.isZero()
    ? line.price
    : decimal(line.amountWithoutVat).div(quantity).toDecimalPlaces(6).toFixed()
}

const element = (name: string, value: string | undefined): string =>
  value === undefined || value === '' ? '' : `<${name}>${escapeXml(value)}</${name}>`

const block = (name: string, parts: string[]): string => `<${name}>${parts.join('')}</${name}>`

const day = (date: LocalDate | undefined): string | undefined =>
  date === undefined ? undefined : `${date.slice(8, 10)}.${date.slice(5, 7)}.${date.slice(0, 4)}`

const plain = (text: string): string => {
  const value = decimal(text)
  return value.isZero() ? '0' : plainText(value)
}
