import type { Caller } from '../company/index.ts'
import { fault, type Fault, type Ids, type UnitOfWork } from '../kernel/index.ts'
import type { Webhooks } from './ports.ts'
import { Refusal } from './receipt.ts'

/** A company's endpoint as its administrator sees it. */
export interface WebhookView {
  id: string
  url: string
  disabledAt?: Date
  disabledReason?: string
}

/** Where a company says which address wants to hear of its events. */
export interface WebhookDesk {
  /** The secret is shown this once. */
  add(request: { caller: Caller; url: string }): Promise<WebhookView & { secret: string }>
  list(request: { caller: Caller }): Promise<WebhookView[]>
  remove(request: { caller: Caller; id: string }): Promise<void>
}

/** More endpoints than this are a mistake: each of them gets every event. */
const endpointsAtMost = 10

const tooMany = (): Fault =>
  fault('WEBHOOK-02', '', {
    ru: `У организации уже ${endpointsAtMost} адресов вебхуков. Удалите лишний.`,
    kk: `Ұйымда ${endpointsAtMost} вебхук мекенжайы бар. Артығын жойыңыз.`,
    en: `The company has ${endpointsAtMost} webhook addresses already. Remove one.`,
  })

const unknown = (): Fault =>
  fault('WEBHOOK-03', 'id', {
    ru: 'Такого адреса вебхука нет.',
    kk: 'Мұндай вебхук мекенжайы жоқ.',
    en: 'There is no such webhook address.',
  })

export const openWebhookDesk = (deps: {
  ids: Ids
  unitOfWork: UnitOfWork
  webhooks: Webhooks
  newSecret(): string
  /** Why an address cannot be one; undefined when it can. */
  faultOf(url: string): Fault | undefined
}): WebhookDesk => ({
  async add({ caller, url }) {
    const bad = deps.faultOf(url)
    if (bad !== undefined) throw new Refusal('invalid', [bad])
    if ((await deps.webhooks.of(caller.companyId)).length >= endpointsAtMost)
      throw new Refusal('conflict', [tooMany()])
    const endpoint = { id: deps.ids.next(), companyId: caller.companyId, url, secret: deps.newSecret() }
    await deps.unitOfWork.run((tx) => deps.webhooks.add(tx, endpoint))
    return { id: endpoint.id, url, secret: endpoint.secret }
  },

  async list({ caller }) {
    const endpoints = await deps.webhooks.of(caller.companyId)
    return endpoints.map(({ id, url, disabledAt, disabledReason }) => ({
      id,
      url,
      disabledAt,
      disabledReason,
    }))
  },

  async remove({ caller, id }) {
    const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)
    const removed =
      isId && (await deps.unitOfWork.run((tx) => deps.webhooks.remove(tx, caller.companyId, id)))
    if (!removed) throw new Refusal('not-found', [unknown()])
  },
})
