import type { WebhookEndpoint, Webhooks } from '../../core/exchange/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { onRollback } from './unit-of-work.ts'

/** Twin of the webhook endpoints. */
export class MemoryWebhooks implements Webhooks {
  readonly #endpoints = new Map<string, WebhookEndpoint>()

  add(tx: Tx, endpoint: WebhookEndpoint): Promise<void> {
    this.#endpoints.set(endpoint.id, endpoint)
    onRollback(tx, () => this.#endpoints.delete(endpoint.id))
    return Promise.resolve()
  }

  byId(id: string): Promise<WebhookEndpoint | undefined> {
    return Promise.resolve(this.#endpoints.get(id))
  }

  of(companyId: string): Promise<WebhookEndpoint[]> {
    return Promise.resolve(
      [...this.#endpoints.values()]
        .filter((endpoint) => endpoint.companyId === companyId)
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
    )
  }

  remove(tx: Tx, companyId: string, id: string): Promise<boolean> {
    const endpoint = this.#endpoints.get(id)
    if (endpoint?.companyId !== companyId) return Promise.resolve(false)
    this.#endpoints.delete(id)
    onRollback(tx, () => this.#endpoints.set(id, endpoint))
    return Promise.resolve(true)
  }

  disable(tx: Tx, id: string, reason: string, at: Date): Promise<void> {
    const endpoint = this.#endpoints.get(id)
    if (endpoint !== undefined) {
      this.#endpoints.set(id, { ...endpoint, disabledAt: at, disabledReason: reason })
      onRollback(tx, () => this.#endpoints.set(id, endpoint))
    }
    return Promise.resolve()
  }
}
