import { z } from 'zod'
import { documentJsonSchema, documentKinds, kindTitles, rootElementOf } from '../../../core/document/index.ts'
import { operations, type Operation } from './operations.ts'
import { problemShape } from './shapes.ts'

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
    if (id === undefined) return relinked(schema)
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
        ...parametersIn('query', operation.query),
        ...parametersIn('header', operation.headers),
      ],
      ...requestOf(operation, kind, schemaOf),
      responses: { ...answersOf(operation, schemaOf), default: problem },
    }
  }
  for (const operation of operations) {
    if (operation.request === 'document') {
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
      { name: 'me', description: 'Проверка подключения' },
    ],
    paths,
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
  return first === 'messages' ? 'files' : first
}

const parametersIn = (place: 'query' | 'header', parameters: Readonly<Record<string, string>> = {}): Json[] =>
  Object.entries(parameters).map(([name, description]) => ({
    name,
    in: place,
    description,
    schema: { type: 'string' },
  }))

const requestOf = (
  { request }: Operation,
  kind: (typeof documentKinds)[number] | undefined,
  schemaOf: (shape: z.ZodType) => Json,
): Json => {
  if (request === undefined) return {}
  const content: Json =
    request === 'bytes'
      ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
      : request === 'document'
        ? {
            'application/json': { schema: refOf(rootElementOf(kind ?? 'file')) },
            'application/xml': { schema: { type: 'string', description: 'The same by /schemas/edo-1.xsd' } },
          }
        : { 'application/json': { schema: schemaOf(request) } }
  return { requestBody: { required: true, content } }
}

const answersOf = ({ request, response, id }: Operation, schemaOf: (shape: z.ZodType) => Json): Json => {
  if (response === undefined) return { 204: { description: 'Done' } }
  if (response === 'document') {
    return {
      200: { description: 'The exact bytes', content: { 'application/xml': { schema: { type: 'string' } } } },
    }
  }
  const json = { 'application/json': { schema: schemaOf(response) } }
  const creates = request === 'document' || request === 'bytes' || id === 'putData' || id === 'addWebhook'
  return {
    ...(creates ? { 201: { description: 'Accepted', content: json } } : {}),
    ...(creates && request !== 'document'
      ? {}
      : { 200: { description: creates ? 'Accepted before' : 'OK', content: json } }),
  }
}
