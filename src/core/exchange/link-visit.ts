import type { Document, DocumentKind } from '../document/index.ts'
import type { Result } from '../kernel/index.ts'
import { answerChange } from './answer.ts'
import type { ExchangeDeps } from './deps.ts'
import type { DocumentRecord, SignatureRecord } from './document-record.ts'
import { notPossibleNow } from './faults.ts'
import type { DocumentChange, Links } from './ports.ts'
import { markViewed } from './read.ts'
import { Refusal } from './receipt.ts'
import { needsAnswer } from './states.ts'
import { recordOrRefuse, submittedChange } from './submit-signature.ts'

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
  /** Until when the link opens. */
  expiresAt: Date
  /** The exact bytes: what is downloaded, and what is signed. */
  bytes: Uint8Array
  signatures: SignatureRecord[]
  turn: VisitorsTurn
}

/** One document as the person behind its link sees it. */
export interface LinkVisit extends LinkGlimpse {
  document: Document
}

/** What became of an action. `already`: the document had come to the same end before, nothing was changed. */
export interface VisitOutcome {
  outcome: 'recorded' | 'already'
  visit: LinkGlimpse
}

export interface LinkVisitDeps extends Pick<
  ExchangeDeps,
  'clock' | 'ids' | 'unitOfWork' | 'documents' | 'verifier' | 'proving'
> {
  links: Links
  /** Reads the exact bytes back into the document. */
  readDocument(kind: DocumentKind, bytes: Uint8Array): Promise<Result<Document>>
}

/**
 * What a person can do with a one-document link. Each call resolves with undefined for a token that is
 * unknown, expired, made for the other purpose, or whose document is gone or not there yet: all alike.
 */
export interface LinkVisits {
  /** A recipient's first look is marked and told to the sender. */
  open(token: string, purpose: LinkPurpose): Promise<LinkVisit | undefined>
  /** Without reading the document and without leaving a mark: for downloads. */
  look(token: string, purpose: LinkPurpose): Promise<LinkGlimpse | undefined>
  /** Throws `Refusal` without a reason, or when there is nothing to refuse any more. */
  refuse(token: string, reason: string): Promise<VisitOutcome | undefined>
  /**
   * With a detached CMS over the exact bytes, which is checked against the recipient's tax id before anything
   * is changed; without one only an annulment can be agreed to. Throws `Refusal` with what is wrong with it.
   */
  accept(token: string, cms: Uint8Array | undefined): Promise<VisitOutcome | undefined>
  /** The sender's own signature, by the rules of `submitSignature`. */
  sign(token: string, cms: Uint8Array): Promise<VisitOutcome | undefined>
}

export const openLinkVisits = (deps: LinkVisitDeps): LinkVisits => {
  // A link proves that somebody reads an address, not that he is the company: no key kept here signs for him.
  const answerDeps = {
    ...deps,
    signers: { of: () => Promise.resolve(undefined), noteUse: () => Promise.resolve() },
  }

  const look = async (token: string, purpose: LinkPurpose): Promise<LinkGlimpse | undefined> => {
    if (!isLinkToken(token)) return undefined
    const link = await deps.links.byToken(token, deps.clock.now())
    if (link?.purpose !== purpose) return undefined
    const record = await deps.documents.byId(link.documentId)
    // Withdrawn between the mail and its delivery: it never was the recipient's.
    if (record === undefined || (purpose === 'receive' && record.recipientState === 'none')) return undefined
    const bytes = await deps.documents.bytes(record.digest)
    if (bytes === undefined) return undefined
    return {
      record,
      purpose,
      expiresAt: link.expiresAt,
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
  ): Promise<VisitOutcome | undefined> => {
    let visit = await look(token, purpose)
    for (let tries = 1; visit !== undefined; tries++) {
      const { record } = visit
      if (ends(record)) return { outcome: 'already', visit }
      // Before anything is verified: whoever comes too late wants to hear that, not what is wrong with his key.
      if (visit.turn === 'nothing')
        throw new Refusal('conflict', [notPossibleNow(what, record.senderState, record.recipientState)])
      try {
        await recordOrRefuse(deps, await change(record), what, record)
        return { outcome: 'recorded', visit: (await look(token, purpose)) ?? visit }
      } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 'conflict') throw error
        visit = await look(token, purpose)
        // Somebody only looked at it meanwhile, or answered it: decide again on what it is now.
        if (visit?.record.revision === record.revision || tries === 3) throw error
      }
    }
    return undefined
  }

  return {
    look,

    async open(token, purpose) {
      const glimpse = await look(token, purpose)
      if (glimpse === undefined) return undefined
      const { record, bytes } = glimpse
      const read = await deps.readDocument(record.kind, bytes)
      if (!read.ok) throw new Error(`the stored bytes of document ${record.id} cannot be read back`)
      const visit = { ...glimpse, document: read.value }
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

    async sign(token, cms) {
      return act(
        token,
        'sign',
        ({ senderState }) => !['awaiting_signature', 'failed', 'annulled'].includes(senderState),
        'SubmitSignature',
        (record) => submittedChange(deps, record, cms),
      )
    },
  }
}

/** 256 random bits as base64url. */
export const isLinkToken = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text)

const turnOf = (record: DocumentRecord, purpose: LinkPurpose): VisitorsTurn => {
  if (purpose === 'sign') return record.senderState === 'awaiting_signature' ? 'sign' : 'nothing'
  if (record.senderState === 'annulment_requested') return 'answer-annulment'
  return record.senderState === 'delivered' && needsAnswer(record.kind) ? 'answer' : 'nothing'
}
