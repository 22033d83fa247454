import { encodeSingleByte } from '../../../xml/index.ts'
import type { Place } from '../tree.ts'
import { xmlOf } from './element.ts'

/** How the base that gets the file wants it: as 1C of today reads it, or as that of fifteen years ago. */
export interface Dialect {
  version: '2.05' | '2.08' | '2.09' | '2.10' | '3.1'
  encoding: 'utf-8' | 'windows-1251'
}

const namespaces: Readonly<Record<Dialect['version'], string | undefined>> = {
  '2.05': undefined,
  '2.08': 'urn:1C.ru:commerceml_2',
  '2.09': 'urn:1C.ru:commerceml_2',
  '2.10': 'urn:1C.ru:commerceml_2',
  '3.1': 'urn:1C.ru:commerceml_3',
}

/** A whole file of documents. Letters that windows-1251 lacks (ә, ₸) are written as references, which any XML reader resolves. */
export const packageBytes = (
  documents: readonly Place[],
  { version, encoding }: Dialect,
  at: string,
): Uint8Array => {
  const namespace = namespaces[version]
  const inside = documents.map(xmlOf)
  // Version 3 keeps what belongs together in a container.
  const body = version === '3.1' ? inside.map((one) => `<Контейнер>${one}</Контейнер>`) : inside
  const text = [
    `<?xml version="1.0" encoding="${encoding}"?>`,
    `<КоммерческаяИнформация${namespace === undefined ? '' : ` xmlns="${namespace}"`} ВерсияСхемы="${version}" ДатаФормирования="${at}">`,
    ...body,
    '</КоммерческаяИнформация>',
    '',
  ].join('\n')
  if (encoding === 'utf-8') return new TextEncoder().encode(text)
  const bytes = encodeSingleByte(text, encoding, (letter) => `&#${letter.codePointAt(0)};`)
  if (bytes === undefined) throw new Error('a reference is made of letters that every encoding has')
  return bytes
}
