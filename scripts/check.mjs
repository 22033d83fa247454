/**
 * Everything that must hold before a change is handed over; CI runs exactly this. Every step runs even when one
 * before it failed (fix them in one sitting), and the last line counts steps and tests together.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { closingLine } from '../test/setup/closing-line.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const totalsFile = join(root, '.cache', `test-totals-${process.pid}.json`)
mkdirSync(join(root, '.cache'), { recursive: true })

const steps = ['format:check', 'lint', 'types', 'arch', 'unused', 'build', 'test:only']
const outcomes = []

for (const step of steps) {
  process.stdout.write(`\n── ${step}\n`)
  const started = performance.now()
  const { status } = spawnSync('npm', ['run', '--silent', step], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, DANEKER_TEST_TOTALS: totalsFile },
  })
  outcomes.push({ step, ok: status === 0, seconds: (performance.now() - started) / 1000 })
}

const tests = existsSync(totalsFile)
  ? JSON.parse(readFileSync(totalsFile, 'utf8'))
  : { passed: 0, failed: 0, skipped: 0 }
rmSync(totalsFile, { force: true })

process.stdout.write('\n')
for (const { step, ok, seconds } of outcomes) {
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'}  ${step.padEnd(14)} ${seconds.toFixed(1)} s\n`)
}

const failedSteps = outcomes.filter(({ ok }) => !ok)
// The tests' step counts by its tests, unless it failed without a failing test (a reporter or a teardown did).
const countedFailures = failedSteps.filter(({ step }) => step !== 'test:only' || tests.failed === 0).length
const passedSteps = outcomes.filter(({ step, ok }) => ok && step !== 'test:only').length
process.stdout.write(
  `${closingLine({ passed: tests.passed + passedSteps, failed: tests.failed + countedFailures, skipped: tests.skipped })}\n`,
)
process.exitCode = failedSteps.length === 0 ? 0 : 1
