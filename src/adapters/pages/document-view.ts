import { presentDocument } from '../../core/document/index.ts'
import type { Document, Presented, PresentedTable } from '../../core/document/index.ts'
import type { Language } from '../../core/kernel/index.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { pageWords } from './words.ts'

/** Rows of one table on the page. An act may have ten thousand: a phone cannot show them, the file has them. */
const rowsShown = 500

/** The document as a person reads it. */
export const documentView = (
  document: Document,
  { language, digest }: { language: Language; digest: string },
): Html => {
  const presented = presentDocument(document, language, { maxRows: rowsShown })
  return html`<section class="document" aria-labelledby="document-title">
    <h2 id="document-title">${pageWords.document[language]}</h2>
    ${itemsView(presented.items, language, 3)}
    <details>
      <summary>${pageWords.technical[language]}</summary>
      <dl>
        ${presented.technical.map(({ label, text }) => pair(label, text))}
        ${pair(pageWords.digest[language], digest)}
      </dl>
    </details>
    <p class="note">${pageWords.documentNote[language]}</p>
  </section>`
}

const pair = (label: string, text: string): Html =>
  html`<div>
    <dt>${label}</dt>
    <dd>${text}</dd>
  </div>`

/** Values that follow each other share one list; parts beside each other share a row where there is room. */
const itemsView = (items: readonly Presented[], language: Language, level: 3 | 4 | 5): Html => {
  const blocks: Html[] = []
  let run: { is: Presented['is']; views: Html[] } = { is: 'value', views: [] }
  const flush = (): void => {
    const { is, views } = run
    if (views.length === 0) return
    if (is === 'value') blocks.push(html`<dl>${views}</dl>`)
    else if (is === 'part' && level === 3) blocks.push(html`<div class="parts">${views}</div>`)
    else blocks.push(...views)
  }
  for (const item of items) {
    if (item.is !== run.is) {
      flush()
      run = { is: item.is, views: [] }
    }
    run.views.push(itemView(item, language, level))
  }
  flush()
  return html`${blocks}`
}

const itemView = (item: Presented, language: Language, level: 3 | 4 | 5): Html => {
  switch (item.is) {
    case 'value':
      return pair(item.label, item.text)
    case 'table':
      return tableView(item, language)
    case 'part':
      return html`<section class="part">
        ${heading(level, item.label)}${itemsView(item.items, language, level === 3 ? 4 : 5)}
      </section>`
  }
}

const heading = (level: 3 | 4 | 5, text: string): Html =>
  level === 3 ? html`<h3>${text}</h3>` : level === 4 ? html`<h4>${text}</h4>` : html`<h5>${text}</h5>`

const cellClass = (text: string, column: PresentedTable['columns'][number] | undefined): string =>
  [column?.isNumber === true && 'number', text === '' && 'empty'].filter(Boolean).join(' ')

/**
 * On a narrow screen the style turns rows into cards with the column's name before each value; the roles keep
 * it a table for a screen reader there.
 */
const tableView = ({ label, columns, rows, rowCount }: PresentedTable, language: Language): Html =>
  html`<div class="table" role="region" aria-label="${label}" tabindex="0">
      <table role="table">
        <caption>
          ${label}
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">№</th>
            ${columns.map((column) => html`<th role="columnheader" scope="col" ${column.isNumber && html` class="number"`}>${column.label}</th>`)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${rows.map(
            (row, index) =>
              html`<tr role="row">
                <td role="cell" class="row-number" data-label="№">${index + 1}</td>
                ${row.map(
                  (text, at) =>
                    html`<td
                      role="cell"
                      data-label="${columns[at]?.label}"
                      class="${cellClass(text, columns[at])}"
                    >
                      <span>${text}</span>
                    </td>`,
                )}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    ${rowCount > rows.length && html`<p class="note">${pageWords.moreRows[language]} ${rowCount}</p>`}`
