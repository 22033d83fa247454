import {
  algorithmOid,
  checkDer,
  integerHex,
  octets,
  oidText,
  readOne,
  sequence,
  smallInteger,
  tags,
  time,
  DerError,
} from '../der/index.ts'
import { readSignedMessage } from '../cms/index.ts'

/** What a time-stamping authority says (RFC 3161 §2.4.2). */
export interface TstInfo {
  policy: string
  imprintOid: string
  imprint: Uint8Array
  serial: string
  genTime: Date
  /** Upper-case hexadecimal; absent when the request had none. */
  nonce: string | undefined
}

export const readTstInfo = (der: Uint8Array): TstInfo => {
  checkDer(der, { depth: 16, nodes: 500 })
  const [version, policy, imprint, serial, genTime, ...optional] = sequence(readOne(der), 'TSTInfo')
  if (smallInteger(version, 'TSTInfo version') !== 1) throw new DerError('TSTInfo is not version 1', 0)
  const [algorithm, hash] = sequence(imprint, 'imprint')
  if (genTime?.tag !== tags.generalizedTime)
    throw new DerError('genTime is not a GeneralizedTime', genTime?.offset ?? 0)
  const nonce = optional.find((part) => part.tag === tags.integer)
  return {
    policy: oidText(policy, 'TSTInfo policy'),
    imprintOid: algorithmOid(algorithm, 'imprint algorithm'),
    imprint: octets(hash, 'imprint'),
    serial: integerHex(serial, 'TSTInfo serial'),
    genTime: time(genTime, 'genTime'),
    nonce: nonce && integerHex(nonce, 'nonce'),
  }
}

/** The TSTInfo inside a token (DER). */
export const tokenInfo = (token: Uint8Array): TstInfo => {
  const message = readSignedMessage(token, { maxSigners: 1, maxCertificates: 16 })
  if (message.content === undefined) throw new DerError('the token is empty', 0)
  return readTstInfo(message.content)
}
