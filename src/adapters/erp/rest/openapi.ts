import { z } from 'zod'
import { documentJsonSchema, documentKinds, kindTitles, rootElementOf } from '../../../core/document/index.ts'
import { operations, type Operation } from './operations.ts'
import { problemShape, signedDocumentRequest, webhookEventShape } from './shapes.ts'

type Json = Record<string, unknown>

const refOf = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

/**
 * OpenAPI 3.1 of the REST door. Requests, answers and documents come from the very shapes that check them,
 * so the page cannot say what the door does not do.
 */
export const openApi = (): Json => {
  const schemas: Record<string, Json> = {}
  const definitions = documentJsonSchema().$defs as Record<string, Json>
  for (const [name, schema] of Object.entries(definitions)) {
    schemas[name] = JSON.parse(JSON.stringify(schema).replaceAll('#/$defs/', '#/components/schemas/')) as Json
  }

  /** A shape as a schema; its named parts become components. */
  const schemaOf = (shape: z.ZodType): Json => {
    const {
      $defs = {},
      $schema: _,
      ...schema
    } = z.toJSONSchema(shape, {
      io: 'input',
      target: 'draft-2020-12',
      reused: 'inline',
    }) as Json & { $defs?: Record<string, Json> }
    const relinked = (part: unknown): Json =>
      JSON.parse(JSON.stringify(part).replaceAll('#/$defs/', '#/components/schemas/')) as Json
    for (const [name, part] of Object.entries($defs)) schemas[name] = withoutId(relinked(part))
    const id = z.globalRegistry.get(shape)?.id
    // A shape with a name of its own comes as a reference to its definition, or as the definition itself.
    if (id === undefined || schema.$ref !== undefined) return relinked(schema)
    schemas[id] = withoutId(relinked(schema))
    return refOf(id)
  }

  const problem = {
    description: 'What was wrong, and what to do (RFC 9457)',
    content: { 'application/problem+json': { schema: schemaOf(problemShape) } },
  }

  const paths: Record<string, Json> = {}
  const add = (path: string, operation: Operation, kind?: (typeof documentKinds)[number]): void => {
    const own = (paths[`/api/v1${path}`] ??= {})
    own[operation.method] = {
      operationId: kind === undefined ? operation.id : `${operation.id}${rootElementOf(kind)}`,
      tags: [tagOf(path)],
      summary: kind === undefined ? operation.summary : `${operation.summary}: ${kindTitles[kind].ru}`,
      parameters: [
        ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
          name,
          in: 'path',
          required: true,
          schema: { type: 'string' },
        })),
        ...queryParameters(operation, schemaOf),
        ...headerParameters(operation),
      ],
      ...requestOf(operation, kind, schemaOf),
      responses: { ...answersOf(operation, schemaOf), default: problem },
    }
  }
  for (const operation of operations) {
    if (operation.path.includes('{kind}')) {
      for (const kind of documentKinds) add(operation.path.replace('{kind}', kind), operation, kind)
    } else add(operation.path, operation)
  }

  return {
    openapi: '3.1.0',
    info: {
      title: 'Daneker: обмен электронными документами',
      version: '1',
      description:
        'Те же возможности, что и у веб-сервиса EdoGateway_1_0 для 1С. Деньги и количества передаются строками. Ошибки — problem+json на русском, казахском или английском (Accept-Language).',
    },
    security: [{ basic: [] }, { bearer: [] }],
    tags: [
      { name: 'documents', description: 'Отправка, ответы, состояние' },
      { name: 'changes', description: 'Лента изменений' },
      { name: 'files', description: 'Чужие форматы и большие файлы' },
      { name: 'webhooks', description: 'Уведомления о событиях' },
      { name: 'archive', description: 'Архив' },
      { name: 'meter', description: 'Учёт отправленных документов' },
      { name: 'me', description: 'Проверка подключения' },
      { name: 'connection', description: 'Своё подключение: строки, профиль, смена пароля' },
    ],
    paths,
    webhooks: {
      event: {
        post: {
          summary: 'An event of the feed, posted to your address and signed by Standard Webhooks',
          description:
            'Headers `webhook-id` (the same for every repeat), `webhook-timestamp`, `webhook-signature`. Answer 2xx; 410 ends the deliveries.',
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(webhookEventShape) } },
          },
          responses: { '2XX': { description: 'Taken' }, 410: { description: 'Do not call again' } },
        },
      },
    },
    components: {
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic', description: 'Логин и пароль подключения' },
        bearer: { type: 'http', scheme: 'bearer', description: 'Ключ API подключения' },
      },
      schemas,
    },
  }
}

const withoutId = ({ id: _, $id: __, ...schema }: Json): Json => schema

const tagOf = (path: string): string => {
  const first = path.split('/')[1] ?? ''
  return first === 'messages' || first === 'dry-run' ? 'files' : first
}

const queryParameters = ({ query }: Operation, schemaOf: (shape: z.ZodType) => Json): Json[] => {
  if (query === undefined) return []
  const { properties, required = [] } = schemaOf(query) as {
    properties: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }))
}

const headerParameters = ({ headers = {} }: Operation): Json[] =>
  Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string', maxLength: 200 },
  }))

const requestOf = (
  { request }: Operation,
  kind: (typeof documentKinds)[number] | undefined,
  schemaOf: (shape: z.ZodType) => Json,
): Json => {
  if (request === undefined) return {}
  const ofKind = refOf(rootElementOf(kind ?? 'file'))
  return { requestBody: { required: true, content: contentOf(request, ofKind, schemaOf) } }
}

const contentOf = (
  request: NonNullable<Operation['request']>,
  ofKind: Json,
  schemaOf: (shape: z.ZodType) => Json,
): Json => {
  switch (request) {
    case 'bytes':
      return { 'application/octet-stream': { schema: {} } }
    case 'document':
      return {
        'application/json': { schema: ofKind },
        'application/xml': { schema: { type: 'string', description: 'The same by /schemas/edo-1.xsd' } },
      }
    case 'signed-document': {
      const shape = schemaOf(signedDocumentRequest) as { properties: Json }
      return {
        'application/json': { schema: { ...shape, properties: { ...shape.properties, document: ofKind } } },
      }
    }
    default:
      return { 'application/json': { schema: schemaOf(request) } }
  }
}

const answersOf = ({ response, creates }: Operation, schemaOf: (shape: z.ZodType) => Json): Json => {
  if (response === undefined) return { 204: { description: 'Done' } }
  if (response === 'pdf') {
    const pdf = { schema: { type: 'string', format: 'binary' } }
    return { 200: { description: 'The visual form', content: { 'application/pdf': pdf } } }
  }
  if (response === 'container') {
    const container = { schema: { type: 'string', format: 'binary' } }
    return {
      200: { description: 'The container', content: { 'application/vnd.etsi.asic-e+zip': container } },
    }
  }
  if (response === 'attachment') {
    const file = { schema: { type: 'string', format: 'binary' } }
    return { 200: { description: 'The file', content: { 'application/octet-stream': file } } }
  }
  if (response === 'document') {
    return {
      200: { description: 'The exact bytes', content: { 'application/xml': { schema: { type: 'string' } } } },
      304: { description: 'You hold these very bytes (If-None-Match)' },
    }
  }
  const content = { 'application/json': { schema: schemaOf(response) } }
  return {
    ...(creates === undefined ? {} : { 201: { description: 'Made', content } }),
    ...(creates === 'anew'
      ? {}
      : { 200: { description: creates === 'once' ? 'Made before' : 'OK', content } }),
  }
}
