import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { addSimulate } from '../../../src/commands/simulate.ts'
import { faultsIn } from '../../../src/commands/start-refusal.ts'

const probe =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><e:esfVersionRequest xmlns:e="esf"/></s:Body></s:Envelope>'

describe('daneker simulate esf', () => {
  let folder = ''
  let printed = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'daneker-simulate-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  afterEach(() => {
    jest.restoreAllMocks()
  })

  const run = (...line: string[]) => {
    printed = ''
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text)
      return true
    })
    const program = new Command().exitOverride()
    addSimulate(program)
    return program.parseAsync(['simulate', 'esf', '--port', '0', ...line], { from: 'user' })
  }
  const file = (name: string, value: unknown): string => {
    const path = join(folder, name)
    writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
    return path
  }
  /** What it prints once it listens. */
  const address = async (): Promise<string> => {
    for (;;) {
      const found = /(http:\S+)\/InvoiceService\?wsdl/.exec(printed)?.[1]
      if (found !== undefined) return found
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  it('stands alone, follows its script, counts its calls and keeps a journal', async () => {
    const journal = join(folder, 'portal.jsonl')
    const script = file('script.json', {
      callsPerDay: 100,
      customerConfirmation: true,
      steps: [{ next: { operation: 'esfVersion', faults: ['html', { kind: 'delay', ms: 5 }] } }],
    })
    const ended = run('--script', script, '--journal', journal, '--user', '900101300017:secret:260140000114')
    const url = await address()
    const ask = async () =>
      (
        await fetch(`${url}/VersionService`, {
          method: 'POST',
          headers: { 'content-type': 'text/xml' },
          body: probe,
        })
      ).text()
    const first = await ask()
    expect(first).toContain('<!DOCTYPE html>')
    expect(await ask()).toContain('InvoiceV2')
    expect(await (await fetch(`${url}/AwpWebService?wsdl`)).text()).toContain('uploadAwp')
    const overview = (await (await fetch(new URL('/simulator', url))).json()) as { calls: { total: number } }
    expect(overview).toMatchObject({ calls: { total: 2, byOperation: { esfVersion: 2 } }, faults: 2 })
    process.emit('SIGTERM')
    await ended
    expect(printed).toContain('"calls":2')
    expect(readFileSync(journal, 'utf8')).not.toContain('secret')
  })

  it.each([
    ['a script that is not there', ['--script', '/nowhere/script.json'], 'SIMULATE-01'],
    ['a user without a company', ['--user', '900101300017:secret'], 'SIMULATE-02'],
  ])('refuses %s', async (_, line, code) => {
    await expect(
      run(...line).catch((error: unknown) => Promise.reject(new Error(faultsIn(error)?.[0]?.code))),
    ).rejects.toThrow(code)
  })

  it.each([
    ['text that is no JSON', '{', ''],
    ['a word it does not know', { steps: [{ nexxt: 1 }] }, 'steps.0'],
    [
      'a fault it does not know',
      { steps: [{ next: { operation: '*', faults: ['explode'] } }] },
      'steps.0.next.faults.0',
    ],
  ])('a script with %s is refused with its place', async (_, value, path) => {
    const faults = await run('--script', file('bad.json', value)).then(
      () => undefined,
      (error: unknown) => faultsIn(error),
    )
    expect(faults?.[0]).toMatchObject({ code: 'SIMULATE-01' })
    if (path !== '') expect(faults?.[0]?.path).toBe(path)
  })
})
