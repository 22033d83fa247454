import { addDays, almatyDate, type Log } from '../kernel/index.ts'
import { Outdated } from '../exchange/ports.ts'
import { Refusal } from '../exchange/receipt.ts'
import {
  actClientSigned,
  actIssued,
  actReceived,
  actRefused,
  actSent,
  actSigned,
  taxInvoiceIssued,
  taxInvoiceRegistered,
} from './act.ts'
import { changeContract, termsOf, type ContractDeps } from './deps.ts'
import { Draft, type ContractChange } from './draft.ts'
import { isOpenAct, requisitesOn, type AccessAct, type ContractFile } from './file.ts'
import { grantAccess } from './grant.ts'
import { invoiceReceived } from './invoice.ts'
import type { DocumentFate, DocumentOrder } from './ports.ts'
import { ringTimers, type ActFate } from './ring.ts'

/** Facts of documents and how a contract takes them in. */
interface News {
  take: (draft: Draft) => void
}

/**
 * Looks at the documents a contract waits for: makes those that are not made yet, and writes what became of the
 * rest. Making a document twice makes it once, so a crash between the two loses nothing.
 */
export const followContract = async (deps: ContractDeps, file: ContractFile): Promise<boolean> => {
  const news = [...(await newsOfInvoice(deps, file)), ...(await newsOfActs(deps, file))]
  if (file.state === 'PAID' && deps.settings.grant === 'on-payment')
    news.push({
      take: (draft) => {
        if (draft.file.state === 'PAID') grantAccess(draft)
      },
    })
  if (news.length === 0) return false
  const { written } = await changeContract(deps, file.companyId, 'gateway', (draft) => {
    for (const { take } of news) take(draft)
  })
  return written
}

const newsOfInvoice = async (deps: ContractDeps, file: ContractFile): Promise<News[]> => {
  const { invoice } = file
  if (invoice?.state !== 'open' || invoice.receivedAt !== undefined) return []
  if (invoice.documentId === undefined) {
    const order = await orderOf(deps, file, {
      kind: 'payment-invoice',
      id: invoice.id,
      number: invoice.number,
      date: almatyDate(invoice.madeAt),
      tariff: invoice.tariff,
      amount: invoice.amount,
      payBefore: addDays(almatyDate(invoice.madeAt), 5),
    })
    return issued(deps, file, order, (draft, documentId) => {
      const open = draft.file.invoice
      if (open?.id !== invoice.id || open.documentId !== undefined) return
      open.documentId = documentId
      draft.note('invoice-issued', '4.1', { invoice: invoice.number, documentId })
    })
  }
  const fate = await deps.documents.fate(invoice.documentId)
  const { deliveredAt } = fate ?? {}
  if (deliveredAt !== undefined) return [{ take: (draft) => invoiceReceived(draft, deliveredAt) }]
  return stuck(fate, `счёт ${invoice.number}`, invoice.id)
}

const newsOfActs = async (deps: ContractDeps, file: ContractFile): Promise<News[]> => {
  const news: News[] = []
  for (const act of file.acts.filter(isOpenAct)) {
    news.push(
      ...(await (act.taxInvoice === undefined ? newsOfAct(deps, file, act) : newsOfTax(deps, file, act))),
    )
  }
  return news
}

/** The same act in the draft: the file may have been read again. */
const same = (draft: Draft, act: AccessAct): AccessAct | undefined =>
  draft.file.acts.find(({ id }) => id === act.id)

