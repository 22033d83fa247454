import { MemoryMirrorCursors, MemoryMirrorRecords } from '../../../src/adapters/memory/mirror-records.ts'
import { MemoryCallBudget, MemoryPortalSessions } from '../../../src/adapters/memory/portal-sessions.ts'
import { MemoryUnitOfWork } from '../../../src/adapters/memory/unit-of-work.ts'
import { randomUUID } from 'node:crypto'
import { MemoryDocuments } from '../../../src/adapters/memory/documents.ts'
import {
  MemoryCommandRecords,
  MemoryFetchRanges,
  MemoryIncomingInvoices,
} from '../../../src/adapters/memory/portal-life.ts'
import { MemoryTaskStore } from '../../../src/adapters/memory/task-store.ts'
import { MemoryWebhooks } from '../../../src/adapters/memory/webhooks.ts'
import { MemoryPortalOutages } from '../../../src/adapters/memory/portal-outages.ts'
import { portalOutagesConformance } from '../../conformance/portal-outages.ts'
import { MemoryDifferences } from '../../../src/adapters/memory/portal-differences.ts'
import { portalDifferencesConformance } from '../../conformance/portal-differences.ts'
import { portalLifeConformance } from '../../conformance/portal-life.ts'
import { mirrorRecordsConformance } from '../../conformance/mirror-records.ts'
import { portalSessionsConformance } from '../../conformance/portal-sessions.ts'

const close = () => Promise.resolve()

mirrorRecordsConformance('the memory twin', async () => ({
  records: new MemoryMirrorRecords(),
  cursors: new MemoryMirrorCursors(),
  unitOfWork: new MemoryUnitOfWork(),
  close,
}))

portalSessionsConformance('the memory twin', async () => ({
  sessions: new MemoryPortalSessions(),
  budget: new MemoryCallBudget(),
  close,
}))

portalLifeConformance('the memory twin', async () => {
  const unitOfWork = new MemoryUnitOfWork()
  const documents = new MemoryDocuments({
    ids: { next: () => randomUUID() },
    unitOfWork,
    tasks: new MemoryTaskStore(),
    webhooks: new MemoryWebhooks(),
  })
  return {
    documents,
    unitOfWork,
    incoming: new MemoryIncomingInvoices(documents),
    commands: new MemoryCommandRecords(),
    ranges: new MemoryFetchRanges(),
    companyId: randomUUID(),
  }
})

portalOutagesConformance('the memory twin', async () => new MemoryPortalOutages())

portalDifferencesConformance('the memory twin', async () => ({
  differences: new MemoryDifferences(),
  unitOfWork: new MemoryUnitOfWork(),
}))
