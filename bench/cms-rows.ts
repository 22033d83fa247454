import { monitorEventLoopDelay } from 'node:perf_hooks'
import { makeCms } from '../src/adapters/signing/cms/index.ts'
import { DemoAuthority } from '../src/adapters/signing/demo-authority/index.ts'
import { curve512 } from '../src/adapters/signing/gost/curves.ts'
import { digestOf, GostSignature, readGostPublicKey } from '../src/adapters/signing/gost/index.ts'
import {
  certificateAnchor,
  CmsVerifier,
  computableUnder,
  KzSuite,
  TrustStore,
} from '../src/adapters/signing/index.ts'
import type { CryptoSuite } from '../src/adapters/signing/index.ts'
import { SignatureWorkers } from '../src/adapters/signing/workers/index.ts'
import { readCertificate } from '../src/adapters/signing/x509/index.ts'
import { signaturePolicy } from '../src/core/signature/index.ts'
import type { BenchRow } from './measure.ts'

const mib = 1024 * 1024

/** Signatures of many people under one authority: a signer of whom nothing is remembered is the usual one. */
const signers = 300

const plain = new GostSignature(curve512, 'any')

/** GOST by the generic verification of `@noble/curves`, nothing prepared and nothing remembered. */
const plainSuite: CryptoSuite = {
  supports: () => true,
  digest: (name, data) => new KzSuite().digest(name, data),
  verify: (key, _digest, data, signature) => {
    const read = readGostPublicKey(key.spki)
    if (!read.ok) return Promise.resolve(false)
    return Promise.resolve(plain.verify(read.value.point, digestOf('STREEBOG-512', data), signature))
  },
}

/** Whole CMS messages with GOST keys: read, digest, signature, two links of the chain, every step of the policy. */
export const cmsRows = async (
  durationMs: number,
  perSecond: (durationMs: number, run: (turn: number) => unknown) => Promise<number>,
): Promise<BenchRow[]> => {
  const now = new Date('2026-11-20T06:00:00Z')
  const authority = await DemoAuthority.create({ keyKind: 'gost-2015-512', now, name: 'BENCH' })
  const data = Buffer.from('<act>'.padEnd(4_000, 'сто тенге '))
  const large = Buffer.alloc(16 * mib, 7)
  const made: { cms: Uint8Array; large: Uint8Array | undefined }[] = []
  for (let number = 0; number < signers; number += 1) {
    const identity = await authority.issue({ keyKind: 'gost-2015-512' })
    const sign = (content: Uint8Array) =>
      makeCms(content, identity, { signingTime: now, certificates: [authority.issuer.certificate] })
    made.push({ cms: await sign(data), large: number < 10 ? await sign(large) : undefined })
  }
  const policy = signaturePolicy({ environment: 'test', revocation: 'off' })
  const anchors = [certificateAnchor('bench', authority.root.certificate)]
  const intermediates = [readCertificate(authority.issuer.certificate)]
  const verifierBy = (suite: CryptoSuite): CmsVerifier =>
    new CmsVerifier({
      suite,
      policy,
      clock: { now: () => now },
      trust: new TrustStore(suite, anchors, intermediates, computableUnder(policy)),
    })
  const check = async (verifier: CmsVerifier, cms: Uint8Array, content: Uint8Array): Promise<void> => {
    const { verdict, facts } = await verifier.verify({ cms, data: content })
    if (verdict !== 'VALID')
      throw new Error(JSON.stringify(facts.filter(({ outcome }) => outcome !== 'passed')))
  }
  const cmsOf = (turn: number): Uint8Array => made[turn % signers]!.cms

  const uncached = await perSecond(durationMs, (turn) => check(verifierBy(plainSuite), cmsOf(turn), data))
  const cold = await perSecond(durationMs, (turn) => check(verifierBy(new KzSuite()), cmsOf(turn), data))
  // Every signer's link to the authority is remembered after the first look, as it is in a gateway.
  const warm = verifierBy(new KzSuite())
  for (const { cms } of made) await check(warm, cms, data)
  const warmed = await perSecond(durationMs, (turn) => check(warm, cmsOf(turn), data))

  /** A thousand signatures through the worker threads, and how long the event loop was held up meanwhile. */
  const eventLoopWhile = async (): Promise<{ waits: number; took: number }> => {
    const workers = new SignatureWorkers()
    const delay = monitorEventLoopDelay({ resolution: 1 })
    try {
      const verifier = verifierBy(new KzSuite(workers))
      await Promise.all(made.slice(0, 20).map(({ cms }) => check(verifier, cms, data)))
      const jobs = Array.from({ length: 1_000 }, (_, turn) => {
        const one = made[turn % signers]!
        const big = turn < 10 ? one.large : undefined
        return () => (big === undefined ? check(verifier, one.cms, data) : check(verifier, big, large))
      })
      const start = performance.now()
      delay.enable()
      // Sixteen requests at once, as an HTTP door would have them.
      await Promise.all(
        Array.from({ length: 16 }, async () => {
          for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) await job()
        }),
      )
      delay.disable()
      return { waits: delay.max / 1e6, took: performance.now() - start }
    } finally {
      await workers.stop()
    }
  }
  const { waits, took } = await eventLoopWhile()
  return [
    { name: 'whole CMS, plain @noble/curves, nothing remembered', value: uncached, unit: '1/s' },
    {
      name: 'whole CMS, ours, chain not remembered (to plain)',
      value: cold,
      unit: '1/s',
      ratio: cold / uncached,
    },
    {
      name: 'whole CMS, ours, warm chain (to plain)',
      value: warmed,
      unit: '1/s',
      ratio: warmed / uncached,
      note: 'should be at least 3',
    },
    {
      name: 'longest wait of the event loop while 1000 CMS are checked, ten over 16 MiB',
      value: waits,
      unit: 'ms',
      note: `${Math.round(1_000_000 / took)}/s by two workers; should stay under 50`,
    },
  ]
}
