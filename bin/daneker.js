#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// `__proto__` is removed from the language: one element with id="__proto__" must not poison every later request.
// 16 KB of headers is what the front is tested with, whatever the default of this Node version is.
const neededFlags = ['--disable-proto=delete', '--max-http-header-size=16384']

const main = new URL('../dist/main.js', import.meta.url)

if (!existsSync(main)) {
  process.stderr.write('daneker is not built yet: run `npm run build` first\n')
  process.exit(1)
}

if (neededFlags.every((flag) => process.execArgv.includes(flag))) {
  if (process.env.DANEKER_LAUNCHED === '1') {
    // The launcher was killed without a chance to pass anything on: stop in order instead of living on unseen.
    if (!process.connected) process.exit(1)
    delete process.env.DANEKER_LAUNCHED
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
    process.channel.unref()
  }
  await import(main.href)
} else {
  const flags = [...process.execArgv.filter((flag) => !neededFlags.includes(flag)), ...neededFlags]
  const gateway = spawn(
    process.execPath,
    [...flags, fileURLToPath(import.meta.url), ...process.argv.slice(2)],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, DANEKER_LAUNCHED: '1' },
    },
  )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal sends Ctrl+C to both of us; passing it on would be the second one, which means "stop at once".
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) gateway.kill(signal)
    })
  }
  gateway.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    // Die the same way, so that whoever started us sees the true reason.
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
