import type {
  AttributeEvidence,
  CertificateEvidence,
  RevocationEvidence,
  SignatureEvidence,
  SignerEvidence,
  TimeStampEvidence,
} from '../../src/core/signature/index.ts'

export const judgedAt = new Date('2026-11-20T06:00:00Z')
const day = 86_400_000
export const daysBefore = (days: number): Date => new Date(judgedAt.getTime() - days * day)
export const daysAfter = (days: number): Date => new Date(judgedAt.getTime() + days * day)

/** A head's signing certificate as НУЦ РК issues it. */
export const aCertificate = (changes: Partial<CertificateEvidence> = {}): CertificateEvidence => ({
  sha256: 'aa'.repeat(32),
  serial: '4A01',
  subject: 'CN=ТЕСТОВ ТЕСТ',
  issuer: 'CN=CA',
  notBefore: daysBefore(30),
  notAfter: daysAfter(335),
  key: { family: 'gost-2015-512', label: 'GOST-2015-512' },
  signatureDigest: 'streebog-512',
  isAuthority: false,
  usages: ['digitalSignature', 'nonRepudiation', 'keyAgreement'],
  purposes: ['1.3.6.1.5.5.7.3.4', '1.2.398.3.3.4.1.2', '1.2.398.3.3.4.1.2.1'],
  purposesCritical: false,
  policies: ['1.2.398.3.3.2'],
  unknownCriticalExtensions: [],
  iins: ['900101300017'],
  bins: ['180740000031'],
  malformedTaxIds: 0,
  commonName: 'ТЕСТОВ ТЕСТ',
  organization: 'ТОО "ДЕМО"',
  roles: ['head'],
  ...changes,
})

export const anAuthority = (changes: Partial<CertificateEvidence> = {}): CertificateEvidence =>
  aCertificate({
    sha256: 'bb'.repeat(32),
    isAuthority: true,
    usages: ['keyCertSign', 'cRLSign'],
    purposes: undefined,
    roles: [],
    iins: [],
    bins: [],
    notBefore: daysBefore(1000),
    notAfter: daysAfter(1000),
    ...changes,
  })

export const someAttributes = (changes: Partial<AttributeEvidence> = {}): AttributeEvidence => ({
  present: true,
  ordered: true,
  repeated: [],
  contentTypes: ['1.2.840.113549.1.7.1'],
  messageDigestCount: 1,
  messageDigestMatches: true,
  signingTime: daysBefore(1),
  signingCertificate: 'matches',
  ...changes,
})

export const aTimeStamp = (changes: Partial<TimeStampEvidence> = {}): TimeStampEvidence => {
  const certificate = aCertificate({
    purposes: ['1.3.6.1.5.5.7.3.8'],
    purposesCritical: true,
    notBefore: daysBefore(500),
    notAfter: daysAfter(500),
  })
  return {
    genTime: daysBefore(1),
    policy: '1.2.398.3.3.2.6.4',
    digest: 'streebog-512',
    imprintMatches: true,
    signature: 'holds',
    attributes: someAttributes({ contentTypes: ['1.2.840.113549.1.9.16.1.4'] }),
    algorithmsAgree: true,
    certificate,
    signerCount: 1,
    contentTypeIsTstInfo: true,
    chain: {
      path: [certificate, anAuthority(), anAuthority()],
      anchor: { name: 'ROOT', environment: 'production' },
    },
    revocation: [aGoodAnswer()],
    ...changes,
  }
}

export const aGoodAnswer = (changes: Partial<RevocationEvidence> = {}): RevocationEvidence => ({
  depth: 0,
  source: 'ocsp',
  status: 'good',
  detail: 'good',
  thisUpdate: new Date(judgedAt.getTime() - 60_000),
  ...changes,
})

/** A signer nothing is wrong with. `certificate` replaces the leaf of the chain too. */
export const aSigner = (changes: Partial<SignerEvidence> = {}): SignerEvidence => {
  const certificate = 'certificate' in changes ? changes.certificate : aCertificate()
  return {
    index: 0,
    certificate,
    digest: 'streebog-512',
    digestLabel: 'streebog-512',
    algorithmsAgree: true,
    attributes: someAttributes(),
    signature: 'holds',
    chain: {
      path: [...(certificate ? [certificate] : []), anAuthority(), anAuthority()],
      anchor: { name: 'ROOT', environment: 'production' },
    },
    timeStamps: [aTimeStamp()],
    archiveStamps: [aTimeStamp({ genTime: new Date(judgedAt.getTime() - 43_200_000) })],
    revocation: [aGoodAnswer(), aGoodAnswer({ depth: 1 })],
    revocationAsked: true,
    ...changes,
  }
}

export const aSignature = (changes: Partial<SignatureEvidence> = {}): SignatureEvidence => ({
  size: 3400,
  version: 1,
  content: 'detached',
  contentType: '1.2.840.113549.1.7.1',
  signers: [aSigner()],
  ...changes,
})
