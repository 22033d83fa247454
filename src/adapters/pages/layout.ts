import { languages } from '../../core/kernel/index.ts'
import type { Language } from '../../core/kernel/index.ts'
import { pageScript, pageStyle } from './assets.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { pageWords } from './words.ts'

const languageNames: Readonly<Record<Language, string>> = { ru: 'Русский', kk: 'Қазақша', en: 'English' }

/**
 * The frame of every page. Addresses in it are relative to the page's own, so the token stands in the address
 * bar only; nothing on the page leads to another host.
 */
export const layout = ({
  language,
  title,
  body,
  withScript = false,
}: {
  language: Language
  title: string
  body: Html
  withScript?: boolean
}): string =>
  html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <link rel="stylesheet" href="${pageStyle.path}" />
        ${withScript && html`<script src="${pageScript.path}" defer></script>`}
      </head>
      <body>
        <header class="top">
          <p class="brand">Daneker</p>
          <nav aria-label="${pageWords.languageSwitch[language]}">
            ${languages.map((one) =>
              one === language
                ? html`<span aria-current="true" lang="${one}">${languageNames[one]}</span> `
                : html`<a href="?lang=${one}" lang="${one}" hreflang="${one}" rel="noreferrer nofollow"
                    >${languageNames[one]}</a
                  > `,
            )}
          </nav>
        </header>
        ${body}
      </body>
    </html> `.text

/** A page that only says something: the link does not open, too many tries. */
export const noticePage = ({
  language,
  title,
  lines,
}: {
  language: Language
  title: string
  lines: readonly string[]
}): string =>
  layout({
    language,
    title,
    body: html`<main class="notice">
      <h1>${title}</h1>
      ${lines.map((line) => html`<p>${line}</p>`)}
    </main>`,
  })
