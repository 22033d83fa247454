import { describe, expect, it } from '@jest/globals'
import { sha256 } from '../../../../src/adapters/host/sha256.ts'
import { breakIn } from '../../../../src/core/contract/index.ts'
import { WorkingCalendar } from '../../../../src/core/deadline/index.ts'
import { UpstreamError } from '../../../../src/core/kernel/index.ts'
import { contractHouse, plainSignature, taxIdOf, theCalendar } from '../../../factories/contract-house.ts'

const client = taxIdOf(1)
const bytes = (text: string) => new TextEncoder().encode(text)

const opened = async (options: Parameters<typeof contractHouse>[0] = {}) => {
  const house = contractHouse(options)
  await house.client(client)
  await house.publishAll()
  return house
}
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'done'
  } catch (error) {
    return (error as { faults?: { code: string }[] }).faults?.[0]?.code ?? String(error)
  }
}
const names = async (house: ReturnType<typeof contractHouse>): Promise<string[]> =>
  (await house.desk.history(client)).events.map(({ name }) => name)

describe('an invoice for access (4.1)', () => {
  it('lapses after five calendar days, with mails two days before and on the last day, and its part payment is credit', async () => {
    const house = await opened()
    await house.accept(client)
    await house.desk.requisites(client, { changedOn: '2026-02-02', email: 'c@example.kz' }, 'client')
    await house.desk.invoice(client, { tariff: 'small', bonus: undefined }, 'client')
    const id = [...house.documents.orders.keys()][0] ?? ''
    house.documents.move(id, { signed: true, deliveredAt: new Date('2026-02-02T08:00:00Z') })
    await house.tick()
    // Monday the 2nd: the fifth day is Saturday the 7th, a day off; somebody has to act, so Monday the 9th.
    expect((await house.desk.show(client)).timers).toMatchObject([
      { clause: 'S7', dueOn: '2026-02-09', calendarVersion: expect.stringContaining('kz-2026') },
    ])
    await house.pay(client, '4000.00')
    for (const day of ['2026-02-07', '2026-02-09', '2026-02-10']) {
      house.at(`${day}T04:00:00Z`)
      await house.tick()
      await house.send()
    }
    expect(await house.desk.show(client)).toMatchObject({ state: 'LAPSED', credit: '4000.00' })
    const told = house.mails.filter(({ to }) => to === 'c@example.kz').map(({ text }) => text)
    expect(told.filter((text) => text.includes('последний день оплаты')).length).toBe(2)
    expect(told.some((text) => text.includes('утратил силу'))).toBe(true)
    // A new invoice begins with the money that is here.
    await house.desk.invoice(client, { tariff: 'small' }, 'client')
    expect((await house.desk.show(client)).invoice?.paid).toBe('4000.00')
    expect(await house.pay(client, '6000.00')).toBe('paid')
  })

  it('takes the same line of a statement once, a late one as credit, and an unknown payer as unmatched', async () => {
    const house = await opened()
    await house.accept(client)
    await house.desk.invoice(client, { tariff: 'small' }, 'client')
    expect(await house.pay(client, '10000.00', 'line 1')).toBe('paid')
    expect(await house.pay(client, '10000.00', 'line 1')).toBe('known')
    expect(await house.pay(client, '10000.00', 'line 2')).toBe('credit')
    expect(await house.pay(taxIdOf(99), '1.00', 'line 3')).toBe('unmatched')
    expect(await codeOf(house.pay(client, '-5.00', 'line 4'))).toBe('CONTRACT-12')
    expect(await codeOf(house.pay(client, '5.001', 'line 5'))).toBe('CONTRACT-12')
    expect((await house.desk.show(client)).credit).toBe('10000.00')
  })

  it('keeps the price of the tariff that was published when it was made, whatever is published later (3.2.4)', async () => {
    const house = await opened()
    await house.activate(client)
    const dearer = {
      id: 'small',
      name: { ru: 'small', kk: 'small', en: 'small' },
      price: '99000.00',
      currency: 'KZT' as const,
      outgoingPerMonth: 5,
    }
    await house.offers.publish(
      { kind: 'tariff', version: '2', title: 'small', tariff: dearer },
      bytes('small 2'),
      'test',
    )
    house.at('2026-02-20T06:00:00Z')
    expect((await house.desk.show(client)).tariff).toMatchObject({ price: '10000.00', outgoingPerMonth: 10 })
    expect(
      (await house.offers.current()).tariffs.find(({ subject }) => subject === 'small')?.tariff?.price,
    ).toBe('99000.00')
    expect((await house.offers.prove({ on: '2026-02-02', tariff: 'small' })).tariffs).toMatchObject([
      { version: '1' },
    ])
    expect((await house.offers.prove({ on: '2026-02-07', tariff: 'small' })).tariffs).toMatchObject([
      { version: '2' },
    ])
  })
})

