/**
 * Builds `dist/`: TypeScript to JavaScript, everything else in `src` (SQL, XSD, pages, samples excepted) copied.
 * The new folder takes the old one's place in one step, so a gateway started meanwhile never meets half a build.
 * Types are checked by `npm run types`; here they are only removed, which makes `npm run demo` start sooner.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'src')
const dist = join(root, 'dist')
const fresh = join(root, '.cache', `dist-${process.pid}`)
const stale = join(root, '.cache', `dist-old-${process.pid}`)

const isAsset = (path) => !/\.(ts|md)$/.test(path) && !relative(source, path).split(sep).includes('samples')

mkdirSync(join(root, '.cache'), { recursive: true })
rmSync(fresh, { recursive: true, force: true })
try {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const flags = ['-p', 'tsconfig.build.json', '--noCheck', '--incremental', 'false', '--outDir', fresh]
  const compiled = spawnSync(process.execPath, [tsc, ...flags], { cwd: root, stdio: 'inherit' })
  if (compiled.status !== 0) process.exit(compiled.status ?? 1)

  cpSync(source, fresh, { recursive: true, filter: isAsset })

  if (existsSync(dist)) renameSync(dist, stale)
  renameSync(fresh, dist)
} finally {
  rmSync(stale, { recursive: true, force: true })
  rmSync(fresh, { recursive: true, force: true })
}
