import { beforeEach, describe, expect, it } from '@jest/globals'
import { sha256 } from '../../src/adapters/host/sha256.ts'
import {
  breakInEvents,
  contractDefaults,
  Draft,
  emptyFile,
  grantDirectly,
  type ContractChange,
  type ContractFile,
  type ContractFiles,
  type Notices,
  type Payment,
  type Payments,
  type Publication,
  type Publications,
} from '../../src/core/contract/index.ts'
import { offerTimers } from '../../src/core/deadline/index.ts'
import { Outdated } from '../../src/core/exchange/index.ts'
import type { UnitOfWork } from '../../src/core/kernel/index.ts'
import { theCalendar } from '../factories/contract-house.ts'

export interface ContractStoresUnderTest {
  files: ContractFiles
  notices: Notices
  payments: Payments
  publications: Publications
  unitOfWork: UnitOfWork
  /** A registered company without a contract. */
  company(): Promise<string>
}

const now = new Date('2026-03-10T06:00:00.000Z')

/** The promises of `ContractFiles`, `Notices`, `Payments` and `Publications`. */
export const contractStoresConformance = (
  name: string,
  open: () => Promise<ContractStoresUnderTest>,
): void => {
  describe(`${name} keeps contracts`, () => {
    let under: ContractStoresUnderTest
    let companyId: string
    beforeEach(async () => {
      under = await open()
      companyId = await under.company()
    })

    const terms = {
      calendar: theCalendar(),
      log: [],
      settings: contractDefaults,
      base: offerTimers,
    }
    const changed = (file: ContractFile, decide: (draft: Draft) => void, at = now): ContractChange => {
      const draft = new Draft(file, { terms, now: at, by: 'test', hasher: sha256 })
      decide(draft)
      const change = draft.done()
      if (change === undefined) throw new Error('nothing was decided')
      return change
    }
    const save = (...changes: ContractChange[]) => under.unitOfWork.run((tx) => under.files.save(tx, changes))
    const granted = async (): Promise<ContractFile> => {
      await save(changed(emptyFile(companyId), (draft) => grantDirectly(draft, 12)))
      return (await under.files.of(companyId)) ?? emptyFile(companyId)
    }

    it('gives a file back as it was written, instants as instants, and every event of its chain', async () => {
      const change = changed(emptyFile(companyId), (draft) => {
        grantDirectly(draft, 12)
        draft.note('said', '10.8', {
          text: 'Қазақша "мәтін" \\ 🙂',
          at: '2026-01-01T00:00:00.000Z',
          nothing: undefined,
        })
      })
      await save(change)
      expect(await under.files.of(companyId)).toEqual(change.file)
      const events = await under.files.events(companyId)
      expect(events.map(({ seq, name: what }) => [seq, what])).toEqual(
        change.events.map(({ seq, name: what }) => [seq, what]),
      )
      expect(breakInEvents(events, sha256)).toBeUndefined()
    })

    it('finds an event that was changed, moved or left out', async () => {
      await granted()
      const events = await under.files.events(companyId)
      const [first] = events
      if (first === undefined) throw new Error('no events')
      expect(breakInEvents([{ ...first, at: new Date(0) }, ...events.slice(1)], sha256)).toEqual({
        seq: 1,
        why: 'hash',
      })
      expect(breakInEvents([...events].reverse(), sha256)).toMatchObject({ seq: 1, why: 'order' })
      expect(breakInEvents(events.slice(1), sha256)).toMatchObject({ seq: 1, why: 'order' })
    })

    it('lets of two writers the first through; the second writes nothing', async () => {
      const file = await granted()
      const [one, two] = ['one', 'two'].map((said) => changed(file, (draft) => draft.note(said, '10.8')))
      if (one === undefined || two === undefined) throw new Error('no changes')
      await save(one)
      await expect(save(two)).rejects.toThrow(Outdated)
      const names = (await under.files.events(companyId)).map(({ name: what }) => what)
      expect([names.includes('one'), names.includes('two')]).toEqual([true, false])
    })

    it('writes nothing of a batch in which one is outdated', async () => {
      const file = await granted()
      const other = await under.company()
      const stale = changed({ ...file, revision: file.revision - 1 }, (draft) => draft.note('stale', '10.8'))
      const fresh = changed(emptyFile(other), (draft) => grantDirectly(draft, 1))
      await expect(save(fresh, stale)).rejects.toThrow(Outdated)
      expect(await under.files.of(other)).toBeUndefined()
    })

    it('finds what is due by the earliest moment, and only that', async () => {
      await granted()
      const ids = async (at: string) =>
        (await under.files.due(new Date(at), 1000)).map((file) => file.companyId)
      // The first reminder of twelve months from 10 March is on 8 February.
      expect(await ids('2027-02-07T18:59:59.000Z')).not.toContain(companyId)
      expect(await ids('2027-02-07T19:00:00.000Z')).toContain(companyId)
    })

    it('pages by company and finds by state', async () => {
      await granted()
      const found: string[] = []
      for (let after: string | undefined; ;) {
        const page = await under.files.list({ state: 'ACTIVE', after, limit: 2 })
        found.push(...page.map((file) => file.companyId))
        after = page.at(-1)?.companyId
        if (page.length < 2) break
      }
      expect(found).toContain(companyId)
      expect(new Set(found).size).toBe(found.length)
      expect(
        (await under.files.list({ state: 'LAPSED', limit: 100 })).map((file) => file.companyId),
      ).not.toContain(companyId)
    })

    it('owes a mail once for each key, until it is sent', async () => {
      const owe = () =>
        under.unitOfWork.run((tx) =>
          under.notices.add(tx, [
            { companyId, to: 'client', kind: 'activated', key: 'once', facts: { fromOn: '1' }, dueAt: now },
          ]),
        )
      await owe()
      await owe()
      const [owed, ...more] = await under.notices.list({ companyId, open: true, limit: 10 })
      expect([owed?.facts, more]).toEqual([{ fromOn: '1' }, []])
      const id = owed?.id ?? ''
      await under.notices.failed(id, { trouble: 'SMTP 451', dueAt: new Date(now.getTime() + 60_000) })
      const due = async (at: Date) => (await under.notices.due(at, 10_000)).some((one) => one.id === id)
      expect([await due(now), await due(new Date(now.getTime() + 60_000))]).toEqual([false, true])
      await under.notices.sent(id, { at: now, to: 'a@b.kz', messageId: '<1>' })
      expect(await due(new Date(now.getTime() + 120_000))).toBe(false)
      expect(await under.notices.list({ companyId, limit: 10 })).toMatchObject([
        { attempts: 2, sentTo: 'a@b.kz' },
      ])
    })

    it('takes a line of a statement once, also when it comes twice at the same time', async () => {
      const line: Payment = {
        key: `line of ${companyId}`,
        payerTaxId: '240240012346',
        amount: '60000.00',
        paidOn: '2026-03-09',
        purpose: 'Оплата',
        source: 'test',
        companyId,
        outcome: 'paid',
        at: now,
        by: 'test',
      }
      const record = () => under.unitOfWork.run((tx) => under.payments.record(tx, line))
      expect((await Promise.all([record(), record()])).sort()).toEqual([false, true])
      expect(await record()).toBe(false)
      expect(await under.payments.byKey(line.key)).toEqual(line)
      expect(await under.payments.list({ companyId, limit: 10 })).toEqual([line])
      expect(await under.payments.byKey('never')).toBeUndefined()
    })

    it('never gives a number twice', async () => {
      const numbers = await Promise.all(Array.from({ length: 5 }, () => under.files.nextNumber()))
      expect(new Set(numbers).size).toBe(5)
    })

    it('keeps the publication log in order, with the exact bytes', async () => {
      const seq = ((await under.publications.all({ fresh: true })).at(-1)?.seq ?? 0) + 1
      const entry: Publication = {
        seq,
        kind: 'news',
        subject: 'news',
        version: `v${seq}`,
        title: 'Новость',
        hash: 'aa',
        size: 3,
        publishedAt: now,
        effectiveOn: '2026-03-10',
        effectiveAt: now,
        by: 'test',
        previous: '',
        entryHash: 'bb',
        signature: 'cc',
      }
      const append = () =>
        under.unitOfWork.run((tx) => under.publications.append(tx, entry, new Uint8Array([0, 255, 10])))
      await append()
      await expect(append()).rejects.toThrow(Outdated)
      expect((await under.publications.all({ fresh: true })).at(-1)).toEqual(entry)
      expect([...((await under.publications.content(seq)) ?? [])]).toEqual([0, 255, 10])
      expect(await under.publications.content(seq + 1)).toBeUndefined()
    })
  })
}
