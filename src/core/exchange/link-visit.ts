import type { Document, DocumentKind } from '../document/index.ts'
import type { Result } from '../kernel/index.ts'
import { answerChange } from './answer.ts'
import { openAttachment, type OpenAttachment } from './attachments.ts'
import { eventFor } from './change.ts'
import type { ExchangeDeps } from './deps.ts'
import type { DocumentRecord, NewEvent, SignatureRecord } from './document-record.ts'
import { badSignatureCode, longestReason, notPossibleNow, reasonMissing } from './faults.ts'
import { Outdated, type DocumentChange, type Link, type Links } from './ports.ts'
import { markViewed } from './read.ts'
import { Refusal } from './receipt.ts'
import { needsAnswer } from './states.ts'
import { recordAllOrRefuse, recordOrRefuse, submittedChange } from './submit-signature.ts'

export type LinkPurpose = 'receive' | 'sign'

/** What the person behind the link may still do. */
export type VisitorsTurn =
  /** Accept with a signature, or refuse with a reason. */
  | 'answer'
  /** Agree to the annulment the sender asks for, or decline with a reason. */
  | 'answer-annulment'
  /** Sign as the sender. */
  | 'sign'
  /** Read and download. */
  | 'nothing'

/** What is behind a link, unread. */
export interface LinkGlimpse {
  record: DocumentRecord
  purpose: LinkPurpose
  /** Which document of the link's package, from 1, and how many there are. */
  place: number
  of: number
  /** Who asks, by when, and for how long the link opens. */
  link: Link
  /** The exact bytes: what is downloaded, and what is signed. */
  bytes: Uint8Array
  signatures: SignatureRecord[]
  turn: VisitorsTurn
}

/** One document as the person behind its link sees it. */
export interface LinkVisit extends LinkGlimpse {
  document: Document
  /** The large file that the document names. */
  attachment?: OpenAttachment
}

/** What is behind a link for several documents: those that are still there, each at its place. */
export interface LinkPackage {
  link: Link
  documents: { place: number; record: DocumentRecord; turn: VisitorsTurn }[]
}

/** What became of an action. `already`: the document had come to the same end before, nothing was changed. */
export interface VisitOutcome {
  outcome: 'recorded' | 'already'
  visit: LinkGlimpse
}

export interface LinkVisitDeps extends Pick<
  ExchangeDeps,
  'clock' | 'ids' | 'unitOfWork' | 'documents' | 'attachments' | 'verifier' | 'proving' | 'refusalDenial'
> {
  links: Links
  /** Reads the exact bytes back into the document. */
  readDocument(kind: DocumentKind, bytes: Uint8Array): Promise<Result<Document>>
}

/**
 * What a person can do with a link. Each call resolves with undefined for a token that is unknown, expired, made for
 * the other purpose, or whose document is gone or not there yet: all alike. `place` is the document's in a package.
 */
export interface LinkVisits {
  /** A recipient's first look is marked and told to the sender. */
  open(token: string, purpose: LinkPurpose, place?: number): Promise<LinkVisit | undefined>
  /** Without reading the document and without leaving a mark: for downloads. */
  look(token: string, purpose: LinkPurpose, place?: number): Promise<LinkGlimpse | undefined>
  /** The list of a package; undefined for a link of one document too. */
  list(token: string, purpose: LinkPurpose): Promise<LinkPackage | undefined>
  /** Throws `Refusal` without a reason, or when there is nothing to refuse any more. */
  refuse(token: string, reason: string): Promise<VisitOutcome | undefined>
  /**
   * With a detached CMS over the exact bytes, which is checked against the recipient's tax id before anything
   * is changed; without one only an annulment can be agreed to. Throws `Refusal` with what is wrong with it.
   */
  accept(token: string, cms: Uint8Array | undefined): Promise<VisitOutcome | undefined>
  /**
   * The person who was asked to sign will not: told to the sender with the reason. The document goes on waiting, for
   * somebody else's signature or its withdrawal. Without a place for every document of the package that waits.
   * Throws `Refusal` without a reason, or when nothing waits any more.
   */
  decline(token: string, reason: string, place?: number): Promise<LinkPackage | undefined>
  /** The sender's own signature for one of the documents, by the rules of `submitSignature`. */
  sign(token: string, cms: Uint8Array, place?: number): Promise<VisitOutcome | undefined>
}

