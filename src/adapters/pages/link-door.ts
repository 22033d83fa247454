import { createHmac, timingSafeEqual } from 'node:crypto'
import { Readable } from 'node:stream'
import { Refusal } from '../../core/exchange/index.ts'
import type {
  LinkPackage,
  LinkPurpose,
  LinkVisit,
  LinkVisits,
  OpenAttachment,
  VisitOutcome,
} from '../../core/exchange/index.ts'
import { fault, languages } from '../../core/kernel/index.ts'
import type { Language } from '../../core/kernel/index.ts'
import { answerFor, ClientGone, MissLimiter, partsOf } from '../http/index.ts'
import type { Door, DoorTools, HttpContext, HttpRouter, MissLimits } from '../http/index.ts'
import { pageScript, pageStyle } from './assets.ts'
import { noticePage } from './layout.ts'
import { packagePage } from './package-page.ts'
import { attachedFile, visitPage } from './visit-page.ts'
import { pageWords } from './words.ts'

export interface LinkDoorDeps {
  visits: LinkVisits
  /** Proves forms; the same on every replica, at least 32 bytes. */
  formKey: Uint8Array
  /** The visual form as a PDF, where the gateway has a printer. */
  print?: (visit: LinkVisit, language: Language) => Promise<Uint8Array>
  /** Where a visitor's browser finds NCALayer. */
  ncalayerUrl?: string
  limits?: MissLimits
}

export const defaultLinkLimits: MissLimits = { misses: 20, windowMs: 10 * 60_000 }

/** NCALayer's own address on the machine of whoever looks at the page. */
const usualNcalayerUrl = 'wss://127.0.0.1:13579/'

/** A signature of 1 MiB in base64, percent-encoded. */
const formLimitBytes = 3 * 1024 * 1024

interface Download {
  name: string
  type: string
  content: Uint8Array | OpenAttachment
}

/** Bytes at once; a large file part by part, as fast as the visitor takes them. */
const sendContent = (ctx: HttpContext, content: Download['content']): void => {
  if (content instanceof Uint8Array) {
    ctx.body = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
    return
  }
  ctx.body = Readable.from(partsOf(content))
  ctx.length = content.size
}

type PageContext = HttpContext & { params?: Record<string, string> }

/**
 * What the links in mails open: `/d/<token>` a document for its recipient, `/sign/<token>` a document for the
 * signature of its sender. The token is the only credential; a page holds nothing of another document.
 */