describe('granting (2.2, 2.3)', () => {
  it('alarms on the third working day after the payment and records the breach after the fifth', async () => {
    const house = await opened({ now: '2026-03-05T06:00:00Z' })
    await house.accept(client)
    await house.desk.invoice(client, { tariff: 'small' }, 'client')
    await house.pay(client, '10000.00')
    // Thursday 5 March; Monday 9 March rests for the 8th: the third working day is the 11th, the fifth the 13th.
    expect((await house.desk.show(client)).timers).toMatchObject([
      { clause: 'S8', dueOn: '2026-03-13', next: { on: '2026-03-11' } },
    ])
    house.at('2026-03-11T04:00:00Z')
    await house.tick()
    await house.send()
    expect(
      house.mails.some(
        ({ to, text }) => to === 'operator@example.kz' && text.includes('третий рабочий день'),
      ),
    ).toBe(true)
    house.at('2026-03-14T04:00:00Z')
    await house.tick()
    expect(await names(house)).toContain('grant-breached')
    await house.desk.grant(client, 'operator')
    expect((await house.desk.show(client)).expiresAt).toEqual(new Date('2027-03-14T19:00:00.000Z'))
  })

  it('grants by itself where the operator wants it so', async () => {
    const house = await opened({ settings: { grant: 'on-payment' } })
    await house.accept(client)
    await house.desk.invoice(client, { tariff: 'small' }, 'client')
    await house.pay(client, '10000.00')
    await house.tick()
    expect((await house.desk.show(client)).state).toBe('ACTIVE')
  })

  it('owes the activation mail until the server takes it', async () => {
    let isDown = true
    const house = await opened({
      mail: () => {
        if (isDown) throw new UpstreamError('unreachable', 'mail', 'no answer')
      },
    })
    await house.desk.requisites(client, { changedOn: '2026-02-02', email: 'c@example.kz' }, 'client')
    await house.activate(client)
    await house.send()
    expect(house.mails).toEqual([])
    const owed = (await house.desk.notices({ taxId: client, open: true })).find(
      ({ kind, to }) => kind === 'activated' && to === 'client',
    )
    expect(owed).toMatchObject({ attempts: 1, trouble: 'no answer' })
    isDown = false
    house.at('2026-02-02T07:00:00Z')
    await house.send()
    expect(
      house.mails.filter(({ to, text }) => to === 'c@example.kz' && text.includes('12 календарных месяцев')),
    ).toHaveLength(1)
  })

  it('lets a renewal wait behind the present period, without a day between', async () => {
    const house = await opened()
    await house.activate(client)
    house.at('2027-01-20T06:00:00Z')
    await house.desk.invoice(client, { tariff: 'large' }, 'client')
    expect(await house.pay(client, '50000.00')).toBe('paid')
    const { state, periods, tariff } = await house.desk.show(client)
    expect([state, tariff?.id]).toEqual(['ACTIVE', 'small'])
    expect(periods.map(({ fromAt, toAt }) => [fromAt.toISOString(), toAt.toISOString()])).toEqual([
      ['2026-02-02T06:00:00.000Z', '2027-02-02T19:00:00.000Z'],
      ['2027-02-02T19:00:00.000Z', '2028-02-02T19:00:00.000Z'],
    ])
    house.at('2027-02-03T06:00:00Z')
    await house.tick()
    expect(await house.desk.show(client)).toMatchObject({ state: 'ACTIVE', tariff: { id: 'large' } })
  })
})

