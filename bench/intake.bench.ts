import {
  countDocuments,
  senderOf,
  startGatewayContestant,
  startServers,
  startTextbook,
  type BenchServers,
  type GatewayContestant,
} from './contestants.ts'
import type { DoorName } from './letters.ts'
import { startLineProcess, startLoad, type LoadGenerator } from './load.ts'
import type { LoadResult } from './load-process.ts'
import { median, type Bench, type BenchRow } from './measure.ts'
import type { RawOrder, RawResult } from './raw-loop-process.ts'

const connections = 32
const sliceSeconds = 4
/** Until the code is compiled: some ten thousand requests. */
const warmUpSeconds = 8

/** One thing that is measured in slices, in turns with the others. */
interface Lane {
  name: string
  slice(seconds: number): Promise<LoadResult>
}

interface Figures {
  perSecond: number
  p50Ms: number
  p99Ms: number
}

const figuresOf = (slices: readonly LoadResult[]): Figures => ({
  perSecond: median(slices.map((slice) => slice.perSecond)),
  p50Ms: median(slices.map((slice) => slice.p50Ms)),
  p99Ms: median(slices.map((slice) => slice.p99Ms)),
})

/** Warms every lane up, then measures them in turns, A B C A B C: what else the machine does hits all alike. */
const inTurns = async (
  lanes: readonly Lane[],
  seconds: number,
): Promise<{ figures: Map<string, Figures>; accepted: Map<string, number> }> => {
  const slices = new Map<string, LoadResult[]>()
  const accepted = new Map<string, number>()
  for (const lane of lanes) accepted.set(lane.name, (await lane.slice(warmUpSeconds)).accepted)
  for (let turn = 0; turn < Math.max(3, Math.ceil(seconds / sliceSeconds)); turn += 1) {
    for (const lane of lanes) {
      const slice = await lane.slice(sliceSeconds)
      process.stderr.write(`${lane.name}: ${Math.round(slice.perSecond)}/s\n`)
      slices.set(lane.name, [...(slices.get(lane.name) ?? []), slice])
      accepted.set(lane.name, (accepted.get(lane.name) ?? 0) + slice.accepted)
    }
  }
  return { figures: new Map([...slices].map(([name, own]) => [name, figuresOf(own)])), accepted }
}

const doorLane = (
  name: string,
  load: LoadGenerator,
  urls: readonly string[],
  authorization: string,
  door: DoorName,
  keepAlive = true,
): Lane => ({
  name,
  slice: (seconds) => load.run({ urls, door, authorization, connections, seconds, keepAlive }),
})

const rawLane = (contestant: GatewayContestant, sender: Pick<RawOrder, 'companyId' | 'connectionId'>) => {
  const raw = startLineProcess<RawOrder, RawResult>('./raw-loop-process.ts', [])
  const { databaseUrl, amqpUrl } = contestant
  const lane: Lane = {
    name: 'raw loop',
    slice: async (seconds) => {
      const { perSecond, written } = await raw.run({ databaseUrl, amqpUrl, ...sender, seconds })
      return {
        accepted: written,
        refused: 0,
        seconds,
        perSecond,
        p50Ms: Number.NaN,
        p99Ms: Number.NaN,
        requestBytes: 0,
      }
    },
  }
  return { lane, stop: () => raw.stop() }
}

const latencies = ({ p50Ms, p99Ms }: Figures): string =>
  `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`

const rowOf = (name: string, figures: Figures, ratio: number, goal: string): BenchRow => ({
  name,
  value: figures.perSecond,
  unit: '1/s',
  ratio,
  note: [latencies(figures), goal].filter((text) => text !== '').join('; '),
})

/**
 * Acceptance of a 10 KB tax invoice with 32 connections, every request another document, everything on:
 * credentials, schema, rules, idempotency, meter, trail, both copies of the bytes, fsync.
 */
export const intakeBench: Bench = async ({ seconds }) => {
  const servers = await startServers()
  const load = startLoad()
  try {
    const { rows, textbook } = await sideBySide(servers, load, seconds)
    rows.push(...(await atWork('postgresql', servers, load, { seconds, textbook })))
    rows.push(...(await atWork('embedded', servers, load, { seconds, textbook })))
    return rows
  } finally {
    await load.stop()
    await servers.stop()
  }
}

