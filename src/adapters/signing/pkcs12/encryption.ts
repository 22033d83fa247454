import { createDecipheriv, createHash, pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { oidText } from '../gost/der.ts'
import { type BerElement, berTag, childOf, octetsOf, smallInteger } from './ber.ts'
import { decryptRc2Cbc } from './rc2.ts'

/** Repetitions beyond this make the opening of a file cost seconds; honest files have 1024 … 1 000 000. */
export const maxIterations = { pkcs12: 300_000, pbkdf2: 10_000_000 }

/** The file wants something we do not do; `what` names it. */
export class UnsupportedError extends Error {
  readonly what: string
  constructor(what: string) {
    super(what)
    this.what = what
  }
}

/** The file asks for more work than any honest file does. */
export class TooCostlyError extends Error {}

/** The bytes do not come out as a padded plain text: the wrong password. */
export class WrongPasswordError extends Error {}

/** A password in its two forms: for PKCS#12's own derivation, and for PBKDF2. */
export interface Password {
  /** UTF-16, highest byte first, with a final zero; nothing at all for some makers' empty password. */
  wide: Uint8Array
  utf8: Uint8Array
}

/** The forms to try, the usual one first. */
export const passwordForms = (password: string): Password[] => {
  const wide = Buffer.from(`${password}\0`, 'utf16le').swap16()
  const utf8 = Buffer.from(password, 'utf8')
  return password === ''
    ? [
        { wide, utf8 },
        { wide: new Uint8Array(0), utf8 },
      ]
    : [{ wide, utf8 }]
}

export const hashByOid: Readonly<Record<string, { name: string; bytes: number; blockBytes: number }>> = {
  '1.3.14.3.2.26': { name: 'sha1', bytes: 20, blockBytes: 64 },
  '2.16.840.1.101.3.4.2.4': { name: 'sha224', bytes: 28, blockBytes: 64 },
  '2.16.840.1.101.3.4.2.1': { name: 'sha256', bytes: 32, blockBytes: 64 },
  '2.16.840.1.101.3.4.2.2': { name: 'sha384', bytes: 48, blockBytes: 128 },
  '2.16.840.1.101.3.4.2.3': { name: 'sha512', bytes: 64, blockBytes: 128 },
}

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The key derivation of PKCS#12 (RFC 7292, appendix B). Purpose 1 gives a key, 2 an IV, 3 a key for the MAC. */
export const derivePkcs12 = async (
  hash: { name: string; bytes: number; blockBytes: number },
  purpose: 1 | 2 | 3,
  password: Password,
  salt: Uint8Array,
  iterations: number,
  wantedBytes: number,
): Promise<Uint8Array> => {
  if (iterations > maxIterations.pkcs12) throw new TooCostlyError()
  const v = hash.blockBytes
  const repeated = (bytes: Uint8Array): Uint8Array => {
    const length = v * Math.ceil(bytes.length / v)
    return Uint8Array.from({ length }, (_, i) => bytes[i % bytes.length] as number)
  }
  const diversifier = Buffer.alloc(v, purpose)
  const input = Buffer.concat([repeated(salt), repeated(password.wide)])
  const derived: Uint8Array[] = []
  for (let made = 0; made < wantedBytes; made += hash.bytes) {
    let a: Buffer = createHash(hash.name).update(diversifier).update(input).digest()
    for (let round = 1; round < iterations; round += 1) {
      a = createHash(hash.name).update(a).digest()
      // about 10 ms: let others in
      if (round % 8192 === 0) await pause()
    }
    derived.push(a)
    // every block of the input takes a repeated, plus one, as numbers of v bytes
    for (let at = 0; at < input.length; at += v) {
      let carry = 1
      for (let i = v - 1; i >= 0; i -= 1) {
        carry += (input[at + i] as number) + (a[i % a.length] as number)
        input[at + i] = carry & 255
        carry >>= 8
      }
    }
  }
  return Buffer.concat(derived).subarray(0, wantedBytes)
}

interface LegacyScheme {
  cipher: 'des3' | 'rc2'
  keyBytes: number
  keyBits: number
}

/** pbeWithSHA1And… of PKCS#12. RC4, the first two, has not been seen. */
const legacySchemes: Readonly<Record<string, LegacyScheme>> = {
  '1.2.840.113549.1.12.1.3': { cipher: 'des3', keyBytes: 24, keyBits: 192 },
  '1.2.840.113549.1.12.1.4': { cipher: 'des3', keyBytes: 16, keyBits: 128 },
  '1.2.840.113549.1.12.1.5': { cipher: 'rc2', keyBytes: 16, keyBits: 128 },
  '1.2.840.113549.1.12.1.6': { cipher: 'rc2', keyBytes: 5, keyBits: 40 },
}

const pbes2Oid = '1.2.840.113549.1.5.13'
const pbkdf2Oid = '1.2.840.113549.1.5.12'

const modernCiphers: Readonly<Record<string, { name: string; keyBytes: number }>> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyBytes: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyBytes: 24 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', keyBytes: 32 },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyBytes: 24 },
}

