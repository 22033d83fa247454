import { PgDocuments } from '../../../src/adapters/postgres/documents.ts'
import { PgKeyUses } from '../../../src/adapters/postgres/key-uses.ts'
import { PgLedger } from '../../../src/adapters/postgres/ledger.ts'
import { PgProofs } from '../../../src/adapters/postgres/proofs.ts'
import { proofsConformance } from '../../conformance/proofs.ts'
import { someCompanies } from '../../factories/acceptances.ts'
import { onBothStores } from '../../servers/index.ts'

onBothStores('the table of proofs', (store) => {
  proofsConformance('SQL', async () => {
    await store.pool.query('truncate proof')
    return {
      ledger: new PgLedger(store.pool),
      documents: new PgDocuments(store.pool),
      uses: new PgKeyUses(store.pool),
      proofs: new PgProofs(store.pool),
      unitOfWork: store.unitOfWork,
      sides: () => someCompanies(store),
    }
  })
})
