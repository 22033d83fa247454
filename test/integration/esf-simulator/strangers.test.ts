import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { EsfSimulator } from '../../../src/adapters/esf-simulator/index.ts'
import { soapClients } from '../soap-clients/debian-clients.ts'
import type { TestKey } from '../../unit/adapters/esf-simulator/harness.ts'
import {
  anInvoice,
  iin,
  makeKey,
  password,
  seller,
  startPortal,
} from '../../unit/adapters/esf-simulator/harness.ts'

const run = promisify(execFile)
const script = (file: string): string => fileURLToPath(new URL(`clients/${file}`, import.meta.url))

/** Starting an interpreter and reading three WSDLs on a busy machine. */
const slowMs = 60_000

const strangers = [
  { name: 'zeep', command: '/usr/bin/python3', file: 'mirror_invoice.py' },
  { name: 'php', command: 'php', file: 'mirror_invoice.php' },
] as const

const published = resolve('../shared/reference/esf/wsdl')
const wsdlsOf = {
  'our own': (portal: EsfSimulator, service: string) => `${portal.url}/${service}?wsdl`,
  published: (_: EsfSimulator, service: string) =>
    join(published, `${service}.${service === 'InvoiceService' ? 'sdk-2023-08' : 'test3-2020'}.wsdl`),
} as const

const reasons = await soapClients()
let key: TestKey
let portal: EsfSimulator

beforeAll(async () => {
  key = await makeKey({ iin, bin: seller })
})
beforeEach(async () => {
  portal = await startPortal()
})
afterEach(() => portal.stop())

describe('SOAP clients of other languages mirror an invoice', () => {
  for (const { name, command, file } of strangers) {
    for (const [origin, wsdl] of Object.entries(wsdlsOf)) {
      const reason =
        reasons[name] ?? (origin === 'published' && !existsSync(published) ? 'needs ../shared' : undefined)
      const title = `${name} with ${origin} WSDLs`
      const steps = async (): Promise<void> => {
        const body = anInvoice({ extra: '<deliveryDocNum>№ "7" &amp; 8</deliveryDocNum>' })
        const task = {
          url: portal.url,
          wsdl: Object.fromEntries(
            ['SessionService', 'UploadInvoiceService', 'InvoiceService'].map((service) => [
              service,
              wsdl(portal, service),
            ]),
          ),
          iin,
          password,
          tin: seller,
          certificate: key.certificate,
          body,
          signature: key.sign(body),
        }
        const { stdout } = await run(command, [script(file), JSON.stringify(task)])
        const answer = JSON.parse(stdout) as Record<string, unknown>
        const [invoice] = portal.invoices()
        expect(answer).toEqual({
          sessionId: portal.sessions()[0]?.id,
          accepted: [invoice?.id],
          declined: ['NOT_UNIQUE_MEMORY_ERROR_MSG'],
          status: [['CREATED', invoice?.registrationNumber]],
          bodies: [body],
          fault: ['Fault occurred while processing.', 'No open session associated with user.'],
          closed: 'CLOSED',
        })
      }
      /* eslint-disable jest/expect-expect -- the steps bring the assertions */
      if (reason === undefined) test(title, steps, slowMs)
      else test.skip(`${title} (skipped: ${reason})`, steps)
      /* eslint-enable jest/expect-expect */
    }
  }
})
