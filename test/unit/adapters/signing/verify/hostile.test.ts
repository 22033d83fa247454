import { createHash, generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { algorithm, attribute } from '../../../../../src/adapters/signing/cms/index.ts'
import {
  authorityConstraints,
  demoCompanyHead,
  demoKeyOf,
  extendedKeyUsage,
  keyIdentifiers,
  keyUsage,
  makeCertificate,
  makeDemoKey,
  makeTimeStampToken,
  policies,
  purposesOf,
  subjectName,
  writeName,
} from '../../../../../src/adapters/signing/demo-authority/index.ts'
import {
  oids,
  tags,
  tlv,
  writeContext,
  writeContextPrimitive,
  writeGeneralizedTime,
  writeInteger,
  writeNull,
  writeOctets,
  writeOid,
  writeSequence,
  writeSetOf,
  writeTime,
} from '../../../../../src/adapters/signing/der/index.ts'
import { readCertificate } from '../../../../../src/adapters/signing/x509/index.ts'
import { forgeCms, forgeMessage, forgeSigner, honestAttributes } from '../../../../factories/forged-cms.ts'
import { aTestCa, factsThat, testData, testNow } from '../../../../factories/test-ca.ts'
import type {
  DemoIdentity,
  IssueOptions,
  TokenOptions,
} from '../../../../../src/adapters/signing/demo-authority/index.ts'
import type {
  FactName,
  SignaturePolicy,
  SignatureReport,
  VerifyRequest,
} from '../../../../../src/core/signature/index.ts'
import type { TestCa } from '../../../../factories/test-ca.ts'

const day = 86_400_000
const before = (days: number): Date => new Date(testNow.getTime() - days * day)
const after = (days: number): Date => new Date(testNow.getTime() + days * day)

let ca: TestCa
let head: DemoIdentity
let honest: Uint8Array

beforeAll(async () => {
  ca = await aTestCa()
  head = await ca.issue()
  honest = await forgeCms(head)
})

const check = async (
  cms: Uint8Array,
  request: Partial<VerifyRequest> = {},
  policy: Partial<SignaturePolicy> = {},
): Promise<SignatureReport> => {
  const began = performance.now()
  const report = await ca.verifier(policy).verify({ cms, data: testData, ...request })
  expect(performance.now() - began).toBeLessThan(2000)
  return report
}

interface Attack {
  name: string
  cms: () => Promise<Uint8Array> | Uint8Array
  fails: FactName
  request?: Partial<VerifyRequest>
  policy?: Partial<SignaturePolicy>
}

const by =
  (issue: IssueOptions): (() => Promise<Uint8Array>) =>
  async () =>
    forgeCms(await ca.issue(issue))
const concat = (...parts: Uint8Array[]): Uint8Array => Buffer.concat(parts)
const nested = (depth: number): Uint8Array => {
  let inside: Uint8Array = writeNull()
  for (let i = 0; i < depth; i++) inside = writeSequence(inside)
  return inside
}
const pem = (der: Uint8Array): string =>
  `-----BEGIN CMS-----\n${Buffer.from(der).toString('base64')}\n-----END CMS-----\n`
const replaceBytes = (whole: Uint8Array, from: string, to: string): Uint8Array => {
  const text = Buffer.from(whole).toString('latin1')
  expect(text).toContain(from)
  return Buffer.from(text.replace(from, to), 'latin1')
}
const withSubject = (...attributes: [string, string][]): IssueOptions => ({
  subjectDer: writeName([[oids.commonName, 'ТЕСТОВ ТЕСТ'], ...attributes]),
  role: 'head',
})
const serialAndBin = (bin: string, ...more: [string, string][]): IssueOptions =>
  withSubject([oids.serialNumber, 'IIN900101300017'], [oids.organizationalUnit, bin], ...more)

const encoding: Attack[] = [
  { name: 'nothing at all', cms: () => new Uint8Array(0), fails: 'encoding' },
  {
    name: 'a text that is no signature',
    cms: () => Buffer.from('Подписано, честное слово'),
    fails: 'encoding',
  },
  { name: 'bytes behind the end', cms: () => concat(honest, Uint8Array.of(0)), fails: 'encoding' },
  { name: 'a second message behind the first', cms: () => concat(honest, honest), fails: 'encoding' },
  { name: 'half a message', cms: () => honest.subarray(0, honest.length / 2), fails: 'encoding' },
  {
    name: 'an indefinite length',
    cms: () => concat(Uint8Array.of(0x30, 0x80), honest.subarray(4), Uint8Array.of(0, 0)),
    fails: 'encoding',
  },
  {
    name: 'a padded length',
    cms: () => concat(Uint8Array.of(0x30, 0x83, 0), honest.subarray(2)),
    fails: 'encoding',
  },
  {
    name: 'a length of four gigabytes',
    cms: () => Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0),
    fails: 'encoding',
  },
  { name: 'twenty thousand nested boxes', cms: () => nested(20_000), fails: 'encoding' },
  {
    name: 'a third of a million values',
    cms: () => writeSequence(Buffer.alloc(700_000, Buffer.from([5, 0]))),
    fails: 'encoding',
  },
  {
    name: 'an OID of 254 KB',
    cms: () => writeSequence(tlv(tags.oid, Buffer.concat([Buffer.alloc(254_000, 0xff), Uint8Array.of(1)]))),
    fails: 'encoding',
  },
  {
    name: 'a string in pieces (BER)',
    cms: () => writeSequence(writeOid(oids.signedData), writeContext(0, tlv(0x24, writeOctets(testData)))),
    fails: 'encoding',
  },
  { name: 'two PEM blocks', cms: () => Buffer.from(pem(honest) + pem(honest)), fails: 'encoding' },
  { name: 'PEM with a story around it', cms: () => Buffer.from(`Hello\n${pem(honest)}`), fails: 'encoding' },
  {
    name: 'two megabytes',
    cms: () => Buffer.concat([Uint8Array.of(0x30, 0x84, 0, 0x20, 0, 0), Buffer.alloc(0x200000)]),
    fails: 'size',
  },
  { name: 'twenty megabytes of base64', cms: () => Buffer.alloc(20_000_000, 'A'), fails: 'size' },
  {
    name: 'a certificate of month 13',
    cms: async () => {
      const identity = await ca.issue({ notAfter: new Date('2027-03-04T05:06:07Z') })
      return replaceBytes(await forgeCms(identity), '270304050607Z', '271304050607Z')
    },
    fails: 'encoding',
  },
]

