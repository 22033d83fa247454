import { randomBytes } from 'node:crypto'
import type { GatewaySettings } from '../../src/app.ts'
import { anchorOf } from './connected-companies.ts'

/** What a gateway in a process of its own is told: settings that survive being written to a file. */
export interface GatewayOrders {
  /** The built `app.js` to run; the source without it. */
  app?: string
  roles: GatewaySettings['roles']
  port: number
  store: GatewaySettings['store']
  queue: GatewaySettings['queue']
  /** Base64. */
  pepper: string
  masterKey: string
  /** DER of the authority's root, base64. */
  root: string
  archiveFolder: string
  /** The gateway's clock runs ahead by this: leases of killed workers have ended when it starts. */
  clockAheadMs: number
  /** Without it tax invoices wait for the portal. */
  portal?: GatewaySettings['portal']
}

/** Orders for a gateway with all roles, on any free port, with secrets of its own. */
export const newOrders = (
  root: Uint8Array,
  given: Pick<GatewayOrders, 'store' | 'queue' | 'archiveFolder'> & Partial<GatewayOrders>,
): GatewayOrders => ({
  roles: ['http', 'worker', 'scheduler'],
  port: 0,
  pepper: randomBytes(32).toString('base64'),
  masterKey: randomBytes(32).toString('base64'),
  root: Buffer.from(root).toString('base64'),
  clockAheadMs: 0,
  ...given,
})

export const settingsOf = (orders: GatewayOrders): GatewaySettings => ({
  roles: orders.roles,
  http: { host: '127.0.0.1', port: orders.port, publicUrl: 'http://127.0.0.1:1', trustProxy: false },
  store: orders.store,
  queue: orders.queue,
  secrets: {
    pepper: Buffer.from(orders.pepper, 'base64'),
    masterKey: Buffer.from(orders.masterKey, 'base64'),
    environment: 'test',
  },
  signature: {
    policy: { environment: 'test', revocation: 'off' },
    anchors: [anchorOf(Buffer.from(orders.root, 'base64'))],
  },
  mail: { url: undefined, from: 'Daneker <edo@example.kz>', timeoutMs: 2_000, linkKeepsMs: 86_400_000 },
  webhooks: { allowedRanges: ['127.0.0.0/8'], allowHttp: true, timeoutMs: 2_000 },
  archiveFolder: orders.archiveFolder,
  ...(orders.portal === undefined ? {} : { portal: orders.portal }),
})
