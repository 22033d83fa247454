import { DerError } from '../der/index.ts'

const pem = /^-----BEGIN ([A-Z0-9 ]{1,40})-----\s*([A-Za-z0-9+/=\s]*?)-----END \1-----$/
const base64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * The DER inside what we were given: DER itself, PEM with any label (NCALayer writes `-----BEGIN CMS-----`),
 * or bare base64. Two PEM blocks, or text around one, are refused: we would not know which was meant.
 */
export const unwrapDer = (input: Uint8Array): Uint8Array => {
  // A SEQUENCE begins with 30, which as text is '0'; base64 of a SEQUENCE always begins with 'M'.
  if (input[0] === 0x30) return input
  const text = Buffer.from(input.buffer, input.byteOffset, input.byteLength)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trim()
  const body = (text.startsWith('-----') ? pem.exec(text)?.[2] : text)?.replace(/\s+/g, '')
  if (body === undefined || body.length % 4 !== 0 || !base64.test(body))
    throw new DerError('neither DER nor PEM nor base64', 0)
  return new Uint8Array(Buffer.from(body, 'base64'))
}