const structure: Attack[] = [
  {
    name: 'another kind of message',
    cms: () => writeSequence(writeOid(oids.data), writeContext(0, writeOctets(testData))),
    fails: 'structure',
  },
  { name: 'SignedData of version 9', cms: () => forgeCms(head, { version: 9 }), fails: 'structure' },
  { name: 'a signer of version 2', cms: () => forgeCms(head, { signerVersion: 2 }), fails: 'structure' },
  {
    name: 'a signer named by key identifier under version 1',
    cms: () => forgeCms(head, { identifier: writeContextPrimitive(0, new Uint8Array(20)) }),
    fails: 'structure',
  },
  {
    name: 'nobody signed',
    cms: () => forgeMessage([], { certificates: [head.certificate] }),
    fails: 'signer-count',
  },
  {
    name: 'seventeen signers',
    cms: async () =>
      forgeMessage(await Promise.all(Array.from({ length: 17 }, () => forgeSigner(head))), {
        certificates: [head.certificate],
      }),
    fails: 'signer-count',
  },
  {
    name: 'a hundred certificates',
    cms: async () => {
      const certificates = await Promise.all(
        Array.from({ length: 100 }, async () => (await ca.issue({ key: head.key })).certificate),
      )
      return forgeCms(head, { certificates })
    },
    fails: 'structure',
  },
  {
    name: 'a certificate with an extension twice',
    cms: by({ extensions: (usual) => [...usual, usual[2]!] }),
    fails: 'structure',
  },
  {
    name: 'a certificate whose two algorithms differ',
    cms: async () => {
      const { certificate } = head
      const at = Buffer.from(certificate).lastIndexOf(Buffer.from(writeOid(oids.ecdsaWithSha256)))
      const changed = Uint8Array.from(certificate)
      changed.set(writeOid(oids.ecdsaWithSha384), at)
      return forgeCms(head, { certificates: [changed] })
    },
    fails: 'structure',
  },
  {
    name: 'RSASSA-PSS, whose parameters we do not follow',
    cms: () =>
      forgeCms(head, {
        signatureAlgorithm: writeSequence(writeOid('1.2.840.113549.1.1.10'), writeSequence()),
      }),
    fails: 'algorithms',
  },
  {
    name: 'a list of digests that does not name the signer’s',
    cms: () => {
      const changed = Uint8Array.from(honest)
      const at = Buffer.from(changed).indexOf(Buffer.from(writeOid(oids.sha256)))
      changed.set(writeOid(oids.sha384), at)
      return changed
    },
    fails: 'structure',
  },
  {
    name: 'other embedded content',
    cms: () => forgeCms(head, { content: Buffer.from('другое') }),
    fails: 'content',
  },
]

