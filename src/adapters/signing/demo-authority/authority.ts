import { oids } from '../der/index.ts'
import {
  authorityConstraints,
  extendedKeyUsage,
  keyIdentifiers,
  keyUsage,
  makeCertificate,
  policies,
  purposesOf,
  subjectName,
  writeName,
} from './certificates.ts'
import { makeDemoKey } from './keys.ts'
import type { CmsKey } from '../cms/index.ts'
import type { DemoExtension, DemoSubject } from './certificates.ts'
import type { DemoKey, DemoKeyKind } from './keys.ts'
import type { DigestName, SignerRole } from '../../../core/signature/index.ts'

const yearMs = 365 * 86_400_000

/** A certificate with its private key: enough to sign. */
export interface DemoIdentity extends CmsKey {
  key: DemoKey
}

export interface IssueOptions {
  subject?: DemoSubject
  /** A finished name (DER) instead of `subject`. */
  subjectDer?: Uint8Array
  role?: SignerRole
  key?: DemoKey
  keyKind?: DemoKeyKind
  notBefore?: Date
  notAfter?: Date
  /** `auth`: a certificate for logging in, as НУЦ РК issues them beside the signing one. */
  purpose?: 'sign' | 'auth'
  /** Instead of the usual extensions. */
  extensions?: (usual: readonly DemoExtension[]) => readonly DemoExtension[]
  digest?: DigestName
}

export interface DemoAuthorityOptions {
  /** Key kind of the authorities and of everybody else unless told otherwise. GOST is what НУЦ РК issues. */
  keyKind?: DemoKeyKind
  now?: Date
  name?: string
  /** Path length the root allows below itself. */
  rootPathLength?: number
}

/**
 * A throw-away certificate authority in the image of НУЦ РК: a root, an issuer, a time-stamping authority and an
 * OCSP responder, with certificates in the same layout. Everybody can see its keys, so nothing it signs is worth
 * anything outside a demonstration or a test; its anchors belong to the environment `test`.
 */
export class DemoAuthority {
  private constructor(
    readonly now: Date,
    readonly keyKind: DemoKeyKind,
    readonly name: string,
    readonly root: DemoIdentity,
    readonly issuer: DemoIdentity,
    readonly timeStamper: DemoIdentity,
    readonly responder: DemoIdentity,
    private readonly issuerName: Uint8Array,
  ) {}

  static async create(options: DemoAuthorityOptions = {}): Promise<DemoAuthority> {
    const { keyKind = 'gost-2015-512', now = new Date(), name = 'DANEKER DEMO' } = options
    const from = new Date(now.getTime() - yearMs)
    const to = new Date(now.getTime() + 10 * yearMs)
    const rootName = writeName([
      [oids.commonName, `${name} ROOT`],
      [oids.country, 'KZ'],
    ])
    const issuerName = writeName([
      [oids.commonName, `${name} CA`],
      [oids.country, 'KZ'],
    ])
    const rootKey = makeDemoKey(keyKind)
    const authority = async (
      subject: Uint8Array,
      key: DemoKey,
      parentName: Uint8Array,
      parentKey: DemoKey,
      extensions: readonly DemoExtension[],
    ): Promise<DemoIdentity> =>
      identityOf(
        key,
        await makeCertificate({
          subject,
          issuer: parentName,
          spki: key.spki,
          issuerKey: parentKey,
          notBefore: from,
          notAfter: to,
          extensions: [...extensions, ...keyIdentifiers(key.spki, parentKey.spki)],
        }),
      )
    const certifies = keyUsage('keyCertSign', 'cRLSign')
    const root = await authority(rootName, rootKey, rootName, rootKey, [
      authorityConstraints(options.rootPathLength),
      certifies,
    ])
    const issuerKey = makeDemoKey(keyKind)
    const issuer = await authority(issuerName, issuerKey, rootName, rootKey, [
      authorityConstraints(0),
      certifies,
    ])
    const service = (
      label: string,
      purpose: string,
      more: readonly DemoExtension[] = [],
    ): Promise<DemoIdentity> =>
      authority(
        writeName([
          [oids.commonName, `${name} ${label}`],
          [oids.country, 'KZ'],
        ]),
        makeDemoKey(keyKind),
        issuerName,
        issuerKey,
        [keyUsage('digitalSignature', 'nonRepudiation'), extendedKeyUsage([purpose], true), ...more],
      )
    const timeStamper = await service('TSA', oids.timeStamping)
    const responder = await service('OCSP RESPONDER', oids.ocspSigning, [
      { oid: oids.ocspNoCheck, value: Uint8Array.of(5, 0) },
    ])
    return new DemoAuthority(now, keyKind, name, root, issuer, timeStamper, responder, issuerName)
  }

  /** Certificates a signer puts beside his own: the issuer, not the root. */
  get intermediates(): Uint8Array[] {
    return [this.issuer.certificate]
  }

  /** A certificate for signing (or logging in), valid one year like those in files. */
  async issue(options: IssueOptions = {}): Promise<DemoIdentity> {
    const key = options.key ?? makeDemoKey(options.keyKind ?? this.keyKind)
    const subject = options.subject ?? demoCompanyHead
    const role = options.role ?? (subject.bin === undefined ? 'person' : 'head')
    const usual =
      options.purpose === 'auth'
        ? [
            policies(oids.nucPolicyLegalAuth),
            extendedKeyUsage([oids.clientAuth, ...purposesOf(role).slice(1)]),
            keyUsage('digitalSignature', 'keyEncipherment'),
          ]
        : [
            policies(oids.nucPolicy),
            extendedKeyUsage(purposesOf(role)),
            keyUsage('digitalSignature', 'nonRepudiation', 'keyAgreement'),
          ]
    const extensions = [...usual, ...keyIdentifiers(key.spki, this.issuer.key.spki)]
    const certificate = await makeCertificate({
      subject: options.subjectDer ?? subjectName(subject),
      issuer: this.issuerName,
      spki: key.spki,
      issuerKey: this.issuer.key,
      notBefore: options.notBefore ?? new Date(this.now.getTime() - 30 * 86_400_000),
      notAfter: options.notAfter ?? new Date(this.now.getTime() + 335 * 86_400_000),
      extensions: options.extensions?.(extensions) ?? extensions,
      digest: options.digest,
    })
    return identityOf(key, certificate)
  }
}

/** The test persona of НУЦ РК and a company whose БИН has a right check digit. */
export const demoCompanyHead: DemoSubject = {
  commonName: 'ТЕСТОВ ТЕСТ',
  surname: 'ТЕСТОВ',
  patronymic: 'ТЕСТОВИЧ',
  iin: '900101300017',
  bin: '180740000031',
  organization: 'ТОО "ДЕМО"',
}

const identityOf = (key: DemoKey, certificate: Uint8Array): DemoIdentity => ({
  key,
  certificate,
  family: key.family,
  digest: (name, data) => key.digest(name, data),
  sign: (data, digest) => key.sign(data, digest),
})