describe('the end of access (4.3, 4.5)', () => {
  it('tells 30, 7 and 1 day before, restricts, archives, and purges three years after access stopped', async () => {
    const house = await opened()
    await house.desk.requisites(client, { changedOn: '2026-02-02', email: 'c@example.kz' }, 'client')
    await house.activate(client)
    const states: string[] = []
    for (const day of [
      '2027-01-03',
      '2027-01-26',
      '2027-02-01',
      '2027-02-02',
      '2027-02-03',
      '2027-03-05',
      '2030-02-03',
      '2030-02-05',
    ]) {
      house.at(`${day}T06:00:00Z`)
      await house.tick()
      await house.send()
      states.push((await house.desk.show(client)).state)
    }
    expect(states).toEqual([
      'ACTIVE',
      'ACTIVE',
      'ACTIVE',
      'ACTIVE',
      'RESTRICTED',
      'RESTRICTED',
      'ARCHIVE_ONLY',
      'PURGED',
    ])
    const count = (text: string) => house.mails.filter((mail) => mail.text.includes(text)).length
    expect([
      count('Доступ заканчивается 2027-02-02'),
      count('отправка закрыта'),
      count('истекает 2030-02-03'),
    ]).toEqual([3, 1, 3])
  })

  it('comes to the same after months of sleep as it would have come to day by day', async () => {
    const awake = await opened()
    const asleep = await opened()
    for (const house of [awake, asleep]) await house.activate(client)
    for (let day = 0; day < 420; day += 1) {
      awake.at(new Date(Date.parse('2026-02-03T06:00:00Z') + day * 86_400_000))
      await awake.tick()
    }
    asleep.at(awake.clock.now())
    await asleep.tick()
    const [a, b] = [await awake.desk.show(client), await asleep.desk.show(client)]
    expect([b.state, b.stoppedAt, b.timers]).toEqual([a.state, a.stoppedAt, a.timers])
  })
})

describe('a clock that jumps a day', () => {
  it('moves no deadline that is written, tells nothing twice, and turns no order of facts', async () => {
    const house = await opened()
    await house.activate(client)
    const before = (await house.desk.show(client)).timers
    house.at('2026-02-03T06:00:00Z')
    await house.tick()
    house.at('2026-02-01T06:00:00Z')
    await house.tick()
    await house.desk.requisites(client, { changedOn: '2026-01-30', email: 'c@example.kz' }, 'client')
    house.at('2026-02-02T06:00:00Z')
    expect((await house.desk.show(client)).timers).toEqual(before)
    const { events, broken } = await house.desk.history(client)
    expect(broken).toBeUndefined()
    expect(events.map(({ at }) => at.getTime())).toEqual(
      events.map(({ at }) => at.getTime()).sort((a, b) => a - b),
    )
  })
})

