import { Refusal } from '../../../core/exchange/index.ts'
import { answerFor, ClientGone, httpFault, HttpRefusal } from '../../http/index.ts'
import type { DoorTools, HttpContext } from '../../http/index.ts'
import {
  envelope,
  faultEnvelope,
  readSoapRequest,
  responseBody,
  soapFault,
  soapStatus,
} from '../../soap/index.ts'
import type { SoapService } from '../../soap/index.ts'
import type { DoorAddress, ErpDoor } from '../contract.ts'
import { Notebook } from './dialogue/notebook.ts'
import { Outgoing } from './dialogue/outgoing.ts'
import { services, type Call, type Operation } from './dialogue/services.ts'
import { enterpriseData } from './read/package.ts'
import { wsdlOf } from './wsdl.ts'

const doorName = 'enterprisedata'
const xmlType = 'text/xml; charset=utf-8'

const answerXml = (ctx: HttpContext, status: number, xml: string): void => {
  ctx.status = status
  // A string has a known length (1C takes no chunks) and leaves in one write with the headers.
  ctx.body = xml
  ctx.set('Content-Type', xmlType)
}

const checkContentType = (contentType: string, port: string): void => {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type === 'application/soap+xml') throw new Refusal('invalid', [soapFault('SOAP-02', '', { port })])
  if (type !== 'text/xml' && type !== 'application/xml')
    throw new HttpRefusal(415, [httpFault('HTTP-09', { expected: xmlType })])
}

type Powers = Pick<Call, 'gateway' | 'outgoing'> & { notebookOf: (connectionId: string) => Notebook }

const serve = async (
  ctx: HttpContext,
  tools: DoorTools,
  service: SoapService<Operation>,
  { gateway, outgoing, notebookOf }: Powers,
): Promise<void> => {
  // Before the body: a stranger's bytes are not read.
  const caller = await tools.caller(ctx)
  checkContentType(ctx.get('content-type'), service.port)
  const request = await readSoapRequest(service, await tools.body(ctx), {
    contentType: ctx.get('content-type'),
    soapAction: ctx.get('soapaction'),
  })
  if (!request.ok) throw new Refusal('invalid', request.faults)
  const { operation, given } = request.value
  ctx.state.noted['operation'] = operation.name
  const values = await operation.run({
    gateway,
    caller,
    outgoing,
    notebook: notebookOf(caller.connectionId),
    origin: { door: doorName, requestId: ctx.state.requestId },
    language: ctx.state.language,
    now: new Date(),
    given,
  })
  answerXml(ctx, 200, envelope(responseBody(service, operation, values)))
}

/** What a person sees who opens the address in a browser: the strings that 1C asks for. */
const card = ({ name, port, namespace }: SoapService, address: string): string =>
  `Daneker: EnterpriseData\n\nWSDL: ${address}?wsdl\nURI пространства имён: ${namespace}\nИмя сервиса: ${name}\nИмя точки подключения: ${port}\n`

/** The service with which a base both sends and fetches: what the wizard of 1C asks for. */
const addressesOf = (origin: string): DoorAddress[] => {
  const service = services.find(({ name }) => name.includes('Exchange'))
  if (service === undefined) return []
  const { name, port, namespace } = service
  return [
    {
      name: 'baseUrl',
      title: {
        ru: 'Адрес программы в Интернете',
        kk: 'Бағдарламаның интернет-мекенжайы',
        en: 'Address of the base',
      },
      value: origin,
    },
    {
      name: 'wsdlUrl',
      title: { ru: 'Адрес WSDL', kk: 'WSDL мекенжайы', en: 'WSDL address' },
      value: `${origin}/ws/${name}?wsdl`,
    },
    {
      name: 'namespace',
      title: { ru: 'URI пространства имён', kk: 'Атаулар кеңістігінің URI', en: 'Namespace URI' },
      value: namespace,
    },
    { name: 'service', title: { ru: 'Имя сервиса', kk: 'Сервис атауы', en: 'Service name' }, value: name },
    {
      name: 'port',
      title: { ru: 'Имя точки подключения', kk: 'Қосылу нүктесінің атауы', en: 'Port name' },
      value: port,
    },
  ]
}

/** EnterpriseData over 1C's own web services. See README.md. */
export const door: ErpDoor = {
  name: doorName,
  addresses: addressesOf,
  formats: [enterpriseData],
  mount: (router, tools, gateway, desks) => {
    const outgoing = new Outgoing()
    const notebookOf = (connectionId: string): Notebook => new Notebook(desks.notes, connectionId)
    for (const service of services) {
      // 1C adds `/ws/<name>` to the address of a base; a published base also answers with its own ending.
      for (const path of [`/ws/${service.name}`, `/ws/${service.name}.1cws`]) {
        router.get(path, (ctx) => {
          const address = `${tools.publicOrigin(ctx)}${path}`
          const asksForWsdl = Object.keys(ctx.query).some((name) => name.toLowerCase() === 'wsdl')
          if (asksForWsdl) answerXml(ctx, 200, wsdlOf(service, address))
          else ctx.body = card(service, address)
        })
        router.post(path, async (ctx) => {
          try {
            await serve(ctx, tools, service, { gateway, outgoing, notebookOf })
          } catch (error) {
            if (error instanceof ClientGone) throw error
            const { requestId, language, noted } = ctx.state
            const answer = answerFor(error, requestId)
            if (answer.surprise !== undefined) tools.surprised(ctx, answer.surprise)
            noted['codes'] = answer.faults.slice(0, 10).map((f) => f.code)
            for (const [name, value] of Object.entries(answer.headers)) ctx.set(name, value)
            answerXml(ctx, soapStatus(answer), faultEnvelope(answer, language))
          }
        })
      }
    }
  },
}
