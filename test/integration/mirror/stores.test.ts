import { PgMirrorCursors, PgMirrorRecords } from '../../../src/adapters/postgres/mirror-records.ts'
import { PgCallBudget, PgPortalSessions } from '../../../src/adapters/postgres/portal-sessions.ts'
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
})