const attributes: Attack[] = [
  {
    name: 'no signed attributes',
    cms: () => forgeCms(head, { attributes: false }),
    fails: 'signed-attributes',
  },
  {
    name: 'an attribute twice',
    cms: () =>
      forgeCms(head, {
        attributes: (list) => [...list, attribute(oids.messageDigest, writeOctets(new Uint8Array(32)))],
      }),
    fails: 'signed-attributes',
  },
  {
    name: 'attributes out of order',
    cms: () => forgeCms(head, { keepOrder: true, attributes: (list) => [...list].reverse() }),
    fails: 'signed-attributes',
  },
  {
    name: 'two values of messageDigest',
    cms: () =>
      forgeCms(head, {
        attributes: (list) => [
          list[0]!,
          list[1]!,
          list[3]!,
          writeSequence(
            writeOid(oids.messageDigest),
            writeSetOf([
              writeOctets(createHash('sha256').update(testData).digest()),
              writeOctets(new Uint8Array(32)),
            ]),
          ),
        ],
      }),
    fails: 'message-digest',
  },
  {
    name: 'no messageDigest',
    cms: () => forgeCms(head, { attributes: ([type, when, , binding]) => [type!, when!, binding!] }),
    fails: 'message-digest',
  },
  {
    name: 'the digest of another document',
    cms: () => forgeCms(head, { data: Buffer.from('другой документ') }),
    fails: 'message-digest',
  },
  {
    name: 'no contentType',
    cms: () => forgeCms(head, { attributes: ([, ...rest]) => rest }),
    fails: 'content-type',
  },
  {
    name: 'a contentType other than the content',
    cms: () =>
      forgeCms(head, {
        attributes: ([, ...rest]) => [attribute(oids.contentType, writeOid(oids.tstInfo)), ...rest],
      }),
    fails: 'content-type',
  },
  {
    name: 'a contentType that is no OID',
    cms: () =>
      forgeCms(head, { attributes: ([, ...rest]) => [attribute(oids.contentType, writeNull()), ...rest] }),
    fails: 'content-type',
  },
  {
    name: 'no signingCertificateV2',
    cms: () => forgeCms(head, { attributes: (list) => list.slice(0, 3) }),
    fails: 'signing-certificate',
  },
  {
    name: 'signingCertificateV2 of another certificate',
    cms: async () => {
      const [, , , binding] = await honestAttributes(await ca.issue())
      return forgeCms(head, { attributes: (list) => [...list.slice(0, 3), binding!] })
    },
    fails: 'signing-certificate',
  },
  {
    name: 'a malformed signingCertificateV2',
    cms: () =>
      forgeCms(head, {
        attributes: (list) => [...list.slice(0, 3), attribute(oids.signingCertificateV2, writeSequence())],
      }),
    fails: 'signing-certificate',
  },
  {
    name: 'a signing time two days ahead',
    cms: () =>
      forgeCms(head, {
        attributes: ([type, , ...rest]) => [type!, attribute(oids.signingTime, writeTime(after(2))), ...rest],
      }),
    fails: 'signing-time',
  },
  {
    name: 'a signing time that is no time',
    cms: () =>
      forgeCms(head, {
        attributes: ([type, , ...rest]) => [type!, attribute(oids.signingTime, writeInteger(5)), ...rest],
      }),
    fails: 'signing-time',
  },
]

