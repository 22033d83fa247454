import { generateKeyPairSync, sign, constants, webcrypto } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import * as asn1js from 'asn1js'
import * as pkijs from 'pkijs'
import type { SignatureCheck } from '../../../../../src/adapters/signing/gost/index.ts'
import {
  type GostAlgorithm,
  digestOf,
  gostAlgorithms,
  gostCryptoKey,
  gostSignature,
  KzCryptoEngine,
  UnusableKeyError,
  verifySignature,
  writeGostPublicKey,
} from '../../../../../src/adapters/signing/gost/index.ts'
import { aGostCertificate } from '../../../../factories/key-files.ts'

const engine = new KzCryptoEngine()
const secret = 0x123456789abcdef0fedcba987654321n
const algorithms = gostAlgorithms.map(({ algorithm }) => algorithm)

const spkiOf = (algorithm: GostAlgorithm): Uint8Array =>
  writeGostPublicKey({ algorithm, point: gostSignature(algorithm).publicKeyOf(secret) })

const gostCertificate = async (algorithm: GostAlgorithm): Promise<pkijs.Certificate> =>
  pkijs.Certificate.fromBER(new Uint8Array(await aGostCertificate({ algorithm, secret })))

beforeAll(() => {
  pkijs.setEngine('daneker', engine)
})

