import { recordText, type RecordSigner } from '../chain/index.ts'
import type { Clock } from '../kernel/index.ts'

/** A row as the store has it, named by what it is; see `bin/archive-check.mjs`. */
export type SealedRow = { row: string } & Record<string, unknown>

/** Kinds in the order their number is told at the end. */
const kinds = ['document', 'meter', 'meter-seal', 'meter-day', 'audit', 'audit-day', 'archive-package']

/** The rows, then the key they are signed with, then how many there were: what is cut off is found, too. */
export async function* sealRows(
  rows: AsyncIterable<SealedRow>,
  { signer, clock }: { signer: RecordSigner; clock: Clock },
): AsyncGenerator<SealedRow> {
  const counts = new Map(kinds.map((kind) => [kind, 0]))
  const auditDays: string[] = []
  for await (const row of rows) {
    if (counts.has(row.row)) counts.set(row.row, (counts.get(row.row) ?? 0) + 1)
    // Nothing else tells which of them there were: a night without a closing is no gap.
    if (row.row === 'audit-day') auditDays.push(String(row.day))
    yield row
  }
  yield { row: 'key', publicKey: signer.publicKey }
  const madeAt = clock.now().toISOString()
  const told = [...[...counts].map(([kind, count]) => `${kind} ${count}`), auditDays.join(' ')]
  const text = recordText('urn:daneker:rows-end:1', [madeAt, ...told])
  yield { row: 'end', madeAt, counts: told, signature: btoa(String.fromCharCode(...signer.sign(text))) }
}
