import type { Tx, UnitOfWork } from '../kernel/index.ts'
import type { Attachments } from './attachments.ts'
import type { ExchangeDeps } from './deps.ts'
import type { DoorNote, DoorNotes } from './door-notes.ts'
import type { Acceptance, Documents, Entry, Feed, Ledger, Uploads } from './ports.ts'

/** Runs the work and keeps nothing of it. */
export const dryUnitOfWork: UnitOfWork = { run: (work) => work({} as Tx) }

/** The object with some of its methods doing nothing but answering. */
export const withoutWrites = <T extends object>(
  target: T,
  writes: readonly (keyof T & string)[],
  answer?: unknown,
): T => {
  const silent = new Set<string | symbol>(writes)
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return silent.has(name)
        ? () => Promise.resolve(answer)
        : (...given: unknown[]): unknown => Reflect.apply(value, target, given)
    },
  })
}

/**
 * The dependencies of the exchange as somebody sees them who repeats a request of the past: the clock of that moment,
 * everything may be read, nothing is written. Entering a document answers what it was answered then: a document that
 * this very request brought is new again, one that came earlier is there, one that came later is not.
 *
 * What cannot be turned back is today's: states of documents, accesses, profiles, keys.
 */
export const asOf = (
  deps: ExchangeDeps,
  then: { at: Date; until: Date; requestId: string },
): ExchangeDeps => ({
  ...deps,
  clock: { now: () => then.at },
  unitOfWork: dryUnitOfWork,
  ledger: ledgerOf(deps, then),
  documents: withoutWrites<Documents>(deps.documents, ['record']),
  feed: feedUntil(deps.feed, then.until),
  uploads: uploadsOver(deps.uploads),
  attachments: withoutWrites<Attachments>(deps.attachments, ['keep'], true),
  // No key of a company is used for a rehearsal.
  signers: { of: () => Promise.resolve(undefined), noteUse: () => Promise.resolve() },
  // Whether proofs were late at that moment is not known any more.
  proving: undefined,
  pickedUp: undefined,
  room: { ...deps.room, isShort: () => false },
})

const ledgerOf = (deps: ExchangeDeps, then: { at: Date; requestId: string }): Ledger => {
  const find = async (acceptance: Acceptance): Promise<Entry | undefined> => {
    const met = await deps.ledger.find(acceptance)
    const record = met && (await deps.documents.byId(met.id))
    if (met === undefined || record === undefined) return undefined
    if (met.outcome === 'repeat' && record.origin.requestId === then.requestId)
      return { outcome: 'new', id: record.id, receivedAt: record.receivedAt }
    return record.receivedAt > then.at ? undefined : met
  }
  const enter = async (acceptance: Acceptance): Promise<Entry> =>
    (await find(acceptance)) ?? { outcome: 'new', id: acceptance.id, receivedAt: acceptance.receivedAt }
  return {
    find,
    enter,
    enterTogether: async (acceptances) => {
      const entries = await Promise.all(acceptances.map(enter))
      const conflicts = entries.flatMap((entry, index) =>
        entry.outcome === 'conflict' ? [{ index, id: entry.id, on: entry.on }] : [],
      )
      if (conflicts.length > 0) return { outcome: 'conflict', conflicts }
      return { outcome: 'entered', entries: entries.filter((entry) => entry.outcome !== 'conflict') }
    },
  }
}

const feedUntil = (feed: Feed, until: Date): Feed => ({
  isCursor: (text) => feed.isCursor(text),
  one: (seq) => feed.one(seq),
  after: async (companyId, cursor, limit) => {
    const events = await feed.after(companyId, cursor, limit)
    // The feed is in order: from the first that came later on, nothing had happened yet.
    const later = events.findIndex(({ at }) => at > until)
    return later < 0 ? events : events.slice(0, later)
  },
})

/** New parts stay in memory; what lies in the store is seen. */
const uploadsOver = (uploads: Uploads): Uploads => {
  const own = new Map<string, Map<number, Uint8Array>>()
  const keyOf = (connectionId: string, fileId: string): string => `${connectionId} ${fileId}`
  return {
    put: ({ connectionId, fileId, part, bytes }) => {
      const key = keyOf(connectionId, fileId)
      own.set(key, (own.get(key) ?? new Map<number, Uint8Array>()).set(part, bytes))
      return Promise.resolve(true)
    },
    read: async (connectionId, fileId) => {
      const parts = own.get(keyOf(connectionId, fileId))
      if (parts === undefined) return uploads.read(connectionId, fileId)
      const last = Math.max(...parts.keys())
      const missing = Array.from({ length: last }, (_, at) => at + 1).find((part) => !parts.has(part))
      const size = [...parts.values()].reduce((sum, { byteLength }) => sum + byteLength, 0)
      const sizes = [...parts].sort(([a], [b]) => a - b).map(([, { byteLength }]) => byteLength)
      return { parts: parts.size, size, sizes, ...(missing === undefined ? {} : { missing }) }
    },
    part: async (connectionId, fileId, part) =>
      own.get(keyOf(connectionId, fileId))?.get(part) ?? uploads.part(connectionId, fileId, part),
    discard: (connectionId, fileId) => {
      own.delete(keyOf(connectionId, fileId))
      return Promise.resolve()
    },
    purge: () => Promise.resolve(0),
  }
}

/** What a door notes in a rehearsal stays in memory; what it noted before is seen. */
export const notesOver = (notes: DoorNotes): DoorNotes => {
  const own = new Map<string, DoorNote | undefined>()
  const keyOf = ({ connectionId, door, key }: { connectionId: string; door: string; key: string }): string =>
    JSON.stringify([connectionId, door, key])
  const read: DoorNotes['read'] = async (place) =>
    own.has(keyOf(place)) ? own.get(keyOf(place)) : notes.read(place)
  return {
    read,
    write: async (place, value, revision) => {
      if (((await read(place))?.revision ?? 0) !== revision) return false
      own.set(keyOf(place), { key: place.key, value, revision: revision + 1 })
      return true
    },
    list: async (place, page) => {
      const listed = await notes.list(place, page)
      const mine = [...own.entries()].flatMap(([text, note]) => {
        const [connectionId, door, key] = JSON.parse(text) as [string, string, string]
        const isHere = connectionId === place.connectionId && door === place.door
        return isHere && key.startsWith(place.prefix) && key > (page.after ?? '') ? [{ key, note }] : []
      })
      const merged = new Map<string, DoorNote | undefined>(listed.map((note) => [note.key, note]))
      for (const { key, note } of mine) merged.set(key, note)
      return [...merged.values()]
        .filter((note) => note !== undefined)
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, page.limit)
    },
    remove: (place) => {
      own.set(keyOf(place), undefined)
      return Promise.resolve()
    },
  }
}
