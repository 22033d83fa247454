import type { Digest } from '../exchange/index.ts'

/**
 * ETSI EN 319 162-1 (ASiC-E with CAdES): a manifest names every file with its digest; a signature or a time stamp lies
 * over the manifest. The parties' own signatures are files of the container, untouched.
 */

/** `record`: the installation's Ed25519 alone, where no ЭЦП and no stamp was to be had. */
export type SealKind = 'signature' | 'time-stamp' | 'record'

export const sealNames: Readonly<Record<SealKind, string>> = {
  signature: 'META-INF/signature.p7s',
  'time-stamp': 'META-INF/timestamp.tst',
  record: 'META-INF/record.sig',
}

const sealMimes: Readonly<Record<SealKind, string>> = {
  signature: 'application/pkcs7-signature',
  'time-stamp': 'application/vnd.etsi.timestamp-token',
  record: 'application/octet-stream',
}

export interface ListedFile {
  name: string
  mime: string
  digest: Digest
}

export const asicManifest = (files: readonly ListedFile[], seal: SealKind, root: string): string => {
  const references = files.map(
    ({ name, mime, digest }) =>
      `  <asic:DataObjectReference URI="${escaped(encodeURI(name))}" MimeType="${mime}"${name === root ? ' Rootfile="true"' : ''}>
    <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>
    <ds:DigestValue>${base64OfHex(digest)}</ds:DigestValue>
  </asic:DataObjectReference>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
  <asic:SigReference URI="${sealNames[seal]}" MimeType="${sealMimes[seal]}"/>
${references.join('\n')}
</asic:ASiCManifest>
`
}

/**
 * What a manifest of ours names; undefined when it is not of this form. Not a reader of XML: whatever is not exactly
 * what `asicManifest` writes is refused, so nothing can hide between two readings.
 */
export const readAsicManifest = (
  text: string,
): { files: Map<string, Digest>; seal: SealKind } | undefined => {
  const seal = /^ {2}<asic:SigReference URI="([^"]+)" /m.exec(text)?.[1]
  const kind = (Object.keys(sealNames) as SealKind[]).find((one) => sealNames[one] === seal)
  if (kind === undefined) return undefined
  const listed: ListedFile[] = []
  let root = ''
  const reference =
    /<asic:DataObjectReference URI="([^"]+)" MimeType="([^"]+)"( Rootfile="true")?>\s*<ds:DigestMethod Algorithm="http:\/\/www\.w3\.org\/2001\/04\/xmlenc#sha256"\/>\s*<ds:DigestValue>([A-Za-z0-9+/=]+)<\/ds:DigestValue>/g
  for (const [, uri = '', mime = '', isRoot, digest = ''] of text.matchAll(reference)) {
    const name = decodeURI(unescaped(uri))
    if (isRoot !== undefined) root = name
    listed.push({ name, mime, digest: hexOfBase64(digest) })
  }
  if (asicManifest(listed, kind, root) !== text) return undefined
  const files = new Map(listed.map(({ name, digest }) => [name, digest]))
  return files.size === listed.length ? { files, seal: kind } : undefined
}

const mimes: readonly [RegExp, string][] = [
  [/\.xml$/, 'text/xml'],
  [/\.json$/, 'application/json'],
  [/\.p7s$/, 'application/pkcs7-signature'],
  [/\.ocsp$/, 'application/ocsp-response'],
  [/\.txt$/, 'text/plain'],
  [/\.yaml$/, 'application/yaml'],
]

export const mimeOf = (name: string): string =>
  mimes.find(([ending]) => ending.test(name))?.[1] ?? 'application/octet-stream'

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
const unescaped = (text: string): string => text.replaceAll('&quot;', '"').replaceAll('&amp;', '&')

const base64OfHex = (hex: string): string =>
  btoa(hex.replace(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16))))

const hexOfBase64 = (text: string): string => {
  try {
    return [...atob(text)].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join('')
  } catch {
    // Not base64: no digest is equal to it, and the manifest is refused.
    return ''
  }
}
