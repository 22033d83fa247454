import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { soapCall } from '../test/factories/soap-requests.ts'
import { startGatewayContestant, startServers, type GatewayContestant } from './contestants.ts'
import { startLoad } from './load.ts'
import type { Bench, BenchRow } from './measure.ts'

const mib = 1024 * 1024
const parts = 100
const goalMib = 150

/** Resident memory of a process, in MiB; Linux only, like the servers of the bench. */
export const residentOf = (pid: number): number =>
  Number(/VmRSS:\s+([0-9]+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024

const put = async (
  door: 'SOAP' | 'REST',
  { child, authorization }: GatewayContestant,
  part: number,
  bytes: Buffer,
): Promise<void> => {
  const answer =
    door === 'SOAP'
      ? await fetch(`${child.url}/ws/EdoGateway_1_0`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'text/xml; charset=utf-8' },
          body: soapCall('PutFilePart', [
            ['FileID', 'bench-soap'],
            ['PartNumber', String(part)],
            ['PartData', bytes.toString('base64')],
          ]),
        })
      : await fetch(`${child.url}/api/v1/files/bench-rest/parts/${part}`, {
          method: 'PUT',
          headers: { authorization, 'content-type': 'application/octet-stream' },
          body: new Uint8Array(bytes),
        })
  if (!answer.ok) throw new Error(`part ${part} was answered with ${answer.status}: ${await answer.text()}`)
  await answer.arrayBuffer()
}

/** How much memory a gateway takes while 100 MB come in as parts of 1 MB, one after another as 1C sends them. */
export const memoryBench: Bench = async () => {
  const servers = await startServers()
  const load = startLoad()
  try {
    const rows: BenchRow[] = []
    for (const door of ['SOAP', 'REST'] as const) {
      const gateway = await startGatewayContestant('postgresql', ['http'], servers)
      try {
        // A process that has worked before: its code is compiled, its heap has its everyday size.
        const { child, authorization } = gateway
        await load.run({
          urls: [child.url],
          door: 'soap',
          authorization,
          connections: 8,
          seconds: 3,
          keepAlive: true,
        })
        await pause(2_000)
        const before = residentOf(child.pid)
        let peak = before
        const start = performance.now()
        for (let part = 1; part <= parts; part += 1) {
          const answered = put(door, gateway, part, randomBytes(mib))
          const watch = setInterval(() => (peak = Math.max(peak, residentOf(child.pid))), 5)
          await answered.finally(() => clearInterval(watch))
        }
        rows.push({
          name: `memory added by 100 MB in parts over ${door}`,
          value: peak - before,
          unit: 'MiB',
          ratio: (peak - before) / goalMib,
          note: `from ${before.toFixed(0)} MiB, ${(parts / ((performance.now() - start) / 1_000)).toFixed(0)} MB/s; goal ${goalMib} MiB or less`,
        })
      } finally {
        await gateway.stop()
      }
    }
    return rows
  } finally {
    await load.stop()
    await servers.stop()
  }
}
