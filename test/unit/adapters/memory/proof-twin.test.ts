import { uuidIds } from '../../../../src/adapters/host/uuid-ids.ts'
import { MemoryDocuments } from '../../../../src/adapters/memory/documents.ts'
import { MemoryProofs } from '../../../../src/adapters/memory/proofs.ts'
import { MemoryTaskStore } from '../../../../src/adapters/memory/task-store.ts'
import { MemoryUnitOfWork } from '../../../../src/adapters/memory/unit-of-work.ts'
import { MemoryWebhooks } from '../../../../src/adapters/memory/webhooks.ts'
import { proofsConformance } from '../../../conformance/proofs.ts'

proofsConformance('memory', () => {
  const unitOfWork = new MemoryUnitOfWork()
  const proofs = new MemoryProofs()
  const documents = new MemoryDocuments({
    ids: uuidIds,
    unitOfWork,
    tasks: new MemoryTaskStore(),
    webhooks: new MemoryWebhooks(),
    proofs,
  })
  return {
    ledger: documents,
    documents,
    uses: documents.uses,
    proofs,
    unitOfWork,
    sides: () =>
      Promise.resolve({ companyId: uuidIds.next(), connectionId: uuidIds.next(), buyerId: uuidIds.next() }),
  }
})
