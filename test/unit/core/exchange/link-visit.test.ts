import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { uuidIds } from '../../../../src/adapters/host/uuid-ids.ts'
import type { DemoIdentity } from '../../../../src/adapters/signing/demo-authority/index.ts'
import { writeDocumentXml } from '../../../../src/core/document/index.ts'
import { makeSigningLink, Refusal } from '../../../../src/core/exchange/index.ts'
import {
  aContract,
  aDocument,
  anAct,
  aPaymentInvoice,
  buyerTaxId,
  sellerTaxId,
} from '../../../factories/documents.ts'
import { aCaller } from '../../../factories/http-gateway.ts'
import { aLinkDesk, type LinkDesk } from '../../../factories/link-desk.ts'
import { aTestCa, testNow, type TestCa } from '../../../factories/test-ca.ts'

/** What a call was refused with: status and codes. */
const refusalOf = async (
  call: Promise<unknown>,
): Promise<{ status: string; codes: string[]; words: string }> => {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Refusal)) throw new Error(`not refused: ${String(error)}`)
  return {
    status: error.status,
    codes: [...new Set(error.faults.map(({ code }) => code))],
    words: error.faults.map(({ message }) => message.ru).join(' '),
  }
}

describe('a person behind a one-document link', () => {
  let ca: TestCa
  let buyerKey: DemoIdentity
  let sellerKey: DemoIdentity
  let desk: LinkDesk
  const dayLater = new Date(testNow.getTime() + 86_400_000)
  const act = anAct()
  const bytes = writeDocumentXml(act)

  beforeAll(async () => {
    ca = await aTestCa()
    buyerKey = await ca.issue({
      subject: { commonName: 'ТЕСТОВ ТЕСТ', iin: '900101300017', bin: buyerTaxId },
    })
    sellerKey = await ca.issue({
      subject: { commonName: 'ТЕСТОВ ТЕСТ', iin: '900101300017', bin: sellerTaxId },
    })
  })
  beforeEach(() => {
    desk = aLinkDesk(ca.verifier())
  })

  /** Nothing but a line in the trail: what was wrong with the signature. */
  const onlyNoted = (): boolean =>
    desk.changes.every(
      ({ documentId: _id, revision: _revision, events = [], ...states }) =>
        Object.keys(states).length === 0 &&
        events.every(({ name, companyId }) => name === 'signature.refused' && companyId === undefined),
    )

  it('sees the document, its bytes and who must answer; the first look is marked once', async () => {
    const token = await desk.link(await desk.put(act))
    const visit = await desk.visits.open(token, 'receive')
    expect(visit).toMatchObject({ turn: 'answer', document: { kind: 'act', number: act.number } })
    expect(Buffer.from(visit?.bytes ?? []).equals(bytes)).toBe(true)
    await desk.visits.open(token, 'receive')
    expect(
      desk.changes.map(({ recipientState, events }) => [recipientState, events?.map((e) => e.name)]),
    ).toEqual([['viewed', ['document.viewed']]])
  })

  it('leaves no mark by downloading', async () => {
    const token = await desk.link(await desk.put(act))
    await desk.visits.look(token, 'receive')
    expect(desk.changes).toEqual([])
  })

  it('finds nothing behind unknown, malformed, expired, foreign-purpose, purged and undelivered links alike', async () => {
    const record = await desk.put(act)
    const good = await desk.link(record)
    const undelivered = await desk.link(
      await desk.put(anAct(), { senderState: 'signed', recipientState: 'none' }),
    )
    const withdrawn = await desk.link(
      await desk.put(anAct(), { senderState: 'annulled', recipientState: 'none' }),
    )
    const gone = await desk.put(anAct())
    const purged = await desk.link(gone)
    desk.purge(gone)
    const signing = await desk.link(record, 'sign')
    const wrong = [
      '',
      'x',
      'A'.repeat(43),
      `${good}A`,
      good.slice(1),
      `${good.slice(0, 42)}=`,
      '../../etc/passwd',
      `${good}\0`,
    ]
    for (const token of [...wrong, undelivered, withdrawn, purged, signing]) {
      expect(await desk.visits.open(token, 'receive')).toBeUndefined()
      expect(await desk.visits.refuse(token, 'нет')).toBeUndefined()
      expect(await desk.visits.accept(token, bytes)).toBeUndefined()
    }
    expect(await desk.visits.open(good, 'sign')).toBeUndefined()
    desk.at(dayLater)
    expect(await desk.visits.open(good, 'receive')).toBeUndefined()
    expect(desk.changes).toEqual([])
  })

  it('accepts with a signature of the company named in the document', async () => {
    const record = await desk.put(act)
    const token = await desk.link(record)
    const done = await desk.visits.accept(token, await ca.sign(buyerKey, { data: bytes }))
    expect(done).toMatchObject({
      outcome: 'recorded',
      visit: { turn: 'nothing', record: { senderState: 'completed', recipientState: 'accepted' } },
    })
    expect(done?.visit.signatures.map(({ side, verdict }) => [side, verdict])).toEqual([
      ['recipient', 'VALID'],
    ])
    expect(desk.changes.flatMap(({ events = [] }) => events.map(({ name }) => name))).toEqual([
      'document.accepted',
      'document.completed',
    ])
  })

  it('says that the key is another company’s before anything is changed', async () => {
    const token = await desk.link(await desk.put(act))
    const refusal = await refusalOf(desk.visits.accept(token, await ca.sign(sellerKey, { data: bytes })))
    expect(refusal).toMatchObject({ status: 'invalid', codes: ['SIGNATURE-01'] })
    expect(refusal.words).toContain('Выбран ключ другой организации')
    expect(onlyNoted()).toBe(true)
  })

  it.each([
    ['another document', async () => ca.sign(buyerKey, { data: Buffer.from('другое') })],
    ['noise', async () => Buffer.from('AAAA')],
    ['an empty sequence', async () => Uint8Array.of(0x30, 0x00)],
  ])('refuses a signature over %s', async (_what, sign) => {
    const token = await desk.link(await desk.put(act))
    expect(await refusalOf(desk.visits.accept(token, await sign()))).toMatchObject({ status: 'invalid' })
    expect(onlyNoted()).toBe(true)
  })

  it('takes PEM as NCALayer labels it', async () => {
    const token = await desk.link(await desk.put(act))
    const cms = Buffer.from(await ca.sign(buyerKey, { data: bytes })).toString('base64')
    const pem = `-----BEGIN CMS-----\n${cms.replace(/(.{64})/g, '$1\n')}\n-----END CMS-----\n`
    expect(await desk.visits.accept(token, Buffer.from(pem))).toMatchObject({ outcome: 'recorded' })
  })

  it('never accepts without a signature: no key kept in the gateway answers for a visitor', async () => {
    const token = await desk.link(await desk.put(act, { recipientCompanyId: 'company-2' }))
    expect(await refusalOf(desk.visits.accept(token, undefined))).toMatchObject({ codes: ['EXCHANGE-07'] })
  })

  it('asks to come again when the authority is silent, and changes nothing', async () => {
    desk = aLinkDesk(ca.verifier({ revocation: 'required' }))
    const token = await desk.link(await desk.put(act))
    const refusal = await refusalOf(desk.visits.accept(token, await ca.sign(buyerKey, { data: bytes })))
    expect(refusal.status).toBe('unavailable')
    expect(desk.changes).toEqual([])
  })

  it('refuses with a reason, and not without one', async () => {
    const token = await desk.link(await desk.put(act))
    expect(await refusalOf(desk.visits.refuse(token, ' \n '))).toMatchObject({ codes: ['EXCHANGE-06'] })
    const done = await desk.visits.refuse(token, 'Сумма неверна')
    expect(done).toMatchObject({
      outcome: 'recorded',
      visit: { record: { senderState: 'refused', recipientState: 'refused', reason: 'Сумма неверна' } },
    })
  })

  it('finds the same end when a form is submitted twice, one after the other or at once', async () => {
    const token = await desk.link(await desk.put(act))
    const cms = await ca.sign(buyerKey, { data: bytes })
    const outcomes = await Promise.all([desk.visits.accept(token, cms), desk.visits.accept(token, cms)])
    expect(outcomes.map((one) => one?.outcome).sort()).toEqual(['already', 'recorded'])
    expect(await desk.visits.accept(token, cms)).toMatchObject({ outcome: 'already' })
    expect(desk.changes).toHaveLength(1)
  })

  it('accepts although somebody else opens the link at that moment', async () => {
    const token = await desk.link(await desk.put(act))
    desk.beforeNextChange(() => desk.visits.open(token, 'receive'))
    expect(await desk.visits.accept(token, await ca.sign(buyerKey, { data: bytes }))).toMatchObject({
      outcome: 'recorded',
    })
    expect(desk.changes.map(({ recipientState }) => recipientState)).toEqual(['viewed', 'accepted'])
  })

  it('tells the second of two people who want different things', async () => {
    const token = await desk.link(await desk.put(act))
    desk.beforeNextChange(() => desk.visits.refuse(token, 'Отказ'))
    const cms = await ca.sign(buyerKey, { data: bytes })
    expect(await refusalOf(desk.visits.accept(token, cms))).toMatchObject({ status: 'conflict' })
    expect(await refusalOf(desk.visits.accept(token, cms))).toMatchObject({ status: 'conflict' })
    expect(desk.changes.map(({ recipientState }) => recipientState)).toEqual(['refused'])
  })

  it.each(['payment-invoice', 'tax-invoice', 'power-of-attorney', 'file'] as const)(
    'only shows a %s, which asks for no answer',
    async (kind) => {
      const record = await desk.put(aDocument(kind), { senderState: 'completed', recipientState: 'settled' })
      const token = await desk.link(record)
      expect(await desk.visits.open(token, 'receive')).toMatchObject({ turn: 'nothing' })
      expect(await refusalOf(desk.visits.refuse(token, 'нет'))).toMatchObject({ status: 'conflict' })
      expect(desk.changes).toEqual([])
    },
  )

  it('lets the recipient agree to an annulment without a signature, or decline it with a reason', async () => {
    const asked = { senderState: 'annulment_requested', recipientState: 'annulment_requested' } as const
    const agreeing = await desk.link(await desk.put(aContract(), asked))
    expect(await desk.visits.open(agreeing, 'receive')).toMatchObject({ turn: 'answer-annulment' })
    expect(await desk.visits.accept(agreeing, undefined)).toMatchObject({
      outcome: 'recorded',
      visit: { record: { senderState: 'annulled' } },
    })
    const declining = await desk.link(await desk.put(aContract(), asked))
    expect(await desk.visits.refuse(declining, 'Договор исполнен')).toMatchObject({
      visit: { turn: 'answer', record: { senderState: 'delivered', reason: 'Договор исполнен' } },
    })
  })

  describe('who signs for the sender', () => {
    const awaiting = { senderState: 'awaiting_signature', recipientState: 'none' } as const

    it('signs with the sender’s key; the delivery is set in motion', async () => {
      const token = await desk.link(await desk.put(act, awaiting), 'sign')
      expect(await desk.visits.open(token, 'sign')).toMatchObject({ turn: 'sign' })
      expect(
        await refusalOf(desk.visits.sign(token, await ca.sign(buyerKey, { data: bytes }))),
      ).toMatchObject({
        codes: ['SIGNATURE-01'],
      })
      const cms = await ca.sign(sellerKey, { data: bytes })
      expect(await desk.visits.sign(token, cms)).toMatchObject({
        outcome: 'recorded',
        visit: { turn: 'nothing', record: { senderState: 'signed' } },
      })
      expect(await desk.visits.sign(token, cms)).toMatchObject({ outcome: 'already' })
      expect(desk.changes.map(({ tasks }) => tasks?.map(({ kind }) => kind))).toEqual([
        undefined,
        ['deliver'],
      ])
    })

    it('is not told "signed" while the authority is silent', async () => {
      desk = aLinkDesk(ca.verifier({ revocation: 'required' }))
      const token = await desk.link(await desk.put(act, awaiting), 'sign')
      expect(await desk.visits.sign(token, await ca.sign(sellerKey, { data: bytes }))).toMatchObject({
        visit: { record: { senderState: 'signing' }, signatures: [{ verdict: 'INDETERMINATE' }] },
      })
    })

    it('cannot sign what was withdrawn', async () => {
      const token = await desk.link(await desk.put(act, { ...awaiting, senderState: 'annulled' }), 'sign')
      const cms = await ca.sign(sellerKey, { data: bytes })
      expect(await refusalOf(desk.visits.sign(token, cms))).toMatchObject({ status: 'conflict' })
    })

    it('gets a link that the sender made, for at most 30 days', async () => {
      const record = await desk.put(act, awaiting)
      const make = makeSigningLink({
        clock: desk.clock,
        ids: uuidIds,
        unitOfWork: desk.unitOfWork,
        documents: desk.documents,
        links: desk.links,
        publicUrl: () => 'https://edo.example.kz',
      })
      const request = { caller: aCaller(), documentIds: [record.id], sentTo: 'director@example.kz' }
      const { link, expiresAt } = await make(request)
      expect(expiresAt.getTime() - testNow.getTime()).toBe(7 * 86_400_000)
      const token = /^https:\/\/edo\.example\.kz\/sign\/([A-Za-z0-9_-]{43})$/.exec(link)?.[1] ?? ''
      expect(await desk.visits.open(token, 'sign')).toMatchObject({ turn: 'sign' })

      expect(await refusalOf(make({ ...request, keepsMs: 31 * 86_400_000 }))).toMatchObject({
        codes: ['LINK-02'],
      })
      expect(await refusalOf(make({ ...request, keepsMs: Number.NaN }))).toMatchObject({ codes: ['LINK-02'] })
      expect(await refusalOf(make({ ...request, sentTo: 'никому' }))).toMatchObject({ codes: ['LINK-01'] })
      const stranger = aCaller({ companyId: 'company-9' })
      expect(await refusalOf(make({ ...request, caller: stranger }))).toMatchObject({ status: 'not-found' })
      const sent = await desk.put(aPaymentInvoice())
      expect(await refusalOf(make({ ...request, documentIds: [sent.id] }))).toMatchObject({
        status: 'conflict',
      })
    })

    describe('and has a package', () => {
      const dayMs = 86_400_000
      const desked = () => {
        const make = makeSigningLink({
          clock: desk.clock,
          ids: uuidIds,
          unitOfWork: desk.unitOfWork,
          documents: desk.documents,
          links: desk.links,
          publicUrl: () => 'https://edo.example.kz',
        })
        return async (documentIds: string[], more: object = {}) => {
          const { link } = await make({
            caller: aCaller(),
            documentIds,
            sentTo: 'director@example.kz',
            ...more,
          })
          return link.split('/').at(-1) ?? ''
        }
      }
      const three = async () => {
        const documents = [act, aPaymentInvoice(), aContract()]
        const records = []
        for (const document of documents) records.push(await desk.put(document, awaiting))
        return { documents, ids: records.map(({ id }) => id) }
      }

      it('sees all of it, who asks and by when; signs each by itself, a bad signature holds up no other', async () => {
        const { documents, ids } = await three()
        const token = await desked()(ids, {
          askedBy: 'Айгүл, бухгалтерия',
          signBy: '2026-12-01',
          note: 'за март',
        })
        const found = await desk.visits.list(token, 'sign')
        expect(found?.link).toMatchObject({
          askedBy: 'Айгүл, бухгалтерия',
          signBy: '2026-12-01',
          note: 'за март',
        })
        expect(found?.documents.map(({ place, turn }) => [place, turn])).toEqual([
          [1, 'sign'],
          [2, 'sign'],
          [3, 'sign'],
        ])
        const good = await ca.sign(sellerKey, { data: writeDocumentXml(documents[0]!) })
        expect(await desk.visits.sign(token, good, 1)).toMatchObject({ outcome: 'recorded' })
        // The first document's signature for the second.
        expect(await refusalOf(desk.visits.sign(token, good, 2))).toMatchObject({ codes: ['SIGNATURE-01'] })
        const third = await ca.sign(sellerKey, { data: writeDocumentXml(documents[2]!) })
        expect(await desk.visits.sign(token, third, 3)).toMatchObject({ outcome: 'recorded' })
        const after = await desk.visits.list(token, 'sign')
        expect(after?.documents.map(({ record, turn }) => [record.senderState, turn])).toEqual([
          ['signed', 'nothing'],
          ['awaiting_signature', 'sign'],
          ['signed', 'nothing'],
        ])
        const events = await desk.documents.events(ids[1]!)
        expect(events.map(({ name }) => name)).toEqual(['signature.requested', 'signature.refused'])
        expect(await desk.visits.open(token, 'sign', 4)).toBeUndefined()
        expect(await desk.visits.open(token, 'sign', 0)).toBeUndefined()
      })

      it('declines with a reason: the sender hears it, the documents go on waiting', async () => {
        const { ids } = await three()
        const token = await desked()(ids)
        expect(await refusalOf(desk.visits.decline(token, ' '))).toMatchObject({ codes: ['EXCHANGE-06'] })
        expect((await desk.visits.decline(token, 'Сумма не та', 2))?.documents).toHaveLength(1)
        expect((await desk.record(ids[1]!)).reason).toBe('Сумма не та')
        expect((await desk.record(ids[0]!)).reason).toBeUndefined()
        expect((await desk.visits.decline(token, 'Не мой пакет'))?.documents).toHaveLength(3)
        const [first] = (await desk.documents.events(ids[0]!)).slice(-1)
        expect(first).toMatchObject({
          name: 'signature.declined',
          companyId: 'company-1',
          details: { reason: 'Не мой пакет' },
        })
        expect((await desk.visits.list(token, 'sign'))?.documents.every(({ turn }) => turn === 'sign')).toBe(
          true,
        )
      })

      it('is refused as a whole when one document cannot be asked for, or when there are too many', async () => {
        const { ids } = await three()
        const make = desked()
        const sent = await desk.put(act)
        expect(await refusalOf(make([...ids, sent.id]))).toMatchObject({ status: 'conflict' })
        expect(await refusalOf(make([...ids, uuidIds.next()]))).toMatchObject({ status: 'not-found' })
        expect(await refusalOf(make([]))).toMatchObject({ codes: ['LINK-04'] })
        expect(await refusalOf(make(Array.from({ length: 51 }, () => uuidIds.next())))).toMatchObject({
          codes: ['LINK-04'],
        })
        expect(await refusalOf(make(ids, { signBy: '2020-01-01' }))).toMatchObject({ codes: ['LINK-06'] })
        expect(await refusalOf(make(ids, { note: 'x'.repeat(501) }))).toMatchObject({ codes: ['LINK-07'] })
        // The same twice is once.
        expect((await desk.links.byToken(await make([ids[0]!, ids[0]!]), testNow))?.documentIds).toHaveLength(
          1,
        )
      })

      it('is asked for ten times a day and no more', async () => {
        const { ids } = await three()
        const make = desked()
        for (let time = 0; time < 10; time++) await make([ids[0]!])
        expect(await refusalOf(make(ids))).toMatchObject({ status: 'too-many', codes: ['LINK-05'] })
        desk.at(new Date(testNow.getTime() + dayMs + 1))
        await make(ids)
      })
    })
  })
})
