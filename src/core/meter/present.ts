import type { MeterOverview } from './desk.ts'
import type { MeterDay, MeterLine, MeterLink } from './records.ts'
import type { MeterProof, MeterStatement, SealedDay } from './statement.ts'

/** The meter as files and answers show it: JSON, digests in hexadecimal, bytes in base64. Stable: checkers read it. */

export const overviewValue = ({ taxId, months, lastDay, publicKey }: MeterOverview) => ({
  taxId,
  months,
  lastDay,
  publicKey,
})

export const statementValue = (statement: MeterStatement) => ({
  format: 'urn:daneker:meter-statement:1',
  taxId: statement.taxId,
  name: statement.name,
  month: statement.month,
  count: statement.count,
  madeAt: statement.madeAt.toISOString(),
  headBefore: statement.headBefore,
  links: statement.links.map(linkValue),
  open: statement.open.map(lineValue),
  days: statement.days.map(sealedValue),
  text: statement.text,
  signature: base64(statement.signature),
  publicKey: statement.publicKey,
})

export const proofValue = ({ link, sealed, publicKey }: MeterProof) => ({
  format: 'urn:daneker:meter-proof:1',
  taxId: link.taxId,
  link: linkValue(link),
  ...(sealed === undefined ? {} : { linkPath: sealed.linkPath, ...sealedValue(sealed) }),
  publicKey,
})

const lineValue = ({ documentId, digest, receivedAt, month }: MeterLine) => ({
  documentId,
  digest,
  receivedAt: receivedAt.toISOString(),
  month,
})

const linkValue = (link: MeterLink) => ({
  number: link.number,
  ...lineValue(link),
  leaf: link.leaf,
  head: link.head,
})

const sealedValue = ({ seal, path, day }: SealedDay) => ({ seal, path, day: dayValue(day) })

const dayValue = (day: MeterDay) => ({
  day: day.day,
  number: day.number,
  companies: day.companies,
  documents: day.documents,
  root: day.root,
  previous: day.previous,
  digest: day.digest,
  signature: base64(day.signature),
  ...(day.stamp === undefined ? {} : { stamp: base64(day.stamp) }),
})

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))
