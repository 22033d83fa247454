import {
  portalDeadline,
  type FetchProgress,
  type InvoiceDesk,
  type InvoiceView,
} from '../../../../src/core/mirror/index.ts'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormatsModule from 'ajv-formats'
import { door } from '../../../../src/adapters/erp/rest/index.ts'
import { openApi } from '../../../../src/adapters/erp/rest/openapi.ts'
import { operations } from '../../../../src/adapters/erp/rest/operations.ts'
import { documentKinds, rootElementOf } from '../../../../src/core/document/index.ts'
import type { HttpRouter } from '../../../../src/adapters/http/index.ts'
import { aDocument, anAct, sellerTaxId } from '../../../factories/documents.ts'
import { contractHouse, plainSignature } from '../../../factories/contract-house.ts'
import { openHttpGateway, type HttpGateway } from '../../../factories/http-gateway.ts'

interface Described {
  operationId: string
  parameters: { name: string; in: string; required?: boolean; schema: object }[]
  requestBody?: { content: Record<string, { schema: object }> }
  responses: Record<string, { content?: Record<string, { schema: object }> }>
}
interface OpenApi {
  paths: Record<string, Record<string, Described>>
  webhooks: Record<string, { post: Described }>
  components: { schemas: Record<string, object> }
}

const description = openApi() as unknown as OpenApi
const described = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { base64: true } })
const addFormats = addFormatsModule as unknown as (ajv: Ajv2020) => void
addFormats(ajv)
const faultsBy = (schema: object, value: unknown): unknown[] => {
  const validate = ajv.compile({ components: description.components, ...schema })
  return validate(value) ? [] : (validate.errors ?? [])
}

