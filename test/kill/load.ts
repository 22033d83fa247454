import { createHash } from 'node:crypto'
import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { writeDocumentXml, type Document } from '../../src/core/document/index.ts'
import { anAct, anInvoice } from '../factories/documents.ts'
import { sendCall } from '../factories/soap-requests.ts'
import type { Witness } from './witness.ts'

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
export const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Where the gateway is now. Clients that lost their connection wait for the next one. */
export interface Whereabouts {
  /**
   * Resolves with the address of a gateway that listens; undefined when the run is over. Over for what is new
   * comes first: what was asked before is still asked of the last gateway.
   */
  now(what: 'new' | 'again'): Promise<string | undefined>
}

export interface LoadTotals {
  accepted: number
  repeats: number
  conflicts: number
  /** Requests whose connection broke before an answer came. */
  cut: number
  /** 409 of a twin in flight, 429 and 5xx: asked again. */
  later: number
}

interface Letter {
  document: Document
  digest: string
  key?: string
  door: 'soap' | 'rest'
}

type Answer =
  | { kind: 'receipt'; documentId: string; digest: string; repeat: boolean }
  | { kind: 'conflict'; status: number }
  | { kind: 'later'; status: number }
  | { kind: 'cut' }

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

const exchangeHttp = (
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers, timeout: 20_000 }, (answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece))
      answer.on('error', reject)
      answer.on('end', () => {
        // A killed server ends its answer in the middle; that is no answer.
        if (!answer.complete) reject(new Error('half an answer'))
        else resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(pieces).toString() })
      })
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')))
    sent.on('error', reject)
    sent.end(body)
  })

const between = (xml: string, name: string): string =>
  new RegExp(`<(?:\\w+:)?${name}>([^<]*)<`).exec(xml)?.[1] ?? ''

/** Sends one letter once. A broken connection is an outcome, an answer nobody foresaw is an error. */
const send = async (url: string, authorization: string, letter: Letter): Promise<Answer> => {
  const { document, key, door } = letter
  const isSoap = door === 'soap'
  const headers: Record<string, string> = {
    authorization,
    'content-type': isSoap ? 'text/xml; charset=utf-8' : 'application/json; charset=utf-8',
    ...(isSoap || key === undefined ? {} : { 'idempotency-key': key }),
  }
  const path = isSoap ? '/ws/EdoGateway_1_0' : `/api/v1/documents/${document.kind}`
  const body = isSoap ? sendCall(document, key) : JSON.stringify({ ...document, kind: undefined })
  let answer: { status: number; text: string }
  try {
    answer = await exchangeHttp(`${url}${path}`, headers, body)
  } catch {
    return { kind: 'cut' }
  }
  const { status, text } = answer
  if (status === 200 || status === 201) {
    if (!isSoap) {
      const receipt = JSON.parse(text) as { documentId: string; digest: string; repeat: boolean }
      return { kind: 'receipt', ...receipt }
    }
    return {
      kind: 'receipt',
      documentId: between(text, 'DocumentId'),
      digest: between(text, 'Digest'),
      repeat: between(text, 'Repeat') === 'true',
    }
  }
  if (/EXCHANGE-0[23]/.test(text)) return { kind: 'conflict', status }
  // What it does not know for sure, it must not pretend to know: the client asks again.
  if (status === 409 || status === 429 || status >= 500) return { kind: 'later', status }
  throw new Error(`${door} answered ${status}: ${text.slice(0, 500)}`)
}

export interface LoadOptions {
  clients: number
  seed: number
  authorization: string
  gateway: Whereabouts
  witness: Witness
  /** Called for every receipt, once the witness has it. */
  onReceipt?(): void
}

/**
 * Several accounting bases at work: new documents over both doors, the same again with the same key, the same
 * again with a new key, and now and then a key used for another document. Whoever gets no answer asks again
 * when the gateway is back, four times out of five; the fifth never learns what became of it.
 */
export const runLoad = async ({
  clients,
  seed,
  authorization,
  gateway,
  witness,
  onReceipt = () => {},
}: LoadOptions): Promise<LoadTotals> => {
  const totals: LoadTotals = { accepted: 0, repeats: 0, conflicts: 0, cut: 0, later: 0 }
  const run = Array.from({ length: clients }, (_, index) =>
    runClient({
      index,
      random: randomOf(seed * 1_000 + index),
      authorization,
      gateway,
      witness,
      totals,
      onReceipt,
    }),
  )
  await Promise.all(run)
  return totals
}

interface ClientDeps extends Pick<LoadOptions, 'authorization' | 'gateway' | 'witness'> {
  index: number
  random: () => number
  totals: LoadTotals
  onReceipt(): void
}

/** Letters a client keeps to send again. */
const remembered = 20

const runClient = async (deps: ClientDeps): Promise<void> => {
  const { index, random, gateway, witness, totals } = deps
  const known: Letter[] = []
  let made = 0
  const newKey = (): string => `client-${index}-${(made += 1)}`
  const pick = (): Letter | undefined => known[Math.floor(random() * known.length)]
  const fresh = (): Letter => {
    const document = random() < 0.5 ? anAct() : anInvoice()
    return letterOf(document, random() < 0.8 ? newKey() : undefined, random)
  }
  const next = (): Letter => {
    const dice = random()
    const before = pick()
    if (dice < 0.65 || before === undefined) return fresh()
    if (dice < 0.8) return { ...before, door: doorBy(random) }
    if (dice < 0.95) return { ...before, key: newKey(), door: doorBy(random) }
    // A mistake of the other side: its key again, for another document.
    return before.key === undefined ? fresh() : { ...fresh(), key: before.key }
  }

  for (let url = await gateway.now('new'); url !== undefined; url = await gateway.now('new')) {
    let letter = next()
    for (let asking = true; asking && url !== undefined;) {
      const { guid, version } = letter.document
      const testimony = { guid, version, digest: letter.digest, key: letter.key }
      void witness.tell({ what: 'sent', ...testimony })
      const answer = await send(url, deps.authorization, letter)
      asking = answer.kind === 'cut' || answer.kind === 'later'
      switch (answer.kind) {
        case 'receipt': {
          const { documentId, digest: receiptDigest, repeat } = answer
          await witness.tell({ what: 'acknowledged', ...testimony, documentId, receiptDigest, repeat })
          totals[repeat ? 'repeats' : 'accepted'] += 1
          deps.onReceipt()
          known.push(letter)
          if (known.length > remembered) known.shift()
          break
        }
        case 'conflict':
          await witness.tell({ what: 'refused', ...testimony, status: answer.status })
          totals.conflicts += 1
          break
        case 'later':
          totals.later += 1
          await pause(50)
          break
        case 'cut':
          totals.cut += 1
          if (random() < 0.2) asking = false
          // After a timeout some bases repeat with the key they had, others make a new one.
          else if (random() < 0.3) letter = { ...letter, key: newKey() }
      }
      if (asking) url = await gateway.now('again')
    }
  }
}

const doorBy = (random: () => number): Letter['door'] => (random() < 0.5 ? 'soap' : 'rest')

const letterOf = (document: Document, key: string | undefined, random: () => number): Letter => ({
  document,
  digest: createHash('sha256').update(writeDocumentXml(document)).digest('hex'),
  key,
  door: doorBy(random),
})
