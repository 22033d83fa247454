import {
  dayText,
  kindTitles,
  numberText,
  senderOf,
  recipientOf,
  sizeText,
} from '../../core/document/index.ts'
import type {
  DocumentRecord,
  Link,
  LinkVisit,
  OpenAttachment,
  SignatureRecord,
} from '../../core/exchange/index.ts'
import type { Language, Words } from '../../core/kernel/index.ts'
import type { SignerReport, Verdict } from '../../core/signature/index.ts'
import { documentView } from './document-view.ts'
import { html, jsonForScript } from './html.ts'
import type { Html } from './html.ts'
import { layout } from './layout.ts'
import { pageWords, roleWords, scriptWords, verdictWords } from './words.ts'

export interface VisitPageOptions {
  language: Language
  /** Where this page is: `/d/<token>`. */
  path: string
  /** Proves that a form came from this page. */
  formToken: string
  /** Where the script finds NCALayer: `wss://127.0.0.1:13579/`. */
  ncalayerUrl: string
  /** Whether the visual form can be had as a PDF. */
  hasPrint: boolean
  /** Why the last action changed nothing. */
  problems?: readonly string[]
}

/** One document behind its link: what it is, what it says, who signed, and what the visitor may answer. */
export const visitPage = (visit: LinkVisit, options: VisitPageOptions): string => {
  const { language, problems = [] } = options
  const { record } = visit
  const say = (words: Words): string => words[language]
  const title = titleOf(record, language)
  const ownTurn = visit.turn !== 'nothing'
  return layout({
    language,
    title,
    withScript: true,
    body: html`<main${ownTurn && html` class="with-answer"`}>
        <section class="summary">
          ${visit.of > 1 && html`<p class="quiet"><a href="${packagePath(options.path)}?lang=${language}" rel="noreferrer nofollow">${say(pageWords.packageBack)}</a> · ${say(pageWords.documentOf)} ${visit.place}/${visit.of}</p>`}
          <h1><bdi>${title}</bdi></h1>
          ${stateView(visit, language)}
          ${
            problems.length > 0 &&
            html`<div class="problems" role="alert">
              <p><strong>${say(pageWords.problems)}</strong></p>
              <ul>
                ${problems.map((text) => html`<li>${text}</li>`)}
              </ul>
            </div>`
          }
          <dl class="facts">
            ${fact(say(pageWords.from), partyText(record.senderName, taxIdOf(visit, 'sender'), language))}
            ${fact(say(pageWords.to), partyText(record.recipientName, taxIdOf(visit, 'recipient'), language))}
            ${record.total !== undefined && fact(say(pageWords.total), html`${numberText(record.total, language)}&nbsp;${record.currency}`)}
            ${askedFacts(visit.link, language)}
          </dl>
          ${downloadsView(visit, options)}
          ${ownTurn && html`<p class="jump"><a href="#answer">${say(pageWords.skip)}</a></p>`}
        </section>
        <div class="reading">
          ${documentView(visit.document, { language, digest: record.digest })}
          ${signaturesView(visit.signatures, options)}
        </div>
        ${ownTurn && answerView(visit, options)}
      </main>
      ${jsonForScript('page-documents', [
        {
          title,
          document: `${options.path}/document.xml`,
          action: actionOf(options, visit.turn === 'sign' ? 'sign' : 'accept'),
        },
      ])}
      ${jsonForScript('page-words', Object.fromEntries(Object.entries(scriptWords).map(([key, words]) => [key, say(words)])))}`,
  })
}

/** `/sign/<token>` of `/sign/<token>/documents/3`. */
const packagePath = (path: string): string => path.replace(/\/documents\/\d+$/, '')

