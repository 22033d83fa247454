import { numberText } from '../../core/document/index.ts'
import type { LinkPackage } from '../../core/exchange/index.ts'
import type { Words } from '../../core/kernel/index.ts'
import { html, jsonForScript } from './html.ts'
import type { Html } from './html.ts'
import { layout } from './layout.ts'
import {
  actionOf,
  askedFacts,
  fact,
  partyText,
  refuseView,
  stateOf,
  titleOf,
  type VisitPageOptions,
} from './visit-page.ts'
import { pageWords, scriptWords } from './words.ts'

type PackagePageOptions = Omit<VisitPageOptions, 'hasPrint'>

/** Several documents behind one link: what waits, who asks and by when, and one button for all of them. */
export const packagePage = ({ link, documents }: LinkPackage, options: PackagePageOptions): string => {
  const { language, path, problems = [] } = options
  const say = (words: Words): string => words[language]
  const [first] = documents
  if (first === undefined) throw new Error('a package of no documents')
  const { senderName, senderTaxId } = first.record
  const waiting = documents.filter(({ turn }) => turn === 'sign')
  const title = `${say(pageWords.packageTitle)}: ${documents.length}`
  return layout({
    language,
    title,
    withScript: true,
    body: html`<main${waiting.length > 0 && html` class="with-answer"`}>
        <section class="summary">
          <h1>${title}</h1>
          <div class="state ${waiting.length > 0 ? 'asks' : 'good'}" id="state" tabindex="-1" role="status">
            <p>
              ${waiting.length > 0 ? `${say(pageWords.packageState)} ${waiting.length}` : say(pageWords.packageDone)}
            </p>
          </div>
          ${
            problems.length > 0 &&
            html`<div class="problems" role="alert">
              <p><strong>${say(pageWords.problems)}</strong></p>
              ${problems.map((problem) => html`<p>${problem}</p>`)}
            </div>`
          }
          <dl class="facts">
            ${fact(say(pageWords.whoSigns), partyText(senderName, senderTaxId, language))}
            ${askedFacts(link, language)}
          </dl>
          <h2 class="small">${say(pageWords.packageList)}</h2>
          <ol class="package">
            ${documents.map((one) => row(one, options))}
          </ol>
        </section>
        ${
          waiting.length > 0 &&
          html`<section class="panel answer" id="answer" aria-labelledby="answer-title">
            <h2 id="answer-title">${say(pageWords.signTitle)}</h2>
            <p>
              ${say(pageWords.whoSigns)}: <strong><bdi>${senderName}</bdi></strong
              >, <span class="nowrap">${say(pageWords.taxId)} ${senderTaxId}</span>
            </p>
            <div
              id="ncalayer"
              data-url="${options.ncalayerUrl}"
              data-tax-id="${senderTaxId}"
              data-language="${language}"
              hidden
            >
              <p class="quiet">${say(pageWords.packageRead)}</p>
              <button type="button" class="primary" id="ncalayer-sign">
                ${say(pageWords.packageButton)} (${waiting.length})
              </button>
              <button type="button" id="ncalayer-cancel" hidden>${say(pageWords.cancel)}</button>
            </div>
            <noscript><p class="quiet">${say(pageWords.packageNeedsScript)}</p></noscript>
            <div id="progress" class="progress" role="status" aria-live="polite"></div>
            ${refuseView({ turn: 'sign' }, options)}
          </section>`
        }
      </main>
      ${jsonForScript(
        'page-documents',
        waiting.map(({ place, record }) => ({
          row: `document-${place}`,
          title: titleOf(record, language),
          document: `${path}/documents/${place}/document.xml`,
          action: actionOf({ ...options, path: `${path}/documents/${place}` }, 'sign'),
        })),
      )}
      ${jsonForScript('page-words', Object.fromEntries(Object.entries(scriptWords).map(([key, words]) => [key, say(words)])))}`,
  })
}

const row = (
  { place, record, turn }: LinkPackage['documents'][number],
  { language, path }: PackagePageOptions,
): Html => {
  const { words, tone } = stateOf({ record, turn, purpose: 'sign' })
  return html`<li id="document-${place}" class="document-row">
    <p>
      <a href="${path}/documents/${place}?lang=${language}" rel="noreferrer nofollow"
        ><bdi>${titleOf(record, language)}</bdi></a
      >
    </p>
    <p class="quiet">
      ${pageWords.to[language]}: <bdi>${record.recipientName}</bdi>${
        record.total !== undefined &&
        html` · <span class="nowrap">${numberText(record.total, language)}&nbsp;${record.currency}</span>`
      }
    </p>
    <p class="row-state verdict ${tone}">${words[language]}</p>
  </li>`
}
