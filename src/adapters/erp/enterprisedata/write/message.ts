import { exchangePlan, formatNamespace, messageNamespace, namespaceOf, versions } from '../versions.ts'
import { stateObject } from './states.ts'
import { leaf, tag, type Xml } from './xml.ts'

/** What we take in: declared and processed are the same list, or 1C would mark as delivered what is lost. */
export const receivedObjects = [
  'Документ.РеализацияТоваровУслуг',
  'Документ.СчетПокупателю',
  'Документ.СчетФактураВыданный',
  'Справочник.Контрагенты',
  'Справочник.Организации',
  'Справочник.Договоры',
] as const

/** What we may send. */
export const sentObjects = [
  'Документ.ПоступлениеТоваровУслуг',
  'Документ.СчетПоставщика',
  'Документ.СчетФактураПолученный',
  stateObject,
] as const

const objectType = (name: string, sending: boolean, receiving: boolean): string =>
  tag(
    'msg:ObjectType',
    leaf('msg:Name', name),
    leaf('msg:Sending', sending ? '*' : ''),
    leaf('msg:Receiving', receiving ? '*' : ''),
  )

/** A moment as 1C has it: local time of Kazakhstan, without a zone (UTC+5 since 2024-03-01). */
export const localTime = (at: Date): string =>
  new Date(at.getTime() + 5 * 3_600_000).toISOString().slice(0, 19)

export interface NewMessage {
  from: string
  to: string
  messageNo: number
  receivedNo: number
  at: Date
  /** Undefined: a header alone, which is all that a handshake is. */
  version: string | undefined
  objects: readonly string[]
}

export const writeMessage = (message: NewMessage): string => {
  const { version, objects } = message
  const hasBody = version !== undefined && objects.length > 0
  const header: Xml[] = [
    leaf('msg:Format', hasBody ? namespaceOf(version) : formatNamespace),
    leaf('msg:CreationDate', localTime(message.at)),
    tag(
      'msg:Confirmation',
      leaf('msg:ExchangePlan', exchangePlan),
      leaf('msg:To', message.to),
      leaf('msg:From', message.from),
      leaf('msg:MessageNo', message.messageNo),
      leaf('msg:ReceivedNo', message.receivedNo),
    ),
    ...versions.map((one) => leaf('msg:AvailableVersion', one)),
    tag(
      'msg:AvailableObjectTypes',
      ...receivedObjects.map((name) => objectType(name, false, true)),
      ...sentObjects.map((name) => objectType(name, true, false)),
    ),
  ]
  const body = hasBody ? `<Body xmlns="${namespaceOf(version)}">${objects.join('')}</Body>` : ''
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Message xmlns:msg="${messageNamespace}" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${tag('msg:Header', ...header)}${body}</Message>`
}