export const openLinkVisits = (deps: LinkVisitDeps): LinkVisits => {
  // A link proves that somebody reads an address, not that he is the company: no key kept here signs for him.
  const answerDeps = {
    ...deps,
    signers: { of: () => Promise.resolve(undefined), noteUse: () => Promise.resolve() },
  }

  const linkOf = async (token: string, purpose: LinkPurpose): Promise<Link | undefined> => {
    if (!isLinkToken(token)) return undefined
    const link = await deps.links.byToken(token, deps.clock.now())
    return link?.purpose === purpose ? link : undefined
  }

  const look = async (token: string, purpose: LinkPurpose, place = 1): Promise<LinkGlimpse | undefined> => {
    const link = await linkOf(token, purpose)
    const id = link?.documentIds[place - 1]
    if (link === undefined || id === undefined) return undefined
    const record = await deps.documents.byId(id)
    // Withdrawn between the mail and its delivery: it never was the recipient's.
    if (record === undefined || (purpose === 'receive' && record.recipientState === 'none')) return undefined
    const bytes = await deps.documents.bytes(record.digest)
    if (bytes === undefined) return undefined
    return {
      record,
      purpose,
      place,
      of: link.documentIds.length,
      link,
      bytes,
      signatures: await deps.documents.signatures(record.id),
      turn: turnOf(record, purpose),
    }
  }

  /**
   * Changes the document as the visitor asks. Two submissions of one form, and two people with one link, end
   * with one change: the second finds the end it wanted, or is told what the document has become.
   */
  const act = async (
    token: string,
    purpose: LinkPurpose,
    ends: (record: DocumentRecord) => boolean,
    what: string,
    change: (record: DocumentRecord) => Promise<DocumentChange>,
    place = 1,
  ): Promise<VisitOutcome | undefined> => {
    let visit = await look(token, purpose, place)
    for (let tries = 1; visit !== undefined; tries++) {
      const { record } = visit
      if (ends(record)) return { outcome: 'already', visit }
      // Before anything is verified: whoever comes too late wants to hear that, not what is wrong with his key.
      if (visit.turn === 'nothing')
        throw new Refusal('conflict', [notPossibleNow(what, record.senderState, record.recipientState)])
      try {
        await recordOrRefuse(deps, await change(record), what, record)
        return { outcome: 'recorded', visit: (await look(token, purpose, place)) ?? visit }
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        if (error.status === 'invalid') await noteRefused(deps, record, error)
        if (error.status !== 'conflict') throw error
        visit = await look(token, purpose, place)
        // Somebody only looked at it meanwhile, or answered it: decide again on what it is now.
        if (visit?.record.revision === record.revision || tries === 3) throw error
      }
    }
    return undefined
  }

  return {
    look,

    async list(token, purpose) {
      const link = await linkOf(token, purpose)
      if (link === undefined || link.documentIds.length === 1) return undefined
      const found = await deps.documents.byIds([...link.documentIds])
      const documents = link.documentIds.flatMap((id, index) => {
        const record = found.get(id)
        const there = record !== undefined && (purpose === 'sign' || record.recipientState !== 'none')
        return there ? [{ place: index + 1, record, turn: turnOf(record, purpose) }] : []
      })
      return documents.length === 0 ? undefined : { link, documents }
    },

    async open(token, purpose, place) {
      const glimpse = await look(token, purpose, place)
      if (glimpse === undefined) return undefined
      const { record, bytes } = glimpse
      const read = await deps.readDocument(record.kind, bytes)
      if (!read.ok) throw new Error(`the stored bytes of document ${record.id} cannot be read back`)
      const attachment = await openAttachment(deps, record.id, read.value)
      const visit = { ...glimpse, document: read.value, attachment }
      return purpose === 'sign' ? visit : { ...visit, record: await markViewed(deps, record) }
    },

    async refuse(token, reason) {
      return act(
        token,
        'receive',
        // A declined annulment leaves the document as it was before: there is no end to compare with.
        ({ recipientState }) => recipientState === 'refused',
        'AnswerDocument',
        (record) => answerChange(answerDeps, record, { answer: 'refuse', reason }, record.recipientTaxId),
      )
    },

    async accept(token, cms) {
      return act(
        token,
        'receive',
        ({ recipientState }) => recipientState === 'accepted' || recipientState === 'annulled',
        'AnswerDocument',
        (record) =>
          answerChange(answerDeps, record, { answer: 'accept', signature: cms }, record.recipientTaxId),
      )
    },

    async decline(token, reason, place) {
      const link = await linkOf(token, 'sign')
      const glimpse = await look(token, 'sign', place)
      if (link === undefined || glimpse === undefined) return undefined
      const said = reason.trim()
      if (said === '' || said.length > longestReason) throw new Refusal('invalid', [reasonMissing()])
      const ids = place === undefined ? link.documentIds : link.documentIds.slice(place - 1, place)
      const found = await deps.documents.byIds([...ids])
      const waiting = ids.flatMap((id, index) => {
        const record = found.get(id)
        return record?.senderState === 'awaiting_signature' ? [{ place: (place ?? 1) + index, record }] : []
      })
      const { senderState, recipientState } = glimpse.record
      if (waiting.length === 0)
        throw new Refusal('conflict', [notPossibleNow('SubmitSignature', senderState, recipientState)])
      const at = deps.clock.now()
      const changes = waiting.map(({ record }) => ({
        documentId: record.id,
        revision: record.revision,
        reason: said,
        events: [eventFor(record, 'sender', 'signature.declined', at, { reason: said })],
      }))
      await recordAllOrRefuse(deps, changes, 'SubmitSignature', glimpse.record)
      return { link, documents: waiting.map((one) => ({ ...one, turn: 'sign' as const })) }
    },

    async sign(token, cms, place) {
      return act(
        token,
        'sign',
        ({ senderState }) => !['awaiting_signature', 'failed', 'annulled'].includes(senderState),
        'SubmitSignature',
        (record) => submittedChange(deps, record, cms),
        place,
      )
    },
  }
}

