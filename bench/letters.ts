import { randomBytes } from 'node:crypto'
import { writeDocumentXml, type TaxInvoice } from '../src/core/document/index.ts'
import { anInvoice, anInvoiceLine } from '../test/factories/documents.ts'
import { sendCall } from '../test/factories/soap-requests.ts'

/** Stands where every copy gets a GUID of its own; as long as one. */
const guidPlace = '00000000-0000-4000-8000-00000000abcd'

/** Exact bytes of the measured invoice, about. */
const wantedBytes = 10_240

/** A tax invoice of 10 KB in the format's own XML: seventeen lines or so, names as an accountant writes them. */
export const tenKilobyteInvoice = (): TaxInvoice => {
  const line = anInvoiceLine({ name: 'Цемент портландский М-400 Д20, мешок 50 кг, ГОСТ 10178-85' })
  for (let count = 1; ; count += 1) {
    const times = (amount: string): string => (Math.round(Number(amount) * 100 * count) / 100).toFixed(2)
    const invoice = anInvoice({
      guid: guidPlace,
      lines: Array.from({ length: count }, () => line),
      totals: {
        amountWithoutVat: times(line.amountWithoutVat ?? '0'),
        turnoverAmount: times(line.turnoverAmount ?? '0'),
        vatAmount: times(line.vatAmount ?? '0'),
        amountWithVat: times(line.amountWithVat ?? '0'),
        exciseAmount: '0.00',
      },
    })
    if (writeDocumentXml(invoice).byteLength >= wantedBytes) return invoice
  }
}

/** A text with one place for a GUID; every copy is another document. */
export class Letter {
  readonly #text: Buffer
  readonly #places: number[] = []
  readonly #run = randomBytes(4).toString('hex')
  #count = 0

  constructor(text: string | Uint8Array) {
    this.#text = Buffer.from(text)
    for (let at = this.#text.indexOf(guidPlace); at !== -1; at = this.#text.indexOf(guidPlace, at + 1)) {
      this.#places.push(at)
    }
    if (this.#places.length === 0) throw new Error('a letter without a place for its GUID')
  }

  get size(): number {
    return this.#text.length
  }

  nextGuid(): string {
    return `${this.#run}-0000-4000-8000-${(this.#count += 1).toString(16).padStart(12, '0')}`
  }

  copy(guid = this.nextGuid()): Buffer {
    const copy = Buffer.from(this.#text)
    for (const place of this.#places) copy.write(guid, place, 'latin1')
    return copy
  }
}

export type DoorName = 'soap' | 'rest'

/** The invoice as each door takes it; the idempotency key is the GUID. */
export const letterFor = (door: DoorName): Letter => {
  const invoice = tenKilobyteInvoice()
  return new Letter(
    door === 'soap' ? sendCall(invoice, guidPlace) : JSON.stringify({ ...invoice, kind: undefined }),
  )
}

/** Path and headers of a request that brings a letter; the key in a header is replaced like the GUID. */
export const headOf = (
  door: DoorName,
  given: { url: URL; authorization: string; length: number; keepAlive: boolean },
): string =>
  [
    `POST ${door === 'soap' ? given.url.pathname.replace(/^\/$/, '/ws/EdoGateway_1_0') : '/api/v1/documents/tax-invoice'} HTTP/1.1`,
    `Host: ${given.url.host}`,
    `Authorization: ${given.authorization}`,
    ...(door === 'soap'
      ? [
          'Content-Type: text/xml; charset=utf-8',
          'SOAPAction: "urn:daneker:edo:1.0#EdoGateway_1_0:SendTaxInvoice"',
        ]
      : ['Content-Type: application/json; charset=utf-8', `Idempotency-Key: ${guidPlace}`]),
    `Content-Length: ${given.length}`,
    `Connection: ${given.keepAlive ? 'keep-alive' : 'close'}`,
    '\r\n',
  ].join('\r\n')
