import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { documentJsonSchema, documentXsd } from '../../../core/document/index.ts'
import { httpFault, HttpRefusal, partsOf, type HttpContext } from '../../http/index.ts'
import type { ErpDoor } from '../contract.ts'
import { docsPage, docsScript } from './docs-page.ts'
import { openApi } from './openapi.ts'
import { parsedBy } from './json-body.ts'
import { operations, type Answer, type Operation } from './operations.ts'
import { exchangeFormats } from './formats.ts'
import { restFault } from './rest-faults.ts'

const root = '/api/v1'
const json = 'application/json; charset=utf-8'

/** REST under `/api/v1`, its description, and the published schemas of the format. */
export const door: ErpDoor = {
  name: 'rest',
  formats: exchangeFormats,
  addresses: (origin) => [
    {
      name: 'restUrl',
      title: { ru: 'Адрес REST', kk: 'REST мекенжайы', en: 'REST address' },
      value: `${origin}${root}`,
    },
    {
      name: 'docsUrl',
      title: { ru: 'Описание вызовов', kk: 'Шақырулар сипаттамасы', en: 'Description of the calls' },
      value: `${origin}/docs`,
    },
  ],
  mount(router, tools, gateway, desks) {
    const serve =
      (operation: Operation) => async (ctx: HttpContext & { params?: Record<string, string> }) => {
        const caller = await tools.caller(ctx)
        ctx.state.noted['operation'] = operation.id
        const query = queryOf(ctx, operation)
        const given = await operation.run(
          {
            exchange: gateway,
            desks,
            caller,
            language: ctx.state.language,
            requestId: ctx.state.requestId,
            publicOrigin: tools.publicOrigin(ctx),
            params: ctx.params ?? {},
            header: (name) => [ctx.headers[name]].flat()[0],
            body: (limit) => tools.body(ctx, limit),
          },
          query,
        )
        if (given.isSecret === true) tools.hush(ctx, 'response')
        if (given.document !== undefined) ctx.state.noted['document'] = given.document
        if (given.location !== undefined)
          ctx.set('Location', `${tools.publicOrigin(ctx)}${root}${given.location}`)
        answer(ctx, given)
      }
    for (const operation of operations) {
      router[operation.method](`${root}${operation.path.replace(/\{(\w+)\}/g, ':$1')}`, serve(operation))
    }

    // Made once: neither changes while the gateway runs.
    const description = JSON.stringify(openApi())
    const jsonSchema = JSON.stringify(documentJsonSchema())
    const xsd = documentXsd()
    const publish = (path: string, type: string, text: string): void => {
      const etag = createHash('sha256').update(text).digest('hex').slice(0, 32)
      router.get(path, (ctx) => {
        ctx.set('Content-Type', type)
        ctx.set('Cache-Control', 'no-cache')
        ctx.body = text
        unlessKnown(ctx, etag)
      })
    }
    publish('/openapi.json', json, description)
    publish('/schemas/edo-1.json', json, jsonSchema)
    publish('/schemas/edo-1.xsd', 'application/xml; charset=utf-8', xsd)

    publish('/docs/start.js', 'text/javascript; charset=utf-8', docsScript)
    router.get('/docs', (ctx) => {
      ctx.type = 'text/html; charset=utf-8'
      // The page's library writes styles into the page; scripts come from here and nowhere else.
      ctx.set(
        'Content-Security-Policy',
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'",
      )
      ctx.body = docsPage
    })
    router.get('/docs/assets/:name', serveAsset)
  },
}

const none = z.strictObject({})

/** A parameter given twice would be read by one party and the second by another. */
const queryOf = (ctx: HttpContext, { query = none }: Operation): Record<string, unknown> => {
  const twice = Object.entries(ctx.query).filter(([, value]) => Array.isArray(value))
  if (twice.length > 0)
    throw new HttpRefusal(
      400,
      twice.map(([name]) => restFault('REST-02', name.slice(0, 60))),
    )
  return parsedBy(query, { ...ctx.query })
}

/** Answers 304 to who holds these very bytes. */
const unlessKnown = (ctx: HttpContext, etag: string): void => {
  const tag = `"${etag}"`
  ctx.set('ETag', tag)
  // Not `ctx.fresh`: it obeys `Cache-Control: no-cache`, which speaks to caches and which fetch adds by itself.
  const known = ctx.get('if-none-match').split(',')
  if (!known.some((one) => one.trim().replace(/^W\//, '') === tag)) return
  ctx.status = 304
  ctx.body = null
}

const answer = (ctx: HttpContext, { status = 200, value, bytes, stream }: Answer): void => {
  ctx.status = status
  if (stream !== undefined) {
    ctx.attachment(stream.fileName)
    // Whatever the sender says the file is, nobody's browser shows it on our address.
    ctx.set('Content-Type', 'application/octet-stream')
    ctx.set('Content-Security-Policy', "default-src 'none'; sandbox")
    ctx.body = Readable.from(partsOf(stream))
    ctx.length = stream.size
    unlessKnown(ctx, stream.digest)
    return
  }
  if (bytes !== undefined) {
    ctx.body = Buffer.from(bytes.content)
    ctx.set('Content-Type', bytes.type)
    ctx.set('Content-Disposition', `attachment; filename="${bytes.fileName}"`)
    ctx.set('Content-Security-Policy', "default-src 'none'; sandbox")
    if (bytes.etag !== undefined) unlessKnown(ctx, bytes.etag)
    return
  }
  if (value === undefined) return
  ctx.body = JSON.stringify(value)
  ctx.set('Content-Type', json)
}

/** Files of the documentation page that may be asked for; a name from outside never reaches the disk. */
const assets: Readonly<Record<string, string>> = {
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
}

const assetFolder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

const serveAsset = async (ctx: HttpContext & { params?: Record<string, string> }): Promise<void> => {
  const name = ctx.params?.name ?? ''
  const type = Object.hasOwn(assets, name) ? assets[name] : undefined
  if (type === undefined) throw new HttpRefusal(404, [httpFault('HTTP-02')])
  const path = join(assetFolder, name)
  ctx.set('Content-Type', type)
  ctx.set('Cache-Control', 'public, max-age=86400')
  ctx.length = (await stat(path)).size
  ctx.body = createReadStream(path)
}
