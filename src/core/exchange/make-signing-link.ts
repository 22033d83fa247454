import type { Caller } from '../company/index.ts'
import { fault, type Fault } from '../kernel/index.ts'
import type { ExchangeDeps } from './deps.ts'
import { noSuchDocument, notPossibleNow } from './faults.ts'
import type { Links } from './ports.ts'
import { Refusal } from './receipt.ts'
import { documentFor } from './sides.ts'

export interface MakeSigningLinkDeps extends Pick<ExchangeDeps, 'clock' | 'unitOfWork' | 'documents'> {
  links: Links
  /** Where links lead: the gateway's public address, without a slash at the end. */
  publicUrl(): string
}

/** For a document of the caller's that waits for its signature: a page where a person signs it in the browser. */
export type MakeSigningLink = (request: {
  caller: Caller
  documentId: string
  /** Whom the link is for: an e-mail address, up to 254 characters. Kept with the link, not written to. */
  sentTo: string
  /** How long it opens, default 7 days, at most 30. */
  keepsMs?: number
}) => Promise<{ link: string; expiresAt: Date }>

const dayMs = 86_400_000

export const makeSigningLink =
  (deps: MakeSigningLinkDeps): MakeSigningLink =>
  async ({ caller, documentId, sentTo, keepsMs = 7 * dayMs }) => {
    const { record, side } = await documentFor(deps, caller, documentId)
    if (side !== 'sender') throw new Refusal('not-found', [noSuchDocument()])
    if (!/^[^\s@]{1,64}@[^\s@]{1,189}$/.test(sentTo)) throw new Refusal('invalid', [badAddress()])
    if (!(keepsMs > 0 && keepsMs <= 30 * dayMs)) throw new Refusal('invalid', [badTerm()])
    if (record.senderState !== 'awaiting_signature')
      throw new Refusal('conflict', [
        notPossibleNow('MakeSigningLink', record.senderState, record.recipientState),
      ])
    const expiresAt = new Date(deps.clock.now().getTime() + keepsMs)
    const { token } = await deps.unitOfWork.run((tx) =>
      deps.links.make(tx, { documentId: record.id, purpose: 'sign', expiresAt, sentTo }),
    )
    return { link: `${deps.publicUrl()}/sign/${token}`, expiresAt }
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
