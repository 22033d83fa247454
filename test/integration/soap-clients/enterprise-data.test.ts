import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { aMessage, aRealization, edRef, goodsRow } from '../../factories/enterprisedata.ts'
import { aRunningGateway, type RunningGateway } from '../../factories/running-gateway.ts'
import { soapClients, type ClientName } from './debian-clients.ts'

const run = promisify(execFile)
const client = (file: string): string => fileURLToPath(new URL(`clients/${file}`, import.meta.url))

const reasons = await soapClients()
const plan = 'СинхронизацияДанныхЧерезУниверсальныйФормат'
const documentCount = 100
/** Rows enough for more than 5 MB in all. */
const rowCount = 72

let running: RunningGateway
let folder: string

beforeAll(async () => {
  // The WSDL has to name the port that is really open.
  running = await aRunningGateway('embedded', {
    http: { host: '127.0.0.1', port: 0, trustProxy: false },
  })
  folder = await mkdtemp(join(tmpdir(), 'daneker-ed-'))
}, 120_000)

afterAll(async () => {
  await running.stop()
  await rm(folder, { recursive: true })
})

const aLargePackage = async (name: string, from: string, first: number): Promise<string> => {
  const goods = Array.from({ length: rowCount }, () => goodsRow())
  const objects = Array.from({ length: documentCount }, (_, index) =>
    aRealization({ ref: edRef(first + index), number: `КС00-${first + index}`, goods }),
  )
  const message = aMessage({ from, objects })
  expect(message.byteLength).toBeGreaterThan(5 * 1024 * 1024)
  const path = join(folder, name)
  await writeFile(path, message)
  return path
}

// The steps bring the assertions.
/* eslint-disable jest/expect-expect */
const withClient = (name: ClientName, title: string, steps: () => Promise<void>): void => {
  const reason = reasons[name]
  if (reason === undefined) test(title, steps, 180_000)
  else test.skip(`${title} (skipped: ${reason})`, steps)
}
/* eslint-enable jest/expect-expect */

const drive = async (command: string, script: string, name: string, from: string, first: number) => {
  const path = await aLargePackage(name, from, first)
  const { login, password } = credentialsOf(running)
  const { stdout } = await run(command, [
    client(script),
    running.gateway.url ?? '',
    login,
    password,
    path,
    plan,
    from,
  ])
  return JSON.parse(stdout) as Record<string, unknown>
}

const credentialsOf = ({ seller }: RunningGateway): { login: string; password: string } => ({
  login: seller.connection.login,
  password: seller.password,
})

describe('the upload dialogue of EnterpriseData with a package of 5 MB', () => {
  withClient('zeep', 'python3-zeep puts it in and fetches the states', async () => {
    const answer = await drive('/usr/bin/python3', 'put_enterprise_data.py', 'zeep.xml', 'БК', 0x1000)
    expect(answer).toMatchObject({
      connected: [true, expect.stringContaining('Соединение установлено')],
      ended: ['Completed', null],
      prepared: ['Completed', expect.any(Number)],
      name: ['Message_GW_БК.xml'],
    })
    expect(answer['parts']).toBeGreaterThan(4)
    expect(answer['states']).toBe(documentCount)
  })

  withClient('php', 'php-soap puts it in and fetches the states', async () => {
    const answer = await drive('php', 'put_enterprise_data.php', 'php.xml', 'УТ', 0x9000)
    expect(answer).toMatchObject({
      connected: [true, expect.stringContaining('Соединение установлено')],
      ended: ['Completed', ''],
      prepared: ['Completed', expect.any(Number)],
      packed: 'PK',
    })
  })
})