describe('a calendar that changes after deadlines were set', () => {
  it('leaves them where they are, with the version they were counted by; new ones are counted by the new one', async () => {
    // What was known in June 2024: the 17th was still a day off.
    const years = theCalendar().years
    const house = await opened({ now: '2026-03-05T06:00:00Z' })
    await house.accept(client)
    await house.desk.invoice(client, { tariff: 'small' }, 'client')
    await house.pay(client, '10000.00')
    const before = (await house.desk.show(client)).timers.find(({ clause }) => clause === 'S8')
    const changed = WorkingCalendar.of(
      years.map((year) =>
        year.year === 2026
          ? {
              ...year,
              version: year.version + 1,
              holidays: year.holidays.map(({ restsOn: _, ...holiday }) => holiday),
            }
          : year,
      ),
    )
    if (!changed.ok) throw new Error('no calendar')
    house.deps.calendar = changed.value
    await house.tick()
    const after = (await house.desk.show(client)).timers.find(({ clause }) => clause === 'S8')
    expect(after).toEqual(before)
    expect(after).toMatchObject({ dueOn: '2026-03-13', calendarVersion: 'kz-2026.2' })
    const other = taxIdOf(2)
    await house.client(other)
    await house.accept(other)
    await house.desk.invoice(other, { tariff: 'small' }, 'client')
    await house.pay(other, '10000.00')
    expect((await house.desk.show(other)).timers.find(({ clause }) => clause === 'S8')).toMatchObject({
      dueOn: '2026-03-12',
      calendarVersion: 'kz-2026.3',
    })
  })

  it('refuses to count where a year is missing, and guesses nothing', async () => {
    const none = WorkingCalendar.of([])
    const house = contractHouse({ calendar: none.ok ? none.value : undefined })
    await house.client(client)
    await house.publishAll()
    await house.accept(client)
    await house.desk.invoice(client, { tariff: 'small' }, 'client')
    expect(await codeOf(house.pay(client, '10000.00'))).toBe('CALENDAR-01')
    expect(await house.desk.payments({})).toEqual([])
  })
})

describe('limits and tariffs (4.3, 4.4)', () => {
  it('tells 80, 95 and 100 % once each, restricts by the policy, and lifts it with the month', async () => {
    const house = await opened({ settings: { limitPolicy: 'restrict' } })
    await house.desk.requisites(client, { changedOn: '2026-02-02', email: 'c@example.kz' }, 'client')
    await house.activate(client)
    const { id } = (await house.deps.companies.byTaxId(client)) ?? { id: '' }
    for (const n of [7, 1, 1, 1]) {
      house.counts.add(id, '2026-02', n)
      await house.tick()
      await house.tick()
    }
    await house.send()
    const told = house.mails
      .filter(({ text }) => text.includes('месячного лимита'))
      .map(({ text }) => /Использовано (\d+) %/.exec(text)?.[1])
    expect(told).toEqual(['80', '100'])
    expect(await house.desk.show(client)).toMatchObject({ state: 'RESTRICTED', restriction: 'limit' })
    house.at('2026-03-01T06:00:00Z')
    await house.tick()
    expect(await house.desk.show(client)).toMatchObject({ state: 'ACTIVE', limit: { used: 0 } })
  })

  it('only tells where the policy is to warn', async () => {
    const house = await opened()
    await house.activate(client)
    const { id } = (await house.deps.companies.byTaxId(client)) ?? { id: '' }
    house.counts.add(id, '2026-02', 50)
    await house.tick()
    expect((await house.desk.show(client)).state).toBe('ACTIVE')
  })

  it('refuses an upgrade downwards or sideways with the clause, and keeps the counter of one upwards', async () => {
    const house = await opened()
    await house.activate(client, 'large', '50000.00')
    expect(await codeOf(house.desk.askUpgrade(client, 'small', 'client'))).toBe('CONTRACT-07')
    expect(await codeOf(house.desk.askUpgrade(client, 'large', 'client'))).toBe('CONTRACT-07')
    expect(await codeOf(house.desk.approveUpgrade(client, 'operator'))).toBe('CONTRACT-05')
    const { id } = (await house.deps.companies.byTaxId(client)) ?? { id: '' }
    house.counts.add(id, '2026-02', 42)
    await house.desk.askUpgrade(client, 'endless', 'client')
    await house.desk.approveUpgrade(client, 'operator')
    expect(await house.desk.show(client)).toMatchObject({
      tariff: { id: 'endless' },
      limit: { used: 42, perMonth: undefined },
    })
  })

  it('uses the bonus that ends first, never more than is there, and gives it back when the invoice lapses (3.1.3)', async () => {
    const house = await opened()
    await house.accept(client)
    await house.desk.grantBonus(
      client,
      { amount: '300.00', reason: 'Регистрация', expiresOn: '2026-12-31' },
      'operator',
    )
    await house.desk.grantBonus(
      client,
      { amount: '200.00', reason: 'Рекомендация', expiresOn: '2026-03-31' },
      'operator',
    )
    expect(await codeOf(house.desk.invoice(client, { tariff: 'small', bonus: '600.00' }, 'client'))).toBe(
      'CONTRACT-11',
    )
    await house.desk.invoice(client, { tariff: 'small', bonus: '250.00' }, 'client')
    expect(await house.desk.show(client)).toMatchObject({
      bonus: '250.00',
      invoice: { amount: '9750.00', bonusUsed: '250.00' },
    })
    const file = await house.deps.files.of((await house.deps.companies.byTaxId(client))?.id ?? '')
    expect(file?.bonuses.map(({ left }) => left)).toEqual(['250.00', '0.00'])
  })
})

