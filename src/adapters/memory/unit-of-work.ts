import type { Tx, UnitOfWork } from '../../core/kernel/index.ts'

/**
 * A transaction over memory: a list of what to undo. It gives all-or-nothing, not isolation; twins change
 * their maps at once and put the old value back when the work throws.
 */
class MemoryTx {
  private readonly undos: (() => void)[] = []

  onRollback(undo: () => void) {
    this.undos.push(undo)
  }

  rollBack() {
    for (const undo of this.undos.reverse()) undo()
  }
}

export class MemoryUnitOfWork implements UnitOfWork {
  async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const transaction = new MemoryTx()
    try {
      return await work(transaction as unknown as Tx)
    } catch (error) {
      transaction.rollBack()
      throw error
    }
  }
}

/** For twins: what to do when the transaction they write in is rolled back. */
export const onRollback = (tx: Tx, undo: () => void): void => {
  ;(tx as unknown as MemoryTx).onRollback(undo)
}
