import { BasicAuthSecurity, createClientAsync, type Client } from 'soap'
import { parseStringPromise } from 'xml2js'
import { sameWords, type ConnectionCheck } from '../../../core/company/index.ts'
import type { Words } from '../../../core/kernel/index.ts'
import { portName, serviceName, serviceNamespace } from './dialect.ts'

/** One step of a connection as an importing client takes it. */
export interface ConnectionFinding {
  step: 'address' | 'wsdl' | 'names' | 'ping' | 'login'
  ok: boolean
  /** What was found, for people. */
  found: string
  remedy?: Words
}

const remedies: Record<ConnectionFinding['step'], Words> = {
  address: {
    ru: 'Проверьте адрес, сеть и сертификат: WSDL не открывается. В 1С это выглядит как «Ошибка работы с Интернет».',
    kk: 'Мекенжайды, желіні және сертификатты тексеріңіз: WSDL ашылмайды.',
    en: 'Check address, network and certificate: the WSDL does not open.',
  },
  wsdl: {
    ru: 'По адресу отвечает не веб-сервис шлюза. Адрес должен оканчиваться на /ws/EdoGateway_1_0?wsdl.',
    kk: 'Мекенжай бойынша шлюздің веб-сервисі емес, басқасы жауап береді. Мекенжай /ws/EdoGateway_1_0?wsdl деп аяқталуы керек.',
    en: 'Something else answers at this address. It has to end in /ws/EdoGateway_1_0?wsdl.',
  },
  names: {
    ru: 'Имена сервиса не те, что ждёт 1С. Между базой и шлюзом стоит что-то, что меняет WSDL.',
    kk: 'Сервис аттары 1С күткендей емес. База мен шлюз арасында WSDL-ді өзгертетін нәрсе тұр.',
    en: 'The names are not those 1C expects. Something between the base and the gateway changes the WSDL.',
  },
  ping: {
    ru: 'Вызов не проходит. 1С вызывает тот же адрес без «?wsdl»: проверьте, что прокси пропускает POST на него.',
    kk: 'Шақыру өтпейді. 1С «?wsdl» қоспай сол мекенжайды шақырады: прокси оған POST өткізетінін тексеріңіз.',
    en: 'The call does not get through. 1C calls the same address without “?wsdl”: see that a proxy lets POST pass.',
  },
  login: {
    ru: 'Логин или пароль подключения не подходят. Возьмите их у оператора или смените пароль (connection rotate).',
    kk: 'Қосылымның логині немесе құпиясөзі сәйкес келмейді. Оператордан алыңыз немесе құпиясөзді ауыстырыңыз (connection rotate).',
    en: 'Login or password of the connection do not fit. Ask the operator for them, or rotate the password.',
  },
}

/** 1C gives the control call seven seconds. */
const callTimeoutMs = 7_000

/**
 * Walks a connection as a foreign SOAP client does: opens the WSDL, imports it, calls `Ping`, logs in with
 * `TestConnection`. Stops at the first step that fails, because the rest would only repeat it.
 */
export const checkConnection = async ({
  wsdlUrl,
  login,
  password,
}: {
  wsdlUrl: string
  login: string
  password: string
}): Promise<ConnectionFinding[]> => {
  const findings: ConnectionFinding[] = []
  const passed = (step: ConnectionFinding['step'], found: string): void => {
    findings.push({ step, ok: true, found })
  }
  const failed = (step: ConnectionFinding['step'], found: string): ConnectionFinding[] => [
    ...findings,
    { step, ok: false, found, remedy: remedies[step] },
  ]

  const text = await textAt(wsdlUrl)
  if (text === undefined) return failed('address', 'нет ответа')
  passed('address', wsdlUrl)

  const names = await namesIn(text)
  if (names === undefined) return failed('wsdl', 'это не WSDL')
  passed('wsdl', `${text.length} знаков`)
  const expected = `${serviceNamespace} · ${serviceName} · ${portName}`
  if (names !== expected) return failed('names', names)
  passed('names', names)

  const client = await importedClient(wsdlUrl)
  if (client === undefined) return failed('wsdl', 'WSDL не импортируется')
  client.setSecurity(new BasicAuthSecurity(login, password))
  const ping = await called(client, 'Ping')
  if (typeof ping === 'number')
    return ping === 401 ? failed('login', 'HTTP 401') : failed('ping', answerText(ping))
  passed('ping', String(ping.return))
  const test = await called(client, 'TestConnection')
  if (typeof test === 'number' || String(test.return) !== 'true') {
    return failed('login', typeof test === 'number' ? answerText(test) : String(test.ErrorMessage))
  }
  passed('login', String(test.ErrorMessage))
  return findings
}