const certificateBag: Attack[] = [
  { name: 'no certificate', cms: () => forgeCms(head, { certificates: [] }), fails: 'signer-certificate' },
  {
    name: 'two certificates of one name and serial',
    cms: async () => {
      const serial = Buffer.alloc(20, 0x41)
      const twins = await Promise.all([0, 1].map(() => twin(serial)))
      return forgeCms(twins[0]!, { certificates: twins.map((one) => one.certificate) })
    },
    fails: 'signer-certificate',
  },
]

/** A certificate of the test authority with a serial of our choice. */
const twin = async (serial: Uint8Array): Promise<DemoIdentity> => {
  const usual = await ca.issue()
  const certificate = await makeCertificate({
    subject: subjectName(demoCompanyHead),
    issuer: readCertificate(ca.authority.issuer.certificate).subject,
    spki: usual.key.spki,
    issuerKey: ca.authority.issuer.key,
    notBefore: before(1),
    notAfter: after(1),
    extensions: keyIdentifiers(usual.key.spki, ca.authority.issuer.key.spki),
    serial,
  })
  return { ...usual, certificate }
}

const rsa = (modulusLength: number, publicExponent = 65_537) =>
  demoKeyOf(generateKeyPairSync('rsa', { modulusLength, publicExponent }).privateKey)

const cryptography: Attack[] = [
  { name: 'RSA of 1024 bits', cms: () => by({ key: rsa(1024) })(), fails: 'key-strength' },
  { name: 'RSA with exponent 3', cms: () => by({ key: rsa(2048, 3) })(), fails: 'key-strength' },
  {
    name: 'a curve nobody asked for',
    cms: () => by({ key: demoKeyOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey) })(),
    fails: 'key-strength',
  },
  {
    name: 'SHA-1',
    cms: async () => forgeCms(await ca.issue({ key: rsa(2048) }), { digest: 'sha-1' }),
    fails: 'algorithms',
  },
  {
    name: 'MD5',
    cms: async () => forgeCms(await ca.issue({ key: rsa(2048) }), { digest: 'md5' }),
    fails: 'algorithms',
  },
  {
    name: 'a digest swapped against the signature',
    cms: () => forgeCms(head, { digestOid: oids.sha512 }),
    fails: 'algorithms',
  },
  {
    name: 'the signature algorithm of another key',
    cms: () => forgeCms(head, { signatureAlgorithm: algorithm(oids.sha256WithRsa, true) }),
    fails: 'algorithms',
  },
  {
    name: 'an algorithm nobody knows',
    cms: () => forgeCms(head, { signatureAlgorithm: algorithm('1.2.3.4', true) }),
    fails: 'algorithms',
  },
  {
    name: 'one bit flipped in the signature',
    cms: () =>
      forgeCms(head, {
        signature: (value) => {
          const copy = Uint8Array.from(value)
          copy[copy.length - 1]! ^= 1
          return copy
        },
      }),
    fails: 'signature-value',
  },
  {
    name: 'an empty signature',
    cms: () => forgeCms(head, { signature: () => new Uint8Array(0) }),
    fails: 'signature-value',
  },
  {
    name: 'a signature of zeros (r = s = 0)',
    cms: () => forgeCms(head, { signature: () => writeSequence(writeInteger(0), writeInteger(0)) }),
    fails: 'signature-value',
  },
  {
    name: 'GOST with r = s = 0',
    cms: async () =>
      forgeCms(await ca.issue({ keyKind: 'gost-2015-512' }), { signature: () => new Uint8Array(128) }),
    fails: 'signature-value',
  },
  {
    name: 'a GOST signature of the wrong length',
    cms: async () =>
      forgeCms(await ca.issue({ keyKind: 'gost-2015-512' }), { signature: (value) => value.subarray(1) }),
    fails: 'signature-value',
  },
  {
    name: 'a GOST key off its curve',
    cms: async () => {
      const key = makeDemoKey('gost-2015-512')
      const spki = Uint8Array.from(key.spki)
      spki[spki.length - 1]! ^= 1
      return forgeCms(await ca.issue({ key: { ...key, spki } }))
    },
    fails: 'key-strength',
  },
  {
    name: 'somebody else’s key under the company’s certificate',
    cms: async () => forgeCms({ ...(await ca.issue()), certificate: head.certificate }),
    fails: 'signature-value',
  },
  {
    name: 'a bad second signer beside a good first',
    cms: async () => {
      const second = await ca.issue()
      const signers = [
        await forgeSigner(head),
        await forgeSigner(second, {
          signature: (value) => {
            const copy = Uint8Array.from(value)
            copy[copy.length - 1]! ^= 1
            return copy
          },
        }),
      ]
      return forgeMessage(signers, { certificates: [head.certificate, second.certificate] })
    },
    fails: 'signature-value',
  },
]

