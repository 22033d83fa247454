import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { fault, type Fault, type Words } from '../core/kernel/index.ts'
import { StartRefusal } from './start-refusal.ts'

/** Where the demo lives, and leaves its address for the commands that are told no other. */
export const demoFolder = 'data/demo'

export interface Target {
  url?: string
  key?: string
  /** Why the content of documents is looked at; goes into the audit log. */
  reason?: string
}

const noGateway = (): Fault =>
  fault('CLI-01', '', {
    ru: 'Неизвестно, к какому шлюзу обращаться. Укажите --url и --key (или DANEKER_URL и DANEKER_KEY), либо запустите npm run demo.',
    kk: 'Қай шлюзге жүгіну керегі белгісіз. --url мен --key көрсетіңіз немесе npm run demo іске қосыңыз.',
    en: 'It is not known which gateway to ask. Give --url and --key, or run npm run demo.',
  })

const noAnswer = (url: string): Fault =>
  fault('CLI-02', '', {
    ru: `Шлюз ${url} не отвечает. Проверьте адрес и что он запущен.`,
    kk: `${url} шлюзі жауап бермейді. Мекенжайды және оның іске қосылғанын тексеріңіз.`,
    en: `The gateway ${url} does not answer. Check the address and that it runs.`,
  })

/** Asks a running gateway as its operator. */
export class OperatorClient {
  readonly #url: string
  readonly #key: string
  readonly #reason: string | undefined

  constructor({ url, key, reason }: Target) {
    this.#reason = reason
    const demo = url === undefined && key === undefined ? demoAddress() : undefined
    const at = url ?? demo?.url
    const with_ = key ?? demo?.key
    if (at === undefined || with_ === undefined) throw new StartRefusal([noGateway()])
    this.#url = at.replace(/\/+$/, '')
    this.#key = with_
  }

  /** The answer's JSON. Throws `StartRefusal` with what the gateway said. */
  async ask<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const answer = await this.#fetch(method, path, body)
    const text = await answer.text()
    if (answer.ok) return (text === '' ? undefined : JSON.parse(text)) as T
    throw new StartRefusal(faultsOf(text, answer.status))
  }

  /** Sends bytes as they are: a file of somebody else's. */
  async send<T>(path: string, bytes: Uint8Array): Promise<T> {
    const answer = await this.#fetch('POST', path, bytes)
    const text = await answer.text()
    if (answer.ok) return JSON.parse(text) as T
    throw new StartRefusal(faultsOf(text, answer.status))
  }

  /** The answer's bytes, with its headers. Throws `StartRefusal` with what the gateway said. */
  async bytes(path: string): Promise<{ bytes: Uint8Array; headers: Headers }> {
    const answer = await this.#fetch('GET', path, undefined)
    if (!answer.ok) throw new StartRefusal(faultsOf(await answer.text(), answer.status))
    return { bytes: new Uint8Array(await answer.arrayBuffer()), headers: answer.headers }
  }

  /** The bytes of a public page. */
  async page(path: string): Promise<Uint8Array> {
    const answer = await this.#fetch('GET', path, undefined, '')
    if (!answer.ok) throw new StartRefusal(faultsOf(await answer.text(), answer.status))
    return new Uint8Array(await answer.arrayBuffer())
  }

  async #fetch(method: string, path: string, body: unknown, root = '/operator/v1'): Promise<Response> {
    try {
      return await fetch(`${this.#url}${root}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.#key}`,
          'content-type': body instanceof Uint8Array ? 'application/octet-stream' : 'application/json',
          'accept-language': 'ru',
          ...(this.#reason === undefined ? {} : { 'daneker-reason': encodeURIComponent(this.#reason) }),
        },
        body:
          body === undefined
            ? undefined
            : body instanceof Uint8Array
              ? (body as BodyInit)
              : JSON.stringify(body),
      })
    } catch {
      throw new StartRefusal([noAnswer(this.#url)])
    }
  }
}

const demoAddress = (): { url: string; key: string } | undefined => {
  try {
    return JSON.parse(readFileSync(join(demoFolder, 'address.json'), 'utf8')) as { url: string; key: string }
  } catch {
    return undefined
  }
}

/** A problem's faults come in one language, the one we asked for. */
const faultsOf = (text: string, status: number): Fault[] => {
  const said = (sentence: string): Words => ({ ru: sentence, kk: sentence, en: sentence })
  try {
    const problem = JSON.parse(text) as {
      faults?: { code: string; path: string; source?: string; message: string }[]
      detail?: string
    }
    const faults = (problem.faults ?? []).map(({ code, path, message }) => fault(code, path, said(message)))
    if (faults.length > 0) return faults
  } catch {
    // Not ours: a proxy's page, perhaps.
  }
  return [fault('CLI-03', '', said(`HTTP ${status}`))]
}

/** Adds `--url` and `--key` to a command that asks a running gateway. */
export const asking = (command: Command): Command =>
  command
    .option('--url <url>', 'адрес шлюза (по умолчанию — демо) · address of the gateway')
    .option('--key <key>', 'ключ оператора · key of the operator')
    .option('--json', 'ответ как JSON · answer as JSON', false)
