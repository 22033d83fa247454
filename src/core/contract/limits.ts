import { Refusal } from '../exchange/receipt.ts'
import type { Draft } from './draft.ts'
import { notHigher, notNow } from './faults.ts'
import { periodAt, type ContractFile } from './file.ts'
import { isHigher, type PinnedTariff } from './tariff.ts'

/** Shares of the month's limit that are told, each once a month (offer 4.3). */
const told = [100, 95, 80]

/** The monthly limit of the period an instant lies in; undefined where there is none. */
export const limitAt = (file: Pick<ContractFile, 'periods'>, at: Date): number | undefined =>
  periodAt(file, at)?.tariff?.outgoingPerMonth

/** Looks at the month's count: tells 80, 95 and 100 %, restricts where the policy says so, and lifts it again. */
export const watchLimit = (draft: Draft, { month, used }: { month: string; used: number }): void => {
  const { file } = draft
  const limit = limitAt(file, draft.now)
  const isOver = limit !== undefined && used >= limit
  if (limit !== undefined) {
    const percent = told.find((share) => used * 100 >= limit * share)
    const before = file.limitTold?.month === month ? file.limitTold.percent : 0
    if (percent !== undefined && percent > before) {
      file.limitTold = { month, percent }
      draft.note('limit-told', '4.3', { month, percent, used, limit })
      const facts = { percent: String(percent), used: String(used), limit: String(limit) }
      draft.tell('limit-near', `${month}:${percent}`, facts)
    }
  }
  const restricts = isOver && draft.terms.settings.limitPolicy === 'restrict'
  if (restricts && file.state === 'ACTIVE') {
    draft.happen('limit-reached', { month, used, limit })
    file.restriction = 'limit'
  } else if (!restricts && file.state === 'RESTRICTED' && file.restriction === 'limit') {
    draft.happen('limit-lifted', { month, used, limit, why: 'month or policy' })
    file.restriction = undefined
  }
}

/** The client applies for a higher tariff (offer 4.4); downwards is the next period's matter. */
export const askUpgrade = (draft: Draft, tariff: PinnedTariff): void => {
  const { file } = draft
  const present = periodAt(file, draft.now)
  if (present?.tariff === undefined || !['ACTIVE', 'RESTRICTED'].includes(file.state))
    throw new Refusal('conflict', [notNow('limit-lifted', file.state, '4.4', draft.offerVersion)])
  if (!isHigher(tariff, present.tariff))
    throw new Refusal('conflict', [notHigher(tariff.id, present.tariff.id, draft.offerVersion)])
  file.upgrade = { tariff, requestedAt: draft.now, by: draft.by }
  draft.note('upgrade-asked', '4.4', {
    from: present.tariff.id,
    to: tariff.id,
    publication: tariff.publication,
  })
  draft.tell(
    'upgrade-asked',
    `${tariff.id}:${file.chain.seq}`,
    { tariff: tariff.name.ru, present: present.tariff.name.ru },
    { to: 'operator' },
  )
}

/** The operator agrees: the limit rises at once, what was counted stays counted. */
export const approveUpgrade = (draft: Draft): void => {
  const { file } = draft
  const present = periodAt(file, draft.now)
  if (file.upgrade === undefined || present === undefined)
    throw new Refusal('conflict', [notNow('limit-lifted', file.state, '4.4', draft.offerVersion)])
  const { tariff } = file.upgrade
  draft.note('upgraded', '4.4', { from: present.tariff?.id, to: tariff.id, publication: tariff.publication })
  present.tariff = tariff
  file.upgrade = undefined
  if (file.state === 'RESTRICTED' && file.restriction === 'limit') {
    draft.happen('limit-lifted', { why: 'upgrade' })
    file.restriction = undefined
  }
  draft.tell('upgraded', `${tariff.id}:${file.chain.seq}`, { tariff: tariff.name.ru })
}
