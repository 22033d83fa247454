import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import {
  digestOf,
  gostAlgorithmFacts,
  gostSignature,
  signWithGost,
  writeGostPrivateKey,
  writeGostPublicKey,
} from '../gost/index.ts'
import type { KeyObject } from 'node:crypto'
import type { AnyDigestName } from '../gost/index.ts'
import type { DigestName, KeyFamily } from '../../../core/signature/index.ts'

export type DemoKeyKind = 'rsa-2048' | 'ec-p256' | 'gost-2015-512'

/** A throw-away private key in the open: for demonstrations and tests, never for a real company. */
export interface DemoKey {
  family: KeyFamily
  /** PrivateKeyInfo (PKCS#8, DER), unencrypted. */
  pkcs8: Uint8Array
  /** SubjectPublicKeyInfo (DER). */
  spki: Uint8Array
  digest(name: DigestName, data: Uint8Array): Promise<Uint8Array>
  sign(data: Uint8Array, digest: DigestName): Promise<Uint8Array>
}

export const makeDemoKey = (kind: DemoKeyKind): DemoKey => {
  switch (kind) {
    case 'rsa-2048':
      return demoKeyOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
    case 'ec-p256':
      return demoKeyOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
    case 'gost-2015-512':
      return makeGostKey()
  }
}

const nodeName = (name: DigestName): string => name.replace('-', '')

/** A key of node:crypto; weak ones too, for tests that show how they are refused. */
export const demoKeyOf = (privateKey: KeyObject): DemoKey => ({
  family: privateKey.asymmetricKeyType === 'ec' ? 'ec' : 'rsa',
  pkcs8: privateKey.export({ format: 'der', type: 'pkcs8' }),
  spki: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
  digest: (name, data) => Promise.resolve(createHash(nodeName(name)).update(data).digest()),
  sign: (data, digest) =>
    new Promise((resolve, reject) =>
      sign(nodeName(digest), data, privateKey, (error, signature) =>
        error === null ? resolve(signature) : reject(error),
      ),
    ),
})

const makeGostKey = (): DemoKey => {
  const algorithm = 'gost2015-512'
  const machine = gostSignature(algorithm)
  // 16 bytes more than the order has make the remainder as good as even.
  const secret =
    (BigInt(`0x${randomBytes(machine.numberBytes + 16).toString('hex')}`) % (machine.curve.n - 1n)) + 1n
  const key = { algorithm, secret } as const
  const named = (name: DigestName): AnyDigestName => {
    if (name !== 'streebog-512') throw new Error(`${name} does not go with ${algorithm}`)
    return gostAlgorithmFacts(algorithm).digest
  }
  return {
    family: 'gost-2015-512',
    pkcs8: writeGostPrivateKey(key),
    spki: writeGostPublicKey({ algorithm, point: machine.publicKeyOf(secret) }),
    digest: (name, data) => Promise.resolve(digestOf(named(name), data)),
    sign: (data, digest) => {
      named(digest)
      return Promise.resolve(signWithGost(key, data))
    },
  }
}
