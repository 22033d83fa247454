import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What Debian must bring for each client, and what proves that it is there. */
const clients = {
  zeep: {
    packages: ['python3-zeep'],
    proof: ['/usr/bin/python3', ['-c', 'import zeep']],
  },
  php: {
    packages: ['php-cli', 'php-soap'],
    proof: ['php', ['-r', 'exit(class_exists("SoapClient") ? 0 : 1);']],
  },
  gsoap: {
    packages: ['gsoap', 'libgsoap-dev', 'gcc', 'libc6-dev'],
    proof: [
      'sh',
      ['-c', 'command -v wsdl2h && command -v soapcpp2 && command -v gcc && test -e /usr/include/stdsoap2.h'],
    ],
  },
} as const

export type ClientName = keyof typeof clients

const isHere = async (name: ClientName): Promise<boolean> => {
  const [command, args] = clients[name].proof
  return run(command, [...args]).then(
    () => true,
    () => false,
  )
}

/**
 * Which of the three clients are here after installing what is missing (Debian, root, as the test servers do).
 * The reason says why one is not.
 */
export const soapClients = async (): Promise<Record<ClientName, string | undefined>> => {
  const names = Object.keys(clients) as ClientName[]
  const missing: ClientName[] = []
  for (const name of names) if (!(await isHere(name))) missing.push(name)
  const packages = missing.flatMap((name) => clients[name].packages)

  if (packages.length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const wait = ['-o', 'DPkg::Lock::Timeout=300', '-q']
    // What cannot be installed (no mirror in reach) is skipped below with its reason.
    await run('apt-get', [...wait, 'update'], { env }).catch(() => undefined)
    await run('apt-get', [...wait, 'install', '-y', '--no-install-recommends', ...packages], { env }).catch(
      () => undefined,
    )
  }
  const reasons = await Promise.all(
    names.map(async (name) => [
      name,
      (await isHere(name)) ? undefined : `needs the Debian packages ${clients[name].packages.join(', ')}`,
    ]),
  )
  return Object.fromEntries(reasons) as Record<ClientName, string | undefined>
}
