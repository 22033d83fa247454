import type { Desks } from '../../contract.ts'
import { newNode, type NodeState } from './node-state.ts'

const door = 'enterprisedata'

/** What an object of the base became here: found by its reference and by the GUIDs of its documents. */
export interface ObjectNote {
  object: string
  ref: string
  number: string
  at: string
  guids: string[]
}

/** Several readings and writings at a time: a package names hundreds of companies. */
const atOnce = 16

/** Runs `work` over all items, `atOnce` at a time. */
export const each = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const rest = items.values()
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
}

/** A connection's pages in the notes of this door. */
export class Notebook {
  readonly #notes: Desks['notes']
  readonly #connectionId: string

  constructor(notes: Desks['notes'], connectionId: string) {
    this.#notes = notes
    this.#connectionId = connectionId
  }

  #place(key: string) {
    return { connectionId: this.#connectionId, door, key }
  }

  async read<T>(key: string): Promise<T | undefined> {
    return (await this.#notes.read(this.#place(key)))?.value as T | undefined
  }

  /** Whoever writes last wins: for notes that say the same whoever writes them. Most of them are new. */
  async write(key: string, value: unknown): Promise<void> {
    let revision = 0
    while (!(await this.#notes.write(this.#place(key), value, revision))) {
      const before = await this.#notes.read(this.#place(key))
      if (JSON.stringify(before?.value) === JSON.stringify(value)) return
      revision = before?.revision ?? 0
    }
  }

  remove(key: string): Promise<void> {
    return this.#notes.remove(this.#place(key))
  }

  /** Changes a node's state; `change` may run several times when others write too. */
  async changeNode(peer: string, change: (state: NodeState) => NodeState): Promise<NodeState> {
    for (;;) {
      const key = await this.#nodeKey(peer)
      const before = await this.#notes.read(this.#place(key))
      const state = change((before?.value as NodeState | undefined) ?? newNode(peer))
      if (await this.#notes.write(this.#place(key), state, before?.revision ?? 0)) return state
    }
  }

  async node(peer: string): Promise<NodeState | undefined> {
    return this.read<NodeState>(await this.#nodeKey(peer))
  }

  /** A base that speaks under a new code from now on is still the same exchange. */
  async rename(peer: string, newPeer: string): Promise<void> {
    const key = await this.#nodeKey(peer)
    if (newPeer !== peer && key !== `node/${newPeer}`) await this.write(`alias/${newPeer}`, { key })
  }

  async #nodeKey(peer: string): Promise<string> {
    const alias = await this.read<{ key: string }>(`alias/${peer}`)
    return alias?.key ?? `node/${peer}`
  }

  /** Keeps at most `keep` notes of a kind whose keys sort by time. */
  async prune(prefix: string, keep: number): Promise<void> {
    const notes = await this.#notes.list(
      { connectionId: this.#connectionId, door, prefix },
      { limit: keep + 50 },
    )
    await each(notes.slice(0, Math.max(0, notes.length - keep)), ({ key }) => this.remove(key))
  }
}