/** Who asks, by when, and how long the link opens. */
export const askedFacts = ({ askedBy, signBy, note, expiresAt }: Link, language: Language): Html =>
  html`${askedBy !== undefined && fact(pageWords.askedBy[language], html`<bdi>${askedBy}</bdi>`)}
  ${signBy !== undefined && fact(pageWords.signBy[language], html`<strong>${dayText(signBy, language)}</strong>`)}
  ${note !== undefined && fact(pageWords.note[language], html`<bdi>${note}</bdi>`)}
  ${fact(pageWords.until[language], momentText(expiresAt, language))}`

/** `Акт выполненных работ № 16 от 31.03.2026`. */
export const titleOf = ({ kind, number, date }: DocumentRecord, language: Language): string => {
  const name = kindTitles[kind][language]
  const day = dayText(date, language)
  if (number === '') return `${name}, ${day}`
  if (language === 'en') return `${name} No. ${number} of ${day}`
  return language === 'ru' ? `${name} №\u00a0${number} от ${day}` : `${name} №\u00a0${number}, ${day}`
}

export const fact = (label: string, text: string | Html): Html =>
  html`<div>
    <dt>${label}</dt>
    <dd>${text}</dd>
  </div>`

export const partyText = (name: string, taxId: string | undefined, language: Language): Html =>
  html`<bdi>${name}</bdi>${
      taxId !== undefined &&
      taxId !== '' &&
      html`<br /><span class="quiet">${pageWords.taxId[language]} ${taxId}</span>`
    }`

const taxIdOf = ({ document }: LinkVisit, side: 'sender' | 'recipient'): string | undefined =>
  (side === 'sender' ? senderOf(document) : recipientOf(document)).taxId

const almaty = new Intl.DateTimeFormat('ru-RU', {
  timeZone: 'Asia/Almaty',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})

/** A moment on the clock of Kazakhstan, which the reader need not guess. */
const momentText = (moment: Date, language: Language): string => {
  const parts = Object.fromEntries(almaty.formatToParts(moment).map(({ type, value }) => [type, value]))
  const day = dayText(`${parts['year']}-${parts['month']}-${parts['day']}`, language)
  return `${day} ${parts['hour']}:${parts['minute']} (UTC+5)`
}

const stateView = (visit: LinkVisit, language: Language): Html => {
  const { record } = visit
  const { words, tone } = stateOf(visit)
  const reason = tone === 'good' ? undefined : record.reason
  return html`<div class="state ${tone}" id="state" tabindex="-1" role="status">
    <p>${words[language]}</p>
    ${reason !== undefined && html`<p class="quiet">${pageWords.reason[language]}: <bdi>${reason}</bdi></p>`}
  </div>`
}

export const stateOf = ({
  record,
  purpose,
  turn,
}: Pick<LinkVisit, 'record' | 'purpose' | 'turn'>): { words: Words; tone: 'asks' | 'good' | 'bad' } => {
  if (turn === 'answer') return { words: pageWords.stateAnswer, tone: 'asks' }
  if (turn === 'answer-annulment') return { words: pageWords.stateAnnulment, tone: 'asks' }
  if (turn === 'sign')
    return {
      words: record.reason === undefined ? pageWords.stateAwaitsSignature : pageWords.declined,
      tone: 'asks',
    }
  if (record.senderState === 'annulled') return { words: pageWords.stateAnnulled, tone: 'bad' }
  if (record.senderState === 'refused') return { words: pageWords.stateRefused, tone: 'bad' }
  if (purpose === 'sign') {
    if (record.senderState === 'signing') return { words: pageWords.stateSigning, tone: 'asks' }
    if (record.senderState === 'failed') return { words: pageWords.stateFailed, tone: 'bad' }
    return { words: pageWords.stateSigned, tone: 'good' }
  }
  return record.recipientState === 'accepted'
    ? { words: pageWords.stateAccepted, tone: 'good' }
    : { words: pageWords.stateNoAnswer, tone: 'good' }
}

const verdictTone: Readonly<Record<Verdict, string>> = {
  VALID: 'good',
  INVALID: 'bad',
  INDETERMINATE: 'asks',
}

