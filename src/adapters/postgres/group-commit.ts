/**
 * Shares commits between the requests in flight: while one batch is being written, those that arrive wait
 * and make up the next. No delay is ever added to wait for company, so a lone request is as quick as before.
 */
export interface GroupCommitOptions<Item, Outcome> {
  /** Batches written at the same time. Two keep the database busy while one of them waits for its fsync. */
  lanes: number
  /** Items of a batch at most. */
  limit: number
  /** Items with an equal mark never share a batch: the second must see what became of the first. */
  marks: (item: Item) => string[]
  write: (items: Item[]) => Promise<Outcome[]>
}

interface Waiting<Item, Outcome> {
  item: Item
  marks: string[]
  resolve: (outcome: Outcome) => void
  reject: (error: unknown) => void
}

export class GroupCommit<Item, Outcome> {
  readonly #options: GroupCommitOptions<Item, Outcome>
  #waiting: Waiting<Item, Outcome>[] = []
  /** Marks in batches being written. */
  readonly #busy = new Set<string>()
  #running = 0

  constructor(options: GroupCommitOptions<Item, Outcome>) {
    this.#options = options
  }

  add(item: Item): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, marks: this.#options.marks(item), resolve, reject })
      this.#start()
    })
  }

  #start(): void {
    while (this.#running < this.#options.lanes) {
      const batch = this.#take()
      if (batch.length === 0) return
      this.#running += 1
      void this.#write(batch).finally(() => {
        for (const { marks } of batch) for (const mark of marks) this.#busy.delete(mark)
        this.#running -= 1
        this.#start()
      })
    }
  }

  /** The oldest items whose marks are free; the others keep their place. */
  #take(): Waiting<Item, Outcome>[] {
    if (this.#waiting.length === 0) return []
    const batch: Waiting<Item, Outcome>[] = []
    const rest: Waiting<Item, Outcome>[] = []
    for (const waiting of this.#waiting) {
      const free = batch.length < this.#options.limit && waiting.marks.every((mark) => !this.#busy.has(mark))
      if (free) batch.push(waiting)
      else rest.push(waiting)
      for (const mark of waiting.marks) if (free) this.#busy.add(mark)
    }
    this.#waiting = rest
    return batch
  }

  async #write(batch: Waiting<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.#options.write(batch.map(({ item }) => item))
      batch.forEach(({ resolve }, index) => resolve(outcomes[index] as Outcome))
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}
