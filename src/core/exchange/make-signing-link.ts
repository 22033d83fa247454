import type { Caller } from '../company/index.ts'
import { almatyDate, fault, isLocalDate, type Fault, type LocalDate } from '../kernel/index.ts'
import { eventFor } from './change.ts'
import type { ExchangeDeps } from './deps.ts'
import type { DocumentRecord } from './document-record.ts'
import { noSuchDocument, notPossibleNow } from './faults.ts'
import type { Link, Links } from './ports.ts'
import { Refusal } from './receipt.ts'
import { documentFor } from './sides.ts'
import { recordAllOrRefuse } from './submit-signature.ts'

export interface MakeSigningLinkDeps extends Pick<
  ExchangeDeps,
  'clock' | 'ids' | 'unitOfWork' | 'documents'
> {
  links: Links
  /** Where links lead: the gateway's public address, without a slash at the end. */
  publicUrl(): string
}

export interface SigningLinkRequest {
  caller: Pick<Caller, 'companyId' | 'connectionName'>
  /** One document or one package, by our ids or the GUIDs of the sender's base; all wait for its signature. */
  documentIds: readonly string[]
  /** Whom the link is for: an e-mail address, up to 254 characters. */
  sentTo: string
  /** How long it opens, default 7 days, at most 30. */
  keepsMs?: number
  /** Write to the address, and go on trying. The link that is returned opens all the same. */
  mail?: boolean
  /** Who asks, for the person behind the link; the connection's name where nobody is named. */
  askedBy?: string
  /** By when it is to be signed. */
  signBy?: LocalDate
  note?: string
}

export interface SigningLink {
  link: string
  expiresAt: Date
  /** Whether a mail is on its way. */
  mailed: boolean
}

/** For documents of the caller's that wait for their signature: a page where a person signs them in the browser. */
export type MakeSigningLink = (request: SigningLinkRequest) => Promise<SigningLink>

const dayMs = 86_400_000

/** As many as one window of NCALayer can be asked to sign, and a person to read. */
export const largestPackage = 50
/** All of them are handed to NCALayer at once, in base64. */
const largestPackageBytes = 32 * 1024 * 1024
/** So many links a day a company may ask for; a stranger's mailbox must not be filled through us. */
const dailyLimits = { document: 10, all: 1_000 }
const longestText = { askedBy: 200, note: 500 }

export const makeSigningLink =
  (deps: MakeSigningLinkDeps): MakeSigningLink =>
  async (request) => {
    const { caller, sentTo, keepsMs = 7 * dayMs, mail = false, signBy, note } = request
    const now = deps.clock.now()
    const records = await recordsOf(deps, request)
    if (!/^[^\s@]{1,64}@[^\s@]{1,189}$/.test(sentTo)) throw new Refusal('invalid', [badAddress()])
    if (!(keepsMs > 0 && keepsMs <= 30 * dayMs)) throw new Refusal('invalid', [badTerm()])
    if (signBy !== undefined && !(isLocalDate(signBy) && signBy >= almatyDate(now)))
      throw new Refusal('invalid', [badSignBy()])
    const askedBy = request.askedBy ?? caller.connectionName
    for (const [path, text] of Object.entries({ askedBy, note }))
      if ((text ?? '').length > longestText[path as keyof typeof longestText])
        throw new Refusal('invalid', [textTooLong(path)])
    const since = new Date(now.getTime() - dayMs)
    const made = await deps.links.asked(caller.companyId, records[0]!.id, since)
    if (made.document >= dailyLimits.document || made.all >= dailyLimits.all)
      throw new Refusal('too-many', [tooManyLinks()], { retryAfterMs: 3_600_000 })

    const link: Link = {
      documentIds: records.map(({ id }) => id),
      purpose: 'sign',
      expiresAt: new Date(now.getTime() + keepsMs),
      sentTo,
      askedBy,
      signBy,
      note,
    }
    const asker = { companyId: caller.companyId, at: now }
    const changes = records.map((record, place) => ({
      documentId: record.id,
      revision: record.revision,
      events: [
        eventFor(record, 'sender', 'signature.requested', now, {
          by: mail ? 'mail' : 'link',
          documents: records.length,
          until: link.expiresAt.toISOString(),
        }),
      ],
      // One letter for the whole package, under its first document.
      tasks: mail && place === 0 ? [inviteTask(deps.ids.next(), deps.ids.next(), link, now)] : [],
    }))
    let token = ''
    await recordAllOrRefuse(deps, changes, 'MakeSigningLink', records[0]!, async (tx) => {
      token = (await deps.links.make(tx, link, asker)).token
    })
    return { link: `${deps.publicUrl()}/sign/${token}`, expiresAt: link.expiresAt, mailed: mail }
  }

