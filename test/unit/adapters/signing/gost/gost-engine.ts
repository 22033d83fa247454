import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const openssl = (args: string[], input?: Uint8Array): Buffer =>
  execFileSync('openssl', args, { input, stdio: ['pipe', 'pipe', 'pipe'] })

const answers = (): boolean => {
  try {
    return openssl(['engine', 'gost', '-t']).includes('available')
  } catch {
    return false
  }
}

const install = (): void => {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  process.stderr.write('installing libengine-gost-openssl for the tests…\n')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const wait = ['-o', 'DPkg::Lock::Timeout=300', '-q']
  try {
    execFileSync('apt-get', [...wait, 'update'], { env, stdio: 'ignore' })
    execFileSync('apt-get', [...wait, 'install', '-y', '--no-install-recommends', 'libengine-gost-openssl'], {
      env,
      stdio: 'ignore',
    })
  } catch {
    // no network: the tests that need it are skipped and say so
  }
}

/** Why OpenSSL's own GOST cannot be asked; nothing when it can. Installs it where it may (Debian, root). */
export const whyNoGostEngine = (): string | undefined => {
  if (answers()) return undefined
  install()
  if (answers()) return undefined
  return 'OpenSSL has no GOST engine here; on Debian: apt-get install libengine-gost-openssl'
}

/** Runs openssl with the GOST engine; throws when it answers with an error. */
export const opensslGost = (command: string, ...args: string[]): Buffer =>
  openssl([command, '-engine', 'gost', ...args])
