import { uuidIds } from '../../../../src/adapters/host/uuid-ids.ts'
import { MemoryCompanies, MemoryCompanyKeys } from '../../../../src/adapters/memory/companies.ts'
import { MemoryAttachments } from '../../../../src/adapters/memory/attachments.ts'
import { MemoryConnectionProfiles } from '../../../../src/adapters/memory/connection-profiles.ts'
import { MemoryDocuments } from '../../../../src/adapters/memory/documents.ts'
import { MemoryArchiveStore, MemoryLinks, MemoryUploads } from '../../../../src/adapters/memory/files.ts'
import { MemoryBaseSecrets } from '../../../../src/adapters/memory/base-secrets.ts'
import { MemoryExchangeLog } from '../../../../src/adapters/memory/exchange-log.ts'
import { MemoryDoorNotes } from '../../../../src/adapters/memory/door-notes.ts'
import { MemoryTaskStore } from '../../../../src/adapters/memory/task-store.ts'
import { MemoryUnitOfWork } from '../../../../src/adapters/memory/unit-of-work.ts'
import { MemoryWebhooks } from '../../../../src/adapters/memory/webhooks.ts'
import { attachmentsConformance } from '../../../conformance/attachments.ts'
import { companiesConformance } from '../../../conformance/companies.ts'
import { connectionProfilesConformance } from '../../../conformance/connection-profiles.ts'
import { documentsConformance } from '../../../conformance/documents.ts'
import { baseSecretsConformance } from '../../../conformance/base-secrets.ts'
import { exchangeLogConformance } from '../../../conformance/exchange-log.ts'
import { doorNotesConformance } from '../../../conformance/door-notes.ts'
import { archiveStoreConformance, linksConformance, uploadsConformance } from '../../../conformance/files.ts'

documentsConformance('memory', () => {
  const unitOfWork = new MemoryUnitOfWork()
  const tasks = new MemoryTaskStore()
  const webhooks = new MemoryWebhooks()
  const documents = new MemoryDocuments({ ids: uuidIds, unitOfWork, tasks, webhooks })
  return {
    ledger: documents,
    documents,
    feed: documents,
    files: documents,
    webhooks,
    tasks,
    unitOfWork,
    sides: () =>
      Promise.resolve({ companyId: uuidIds.next(), connectionId: uuidIds.next(), buyerId: uuidIds.next() }),
  }
})

let taken = 0
companiesConformance('memory', () => {
  const companies = new MemoryCompanies()
  return {
    companies,
    connections: companies,
    credentials: companies,
    keys: new MemoryCompanyKeys(),
    unitOfWork: new MemoryUnitOfWork(),
    newTaxId: () => String(100_000_000_000 + (taken += 1)),
  }
})

attachmentsConformance('memory', () => {
  const unitOfWork = new MemoryUnitOfWork()
  const uploads = new MemoryUploads()
  const attachments = new MemoryAttachments(uploads)
  const webhooks = new MemoryWebhooks()
  const tasks = new MemoryTaskStore()
  return {
    attachments,
    uploads,
    ledger: new MemoryDocuments({ ids: uuidIds, unitOfWork, tasks, webhooks, attachments }),
    sides: () =>
      Promise.resolve({ companyId: uuidIds.next(), connectionId: uuidIds.next(), buyerId: uuidIds.next() }),
  }
})

const uploads = new MemoryUploads()
uploadsConformance('memory', () => ({ uploads, connection: () => Promise.resolve(uuidIds.next()) }))
archiveStoreConformance('memory', () => Promise.resolve(new MemoryArchiveStore()))
linksConformance('memory', () => ({
  links: new MemoryLinks(),
  unitOfWork: new MemoryUnitOfWork(),
  document: () => Promise.resolve(uuidIds.next()),
  company: () => Promise.resolve(uuidIds.next()),
}))
doorNotesConformance('memory', () =>
  Promise.resolve({
    notes: new MemoryDoorNotes(),
    connections: [uuidIds.next(), uuidIds.next()],
    close: () => Promise.resolve(),
  }),
)
connectionProfilesConformance('memory', () =>
  Promise.resolve({ profiles: new MemoryConnectionProfiles(), connection: uuidIds.next() }),
)

exchangeLogConformance('memory', () => {
  const document = { digest: 'd'.repeat(64), bytes: new Uint8Array([4, 5, 6]) }
  return Promise.resolve({
    exchanges: new MemoryExchangeLog(new Map([[document.digest, document.bytes]])),
    document,
    close: () => Promise.resolve(),
  })
})

baseSecretsConformance('memory', () =>
  Promise.resolve({ secrets: new MemoryBaseSecrets(), connection: uuidIds.next() }),
)
