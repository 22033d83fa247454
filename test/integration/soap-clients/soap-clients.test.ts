import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { door } from '../../../src/adapters/erp/onec-soap/index.ts'
import { anAct } from '../../factories/documents.ts'
import { openHttpGateway } from '../../factories/http-gateway.ts'
import type { HttpGateway } from '../../factories/http-gateway.ts'
import { soapClients } from './debian-clients.ts'
import type { ClientName } from './debian-clients.ts'

const run = promisify(execFile)
const client = (file: string): string => fileURLToPath(new URL(`clients/${file}`, import.meta.url))

/** Compiling gSOAP's code on a busy machine. */
const slowMs = 120_000

/** The same document as the XML schema shows it: names in capitals, a list as its repeated element. */
const xmlShape = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(xmlShape)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'kind')
      .map(([name, inner]) => [
        name === 'lines' ? 'Line' : name.charAt(0).toUpperCase() + name.slice(1),
        xmlShape(inner),
      ]),
  )
}

/** Found, or installed where that is allowed, before the tests are named: a missing client is a skipped test. */
const reasons = await soapClients()

let gateway: HttpGateway

beforeAll(async () => {
  gateway = await openHttpGateway({ erp: [door] })
})

afterAll(async () => {
  await gateway.stop()
})

// The steps bring the assertions.
/* eslint-disable jest/expect-expect */
const withClient = (name: ClientName, title: string, steps: () => Promise<void>): void => {
  const reason = reasons[name]
  if (reason === undefined) test(title, steps, slowMs)
  else test.skip(`${title} (skipped: ${reason})`, steps)
}
/* eslint-enable jest/expect-expect */

const parsed = (stdout: string): Record<string, unknown> => JSON.parse(stdout) as Record<string, unknown>

describe('SOAP clients that know nothing but the WSDL', () => {
  withClient('zeep', 'python3-zeep imports the WSDL, sends an act and reads its status', async () => {
    const document = JSON.stringify(xmlShape(anAct()))
    const { stdout } = await run('/usr/bin/python3', [
      client('send_act.py'),
      `${gateway.soapUrl}?wsdl`,
      'alatau',
      gateway.password,
      document,
    ])
    const answer = parsed(stdout)
    const { id } = answer
    expect(answer).toMatchObject({
      ping: 'OK',
      connected: true,
      repeat: [id, true],
      status: ['act', 'ТОО «Алатау Снаб»', 'signing', '2026-03-31'],
      fault: ['soap:Client', 'Проверьте запрос.', 'EXCHANGE-03', expect.stringMatching(/^request-/)],
    })
    expect(gateway.exchange.kept.map((k) => k.receipt.documentId)).toContain(id)
  })

  withClient('php', 'php-soap imports the WSDL, sends an act and reads its status', async () => {
    const document = JSON.stringify(xmlShape(anAct()))
    const { stdout } = await run('php', [
      client('send_act.php'),
      `${gateway.soapUrl}?wsdl`,
      'alatau',
      gateway.password,
      document,
    ])
    const answer = parsed(stdout)
    expect(answer).toMatchObject({
      ping: 'OK',
      connected: true,
      repeat: [answer['id'], true],
      status: ['act', 'ТОО «Алатау Снаб»', 'signing', '2026-03-31'],
      fault: ['soap:Client', 'Проверьте запрос.', 'EXCHANGE-03', expect.stringMatching(/^request-/)],
    })
  })

  withClient('gsoap', 'gSOAP compiles the WSDL, sends an act and reads its status', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'daneker-gsoap-'))
    try {
      const wsdl = await fetch(`${gateway.soapUrl}?wsdl`)
      await writeFile(join(folder, 'edo.wsdl'), await wsdl.text())
      await run('wsdl2h', ['-c', '-o', 'edo.h', 'edo.wsdl'], { cwd: folder })
      await run('soapcpp2', ['-c', '-C', '-w', '-x', '-L', 'edo.h'], { cwd: folder })
      await run(
        'gcc',
        ['-O0', '-w', '-I.', '-o', 'send_act', client('send_act.c'), 'soapC.c', 'soapClient.c', '-lgsoap'],
        { cwd: folder },
      )
      const { stdout } = await run(join(folder, 'send_act'), [gateway.soapUrl, 'alatau', gateway.password])
      const answer = parsed(stdout)
      expect(answer).toMatchObject({
        repeat: [answer['id'], true],
        status: ['act', 'ТОО «Алатау Снаб»', 'signing', '2026-03-31'],
        fault: ['EXCHANGE-03', expect.stringMatching(/^request-/)],
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
