import { fault, addDays, almatyDate, isLocalDate, isTaxId, type Fault } from '../kernel/index.ts'
import { Refusal } from '../exchange/receipt.ts'
import { canonicalJson } from './canonical.ts'
import type { ContractDeps } from './deps.ts'
import { badDay, noSuchRecord, operatorNotSet, recordClosed, badText } from './faults.ts'
import type { BadFaithEntry } from './ports.ts'
import { textOf } from './records.ts'

/** A warning that a document is sent to somebody others warn of. It never stops the document (offer 3.2.6). */
export const badFaithWarning = (entry: BadFaithEntry): Fault =>
  fault('BADFAITH-01', 'recipient.taxId', {
    ru: `Получатель значится в реестре недобросовестных участников: ${entry.source}, с ${almatyDate(entry.addedAt)} (п. 3.2.6)${entry.appeal?.outcome === undefined && entry.appeal !== undefined ? '; запись оспорена' : ''}. Документ отправлен.`,
    kk: `Алушы жосықсыз қатысушылар тізілімінде: ${entry.source}, ${almatyDate(entry.addedAt)} бастап (3.2.6-т.). Құжат жіберілді.`,
    en: `The recipient is in the register of bad-faith participants: ${entry.source}, since ${almatyDate(entry.addedAt)} (3.2.6). The document was sent.`,
  })

/** Entries in the form they are exchanged in: canonical JSON with the giver's signature over it. */
export interface BadFaithFile {
  entries: Omit<BadFaithEntry, 'by' | 'appeal'>[]
  madeAt: string
  by: string
  signature: string
}

const encoder = new TextEncoder()
const signedText = ({ entries, madeAt, by }: Omit<BadFaithFile, 'signature'>): Uint8Array =>
  encoder.encode(canonicalJson({ entries, madeAt, by }))

/** How long a process believes what it read: the register is asked for every document. */
const freshMs = 30_000

/** The register of bad-faith participants: source, expiry and appeal; it warns and never blocks. */
export const openBadFaithDesk = (
  deps: Pick<
    ContractDeps,
    'clock' | 'ids' | 'unitOfWork' | 'badFaith' | 'operatorSigner' | 'operatorTaxId' | 'verifier'
  >,
) => {
  let known: { until: number; entries: Promise<Map<string, BadFaithEntry>> } | undefined
  const forget = (): void => void (known = undefined)

  const counts = (entry: BadFaithEntry): boolean =>
    entry.expiresOn >= almatyDate(deps.clock.now()) && entry.appeal?.outcome !== 'upheld'

  const current = async (): Promise<Map<string, BadFaithEntry>> => {
    const now = deps.clock.now().getTime()
    if (known === undefined || now >= known.until || now < known.until - freshMs) {
      const entries = deps.badFaith.list().then((all) => new Map(all.map((one) => [one.taxId, one])))
      const fresh = { until: now + freshMs, entries }
      known = fresh
      entries.catch(() => {
        if (known === fresh) known = undefined
      })
    }
    return known.entries
  }

  const put = async (entry: BadFaithEntry): Promise<BadFaithEntry> => {
    await deps.unitOfWork.run((tx) => deps.badFaith.put(tx, entry))
    forget()
    return entry
  }

  const read = async (id: string): Promise<BadFaithEntry> => {
    const entry = await deps.badFaith.byId(id)
    if (entry === undefined) throw new Refusal('not-found', [noSuchRecord()])
    return entry
  }

  return {
    list: () => deps.badFaith.list(),

    /** The warning about a recipient; no query of its own for each document. */
    async warningAbout(taxId: string): Promise<Fault | undefined> {
      const entry = (await current()).get(taxId)
      return entry !== undefined && counts(entry) ? badFaithWarning(entry) : undefined
    },

    async add(given: { taxId: string; source: string; reason: string; expiresOn: string }, by: string) {
      const today = almatyDate(deps.clock.now())
      if (!isTaxId(given.taxId)) throw new Refusal('invalid', [badText('taxId')])
      if (!isLocalDate(given.expiresOn) || given.expiresOn < today || given.expiresOn > addDays(today, 1827))
        throw new Refusal('invalid', [badDay('expiresOn')])
      return put({
        id: deps.ids.next(),
        taxId: given.taxId,
        source: textOf(given.source, 'source'),
        reason: textOf(given.reason, 'reason'),
        addedAt: deps.clock.now(),
        expiresOn: given.expiresOn,
        by,
      })
    },

    async appeal(id: string, text: string) {
      const entry = await read(id)
      if (entry.appeal !== undefined) throw new Refusal('conflict', [recordClosed('appealed')])
      return put({ ...entry, appeal: { text: textOf(text, 'text'), at: deps.clock.now() } })
    },

    async decide(id: string, outcome: 'upheld' | 'rejected') {
      const entry = await read(id)
      if (entry.appeal === undefined || entry.appeal.outcome !== undefined)
        throw new Refusal('conflict', [recordClosed(entry.appeal?.outcome ?? 'no appeal')])
      return put({ ...entry, appeal: { ...entry.appeal, outcome, decidedAt: deps.clock.now() } })
    },

    /** For another intermediary: signed, so that he sees who warns. */
    async export(): Promise<BadFaithFile> {
      const signer = await deps.operatorSigner()
      if (signer === undefined) throw new Refusal('conflict', [operatorNotSet()])
      const entries = (await deps.badFaith.list())
        .filter(counts)
        .map(({ by: _, appeal: _appeal, ...entry }) => entry)
      const unsigned = { entries, madeAt: deps.clock.now().toISOString(), by: deps.operatorTaxId ?? '' }
      const { cms } = await signer.sign(signedText(unsigned))
      let text = ''
      for (const byte of cms) text += String.fromCharCode(byte)
      return { ...unsigned, signature: btoa(text) }
    },

    /** Takes another intermediary's entries, under his name; a signature that is not VALID brings none. */
    async import(file: BadFaithFile, by: string): Promise<number> {
      const cms = Uint8Array.from(atob(file.signature), (char) => char.charCodeAt(0))
      const report = await deps.verifier.verify({ cms, data: signedText(file), expected: { taxId: file.by } })
      if (report.verdict !== 'VALID') throw new Refusal('invalid', [badText('signature')])
      for (const entry of file.entries) {
        if (!isTaxId(entry.taxId) || !isLocalDate(entry.expiresOn))
          throw new Refusal('invalid', [badText('entries')])
      }
      for (const entry of file.entries) {
        const source = textOf(`${entry.source} (${file.by})`, 'source')
        await put({ ...entry, addedAt: new Date(entry.addedAt), source, by })
      }
      return file.entries.length
    },
  }
}

export type BadFaithDesk = ReturnType<typeof openBadFaithDesk>