/** A whole foreign authority, or ours with something wrong in it. */
const underAuthority = async (
  extensions: Parameters<typeof makeCertificate>[0]['extensions'],
  key = makeDemoKey('ec-p256'),
): Promise<Uint8Array> => {
  const { issuer } = ca.authority
  const name = writeName([[oids.commonName, 'MIDDLE CA']])
  const middle = await makeCertificate({
    subject: name,
    issuer: readCertificate(issuer.certificate).subject,
    spki: key.spki,
    issuerKey: issuer.key,
    notBefore: before(10),
    notAfter: after(10),
    extensions: [...extensions, ...keyIdentifiers(key.spki, issuer.key.spki)],
  })
  const leafKey = makeDemoKey('ec-p256')
  const leaf = await makeCertificate({
    subject: subjectName(demoCompanyHead),
    issuer: name,
    spki: leafKey.spki,
    issuerKey: key,
    notBefore: before(9),
    notAfter: after(9),
    extensions: [
      policies(oids.nucPolicy),
      extendedKeyUsage(purposesOf('head')),
      keyUsage('digitalSignature', 'nonRepudiation'),
      ...keyIdentifiers(leafKey.spki, key.spki),
    ],
  })
  const identity: DemoIdentity = {
    ...head,
    key: leafKey,
    certificate: leaf,
    digest: leafKey.digest,
    sign: leafKey.sign,
  }
  return forgeCms(identity, { certificates: [leaf, middle] })
}

const chains: Attack[] = [
  {
    name: 'a certificate that signed itself',
    cms: async () => {
      const key = makeDemoKey('ec-p256')
      const name = subjectName(demoCompanyHead)
      const certificate = await makeCertificate({
        subject: name,
        issuer: name,
        spki: key.spki,
        issuerKey: key,
        notBefore: before(1),
        notAfter: after(1),
        extensions: [
          policies(oids.nucPolicy),
          extendedKeyUsage(purposesOf('head')),
          keyUsage('digitalSignature', 'nonRepudiation'),
        ],
      })
      return forgeCms({ certificate, family: key.family, digest: key.digest, sign: key.sign })
    },
    fails: 'chain',
  },
  {
    name: 'a false authority with the names of the true one',
    cms: async () => {
      const fake = await aTestCa()
      const identity = await fake.issue()
      return forgeCms(identity, {
        certificates: [
          identity.certificate,
          fake.authority.issuer.certificate,
          fake.authority.root.certificate,
        ],
      })
    },
    fails: 'chain',
  },
  {
    name: 'a leaf that issues certificates',
    cms: () => underAuthority([keyUsage('digitalSignature', 'nonRepudiation')]),
    fails: 'path',
  },
  {
    name: 'an authority without keyCertSign',
    cms: () => underAuthority([authorityConstraints(), keyUsage('cRLSign')]),
    fails: 'path',
  },
  {
    name: 'one authority more than the path length allows',
    cms: () => underAuthority([authorityConstraints(), keyUsage('keyCertSign')]),
    fails: 'path',
  },
  {
    name: 'an authority with a weak key',
    cms: () => underAuthority([authorityConstraints(), keyUsage('keyCertSign')], rsa(1024)),
    fails: 'chain',
  },
  {
    name: 'an unknown critical extension',
    cms: by({ extensions: (usual) => [...usual, { oid: '1.2.3.4.5', critical: true, value: writeNull() }] }),
    fails: 'critical-extensions',
  },
  {
    name: 'name constraints, critical and not followed by us',
    cms: by({
      extensions: (usual) => [...usual, { oid: '2.5.29.30', critical: true, value: writeSequence() }],
    }),
    fails: 'critical-extensions',
  },
  {
    name: 'a certificate signed with SHA-1',
    cms: async () => {
      const old = await aTestCa({ keyKind: 'rsa-2048' })
      const identity = await old.issue({ digest: 'sha-1' })
      const report = await old.verifier().verify({ cms: await forgeCms(identity), data: testData })
      expect(report.verdict).toBe('INVALID')
      return forgeCms(identity)
    },
    fails: 'chain',
  },
  {
    name: 'a test key where production is demanded',
    cms: () => honest,
    policy: { environment: 'production' },
    fails: 'environment',
  },
  { name: 'a certificate not yet valid', cms: by({ notBefore: after(1) }), fails: 'validity' },
  {
    name: 'a key that had ended when it signed, by its own clock',
    cms: by({ notAfter: before(1) }),
    fails: 'validity',
  },
]

