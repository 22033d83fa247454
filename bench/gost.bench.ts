import { createHash, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { OctetString } from 'asn1js'
import { AlgorithmIdentifier, PublicKeyInfo } from 'pkijs'
import { curve256, curve512 } from '../src/adapters/signing/gost/curves.ts'
import type { GostAlgorithm, SignatureCheck } from '../src/adapters/signing/gost/index.ts'
import {
  Gost34311,
  gostAlgorithmFacts,
  GostSignature,
  KzCryptoEngine,
  Streebog,
  verifySignature,
  writeGostPublicKey,
} from '../src/adapters/signing/gost/index.ts'
import { numberFromLittleEndian } from '../src/adapters/signing/gost/signature.ts'
import { cmsRows } from './cms-rows.ts'
import type { BenchRow } from './measure.ts'
import { SignatureWorkers } from '../src/adapters/signing/workers/index.ts'

const mib = 1024 * 1024

/**
 * How often a second. Five slices after a warm-up, the best counts: on a machine that does other work beside us
 * the best slice says what the code can do, and a ratio of two best slices stays honest.
 */
const perSecond = async (durationMs: number, run: (turn: number) => unknown): Promise<number> => {
  let turn = 0
  const slice = async (lengthMs: number): Promise<number> => {
    const start = performance.now()
    const from = turn
    while (performance.now() - start < lengthMs) {
      await run(turn)
      turn += 1
    }
    return ((turn - from) * 1000) / (performance.now() - start)
  }
  await slice(durationMs / 5)
  let best = 0
  for (let i = 0; i < 5; i += 1) best = Math.max(best, await slice(durationMs / 5))
  return best
}

const verification = async (algorithm: GostAlgorithm, durationMs: number): Promise<BenchRow[]> => {
  const curve = algorithm === 'gost2015-512' ? curve512 : curve256
  const ours = new GostSignature(curve)
  const noble = new GostSignature(curve, 'any')
  const digest = randomBytes(curve.bits / 8)
  // more keys than get tables of their own: what an unknown signer costs
  const signers = Array.from({ length: 800 }, () => {
    const secret = (numberFromLittleEndian(randomBytes(curve.bits / 8)) % (curve.n - 1n)) + 1n
    return { secret, key: ours.publicKeyOf(secret), signature: ours.sign(secret, digest) }
  })
  const signer = (turn: number) => signers[turn % signers.length] as (typeof signers)[number]
  const check = (machine: GostSignature, turn: number): void => {
    const { key, signature } = signer(turn)
    if (!machine.verify(key, digest, signature)) throw new Error('a right signature was refused')
  }
  const plain = await perSecond(durationMs, (turn) => check(noble, turn))
  const anyKey = await perSecond(durationMs, (turn) => check(ours, turn))
  ours.rememberKey(signer(0).key)
  const knownKey = await perSecond(durationMs, () => check(ours, 0))
  const signing = await perSecond(durationMs, (turn) => ours.sign(signer(turn).secret, digest))
  return [
    { name: `${algorithm} verify, plain @noble/curves`, value: plain, unit: '1/s' },
    { name: `${algorithm} verify, any key (to plain)`, value: anyKey, unit: '1/s', ratio: anyKey / plain },
    {
      name: `${algorithm} verify, remembered key (to plain)`,
      value: knownKey,
      unit: '1/s',
      ratio: knownKey / plain,
    },
    { name: `${algorithm} sign`, value: signing, unit: '1/s' },
  ]
}

const digests = async (durationMs: number): Promise<BenchRow[]> => {
  const data = randomBytes(4 * mib)
  const speed = async (run: () => unknown): Promise<number> => (await perSecond(durationMs, run)) * 4
  const streebog = await speed(() => new Streebog(512).update(data).digest())
  const old = await speed(() => new Gost34311().update(data).digest())
  const sha = await speed(() => createHash('sha256').update(data).digest())
  return [
    { name: 'Streebog-512 (to 40 MiB/s)', value: streebog, unit: 'MiB/s', ratio: streebog / 40 },
    { name: 'GOST 34.311', value: old, unit: 'MiB/s' },
    { name: 'SHA-256 of OpenSSL', value: sha, unit: 'MiB/s' },
  ]
}

const rsa = async (durationMs: number): Promise<BenchRow[]> => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const data = randomBytes(500)
  const signature = sign('sha256', data, privateKey)
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const check: SignatureCheck = {
    spki,
    signatureOid: '1.2.840.113549.1.1.11',
    digest: 'SHA-256',
    data,
    signature,
  }
  const engine = new KzCryptoEngine()
  const info = PublicKeyInfo.fromBER(new Uint8Array(spki))
  const algorithm = new AlgorithmIdentifier({ algorithmId: check.signatureOid })
  const octets = new OctetString({ valueHex: new Uint8Array(signature) })
  const native = await perSecond(durationMs, () => verify('sha256', data, publicKey, signature))
  const ours = await perSecond(durationMs, () => verifySignature(check))
  const throughPkijs = await perSecond(durationMs, () =>
    engine.verifyWithPublicKey(data, octets, info, algorithm),
  )
  return [
    { name: 'RSA-2048 verify, node:crypto', value: native, unit: '1/s' },
    { name: 'RSA-2048 verify, ours (to node:crypto)', value: ours, unit: '1/s', ratio: ours / native },
    {
      name: 'RSA-2048 verify, pkijs engine (to node:crypto)',
      value: throughPkijs,
      unit: '1/s',
      ratio: throughPkijs / native,
    },
  ]
}