export const linkDoor = ({
  visits,
  formKey,
  print,
  ncalayerUrl = usualNcalayerUrl,
  limits = defaultLinkLimits,
}: LinkDoorDeps): Door => {
  const limiter = new MissLimiter(limits)
  const policy = pagePolicy(ncalayerUrl)

  const formTokenOf = (purpose: LinkPurpose, token: string): string =>
    createHmac('sha256', formKey).update(`daneker form 1\0${purpose}\0${token}`).digest('base64url')

  const showing = (ctx: PageContext, purpose: LinkPurpose, problems?: readonly string[]) => {
    ctx.type = 'text/html'
    ctx.set('Content-Security-Policy', policy)
    const formToken = formTokenOf(purpose, tokenOf(ctx))
    return { language: languageOf(ctx), path: pathOf(ctx, purpose), formToken, ncalayerUrl, problems }
  }

  const show = (ctx: PageContext, visit: LinkVisit, problems?: readonly string[]): void => {
    const options = showing(ctx, visit.purpose, problems)
    ctx.body = visitPage(visit, { ...options, hasPrint: print !== undefined })
  }

  const showPackage = (ctx: PageContext, found: LinkPackage, problems?: readonly string[]): void => {
    ctx.body = packagePage(found, showing(ctx, found.link.purpose, problems))
  }

  /** The list, for a link of several documents whose address names none of them. */
  const packageAt = (ctx: PageContext, purpose: LinkPurpose): Promise<LinkPackage | undefined> =>
    purpose === 'sign' && ctx.params?.['place'] === undefined
      ? visits.list(tokenOf(ctx), purpose)
      : Promise.resolve(undefined)

  /** Counts misses before they are made; what is behind an unknown link is never told apart. */
  const guarded = async (
    ctx: PageContext,
    tools: DoorTools,
    work: () => Promise<'hit' | 'missing' | 'stale'>,
  ): Promise<void> => {
    ctx.set('X-Robots-Tag', 'noindex, nofollow')
    ctx.set('Vary', 'Accept, Accept-Language')
    try {
      const enough = await limiter.try(ctx.ip)
      if (enough !== undefined) return notice(ctx, 429, enough.waitMs)
      const found = await work()
      if (found === 'hit') await limiter.hit(ctx.ip)
      else notice(ctx, found === 'missing' ? 404 : 403)
    } catch (error) {
      if (error instanceof ClientGone) throw error
      const answer = answerFor(error, ctx.state.requestId)
      if (answer.surprise !== undefined) tools.surprised(ctx, answer.surprise)
      ctx.state.noted['codes'] = answer.faults.slice(0, 10).map(({ code }) => code)
      for (const [name, value] of Object.entries(answer.headers)) ctx.set(name, value)
      const language = languageOf(ctx)
      tell(ctx, answer.status, {
        title: pageWords.failedTitle[language],
        lines: answer.faults.map(({ message }) => message[language]),
      })
    }
  }

  /** The same pages for the link's only document and, under `/documents/<place>`, for one of its package. */
  const mountPages = (
    router: HttpRouter,
    tools: DoorTools,
    purpose: LinkPurpose,
    within: '' | '/documents/:place',
  ): void => {
    const at = (path: string): string => `${prefixOf[purpose]}/:token${within}${path}`

    router.get(at(''), (ctx: PageContext) =>
      guarded(ctx, tools, async () => {
        // Mail scanners send HEAD: nobody has looked at the document then.
        if (ctx.method === 'HEAD') {
          ctx.type = 'text/html'
          ctx.status = 200
          return (await visits.look(tokenOf(ctx), purpose, placeOf(ctx))) === undefined ? 'missing' : 'hit'
        }
        const several = await packageAt(ctx, purpose)
        if (several !== undefined) {
          showPackage(ctx, several)
          return 'hit'
        }
        const visit = await visits.open(tokenOf(ctx), purpose, placeOf(ctx))
        if (visit === undefined) return 'missing'
        show(ctx, visit)
        return 'hit'
      }),
    )

    const download = (path: string, find: (ctx: PageContext) => Promise<Download | undefined>): void => {
      router.get(at(path), (ctx: PageContext) =>
        guarded(ctx, tools, async () => {
          const file = await find(ctx)
          if (file === undefined) return 'missing'
          ctx.attachment(file.name)
          ctx.type = file.type
          ctx.set('Content-Security-Policy', "default-src 'none'; sandbox; frame-ancestors 'none'")
          sendContent(ctx, file.content)
          return 'hit'
        }),
      )
    }
    download('/document.xml', async (ctx) => {
      const visit = await visits.look(tokenOf(ctx), purpose, placeOf(ctx))
      return visit && { name: `${fileStem(visit)}.xml`, type: 'application/xml', content: visit.bytes }
    })
    if (print !== undefined) {
      download('/document.pdf', async (ctx) => {
        const visit = await visits.open(tokenOf(ctx), purpose, placeOf(ctx))
        if (visit === undefined) return undefined
        const content = await print(visit, languageOf(ctx))
        return { name: `${fileStem(visit)}.pdf`, type: 'application/pdf', content }
      })
    }
    download('/file', async (ctx) => {
      const visit = await visits.open(tokenOf(ctx), purpose, placeOf(ctx))
      const file = visit && attachedFile(visit)
      if (file === undefined) return undefined
      // Whatever the sender says the file is, a browser must not show it on our address.
      const type = 'application/octet-stream'
      return { name: safeName(file.fileName), type, content: file.content }
    })
    download('/signatures/:number', async (ctx) => {
      const number = ctx.params?.['number'] ?? ''
      if (!/^[1-9]\d{0,2}$/.test(number)) return undefined
      const visit = await visits.look(tokenOf(ctx), purpose, placeOf(ctx))
      const signature = visit?.signatures[Number(number) - 1]
      if (visit === undefined || signature === undefined) return undefined
      const name = `${fileStem(visit)}-${signature.side}.cms`
      return { name, type: 'application/pkcs7-signature', content: signature.cms }
    })

    const action = (
      path: string,
      act: (
        token: string,
        form: URLSearchParams,
        place: number | undefined,
      ) => Promise<Pick<VisitOutcome, 'outcome'> | undefined>,
    ): void => {
      router.post(at(path), (ctx: PageContext) =>
        guarded(ctx, tools, async () => {
          const token = tokenOf(ctx)
          // Before the body: whoever has not seen the page is not listened to.
          if (!isOwnForm(ctx, tools, formTokenOf(purpose, token))) return 'stale'
          const form = new URLSearchParams((await tools.body(ctx, formLimitBytes)).toString('utf8'))
          const language = languageOf(ctx)
          try {
            const place = ctx.params?.['place'] === undefined ? undefined : placeOf(ctx)
            const outcome = await act(token, form, place)
            if (outcome === undefined) return 'missing'
            ctx.state.noted['outcome'] = outcome.outcome
            if (wantsJson(ctx)) ctx.body = { done: true, outcome: outcome.outcome }
            else {
              ctx.status = 303
              ctx.set('Location', `${pathOf(ctx, purpose)}?lang=${language}#state`)
            }
          } catch (error) {
            if (!(error instanceof Refusal)) throw error
            const several = await packageAt(ctx, purpose)
            const visit = several ?? (await visits.open(token, purpose, placeOf(ctx)))
            if (visit === undefined) return 'missing'
            const answer = answerFor(error, ctx.state.requestId)
            ctx.status = answer.status
            for (const [name, value] of Object.entries(answer.headers)) ctx.set(name, value)
            ctx.state.noted['codes'] = error.faults.slice(0, 10).map(({ code }) => code)
            const problems =
              error.status === 'conflict'
                ? [pageWords.changedMeanwhile[language]]
                : error.faults.map(({ message }) => message[language])
            if (wantsJson(ctx)) ctx.body = { done: false, problems }
            else if ('documents' in visit) showPackage(ctx, visit, problems)
            else show(ctx, visit, problems)
          }
          return 'hit'
        }),
      )
    }
    if (purpose === 'sign') {
      action('/sign', (token, form, place) => visits.sign(token, signatureIn(form) ?? nothingGiven(), place))
      action('/refuse', async (token, form, place) => {
        const declined = await visits.decline(token, form.get('reason') ?? '', place)
        return declined && { outcome: 'recorded' }
      })
      return
    }
    action('/accept', (token, form) => visits.accept(token, signatureIn(form)))
    action('/refuse', (token, form) => visits.refuse(token, form.get('reason') ?? ''))
  }

  return {
    name: 'links',
    mount(router, tools) {
      mountPages(router, tools, 'receive', '')
      mountPages(router, tools, 'sign', '')
      mountPages(router, tools, 'sign', '/documents/:place')
      for (const { path, version, body, type } of [pageScript, pageStyle]) {
        router.get(path.replace(version, ':version'), (ctx: PageContext) => {
          ctx.body = body
          ctx.set('Content-Type', type)
          // During an update a page of another version may ask: it gets what there is, and does not keep it.
          if (ctx.params?.['version'] === version)
            ctx.set('Cache-Control', 'public, max-age=31536000, immutable')
        })
      }
    },
  }
}

