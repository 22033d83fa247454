import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { linkDoor } from '../../../../src/adapters/pages/index.ts'
import type { DemoIdentity } from '../../../../src/adapters/signing/demo-authority/index.ts'
import { writeDocumentXml } from '../../../../src/core/document/index.ts'
import type { Act, Document } from '../../../../src/core/document/index.ts'
import type { DocumentRecord } from '../../../../src/core/exchange/index.ts'
import { aBuyer, aContract, anAct, aSeller, buyerTaxId, sellerTaxId } from '../../../factories/documents.ts'
import { openHttpGateway, type HttpGateway } from '../../../factories/http-gateway.ts'
import { aLinkDesk, type LinkDesk } from '../../../factories/link-desk.ts'
import { aTestCa, testNow, type TestCa } from '../../../factories/test-ca.ts'

/** An answer, read to its end. */
interface Answer {
  status: number
  headers: Headers
  text: string
}

describe('the pages behind mailed links', () => {
  let ca: TestCa
  let buyerKey: DemoIdentity
  let sellerKey: DemoIdentity
  let desk: LinkDesk
  let gateway: HttpGateway
  let address = 0
  let lookups = 0

  beforeAll(async () => {
    ca = await aTestCa()
    buyerKey = await ca.issue({
      subject: { commonName: 'ТЕСТОВ ТЕСТ', iin: '900101300017', bin: buyerTaxId },
    })
    sellerKey = await ca.issue({
      subject: { commonName: 'ТЕСТОВ ТЕСТ', iin: '900101300017', bin: sellerTaxId },
    })
    desk = aLinkDesk(ca.verifier())
    const byToken = desk.links.byToken.bind(desk.links)
    desk.links.byToken = (token, now) => {
      lookups++
      return byToken(token, now)
    }
    gateway = await openHttpGateway({
      // A proxy in front gives each test an address of its own.
      trustProxy: true,
      doors: () => [
        linkDoor({
          visits: desk.visits,
          formKey: Buffer.alloc(32, 1),
          print: async ({ record }, language) => Buffer.from(`%PDF of ${record.number} in ${language}`),
        }),
      ],
    })
  })
  afterAll(() => gateway.stop())
  beforeEach(() => {
    address++
    lookups = 0
    desk.at(testNow)
  })

  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const answer = await fetch(gateway.url + path, {
      redirect: 'manual',
      ...init,
      headers: { 'x-forwarded-for': `10.0.0.${address}`, ...(init.headers as Record<string, string>) },
    })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
  const linkTo = async (document: Document, overrides: Partial<DocumentRecord> = {}): Promise<string> =>
    `/d/${await desk.link(await desk.put(document, overrides))}`
  /** The address a form of the page posts to, as the page wrote it. */
  const actionIn = (page: string, action: string): string =>
    (new RegExp(`action="([^"]+/${action}\\?[^"]*)"`).exec(page)?.[1] ?? '').replaceAll('&amp;', '&')
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    ask(path, { method: 'POST', body: new URLSearchParams(fields), headers })
  const signed = async (key: DemoIdentity, document: Document): Promise<string> =>
    Buffer.from(await ca.sign(key, { data: writeDocumentXml(document) })).toString('base64')

  it('shows the document under headers that keep it to itself', async () => {
    const page = await ask(await linkTo(anAct()))
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' wss://127.0.0.1:13579; " +
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.headers.get('x-robots-tag')).toContain('noindex')
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    expect(page.headers.get('x-frame-options')).toBe('DENY')
    expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(page.headers.get('set-cookie')).toBeNull()
    expect(page.text).toContain('ТОО «Алатау Снаб»')
    // Nothing from elsewhere, nothing inline that a browser would run.
    expect(page.text).not.toMatch(/(?:src|href|action)="(?:https?:)?\/\//)
    expect(page.text).not.toMatch(/<script(?![^>]*(?:src=|type="application\/json"))/)
    expect(page.text).not.toMatch(/ style=| on[a-z]+=/)
  })

  it('serves its script and style from its own address, to be kept by their version', async () => {
    const page = await ask(await linkTo(anAct()))
    for (const [, path = ''] of page.text.matchAll(/(?:src|href)="(\/pages\/[^"]+)"/g)) {
      const asset = await ask(path)
      expect(asset.status).toBe(200)
      expect(asset.headers.get('cache-control')).toContain('immutable')
      expect(asset.headers.get('content-type')).toMatch(/^text\/(javascript|css); charset=utf-8$/)
      const older = await ask(path.replace(/[0-9a-f]{12}/, '0'.repeat(12)))
      expect(older.headers.get('cache-control')).toBe('no-store')
    }
  })

  it.each([
    ['ru', {}, 'Документ ждёт вашего ответа'],
    ['kk', { 'accept-language': 'kk-KZ,ru;q=0.5' }, 'Құжат жауабыңызды күтуде'],
    ['en', { 'accept-language': 'en' }, 'The document awaits your answer'],
  ])('speaks %s', async (language, headers, words) => {
    const page = await ask(await linkTo(anAct()), { headers })
    expect(page.text).toContain(words)
    expect(page.text).toContain(`<html lang="${language}">`)
  })

  it('changes the language by a link that does not carry the token', async () => {
    const path = await linkTo(anAct())
    const page = await ask(`${path}?lang=kk`)
    expect(page.text).toContain('Құжат жауабыңызды күтуде')
    expect(page.text).toContain('href="?lang=en"')
    expect((await ask(`${path}?lang=__proto__`)).text).toContain('Документ ждёт вашего ответа')
  })

  it('answers wrong, expired, purged and foreign links with the same bytes', async () => {
    const gone = await desk.put(anAct())
    const purged = await desk.link(gone)
    desk.purge(gone)
    const expired = await desk.link(await desk.put(anAct()), 'receive', new Date(testNow.getTime() - 1))
    const signing = await desk.link(await desk.put(anAct()), 'sign')
    const known = await ask(`/d/${'A'.repeat(43)}`)
    expect(known.status).toBe(404)
    for (const token of [
      purged,
      expired,
      signing,
      'x',
      'A'.repeat(500),
      '%D1%8F',
      '..%2e',
      "'--",
      '<script>',
      '{{7*7}}',
    ]) {
      const answer = await ask(`/d/${token}`)
      expect([token, answer.status, answer.text]).toEqual([token, 404, known.text])
    }
    for (const part of ['/document.xml', '/file', '/signatures/1']) {
      expect((await ask(`/d/${expired}${part}`)).text).toBe(known.text)
    }
  })

  it.each(['/d/%00', '/d/%2f..%2f', '/d/a%5cb', '/d//x', '/d/%ff'])(
    'is not led astray by %s',
    async (path) => {
      const answer = await ask(path)
      expect([400, 404]).toContain(answer.status)
      expect(answer.text).not.toMatch(/Error|at \w+ \(|node_modules/)
    },
  )

  it('loses patience with an address after 20 wrong links, for good links too, and with nobody else', async () => {
    const good = await linkTo(anAct())
    const guess = (n: number) => ask(`/d/${String(n).padStart(43, 'A')}`)
    const misses = []
    for (let n = 0; n < 20; n++) misses.push((await guess(n)).status)
    expect(misses).toEqual(Array<number>(20).fill(404))
    lookups = 0
    const limited = await Promise.all(Array.from({ length: 200 }, (_, n) => guess(n + 100)))
    expect(new Set(limited.map(({ status }) => status))).toEqual(new Set([429]))
    expect((await ask(good)).status).toBe(429)
    expect(lookups).toBe(0)
    expect(Number(limited[0]?.headers.get('retry-after'))).toBeGreaterThan(500)
    expect(limited[0]?.text).toContain('Слишком много попыток')
    address++
    expect((await ask(good)).status).toBe(200)
  })

  it('counts hundreds of guesses at once like hundreds in a row', async () => {
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, n) => ask(`/d/${String(n).padStart(43, 'B')}`)),
    )
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(20)
    expect(lookups).toBe(20)
  })

  it('does not count an honest visitor, however often he comes', async () => {
    const path = await linkTo(anAct())
    for (let n = 0; n < 60; n++) expect((await ask(path)).status).toBe(200)
  })

  it('counts a network of IPv6 addresses as one', async () => {
    const statuses = []
    for (let n = 0; n < 25; n++) {
      const headers = { 'x-forwarded-for': `2001:db8:1:2::${n.toString(16)}` }
      statuses.push((await ask(`/d/${String(n).padStart(43, 'C')}`, { headers })).status)
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(5)
  })

  it('does not count a look of a mail scanner as a view', async () => {
    const record = await desk.put(anAct())
    const path = `/d/${await desk.link(record)}`
    const head = await ask(path, { method: 'HEAD' })
    expect([head.status, head.text]).toEqual([200, ''])
    expect((await desk.record(record.id)).recipientState).toBe('arrived')
    await ask(path)
    expect((await desk.record(record.id)).recipientState).toBe('viewed')
  })

  it('never writes a token into the log', async () => {
    const path = await linkTo(anAct())
    const { text } = await ask(path)
    await post(actionIn(text, 'refuse'), { reason: 'секретная причина' })
    const log = JSON.stringify(gateway.log)
    expect(log).not.toContain(path.slice(3))
    expect(log).not.toContain('секретная')
    expect(log).toContain('"/d/:token/refuse"')
  })

  describe('hostile documents', () => {
    const attack = `"><script>alert(1)</script><img src=x onerror=alert(2)>'\`\${7*7}{{7*7}}&lt;b&gt;`
    const hostile = (): Act =>
      anAct({
        number: attack.slice(0, 50),
        comment: attack,
        seller: aSeller({ name: attack, address: `</dd></dl><form action="https://evil.example">${attack}` }),
        buyer: aBuyer({ name: `\u202Eтекст${attack}` }),
        extras: [{ name: attack.slice(0, 100), value: '<!--<script>' }],
      })

    it('are shown as the text they are', async () => {
      const page = await ask(
        await linkTo(hostile(), {
          senderState: 'annulment_requested',
          recipientState: 'annulment_requested',
          reason: attack,
        }),
      )
      expect(page.status).toBe(200)
      expect(page.text.match(/<script/g)).toHaveLength(3)
      expect(page.text).not.toMatch(/<img|<form[^>]*evil|onerror=alert\(2\)>(?!&)/)
      expect(page.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
      expect(page.text).toContain('&amp;lt;b&amp;gt;')
    })

    it('name no file outside the folder, whatever they call it', async () => {
      for (const [fileName, expected] of [
        ['../../etc/passwd', 'passwd'],
        ['C:\\Windows\\evil.exe', 'evil.exe'],
        ['a"\r\nSet-Cookie: x=1.pdf', 'aSet-Cookie x=1.pdf'],
        ['\u202Efdp.exe', 'fdp.exe'],
        ['...', 'file'],
      ] as const) {
        const path = await linkTo(aContract({ fileName }))
        const answer = await ask(`${path}/file`)
        expect(answer.headers.get('content-disposition')).toContain(`filename="${expected}"`)
        expect(answer.headers.get('set-cookie')).toBeNull()
      }
    })

    it('run nothing when their file is a page', async () => {
      const page = await ask(await linkTo(aContract({ fileName: '<b>.pdf' })))
      expect(page.text).toMatch(/Вложенный файл: <bdi>&lt;b&gt;\.pdf<\/bdi>/)
      expect(page.text).toContain('15\u00a0байт')
      const content = Buffer.from('<script>alert(1)</script>').toString('base64')
      const path = await linkTo(aContract({ fileName: 'договор.html', mediaType: 'text/html', content }))
      const answer = await ask(`${path}/file`)
      expect(answer.headers.get('content-type')).toBe('application/octet-stream')
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment; .*filename\*=UTF-8''/)
      expect(answer.headers.get('content-security-policy')).toContain('sandbox')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    })
  })

  describe('downloads', () => {
    it('give the exact bytes and the signatures as they were made', async () => {
      const document = anAct()
      const record = await desk.put(document)
      const path = `/d/${await desk.link(record)}`
      const xml = await fetch(`${gateway.url}${path}/document.xml`)
      expect(Buffer.from(await xml.arrayBuffer()).equals(writeDocumentXml(document))).toBe(true)
      expect(xml.headers.get('content-disposition')).toBe('attachment; filename="act-00000000016.xml"')

      expect((await ask(path)).text).toContain(`href="${path}/document.pdf?lang=ru"`)
      const pdf = await ask(`${path}/document.pdf?lang=kk`)
      expect(pdf.text).toBe('%PDF of 00000000016 in kk')
      expect(pdf.headers.get('content-disposition')).toBe('attachment; filename="act-00000000016.pdf"')

      const cms = await ca.sign(buyerKey, { data: writeDocumentXml(document) })
      await desk.visits.accept(path.slice(3), cms)
      const signature = await fetch(`${gateway.url}${path}/signatures/1`)
      expect(Buffer.from(await signature.arrayBuffer()).equals(cms)).toBe(true)
      for (const number of ['0', '2', '01', '-1', '1e0', '9999999']) {
        expect((await ask(`${path}/signatures/${number}`)).status).toBe(404)
      }
    })
  })

  describe('answers', () => {
    it('takes a refusal from the form and shows the page anew', async () => {
      const record = await desk.put(anAct())
      const path = `/d/${await desk.link(record)}`
      const page = await ask(path)
      const answer = await post(actionIn(page.text, 'refuse'), { reason: 'Сумма неверна' })
      expect([answer.status, answer.headers.get('location')]).toEqual([303, `${path}?lang=ru#state`])
      expect(await desk.record(record.id)).toMatchObject({
        recipientState: 'refused',
        reason: 'Сумма неверна',
      })
      const after = await ask(path)
      expect(after.text).toContain('В документе отказано')
      expect(after.text).not.toContain('<form')
    })

    it('takes a signature pasted into the form, and tells what is wrong with another company’s', async () => {
      const document = anAct()
      const record = await desk.put(document)
      const path = `/d/${await desk.link(record)}`
      const page = await ask(path)
      const wrong = await post(actionIn(page.text, 'accept'), {
        signature: await signed(sellerKey, document),
      })
      expect(wrong.status).toBe(422)
      expect(wrong.text).toContain('Выбран ключ другой организации')
      expect((await desk.record(record.id)).recipientState).toBe('viewed')
      const right = await post(actionIn(page.text, 'accept'), { signature: await signed(buyerKey, document) })
      expect(right.status).toBe(303)
      expect((await desk.record(record.id)).recipientState).toBe('accepted')
      expect((await ask(path)).text).toContain('Подпись действительна')
    })

    it('tells the page’s script as JSON, in the language of the page', async () => {
      const document = anAct()
      const path = await linkTo(document)
      const action = actionIn((await ask(`${path}?lang=kk`)).text, 'accept')
      const json = { accept: 'application/json' }
      const wrong = await post(action, { signature: await signed(sellerKey, document) }, json)
      expect(JSON.parse(wrong.text)).toMatchObject({
        done: false,
        problems: [expect.stringContaining('Басқа ұйымның кілті таңдалған')],
      })
      const signature = await signed(buyerKey, document)
      const twice = await Promise.all([post(action, { signature }, json), post(action, { signature }, json)])
      expect(twice.map(({ text }) => (JSON.parse(text) as { outcome: string }).outcome).sort()).toEqual([
        'already',
        'recorded',
      ])
    })

    it('says plainly that nothing was given, and what a refusal needs', async () => {
      const path = await linkTo(anAct())
      const page = (await ask(path)).text
      expect((await post(actionIn(page, 'accept'), {})).text).toContain('нужна подпись')
      expect((await post(actionIn(page, 'refuse'), { reason: ' ' })).text).toContain('Укажите причину')
      const own = `/sign/${await desk.link(await desk.put(anAct(), { senderState: 'awaiting_signature', recipientState: 'none' }), 'sign')}`
      const signPage = (await ask(own)).text
      expect((await post(actionIn(signPage, 'refuse'), { reason: ' ' })).text).toContain('Укажите причину')
      expect((await post(actionIn(signPage, 'sign'), { signature: ' ' })).text).toContain(
        'Приложите файл подписи',
      )
    })

    it('tells who comes too late what the document has become', async () => {
      const path = await linkTo(anAct())
      const page = (await ask(path)).text
      await post(actionIn(page, 'refuse'), { reason: 'Отказ' })
      const late = await post(actionIn(page, 'accept'), { signature: 'AAAA' })
      expect(late.status).toBe(409)
      expect(late.text).toContain('Документ тем временем изменился')
      expect(late.text).toContain('В документе отказано')
      expect(late.text).not.toContain('AnswerDocument')
    })

    it('listens to forms of its own pages only', async () => {
      const record = await desk.put(anAct())
      const path = `/d/${await desk.link(record)}`
      const other = await linkTo(anAct())
      const [action, foreign] = [
        actionIn((await ask(path)).text, 'refuse'),
        actionIn((await ask(other)).text, 'refuse'),
      ]
      const form = new URL(foreign, gateway.url).searchParams.get('form') ?? ''
      const reason = { reason: 'подделка' }
      const refused = [
        await post(`${path}/refuse`, reason),
        await post(`${path}/refuse?form=`, reason),
        await post(`${path}/refuse?form=${form}`, reason),
        await post(`${path}/refuse?form=a&form=b`, reason),
        await post(action, reason, { 'sec-fetch-site': 'cross-site' }),
        await post(action, reason, { 'sec-fetch-site': 'same-site' }),
        await post(action, reason, { origin: 'https://evil.example' }),
      ]
      expect(refused.map(({ status }) => status)).toEqual(Array<number>(7).fill(403))
      expect(refused[0]?.text).toContain('Страница устарела')
      expect((await desk.record(record.id)).recipientState).toBe('viewed')
      // What browsers send from this page: with and without fetch metadata.
      expect(
        (await post(action, { reason: '' }, { 'sec-fetch-site': 'same-origin', origin: 'null' })).status,
      ).toBe(422)
      expect((await post(action, { reason: '' }, { origin: gateway.url })).status).toBe(422)
    })

    it('does not read what is larger than a signature can be', async () => {
      const path = await linkTo(anAct())
      const action = actionIn((await ask(path)).text, 'accept')
      const answer = await post(
        action,
        { signature: 'A'.repeat(4 * 1024 * 1024) },
        { accept: 'application/json' },
      )
      expect(answer.status).toBe(413)
      expect(JSON.parse(answer.text)).toMatchObject({ done: false })
    })

    it('survives forms that are none', async () => {
      const path = await linkTo(anAct())
      const action = actionIn((await ask(path)).text, 'accept')
      for (const body of ['%', '&&&=', 'signature=%ff%fe', '{"signature":1}', '\0'.repeat(100)]) {
        expect((await ask(action, { method: 'POST', body })).status).toBe(422)
      }
    })

    it('says that something failed here without a word about what, and writes it down', async () => {
      const broken = await desk.put(anAct(), { kind: 'waybill' })
      const answer = await ask(`/d/${await desk.link(broken)}`)
      expect(answer.status).toBe(500)
      expect(answer.headers.get('content-type')).toContain('text/html')
      expect(answer.text).toContain('Внутренняя ошибка')
      expect(answer.text).not.toContain('waybill')
      expect(gateway.log.some(({ event }) => event === 'request.surprised')).toBe(true)
    })
  })

  it('shows the first rows of an endless document and says how many there are', async () => {
    const [line] = anAct().lines
    if (line === undefined) throw new Error('the factory makes a line')
    const lines = Array.from({ length: 3000 }, () => line)
    const page = await ask(await linkTo(anAct({ lines })))
    expect(page.text.match(/<tr role="row">/g)).toHaveLength(501)
    expect(page.text).toMatch(/Всего строк:\s+3000/)
  })
})
