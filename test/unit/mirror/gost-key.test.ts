import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { portalKey } from '../../../src/adapters/esf/index.ts'
import type { EsfSimulator } from '../../../src/adapters/esf-simulator/index.ts'
import { MemoryUnitOfWork } from '../../../src/adapters/memory/unit-of-work.ts'
import { DemoAuthority, writePkcs12 } from '../../../src/adapters/signing/demo-authority/index.ts'
import {
  certificateAnchor,
  KeptKeySigners,
  KzSuite,
  portalChecks,
  TrustStore,
} from '../../../src/adapters/signing/index.ts'
import { readCertificate } from '../../../src/adapters/signing/x509/index.ts'
import type { CompanyKeys } from '../../../src/core/company/index.ts'
import { signaturePolicy } from '../../../src/core/signature/index.ts'
import { iin, password, seller, startPortal } from '../adapters/esf-simulator/harness.ts'
import { openGateway, SharedClock } from './gateway.ts'
import type { Gateway } from './gateway.ts'

const morning = new Date('2026-04-01T05:00:00Z')
const filePassword = 'Test-2026'

/** Since 2024 НУЦ РК issues GOST keys alone: the whole way from the key file to the stamp, on both key kinds. */
describe.each(['gost-2015-512', 'rsa-2048'] as const)('a company with a key of %s', (keyKind) => {
  const clock = new SharedClock(morning)
  let authority: DemoAuthority
  let simulator: EsfSimulator
  let gateway: Gateway

  beforeAll(async () => {
    authority = await DemoAuthority.create({ keyKind, now: morning })
  })

  /** The key as the gateway keeps it: a PKCS#12 file, opened by the signing adapter. */
  const keyOf = async (issuer: DemoAuthority) => {
    const identity = await issuer.issue({
      subject: { commonName: 'ТЕСТОВ ТЕСТ', iin, bin: seller, organization: 'ТОО «Алатау Снаб»' },
    })
    const file = await writePkcs12({
      pkcs8: identity.key.pkcs8,
      certificates: [identity.certificate],
      password: filePassword,
      friendlyName: 'key',
    })
    const keys: CompanyKeys = {
      of: async () => ({ file, password: filePassword }),
      versionOf: async () => '1',
      put: async () => undefined,
      remove: async () => false,
    }
    const uses = { add: async () => undefined }
    const signers = new KeptKeySigners(keys, { clock, uses, unitOfWork: new MemoryUnitOfWork() })
    const key = await signers.portalKeyOf('company')
    if (key === undefined) throw new Error('the key opens')
    return portalKey(key)
  }

  const open = async (issuer = authority): Promise<void> => {
    const policy = signaturePolicy({ environment: 'test', revocation: 'off' })
    const suite = new KzSuite()
    const trust = new TrustStore(
      suite,
      [certificateAnchor('test', authority.root.certificate)],
      [readCertificate(authority.issuer.certificate)],
    )
    simulator = await startPortal({ clock, ...portalChecks({ suite, trust, policy, clock }) })
    const account = { taxId: seller, user: iin, password, login: 'ticket' as const, key: await keyOf(issuer) }
    gateway = openGateway({ simulator, clock, accounts: [account] })
  }

  afterEach(async () => {
    await gateway.portal.close({ sessions: 'leave' })
    await simulator.stop()
  })

  it('logs in with a signed ticket and mirrors an invoice', async () => {
    await open()
    const { id } = gateway.put()
    await gateway.drive()
    expect(gateway.documents.rows.get(id)).toMatchObject({ mirrorState: 'registered' })
    expect(gateway.documents.rows.get(id)?.stamp?.registrationNumber).toMatch(/^ESF-/)
    expect(simulator.calls().byOperation).toMatchObject({ createSessionSigned: 1 })
    const [there] = simulator.invoices()
    expect(Buffer.from(there?.signature ?? '', 'base64').length).toBe(keyKind === 'rsa-2048' ? 256 : 128)
  })

  it('is not let in with a key of another authority', async () => {
    await open(await DemoAuthority.create({ keyKind, now: morning, name: 'STRANGER' }))
    const { id } = gateway.put()
    await expect(gateway.drive({ rounds: 3 })).rejects.toThrow('did not come to an end')
    expect(gateway.documents.rows.get(id)?.mirrorState).toBe('waiting')
    expect(simulator.invoices()).toEqual([])
  })
})
