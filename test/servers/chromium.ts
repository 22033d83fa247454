import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'
import { runCommand } from './server-process.ts'

const paths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

const find = (): string | undefined => paths.find((path) => existsSync(path))

/**
 * Where Chromium is; installed where that is possible (Debian, root). Undefined: tests in a browser are skipped,
 * everything the server decides has tests without one.
 */
export const findChromium = async (): Promise<string | undefined> => {
  if (find() !== undefined || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return find()
  process.stderr.write('installing chromium for the tests…\n')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const wait = ['-o', 'DPkg::Lock::Timeout=300', '-q']
  try {
    await runCommand('apt-get', [...wait, 'update'], { env })
    // The fonts have all Kazakh letters; a bare machine has none.
    await runCommand(
      'apt-get',
      [...wait, 'install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
      { env },
    )
  } catch (error) {
    process.stderr.write(`chromium could not be installed: ${String(error)}\n`)
  }
  return find()
}

/** A browser without a screen that calls nobody but the pages it is shown. */
export const startChromium = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  })