/** The letter needs a link of its own: of the one that was handed out only the hash is kept. */
const inviteTask = (id: string, request: string, link: Link, now: Date) => ({
  id,
  kind: 'invite' as const,
  documentId: link.documentIds[0]!,
  subject: request,
  dueAt: now,
  details: { ...link, expiresAt: link.expiresAt.toISOString() },
})

const recordsOf = async (
  deps: Pick<ExchangeDeps, 'documents'>,
  { caller, documentIds }: SigningLinkRequest,
): Promise<DocumentRecord[]> => {
  const asked = [...new Set(documentIds)]
  if (asked.length === 0 || asked.length > largestPackage) throw new Refusal('invalid', [badPackage()])
  const records = new Map<string, DocumentRecord>()
  for (const id of asked) {
    const { record, side } = await documentFor(deps, caller, id)
    if (side !== 'sender') throw new Refusal('not-found', [noSuchDocument()], { documentId: id })
    if (record.senderState !== 'awaiting_signature')
      throw new Refusal(
        'conflict',
        [notPossibleNow('MakeSigningLink', record.senderState, record.recipientState)],
        { documentId: record.id },
      )
    records.set(record.id, record)
  }
  const all = [...records.values()]
  if (all.reduce((sum, { size }) => sum + size, 0) > largestPackageBytes)
    throw new Refusal('invalid', [badPackage()])
  return all
}

const badAddress = (): Fault =>
  fault('LINK-01', 'sentTo', {
    ru: 'Укажите адрес электронной почты того, кто будет подписывать.',
    kk: 'Қол қоятын адамның электрондық пошта мекенжайын көрсетіңіз.',
    en: 'Give the e-mail address of the person who will sign.',
  })

const badTerm = (): Fault =>
  fault('LINK-02', 'keepsMs', {
    ru: 'Ссылка действует не дольше 30 дней. Укажите меньший срок.',
    kk: 'Сілтеме 30 күннен артық жарамды бола алмайды. Қысқарақ мерзім көрсетіңіз.',
    en: 'A link works for at most 30 days. Give a shorter term.',
  })

const badPackage = (): Fault =>
  fault('LINK-04', 'documentIds', {
    ru: `В пакете от 1 до ${largestPackage} документов, вместе не больше 32 МБ. Разделите пакет.`,
    kk: `Пакетте 1-ден ${largestPackage}-ге дейін құжат, барлығы 32 МБ-тан аспайды. Пакетті бөліңіз.`,
    en: `A package has 1 to ${largestPackage} documents, at most 32 MB together. Divide it.`,
  })

const tooManyLinks = (): Fault =>
  fault('LINK-05', '', {
    ru: `Слишком много ссылок на подпись за сутки: на один документ не больше ${dailyLimits.document}, на организацию не больше ${dailyLimits.all}. Прежние ссылки продолжают действовать.`,
    kk: `Тәулігіне қол қою сілтемелері тым көп: бір құжатқа ${dailyLimits.document}-нан, ұйымға ${dailyLimits.all}-нан аспайды. Бұрынғы сілтемелер жарамды.`,
    en: `Too many signing links within a day: at most ${dailyLimits.document} for a document and ${dailyLimits.all} for a company. The earlier ones go on working.`,
  })

const badSignBy = (): Fault =>
  fault('LINK-06', 'signBy', {
    ru: 'Срок подписания — дата ГГГГ-ММ-ДД не раньше сегодняшней.',
    kk: 'Қол қою мерзімі — бүгіннен ерте емес ЖЖЖЖ-АА-КК күні.',
    en: 'The day to sign by is a date YYYY-MM-DD, not before today.',
  })

const textTooLong = (path: string): Fault =>
  fault('LINK-07', path, {
    ru: 'Слишком длинный текст: кто просит — до 200 знаков, пояснение — до 500.',
    kk: 'Мәтін тым ұзын: кім сұрайды — 200 таңбаға дейін, түсініктеме — 500-ге дейін.',
    en: 'Too long: who asks has up to 200 characters, the note up to 500.',
  })
