import type { Fault } from '../../../core/kernel/index.ts'
import { CallFailed, type BaseCall, type CallAnswer } from '../../outbound/index.ts'
import { odataFault, type OdataCode } from './odata-faults.ts'

/** What a published base said instead of data. */
export class BaseProblem extends Error {
  readonly fault: Fault
  readonly code: OdataCode
  /** 1C's own number: 8 no such entity, 9 no such object, 15 key taken, 20 no rights, -1 a refusal of business. */
  readonly number: string | undefined

  constructor(code: OdataCode, what: string, number?: string) {
    super(`${code} ${number ?? ''}`)
    this.name = 'BaseProblem'
    this.code = code
    this.fault = odataFault(code, what)
    this.number = number
  }

  /** An explicit no: asking again gives the same. */
  get isRefusal(): boolean {
    return this.code === 'ODATA-08'
  }
}

export interface BaseClientOptions {
  url: string
  login: string
  password: string
  call: (operation: string, call: BaseCall) => Promise<CallAnswer>
}

/** `$metadata` of a whole configuration has 3 to 4 MB and takes a base 5 seconds. */
const metadataBytes = 32 * 1024 * 1024
const metadataMs = 120_000
const dataBytes = 16 * 1024 * 1024
const dataMs = 60_000

/** A base's standard OData interface with its habits (OData 3, chapter 17.4 of the developer's guide). */
export class BaseClient {
  readonly #options: BaseClientOptions
  /** The base's own clock when it answered last, and ours. */
  clock: { theirs: Date; ours: Date } | undefined

  constructor(options: BaseClientOptions) {
    this.#options = options
  }

  /** The text of `$metadata`: XML only, whatever is asked for. */
  async metadata(): Promise<string> {
    const answer = await this.#ask('metadata', 'GET', '$metadata', {
      accept: 'application/xml',
      timeoutMs: metadataMs,
      maxBytes: metadataBytes,
    })
    return textOf(answer)
  }

  /** Rows of an entity; undefined fields are left to the base. */
  async rows(entity: string, query: Record<string, string | number>): Promise<Record<string, unknown>[]> {
    const value = (await this.#json('rows', 'GET', `${encodeURIComponent(entity)}?${queryOf(query)}`)) as {
      value?: unknown
    }
    if (!Array.isArray(value.value)) throw new BaseProblem('ODATA-09', `${entity}: нет value`)
    return value.value.filter(isRecord)
  }

  /** One object; undefined when the base has none under the reference. */
  async one(entity: string, ref: string): Promise<Record<string, unknown> | undefined> {
    try {
      const value = await this.#json('one', 'GET', `${encodeURIComponent(entity)}(guid'${ref}')?$format=json`)
      return isRecord(value) ? value : undefined
    } catch (error) {
      if (error instanceof BaseProblem && error.number === '9') return undefined
      throw error
    }
  }

  /** Creates an object under a reference of ours, or changes the one that is there: repeating changes nothing. */
  async put(entity: string, ref: string, fields: Record<string, unknown>): Promise<'created' | 'changed'> {
    const there = await this.one(entity, ref)
    if (there === undefined) {
      try {
        await this.#json('create', 'POST', `${encodeURIComponent(entity)}?$format=json`, {
          Ref_Key: ref,
          ...fields,
        })
        return 'created'
      } catch (error) {
        // Created by an attempt whose answer was lost.
        if (!(error instanceof BaseProblem) || error.number !== '15') throw error
      }
    }
    await this.#json('change', 'PATCH', `${encodeURIComponent(entity)}(guid'${ref}')?$format=json`, fields)
    return 'changed'
  }

  /** The atom feed of everything registered for an exchange node up to a message. */
  async selectChanges(plan: string, node: string, messageNo: number): Promise<string> {
    const answer = await this.#ask('changes', 'POST', `SelectChanges?${pointOf(plan, node, messageNo)}`, {
      accept: 'application/atom+xml',
      timeoutMs: metadataMs,
      maxBytes: metadataBytes,
    })
    return textOf(answer)
  }

  async notifyChangesReceived(plan: string, node: string, messageNo: number): Promise<void> {
    await this.#ask('changes-received', 'POST', `NotifyChangesReceived?${pointOf(plan, node, messageNo)}`, {
      accept: 'application/json',
      timeoutMs: dataMs,
      maxBytes: dataBytes,
    })
  }

  async #json(operation: string, method: BaseCall['method'], path: string, body?: unknown): Promise<unknown> {
    const answer = await this.#ask(operation, method, path, {
      accept: 'application/json;odata=nometadata',
      timeoutMs: dataMs,
      maxBytes: dataBytes,
      body,
    })
    const text = textOf(answer)
    if (text === '') return {}
    try {
      return JSON.parse(text) as unknown
    } catch {
      throw new BaseProblem('ODATA-09', `HTTP ${answer.status}, не JSON`)
    }
  }

  async #ask(
    operation: string,
    method: BaseCall['method'],
    path: string,
    { accept, body, ...limits }: { accept: string; timeoutMs: number; maxBytes: number; body?: unknown },
  ): Promise<CallAnswer> {
    const { url, login, password, call } = this.#options
    let answer: CallAnswer
    try {
      answer = await call(operation, {
        method,
        url: `${url}${path}`,
        headers: {
          accept,
          authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
        },
        ...(method === 'GET' ? {} : { body: Buffer.from(body === undefined ? '' : JSON.stringify(body)) }),
        ...limits,
      })
    } catch (error) {
      if (error instanceof CallFailed) throw new BaseProblem('ODATA-02', error.code)
      throw error
    }
    const date = new Date(answer.headers['date'] ?? '')
    if (!Number.isNaN(date.getTime())) this.clock = { theirs: date, ours: new Date() }
    return judged(answer)
  }
}