describe('ending a contract', () => {
  it('goes on for thirty days after notice, sending included, and then ends (8.1)', async () => {
    const house = await opened()
    await house.activate(client)
    await house.desk.terminate(client, 'client', undefined, 'client')
    const due = (await house.desk.show(client)).timers.find(({ clause }) => clause === 'S43')
    expect(due).toMatchObject({ dueOn: '2026-03-04', dayRule: { unit: 'calendar-days', count: 30 } })
    const file = await house.deps.files.of((await house.deps.companies.byTaxId(client))?.id ?? '')
    expect(file?.sendsUnderNotice).toBe(true)
    house.at('2026-03-05T06:00:00Z')
    await house.tick()
    expect(await house.desk.show(client)).toMatchObject({
      state: 'TERMINATED',
      stoppedAt: new Date('2026-03-04T19:00:00.000Z'),
    })
    expect(await codeOf(house.desk.terminate(client, 'client', undefined, 'client'))).toBe('CONTRACT-05')
  })

  it('ends at once over a breach with a reason (8.2), and with the consent that carries it (6.4)', async () => {
    const house = await opened()
    await house.activate(client)
    expect(await codeOf(house.desk.breach(client, 'плохо', 'operator'))).toBe('CONTRACT-10')
    await house.desk.breach(client, 'Передал ключи доступа третьим лицам', 'operator')
    expect((await house.desk.show(client)).state).toBe('BREACH_ENDED')
    const second = taxIdOf(2)
    await house.client(second)
    await house.activate(second)
    await house.desk.consent(second, 'marketing', true, 'client')
    await house.desk.consent(second, 'personal-data', false, 'client')
    const { state, consents } = await house.desk.show(second)
    expect([state, consents.map(({ name, given }) => `${name} ${given}`)]).toEqual([
      'CONSENT_WITHDRAWN',
      ['personal-data true', 'marketing true', 'personal-data false'],
    ])
  })

  it('takes an objection within one working day of the publication and refuses a late one with the day it was due (9.7)', async () => {
    const house = await opened({ now: '2026-03-06T06:00:00Z' })
    await house.activate(client)
    const second = taxIdOf(2)
    await house.client(second)
    await house.activate(second)
    await house.offers.publish({ kind: 'offer', version: '2', title: 'Оферта' }, bytes('оферта 2'), 'test')
    const reason = 'Не согласны с новым пунктом 4.3'
    // Friday; Monday the 9th rests: the one working day is Tuesday the 10th.
    house.at('2026-03-10T18:59:59Z')
    await house.desk.object(client, { reason }, 'client')
    expect((await house.desk.show(client)).state).toBe('TERMINATED')
    house.at('2026-03-10T19:00:00Z')
    try {
      await house.desk.object(second, { reason }, 'client')
      throw new Error('taken')
    } catch (error) {
      const [fault] = (error as { faults: { code: string; message: { en: string } }[] }).faults
      expect([fault?.code, fault?.message.en]).toEqual(['CONTRACT-09', expect.stringContaining('2026-03-10')])
    }
  })
})

