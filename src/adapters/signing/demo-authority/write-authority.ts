import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readCertificate } from '../x509/index.ts'
import { DemoAuthority } from './authority.ts'
import { writePkcs12 } from './pkcs12.ts'
import type { DemoAuthorityOptions } from './authority.ts'
import type { DemoSubject } from './certificates.ts'
import type { SignerRole } from '../../../core/signature/index.ts'

export interface DemoKeyFile {
  /** File name without `.p12`. */
  name: string
  subject: DemoSubject
  role?: SignerRole
}

export interface WrittenAuthority {
  authority: DemoAuthority
  /** As `config/trust.yaml` would say it; give it to `readTrustPins`. */
  trust: { anchors: DemoPin[]; intermediates: DemoPin[] }
  /** Folder with the certificate files, for `loadTrust`. */
  trustDirectory: string
  /** Paths of the key files by name. */
  keyFiles: Record<string, string>
}

interface DemoPin {
  name: string
  sha256: string
  environment: 'test'
  for: ('signer' | 'time-stamp')[]
}

/**
 * Makes a throw-away authority and key files of companies in `directory`: `trust/*.cer`, `keys/*.p12` (mode 0600).
 * Everything is new on each call; the anchors belong to the environment `test`.
 */
export const writeDemoAuthority = async (
  directory: string,
  password: string,
  keys: readonly DemoKeyFile[],
  options: DemoAuthorityOptions = {},
): Promise<WrittenAuthority> => {
  const authority = await DemoAuthority.create(options)
  const trustDirectory = join(directory, 'trust')
  const keyDirectory = join(directory, 'keys')
  await mkdir(trustDirectory, { recursive: true })
  await mkdir(keyDirectory, { recursive: true, mode: 0o700 })
  const pin = (name: string, der: Uint8Array): DemoPin => ({
    name,
    sha256: readCertificate(der).sha256,
    environment: 'test',
    for: ['signer', 'time-stamp'],
  })
  const root = pin(`${authority.name} root`, authority.root.certificate)
  const issuer = pin(`${authority.name} issuer`, authority.issuer.certificate)
  await writeFile(join(trustDirectory, `${root.sha256}.cer`), authority.root.certificate)
  await writeFile(join(trustDirectory, `${issuer.sha256}.cer`), authority.issuer.certificate)

  const keyFiles: Record<string, string> = {}
  for (const { name, subject, role } of keys) {
    const identity = await authority.issue({ subject, role })
    const path = join(keyDirectory, `${name}.p12`)
    const file = await writePkcs12({
      pkcs8: identity.key.pkcs8,
      certificates: [identity.certificate, ...authority.intermediates],
      password,
      friendlyName: name,
    })
    await writeFile(path, file, { mode: 0o600 })
    keyFiles[name] = path
  }
  return { authority, trust: { anchors: [root], intermediates: [issuer] }, trustDirectory, keyFiles }
}
