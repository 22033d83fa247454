import { senderOf, startGatewayContestant, startServers } from './contestants.ts'
import { startLineProcess, startLoad } from './load.ts'
import { median, type Bench } from './measure.ts'
import type { RawOrder, RawResult } from './raw-loop-process.ts'

/** Documents in the small store. */
const fewStored = 10_000
const connections = 32
const sliceSeconds = 4

/** Does a document cost the same when ten times as many lie there already? Two stores, measured in turns. */
export const growthBench: Bench = async ({ seconds, stored }) => {
  const servers = await startServers()
  const load = startLoad()
  const raw = startLineProcess<RawOrder, RawResult>('./raw-loop-process.ts', [])
  const few = await startGatewayContestant('postgresql', ['http'], servers)
  const many = await startGatewayContestant('postgresql', ['http'], servers)
  try {
    for (const [{ databaseUrl }, documents] of [
      [few, fewStored],
      [many, stored],
    ] as const) {
      await raw.run({ databaseUrl, ...(await senderOf(databaseUrl)), documents })
    }
    const slice = async ({ child, authorization }: typeof few): Promise<number> => {
      const { perSecond } = await load.run({
        urls: [child.url],
        door: 'soap',
        authorization,
        connections,
        seconds: sliceSeconds,
        keepAlive: true,
      })
      return perSecond
    }
    const speeds = { few: [] as number[], many: [] as number[] }
    await slice(few)
    await slice(many)
    for (let turn = 0; turn < Math.max(3, Math.ceil(seconds / sliceSeconds)); turn += 1) {
      speeds.few.push(await slice(few))
      speeds.many.push(await slice(many))
    }
    const [fewSpeed, manySpeed] = [median(speeds.few), median(speeds.many)]
    return [
      { name: `SOAP with ${fewStored} documents stored`, value: fewSpeed, unit: '1/s' },
      {
        name: `SOAP with ${stored} documents stored (cost of one, to ${fewStored})`,
        value: manySpeed,
        unit: '1/s',
        ratio: fewSpeed / manySpeed,
        note: 'goal × 0.85 to 1.15',
      },
    ]
  } finally {
    await Promise.allSettled([few.stop(), many.stop(), raw.stop(), load.stop()])
    await servers.stop()
  }
}
