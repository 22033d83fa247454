import { oids, oidText, readOne, sequence, smallInteger, tags, wholeBits, expectTag } from '../der/index.ts'
import { readGostPublicKey } from '../gost/index.ts'
import { labelOfSignature } from './tables.ts'
import type { KeyEvidence } from '../../../core/signature/index.ts'

/** A public key as a certificate carries it. */
export interface PublicKey {
  /** SubjectPublicKeyInfo, DER. */
  spki: Uint8Array
  /** Content of the BIT STRING: what key identifiers are made of. */
  keyBits: Uint8Array
  evidence: KeyEvidence
}

const curves: Readonly<Record<string, string>> = {
  [oids.p256]: 'P-256',
  [oids.p384]: 'P-384',
  [oids.p521]: 'P-521',
}

export const readPublicKey = (spki: Uint8Array): PublicKey => {
  const [algorithm, key] = sequence(readOne(spki), 'public key')
  const [oidTlv, parameters] = sequence(algorithm, 'public key algorithm')
  const oid = oidText(oidTlv, 'public key algorithm')
  const keyBits = wholeBits(key, 'public key')
  const base = { spki, keyBits }
  switch (oid) {
    case oids.rsaEncryption: {
      const [modulus, exponent] = sequence(readOne(keyBits), 'RSA key')
      const bytes = expectTag(modulus, tags.integer, 'RSA modulus').content
      const exponentBytes = expectTag(exponent, tags.integer, 'RSA exponent').content
      const rsaBits = bitLength(bytes)
      // An exponent that needs more than six bytes is larger than any that occurs, and only slows us down.
      const rsaExponent =
        exponentBytes.length > 6 ? Number.POSITIVE_INFINITY : smallInteger(exponent, 'RSA exponent')
      const family = Number.isFinite(rsaExponent) && rsaExponent % 2 === 1 ? 'rsa' : 'unsupported'
      return { ...base, evidence: { family, label: `RSA-${rsaBits}`, rsaBits, rsaExponent } }
    }
    case oids.ecPublicKey: {
      const curveOid = parameters?.tag === tags.oid ? oidText(parameters, 'curve') : 'explicit parameters'
      const curve = Object.hasOwn(curves, curveOid) ? curves[curveOid] : undefined
      return {
        ...base,
        evidence: {
          family: curve === undefined ? 'unsupported' : 'ec',
          label: `EC-${curve ?? curveOid}`,
          curve,
        },
      }
    }
    case oids.gost2015Key512:
      return { ...base, evidence: gost('gost-2015-512', 'GOST-2015-512', spki) }
    case oids.gost2015Key256:
      return { ...base, evidence: gost('gost-2015-256', 'GOST-2015-256', spki) }
    case oids.gost2004Key:
    case oids.gammaKey:
      return { ...base, evidence: gost('gost-2004', 'GOST-2004', spki) }
    default:
      return { ...base, evidence: { family: 'unsupported', label: labelOfSignature(oid) } }
  }
}

/** A point that is malformed or off its curve makes a key that nothing can be checked with. */
const gost = (family: KeyEvidence['family'], label: string, spki: Uint8Array): KeyEvidence =>
  readGostPublicKey(spki).ok ? { family, label } : { family: 'unsupported', label: `${label} (malformed)` }

const bitLength = (integer: Uint8Array): number => {
  const from = integer.findIndex((byte) => byte !== 0)
  return from < 0 ? 0 : (integer.length - from) * 8 - Math.clz32(integer[from]!) + 24
}
