import { portalKey, writeInvoice } from '../src/adapters/esf/index.ts'
import { KeptKeySigners } from '../src/adapters/signing/index.ts'
import { DemoAuthority, writePkcs12 } from '../src/adapters/signing/demo-authority/index.ts'
import { MemoryUnitOfWork } from '../src/adapters/memory/unit-of-work.ts'
import { systemClock } from '../src/core/kernel/index.ts'
import { anInvoice, anInvoiceLine } from '../test/factories/documents.ts'
import type { Bench } from './measure.ts'

/** Lines of an invoice: most have a few, this one more than most. */
const lines = 10
const password = 'Bench-2026'

/** How often a second; the contestants take turns, the best slice of each counts. */
const best = async (
  seconds: number,
  contestants: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<Map<string, number>> => {
  const found = new Map<string, number>()
  // Short ones: on a busy machine some of them find it idle, for each contestant.
  const sliceMs = 60
  const slices = Math.max(20, Math.round((seconds * 1_000) / sliceMs))
  for (let slice = 0; slice <= slices; slice += 1) {
    for (const [name, run] of Object.entries(contestants)) {
      const start = performance.now()
      let done = 0
      for (; performance.now() - start < sliceMs; done += 1) await run()
      // The first tenth only makes them warm.
      if (slice > slices / 10)
        found.set(name, Math.max(found.get(name) ?? 0, (done * 1_000) / (performance.now() - start)))
    }
  }
  return found
}

/** Writing an invoice in the portal's form and signing it with GOST, against the bare signature. */
export const esfBench: Bench = async ({ seconds }) => {
  const authority = await DemoAuthority.create({ keyKind: 'gost-2015-512' })
  const identity = await authority.issue({
    subject: { commonName: 'ТЕСТОВ ТЕСТ', iin: '900101300017', bin: '260140000114', organization: 'ТОО' },
  })
  const file = await writePkcs12({
    pkcs8: identity.key.pkcs8,
    certificates: [identity.certificate],
    password,
    friendlyName: 'bench',
  })
  const signers = new KeptKeySigners(
    {
      of: async () => ({ file, password }),
      versionOf: async () => '1',
      put: async () => undefined,
      remove: async () => false,
    },
    { clock: systemClock, uses: { add: async () => undefined }, unitOfWork: new MemoryUnitOfWork() },
  )
  const inHand = await signers.portalKeyOf('company')
  if (inHand === undefined) throw new Error('the key does not open')
  const key = portalKey(inHand)
  const invoice = anInvoice({ lines: Array.from({ length: lines }, () => anInvoiceLine()) })
  const encoder = new TextEncoder()
  const ready = encoder.encode(writeInvoice(invoice))
  const rates = await best(seconds, {
    bare: () => key.signRaw(ready, 'bench'),
    both: () => key.signRaw(encoder.encode(writeInvoice(invoice)), 'bench'),
    writing: async () => writeInvoice(invoice),
  })
  const [bare = 0, both = 0, writing = 0] = ['bare', 'both', 'writing'].map((name) => rates.get(name))
  return [
    { name: `writing an invoice of ${lines} lines`, value: writing, unit: '1/s' },
    { name: 'the bare GOST signature over it', value: bare, unit: '1/s' },
    {
      name: 'writing and signing (to the bare signature)',
      value: both,
      unit: '1/s',
      ratio: both / bare,
      note: '0.7 or more',
    },
  ]
}
