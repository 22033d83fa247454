import type { Caller, Companies } from '../company/index.ts'
import { noSuchDocument, Refusal, type Digest, type Hasher, type TrailLine } from '../exchange/index.ts'
import { fault, type Clock, type Fault, type LocalDate } from '../kernel/index.ts'
import { checkMeter, type MeterCheck } from './check-meter.ts'
import type { RecordSigner } from '../chain/index.ts'
import type { MeterBook, MeterReader } from './ports.ts'
import { meterProof, meterStatement, type MeterProof, type MeterStatement } from './statement.ts'

export interface MeterOverview {
  taxId: string
  /** Counted documents by Almaty month, newest first; `linked` of them are in the chain already. */
  months: { month: string; count: number; linked: number }[]
  lastDay?: Witnessed
  publicKey: string
}

/** The newest closed day. Every client that keeps it with its receipts is a witness of all counts. */
export interface Witnessed {
  day: LocalDate
  digest: Digest
}

/** What clients and the operator ask of the meter. Throws `Refusal`. */
export interface MeterDesk {
  overview(company: CompanyRef): Promise<MeterOverview>
  statement(company: CompanyRef, month: string): Promise<MeterStatement>
  /** The sender's own document: its count and the path to the day that closed it. */
  proof(caller: Pick<Caller, 'companyId'>, documentId: string): Promise<MeterProof>
  /** How a document was counted, as a line of its trail; nothing for whom it is not his count, or not chained yet. */
  trail(caller: Pick<Caller, 'companyId'>, documentId: string): Promise<TrailLine[]>
  /** Asked for each receipt and so remembered for half a minute. */
  lastDay(): Promise<Witnessed | undefined>
  check(): Promise<MeterCheck>
  companyOf: (taxId: string) => Promise<CompanyRef>
}

export type CompanyRef = { companyId: string; taxId: string; name: string }

export interface MeterDeskDeps {
  clock: Clock
  hasher: Hasher
  meter: MeterReader
  book: Pick<MeterBook, 'lastDay'>
  signer: RecordSigner
  companies: Pick<Companies, 'byTaxId'>
}

const lastDayKnownMs = 30_000

export const openMeterDesk = (deps: MeterDeskDeps): MeterDesk => {
  const { clock, meter, signer, companies, book } = deps
  let known: { at: number; last: Promise<Witnessed | undefined> } | undefined
  const lastDay = (): Promise<Witnessed | undefined> => {
    const now = clock.now().getTime()
    if (known !== undefined && Math.abs(now - known.at) < lastDayKnownMs) return known.last
    const last = book.lastDay().then(
      (day) => day && { day: day.day, digest: day.digest },
      () => {
        // The document is accepted: a receipt without the day is better than none. The next one asks again.
        known = undefined
        return undefined
      },
    )
    known = { at: now, last }
    return last
  }
  const statement = meterStatement(deps)
  const proof = meterProof(deps)
  return {
    overview: async ({ companyId, taxId }) => ({
      taxId,
      months: await meter.months(companyId),
      lastDay: await lastDay(),
      publicKey: signer.publicKey,
    }),
    statement: async (company, month) => {
      if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) throw new Refusal('invalid', [badMonth()])
      return statement(company, month)
    },
    proof: async ({ companyId }, documentId) => {
      const found = isUuid(documentId) ? await proof(documentId) : undefined
      if (found === undefined || found.link.companyId !== companyId)
        throw new Refusal('not-found', [noSuchDocument()])
      return found
    },
    trail: async ({ companyId }, documentId) => {
      const found = await proof(documentId)
      if (found?.link.companyId !== companyId) return []
      const { link, sealed } = found
      const closed = sealed && { day: sealed.day.day, dayDigest: sealed.day.digest }
      return [
        {
          at: link.receivedAt,
          what: 'meter',
          name: 'counted',
          details: { number: link.number, month: link.month, leaf: link.leaf, ...closed },
        },
      ]
    },
    lastDay,
    check: checkMeter(deps),
    companyOf: async (taxId) => {
      const company = await companies.byTaxId(taxId)
      if (company === undefined) throw new Refusal('not-found', [noSuchCompany()])
      return { companyId: company.id, taxId, name: company.name }
    },
  }
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

const badMonth = (): Fault =>
  fault('METER-01', 'month', {
    ru: 'Укажите месяц в виде ГГГГ-ММ, например 2026-11.',
    kk: 'Айды ЖЖЖЖ-АА түрінде көрсетіңіз, мысалы 2026-11.',
    en: 'Give the month as YYYY-MM, for example 2026-11.',
  })

const noSuchCompany = (): Fault =>
  fault('METER-02', 'company', {
    ru: 'Организации с таким БИН/ИИН на этом шлюзе нет. Проверьте номер.',
    kk: 'Бұл шлюзде мұндай БСН/ЖСН бар ұйым жоқ. Нөмірді тексеріңіз.',
    en: 'There is no company with this БИН/ИИН on this gateway. Check the number.',
  })
