import { PgMirrorCursors, PgMirrorRecords } from '../../../src/adapters/postgres/mirror-records.ts'
import { PgCallBudget, PgPortalSessions } from '../../../src/adapters/postgres/portal-sessions.ts'
import { randomUUID } from 'node:crypto'
import { PgCompanies } from '../../../src/adapters/postgres/companies.ts'
import { PgDocuments } from '../../../src/adapters/postgres/documents.ts'
import { PgFetchRanges, PgIncomingInvoices } from '../../../src/adapters/postgres/incoming-invoices.ts'
import { PgCommandRecords } from '../../../src/adapters/postgres/portal-commands.ts'
import { PgPortalOutages } from '../../../src/adapters/postgres/portal-outages.ts'
import { portalOutagesConformance } from '../../conformance/portal-outages.ts'
import { PgDifferences } from '../../../src/adapters/postgres/portal-differences.ts'
import { portalDifferencesConformance } from '../../conformance/portal-differences.ts'
import { portalLifeConformance } from '../../conformance/portal-life.ts'
import { mirrorRecordsConformance } from '../../conformance/mirror-records.ts'
import { portalSessionsConformance } from '../../conformance/portal-sessions.ts'
import { onBothStores } from '../../servers/index.ts'

const close = () => Promise.resolve()

onBothStores('the mirror', (store) => {
  mirrorRecordsConformance('the mirror tables', async () => {
    await store.pool.query('truncate mirror_record, mirror_line, mirror_cursor')
    return {
      records: new PgMirrorRecords(store.pool),
      cursors: new PgMirrorCursors(store.pool),
      unitOfWork: store.unitOfWork,
      close,
    }
  })
  portalSessionsConformance('the session tables', async () => {
    await store.pool.query('truncate portal_session, portal_login, portal_call')
    return { sessions: new PgPortalSessions(store.pool), budget: new PgCallBudget(store.pool), close }
  })
  portalOutagesConformance('the tables of outages', async () => {
    await store.pool.query('truncate portal_outage, portal_probe')
    return new PgPortalOutages(store.pool)
  })
  portalDifferencesConformance('the table of differences', async () => {
    await store.pool.query('truncate portal_difference')
    return { differences: new PgDifferences(store.pool), unitOfWork: store.unitOfWork }
  })
  portalLifeConformance('the tables of portal life', async () => {
    const company = await store.unitOfWork.run((tx) =>
      new PgCompanies(store.pool).register(tx, {
        id: randomUUID(),
        taxId: '260140000604',
        name: 'ТОО «Есіл Құрылыс»',
      }),
    )
    return {
      documents: new PgDocuments(store.pool),
      unitOfWork: store.unitOfWork,
      incoming: new PgIncomingInvoices(store.pool),
      commands: new PgCommandRecords(store.pool),
      ranges: new PgFetchRanges(store.pool),
      companyId: company.id,
    }
  })
})
