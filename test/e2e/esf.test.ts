import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { startEsfSimulator } from '../../src/adapters/esf-simulator/index.ts'
import type { EsfSimulator } from '../../src/adapters/esf-simulator/index.ts'
import { addEsf } from '../../src/commands/esf.ts'
import { almatyDate } from '../../src/core/kernel/index.ts'
import { anInvoice, sellerTaxId } from '../factories/documents.ts'
import { aRunningGateway, basicOf, callerOf, changesUntil } from '../factories/running-gateway.ts'
import type { RunningGateway } from '../factories/running-gateway.ts'
import { sendCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

describe('a tax invoice on its way to the portal', () => {
  let simulator: EsfSimulator
  let running: RunningGateway
  const today = almatyDate(new Date())
  const folder = mkdtempSync(join(tmpdir(), 'daneker-esf-'))

  beforeAll(async () => {
    simulator = await startEsfSimulator({
      users: [{ iin: '900101300017', password: 'Cabinet-1', tins: [sellerTaxId] }],
    })
    running = await aRunningGateway('embedded', {
      portal: { baseUrl: simulator.url, loginEveryMs: 0, mirror: { gatherMs: 50, askMs: 100 } },
    })
    await running.gateway.register.setPortalLogin({
      taxId: sellerTaxId,
      login: { userIin: '900101300017', password: 'Cabinet-1', login: 'ticket' },
    })
  }, serverStartMs)
  afterAll(async () => {
    await running.stop()
    await simulator.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** The command line, against the running gateway. */
  const daneker = async (...words: string[]): Promise<string> => {
    const program = new Command('daneker')
    addEsf(program)
    const written: string[] = []
    const write = process.stdout.write.bind(process.stdout)
    process.stdout.write = (text: string) => written.push(text) > 0
    try {
      const target = ['--url', running.gateway.url, '--key', running.operatorKey, '--json']
      await program.parseAsync([...words, ...target], { from: 'user' })
    } finally {
      process.stdout.write = write
    }
    return written.join('')
  }
  const range = ['--company', sellerTaxId, '--from', today, '--to', today]

  it('is registered, reconciled and exported as it was sent', async () => {
    const invoice = anInvoice({ date: today, turnoverDate: today, number: '1601' })
    const answer = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
      method: 'POST',
      headers: { authorization: basicOf(running.seller), 'content-type': 'text/xml; charset=utf-8' },
      body: sendCall(invoice),
    })
    expect(answer.status).toBe(200)
    const caller = callerOf(running.seller, { taxId: sellerTaxId, name: 'ТОО «Алатау Снаб»' })
    const changes = await changesUntil(running.gateway, caller, ({ name }) => name === 'mirror.registered')
    const [there] = simulator.invoices()
    expect(changes.at(-1)?.status.registrationNumber ?? there?.registrationNumber).toBe(
      there?.registrationNumber,
    )

    expect(JSON.parse(await daneker('esf', 'reconcile', ...range))).toMatchObject({
      compared: 2,
      ...{ sent: 1, registered: 1, stamped: 1, metered: 1 },
      differences: [],
    })
    expect(JSON.parse(await daneker('esf', 'state'))).toMatchObject({ callsPerDay: 3000 })
    await daneker('esf', 'export', ...range, '--out', folder)
    const files = readdirSync(folder).sort()
    expect(files.length).toBe(2)
    const body = readFileSync(join(folder, files.find((name) => name.endsWith('.xml')) ?? ''), 'utf8')
    expect(body).toBe(there?.body)
  }, 60_000)

  it('refuses a period that is none', async () => {
    const answer = await fetch(
      `${running.gateway.url}/operator/v1/companies/${sellerTaxId}/esf/invoices?from=2026-02-30&to=2026-01-01`,
      { headers: { authorization: `Bearer ${running.operatorKey}` } },
    )
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain('OPERATOR-02')
  })
})
