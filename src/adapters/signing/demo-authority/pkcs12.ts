import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import {
  oids,
  tags,
  tlv,
  writeContext,
  writeContextPrimitive,
  writeInteger,
  writeNull,
  writeOctets,
  writeOid,
  writeSequence,
  writeSetOf,
} from '../der/index.ts'
import { derivePkcs12, passwordForms } from '../pkcs12/encryption.ts'

const bags = {
  encryptedData: '1.2.840.113549.1.7.6',
  shroudedKey: '1.2.840.113549.1.12.10.1.2',
  certificate: '1.2.840.113549.1.12.10.1.3',
  x509: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
} as const

/** Throw-away keys need no slow guessing protection; openssl's default is 2048 too. */
const iterations = 2048

export interface Pkcs12Input {
  pkcs8: Uint8Array
  /** The key's own certificate first, the authorities after it. */
  certificates: readonly Uint8Array[]
  password: string
  friendlyName: string
}

/** A key file (PBES2, AES-256, MAC SHA-256) as any program opens it. */
export const writePkcs12 = async (input: Pkcs12Input): Promise<Uint8Array> => {
  const [own] = input.certificates
  if (own === undefined) throw new Error('a key file needs the certificate of the key')
  const [password] = passwordForms(input.password)
  const keyId = createHash('sha1').update(own).digest()
  const attributes = writeSetOf([
    writeSequence(writeOid(bags.localKeyId), tlv(tags.set, writeOctets(keyId))),
    writeSequence(
      writeOid(bags.friendlyName),
      tlv(tags.set, tlv(tags.bmpString, Buffer.from(input.friendlyName, 'utf16le').swap16())),
    ),
  ])
  const keyBag = writeSequence(
    writeOid(bags.shroudedKey),
    writeContext(0, writeSequence(...sealed(input.pkcs8, input.password, (data) => writeOctets(data)))),
    attributes,
  )
  const certificateBags = input.certificates.map((der, place) =>
    writeSequence(
      writeOid(bags.certificate),
      writeContext(0, writeSequence(writeOid(bags.x509), writeContext(0, writeOctets(der)))),
      ...(place === 0 ? [attributes] : []),
    ),
  )
  const encrypted = writeSequence(
    writeOid(bags.encryptedData),
    writeContext(
      0,
      writeSequence(
        writeInteger(0),
        writeSequence(
          writeOid(oids.data),
          ...sealed(writeSequence(...certificateBags), input.password, (data) =>
            writeContextPrimitive(0, data),
          ),
        ),
      ),
    ),
  )
  const plain = writeSequence(writeOid(oids.data), writeContext(0, writeOctets(writeSequence(keyBag))))
  const authenticated = writeSequence(encrypted, plain)
  const salt = randomBytes(16)
  const macKey = await derivePkcs12(
    { name: 'sha256', bytes: 32, blockBytes: 64 },
    3,
    password!,
    salt,
    iterations,
    32,
  )
  const mac = createHmac('sha256', macKey).update(authenticated).digest()
  return writeSequence(
    writeInteger(3),
    writeSequence(writeOid(oids.data), writeContext(0, writeOctets(authenticated))),
    writeSequence(
      writeSequence(writeSequence(writeOid(oids.sha256), writeNull()), writeOctets(mac)),
      writeOctets(salt),
      writeInteger(iterations),
    ),
  )
}

/** Algorithm identifier and cipher text. */
const sealed = (
  data: Uint8Array,
  password: string,
  wrap: (data: Uint8Array) => Uint8Array,
): [Uint8Array, Uint8Array] => {
  const salt = randomBytes(16)
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-256-cbc', pbkdf2Sync(password, salt, iterations, 32, 'sha256'), iv)
  const derivation = writeSequence(
    writeOctets(salt),
    writeInteger(iterations),
    writeSequence(writeOid(bags.hmacSha256), writeNull()),
  )
  return [
    writeSequence(
      writeOid(bags.pbes2),
      writeSequence(
        writeSequence(writeOid(bags.pbkdf2), derivation),
        writeSequence(writeOid(bags.aes256Cbc), writeOctets(iv)),
      ),
    ),
    wrap(Buffer.concat([cipher.update(data), cipher.final()])),
  ]
}
