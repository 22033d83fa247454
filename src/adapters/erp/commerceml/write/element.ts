import { Place } from '../tree.ts'

/** An element to be written: the same tree that documents are read from, so that what is written can be read back. */
export const element = (
  name: string,
  content: string | undefined | readonly (Place | undefined)[],
  attributes: Readonly<Record<string, string | undefined>> = {},
): Place | undefined => {
  const given = Object.entries(attributes).flatMap(([local, value]) =>
    value === undefined ? [] : [{ name: local, local, uri: '', value }],
  )
  const place = new Place({ local: name, attributes: given })
  if (typeof content === 'string') place.text = content
  const children = typeof content === 'string' ? [] : (content ?? []).filter((one) => one !== undefined)
  for (const child of children) place.adopt(child)
  // Nothing is written for what says nothing: no empty elements.
  return content === undefined || (typeof content !== 'string' && children.length === 0) ? undefined : place
}

export const must = (place: Place | undefined): Place => {
  if (place === undefined) throw new Error('an element that has to be written is empty')
  return place
}

// XML 1.0 has no letter for these; the document language refuses them, so only our own mistakes could bring them.
const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    // A carriage return or a tab as it stands would be read as a space or a line feed.
    .replace(/[\r\t]/g, (letter) => `&#${letter.charCodeAt(0)};`)

export const xmlOf = (place: Place): string => {
  const attributes = [...place.attributes].map(([name, value]) => ` ${name}="${escaped(value)}"`).join('')
  const inside = place.children.map(xmlOf).join('') + escaped(place.text)
  return inside === ''
    ? `<${place.name}${attributes}/>`
    : `<${place.name}${attributes}>${inside}</${place.name}>`
}