const authority: Attack[] = [
  { name: 'a certificate for logging in', cms: by({ purpose: 'auth' }), fails: 'key-usage' },
  {
    name: 'a certificate without keyUsage',
    cms: by({ extensions: (usual) => usual.filter((one) => one.oid !== oids.keyUsage) }),
    fails: 'key-usage',
  },
  {
    name: 'digitalSignature without nonRepudiation',
    cms: by({
      extensions: (usual) =>
        usual.map((one) => (one.oid === oids.keyUsage ? keyUsage('digitalSignature') : one)),
    }),
    fails: 'key-usage',
  },
  { name: 'the authority’s own certificate', cms: () => forgeCms(ca.authority.issuer), fails: 'key-usage' },
  {
    name: 'no certificate policy',
    cms: by({ extensions: (usual) => usual.filter((one) => one.oid !== oids.certificatePolicies) }),
    fails: 'certificate-policy',
  },
  {
    name: 'the policy for logging in',
    cms: by({
      extensions: (usual) =>
        usual.map((one) => (one.oid === oids.certificatePolicies ? policies('1.2.398.3.3.2.2') : one)),
    }),
    fails: 'certificate-policy',
  },
  {
    name: 'a policy of somebody else',
    cms: by({
      extensions: (usual) =>
        usual.map((one) => (one.oid === oids.certificatePolicies ? policies('1.2.398.3.3.20') : one)),
    }),
    fails: 'certificate-policy',
  },
  { name: 'an employee', cms: by({ role: 'employee' }), fails: 'role' },
  { name: 'the personnel department', cms: by({ role: 'personnel' }), fails: 'role' },
  { name: 'an information system', cms: by({ role: 'system' }), fails: 'role' },
  { name: 'a treasury certificate', cms: by({ role: 'treasury' }), fails: 'role' },
  {
    name: 'the right to sign money under a contract',
    cms: by({ role: 'financial-right' }),
    request: { expected: { documentKind: 'contract' } },
    fails: 'role',
  },
  {
    name: 'a kind of document named after an object’s method',
    cms: by({ role: 'employee' }),
    request: { expected: { documentKind: 'constructor' } },
    fails: 'role',
  },
  {
    name: 'no role',
    cms: by({
      extensions: (usual) =>
        usual.map((one) =>
          one.oid === oids.extendedKeyUsage ? extendedKeyUsage([oids.emailProtection]) : one,
        ),
    }),
    fails: 'role',
  },
  {
    name: 'another company’s БИН',
    cms: () => honest,
    request: { expected: { taxId: '190940000019' } },
    fails: 'party',
  },
  {
    name: 'the director’s ИИН where his company is not the party',
    cms: () => honest,
    request: { expected: { taxId: '900101300017' } },
    fails: 'party',
  },
  {
    name: 'two БИН',
    cms: by(serialAndBin('BIN190940000019', [oids.organizationalUnit, 'BIN180740000031'])),
    request: { expected: { taxId: '180740000031' } },
    fails: 'identity',
  },
  { name: 'a БИН of eleven digits', cms: by(serialAndBin('BIN18074000003')), fails: 'identity' },
  { name: 'a БИН with a space', cms: by(serialAndBin('BIN 180740000031')), fails: 'identity' },
  {
    name: 'a БИН in full-width digits',
    cms: by(withSubject([oids.organizationalUnit, 'BIN１８０７４０００００３１'])),
    fails: 'identity',
  },
  { name: 'a БИН followed by a line end', cms: by(serialAndBin('BIN180740000031\n')), fails: 'identity' },
  { name: 'neither ИИН nor БИН', cms: by(withSubject()), fails: 'identity' },
  {
    name: 'a БИН with a wrong check digit where it is demanded',
    cms: by(serialAndBin('BIN180740000032')),
    policy: { taxIdCheckDigit: 'required' },
    fails: 'check-digit',
  },
]