describe('what the two sides tell each other', () => {
  it('answers a claim in ten working days, or silence is a refusal; its card shows the sum liability is bounded by', async () => {
    const house = await opened()
    await house.activate(client)
    expect(await codeOf(house.desk.claim(client, 'плохо', 'client'))).toBe('CONTRACT-10')
    const claim = await house.desk.claim(client, 'Документ не доставлен в срок, понесены убытки', 'client')
    expect(claim).toMatchObject({
      state: 'OPEN',
      facts: { liabilityUpTo: '10000.00' },
      deadline: { dueOn: '2026-02-16' },
    })
    expect(await codeOf(house.desk.answerClaim(client, claim.id, { answer: 'refused' }, 'operator'))).toBe(
      'CONTRACT-10',
    )
    house.at('2026-02-17T06:00:00Z')
    await house.tick()
    await house.send()
    expect((await house.desk.show(client)).records).toMatchObject([{ state: 'SILENT_REFUSAL' }])
    expect(house.mails.filter(({ text }) => text.includes('ответить до 2026-02-16')).length).toBe(2)
    expect(await codeOf(house.desk.answerClaim(client, claim.id, { answer: 'satisfied' }, 'operator'))).toBe(
      'CONTRACT-15',
    )
  })

  it('lets force majeure be relied on for five working days from its onset; terms are marked, not moved', async () => {
    const house = await opened()
    await house.activate(client)
    const before = (await house.desk.show(client)).timers
    const early = await house.desk.forceMajeure(
      client,
      { onsetOn: '2026-01-27', text: 'Нет электричества', side: 'client' },
      'client',
    )
    const late = await house.desk.forceMajeure(
      client,
      { onsetOn: '2026-01-20', text: 'Нет электричества', side: 'client' },
      'client',
    )
    expect([early.state, late.state]).toEqual(['TOLD', 'TOLD_LATE'])
    expect((await house.desk.show(client)).timers).toEqual(before)
    expect(
      await codeOf(
        house.desk.forceMajeure(client, { onsetOn: '2026-02-03', text: 'x', side: 'client' }, 'client'),
      ),
    ).toBe('CONTRACT-13')
  })

  it('keeps requisites by date and says when they were told too late (10.8)', async () => {
    const house = await opened()
    await house.desk.requisites(
      client,
      { changedOn: '2025-01-01', email: 'old@example.kz', address: 'Старый' },
      'client',
    )
    const late = await house.desk.requisites(client, { changedOn: '2026-01-12', address: 'Новый' }, 'client')
    const timely = await house.desk.requisites(client, { changedOn: '2026-01-30', phone: '+7' }, 'client')
    expect([late.late, timely.late]).toEqual([true, false])
    expect(await house.desk.requisitesOn(client, '2026-01-05')).toMatchObject({ address: 'Старый' })
    expect(await house.desk.requisitesOn(client, '2026-01-13')).toMatchObject({
      address: 'Новый',
      email: 'old@example.kz',
    })
  })

  it('tells a client who fetched nothing for a week what waits, once a week (3.4.8)', async () => {
    const house = await opened()
    await house.desk.requisites(client, { changedOn: '2026-02-02', email: 'c@example.kz' }, 'client')
    await house.activate(client)
    await house.pickUps.noted((await house.deps.companies.byTaxId(client))?.id ?? '', house.clock.now())
    const digests = async (day: string): Promise<number> => {
      house.at(`${day}T06:30:00Z`)
      await house.remind()
      await house.send()
      return house.mails.filter(({ text }) => text.includes('не забирали документы')).length
    }
    expect([
      await digests('2026-02-08'),
      await digests('2026-02-09'),
      await digests('2026-02-10'),
      await digests('2026-02-17'),
    ]).toEqual([0, 1, 1, 2])
  })

  it('acknowledges an incident at once, records disclosures and two-sided contracts', async () => {
    const house = await opened()
    await house.activate(client)
    const incident = await house.desk.incident(client, 'Подбор пароля к учётной записи', 'client')
    expect(incident.state).toBe('ACKNOWLEDGED')
    await house.desk.closeIncident(client, incident.number, 'Пароль сменён', 'operator')
    await house.desk.disclosure(client, { to: 'Суд', basis: 'Определение № 1', scope: 'Акт № 5' }, 'operator')
    await house.desk.override(client, 'Договор № 7 от 2026-01-01', 'operator')
    expect(await house.desk.show(client)).toMatchObject({
      records: [{ state: 'CLOSED' }, { kind: 'disclosure', facts: { to: 'Суд' } }],
      override: { note: 'Договор № 7 от 2026-01-01' },
    })
  })

  it('warns of a bad-faith participant until its entry ends or an appeal is upheld; a foreign file needs a good signature', async () => {
    const house = await opened()
    const entry = await house.badFaith.add(
      { taxId: client, source: 'Суд', reason: 'Решение', expiresOn: '2026-03-01' },
      'operator',
    )
    expect((await house.badFaith.warningAbout(client))?.code).toBe('BADFAITH-01')
    const file = await house.badFaith.export()
    expect(await codeOf(house.badFaith.import({ ...file, by: taxIdOf(5) }, 'operator'))).toBe('CONTRACT-20')
    expect(await house.badFaith.import(file, 'operator')).toBe(1)
    await house.badFaith.appeal(entry.id, 'Решение отменено')
    await house.badFaith.decide(entry.id, 'upheld')
    house.at('2026-02-02T07:00:00Z')
    expect(await house.badFaith.warningAbout(client)).toBeUndefined()
    const second = await house.badFaith.add(
      { taxId: taxIdOf(3), source: 'Суд', reason: 'Решение', expiresOn: '2026-02-10' },
      'operator',
    )
    expect(second.appeal).toBeUndefined()
    house.at('2026-02-11T07:00:00Z')
    expect(await house.badFaith.warningAbout(taxIdOf(3))).toBeUndefined()
  })
})