/** The service as anybody sees it at our own public address, without credentials: does it open, are its names right. */
export const examineService = async (wsdlUrl: string): Promise<ConnectionCheck[]> => {
  const title: Words = { ru: 'Веб-сервис', kk: 'Веб-сервис', en: 'Web service' }
  const bad = (step: 'address' | 'wsdl' | 'names', found: string): ConnectionCheck[] => {
    const said = remedies[step]
    const cut = (text: string): [string, string] => {
      const at = /[.:](?= )/.exec(text)?.index ?? text.length - 1
      return [text.slice(0, at + 1), text.slice(at + 1).trim() || text]
    }
    const [ru, kk, en] = [cut(said.ru), cut(said.kk), cut(said.en)]
    return [
      {
        id: 'soap',
        title,
        // Where the public address leads past this machine, the base may reach it all the same.
        outcome: step === 'address' ? 'warning' : 'bad',
        found: sameWords(found),
        cause: { ru: ru[0], kk: kk[0], en: en[0] },
        remedy: { ru: ru[1], kk: kk[1], en: en[1] },
      },
    ]
  }
  const text = await textAt(wsdlUrl)
  if (text === undefined) return bad('address', wsdlUrl)
  const names = await namesIn(text)
  if (names === undefined) return bad('wsdl', wsdlUrl)
  return names === `${serviceNamespace} · ${serviceName} · ${portName}`
    ? [{ id: 'soap', title, outcome: 'ok', found: sameWords(wsdlUrl) }]
    : bad('names', names)
}

const answerText = (status: number): string => (status === 0 ? 'нет ответа' : `HTTP ${status}`)

const textAt = async (url: string): Promise<string | undefined> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(callTimeoutMs) })
    return answer.ok ? await answer.text() : undefined
  } catch {
    return undefined
  }
}

interface WsdlTree {
  definitions?: {
    $?: { targetNamespace?: string }
    service?: { $?: { name?: string }; port?: { $?: { name?: string } }[] }[]
  }
}

/** Namespace, service and first port of a WSDL, in the order 1C asks for them. */
const namesIn = async (wsdl: string): Promise<string | undefined> => {
  try {
    const tree = (await parseStringPromise(wsdl, {
      tagNameProcessors: [(name: string) => name.replace(/^.*:/, '')],
    })) as WsdlTree
    const service = tree.definitions?.service?.[0]
    const port = service?.port?.[0]?.$?.name
    if (service === undefined || port === undefined) return undefined
    return `${tree.definitions?.$?.targetNamespace ?? ''} · ${service.$?.name ?? ''} · ${port}`
  } catch {
    return undefined
  }
}

const importedClient = async (wsdlUrl: string): Promise<Client | undefined> => {
  try {
    return await createClientAsync(wsdlUrl, { endpoint: wsdlUrl.replace(/\?.*$/, '') })
  } catch {
    return undefined
  }
}

/** The answer's fields, or the HTTP status (0: none came) when the call failed. */
const called = async (client: Client, operation: string): Promise<Record<string, unknown> | number> => {
  try {
    const call = client[`${operation}Async`] as (
      args: object,
      options: { timeout: number },
    ) => Promise<[Record<string, unknown>]>
    const [answer] = await call.call(client, {}, { timeout: callTimeoutMs })
    return answer
  } catch (error) {
    return (error as { response?: { status?: number } }).response?.status ?? 0
  }
}
