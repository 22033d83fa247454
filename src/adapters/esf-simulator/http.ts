import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Operation, Service } from './contract.ts'
import { services } from './contract.ts'
import type { FaultScript, InjectedFault } from './fault-script.ts'
import { nameOf } from './fault-script.ts'
import type { Portal } from './portal.ts'
import type { Content, ContentValue } from './schema.ts'
import { checkContent, writeContent } from './schema.ts'
import type { Handler } from './service.ts'
import type { SoapRequest } from './soap.ts'
import { SoapFault, otherDress, readEnvelope, usualDress, writeAnswer, writeFault } from './soap.ts'
import { writeWsdl } from './wsdl.ts'
import { childText } from './xml.ts'

/** Where the services live on the real portal, too. */
export const basePath = '/esf-web/ws/api1'

/** A batch of 50 invoices of 80 000 characters is 8 MB in UTF-8; nothing larger is read. */
const maxRequestBytes = 32 * 1024 * 1024

const xmlType = 'text/xml; charset=utf-8'
const htmlType = 'text/html; charset=utf-8'
const htmlPage =
  '<!DOCTYPE html><html><head><title>ИС ЭСФ</title></head><body><h1>Сервис временно недоступен</h1></body></html>'
const maintenancePage =
  '<!DOCTYPE html><html><head><title>ИС ЭСФ</title></head><body><h1>Ведутся технические работы</h1></body></html>'

export interface Endpoint {
  readonly portal: Portal
  readonly faults: FaultScript
  readonly handlers: Readonly<Record<string, Readonly<Record<string, Handler>>>>
  /** What `GET /simulator` shows: calls, statuses, faults done. No part of the real portal. */
  overview(): unknown
  /** Base address as callers see it, for the WSDL. */
  address(): string
}

/** Answers one HTTP request of the simulated portal. Never rejects. */
export const answer = async (
  endpoint: Endpoint,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2)
  if (path === '/simulator' && request.method === 'GET') {
    send(response, 200, 'application/json; charset=utf-8', JSON.stringify(endpoint.overview()))
    return
  }
  const service = services.find(({ name }) => path === `${basePath}/${name}`)
  if (service === undefined) {
    send(response, 404, htmlType, htmlPage)
    return
  }
  if (request.method === 'GET' && query.toLowerCase() === 'wsdl') {
    send(response, 200, xmlType, writeWsdl(service, `${endpoint.address()}/${service.name}`))
    return
  }
  if (request.method !== 'POST') {
    send(response, 405, htmlType, htmlPage)
    return
  }
  try {
    await answerCall(endpoint, service, await readBody(request), response)
  } catch (error) {
    if (error instanceof SoapFault) send(response, 500, xmlType, writeFault(error, service.namespace))
    else if (error instanceof RequestRefused)
      send(response, error.status, 'text/plain; charset=utf-8', error.message)
    else response.destroy()
  }
}

class RequestRefused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') throw new RequestRefused(415, 'Content-Encoding is not supported')
  if (!/^(text|application)\/xml\b/i.test(request.headers['content-type'] ?? '')) {
    throw new RequestRefused(415, 'text/xml expected')
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxRequestBytes) throw new RequestRefused(413, 'too large')
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new SoapFault('soap:Client', 'Error reading XMLStreamReader: Invalid UTF-8')
  }
}

/** Faults that come before the portal has done anything. */
const untouched: ReadonlyMap<InjectedFault, (response: ServerResponse) => void> = new Map<
  InjectedFault,
  (response: ServerResponse) => void
>([
  ['drop', (response) => response.destroy()],
  ['error-500', (response) => send(response, 500, 'text/plain', '')],
  ['html', (response) => send(response, 200, htmlType, htmlPage)],
  ['unavailable', (response) => send(response, 503, htmlType, maintenancePage)],
])

const answerCall = async (
  endpoint: Endpoint,
  service: Service,
  xml: string,
  response: ServerResponse,
): Promise<void> => {
  const { portal, faults } = endpoint
  const { request, name, operation } = await recognise(portal, service, xml)
  const injected = faults.take(name, portal.now())
  const count = (outcome: string): void =>
    portal.writeCall({
      kind: 'call',
      service: service.name,
      operation: name,
      outcome,
      ...(injected === undefined ? {} : { injected: nameOf(injected) }),
    })

  portal.advance()
  portal.expireSessions()
  const early = injected === undefined ? undefined : untouched.get(injected)
  if (early !== undefined) {
    count('not done')
    await portal.durable()
    early(response)
    return
  }
  if (isOverBudget(portal)) {
    count('over budget')
    await portal.durable()
    send(response, 429, htmlType, htmlPage)
    return
  }
  if (injected === 'session-killed') {
    const session = portal.state.sessions.get(childText(request.payload, 'sessionId') ?? '')
    if (session !== undefined) portal.closeSession(session, 'killed by the script')
  }

  let content: Content
  try {
    content = await run(endpoint, service, name, operation, request, injected)
  } catch (error) {
    // A defect of the simulator looks to the caller like one of the portal, and is named in the journal.
    const fault =
      error instanceof SoapFault ? error : new SoapFault('soap:Server', 'Fault occurred while processing.')
    count(
      error instanceof SoapFault ? (error.reason?.description ?? error.message) : `defect: ${String(error)}`,
    )
    await portal.durable()
    sendDressed(response, 500, writeFault(fault, service.namespace), injected)
    return
  }
  count('ok')
  // What has been promised must survive a crash before it is said.
  await portal.durable()
  const altered = alterContent(content, injected)
  const isOther = injected === 'other-dress'
  const body = writeContent(operation.response.type, altered, { reverseAll: isOther })
  const dress = isOther ? otherDress : usualDress
  sendDressed(
    response,
    200,
    writeAnswer(service.namespace, operation.response.element, body, dress),
    injected,
  )
}

