import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { CmsVerifier, AuthorityRevocation, KzSuite, TrustStore } from '../../src/adapters/signing/index.ts'
import { signaturePolicy } from '../../src/core/signature/index.ts'
import { Refusal } from '../../src/core/exchange/index.ts'
import { anAct, buyerTaxId, sellerTaxId } from '../factories/documents.ts'
import { aProvingAuthority, type ProvingAuthority } from '../factories/proving-authority.ts'
import {
  aRunningGateway,
  basicOf,
  callerOf,
  changesUntil,
  testAuthority,
  type RunningGateway,
} from '../factories/running-gateway.ts'
import { restClient } from '../factories/rest-client.ts'
import { soapCall } from '../factories/soap-requests.ts'
import { serverStartMs } from '../servers/index.ts'

const hour = 3_600_000

/** A clock that goes on like the real one and can be set forward. */
class MovableClock {
  #aheadMs = 0
  now(): Date {
    return new Date(Date.now() + this.#aheadMs)
  }
  forward(ms: number): void {
    this.#aheadMs += ms
  }
}

interface Manifest {
  pieces: { name: string; digest: string }[]
}

describe.each(['embedded', 'postgresql'] as const)('proofs of signatures on %s', (kind) => {
  const clock = new MovableClock()
  let running: RunningGateway
  let authority: ProvingAuthority
  const seller = () => callerOf(running.seller, { taxId: sellerTaxId, name: 'ТОО «Алатау Снаб»' })
  const buyer = () => callerOf(running.buyer, { taxId: buyerTaxId, name: 'ТОО «Есіл Құрылыс»' })
  const send = (document = anAct()) =>
    running.gateway.exchange.send({
      caller: seller(),
      document,
      raw: new Uint8Array([1]),
      origin: { door: 'test', format: 'test', requestId: 'r' },
    })
  const arrived = (documentId: string) =>
    changesUntil(
      running.gateway,
      buyer(),
      (c) => c.documentId === documentId && c.name === 'document.arrived',
    )
  const archived = (documentId: string) =>
    changesUntil(
      running.gateway,
      seller(),
      (c) => c.documentId === documentId && c.name === 'document.archived',
      40_000,
    )
  const accept = (documentId: string) =>
    running.gateway.exchange.answer({ caller: buyer(), documentId, answer: 'accept' })
  const trail = (documentId: string) => running.gateway.exchange.trail({ caller: seller(), documentId })
  const fromArchive = (digest: string) =>
    readFile(join(running.settings.archiveFolder, digest.slice(0, 2), digest.slice(2)))
  const until = async (isIt: () => Promise<boolean>) => {
    const end = performance.now() + 40_000
    while (!(await isIt())) {
      if (performance.now() > end) throw new Error('it did not come')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  const manifestOf = async (documentId: string): Promise<Manifest> => {
    const note = (await trail(documentId)).find(
      ({ name, details }) => name === 'archive' && details.outcome === 'done',
    )?.details.note
    const short = /archived as ([0-9a-f]{16})/.exec(String(note))?.[1] ?? ''
    const { readdir } = await import('node:fs/promises')
    const folder = join(running.settings.archiveFolder, short.slice(0, 2))
    const name = (await readdir(folder)).find((one) => one.startsWith(short.slice(2))) ?? ''
    return JSON.parse(await readFile(join(folder, name), 'utf8')) as Manifest
  }

  beforeAll(async () => {
    const demo = await testAuthority()
    authority = await aProvingAuthority(demo, clock)
    running = await aRunningGateway(kind, { signature: authority.signature }, undefined, clock)
  }, serverStartMs)
  afterAll(async () => {
    await running.stop()
    await authority.stop()
  })

  it('archives both signatures with stamps and answers that prove them when the keys have long ended', async () => {
    const act = anAct()
    const { documentId } = await send(act)
    await arrived(documentId)
    await accept(documentId)
    await archived(documentId)

    const { bytes } = await running.gateway.exchange.document({ caller: seller(), documentId })
    const { pieces } = await manifestOf(documentId)
    const signatures = pieces.filter(({ name }) =>
      /^signatures\/\d+-(sender|recipient)-document\.p7s$/.test(name),
    )
    expect(signatures).toHaveLength(2)
    const suite = new KzSuite()
    const policy = signaturePolicy({ environment: 'test', revocation: 'required' })
    const later = new Date(clock.now().getTime() + 8 * 365 * 24 * hour)
    const offline = new CmsVerifier({
      suite,
      policy,
      trust: new TrustStore(suite, authority.signature.anchors),
      clock: { now: () => later },
      revocation: new AuthorityRevocation({ suite, addresses: new Map() }),
    })
    // The sender sees on whose word his key was used, and not whose of the other side.
    const uses = (await trail(documentId)).filter(({ what }) => what === 'signature')
    expect(uses.map(({ details }) => details.key)).toEqual([
      { serial: expect.stringMatching(/^[0-9A-F]+$/), by: expect.stringMatching(/^task:/) },
      undefined,
    ])
    // The same copies are handed out beside the untouched originals, by REST and SOAP.
    const rest = restClient(() => `${running.gateway.url}/api/v1`, basicOf(running.seller))
    const digestOf = (base64: string) =>
      createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex')
    const handed = await rest.get<{ cms: string; extended: string; proof: { state: string } }[]>(
      `/documents/${documentId}/signatures?form=extended`,
    )
    const copies = pieces.filter(({ name }) => name.endsWith('.extended.p7s')).map(({ digest }) => digest)
    expect(handed.map(({ cms }) => digestOf(cms))).toEqual(signatures.map(({ digest }) => digest))
    expect(handed.map(({ extended }) => digestOf(extended))).toEqual(copies)
    const plain = await rest.get<object[]>(`/documents/${documentId}/signatures`)
    expect(plain).toMatchObject([{ proof: { state: 'complete' } }, { proof: { state: 'complete' } }])
    expect(plain.some((one) => 'extended' in one)).toBe(false)
    const soap = await fetch(`${running.gateway.url}/ws/EdoGateway_1_0`, {
      method: 'POST',
      headers: { authorization: basicOf(running.seller), 'content-type': 'text/xml; charset=utf-8' },
      body: soapCall('GetExtendedSignature', [['DocumentId', documentId]]),
    }).then((answer) => answer.text())
    expect([...soap.matchAll(/<m:Extended>([^<]+)</g)].map(([, text]) => digestOf(text ?? ''))).toEqual(
      copies,
    )
    for (const { name, digest } of signatures) {
      const stem = name.slice(0, -4)
      const beside = (ending: string) =>
        pieces.filter((one) => one.name.startsWith(stem) && one.name.endsWith(ending))
      const [copy, facts] = [beside('.extended.p7s')[0]?.digest ?? '', beside('.json')[0]?.digest ?? '']
      const extended = await offline.verify({ cms: await fromArchive(copy), data: bytes })
      expect(extended.verdict).toBe('VALID')
      const { stampedAt } = JSON.parse((await fromArchive(facts)).toString()) as { stampedAt: string }
      expect(extended.trustedTime?.getTime()).toBe(new Date(stampedAt).getTime())
      // Of the key, of its authority, of the time-stamping authority.
      expect(beside('.ocsp')).toHaveLength(3)
      const bare = await offline.verify({ cms: await fromArchive(digest), data: bytes })
      expect(bare.verdict).toBe('INDETERMINATE')
    }
  }, 60_000)

  it('goes on without stamps for hours, then takes nothing new, and resumes by itself', async () => {
    authority.down.add('tsp')
    const { documentId } = await send()
    await arrived(documentId)
    const second = await send()
    await arrived(second.documentId)
    await until(async () =>
      (await trail(documentId)).some(
        ({ name, details }) => name === 'prove' && details.outcome === 'waiting',
      ),
    )

    clock.forward(3 * hour)
    await accept(documentId)
    clock.forward(2 * hour)
    const refused = await send().catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(Refusal)
    expect(refused).toMatchObject({ status: 'unavailable', faults: [{ code: 'EVIDENCE-01' }] })
    expect((refused as Refusal).retryAfterMs).toBeGreaterThan(0)
    expect(await running.gateway.exchange.standing({ caller: seller() })).toMatchObject({ maySend: false })
    await expect(accept(second.documentId)).rejects.toMatchObject({ faults: [{ code: 'EVIDENCE-01' }] })
    const asked = await fetch(`${running.gateway.url}/api/v1/documents/act`, {
      method: 'POST',
      headers: { authorization: `Bearer ${running.seller.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(anAct()),
    })
    expect(asked.status).toBe(503)
    expect(Number(asked.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await asked.text()).toContain('EVIDENCE-01')
    const metrics = await (await fetch(`${running.gateway.url}/metrics`)).text()
    const pending = /^daneker_proof_pending_seconds (\d+)/m.exec(metrics)?.[1]
    expect(Number(pending)).toBeGreaterThan(4 * 3_600)
    // Reading, and an answer that needs no signature, go on.
    expect(await running.gateway.exchange.status({ caller: seller(), documentId })).toMatchObject({
      senderState: 'completed',
    })
    expect((await trail(documentId)).map(({ name }) => name)).not.toContain('document.archived')
    const third = await running.gateway.exchange.answer({
      caller: buyer(),
      documentId: second.documentId,
      answer: 'refuse',
      reason: 'Не та сумма.',
    })
    expect(third).toMatchObject({ recipientState: 'refused' })

    authority.down.clear()
    clock.forward(hour / 6)
    await until(async () => (await running.gateway.exchange.standing({ caller: seller() })).maySend)
    clock.forward(hour / 3)
    await archived(documentId)
    const last = await send()
    await arrived(last.documentId)
    await accept(last.documentId)
  }, 90_000)
})