describe('the publication log (9.1-9.4)', () => {
  it('finds a line that was changed, left out or put in, with its position', async () => {
    const house = await opened()
    expect(await house.offers.verify()).toMatchObject({ verdict: 'VALID' })
    const log = await house.offers.log()
    expect(
      breakIn(
        log.map((one) => (one.seq === 2 ? { ...one, title: 'other' } : one)),
        sha256,
      ),
    ).toEqual({ seq: 2, why: 'entry' })
    expect(
      breakIn(
        log.filter(({ seq }) => seq !== 2),
        sha256,
      ),
    ).toEqual({ seq: 2, why: 'order' })
    expect(
      breakIn(
        log.map((one) => (one.seq === 3 ? { ...one, previous: '' } : one)),
        sha256,
      ),
    ).toEqual({ seq: 3, why: 'previous' })
  })

  it('counts by the terms of the version that held at the fact', async () => {
    const house = await opened()
    await house.offers.publish(
      { kind: 'offer', version: '2', title: 'Оферта', dayRules: { S7: { count: 10 } } },
      bytes('оферта 2'),
      'test',
    )
    const foresee = async (on: string) =>
      (await house.desk.whatIf(client, on)).dates.find(({ clause }) => clause === 'S7')
    expect((await foresee('2026-02-03'))?.dayRule.count).toBe(5)
    expect((await foresee('2026-02-09'))?.dayRule.count).toBe(10)
    expect((await house.desk.whatIf(client, '2026-02-09')).offerVersion).toBe('2')
  })

  it('takes no acceptance after a recall, and lets contracts go on (9.3)', async () => {
    const house = await opened()
    await house.activate(client)
    await house.offers.publish(
      { kind: 'offer', version: 'recall', title: 'Отзыв', recall: true },
      bytes('отзыв'),
      'test',
    )
    house.at('2026-02-08T06:00:00Z')
    const second = taxIdOf(2)
    await house.client(second)
    expect(
      await codeOf(house.offers.accept(second, { cms: plainSignature(second, bytes('')), by: 'x' })),
    ).toBe('CONTRACT-03')
    expect(await house.desk.show(client)).toMatchObject({ state: 'ACTIVE', offerVersion: '1' })
  })
})
