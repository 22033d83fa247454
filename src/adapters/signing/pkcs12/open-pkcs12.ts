import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Fault, type Result, failed, fault, ok } from '../../../core/kernel/index.ts'
import { type BerElement, BerError, berTag, childOf, octetsOf, readBer, smallInteger } from './ber.ts'
import type { Password } from './encryption.ts'
import {
  TooCostlyError,
  UnsupportedError,
  WrongPasswordError,
  decryptWithPassword,
  derivePkcs12,
  hashByOid,
  oidOf,
  passwordForms,
} from './encryption.ts'
import { type SigningKey, certificateOf, openPrivateKey, signingKey } from './signing-key.ts'

export interface Pkcs12Key {
  signer: SigningKey
  /** The key's mark inside the file, hexadecimal; empty when it has none. */
  localKeyId: string
  /** The name the file gives the key (alias); empty when it has none. */
  friendlyName: string
}

export interface Pkcs12Contents {
  /** Every certificate of the file (DER), in its order. */
  certificates: Uint8Array[]
  /** Every private key that has its certificate in the file. */
  keys: Pkcs12Key[]
}

/** The largest key file we read; those of НУЦ have 2 … 6 KB. */
const maxBytes = 1_048_576

const oids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  safeContentsBag: '1.2.840.113549.1.12.10.1.6',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
} as const

const notAKeyFile = () =>
  fault('PKCS12-01', '', {
    ru: 'Это не файл ключа PKCS#12 (.p12), или он повреждён. Возьмите исходный файл, выданный НУЦ РК.',
    kk: 'Бұл PKCS#12 (.p12) кілт файлы емес немесе ол бүлінген. ҚР ҰКО берген бастапқы файлды алыңыз.',
    en: 'This is not a PKCS#12 key file (.p12), or it is damaged. Take the original file given by NUC RK.',
  })

const wrongPassword = () =>
  fault('PKCS12-02', '', {
    ru: 'Пароль к файлу ключа неверен. Проверьте раскладку и регистр; утерянный пароль восстановить нельзя.',
    kk: 'Кілт файлының құпиясөзі қате. Пернетақта тілі мен әріп өлшемін тексеріңіз; жоғалған құпиясөз қалпына келмейді.',
    en: 'The password of the key file is wrong. Check the keyboard layout and case; a lost password cannot be restored.',
  })

const unsupported = (what: string) =>
  fault('PKCS12-03', '', {
    ru: `Файл ключа защищён способом ${what}, который не поддерживается. Пересохраните ключ через NCALayer.`,
    kk: `Кілт файлы қолдау көрсетілмейтін ${what} тәсілімен қорғалған. Кілтті NCALayer арқылы қайта сақтаңыз.`,
    en: `The key file is protected by ${what}, which is not supported. Save the key again with NCALayer.`,
  })

const noKey = () =>
  fault('PKCS12-04', '', {
    ru: 'В файле нет закрытого ключа. Выберите файл с ключом подписи, а не только с сертификатом.',
    kk: 'Файлда жабық кілт жоқ. Тек сертификаты бар файлды емес, қолтаңба кілті бар файлды таңдаңыз.',
    en: 'There is no private key in the file. Choose the file with the signing key, not one with a certificate only.',
  })

const noCertificate = () =>
  fault('PKCS12-05', '', {
    ru: 'В файле нет сертификата, который соответствует закрытому ключу. Получите файл ключа в НУЦ РК заново.',
    kk: 'Файлда жабық кілтке сәйкес келетін сертификат жоқ. Кілт файлын ҚР ҰКО-дан қайта алыңыз.',
    en: 'The file holds no certificate that belongs to the private key. Get the key file from NUC RK again.',
  })

const tooCostly = () =>
  fault('PKCS12-06', '', {
    ru: 'Файл ключа слишком велик или требует чрезмерных вычислений. Обычный файл НУЦ РК меньше 10 КБ.',
    kk: 'Кілт файлы тым үлкен немесе шамадан тыс есептеуді талап етеді. ҚР ҰКО-ның әдеттегі файлы 10 КБ-тан аз.',
    en: 'The key file is too large or demands excessive computation. A usual file of NUC RK is below 10 KB.',
  })

interface Bags {
  certificates: Uint8Array[]
  keys: { pkcs8: Uint8Array; localKeyId: string; friendlyName: string }[]
}

const attributesOf = (bag: BerElement): { localKeyId: string; friendlyName: string } => {
  const values = new Map<string, BerElement>()
  for (const attribute of bag.children[2]?.children ?? []) {
    const value = attribute.children[1]?.children[0]
    if (value !== undefined) values.set(oidOf(childOf(attribute, 0)), value)
  }
  const id = values.get(oids.localKeyId)
  const name = values.get(oids.friendlyName)
  const wide =
    name?.tag === berTag.bmpString && name.content.length % 2 === 0 ? Buffer.from(name.content) : undefined
  return {
    localKeyId: id === undefined ? '' : Buffer.from(octetsOf(id)).toString('hex'),
    friendlyName: wide?.swap16().toString('utf16le') ?? '',
  }
}

