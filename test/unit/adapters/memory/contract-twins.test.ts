import { uuidIds } from '../../../../src/adapters/host/uuid-ids.ts'
import {
  MemoryContractFiles,
  MemoryNotices,
  MemoryPayments,
  MemoryPublications,
} from '../../../../src/adapters/memory/contract.ts'
import { MemoryUnitOfWork } from '../../../../src/adapters/memory/unit-of-work.ts'
import { contractStoresConformance } from '../../../conformance/contract-stores.ts'

contractStoresConformance('memory', () => {
  const notices = new MemoryNotices(uuidIds)
  return Promise.resolve({
    files: new MemoryContractFiles(notices),
    notices,
    payments: new MemoryPayments(),
    publications: new MemoryPublications(),
    unitOfWork: new MemoryUnitOfWork(),
    company: () => Promise.resolve(uuidIds.next()),
  })
})