type StampForgery = Partial<TokenOptions> & {
  covered?: Uint8Array
  mangle?: (token: Uint8Array) => Uint8Array
}

const stamped =
  (make: () => Promise<StampForgery> | StampForgery): (() => Promise<Uint8Array>) =>
  async () => {
    let signature = new Uint8Array(0)
    const forgery = { signature: (value: Uint8Array) => (signature = Uint8Array.from(value)) }
    // The stamp covers the signature value, so the signer is made twice with one signature.
    const first = await forgeSigner(head, forgery)
    const { covered = signature, mangle = (token: Uint8Array) => token, ...options } = await make()
    const token = await makeTimeStampToken(ca.authority, {
      now: before(1),
      hashAlgorithm: algorithm(oids.sha256, true),
      imprint: createHash('sha256').update(covered).digest(),
      policy: oids.tspPolicyGost2015,
      ...options,
    })
    expect(first.length).toBeGreaterThan(0)
    const fixed = signature
    const signer = await forgeSigner(
      { ...head, sign: () => Promise.resolve(fixed) },
      { unsigned: [attribute(oids.signatureTimeStampToken, mangle(token))] },
    )
    return forgeMessage([signer], { certificates: [head.certificate] })
  }
const stamperWith = (
  purposes: string[],
  critical: boolean,
  issue: IssueOptions = {},
): Promise<DemoIdentity> =>
  ca.issue({
    ...issue,
    extensions: (usual) =>
      usual.map((one) => (one.oid === oids.extendedKeyUsage ? extendedKeyUsage(purposes, critical) : one)),
  })