/** Enough for a person who looks for his key; whoever goes on only fills the trail. */
const mostNoted = 20

/** A signature that was not good leaves a line in the trail: what was wrong, not the signature. */
const noteRefused = async (
  deps: Pick<LinkVisitDeps, 'documents' | 'unitOfWork' | 'clock'>,
  record: DocumentRecord,
  { faults }: Refusal,
): Promise<void> => {
  const codes = [...new Set(faults.map(({ code }) => code))]
  if (!codes.includes(badSignatureCode)) return
  const events = await deps.documents.events(record.id)
  if (events.filter(({ name }) => name === 'signature.refused').length >= mostNoted) return
  const line: NewEvent = {
    documentId: record.id,
    name: 'signature.refused',
    at: deps.clock.now(),
    details: { by: 'link', why: faults.map(({ message }) => message.en).slice(0, 5) },
  }
  try {
    const { id: documentId, revision } = record
    await deps.unitOfWork.run((tx) => deps.documents.record(tx, { documentId, revision, events: [line] }))
  } catch (error) {
    // Somebody changed the document meanwhile: what the person is told matters more than the line.
    if (!(error instanceof Outdated)) throw error
  }
}

/** 256 random bits as base64url. */
export const isLinkToken = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text)

const turnOf = (record: DocumentRecord, purpose: LinkPurpose): VisitorsTurn => {
  if (purpose === 'sign') return record.senderState === 'awaiting_signature' ? 'sign' : 'nothing'
  if (record.senderState === 'annulment_requested') return 'answer-annulment'
  return record.senderState === 'delivered' && needsAnswer(record.kind) ? 'answer' : 'nothing'
}