const newsOfAct = async (deps: ContractDeps, file: ContractFile, act: AccessAct): Promise<News[]> => {
  if (act.documentId === undefined) {
    const today = almatyDate(deps.clock.now())
    const order = await orderOf(deps, file, { kind: 'act', date: today, ...act })
    return issued(deps, file, order, (draft, documentId) => {
      const open = same(draft, act)
      if (open !== undefined && open.documentId === undefined) actIssued(draft, open, documentId)
    })
  }
  const fate = await deps.documents.fate(act.documentId)
  if (fate === undefined) return []
  const { signed, deliveredAt, viewedAt, answer } = fate
  const isNews =
    (act.state === 'DRAFT' && signed) ||
    (act.state !== 'SENT' && deliveredAt !== undefined) ||
    (act.receivedAt === undefined && viewedAt !== undefined) ||
    answer !== undefined
  if (!isNews) return []
  if (answer?.word === 'failed') return stuck(fate, `акт ${act.number}`, act.id)
  return [
    {
      take: (draft) => {
        const open = same(draft, act)
        if (open === undefined) return
        if (open.state === 'DRAFT' && signed) actSigned(draft, open)
        if (open.state === 'OPERATOR_SIGNED' && deliveredAt !== undefined) actSent(draft, open, deliveredAt)
        if (open.state !== 'SENT') return
        if (viewedAt !== undefined) actReceived(draft, open, viewedAt, 'the document was opened')
        if (answer?.word === 'accepted') actClientSigned(draft, open, answer.at)
        if (answer?.word === 'refused') actRefused(draft, open, answer.at, answer.reason ?? '')
      },
    },
  ]
}

const newsOfTax = async (deps: ContractDeps, file: ContractFile, act: AccessAct): Promise<News[]> => {
  const { taxInvoice } = act
  if (taxInvoice === undefined) return []
  if (taxInvoice.documentId === undefined) {
    // Never a day that has not come: a clock that was put right may lie before the act's end.
    const today = almatyDate(deps.clock.now())
    const closedOn = almatyDate(act.closedAt ?? deps.clock.now())
    const date = closedOn < today ? closedOn : today
    const order = await orderOf(deps, file, { ...act, kind: 'tax-invoice', id: taxInvoice.id, date })
    return issued(deps, file, order, (draft, documentId) => {
      const open = same(draft, act)
      if (open?.taxInvoice !== undefined && open.taxInvoice.documentId === undefined)
        taxInvoiceIssued(draft, open, documentId)
    })
  }
  const fate = await deps.documents.fate(taxInvoice.documentId)
  const { registrationNumber, mirrorRejected } = fate ?? {}
  if (registrationNumber !== undefined)
    return [
      {
        take: (draft) => {
          const open = same(draft, act)
          if (open !== undefined) taxInvoiceRegistered(draft, open, registrationNumber)
        },
      },
    ]
  if (mirrorRejected === undefined && fate?.answer?.word !== 'failed') return []
  const why = mirrorRejected ?? fate?.answer?.reason ?? ''
  return [
    {
      take: (draft) => {
        const open = same(draft, act)
        if (open?.taxInvoice !== undefined) open.taxInvoice.stuck = why
        tellStuck(draft, `ЭСФ по акту ${act.number}`, taxInvoice.id, why)
      },
    },
  ]
}

const orderOf = async (
  deps: ContractDeps,
  file: ContractFile,
  order: Pick<DocumentOrder, 'kind' | 'id' | 'number' | 'date' | 'tariff' | 'amount'> &
    Partial<DocumentOrder>,
): Promise<DocumentOrder> => {
  const company = await deps.companies.byId(file.companyId)
  const { kind, id, number, date, tariff, amount, fromOn, toOn, payBefore } = order
  return {
    kind,
    id,
    number,
    date,
    tariff,
    amount,
    fromOn,
    toOn,
    payBefore,
    client: {
      taxId: company?.taxId ?? '',
      name: company?.name ?? '',
      requisites: requisitesOn(file, date),
    },
    basis:
      file.acceptance === undefined
        ? undefined
        : {
            title: 'Публичная оферта',
            number: file.acceptance.offerVersion,
            date: almatyDate(file.acceptance.acceptedAt),
          },
  }
}

