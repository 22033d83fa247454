declare const transaction: unique symbol

/** A transaction in progress. Only the adapter that opened it knows what is inside. */
export interface Tx {
  readonly [transaction]: true
}

/** All of the work or none of it. */
export interface UnitOfWork {
  /**
   * Runs `work` in one transaction and resolves once it is durable.
   * Serialisation failures and deadlocks repeat the whole work at most three times, so `work` must not
   * touch the world. Throws when the database is lost; the outcome of a lost commit is then unknown and
   * the caller finds it again by key.
   */
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}
