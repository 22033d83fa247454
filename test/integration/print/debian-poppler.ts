import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

const isHere = (program: string): Promise<boolean> =>
  run(program, [program === 'zbarimg' ? '--version' : '-v']).then(
    () => true,
    () => false,
  )

/** Why a program cannot be used, or undefined when it can: installed where it may be (Debian, root), as the test servers do. */
const missing = async (program: string, debianPackage: string): Promise<string | undefined> => {
  if (!(await isHere(program)) && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const wait = ['-o', 'DPkg::Lock::Timeout=300', '-q']
    // What cannot be installed (no mirror in reach) is skipped with its reason.
    await run('apt-get', [...wait, 'update'], { env }).catch(() => undefined)
    await run('apt-get', [...wait, 'install', '-y', '--no-install-recommends', debianPackage], {
      env,
    }).catch(() => undefined)
  }
  return (await isHere(program)) ? undefined : `needs the Debian package ${debianPackage}`
}

export const popplerMissing = (): Promise<string | undefined> => missing('pdftotext', 'poppler-utils')

/** A reader of bar codes that has nothing to do with the maker of ours. */
export const zbarMissing = (): Promise<string | undefined> => missing('zbarimg', 'zbar-tools')

/** What a camera reads off a page at 150 dots an inch. */
export const codesOn = async (file: string, page: number): Promise<string[]> => {
  const picture = `${file}-${page}`
  await run('pdftoppm', ['-r', '150', '-png', '-singlefile', '-f', `${page}`, '-l', `${page}`, file, picture])
  const { stdout } = await run('zbarimg', ['--quiet', '--raw', `${picture}.png`])
  return stdout.trim().split('\n')
}

/** The text of a PDF page by page, as a reader of the paper sees it; hard spaces become spaces. */
export const pagesOf = async (file: string): Promise<string[]> => {
  const { stdout } = await run('pdftotext', ['-layout', '-enc', 'UTF-8', file, '-'], {
    maxBuffer: 256 * 1024 * 1024,
  })
  return stdout.replaceAll('\u00a0', ' ').split('\f').slice(0, -1)
}

/** Names and embedding of the fonts of a PDF, and its facts. */
export const fontsOf = async (file: string): Promise<string> => (await run('pdffonts', [file])).stdout
export const factsOf = async (file: string): Promise<string> => (await run('pdfinfo', [file])).stdout