/** Collects the bags of one SafeContents. `depth` ends a file that puts safes into safes without end. */
const collectBags = async (safe: BerElement, password: Password, bags: Bags, depth = 0): Promise<void> => {
  for (const bag of safe.children) {
    const kind = oidOf(childOf(bag, 0))
    const value = childOf(childOf(bag, 1, berTag.context0), 0)
    switch (kind) {
      case oids.keyBag:
        bags.keys.push({ pkcs8: value.raw, ...attributesOf(bag) })
        break
      case oids.shroudedKeyBag: {
        const algorithm = childOf(value, 0, berTag.sequence)
        const opened = await decryptWithPassword(algorithm, password, octetsOf(childOf(value, 1)))
        bags.keys.push({ pkcs8: opened, ...attributesOf(bag) })
        break
      }
      case oids.certificateBag:
        if (oidOf(childOf(value, 0)) === oids.x509Certificate) {
          bags.certificates.push(new Uint8Array(octetsOf(childOf(childOf(value, 1, berTag.context0), 0))))
        }
        break
      case oids.safeContentsBag:
        if (depth > 4) throw new BerError('safes inside safes')
        await collectBags(value, password, bags, depth + 1)
        break
      // CRLs and secrets are no business of a signer
    }
  }
}

const contentOf = (contentInfo: BerElement): Uint8Array =>
  octetsOf(childOf(childOf(contentInfo, 1, berTag.context0), 0))

const openSafe = async (contentInfo: BerElement, password: Password, bags: Bags): Promise<void> => {
  const kind = oidOf(childOf(contentInfo, 0))
  if (kind === oids.data) {
    await collectBags(readBer(contentOf(contentInfo)), password, bags)
    return
  }
  if (kind !== oids.encryptedData) throw new UnsupportedError(kind)
  const encrypted = childOf(childOf(childOf(contentInfo, 1, berTag.context0), 0, berTag.sequence), 1)
  const algorithm = childOf(encrypted, 1, berTag.sequence)
  const opened = await decryptWithPassword(algorithm, password, octetsOf(childOf(encrypted, 2)))
  await collectBags(readBer(opened), password, bags)
}

/** True when the file's MAC is right under the password, or when the file has none. */
const macFits = async (macData: BerElement | undefined, authenticated: Uint8Array, password: Password) => {
  if (macData === undefined) return true
  const digestInfo = childOf(macData, 0, berTag.sequence)
  const hashOid = oidOf(childOf(childOf(digestInfo, 0, berTag.sequence), 0))
  const hash = hashByOid[hashOid]
  if (hash === undefined) throw new UnsupportedError(hashOid)
  const expected = octetsOf(childOf(digestInfo, 1))
  const salt = octetsOf(childOf(macData, 1))
  const iterations = macData.children[2] === undefined ? 1 : smallInteger(macData.children[2])
  const key = await derivePkcs12(hash, 3, password, salt, iterations, hash.bytes)
  const actual = createHmac(hash.name, key).update(authenticated).digest()
  return expected.length === actual.length && timingSafeEqual(actual, expected)
}

const openWith = async (file: BerElement, password: Password): Promise<Bags> => {
  const authSafe = childOf(file, 1, berTag.sequence)
  if (oidOf(childOf(authSafe, 0)) !== oids.data)
    throw new UnsupportedError('a signature instead of a password')
  const authenticated = contentOf(authSafe)
  if (!(await macFits(file.children[2], authenticated, password)))
    throw new WrongPasswordError('the MAC differs')
  const bags: Bags = { certificates: [], keys: [] }
  for (const contentInfo of readBer(authenticated).children) await openSafe(contentInfo, password, bags)
  return bags
}

const signersOf = (bags: Bags): Result<Pkcs12Contents> => {
  if (bags.keys.length === 0) return failed(noKey())
  const keys: Pkcs12Key[] = []
  const faults: Fault[] = []
  for (const { pkcs8, localKeyId, friendlyName } of bags.keys) {
    const key = openPrivateKey(pkcs8)
    if (!key.ok) {
      faults.push(...key.faults)
      continue
    }
    const certificateDer = certificateOf(key.value, bags.certificates)
    if (certificateDer === undefined) faults.push(noCertificate())
    else keys.push({ signer: signingKey(key.value, certificateDer), localKeyId, friendlyName })
  }
  return keys.length > 0 ? ok({ certificates: bags.certificates, keys }) : failed(...faults)
}

/**
 * Opens a key file: those of НУЦ (3DES keys, RC2-40 certificates, lengths left open) and modern ones (PBES2 with
 * AES). A wrong password, a foreign file, an unknown protection are faults; the password appears in none of them.
 */
export const openPkcs12 = async (bytes: Uint8Array, password: string): Promise<Result<Pkcs12Contents>> => {
  if (bytes.length > maxBytes) return failed(tooCostly())
  try {
    const file = readBer(bytes)
    if (file.tag !== berTag.sequence || smallInteger(childOf(file, 0)) !== 3) return failed(notAKeyFile())
    for (const form of passwordForms(password)) {
      try {
        return signersOf(await openWith(file, form))
      } catch (error) {
        if (!(error instanceof WrongPasswordError)) throw error
      }
    }
    return failed(wrongPassword())
  } catch (error) {
    if (error instanceof UnsupportedError) return failed(unsupported(error.what))
    if (error instanceof TooCostlyError) return failed(tooCostly())
    if (error instanceof BerError) return failed(notAKeyFile())
    throw error
  }
}
