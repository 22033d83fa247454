import { createCipheriv, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import * as asn1js from 'asn1js'
import * as pkijs from 'pkijs'
import { derTag, encodeDer, encodeOid } from '../../src/adapters/signing/gost/der.ts'
import type { GostPrivateKey } from '../../src/adapters/signing/gost/index.ts'
import {
  gostCryptoKey,
  gostSignature,
  KzCryptoEngine,
  writeGostPublicKey,
} from '../../src/adapters/signing/gost/index.ts'
import { derivePkcs12, hashByOid, passwordForms } from '../../src/adapters/signing/pkcs12/encryption.ts'

const set = 0x31
const context0 = 0xa0
const implicit0 = 0x80
const nothing = new Uint8Array(0)
const sha256Oid = '2.16.840.1.101.3.4.2.1'

const integer = (value: number): Uint8Array => {
  const bytes: number[] = []
  for (let rest = value; rest > 0; rest >>= 8) bytes.unshift(rest & 255)
  if (bytes.length === 0 || (bytes[0] as number) >= 0x80) bytes.unshift(0)
  return encodeDer(derTag.integer, Uint8Array.from(bytes))
}
const octets = (bytes: Uint8Array): Uint8Array => encodeDer(derTag.octetString, bytes)
const sequence = (...parts: Uint8Array[]): Uint8Array => encodeDer(derTag.sequence, ...parts)

/** PBES2: PBKDF2 with HMAC-SHA-256, AES-256 in CBC. */
const encrypt = (password: string, iterations: number, plain: Uint8Array) => {
  const [salt, iv] = [randomBytes(16), randomBytes(16)]
  const cipher = createCipheriv('aes-256-cbc', pbkdf2Sync(password, salt, iterations, 32, 'sha256'), iv)
  const pbkdf2 = sequence(
    octets(salt),
    integer(iterations),
    sequence(encodeOid('1.2.840.113549.2.9'), encodeDer(derTag.null, nothing)),
  )
  return {
    algorithm: sequence(
      encodeOid('1.2.840.113549.1.5.13'),
      sequence(
        sequence(encodeOid('1.2.840.113549.1.5.12'), pbkdf2),
        sequence(encodeOid('2.16.840.1.101.3.4.1.42'), octets(iv)),
      ),
    ),
    encrypted: Buffer.concat([cipher.update(plain), cipher.final()]),
  }
}

export interface KeyFileOptions {
  /** PrivateKeyInfo (DER); several keys make several bags. */
  privateKeys: Uint8Array[]
  /** Certificates (DER). */
  certificates: Uint8Array[]
  password: string
  iterations?: number
  /** What the MAC says about its repetitions, when the file is to lie. */
  statedIterations?: number
}

/** A key file (PKCS#12) as today's tools make it: everything under AES-256, MAC over SHA-256. */
export const aKeyFile = async (options: KeyFileOptions): Promise<Uint8Array> => {
  const { password, iterations = 2048 } = options
  const bag = (oid: string, value: Uint8Array, id: number): Uint8Array =>
    sequence(
      encodeOid(oid),
      encodeDer(context0, value),
      encodeDer(
        set,
        sequence(encodeOid('1.2.840.113549.1.9.21'), encodeDer(set, octets(Uint8Array.of(id + 1)))),
      ),
    )
  const keyBags = options.privateKeys.map((key, index) => {
    const { algorithm, encrypted } = encrypt(password, iterations, key)
    return bag('1.2.840.113549.1.12.10.1.2', sequence(algorithm, octets(encrypted)), index)
  })
  const certificateBags = options.certificates.map((certificate, index) =>
    bag(
      '1.2.840.113549.1.12.10.1.3',
      sequence(encodeOid('1.2.840.113549.1.9.22.1'), encodeDer(context0, octets(certificate))),
      index,
    ),
  )
  const data = (content: Uint8Array): Uint8Array =>
    sequence(encodeOid('1.2.840.113549.1.7.1'), encodeDer(context0, octets(content)))
  const hidden = encrypt(password, iterations, sequence(...certificateBags))
  const encryptedData = sequence(
    encodeOid('1.2.840.113549.1.7.6'),
    encodeDer(
      context0,
      sequence(
        integer(0),
        sequence(encodeOid('1.2.840.113549.1.7.1'), hidden.algorithm, encodeDer(implicit0, hidden.encrypted)),
      ),
    ),
  )
  const authenticated = sequence(data(sequence(...keyBags)), encryptedData)

  const hash = hashByOid[sha256Oid]
  const [form] = passwordForms(password)
  if (hash === undefined || form === undefined) throw new Error('SHA-256 is known')
  const salt = randomBytes(16)
  const macKey = await derivePkcs12(hash, 3, form, salt, iterations, hash.bytes)
  const mac = createHmac('sha256', macKey).update(authenticated).digest()
  const macData = sequence(
    sequence(sequence(encodeOid(sha256Oid), encodeDer(derTag.null, nothing)), octets(mac)),
    octets(salt),
    integer(options.statedIterations ?? iterations),
  )
  return sequence(integer(3), data(authenticated), macData)
}

/** A certificate that a GOST key has signed for itself, valid through 2026. */
export const aGostCertificate = async (
  key: GostPrivateKey,
  commonName = 'Test signer',
): Promise<Uint8Array> => {
  const point = gostSignature(key.algorithm).publicKeyOf(key.secret)
  const spki = writeGostPublicKey({ algorithm: key.algorithm, point })
  const certificate = new pkijs.Certificate({
    version: 2,
    serialNumber: new asn1js.Integer({ value: 1 }),
    subjectPublicKeyInfo: pkijs.PublicKeyInfo.fromBER(new Uint8Array(spki)),
  })
  const name = new pkijs.AttributeTypeAndValue({
    type: '2.5.4.3',
    value: new asn1js.Utf8String({ value: commonName }),
  })
  certificate.subject.typesAndValues.push(name)
  certificate.issuer.typesAndValues.push(name)
  certificate.notBefore.value = new Date('2026-01-01T00:00:00Z')
  certificate.notAfter.value = new Date('2027-01-01T00:00:00Z')
  // the digest follows from the key
  await certificate.sign(gostCryptoKey(key), undefined, new KzCryptoEngine())
  return new Uint8Array(certificate.toSchema(true).toBER(false))
}
