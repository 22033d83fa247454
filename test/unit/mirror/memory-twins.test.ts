import { MemoryMirrorCursors, MemoryMirrorRecords } from '../../../src/adapters/memory/mirror-records.ts'
import { MemoryCallBudget, MemoryPortalSessions } from '../../../src/adapters/memory/portal-sessions.ts'
import { MemoryUnitOfWork } from '../../../src/adapters/memory/unit-of-work.ts'
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
