import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { EsfSimulator } from '../../../../src/adapters/esf-simulator/index.ts'
import type { HttpAnswer, TestKey } from './harness.ts'
import { anInvoice, ask, iin, login, makeKey, pick, pickAll, seller, startPortal, upload } from './harness.ts'

// A caller with no more than the rules of the fact sheet: ask by key before sending again, believe only an
// explicit yes or no. Under every kind of fault it must reach the end, and the portal must hold each once.

let key: TestKey
let portal: EsfSimulator
let session = ''

beforeAll(async () => {
  key = await makeKey({ iin, bin: seller })
})
afterEach(() => portal.stop())

const attempt = (call: () => Promise<HttpAnswer>): Promise<HttpAnswer | undefined> =>
  call().then(
    (answer) => answer,
    () => undefined,
  )

/** A session that works, whatever it takes: reuses the one named in the fault. */
const relogin = async (): Promise<void> => {
  for (;;) {
    const outcome = await login(portal, key).then(
      (id) => ({ id }),
      (error: unknown) => ({ id: /opened session with id ([\w-]+)/.exec(String(error))?.[1] }),
    )
    if (outcome.id !== undefined) {
      session = outcome.id
      return
    }
  }
}

/** `true` and `false` only when the portal has said so. */
const isThere = async (num: string): Promise<boolean> => {
  for (;;) {
    const answer = await attempt(() =>
      ask(
        portal,
        'queryInvoiceSummaryByKey',
        session,
        `<invoiceKeyList><invoiceKey><date>10.03.2026</date><num>${num}</num></invoiceKey></invoiceKeyList><direction>OUTBOUND</direction>`,
      ),
    )
    if (answer?.status === 200 && pick(answer.body, 'invoiceSummaryList') !== undefined) {
      return pickAll(answer.body, 'num').includes(num)
    }
    if (answer?.body.includes('sessionClosedException') === true) await relogin()
  }
}

const mirror = async (nums: readonly string[]): Promise<void> => {
  let left = [...nums]
  while (left.length > 0) {
    const bodies = left.map((num) => anInvoice({ num }))
    const answer = await attempt(() => upload(portal, session, key, ...bodies))
    if (answer?.status === 200 && pick(answer.body, 'declinedSet') !== undefined) {
      const accepted = pickAll(pick(answer.body, 'acceptedSet') ?? '', 'num')
      left = left.filter((num) => !accepted.includes(num))
    } else if (answer?.body.includes('sessionClosedException') === true) {
      await relogin()
      continue
    }
    const unknown: string[] = []
    for (const num of left) if (!(await isThere(num))) unknown.push(num)
    left = unknown
  }
}

describe('a careful caller', () => {
  test.each([1, 2, 3])(
    'registers every invoice exactly once under every kind of fault (seed %i)',
    async (seed) => {
      portal = await startPortal({ seed })
      await relogin()
      portal.faults.random({ rate: 0.4 })
      const nums = Array.from({ length: 120 }, (_, index) => String(index + 1))
      for (let from = 0; from < nums.length; from += 3) await mirror(nums.slice(from, from + 3))
      portal.faults.clear()
      expect(portal.faults.injected).toBeGreaterThan(15)
      expect(portal.invoices().map(({ num }) => num)).toEqual(nums)
      expect(new Set(portal.invoices().map(({ status }) => status))).toEqual(new Set(['CREATED']))
    },
  )

  test('a careless one, who sends again without asking, is told NOT_UNIQUE and registers nothing twice', async () => {
    portal = await startPortal()
    await relogin()
    portal.faults.next('syncInvoice', 'accept-then-drop')
    const first = await attempt(() => upload(portal, session, key, anInvoice()))
    const second = await attempt(() => upload(portal, session, key, anInvoice()))
    expect(first).toBeUndefined()
    expect(second?.body).toContain('NOT_UNIQUE_DB_ERROR_MSG')
    expect(portal.invoices()).toHaveLength(1)
  })
})
