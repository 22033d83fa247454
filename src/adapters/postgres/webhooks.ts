import type { WebhookEndpoint, Webhooks } from '../../core/exchange/index.ts'
import type { Seal, Tx } from '../../core/kernel/index.ts'
import { clientOf, type PgPool } from './pool.ts'

interface EndpointRow extends Record<string, unknown> {
  id: string
  company_id: string
  url: string
  sealed_secret: Buffer
  disabled_at: Date | null
  disabled_reason: string | null
}

const columns = 'id, company_id, url, sealed_secret, disabled_at, disabled_reason'

/** Webhook endpoints in PostgreSQL, their secrets sealed. */
export class PgWebhooks implements Webhooks {
  readonly #pool: PgPool
  readonly #seal: Seal

  constructor(pool: PgPool, seal: Seal) {
    this.#pool = pool
    this.#seal = seal
  }

  async add(tx: Tx, endpoint: WebhookEndpoint): Promise<void> {
    await clientOf(tx).query(
      `insert into webhook_endpoint (id, company_id, url, sealed_secret) values ($1, $2, $3, $4)`,
      [
        endpoint.id,
        endpoint.companyId,
        endpoint.url,
        this.#seal.seal(Buffer.from(endpoint.secret), context(endpoint.id)),
      ],
    )
  }

  async byId(id: string): Promise<WebhookEndpoint | undefined> {
    const { rows } = await this.#pool.query<EndpointRow>(
      `select ${columns} from webhook_endpoint where id = $1`,
      [id],
    )
    return rows[0] === undefined ? undefined : this.#endpointOf(rows[0])
  }

  async of(companyId: string): Promise<WebhookEndpoint[]> {
    const { rows } = await this.#pool.query<EndpointRow>(
      `select ${columns} from webhook_endpoint where company_id = $1 order by id`,
      [companyId],
    )
    return rows.map((row) => this.#endpointOf(row))
  }

  async remove(tx: Tx, companyId: string, id: string): Promise<boolean> {
    const { rowCount } = await clientOf(tx).query(
      `delete from webhook_endpoint where id = $1 and company_id = $2`,
      [id, companyId],
    )
    return rowCount === 1
  }

  async disable(tx: Tx, id: string, reason: string, at: Date): Promise<void> {
    await clientOf(tx).query(
      `update webhook_endpoint set disabled_at = $2, disabled_reason = $3 where id = $1`,
      [id, at, reason],
    )
  }

  #endpointOf(row: EndpointRow): WebhookEndpoint {
    return {
      id: row.id,
      companyId: row.company_id,
      url: row.url,
      secret: Buffer.from(this.#seal.open(row.sealed_secret, context(row.id))).toString(),
      disabledAt: row.disabled_at ?? undefined,
      disabledReason: row.disabled_reason ?? undefined,
    }
  }
}

const context = (endpointId: string): string => `webhook ${endpointId}`