/** The gateway's `http` role against the textbook and the raw loop; other processes of it would do the rest. */
const sideBySide = async (
  servers: BenchServers,
  load: LoadGenerator,
  seconds: number,
): Promise<{ rows: BenchRow[]; textbook: Figures }> => {
  const gateway = await startGatewayContestant('postgresql', ['http'], servers)
  const embedded = await startGatewayContestant('embedded', ['http'], servers)
  const second = await gateway.another()
  const book = await startTextbook(servers)
  const raw = rawLane(gateway, await senderOf(gateway.databaseUrl))
  try {
    const lane = (name: string, of: GatewayContestant, door: DoorName, keepAlive = true): Lane =>
      doorLane(name, load, [of.child.url], of.authorization, door, keepAlive)
    const lanes = [
      raw.lane,
      lane('soap', gateway, 'soap'),
      lane('rest', gateway, 'rest'),
      lane('soap, new connections', gateway, 'soap', false),
      doorLane('soap, two processes', load, [gateway.child.url, second.url], gateway.authorization, 'soap'),
      lane('embedded soap', embedded, 'soap'),
      lane('embedded rest', embedded, 'rest'),
      doorLane('textbook', load, [book.url], 'Basic Og==', 'soap'),
    ]
    const { figures, accepted } = await inTurns(lanes, seconds)
    const of = (name: string): Figures => figures.get(name) as Figures
    const [textbook, soap, rest] = [of('textbook'), of('soap'), of('rest')]
    const rawPerSecond = of('raw loop').perSecond

    const onPostgres = ['raw loop', 'soap', 'rest', 'soap, new connections', 'soap, two processes']
    const answered = onPostgres.reduce((sum, name) => sum + (accepted.get(name) ?? 0), 0)
    const stored = await countDocuments(gateway.databaseUrl)
    if (stored !== answered) throw new Error(`${answered} documents were answered for, ${stored} are stored`)

    const rows: BenchRow[] = [
      { name: 'raw loop: the same rows, no HTTP, 32 a commit', value: rawPerSecond, unit: '1/s' },
      {
        name: 'textbook: koa + soap, an insert and a publish each',
        value: textbook.perSecond,
        unit: '1/s',
        note: latencies(textbook),
      },
      rowOf('SOAP on PostgreSQL (to textbook)', soap, soap.perSecond / textbook.perSecond, 'goal × 5'),
      rowOf('SOAP on PostgreSQL (to raw loop)', soap, soap.perSecond / rawPerSecond, 'goal × 0.30'),
      {
        name: 'SOAP p99 (to the textbook’s)',
        value: soap.p99Ms,
        unit: 'ms',
        ratio: soap.p99Ms / textbook.p99Ms,
        note: 'goal × 0.25 or less',
      },
      rowOf('REST on PostgreSQL (to SOAP)', rest, rest.perSecond / soap.perSecond, 'goal × 1'),
      rowOf(
        'SOAP, a new connection each, as 1C does (to keep-alive)',
        of('soap, new connections'),
        of('soap, new connections').perSecond / soap.perSecond,
        '',
      ),
      rowOf(
        'SOAP on PostgreSQL, two processes of the gateway (to textbook)',
        of('soap, two processes'),
        of('soap, two processes').perSecond / textbook.perSecond,
        '',
      ),
      rowOf(
        'SOAP on the embedded store (to textbook on PostgreSQL)',
        of('embedded soap'),
        of('embedded soap').perSecond / textbook.perSecond,
        'goal × 2',
      ),
      rowOf(
        'REST on the embedded store (to textbook on PostgreSQL)',
        of('embedded rest'),
        of('embedded rest').perSecond / textbook.perSecond,
        'goal × 2',
      ),
    ]
    return { rows, textbook }
  } finally {
    await Promise.allSettled([raw.stop(), book.stop(), gateway.stop(), embedded.stop()])
  }
}

/** All roles in one process: while documents come in, those before them are signed and delivered. */
const atWork = async (
  kind: 'embedded' | 'postgresql',
  servers: BenchServers,
  load: LoadGenerator,
  { seconds, textbook }: { seconds: number; textbook: Figures },
): Promise<BenchRow[]> => {
  const gateway = await startGatewayContestant(kind, ['http', 'worker', 'scheduler'], servers)
  try {
    const lane = doorLane(`${kind}, all roles`, load, [gateway.child.url], gateway.authorization, 'soap')
    const { figures } = await inTurns([lane], seconds)
    const own = figures.get(lane.name) as Figures
    const where = kind === 'embedded' ? 'the embedded store' : 'PostgreSQL'
    return [
      rowOf(
        `SOAP on ${where}, all roles in the process (to textbook)`,
        own,
        own.perSecond / textbook.perSecond,
        '',
      ),
    ]
  } finally {
    await gateway.stop()
  }
}
