import { randomUUID } from 'node:crypto'
import { MemoryBellStore } from '../../../../src/adapters/memory/bell-store.ts'
import { MemoryJobRuns } from '../../../../src/adapters/memory/job-runs.ts'
import { MemoryLeases } from '../../../../src/adapters/memory/leases.ts'
import { MemoryTaskStore } from '../../../../src/adapters/memory/task-store.ts'
import { MemoryUnitOfWork } from '../../../../src/adapters/memory/unit-of-work.ts'
import { bellStoreConformance } from '../../../conformance/bell-store.ts'
import { jobRunsConformance } from '../../../conformance/job-runs.ts'
import { leasesConformance } from '../../../conformance/leases.ts'
import { taskStoreConformance } from '../../../conformance/task-store.ts'

const close = () => Promise.resolve()

taskStoreConformance('memory', async () => ({
  tasks: new MemoryTaskStore(),
  unitOfWork: new MemoryUnitOfWork(),
  newId: () => randomUUID(),
  documentId: async () => randomUUID(),
  close,
}))
leasesConformance('memory', async () => ({ leases: new MemoryLeases(), close }))
jobRunsConformance('memory', async () => ({ runs: new MemoryJobRuns(), close }))
bellStoreConformance('memory', async () => ({ bells: new MemoryBellStore(), close }))
