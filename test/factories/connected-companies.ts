import { DemoAuthority, writePkcs12 } from '../../src/adapters/signing/demo-authority/index.ts'
import { readCertificate } from '../../src/adapters/signing/x509/index.ts'
import type { Gateway, GatewaySettings } from '../../src/app.ts'
import type { NewConnection } from '../../src/core/company/index.ts'

/** One authority for a test file: making keys is the slow part. */
let madeAuthority: Promise<DemoAuthority> | undefined
export const testAuthority = (): Promise<DemoAuthority> =>
  (madeAuthority ??= DemoAuthority.create({ keyKind: 'rsa-2048' }))

/** What a gateway trusts: the root of the authority, given as DER. */
export const anchorOf = (root: Uint8Array): GatewaySettings['signature']['anchors'][number] => ({
  name: 'demo',
  environment: 'test',
  uses: ['signer', 'time-stamp'],
  certificate: readCertificate(root),
})

/** A key file for a company, as its administrator would load it. */
export const keyFileFor = async (
  authority: DemoAuthority,
  taxId: string,
  password: string,
): Promise<Uint8Array> => {
  const identity = await authority.issue({
    subject: { commonName: 'ТЕСТОВ ТЕСТ', iin: '900101300017', bin: taxId, organization: 'ТОО "ДЕМО"' },
  })
  return writePkcs12({
    pkcs8: identity.key.pkcs8,
    certificates: [identity.certificate, ...authority.intermediates],
    password,
    friendlyName: 'demo',
  })
}

/** Registers a company with an access, a key in the gateway and a connection that signs with it. */
export const connectCompany = async (
  gateway: Gateway,
  authority: DemoAuthority,
  { taxId, name, signing = 'key' }: { taxId: string; name: string; signing?: 'key' | 'sender' },
): Promise<NewConnection> => {
  await gateway.register.registerCompany({ taxId, name })
  await gateway.register.grantAccess({ taxId, months: 12 })
  const file = await keyFileFor(authority, taxId, 'Qwerty12')
  await gateway.register.loadKey({ taxId, key: { file, password: 'Qwerty12' } })
  return gateway.register.connect({ taxId, name: 'Бухгалтерия', signing })
}

/** `Basic …` of a connection. */
export const basicOf = ({ connection, password }: NewConnection): string =>
  `Basic ${Buffer.from(`${connection.login}:${password}`).toString('base64')}`
