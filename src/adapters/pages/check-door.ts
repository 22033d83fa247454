import { kindTitles } from '../../core/document/index.ts'
import type { PublicCheck } from '../../core/exchange/index.ts'
import { languages, type Language, type Words } from '../../core/kernel/index.ts'
import { MissLimiter, type Door, type HttpContext, type MissLimits } from '../http/index.ts'
import { html } from './html.ts'
import { layout, noticePage } from './layout.ts'
import { roleWords, verdictWords } from './words.ts'

const words = (ru: string, kk: string, en: string): Words => ({ ru, kk, en })

const say = {
  title: words('Проверка документа', 'Құжатты тексеру', 'Check of a document'),
  found: words(
    'Документ с этим идентификатором хранится в шлюзе. Сверьте контрольную сумму с напечатанной.',
    'Осы идентификаторы бар құжат шлюзде сақтаулы. Бақылау сомасын басылғанымен салыстырыңыз.',
    'A document with this identifier is kept here. Compare the digest with the printed one.',
  ),
  kind: words('Вид', 'Түрі', 'Kind'),
  date: words('Дата', 'Күні', 'Date'),
  id: words('Идентификатор', 'Идентификатор', 'Identifier'),
  digest: words('SHA-256 точных байтов', 'Нақты байттардың SHA-256', 'SHA-256 of the exact bytes'),
  sender: words('Подпись отправителя', 'Жіберушінің қолтаңбасы', 'Signature of the sender'),
  recipient: words('Подпись получателя', 'Алушының қолтаңбасы', 'Signature of the recipient'),
  annulled: words('Документ аннулирован.', 'Құжат жойылған.', 'The document was annulled.'),
  refused: words(
    'Получатель отказался от документа.',
    'Алушы құжаттан бас тартты.',
    'The recipient refused the document.',
  ),
  unsigned: words('Подписей ещё нет.', 'Қолтаңбалар әлі жоқ.', 'There are no signatures yet.'),
  missing: words(
    'Такого документа здесь нет. Проверьте адрес: он должен совпадать с QR-кодом на распечатке.',
    'Мұндай құжат мұнда жоқ. Мекенжайды тексеріңіз: ол басып шығарылған QR-кодпен сәйкес келуі керек.',
    'There is no such document here. Check the address: it has to be the one of the printed QR code.',
  ),
  tooMany: words(
    'Слишком много попыток. Подождите.',
    'Тым көп әрекет. Күте тұрыңыз.',
    'Too many tries. Wait a while.',
  ),
} satisfies Record<string, Words>

const policy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'"

/** `/check/<document id>`: where the QR of a printed document leads. Public, and tells only what is on paper anyway. */
export const checkDoor = (
  check: (documentId: string) => Promise<PublicCheck | undefined>,
  limits: MissLimits = { misses: 20, windowMs: 10 * 60_000 },
): Door => ({
  name: 'check',
  mount(router) {
    const limiter = new MissLimiter(limits)
    router.get('/check/:id', async (ctx: HttpContext & { params?: Record<string, string> }) => {
      const language = languageOf(ctx)
      ctx.type = 'text/html'
      ctx.set('Content-Security-Policy', policy)
      ctx.set('X-Robots-Tag', 'noindex, nofollow')
      const enough = await limiter.try(ctx.ip)
      const found = enough === undefined ? await check((ctx.params?.id ?? '').toLowerCase()) : undefined
      if (found === undefined) {
        ctx.status = enough === undefined ? 404 : 429
        const line = enough === undefined ? say.missing : say.tooMany
        ctx.body = noticePage({ language, title: say.title[language], lines: [line[language]] })
        return
      }
      await limiter.hit(ctx.ip)
      ctx.body = page(found, language)
    })
  },
})

const languageOf = (ctx: HttpContext): Language =>
  languages.find((language) => language === ctx.query.lang) ?? ctx.state.language

const page = (found: PublicCheck, language: Language): string =>
  layout({
    language,
    title: say.title[language],
    body: html`<main class="notice">
      <h1>${say.title[language]}</h1>
      <p>${say.found[language]}</p>
      ${found.senderState === 'annulled' && html`<p><strong>${say.annulled[language]}</strong></p>`}
      ${found.senderState === 'refused' && html`<p><strong>${say.refused[language]}</strong></p>`}
      <dl>
        <dt>${say.kind[language]}</dt>
        <dd>${kindTitles[found.kind][language]}</dd>
        <dt>${say.date[language]}</dt>
        <dd>${found.date.split('-').reverse().join('.')}</dd>
        <dt>${say.id[language]}</dt>
        <dd><code>${found.documentId}</code></dd>
        <dt>${say.digest[language]}</dt>
        <dd><code>${found.digest.replace(/(.{8})(?=.)/g, '$1 ')}</code></dd>
        ${found.signatures.map(
          ({ side, verdict, signedAt, roles }) =>
            html`<dt>${say[side][language]}</dt>
              <dd>
                ${verdictWords[verdict][language]},
                ${momentOf(signedAt)}${roles.map((role) => html`, ${roleWords[role][language]}`)}
              </dd>`,
        )}
      </dl>
      ${found.signatures.length === 0 && html`<p>${say.unsigned[language]}</p>`}
    </main>`,
  })

const momentOf = (instant: Date): string =>
  instant.toLocaleString('ru-RU', { timeZone: 'Asia/Almaty', dateStyle: 'short', timeStyle: 'short' })