const pseudoRandomFunctions: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
}

export const oidOf = (element: BerElement): string => {
  const text = element.tag === berTag.oid ? oidText(element.content) : undefined
  if (text === undefined) throw new UnsupportedError('?')
  return text
}

const decipher = (name: string, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array => {
  try {
    const opened = createDecipheriv(name, key, iv)
    return Buffer.concat([opened.update(data), opened.final()])
  } catch (cause) {
    throw new WrongPasswordError('the padding is wrong', { cause })
  }
}

const pbkdf2Async = promisify(pbkdf2)

const decryptModern = async (
  parameters: BerElement,
  password: Password,
  data: Uint8Array,
): Promise<Uint8Array> => {
  const derivation = childOf(parameters, 0, berTag.sequence)
  const derivationOid = oidOf(childOf(derivation, 0))
  if (derivationOid !== pbkdf2Oid) throw new UnsupportedError(derivationOid)
  const [salt, count, ...rest] = childOf(derivation, 1, berTag.sequence).children
  if (salt?.tag !== berTag.octetString || count === undefined) throw new UnsupportedError('PBKDF2')
  const iterations = smallInteger(count)
  if (iterations > maxIterations.pbkdf2) throw new TooCostlyError()
  const prf = rest.find((element) => element.tag === berTag.sequence)
  const prfOid = prf === undefined ? '1.2.840.113549.2.7' : oidOf(childOf(prf, 0))
  const hash = pseudoRandomFunctions[prfOid]
  if (hash === undefined) throw new UnsupportedError(prfOid)
  const encryption = childOf(parameters, 1, berTag.sequence)
  const cipherOid = oidOf(childOf(encryption, 0))
  const cipher = modernCiphers[cipherOid]
  if (cipher === undefined) throw new UnsupportedError(cipherOid)
  const iv = childOf(encryption, 1, berTag.octetString).content
  const key = await pbkdf2Async(password.utf8, salt.content, Math.max(1, iterations), cipher.keyBytes, hash)
  return decipher(cipher.name, key, iv, data)
}

/** Opens what an AlgorithmIdentifier of PKCS#5 or PKCS#12 has closed. Throws the errors of this file. */
export const decryptWithPassword = async (
  algorithm: BerElement,
  password: Password,
  data: Uint8Array,
): Promise<Uint8Array> => {
  const oid = oidOf(childOf(algorithm, 0))
  const parameters = childOf(algorithm, 1, berTag.sequence)
  if (oid === pbes2Oid) return decryptModern(parameters, password, data)

  const scheme = legacySchemes[oid]
  if (scheme === undefined) throw new UnsupportedError(oid)
  const salt = octetsOf(childOf(parameters, 0, berTag.octetString))
  const iterations = smallInteger(childOf(parameters, 1, berTag.integer))
  const sha1 = { name: 'sha1', bytes: 20, blockBytes: 64 }
  const key = await derivePkcs12(sha1, 1, password, salt, iterations, scheme.keyBytes)
  const iv = await derivePkcs12(sha1, 2, password, salt, iterations, 8)
  if (scheme.cipher === 'des3') {
    // two keys: the first is used again as the third
    const three = scheme.keyBytes === 24 ? key : Buffer.concat([key, key.subarray(0, 8)])
    return decipher('des-ede3-cbc', three, iv, data)
  }
  const plain = decryptRc2Cbc(key, scheme.keyBits, iv, data)
  if (plain === undefined) throw new WrongPasswordError('the padding is wrong')
  return plain
}