const prefixOf: Readonly<Record<LinkPurpose, string>> = { receive: '/d', sign: '/sign' }

/** Where this page is: `/sign/<token>`, or one of its documents. */
const pathOf = (ctx: PageContext, purpose: LinkPurpose): string => {
  const place = ctx.params?.['place']
  return `${prefixOf[purpose]}/${tokenOf(ctx)}${place === undefined ? '' : `/documents/${placeOf(ctx)}`}`
}

/** From 1; whatever is no number is the place of no document. */
const placeOf = (ctx: PageContext): number => {
  const place = ctx.params?.['place'] ?? '1'
  return /^[1-9]\d?$/.test(place) ? Number(place) : 0
}

const tokenOf = (ctx: PageContext): string => ctx.params?.['token'] ?? ''

/** Everything from our own address, the socket of NCALayer aside. */
const pagePolicy = (ncalayerUrl: string): string => {
  const { protocol, host } = new URL(ncalayerUrl)
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self' ${protocol}//${host}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

const languageOf = (ctx: HttpContext): Language => {
  const asked = ctx.query['lang']
  return languages.find((one) => one === asked) ?? ctx.state.language
}

const wantsJson = (ctx: HttpContext): boolean => ctx.get('accept').startsWith('application/json')

/**
 * The form's token, and where the browser says the request comes from. With `no-referrer` browsers send
 * `Origin: null` from a form of ours, so only another origin's name is a no.
 */
const isOwnForm = (ctx: HttpContext, tools: DoorTools, expected: string): boolean => {
  const given = ctx.query['form']
  if (typeof given !== 'string') return false
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  if (a.length !== b.length || !timingSafeEqual(a, b)) return false
  const site = ctx.get('sec-fetch-site')
  if (site !== '') return site === 'same-origin'
  const origin = ctx.get('origin')
  return origin === '' || origin === 'null' || origin === tools.publicOrigin(ctx)
}

/** PEM, base64 or nothing. The verifier unwraps it. */
const signatureIn = (form: URLSearchParams): Uint8Array | undefined => {
  const text = form.get('signature')?.trim() ?? ''
  return text === '' ? undefined : Buffer.from(text, 'latin1')
}

const nothingGiven = (): never => {
  throw new Refusal('invalid', [fault('LINK-03', 'signature', pageWords.noSignatureGiven)])
}

/** `act-16`: letters and digits of the number only, so that no name is read as a path. */
const fileStem = ({ record }: Pick<LinkVisit, 'record'>): string => {
  const number = record.number.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '')
  return number === '' ? record.kind : `${record.kind}-${number}`
}