const threads = async (durationMs: number): Promise<BenchRow[]> => {
  const machine = new GostSignature(curve512)
  const facts = gostAlgorithmFacts('gost2015-512')
  const data = randomBytes(64 * 1024)
  const digest = new Streebog(512).update(data).digest()
  const checks = Array.from({ length: 256 }, (_, index): SignatureCheck => {
    const secret = 0xabcdef12345n + BigInt(index)
    return {
      spki: writeGostPublicKey({ algorithm: 'gost2015-512', point: machine.publicKeyOf(secret) }),
      signatureOid: facts.signatureOid,
      digest: facts.digest,
      data,
      signature: machine.sign(secret, digest),
    }
  })
  const measure = async (size: number): Promise<number> => {
    const workers = new SignatureWorkers({ size })
    try {
      // every thread starts and gets warm before the time counts
      await Promise.all(checks.map((check) => workers.verify(check)))
      const lanes = Array.from({ length: size * 2 }, (_, lane) => lane)
      const start = performance.now()
      const lengthMs = durationMs / 2
      const counts = await Promise.all(
        lanes.map(async (lane) => {
          let done = 0
          for (; performance.now() - start < lengthMs; done += 1) {
            const check = checks[(lane * 64 + done) % checks.length] as SignatureCheck
            if (!(await workers.verify(check))) throw new Error('a right signature was refused')
          }
          return done
        }),
      )
      return (counts.reduce((sum, count) => sum + count, 0) * 1000) / (performance.now() - start)
    } finally {
      await workers.stop()
    }
  }
  // in turns, the best of each: another program's burst must not fall on one of the two alone
  let [one, two] = [0, 0]
  for (let round = 0; round < 4; round += 1) {
    one = Math.max(one, await measure(1))
    two = Math.max(two, await measure(2))
  }

  const workers = new SignatureWorkers()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  try {
    await workers.digest('STREEBOG-512', data)
    const large = Buffer.alloc(100 * mib, 7)
    delay.enable()
    await Promise.all([
      workers.digest('STREEBOG-512', large),
      ...checks.map((check) => workers.verify(check)),
    ])
    delay.disable()
  } finally {
    await workers.stop()
  }
  return [
    { name: 'gost2015-512 verify of 64 KiB, one worker', value: one, unit: '1/s' },
    {
      name: 'gost2015-512 verify of 64 KiB, two workers (to one)',
      value: two,
      unit: '1/s',
      ratio: two / one,
    },
    {
      name: 'longest wait of the event loop while workers digest 100 MiB and verify',
      value: delay.max / 1e6,
      unit: 'ms',
    },
  ]
}

/** All GOST measurements of one run; comparable with each other, not with other machines. */
export const gostBench = async (options: { durationMs?: number } = {}): Promise<BenchRow[]> => {
  const durationMs = options.durationMs ?? 1_500
  return [
    ...(await verification('gost2015-512', durationMs)),
    ...(await verification('gost2004', durationMs)),
    ...(await digests(durationMs)),
    ...(await rsa(durationMs)),
    ...(await threads(durationMs)),
    ...(await cmsRows(durationMs, perSecond)),
  ]
}