const signaturesView = (signatures: readonly SignatureRecord[], { language, path }: VisitPageOptions): Html =>
  html`<section aria-labelledby="signatures-title">
    <h2 id="signatures-title">${pageWords.signatures[language]}</h2>
    ${signatures.length === 0 && html`<p>${pageWords.noSignatures[language]}</p>`}
    ${signatures.map((signature, index) => {
      // Kept as JSON: instants are texts there.
      const signer = signature.signer as Partial<Omit<SignerReport, 'trustedTime'>> & {
        trustedTime?: string | Date
      }
      const stamped = signer.trustedTimeSource === 'time-stamp' && signer.trustedTime !== undefined
      return html`<article class="signature">
        <h3>${pageWords[signature.side][language]}</h3>
        <p class="verdict ${verdictTone[signature.verdict]}">${verdictWords[signature.verdict][language]}</p>
        <dl>
          ${signer.commonName !== undefined && fact(pageWords.signedBy[language], html`<bdi>${signer.commonName}</bdi>`)}
          ${signer.organization !== undefined && fact(pageWords.organization[language], html`<bdi>${signer.organization}</bdi>`)}
          ${signer.bin !== undefined && fact(pageWords.bin[language], signer.bin)}
          ${signer.iin !== undefined && fact(pageWords.iin[language], maskedIin(signer.iin))}
          ${signer.roles !== undefined && signer.roles.length > 0 && fact(pageWords.role[language], signer.roles.map((role) => roleWords[role][language]).join(', '))}
          ${stamped && fact(pageWords.provenTime[language], momentText(new Date(signer.trustedTime ?? 0), language))}
          ${fact(pageWords.checkedAt[language], momentText(signature.signedAt, language))}
        </dl>
        <p>
          <a href="${path}/signatures/${index + 1}" download rel="noreferrer nofollow"
            >${pageWords.signatureFile[language]}</a
          >
        </p>
      </article>`
    })}
  </section>`

/** A person's number is his own: the day of birth in it is hidden from whoever holds the link. */
const maskedIin = (iin: string): string => `••••••••${iin.slice(-4)}`

const downloadsView = (visit: LinkVisit, { language, path, hasPrint }: VisitPageOptions): Html => {
  const file = attachedFile(visit)
  return html`<h2 class="small">${pageWords.downloads[language]}</h2>
    <ul class="plain">
      ${
        file !== undefined &&
        html`<li>
          <a href="${path}/file" download rel="noreferrer nofollow"
            >${pageWords.downloadFile[language]}: <bdi>${file.fileName}</bdi></a
          >
          <span class="quiet">${sizeText(file.size, language)}</span>
        </li>`
      }
      ${
        hasPrint &&
        html`<li>
          <a href="${path}/document.pdf?lang=${language}" download rel="noreferrer nofollow"
            >${pageWords.downloadPdf[language]}</a
          >
        </li>`
      }
      <li>
        <a href="${path}/document.xml" download rel="noreferrer nofollow"
          >${pageWords.downloadXml[language]}</a
        >
        <span class="quiet">${sizeText(visit.bytes.length, language)}</span>
      </li>
    </ul>`
}

/** The file of a contract or a free file: inside the document, or sent in parts and named by it. */
export const attachedFile = ({
  document,
  attachment,
}: LinkVisit): { fileName: string; size: number; content: Uint8Array | OpenAttachment } | undefined => {
  if (document.kind !== 'contract' && document.kind !== 'file') return undefined
  const { fileName } = document
  if (attachment !== undefined) return { fileName, size: attachment.size, content: attachment }
  const content = Buffer.from(document.content ?? '', 'base64')
  return { fileName, size: content.byteLength, content }
}

