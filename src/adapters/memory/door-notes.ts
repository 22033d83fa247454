import type { DoorNote, DoorNotes } from '../../core/exchange/index.ts'

type Place = Parameters<DoorNotes['read']>[0]

/** The twin of the table of door notes. */
export class MemoryDoorNotes implements DoorNotes {
  readonly #notes = new Map<string, { connectionId: string; door: string; note: DoorNote }>()

  read(place: Place): Promise<DoorNote | undefined> {
    return Promise.resolve(structuredClone(this.#notes.get(keyOf(place))?.note))
  }

  write(place: Place, value: unknown, revision: number): Promise<boolean> {
    const current = this.#notes.get(keyOf(place))?.note.revision ?? 0
    if (current !== revision) return Promise.resolve(false)
    const { connectionId, door, key } = place
    const note = { key, value: structuredClone(value), revision: revision + 1 }
    this.#notes.set(keyOf(place), { connectionId, door, note })
    return Promise.resolve(true)
  }

  list(
    { connectionId, door, prefix }: Parameters<DoorNotes['list']>[0],
    { after = '', limit }: { after?: string; limit: number },
  ): Promise<DoorNote[]> {
    const found = [...this.#notes.values()]
      .filter((one) => one.connectionId === connectionId && one.door === door)
      .map(({ note }) => note)
      .filter(({ key }) => key.startsWith(prefix) && key > after)
      .sort((a, b) => (a.key < b.key ? -1 : 1))
    return Promise.resolve(structuredClone(found.slice(0, limit)))
  }

  remove(place: Place): Promise<void> {
    this.#notes.delete(keyOf(place))
    return Promise.resolve()
  }
}

const keyOf = ({ connectionId, door, key }: Place): string => JSON.stringify([connectionId, door, key])
