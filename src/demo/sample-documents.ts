import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { DocumentKind } from '../core/document/index.ts'
import { addDays, almatyDate } from '../core/kernel/index.ts'

/** A sample as a base of 1C would send it, for one door. */
export interface Sample {
  kind: DocumentKind
  door: 'SOAP' | 'REST'
  /** Envelope or JSON, ready to be posted. */
  body: string
}

/**
 * Reads the sample of a kind and gives it a GUID, a number and dates of its own: the portal takes only
 * invoices of these days, and no number twice on one of them.
 */
export const sampleOf = async (
  kind: DocumentKind,
  door: Sample['door'],
  { now, number }: { now: Date; number: number },
): Promise<Sample> => {
  const file = door === 'SOAP' ? `${kind}.soap.xml` : `${kind}.json`
  const text = await readFile(new URL(`./documents/${file}`, import.meta.url), 'utf8')
  const today = almatyDate(now)
  const values: Record<string, string> = {
    guid: randomUUID(),
    number: String(number),
    today,
    yesterday: addDays(today, -1),
    inTenDays: addDays(today, 10),
    monthStart: `${today.slice(0, 7)}-01`,
  }
  return { kind, door, body: text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole) }
}