const answerView = (visit: LinkVisit, options: VisitPageOptions): Html => {
  const { language } = options
  const say = (words: Words): string => words[language]
  const { record, turn } = visit
  const signs = turn === 'sign'
  const taxId = signs ? record.senderTaxId : record.recipientTaxId
  const name = signs ? record.senderName : record.recipientName
  return html`<section class="panel answer" id="answer" aria-labelledby="answer-title">
    <h2 id="answer-title">${say(signs ? pageWords.signTitle : pageWords.answerTitle)}</h2>
    ${
      turn === 'answer-annulment'
        ? html`<form method="post" action="${actionOf(options, 'accept')}" data-answer>
            <h3>${say(pageWords.agreeTitle)}</h3>
            <button type="submit">${say(pageWords.agreeButton)}</button>
          </form>`
        : html`<p>
              ${say(pageWords.whoSigns)}: <strong><bdi>${name}</bdi></strong
              >, <span class="nowrap">${say(pageWords.taxId)} ${taxId}</span>
            </p>
            <div
              id="ncalayer"
              data-url="${options.ncalayerUrl}"
              data-tax-id="${taxId}"
              data-language="${language}"
              hidden
            >
              ${!signs && html`<h3>${say(pageWords.acceptTitle)}</h3>`}
              <p class="quiet">${say(pageWords.ncalayerNote)}</p>
              <button type="button" class="primary" id="ncalayer-sign">
                ${say(pageWords.ncalayerButton)}
              </button>
              <button type="button" id="ncalayer-cancel" hidden>${say(pageWords.cancel)}</button>
            </div>
            <noscript><p class="quiet">${say(pageWords.needsScript)}</p></noscript>
            <div id="progress" class="progress" role="status" aria-live="polite"></div>
            <details>
              <summary>${say(pageWords.manualTitle)}</summary>
              <form method="post" action="${actionOf(options, signs ? 'sign' : 'accept')}" data-answer>
                <p>${say(pageWords.manualSteps)}</p>
                <label class="needs-script" for="signature-file" hidden>${say(pageWords.manualFile)}</label>
                <input
                  class="needs-script"
                  type="file"
                  id="signature-file"
                  accept=".cms,.p7s,.sig,.p7b,.pem,.txt"
                  hidden
                />
                <label for="signature-text">${say(pageWords.manualText)}</label>
                <textarea
                  id="signature-text"
                  name="signature"
                  rows="4"
                  autocomplete="off"
                  autocapitalize="off"
                  spellcheck="false"
                ></textarea>
                <button type="submit">${say(pageWords.manualButton)}</button>
              </form>
            </details>`
    }
    ${refuseView(visit, options)}
  </section>`
}

export const refuseView = (
  { turn }: Pick<LinkVisit, 'turn'>,
  options: Pick<VisitPageOptions, 'path' | 'formToken' | 'language'>,
): Html => {
  const { language } = options
  const [title, reason, button] = refuseWords(turn)
  return html`<form method="post" action="${actionOf(options, 'refuse')}" class="refuse" data-answer>
    <h3>${title[language]}</h3>
    <label for="reason">${reason[language]}</label>
    <textarea id="reason" name="reason" rows="3" maxlength="1000" required></textarea>
    <button type="submit" class="danger">${button[language]}</button>
    ${turn === 'answer-annulment' && html`<div id="progress" class="progress" role="status" aria-live="polite"></div>`}
  </form>`
}

const refuseWords = (turn: LinkVisit['turn']): [Words, Words, Words] => {
  if (turn === 'answer-annulment')
    return [pageWords.declineTitle, pageWords.declineReason, pageWords.declineButton]
  return turn === 'sign'
    ? [pageWords.declineSignTitle, pageWords.declineSignReason, pageWords.declineSignButton]
    : [pageWords.refuseTitle, pageWords.refuseReason, pageWords.refuseButton]
}

export const actionOf = (
  { path, formToken, language }: Pick<VisitPageOptions, 'path' | 'formToken' | 'language'>,
  action: string,
): string => `${path}/${action}?form=${formToken}&lang=${language}`
