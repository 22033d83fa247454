import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import * as pkijs from 'pkijs'
import {
  gostSignature,
  KzCryptoEngine,
  readGostPublicKey,
  streebog512,
  verifyGostDigest,
} from '../../../../../src/adapters/signing/gost/index.ts'

/** Certificates, lists and signatures published by others; not part of the repository. */
const folder = fileURLToPath(new URL('../../../../../../shared/reference/pki/', import.meta.url))
const here = existsSync(folder)
const why = here ? '' : ' (skipped: ../shared/reference/pki is not here)'
const describeWithMaterial = here ? describe : describe.skip

const bytesOf = (...path: string[]): Uint8Array<ArrayBuffer> => {
  const bytes = readFileSync(join(folder, ...path))
  const text = bytes.toString('latin1')
  const pem = /-----BEGIN [^-]+-----([^-]+)-----END/.exec(text)
  return Uint8Array.from(pem === null ? bytes : Buffer.from(pem[1] ?? '', 'base64'))
}

const names = (...path: string[]): string[] => (here ? readdirSync(join(folder, ...path)).sort() : [])

pkijs.setEngine('daneker', new KzCryptoEngine())

const authorities = (store: 'prod' | 'test') =>
  names('ca', store).map((name) => ({
    name,
    certificate: pkijs.Certificate.fromBER(bytesOf('ca', store, name)),
  }))

const octets = (value: { valueBlock: { valueHexView: Uint8Array } } | undefined): string =>
  value === undefined ? '' : Buffer.from(value.valueBlock.valueHexView).toString('hex')

const keyIdsOf = (certificate: pkijs.Certificate): { own: string; issuer: string } => {
  const parsed = (oid: string): unknown =>
    certificate.extensions?.find(({ extnID }) => extnID === oid)?.parsedValue
  const own = parsed('2.5.29.14') as { valueBlock: { valueHexView: Uint8Array } } | undefined
  const issuer = (parsed('2.5.29.35') as pkijs.AuthorityKeyIdentifier | undefined)?.keyIdentifier
  return { own: octets(own), issuer: octets(issuer) || octets(own) }
}

describeWithMaterial(`what the authority and others have published${why}`, () => {
  it.each([
    ['prod', 11],
    ['test', 10],
  ] as const)('every certificate of the %s authorities is signed by its issuer', async (store, count) => {
    const all = authorities(store)
    expect(all).toHaveLength(count)
    for (const { certificate } of all) {
      const { issuer } = keyIdsOf(certificate)
      const issuers = all.filter((each) => keyIdsOf(each.certificate).own === issuer)
      expect(issuers).toHaveLength(1)
      expect(await certificate.verify(issuers[0]?.certificate)).toBe(true)
      const strangers = all.filter(
        (each) =>
          keyIdsOf(each.certificate).own !== issuer &&
          each.certificate.signatureAlgorithm.algorithmId === certificate.signatureAlgorithm.algorithmId &&
          each.certificate.subjectPublicKeyInfo.algorithm.algorithmId ===
            issuers[0]?.certificate.subjectPublicKeyInfo.algorithm.algorithmId,
      )
      for (const stranger of strangers) {
        // pkijs compares the names first; only the key is of interest here
        const renamed = pkijs.Certificate.fromBER(stranger.certificate.toSchema().toBER(false))
        renamed.subject = certificate.issuer
        expect(await certificate.verify(renamed)).toBe(false)
      }
    }
  })

  it('repeats the published vectors of a key made by the state provider', () => {
    const vectors = new Map(
      readFileSync(join(folder, 'vectors', 'ncalayer-rs_test_gost512.vectors'), 'utf8')
        .split('\n')
        .map((line): [string, string] => [
          line.slice(0, line.indexOf('=')),
          line.slice(line.indexOf('=') + 1).trim(),
        ]),
    )
    const value = (name: string): string => vectors.get(name) ?? ''
    const digest = streebog512(Buffer.from(value('msg')))
    expect(Buffer.from(digest).toString('hex')).toBe(value('digest'))
    const read = readGostPublicKey(Buffer.from(value('spki'), 'hex'))
    expect(read).toMatchObject({
      ok: true,
      value: {
        algorithm: 'gost2015-512',
        point: { x: BigInt(`0x${value('qx')}`), y: BigInt(`0x${value('qy')}`) },
      },
    })
    if (!read.ok) return
    expect(gostSignature('gost2015-512').publicKeyOf(BigInt(`0x${value('d')}`))).toEqual(read.value.point)
    expect(verifyGostDigest(read.value, digest, Buffer.from(value('sig'), 'hex'))).toBe(true)
  })

  it('the revocation lists are signed by the test authorities', async () => {
    const all = authorities('test')
    const lists = names('crl')
    expect(lists).toHaveLength(4)
    for (const name of lists) {
      const list = pkijs.CertificateRevocationList.fromBER(bytesOf('crl', name))
      const verdicts = await Promise.all(
        all.map(({ certificate }) => list.verify({ issuerCertificate: certificate }).catch(() => false)),
      )
      expect([name, verdicts.filter(Boolean).length]).toEqual([name, 1])
    }
  })

  it.each([
    ['gost2015_individual_attached_tsp.der', undefined],
    ['gost2015_individual_detached_tsp.der', 'gost2015_individual_document.txt'],
    ['gost2004_prodca_zipmanifest_detached_2021.cms', 'gost2004_prodca_zipmanifest_2021.content.xml'],
    ['rsa_prodca_zipmanifest_detached_tsp_2020.cms', 'rsa_prodca_zipmanifest_2020.content.xml'],
    ['rsa_attached_lol_kek.cms', undefined],
    ['two_signers_gost2015_rsa_attached_test123.cms', undefined],
  ] as const)('the signatures of %s are right', async (name, content) => {
    const signedData = new pkijs.SignedData({
      schema: pkijs.ContentInfo.fromBER(bytesOf('cms', name)).content,
    })
    const data = content === undefined ? {} : { data: bytesOf('cms', content).buffer }
    for (const signer of signedData.signerInfos.keys()) {
      expect(await signedData.verify({ signer, ...data })).toBe(true)
    }
  })
})
