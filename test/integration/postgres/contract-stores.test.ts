import { describe, expect, it } from '@jest/globals'
import { uuidIds } from '../../../src/adapters/host/uuid-ids.ts'
import { PgAccesses } from '../../../src/adapters/postgres/accesses.ts'
import { PgPayments, PgPublications } from '../../../src/adapters/postgres/contract-books.ts'
import { PgContractFiles } from '../../../src/adapters/postgres/contract-files.ts'
import { PgNotices } from '../../../src/adapters/postgres/notices.ts'
import { contractStoresConformance } from '../../conformance/contract-stores.ts'
import { someCompanies } from '../../factories/acceptances.ts'
import { onBothStores } from '../../servers/index.ts'

onBothStores('the tables of contracts', (store) => {
  const files = () => new PgContractFiles(store.pool, new PgAccesses(store.pool), uuidIds)

  contractStoresConformance('SQL', () =>
    Promise.resolve({
      files: files(),
      notices: new PgNotices(store.pool, uuidIds),
      payments: new PgPayments(store.pool),
      publications: new PgPublications(store.pool),
      unitOfWork: store.unitOfWork,
      company: async () => (await someCompanies(store)).companyId,
    }),
  )

  describe('rows that prove', () => {
    it('are changed and removed by nobody', async () => {
      for (const table of ['contract_event', 'publication', 'payment']) {
        await expect(store.pool.query(`update ${table} set by = 'x'`)).rejects.toThrow()
        await expect(store.pool.query(`delete from ${table}`)).rejects.toThrow('never changed or removed')
      }
    })
  })

  describe('an access granted before contracts were kept', () => {
    it('is a contract of one period that ends on its day', async () => {
      const { companyId } = await someCompanies(store)
      const [from, to] = [new Date('2025-03-10T06:00:00Z'), new Date('2026-03-10T19:00:00Z')]
      await store.pool.query(
        `insert into access (company_id, state, activated_at, expires_at, next_at) values ($1, 'ACTIVE', $2, $3, $3)`,
        [companyId, from, to],
      )
      const file = await files().of(companyId)
      expect(file).toMatchObject({ state: 'ACTIVE', periods: [{ fromAt: from, toAt: to }] })
      expect(file?.timers).toMatchObject([{ clause: 'S9', deadline: { dueOn: '2026-03-10', dueAt: to } }])
      expect(await new PgAccesses(store.pool).of(companyId)).toMatchObject({ state: 'ACTIVE', expiresAt: to })
    })
  })
})