/** The sender's name for the file, without folders, reserved letters and letters that turn the text around. */
const safeName = (fileName: string): string => {
  const last = fileName.split(/[/\\]/).at(-1) ?? ''
  const name = last
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"|?*]/gu, '')
    .replace(/^\.+/, '')
    .trim()
  return name === '' ? 'file' : name
}

const notice = (ctx: PageContext, status: 403 | 404 | 429, waitMs = 0): void => {
  const language = languageOf(ctx)
  if (status === 404)
    return tell(ctx, 404, {
      title: pageWords.missingTitle[language],
      lines: [pageWords.missingText[language]],
    })
  if (status === 403)
    return tell(ctx, 403, { title: pageWords.staleTitle[language], lines: [pageWords.staleText[language]] })
  ctx.set('Retry-After', String(Math.ceil(waitMs / 1000)))
  tell(ctx, 429, {
    title: pageWords.limitedTitle[language],
    lines: [`${pageWords.limitedText[language]} ${Math.ceil(waitMs / 60_000)}`],
  })
}

/** Says it to a person, or to the page's script. */
const tell = (
  ctx: HttpContext,
  status: number,
  { title, lines }: { title: string; lines: readonly string[] },
): void => {
  ctx.status = status
  if (wantsJson(ctx)) {
    ctx.body = { done: false, problems: lines }
    return
  }
  ctx.type = 'text/html'
  ctx.set('Content-Security-Policy', pagePolicy(usualNcalayerUrl))
  ctx.body = noticePage({ language: languageOf(ctx), title, lines })
}
