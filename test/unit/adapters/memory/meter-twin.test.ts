import { sha256 } from '../../../../src/adapters/host/sha256.ts'
import { uuidIds } from '../../../../src/adapters/host/uuid-ids.ts'
import { MemoryMeter } from '../../../../src/adapters/memory/meter.ts'
import { MemoryUnitOfWork } from '../../../../src/adapters/memory/unit-of-work.ts'
import { almatyMonth } from '../../../../src/core/kernel/index.ts'
import { meterConformance } from '../../../conformance/meter.ts'

let companies = 0

meterConformance('memory', () => {
  const meter = new MemoryMeter()
  const taxIds = new Map<string, string>()
  return {
    book: meter,
    reader: meter,
    unitOfWork: new MemoryUnitOfWork(),
    company: () => {
      const company = {
        companyId: uuidIds.next(),
        taxId: String(200_000_000_000 + (companies += 1)),
        name: 'ТОО',
      }
      taxIds.set(company.companyId, company.taxId)
      return Promise.resolve(company)
    },
    accept: ({ companyId }, at, count) =>
      Promise.resolve(
        Array.from({ length: count }, () => {
          const documentId = uuidIds.next()
          const digest = sha256.digest(new TextEncoder().encode(documentId))
          const taxId = taxIds.get(companyId) ?? ''
          meter.count({ documentId, companyId, taxId, digest, receivedAt: at, month: almatyMonth(at) })
          return { documentId, digest, receivedAt: at.toISOString() }
        }),
      ),
  }
})
