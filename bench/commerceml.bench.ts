import { setTimeout as pause } from 'node:timers/promises'
import { aLargeFile, aRelease, onecSite } from '../test/factories/commerceml.ts'
import { startGatewayContestant, startServers, type GatewayContestant } from './contestants.ts'
import { quantile, type Bench, type BenchRow } from './measure.ts'
import { residentOf } from './memory.bench.ts'

const mib = 1024 * 1024
const fileMib = 200
const documents = 500
const goalMib = 150
const goalMs = 200

/** A catalogue of 200 MB with documents behind it, sent in parts and imported as 1C does it. */
export const commerceMlBench: Bench = async () => {
  const servers = await startServers()
  try {
    const gateway = await startGatewayContestant('postgresql', ['http'], servers)
    try {
      return await measured(gateway)
    } finally {
      await gateway.stop()
    }
  } finally {
    await servers.stop()
  }
}

const measured = async ({ child, authorization }: GatewayContestant): Promise<BenchRow[]> => {
  const site = onecSite(() => `${child.url}/commerceml`, authorization)
  // A process that has worked before: its code is compiled, its heap has its everyday size.
  await exchanged(site, 20, 50)
  await pause(2_000)
  const idle: number[] = []
  const resting = { goesOn: true }
  const rest = probe(child.url, idle, resting)
  await pause(5_000)
  resting.goesOn = false
  await rest
  const before = residentOf(child.pid)
  let peak = before
  const memory = setInterval(() => (peak = Math.max(peak, residentOf(child.pid))), 50)
  const waits: number[] = []
  const probing = { goesOn: true }
  const probes = probe(child.url, waits, probing)
  try {
    const { sentMs, importedMs } = await exchanged(site, fileMib, documents)
    return [
      {
        name: `memory added by ${fileMib} MB of CommerceML`,
        value: peak - before,
        unit: 'MiB',
        ratio: (peak - before) / goalMib,
        note: `from ${before.toFixed(0)} MiB; goal ${goalMib} MiB or less`,
      },
      {
        name: 'longest wait of another request meanwhile',
        value: quantile(waits, 1),
        unit: 'ms',
        ratio: quantile(waits, 1) / goalMs,
        note: `p99 ${quantile(waits, 0.99).toFixed(0)} ms of ${waits.length}; at rest ${quantile(idle, 1).toFixed(0)} ms; goal ${goalMs} ms or less`,
      },
      {
        name: 'import, read twice and entered',
        value: fileMib / (importedMs / 1_000),
        unit: 'MB/s',
        note: `${documents} documents behind the catalogue; sent in parts with ${(fileMib / (sentMs / 1_000)).toFixed(0)} MB/s`,
      },
    ]
  } finally {
    clearInterval(memory)
    probing.goesOn = false
    await probes
  }
}

/** Asks for the health of the process again and again: whatever holds its loop holds the answer. */
const probe = async (url: string, waits: number[], probing: { goesOn: boolean }): Promise<void> => {
  while (probing.goesOn) {
    const start = performance.now()
    await (await fetch(`${url}/health/live`)).arrayBuffer()
    waits.push(performance.now() - start)
    await pause(10)
  }
}

let exchanges = 0

const exchanged = async (
  site: ReturnType<typeof onecSite>,
  megabytes: number,
  count: number,
): Promise<{ sentMs: number; importedMs: number }> => {
  const run = ++exchanges
  const limit = await site.begin('catalog')
  const releases = Array.from({ length: count }, (_, index) =>
    aRelease({ id: `bench-${run}-${index}`, lines: 5 }),
  )
  const start = performance.now()
  let held: Buffer[] = []
  let bytes = 0
  const send = async (): Promise<void> => {
    const { lines } = await site.ask(
      { type: 'catalog', mode: 'file', filename: 'import.xml' },
      Buffer.concat(held),
    )
    if (lines[0] !== 'success') throw new Error(lines.join('\n'))
    held = []
    bytes = 0
  }
  for (const piece of aLargeFile(megabytes * mib, releases)) {
    held.push(piece)
    bytes += piece.length
    if (bytes + piece.length > limit) await send()
  }
  await send()
  const sentMs = performance.now() - start
  const [word, first] = await site.import('catalog', 'import.xml')
  if (word !== 'success' || first !== `Документов принято: ${count}.`) throw new Error(`${word} ${first}`)
  return { sentMs, importedMs: performance.now() - start - sentMs }
}
