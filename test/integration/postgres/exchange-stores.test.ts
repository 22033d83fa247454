import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe } from '@jest/globals'
import { FolderArchiveStore } from '../../../src/adapters/archive-store/folder-store.ts'
import { sha256 } from '../../../src/adapters/host/sha256.ts'
import { AesSeal } from '../../../src/adapters/host/aes-seal.ts'
import { PgAttachments } from '../../../src/adapters/postgres/attachments.ts'
import { PgCompanies, PgCredentials } from '../../../src/adapters/postgres/companies.ts'
import { PgCompanyKeys } from '../../../src/adapters/postgres/company-keys.ts'
import { PgConnections } from '../../../src/adapters/postgres/connections.ts'
import { PgConnectionProfiles } from '../../../src/adapters/postgres/connection-profiles.ts'
import { PgDocuments } from '../../../src/adapters/postgres/documents.ts'
import { PgDoorNotes } from '../../../src/adapters/postgres/door-notes.ts'
import { PgBaseSecrets } from '../../../src/adapters/postgres/base-secrets.ts'
import { PgExchangeLog } from '../../../src/adapters/postgres/exchange-log.ts'
import { PgFileDocuments } from '../../../src/adapters/postgres/file-documents.ts'
import { PgFeed } from '../../../src/adapters/postgres/feed.ts'
import { PgLedger } from '../../../src/adapters/postgres/ledger.ts'
import { PgLinks } from '../../../src/adapters/postgres/links.ts'
import { PgTaskStore } from '../../../src/adapters/postgres/tasks.ts'
import { PgUploads } from '../../../src/adapters/postgres/uploads.ts'
import { PgWebhooks } from '../../../src/adapters/postgres/webhooks.ts'
import { attachmentsConformance } from '../../conformance/attachments.ts'
import { companiesConformance } from '../../conformance/companies.ts'
import { connectionProfilesConformance } from '../../conformance/connection-profiles.ts'
import { documentsConformance } from '../../conformance/documents.ts'
import { baseSecretsConformance } from '../../conformance/base-secrets.ts'
import { exchangeLogConformance } from '../../conformance/exchange-log.ts'
import { doorNotesConformance } from '../../conformance/door-notes.ts'
import { archiveStoreConformance, linksConformance, uploadsConformance } from '../../conformance/files.ts'
import { anAcceptance, someCompanies } from '../../factories/acceptances.ts'
import { onBothStores } from '../../servers/index.ts'

const seal = new AesSeal(randomBytes(32))
let taken = 0

onBothStores('the stores', (store) => {
  documentsConformance('SQL', () => ({
    ledger: new PgLedger(store.pool),
    documents: new PgDocuments(store.pool),
    feed: new PgFeed(store.pool),
    files: new PgFileDocuments(store.pool),
    webhooks: new PgWebhooks(store.pool, seal),
    tasks: new PgTaskStore(store.pool),
    unitOfWork: store.unitOfWork,
    sides: () => someCompanies(store),
    settled: async () => {
      const open = `select 1 from event where tx >= pg_snapshot_xmin(pg_current_snapshot()) limit 1`
      while ((await store.pool.query(open)).rowCount !== 0);
    },
  }))
  companiesConformance('SQL', () => ({
    companies: new PgCompanies(store.pool),
    connections: new PgConnections(store.pool),
    credentials: new PgCredentials(store.pool),
    keys: new PgCompanyKeys(store.pool, seal),
    unitOfWork: store.unitOfWork,
    newTaxId: () => String(100_000_000_000 + (taken += 1)),
  }))
  uploadsConformance('SQL', () => ({
    uploads: new PgUploads(store.pool),
    connection: async () => (await someCompanies(store)).connectionId,
  }))
  attachmentsConformance('SQL', () => ({
    attachments: new PgAttachments(store.pool),
    uploads: new PgUploads(store.pool),
    ledger: new PgLedger(store.pool),
    sides: () => someCompanies(store),
  }))
  doorNotesConformance('SQL', async () => ({
    notes: new PgDoorNotes(store.pool),
    connections: [(await someCompanies(store)).connectionId, (await someCompanies(store)).connectionId],
    close: () => Promise.resolve(),
  }))
  connectionProfilesConformance('SQL', async () => ({
    profiles: new PgConnectionProfiles(store.pool),
    connection: (await someCompanies(store)).connectionId,
  }))
  baseSecretsConformance('SQL', async () => ({
    secrets: new PgBaseSecrets(store.pool, seal),
    connection: (await someCompanies(store)).connectionId,
  }))
  exchangeLogConformance('SQL', async () => {
    const acceptance = anAcceptance(await someCompanies(store))
    await new PgLedger(store.pool).enter(acceptance)
    return {
      exchanges: new PgExchangeLog(store.pool),
      document: { digest: acceptance.rawDigest, bytes: acceptance.raw },
      close: () => Promise.resolve(),
    }
  })
  linksConformance('SQL', () => ({
    links: new PgLinks(store.pool),
    unitOfWork: store.unitOfWork,
    document: async () => {
      const acceptance = anAcceptance(await someCompanies(store))
      await new PgLedger(store.pool).enter(acceptance)
      return acceptance.id
    },
    company: async () => (await someCompanies(store)).companyId,
  }))
})

describe('a folder', () => {
  const folders: string[] = []
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))
  archiveStoreConformance(
    'a folder',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'daneker-archive-'))
      folders.push(folder)
      return Promise.resolve(new FolderArchiveStore(folder, sha256))
    },
    async (digest) => {
      const path = join(folders.at(-1) ?? '', digest.slice(0, 2), digest.slice(2))
      await chmod(path, 0o640)
      await writeFile(path, 'something else')
    },
  )
})