describe('the description of REST', () => {
  it('is OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(openApi())
    expect(errors ?? []).toEqual([])
    expect(valid).toBe(true)
  })

  it('describes every route under /api/v1, and nothing that is not routed', () => {
    const routed: string[] = []
    const note =
      (method: string) =>
      (path: string): void => {
        if (path.startsWith('/api/v1/')) routed.push(`${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
      }
    const router = { get: note('get'), post: note('post'), put: note('put'), delete: note('delete') }
    const nothing = new Proxy({}, { get: () => () => Promise.reject(new Error('nothing is asked')) })
    door.mount?.(router as unknown as HttpRouter, nothing as never, nothing as never, nothing as never)
    const expanded = routed.flatMap((route) =>
      route.includes('{kind}') ? documentKinds.map((kind) => route.replace('{kind}', kind)) : [route],
    )
    expect(described.map(({ path, method }) => `${method} ${path}`).sort()).toEqual(expanded.sort())
  })

  it('gives each operation a name of its own', () => {
    const ids = described.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length)
  })

  it('names every parameter of a path', () => {
    for (const { path, operation } of described) {
      const named = operation.parameters.filter((one) => one.in === 'path').map(({ name }) => name)
      expect(named).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
    }
  })

  it('shows limits and defaults of parameters as they are checked', () => {
    const list = description.paths['/api/v1/documents']?.get
    expect(list?.parameters).toContainEqual({
      name: 'limit',
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
    })
  })

  it.each(documentKinds)('takes a %s by its own schema', (kind) => {
    expect(faultsBy({ $ref: `#/components/schemas/${rootElementOf(kind)}` }, aDocument(kind))).toEqual([])
  })

  it('has every schema it refers to', () => {
    const missing = [...JSON.stringify(description).matchAll(/"#\/components\/schemas\/([^"]+)"/g)]
      .map(([, name = '']) => name)
      .filter((name) => !Object.hasOwn(description.components.schemas, name))
    expect(missing).toEqual([])
    const empty = Object.entries(description.components.schemas).filter(
      ([name, schema]) => JSON.stringify(schema) === JSON.stringify({ $ref: `#/components/schemas/${name}` }),
    )
    expect(empty).toEqual([])
  })
})

/** A desk that says the same of every invoice, with every field filled. */
const anInvoiceDesk = (): InvoiceDesk => {
  const view: InvoiceView = {
    documentId: webhookId,
    side: 'sender',
    portalId: '20113995733614592',
    status: 'REVOKED',
    statusSince: new Date(0),
    registrationNumber: 'ESF-260140000114-20260331-00000001',
    registered: true,
    rejected: false,
    invoiceType: 'ordinary',
    errors: [{ code: 'WRONG_SUM', property: 'totalPriceWithTax', text: 'Сумма' }],
    deadlines: [portalDeadline('E5', '2026-03-31')],
    commands: [
      {
        id: webhookId,
        documentId: webhookId,
        taxId: '260140000114',
        companyId: webhookId,
        portalId: '20113995733614592',
        kind: 'revoke',
        reason: 'ошибка',
        by: 'connection:1',
        requestedAt: new Date(0),
        state: 'refused',
        settledAt: new Date(0),
        status: 'CREATED',
        errorCode: 'WRONG_STATUS',
      },
    ],
  }
  const range = { id: webhookId, taxId: '260140000114', from: '2026-01-01', to: '2026-03-31', page: 1 }
  const progress: FetchProgress = {
    open: 1,
    seen: 3,
    brought: 2,
    unread: 0,
    ranges: [{ ...range, seen: 3, brought: 2, unread: 0, requestedAt: new Date(0) }],
  }
  return {
    standing: () => Promise.resolve(view),
    command: () => Promise.resolve(view),
    original: () =>
      Promise.resolve({
        body: '<v2:invoice/>',
        signature: 'AQID',
        certificate: 'AQID',
        check: { verdict: 'valid', note: 'RSA-2048', signer: { bin: '260140000114' } },
      }),
    fetch: () => Promise.resolve(progress),
    progress: () => Promise.resolve(progress),
  }
}

const webhookId = '0198c0de-0000-7000-8000-0000000000aa'

describe('real answers', () => {
  let gateway: HttpGateway
  const webhook = { id: webhookId, url: 'https://erp.example.kz/' }
  const house = contractHouse()
  beforeAll(async () => {
    await house.client(sellerTaxId)
    await house.publishAll()
    gateway = await openHttpGateway({
      erp: [door],
      desks: {
        webhooks: {
          add: () => Promise.resolve({ ...webhook, secret: 'whsec_c2VjcmV0' }),
          list: () => Promise.resolve([{ ...webhook, disabledAt: new Date(0), disabledReason: 'HTTP 410' }]),
          remove: () => Promise.resolve(),
        },
        makeSigningLink: () =>
          Promise.resolve({ link: 'https://edo.example.kz/sign/x', expiresAt: new Date(), mailed: false }),
        invoices: anInvoiceDesk(),
        contracts: house.clients,
      },
    })
  })
  afterAll(() => gateway.stop())

  const answered = new Set<string>()

  /** Asks, and checks the answer against what the description says of this operation and status. */
  const ask = async (path: string, route: string, method = 'GET', body?: unknown): Promise<unknown> => {
    const described = description.paths[`/api/v1${route}`]?.[method.toLowerCase()]
    const answer = await fetch(`${gateway.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: gateway.alatau,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined
        ? {}
        : { body: body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body) }),
    })
    const status = Object.hasOwn(described?.responses ?? {}, answer.status)
      ? String(answer.status)
      : 'default'
    const type = (answer.headers.get('content-type') ?? '').split(';')[0] ?? ''
    const text = await answer.text()
    answered.add(described?.operationId ?? route)
    const content = described?.responses[status]?.content
    if (content === undefined) {
      expect([described?.operationId, text]).toEqual([described?.operationId, ''])
      return undefined
    }
    expect(Object.keys(content)).toContain(type)
    if (['application/xml', 'application/pdf', 'application/vnd.etsi.asic-e+zip'].includes(type)) return text
    if (['application/xml', 'application/pdf', 'application/octet-stream'].includes(type)) return text
    const value: unknown = JSON.parse(text)
    const schema = content[type]?.schema ?? {}
    expect([described?.operationId, faultsBy(schema, value)]).toEqual([described?.operationId, []])
    return value
  }

  it('are what the description says, for every operation', async () => {
    await ask('/me', '/me')
    let id = ''
    for (const kind of documentKinds) {
      const receipt = (await ask(`/documents/${kind}`, `/documents/${kind}`, 'POST', aDocument(kind))) as {
        documentId: string
      }
      id = receipt.documentId
      const signed = { document: aDocument(kind), signature: 'AQID' }
      await ask(`/documents/${kind}/signed`, `/documents/${kind}/signed`, 'POST', signed)
    }
    await ask('/messages?format=daneker-json', '/messages', 'POST', Buffer.from('{}'))
    await ask('/dry-run?format=daneker-json&diff=true', '/dry-run', 'POST', Buffer.from('{}'))
    await ask('/files/f/parts/1', '/files/{fileId}/parts/{part}', 'PUT', Buffer.from('a'))
    await ask('/files/f/message', '/files/{fileId}/message', 'POST', { format: 'daneker-json' })
    await ask('/files/f/attachment', '/files/{fileId}/attachment', 'POST')
    await ask('/documents', '/documents')
    await ask('/meter', '/meter')
    await ask('/meter/2026-11', '/meter/{month}')
    await ask(`/documents/${id}/meter`, '/documents/{id}/meter')
    await ask('/archive?kind=act', '/archive')
    await ask(`/documents/${id}/bundle`, '/documents/{id}/bundle')
    await ask(`/documents/${id}`, '/documents/{id}')
    await ask(`/documents/${id}/content`, '/documents/{id}/content')
    await ask(`/documents/${id}/attachment`, '/documents/{id}/attachment')
    await ask(`/documents/${id}/print`, '/documents/{id}/print')
    await ask(`/documents/${id}/signature`, '/documents/{id}/signature', 'POST', { cms: 'AQID' })
    await ask(`/documents/${id}/signing-link`, '/documents/{id}/signing-link', 'POST', { sentTo: 'a@b.kz' })
    await ask('/signing-links', '/signing-links', 'POST', { documentIds: [id], sentTo: 'a@b.kz', mail: true })
    await ask('/signatures', '/signatures', 'POST', { documentIds: [id, 'another'] })
    await ask(`/documents/${id}/trail`, '/documents/{id}/trail')
    await ask(`/documents/${id}/annulment`, '/documents/{id}/annulment', 'POST', { reason: 'ошибка' })
    await ask(`/documents/${id}/answer`, '/documents/{id}/answer', 'POST', {
      answer: 'refuse',
      reason: 'нет',
    })
    await ask('/changes', '/changes')
    await ask('/webhooks', '/webhooks', 'POST', { url: webhook.url })
    await ask('/webhooks', '/webhooks')
    await ask(`/webhooks/${webhook.id}`, '/webhooks/{id}', 'DELETE')
    await ask(`/documents/${id}/signatures`, '/documents/{id}/signatures')
    await ask('/connection', '/connection')
    await ask('/connection/bsl', '/connection/bsl')
    await ask('/connection/profile', '/connection/profile', 'PUT', { units: { шт: '796' } })
    await ask('/connection/rotation', '/connection/rotation', 'POST', { what: 'both' })
    await ask(`/documents/${id}/portal`, '/documents/{id}/portal')
    await ask(`/documents/${id}/portal/original`, '/documents/{id}/portal/original')
    const revoke = { command: 'revoke', reason: 'ошибка' }
    await ask(`/documents/${id}/portal/commands`, '/documents/{id}/portal/commands', 'POST', revoke)
    await ask('/portal/fetch', '/portal/fetch', 'POST', { from: '2026-01-01', to: '2026-03-31' })
    await ask('/portal/fetch', '/portal/fetch')
    await ask('/offer', '/offer')
    const accepted = Buffer.from(
      plainSignature(sellerTaxId, Buffer.from((await house.offers.current()).offer?.hash ?? '')),
    )
    await ask('/offer/acceptance', '/offer/acceptance', 'POST', { signature: accepted.toString('base64') })
    await ask('/offer/proof?on=2026-02-02', '/offer/proof')
    await ask('/contract/requests', '/contract/requests', 'POST', { what: 'invoice', tariff: 'small' })
    await ask('/contract', '/contract')
    await ask('/contract/history', '/contract/history')
    await ask('/contract/what-if?on=2026-03-06', '/contract/what-if')
    const left = described.map(({ operation }) => operation.operationId).filter((one) => !answered.has(one))
    expect(left).toEqual([])
  })

  it('are problems as described when something is wrong', async () => {
    const wrong = (await ask('/documents/act', '/documents/act', 'POST', { a: 1 })) as { code: string }
    expect(wrong.code).toBe('DOC-03')
    const act = anAct()
    await ask('/documents/act', '/documents/act', 'POST', act)
    const other = { ...act, number: '17' }
    expect(await ask('/documents/act', '/documents/act', 'POST', other)).toMatchObject({ status: 409 })
  })

  it('publish description and schemas with a tag, and answer 304 to who has them', async () => {
    for (const path of ['/openapi.json', '/schemas/edo-1.json', '/schemas/edo-1.xsd']) {
      const answer = await fetch(`${gateway.url}${path}`)
      expect(answer.status).toBe(200)
      const etag = answer.headers.get('etag') ?? ''
      expect(etag).not.toBe('')
      await answer.arrayBuffer()
      const again = await fetch(`${gateway.url}${path}`, { headers: { 'if-none-match': etag } })
      expect(again.status).toBe(304)
    }
    expect(await (await fetch(`${gateway.url}/openapi.json`)).json()).toEqual(
      JSON.parse(JSON.stringify(description)),
    )
  })
})