const stamps: Attack[] = [
  {
    name: 'a stamp over another signature',
    cms: stamped(() => ({ covered: Buffer.from('другая подпись') })),
    fails: 'time-stamp',
  },
  { name: 'a stamp made by a signer', cms: stamped(() => ({ signer: head })), fails: 'time-stamp' },
  {
    name: 'a stamp whose purpose is not critical',
    cms: stamped(async () => ({ signer: await stamperWith([oids.timeStamping], false) })),
    fails: 'time-stamp',
  },
  {
    name: 'a stamp of a certificate with a second purpose',
    cms: stamped(async () => ({
      signer: await stamperWith([oids.timeStamping, oids.emailProtection], true),
    })),
    fails: 'time-stamp',
  },
  {
    name: 'a stamp of a false authority',
    cms: stamped(async () => ({ signer: (await aTestCa()).authority.timeStamper })),
    fails: 'time-stamp',
  },
  { name: 'a stamp from the future', cms: stamped(() => ({ now: after(1) })), fails: 'time-stamp' },
  {
    name: 'a stamp older than its authority’s certificate',
    cms: stamped(() => ({ now: before(4000) })),
    fails: 'time-stamp',
  },
  {
    name: 'a stamp whose authority had ended',
    cms: stamped(async () => ({
      signer: await stamperWith([oids.timeStamping], true, { notAfter: before(2) }),
    })),
    fails: 'time-stamp',
  },
  {
    name: 'a stamp with an imprint of SHA-1',
    cms: stamped(() => ({ hashAlgorithm: algorithm(oids.sha1, true), imprint: new Uint8Array(20) })),
    fails: 'time-stamp',
  },
  {
    name: 'a stamp that is no TSTInfo',
    cms: stamped(() => ({ contentType: oids.data })),
    fails: 'time-stamp',
  },
  {
    name: 'a stamp with a changed time',
    cms: stamped(() => ({
      now: before(3),
      mangle: (token) =>
        replaceBytes(
          token,
          Buffer.from(writeGeneralizedTime(before(3))).toString('latin1'),
          Buffer.from(writeGeneralizedTime(before(4))).toString('latin1'),
        ),
    })),
    fails: 'time-stamp',
  },
  {
    name: 'a stamp that is noise',
    cms: stamped(() => ({ mangle: () => writeSequence(writeOid(oids.signedData)) })),
    fails: 'time-stamp',
  },
  {
    name: 'the signature itself put in place of a stamp',
    cms: stamped(() => ({ mangle: () => honest })),
    fails: 'time-stamp',
  },
]

const groups: Record<string, Attack[]> = {
  encoding,
  structure,
  attributes,
  certificateBag,
  cryptography,
  chains,
  authority,
  stamps,
}

it('accepts the honest signature all attacks are made from', async () => {
  const report = await check(honest, { expected: { taxId: '180740000031', documentKind: 'contract' } })
  expect(factsThat(report, 'failed')).toEqual([])
  expect(report.verdict).toBe('VALID')
})

it('accepts an honest time stamp', async () => {
  const report = await check(await stamped(() => ({}))())
  expect(report.verdict).toBe('VALID')
  expect(report.signers[0]).toMatchObject({ trustedTimeSource: 'time-stamp', trustedTime: before(1) })
})

describe.each(Object.entries(groups))('%s', (_group, attacks) => {
  it.each(attacks)('refuses $name', async ({ cms, fails, request, policy }) => {
    const report = await check(await cms(), request, policy)
    expect(report.verdict).toBe('INVALID')
    expect(factsThat(report, 'failed')).toContain(fails)
  })
})

it('refuses the signed attributes of an honest signature replayed as a document', async () => {
  const attributesAsDocument = writeSetOf(await honestAttributes(head))
  const replay = await forgeCms(head, { attributes: false, data: attributesAsDocument })
  const report = await check(replay, { data: attributesAsDocument })
  expect(report.verdict).toBe('INVALID')
  expect(factsThat(report, 'failed')).toContain('signed-attributes')
})

it('does not know a signature whose certificate has ended and that nothing dates', async () => {
  const identity = await ca.issue({ notAfter: before(1) })
  const cms = await forgeCms(identity, {
    attributes: ([type, , ...rest]) => [type!, attribute(oids.signingTime, writeTime(before(5))), ...rest],
  })
  const report = await check(cms)
  expect(report.verdict).toBe('INDETERMINATE')
  expect(factsThat(report, 'unknown')).toEqual(['validity'])
  const withReceipt = await check(cms, { at: before(3) })
  expect(withReceipt.verdict).toBe('VALID')
})

it('never throws and is never slow, whatever byte is changed', async () => {
  const cms = await ca.sign(head, { certificates: ca.authority.intermediates })
  const verifier = ca.verifier()
  let seed = 20_261_120
  const next = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0)
  let slowest = 0
  for (let round = 0; round < 1500; round++) {
    const copy = Uint8Array.from(cms)
    for (let change = 0; change <= round % 3; change++) copy[next() % copy.length] = next() >>> 16
    const began = performance.now()
    const report = await verifier.verify({ cms: copy, data: testData })
    slowest = Math.max(slowest, performance.now() - began)
    expect(['VALID', 'INVALID', 'INDETERMINATE']).toContain(report.verdict)
  }
  expect(slowest).toBeLessThan(500)
})