/** A refusal of our own gateway (the operator's access, its key, its requisites) is told once and tried again later. */
const issued = async (
  deps: ContractDeps,
  file: ContractFile,
  order: DocumentOrder,
  take: (draft: Draft, documentId: string) => void,
): Promise<News[]> => {
  try {
    const documentId = await deps.documents.issue(order)
    return [{ take: (draft) => take(draft, documentId) }]
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const why = error.faults.map(({ code, path, message }) => `${code} ${path}: ${message.ru}`).join(' ')
    const key = `${order.id}:issue`
    const told = file.stuck?.includes(key) === true
    return told ? [] : [{ take: (draft) => tellStuck(draft, `${order.kind} ${order.number}`, key, why) }]
  }
}

const stuck = (fate: DocumentFate | undefined, what: string, key: string): News[] =>
  fate?.answer?.word === 'failed'
    ? [{ take: (draft) => tellStuck(draft, what, key, fate.answer?.reason ?? '') }]
    : []

const tellStuck = (draft: Draft, what: string, key: string, why: string): void => {
  if (draft.file.stuck?.includes(key) === true) return
  draft.file.stuck = [...(draft.file.stuck ?? []), key]
  draft.note('document-stuck', '4.2', { what, why })
  draft.tell('document-stuck', key, { what, why }, { to: 'operator' })
}

/** A page of contracts that wait for documents; returns how many moved and where to go on. */
export const followContracts =
  (deps: ContractDeps, log: Log) =>
  async (after: string | undefined, limit: number): Promise<{ moved: number; next: string | undefined }> => {
    const files = await deps.files.following(after, limit)
    let moved = 0
    for (const file of files) {
      try {
        if (await followContract(deps, file)) moved += 1
      } catch (error) {
        // One contract's trouble must not keep the others waiting.
        log.error({ err: error, company: file.companyId }, 'contract.follow-failed')
      }
    }
    return { moved, next: files.length < limit ? undefined : files.at(-1)?.companyId }
  }

/**
 * Carries out what is due of the contracts that are due the longest, all of them in one transaction; of one that
 * somebody else changed meanwhile, in the next round. Returns how many contracts it settled.
 */
export const runTerms =
  (deps: ContractDeps) =>
  async (limit: number): Promise<{ contracts: number; moments: number }> => {
    const terms = await termsOf(deps)
    const now = deps.clock.now()
    const due = await deps.files.due(now, limit)
    const changes: ContractChange[] = []
    let moments = 0
    for (const [nth, file] of due.entries()) {
      // A few milliseconds of work at a time: documents are let in between.
      if (nth % 5 === 4) await new Promise((resolve) => setImmediate(resolve))
      const draft = new Draft(file, { terms, now, by: 'gateway', hasher: deps.hasher })
      moments += ringTimers(draft, await fatesOf(deps, file, now))
      const change = draft.done()
      if (change !== undefined) changes.push(change)
    }
    const contracts = await saveThose(deps, changes)
    return { contracts, moments }
  }

/** All in one transaction; when somebody changed one of them meanwhile, one by one, and that one next time. */
const saveThose = async (deps: ContractDeps, changes: readonly ContractChange[]): Promise<number> => {
  if (changes.length === 0) return 0
  try {
    await deps.unitOfWork.run((tx) => deps.files.save(tx, changes))
    return changes.length
  } catch (error) {
    if (!(error instanceof Outdated)) throw error
    if (changes.length === 1) return 0
    let saved = 0
    for (const change of changes) saved += await saveThose(deps, [change])
    return saved
  }
}

/** Acts whose three days are over: their documents are settled first, and what they turn out to be decides. */
const fatesOf = async (deps: ContractDeps, file: ContractFile, now: Date): Promise<Map<string, ActFate>> => {
  const fates = new Map<string, ActFate>()
  for (const { id, state, deadline, documentId, receivedAt, receipt } of file.acts) {
    if (state !== 'SENT' || deadline === undefined || documentId === undefined || deadline.dueAt > now)
      continue
    fates.set(id, await deps.documents.deem(documentId, { clause: '4.2', receivedAt, receipt, deadline }))
  }
  return fates
}
