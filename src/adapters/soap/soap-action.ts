import type { SoapService } from './shapes.ts'

const percentDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What may stand before the name of the operation: nothing, or namespace and service in 1C's spelling. */
const prefixesOf = ({ name, namespace }: SoapService): string[] => [
  '',
  `${namespace}#${name}:`,
  `${namespace}#`,
  `${namespace}/`,
]

/**
 * True when a SOAPAction header names `operation`, or nothing at all. The body alone picks the operation; the
 * header may only agree. Clients write it quoted, percent-encoded, bare, or as UTF-8 that HTTP turned to latin1.
 */
export const actionAgrees = (
  header: string | undefined,
  service: SoapService,
  operation: string,
): boolean => {
  const bare = (header ?? '')
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim()
  if (bare === '') return true
  const spellings = [bare, percentDecoded(bare), Buffer.from(bare, 'latin1').toString('utf8')]
  const prefixes = prefixesOf(service)
  return spellings.some((spelling) => prefixes.some((prefix) => spelling === prefix + operation))
}