/** 1C takes `%20` for a space and answers 400 to `+`. */
const queryOf = (query: Record<string, string | number>): string =>
  Object.entries({ ...query, $format: 'json' })
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`)
    .join('&')

const pointOf = (plan: string, node: string, messageNo: number): string => {
  const point = `ExchangePlan_${plan}(guid'${node}')`
  return `DataExchangePoint=${encodeURIComponent(`'${point}'`)}&MessageNo=${messageNo}`
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textOf = ({ bytes }: CallAnswer): string => new TextDecoder().decode(bytes)

/** The number and the words of an error, as JSON or as XML. */
const errorIn = (text: string): { number: string; said: string } | undefined => {
  try {
    const value = JSON.parse(text) as { 'odata.error'?: { code?: string; message?: { value?: string } } }
    const error = value['odata.error']
    if (error !== undefined) return { number: String(error.code ?? ''), said: error.message?.value ?? '' }
  } catch {
    const number = /<(?:\w+:)?code>([^<]*)<\//.exec(text)?.[1]
    const said = /<(?:\w+:)?message[^>]*>([^<]*)<\//.exec(text)?.[1]
    if (number !== undefined) return { number: number.trim(), said: said ?? '' }
  }
  return undefined
}

/** Good answers go on; everything else becomes what it means in a base, not in HTTP. */
const judged = (answer: CallAnswer): CallAnswer => {
  const { status, headers } = answer
  const isPage = /text\/html/i.test(headers['content-type'] ?? '')
  if (status >= 200 && status < 300) {
    if (isPage || /^\s*<(!doctype html|html)/i.test(textOf(answer).slice(0, 200)))
      throw new BaseProblem('ODATA-05', '')
    return answer
  }
  const error = isPage ? undefined : errorIn(textOf(answer))
  if (status === 401) throw new BaseProblem('ODATA-03', '')
  if (error?.number === '8' || (status === 404 && error === undefined))
    throw new BaseProblem('ODATA-04', error?.said ?? `HTTP ${status}`, error?.number)
  if (error?.number === '20' || status === 403)
    throw new BaseProblem('ODATA-07', error?.said ?? `HTTP ${status}`, error?.number)
  if (error?.number === '-1') throw new BaseProblem('ODATA-08', error.said, '-1')
  throw new BaseProblem('ODATA-09', error?.said ?? `HTTP ${status}`, error?.number)
}
