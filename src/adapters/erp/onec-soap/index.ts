import { Refusal } from '../../../core/exchange/index.ts'
import type { Exchange } from '../../../core/exchange/index.ts'
import { answerFor, ClientGone, httpFault, HttpRefusal } from '../../http/index.ts'
import type { DoorTools, HttpContext } from '../../http/index.ts'
import {
  envelope,
  faultEnvelope,
  isValues,
  readSoapRequest,
  responseBody,
  soapFault,
  soapStatus,
} from '../../soap/index.ts'
import type { Desks, ErpDoor } from '../contract.ts'
import { instructionText, moduleText } from './bsl/module-text.ts'
import { examineService } from './connection-check.ts'
import { portName, serviceName, serviceNamespace, servicePath } from './dialect.ts'
import { faultDetail } from './fault-detail.ts'
import { service } from './service.ts'
import { wsdlFor } from './wsdl.ts'

const doorName = 'onec-soap'
const xmlType = 'text/xml; charset=utf-8'

const checkContentType = (contentType: string): void => {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type === 'application/soap+xml')
    throw new Refusal('invalid', [soapFault('SOAP-02', '', { port: portName })])
  if (type !== 'text/xml' && type !== 'application/xml')
    throw new HttpRefusal(415, [httpFault('HTTP-09', { expected: 'text/xml; charset=utf-8' })])
}

const answerXml = (ctx: HttpContext, status: number, xml: string): void => {
  ctx.status = status
  // A string has a known length (1C takes no chunks) and leaves in one write with the headers.
  ctx.body = xml
  ctx.set('Content-Type', xmlType)
}

const serve = async (
  ctx: HttpContext,
  tools: DoorTools,
  gateway: Exchange,
  { makeSigningLink, invoices }: Pick<Desks, 'makeSigningLink' | 'invoices'>,
): Promise<void> => {
  // Before the body: a stranger's bytes are not read.
  const caller = await tools.caller(ctx)
  checkContentType(ctx.get('content-type'))
  const raw = await tools.body(ctx)
  const request = await readSoapRequest(service, raw, {
    contentType: ctx.get('content-type'),
    soapAction: ctx.get('soapaction'),
  })
  if (!request.ok) throw new Refusal('invalid', request.faults)

  const { operation, given } = request.value
  ctx.state.noted['operation'] = operation.name
  const values = await operation.run({
    gateway,
    invoices,
    caller,
    origin: { door: doorName, requestId: ctx.state.requestId },
    raw,
    language: ctx.state.language,
    given,
    makeSigningLink,
  })
  const about = values['return']
  if (isValues(about) && typeof about['DocumentId'] === 'string')
    ctx.state.noted['document'] = about['DocumentId']
  answerXml(ctx, 200, envelope(responseBody(service, operation, values)))
}

/** What a person sees who opens the address in a browser: the four strings that 1C asks for. */
const card = (address: string): string =>
  `Daneker: обмен электронными документами\n\nWSDL: ${address}?wsdl\nURI пространства имён: ${serviceNamespace}\nИмя сервиса: ${serviceName}\nИмя точки подключения: ${portName}\n`

/** SOAP 1.1 in the dialect that 1C itself speaks. See README.md. */
export const door: ErpDoor = {
  name: doorName,
  clientFiles: (subject) => [
    // 1C reads texts in UTF-8 when they begin with a byte order mark.
    { name: 'ДанекерЭДО.bsl', text: `\uFEFF${moduleText(subject)}` },
    { name: 'ИНСТРУКЦИЯ.txt', text: `\uFEFF${instructionText(subject)}` },
  ],
  examine: (_subject, { publicUrl }) => examineService(`${publicUrl()}${servicePath}?wsdl`),
  addresses: (origin) => [
    {
      name: 'wsdlUrl',
      title: { ru: 'Адрес WSDL', kk: 'WSDL мекенжайы', en: 'WSDL address' },
      value: `${origin}${servicePath}?wsdl`,
    },
    {
      name: 'namespace',
      title: { ru: 'URI пространства имён', kk: 'Атаулар кеңістігінің URI', en: 'Namespace URI' },
      value: serviceNamespace,
    },
    {
      name: 'service',
      title: { ru: 'Имя сервиса', kk: 'Сервис атауы', en: 'Service name' },
      value: serviceName,
    },
    {
      name: 'port',
      title: { ru: 'Имя точки подключения', kk: 'Қосылу нүктесінің атауы', en: 'Port name' },
      value: portName,
    },
  ],
  mount: (router, tools, gateway, desks) => {
    router.get(servicePath, (ctx) => {
      const origin = tools.publicOrigin(ctx)
      const asksForWsdl = Object.keys(ctx.query).some((name) => name.toLowerCase() === 'wsdl')
      if (asksForWsdl) answerXml(ctx, 200, wsdlFor(origin))
      else ctx.body = card(`${origin}${servicePath}`)
    })

    router.post(servicePath, async (ctx) => {
      try {
        await serve(ctx, tools, gateway, desks)
      } catch (error) {
        if (error instanceof ClientGone) throw error
        const { requestId, language, noted } = ctx.state
        const answer = answerFor(error, requestId)
        if (answer.surprise !== undefined) tools.surprised(ctx, answer.surprise)
        noted['codes'] = answer.faults.slice(0, 10).map((f) => f.code)
        for (const [name, value] of Object.entries(answer.headers)) ctx.set(name, value)
        answerXml(
          ctx,
          soapStatus(answer),
          faultEnvelope(answer, language, faultDetail(answer, language, requestId)),
        )
      }
    })
  },
}