/** A request that names no operation is a call, too: the budget counts it. */
const recognise = async (
  portal: Portal,
  service: Service,
  xml: string,
): Promise<{ request: SoapRequest; name: string; operation: Operation }> => {
  try {
    const request = readEnvelope(xml)
    return { request, ...findOperation(service, request) }
  } catch (error) {
    if (error instanceof SoapFault) {
      portal.writeCall({ kind: 'call', service: service.name, operation: 'unknown', outcome: error.message })
      await portal.durable()
    }
    throw error
  }
}

const findOperation = (
  service: Service,
  { payload }: SoapRequest,
): { name: string; operation: Operation } => {
  for (const [name, operation] of Object.entries(service.operations)) {
    if (operation.request.element === payload.name && service.namespace === payload.namespace) {
      return { name, operation }
    }
  }
  throw new SoapFault(
    'soap:Client',
    `Message part {${payload.namespace}}${payload.name} was not recognized.  (Does it exist in service WSDL?)`,
  )
}

const run = async (
  { handlers }: Endpoint,
  service: Service,
  name: string,
  operation: Operation,
  { payload, security }: SoapRequest,
  injected: InjectedFault | undefined,
): Promise<Content> => {
  // Only the login services look at WS-Security; elsewhere CXF does not understand it [?].
  const readsSecurity = service.name === 'SessionService' || service.name === 'AuthService'
  if (security?.mustUnderstand === true && !readsSecurity) {
    throw new SoapFault('soap:MustUnderstand', 'MustUnderstand headers: [Security] are not understood.')
  }
  const [fault] = checkContent(payload, operation.request.type)
  if (fault !== undefined) throw SoapFault.unmarshalling(fault.message)
  if (typeof injected === 'object' && injected.kind === 'fault') {
    throw injected.withoutDetail === true
      ? new SoapFault('soap:Server', 'Fault occurred while processing.')
      : SoapFault.declared(injected.name, injected.description)
  }
  const handler = handlers[service.name]?.[name]
  if (handler === undefined) throw new SoapFault('soap:Server', `${service.name}.${name} is not simulated`)
  return handler({ payload, security })
}

const isOverBudget = (portal: Portal): boolean => {
  const { callsPerDay } = portal.options
  return callsPerDay !== undefined && portal.callsOfDay(portal.today()) >= callsPerDay
}

/** Ten thousand millions further: an id that no document of the simulator has. */
const wrongIdShift = 10_000_000_000n

const alterContent = (content: Content, injected: InjectedFault | undefined): Content => {
  if (injected === 'wrong-id') {
    return mapFields(content, (name, value) =>
      name === 'id' || name === 'invoiceId' || name === 'awpId'
        ? String(BigInt(value) + wrongIdShift)
        : value,
    )
  }
  if (injected === 'unknown-status') {
    return mapFields(content, (name, value) =>
      name === 'invoiceStatus' || name === 'status' ? 'AWAITING_SOMETHING_NEW' : value,
    )
  }
  return content
}

const mapFields = (content: Content, map: (name: string, value: string) => string): Content =>
  Object.fromEntries(Object.entries(content).map(([name, value]) => [name, mapValue(name, value, map)]))

const mapValue = (
  name: string,
  value: ContentValue,
  map: (name: string, value: string) => string,
): ContentValue => {
  if (typeof value === 'string') return map(name, value)
  if (Array.isArray(value)) return value.map((one: ContentValue) => mapValue(name, one, map))
  if (typeof value === 'object' && !(value instanceof Date)) return mapFields(value as Content, map)
  return value
}

const sendDressed = (
  response: ServerResponse,
  status: number,
  body: string,
  injected: InjectedFault | undefined,
): void => {
  if (typeof injected === 'object') {
    if (injected.kind === 'delay') {
      const timer = setTimeout(() => send(response, status, xmlType, body), injected.ms)
      response.once('close', () => clearTimeout(timer))
      return
    }
    if (injected.kind === 'huge') {
      send(
        response,
        status,
        xmlType,
        body + ' '.repeat(Math.max(0, injected.bytes - Buffer.byteLength(body))),
      )
      return
    }
  }
  switch (injected) {
    case 'accept-then-drop':
      response.destroy()
      return
    case 'accept-then-500':
      send(response, 500, 'text/plain', '')
      return
    case 'accept-then-html':
      send(response, 200, htmlType, htmlPage)
      return
    case 'accept-then-hang':
      return
    case 'empty':
      send(response, 200, xmlType, '')
      return
    case 'truncate': {
      const bytes = Buffer.from(body)
      response.writeHead(status, { 'content-type': xmlType, 'content-length': bytes.length })
      response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy())
      return
    }
    default:
      send(response, status, xmlType, body)
  }
}

const send = (response: ServerResponse, status: number, type: string, body: string): void => {
  if (response.destroyed || response.headersSent) return
  const bytes = Buffer.from(body)
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length })
  response.end(bytes)
}