describe('the engine under pkijs', () => {
  it.each(algorithms)('makes and checks certificates of %s', async (algorithm) => {
    const certificate = await gostCertificate(algorithm)
    expect(await certificate.verify(certificate)).toBe(true)

    const der = Buffer.from(certificate.toSchema(true).toBER(false))
    const at = der.indexOf('Test signer')
    der[at] = 'R'.charCodeAt(0)
    const changed = pkijs.Certificate.fromBER(Uint8Array.from(der))
    expect(await changed.verify(certificate)).toBe(false)
  })

  it.each(algorithms)(
    'makes and checks CMS of %s, detached and with signed attributes',
    async (algorithm) => {
      const facts = gostAlgorithms.find((each) => each.algorithm === algorithm)
      const certificate = await gostCertificate(algorithm)
      const data = Uint8Array.from(Buffer.from('a document'))
      const digest = facts === undefined ? new Uint8Array() : digestOf(facts.digest, data)
      const signedData = new pkijs.SignedData({
        version: 1,
        encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: pkijs.ContentInfo.DATA }),
        signerInfos: [
          new pkijs.SignerInfo({
            sid: new pkijs.IssuerAndSerialNumber({
              issuer: certificate.issuer,
              serialNumber: certificate.serialNumber,
            }),
            signedAttrs: new pkijs.SignedAndUnsignedAttributes({
              type: 0,
              attributes: [
                new pkijs.Attribute({
                  type: '1.2.840.113549.1.9.3',
                  values: [new asn1js.ObjectIdentifier({ value: pkijs.ContentInfo.DATA })],
                }),
                new pkijs.Attribute({
                  type: '1.2.840.113549.1.9.4',
                  values: [new asn1js.OctetString({ valueHex: Uint8Array.from(digest) })],
                }),
              ],
            }),
          }),
        ],
        certificates: [certificate],
      })
      await signedData.sign(gostCryptoKey({ algorithm, secret }), 0, facts?.digest ?? '', data)
      const der = new pkijs.ContentInfo({
        contentType: pkijs.ContentInfo.SIGNED_DATA,
        content: signedData.toSchema(true),
      })
        .toSchema()
        .toBER(false)

      const reread = new pkijs.SignedData({ schema: pkijs.ContentInfo.fromBER(der).content })
      expect(reread.signerInfos[0]?.digestAlgorithm.algorithmId).toBe(facts?.digestOid)
      expect(reread.signerInfos[0]?.signatureAlgorithm.algorithmId).toBe(facts?.signatureOid)
      expect(await reread.verify({ signer: 0, data: data.buffer })).toBe(true)
      const other = Uint8Array.from(Buffer.from('b document'))
      await expect(reread.verify({ signer: 0, data: other.buffer })).rejects.toThrow("digest doesn't match")
    },
  )

  it('checks RSA, RSA-PSS and ECDSA as OpenSSL makes them', () => {
    const data = Buffer.from('what is signed')
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const [rsaSpki, ecSpki] = [rsa, ec].map((pair) =>
      pair.publicKey.export({ format: 'der', type: 'spki' }),
    ) as [Buffer, Buffer]
    const pss = { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    const checks: SignatureCheck[] = [
      {
        spki: rsaSpki,
        signatureOid: '1.2.840.113549.1.1.11',
        digest: 'SHA-256',
        data,
        signature: sign('sha256', data, rsa.privateKey),
      },
      {
        spki: rsaSpki,
        signatureOid: '1.2.840.113549.1.1.1',
        digest: 'SHA-512',
        data,
        signature: sign('sha512', data, rsa.privateKey),
      },
      {
        spki: rsaSpki,
        signatureOid: '1.2.840.113549.1.1.10',
        digest: 'SHA-256',
        saltLength: 32,
        data,
        signature: sign('sha256', data, pss),
      },
      {
        spki: ecSpki,
        signatureOid: '1.2.840.10045.4.3.2',
        digest: 'SHA-256',
        data,
        signature: sign('sha256', data, ec.privateKey),
      },
    ]
    for (const check of checks) {
      expect(verifySignature(check)).toBe(true)
      expect(verifySignature({ ...check, data: Buffer.from('what is sighed') })).toBe(false)
      expect(verifySignature({ ...check, signature: check.signature.subarray(1) })).toBe(false)
    }
  })

  it('refuses a signature algorithm that cannot come from the key, by its name', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
      format: 'der',
      type: 'spki',
    })
    const bare = { digest: 'STREEBOG-512' as const, data: new Uint8Array(1), signature: new Uint8Array(128) }
    expect(() => verifySignature({ ...bare, spki: rsa, signatureOid: '1.2.398.3.10.1.1.2.3.2' })).toThrow(
      '1.2.398.3.10.1.1.2.3.2 with STREEBOG-512 does not belong to a key of 1.2.840.113549.1.1.1',
    )
    expect(() =>
      verifySignature({ ...bare, spki: spkiOf('gost2004'), signatureOid: '1.2.398.3.10.1.1.2.3.2' }),
    ).toThrow('does not belong')
    expect(() => verifySignature({ ...bare, spki: new Uint8Array(3), signatureOid: '1.2.3' })).toThrow(
      'does not belong',
    )
  })

  it('refuses keys that nothing can be checked with', () => {
    const bare = { data: new Uint8Array(1), signature: new Uint8Array(64) }
    const gost = { ...bare, signatureOid: '1.2.398.3.10.1.1.2.3.2', digest: 'STREEBOG-512' as const }
    const off = Uint8Array.from(spkiOf('gost2015-512'))
    off[off.length - 1] = (off[off.length - 1] as number) ^ 1
    expect(() => verifySignature({ ...gost, spki: off })).toThrow('does not lie on the curve')
    expect(() => verifySignature({ ...gost, spki: new Uint8Array(10_000) })).toThrow('10000 bytes')
    expect(() => verifySignature({ ...gost, spki: spkiOf('gost2015-512'), digest: 'STREEBOG-256' })).toThrow(
      'does not belong',
    )
    const explicit = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' })
    const ecdsa = { ...bare, signatureOid: '1.2.840.10045.4.3.2', digest: 'SHA-256' as const }
    expect(() =>
      verifySignature({ ...ecdsa, spki: explicit.publicKey.export({ format: 'der', type: 'spki' }) }),
    ).toThrow(UnusableKeyError)
    const broken = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
      format: 'der',
      type: 'spki',
    })
    const tiny = generateKeyPairSync('rsa', { modulusLength: 512 }).publicKey
    const pss = { ...bare, signatureOid: '1.2.840.113549.1.1.10', digest: 'SHA-512' as const, saltLength: 64 }
    // too short for the digest: no signature by it can be right
    expect(verifySignature({ ...pss, spki: tiny.export({ format: 'der', type: 'spki' }) })).toBe(false)
    broken[40] = (broken[40] as number) ^ 1
    expect(() => verifySignature({ ...ecdsa, spki: broken })).toThrow(UnusableKeyError)
  })

  it('takes the key identifier in the place of the signature identifier, as old files have it', async () => {
    const certificate = await gostCertificate('gost2004')
    const data = Buffer.from('old')
    const signature = await engine.signWithPrivateKey(
      data,
      gostCryptoKey({ algorithm: 'gost2004', secret }),
      {
        algorithm: { name: 'GOST2004' },
      },
    )
    const verified = engine.verifyWithPublicKey(
      data,
      new asn1js.OctetString({ valueHex: signature }),
      certificate.subjectPublicKeyInfo,
      new pkijs.AlgorithmIdentifier({ algorithmId: '1.2.398.3.10.1.1.1.1' }),
    )
    expect(await verified).toBe(true)
  })

  it('gives long data to its helper and keeps short data', async () => {
    const asked: string[] = []
    const helped = new KzCryptoEngine({
      helper: {
        digest: (name, data) => {
          asked.push(`${name} ${data.length}`)
          return Promise.resolve(digestOf(name, data))
        },
        verify: (check) => {
          asked.push(`verify ${check.data.length}`)
          return Promise.resolve(verifySignature(check))
        },
      },
    })
    await helped.digest('STREEBOG-512', new Uint8Array(1000))
    await helped.digest({ name: 'sha-256' }, new Uint8Array(1_000_000))
    const data = new Uint8Array(2_000_000)
    const signature = await helped.signWithPrivateKey(
      data,
      gostCryptoKey({ algorithm: 'gost2015-512', secret }),
      {
        algorithm: { name: 'GOST2015-512' },
      },
    )
    const verified = helped.verifyWithPublicKey(
      data,
      new asn1js.OctetString({ valueHex: signature }),
      pkijs.PublicKeyInfo.fromBER(Uint8Array.from(spkiOf('gost2015-512'))),
      new pkijs.AlgorithmIdentifier({ algorithmId: '1.2.398.3.10.1.1.2.3.2' }),
    )
    expect(await verified).toBe(true)
    expect(asked).toEqual(['SHA-256 1000000', 'verify 2000000'])
  })

  it('leaves what it does not know to pkijs', async () => {
    expect(engine.getAlgorithmByOID('1.2.840.10045.3.1.7')).toEqual({ name: 'P-256' })
    expect(() => engine.getAlgorithmByOID('1.2.3.4', true)).toThrow('1.2.3.4')
    expect(engine.getOIDByAlgorithm({ name: 'GOST2015-512' })).toBe('1.2.398.3.10.1.1.2.3.2')
    const pair = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ])
    const parameters = await engine.getSignatureParameters(pair.privateKey, 'SHA-256')
    expect(parameters.signatureAlgorithm.algorithmId).toBe('1.2.840.10045.4.3.2')
  })
})
