import { expect, it } from '@jest/globals'
import { sha256 } from '../../../src/adapters/host/sha256.ts'
import { PgLedger } from '../../../src/adapters/postgres/ledger.ts'
import { PgMeterBook } from '../../../src/adapters/postgres/meter-book.ts'
import { PgMeterReader } from '../../../src/adapters/postgres/meter-reader.ts'
import { linkMeterLines } from '../../../src/core/meter/index.ts'
import { meterConformance } from '../../conformance/meter.ts'
import { anAcceptance, someCompanies, type Sides } from '../../factories/acceptances.ts'
import { onBothStores } from '../../servers/index.ts'

onBothStores('the tables of the meter', (store) => {
  const sidesOf = new Map<string, Sides>()
  const company = async () => {
    const sides = await someCompanies(store)
    sidesOf.set(sides.companyId, sides)
    const { rows } = await store.pool.query<{ tax_id: string; name: string }>(
      `select tax_id, name from company where id = $1`,
      [sides.companyId],
    )
    const row = rows[0]!
    return { companyId: sides.companyId, taxId: row.tax_id, name: row.name }
  }
  const accept = async ({ companyId }: { companyId: string }, at: Date, count: number) => {
    const ledger = new PgLedger(store.pool)
    const acceptances = Array.from({ length: count }, () =>
      anAcceptance(sidesOf.get(companyId)!, { receivedAt: at }),
    )
    await Promise.all(acceptances.map((one) => ledger.enter(one)))
    return acceptances.map(({ id, digest }) => ({ documentId: id, digest, receivedAt: at.toISOString() }))
  }

  meterConformance('SQL', () => ({
    book: new PgMeterBook(store.pool),
    reader: new PgMeterReader(store.pool),
    unitOfWork: store.unitOfWork,
    company,
    accept,
  }))

  it('refuses to change or remove a count, its link, or a closed day', async () => {
    await accept(await company(), new Date(), 1)
    for (const table of ['meter_line', 'meter_link', 'meter_seal', 'meter_day', 'meter_day_stamp']) {
      await expect(store.pool.query(`delete from ${table}`)).rejects.toThrow(/never changed or removed/)
      await expect(store.pool.query(`truncate ${table} cascade`)).rejects.toThrow(/never changed or removed/)
    }
    await expect(store.pool.query(`update meter_line set month = '2020-01'`)).rejects.toThrow(/never changed/)
  })

  it('gives two writers at once one chain without gaps', async () => {
    const own = await company()
    await accept(own, new Date(), 40)
    const deps = {
      clock: { now: () => new Date() },
      hasher: sha256,
      unitOfWork: store.unitOfWork,
      book: new PgMeterBook(store.pool),
    }
    await Promise.all(Array.from({ length: 4 }, () => linkMeterLines(deps)(10)))
    while ((await linkMeterLines(deps)(100)) > 0);
    const { rows } = await store.pool.query<{ count: string; last: string; documents: string }>(
      `select count(*), max(number) as last, count(distinct document_id) as documents
         from meter_link where company_id = $1`,
      [own.companyId],
    )
    expect(rows[0]).toEqual({ count: '40', last: '40', documents: '40' })
  })
})
