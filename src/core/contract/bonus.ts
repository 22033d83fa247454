import { Refusal } from '../exchange/receipt.ts'
import { addDays, almatyDate, decimal, type DecimalText, type LocalDate } from '../kernel/index.ts'
import type { Draft } from './draft.ts'
import { badAmount, badDay, bonusShort } from './faults.ts'
import type { ContractFile } from './file.ts'
import { isLess, isSum, isZero, least, minus, plus } from './money.ts'

/** Points still good on a day, those that end first at the front: they are used in this order (offer 3.1.3). */
export const usableBonuses = ({ bonuses }: Pick<ContractFile, 'bonuses'>, on: LocalDate) =>
  bonuses
    .filter(({ left, expiresOn }) => !isZero(left) && expiresOn >= on)
    .sort((a, b) => a.expiresOn.localeCompare(b.expiresOn) || a.id.localeCompare(b.id))

export const bonusLeft = (file: Pick<ContractFile, 'bonuses'>, on: LocalDate): DecimalText =>
  usableBonuses(file, on).reduce((sum, { left }) => plus(sum, left), '0.00')

export const grantBonus = (
  draft: Draft,
  {
    id,
    amount,
    reason,
    expiresOn,
  }: { id: string; amount: DecimalText; reason: string; expiresOn: LocalDate },
): void => {
  if (!isSum(amount)) throw new Refusal('invalid', [badAmount('amount')])
  if (expiresOn < almatyDate(draft.now)) throw new Refusal('invalid', [badDay('expiresOn')])
  const sum = decimal(amount).toFixed(2)
  draft.file.bonuses.push({ id, amount: sum, left: sum, reason, grantedAt: draft.now, expiresOn })
  draft.note('bonus-granted', '3.1.3', { id, amount: sum, reason, expiresOn })
}

/** Uses points for an invoice, the earliest to end first; something is always left to pay. */
export const useBonus = (draft: Draft, wanted: DecimalText, price: DecimalText): DecimalText => {
  if (!isSum(wanted) || !isLess(wanted, price)) throw new Refusal('invalid', [badAmount('bonus')])
  const on = almatyDate(draft.now)
  const have = bonusLeft(draft.file, on)
  if (isLess(have, wanted)) throw new Refusal('invalid', [bonusShort(have)])
  let missing = decimal(wanted).toFixed(2)
  for (const bonus of usableBonuses(draft.file, on)) {
    const part = least(bonus.left, missing)
    bonus.left = minus(bonus.left, part)
    missing = minus(missing, part)
    if (isZero(missing)) break
  }
  const used = decimal(wanted).toFixed(2)
  draft.note('bonus-used', '3.1.3', { amount: used })
  return used
}

/** The invoice they were used for lapsed: they come back for 30 days. */
export const returnBonus = (draft: Draft, amount: DecimalText): void => {
  const expiresOn = addDays(almatyDate(draft.now), 30)
  const id = `returned-${draft.file.chain.seq + 1}`
  draft.file.bonuses.push({
    id,
    amount,
    left: amount,
    reason: 'lapsed invoice',
    grantedAt: draft.now,
    expiresOn,
  })
  draft.note('bonus-returned', '3.1.3', { id, amount, expiresOn })
}
