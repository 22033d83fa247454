import { mkdirSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { makeCms } from '../../src/adapters/signing/index.ts'
import type { Document } from '../../src/core/document/index.ts'
import { aBuyer, aContract, anAct, aPaymentInvoice, sellerTaxId, thirdTaxId } from '../factories/documents.ts'
import { openMailbox, type Mailbox } from '../factories/mailbox.ts'
import {
  aRunningGateway,
  callerOf,
  changesUntil,
  testAuthority,
  type RunningGateway,
} from '../factories/running-gateway.ts'
import { findChromium, startChromium } from '../servers/chromium.ts'
import { serverStartMs } from '../servers/index.ts'
import { startNcalayerStandIn, type NcalayerStandIn } from '../servers/ncalayer-stand-in.ts'

/** Kept for eyes: what the pages looked like in the last run. */
const screenshots = '.cache/screenshots'

const phone: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
}
const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 900 } }

// Without Chromium these are skipped: it is installed only where the tests run as root on Debian.
const chromiumPath = await findChromium()
const inChromium = chromiumPath === undefined ? describe.skip : describe

inChromium('the pages behind mailed links, in Chromium', () => {
  const address = 'buhgalter@example.kz'
  const cleanups: (() => Promise<unknown>)[] = []
  let browser: Browser
  let mailbox: Mailbox
  let ncalayer: NcalayerStandIn
  let running: RunningGateway
  let signAs: (taxId: string) => NcalayerStandIn['sign']

  const seller = () => callerOf(running.seller, { taxId: sellerTaxId, name: 'ТОО «Алатау Снаб»' })
  const addressee = () => aBuyer({ taxId: thirdTaxId, name: 'ТОО «Қарапайым Дүкен»', email: address })

  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true })
    const authority = await testAuthority()
    const keys = new Map(
      await Promise.all(
        [thirdTaxId, sellerTaxId].map(async (bin) => {
          const subject = { commonName: 'ТЕСТОВ ТЕСТ', iin: '900101300017', bin, organization: 'ТОО "ДЕМО"' }
          return [bin, await authority.issue({ subject })] as const
        }),
      ),
    )
    signAs = (taxId) => (data) => {
      const key = keys.get(taxId)
      if (key === undefined) throw new Error(`no key of ${taxId}`)
      return makeCms(data, key, { signingTime: new Date(), certificates: authority.intermediates })
    }
    mailbox = await openMailbox()
    cleanups.push(() => mailbox.stop())
    ncalayer = await startNcalayerStandIn(signAs(thirdTaxId))
    cleanups.push(() => ncalayer.stop())
    running = await aRunningGateway('embedded', {
      // Links lead to the gateway itself, on whichever port it got.
      http: { host: '127.0.0.1', port: 0, trustProxy: false },
      mail: { url: mailbox.url, from: 'Daneker <edo@example.kz>', timeoutMs: 5_000, linkKeepsMs: 86_400_000 },
      links: { ncalayerUrl: ncalayer.url },
    })
    cleanups.push(() => running.stop())
    browser = await startChromium(chromiumPath ?? '')
    cleanups.push(() => browser.close())
  }, serverStartMs)
  afterAll(async () => {
    for (const clean of cleanups.reverse()) await clean()
  })
  beforeEach(() => {
    ncalayer.mood = 'signs'
    ncalayer.sign = signAs(thirdTaxId)
    ncalayer.requests.length = 0
  })

  /** Sends a document to somebody who is not connected, and gives the link that his mail holds. */
  const mailed = async (document: Document): Promise<{ documentId: string; link: string }> => {
    const { documentId } = await running.gateway.exchange.send({
      caller: seller(),
      document,
      raw: new Uint8Array([1]),
      origin: { door: 'test', format: 'test', requestId: 'r' },
    })
    const { text } = await mailbox.letterTo(address)
    await changesUntil(
      running.gateway,
      seller(),
      (change) => change.documentId === documentId && change.name === 'document.delivered',
    )
    return { documentId, link: /http:\/\/\S+\/d\/\S+/.exec(text)?.[0] ?? '' }
  }

  /** Looks at a page; whatever the browser complains of, and every host it calls, is kept. */
  const visit = async (link: string, options: BrowserContextOptions = desktop) => {
    const context = await browser.newContext({ locale: 'ru-RU', ...options })
    const page = await context.newPage()
    const complaints: string[] = []
    const hosts = new Set<string>()
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('request', (request) => hosts.add(new URL(request.url()).host))
    await page.goto(link)
    return { page, complaints, hosts, close: () => context.close() }
  }

  const picture = (page: Page, name: string): Promise<unknown> =>
    page.screenshot({ path: `${screenshots}/${name}.png`, fullPage: true })

  const namesOf = async (documentId: string, last: string): Promise<string[]> =>
    (
      await changesUntil(
        running.gateway,
        seller(),
        (change) => change.documentId === documentId && change.name === last,
      )
    )
      .filter((change) => change.documentId === documentId)
      .map(({ name }) => name)

  it('opens a mailed act, signs it with NCALayer, and the sender’s feed says accepted', async () => {
    const { documentId, link } = await mailed(anAct({ buyer: addressee() }))
    const { page, complaints, hosts, close } = await visit(link)
    await picture(page, 'act-desktop-open')
    expect(await page.locator('h1').textContent()).toContain('№\u00a000000000016 от 31.03.2026')
    expect(await page.locator('#state').textContent()).toContain('ждёт вашего ответа')
    expect(await page.locator('.facts').textContent()).toContain('116 000,00 KZT'.replace(/ /g, '\u00a0'))

    await page.getByRole('button', { name: 'Подписать через NCALayer' }).click()
    await page.getByText('Документ принят и подписан').waitFor()
    await picture(page, 'act-desktop-accepted')
    expect(await page.locator('.signature').count()).toBe(2)
    expect(await page.locator('.signature .verdict').allTextContents()).toEqual([
      'Подпись действительна',
      'Подпись действительна',
    ])
    expect(await page.getByRole('button').count()).toBe(0)
    // What was heard when the page came back.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('state')

    const asked = ncalayer.requests.map(({ module, method }) => [module, method])
    expect(asked).toEqual([['kz.gov.pki.knca.basics', 'sign']])
    expect(ncalayer.requests[0]?.args).toMatchObject({
      signingParams: { encapsulate: false, decode: true },
      signerParams: { bin: thirdTaxId },
    })
    expect(await namesOf(documentId, 'document.archived')).toEqual([
      'document.received',
      'document.signed',
      'document.delivered',
      'document.viewed',
      'document.accepted',
      'document.completed',
      'document.archived',
    ])
    const signatures = await running.gateway.exchange.signatures({ caller: seller(), documentId })
    expect(signatures.map(({ side, verdict }) => [side, verdict])).toEqual([
      ['sender', 'VALID'],
      ['recipient', 'VALID'],
    ])
    expect(complaints).toEqual([])
    expect([...hosts]).toEqual([new URL(link).host])
    await close()
  })

  it('tells plainly that the key is another company’s, changes nothing, and takes the right one', async () => {
    const { documentId, link } = await mailed(anAct({ buyer: addressee() }))
    const { page, close } = await visit(link, phone)
    ncalayer.sign = signAs(sellerTaxId)
    await page.getByRole('button', { name: 'Подписать через NCALayer' }).tap()
    await page.getByText('Выбран ключ другой организации').waitFor()
    await picture(page, 'act-phone-wrong-key')
    const status = await running.gateway.exchange.status({ caller: seller(), documentId })
    expect(status).toMatchObject({ senderState: 'delivered', recipientState: 'viewed' })

    ncalayer.sign = signAs(thirdTaxId)
    await page.getByRole('button', { name: 'Подписать через NCALayer' }).tap()
    await page.getByText('Документ принят и подписан').waitFor()
    await picture(page, 'act-phone-accepted')
    await close()
  })

  it.each([
    ['cancels', 'Подписание отменено'],
    ['fails', 'KEYSTORE_NOT_FOUND'],
    ['dies', 'Связь с NCALayer прервалась'],
    ['old-cancels', 'Подписание отменено'],
  ] as const)('says what happened when NCALayer %s, and can be asked again', async (mood, words) => {
    const { link } = await mailed(anAct({ buyer: addressee() }))
    const { page, close } = await visit(link)
    ncalayer.mood = mood
    const button = page.getByRole('button', { name: 'Подписать через NCALayer' })
    await button.click()
    await page.locator('#progress').getByText(words).waitFor()
    ncalayer.mood = 'signs'
    await button.click()
    await page.getByText('Документ принят и подписан').waitFor()
    expect(ncalayer.requests.filter(({ method }) => method === 'sign')).toHaveLength(2)
    await close()
  })

  it('signs with an NCALayer that has no basics module', async () => {
    const { link } = await mailed(anAct({ buyer: addressee() }))
    const { page, close } = await visit(link)
    ncalayer.mood = 'old'
    await page.getByRole('button', { name: 'Подписать через NCALayer' }).click()
    await page.getByText('Документ принят и подписан').waitFor()
    expect(ncalayer.requests.map(({ method }) => method)).toEqual([
      'sign',
      'changeLocale',
      'getActiveTokens',
      'createCAdESFromBase64',
    ])
    await close()
  })

  it('stops waiting when the person cancels on the page', async () => {
    const { link } = await mailed(anAct({ buyer: addressee() }))
    const { page, close } = await visit(link)
    ncalayer.mood = 'waits'
    const asked = ncalayer.asked()
    await page.getByRole('button', { name: 'Подписать через NCALayer' }).click()
    await asked
    await page.getByRole('button', { name: 'Отменить' }).click()
    await page.getByText('Подписание отменено').waitFor()
    expect(await page.getByRole('button', { name: 'Подписать через NCALayer' }).isEnabled()).toBe(true)
    await close()
  })

  it('gives both hints when NCALayer is not running, and on a phone says that it never will', async () => {
    const { link } = await mailed(anAct({ buyer: addressee() }))
    ncalayer.mood = 'absent'
    const computer = await visit(link)
    await computer.page.getByRole('button', { name: 'Подписать через NCALayer' }).click()
    await computer.page.getByText('Запустите NCALayer').waitFor()
    expect(await computer.page.locator('#progress').textContent()).toContain('корневые сертификаты')
    await picture(computer.page, 'act-desktop-no-ncalayer')
    await computer.close()

    const pocket = await visit(link, phone)
    await pocket.page.getByRole('button', { name: 'Подписать через NCALayer' }).tap()
    await pocket.page.getByText('открыв эту ссылку на компьютере').waitFor()
    await picture(pocket.page, 'act-phone-no-ncalayer')
    await pocket.close()
  })

  it('takes a refusal with its reason on a phone, in Kazakh', async () => {
    const { documentId, link } = await mailed(anAct({ buyer: addressee() }))
    const { page, complaints, close } = await visit(link, phone)
    await page.getByRole('link', { name: 'Қазақша' }).tap()
    await page.getByText('Құжат жауабыңызды күтуде').waitFor()
    await picture(page, 'act-phone-kazakh')
    await page.getByLabel('Бас тарту себебі').fill('Сома шартқа сәйкес емес')
    await page.getByRole('button', { name: 'Қол қоюдан бас тарту' }).tap()
    await page.getByText('Құжаттан бас тартылды').waitFor()
    expect(await page.locator('#state').textContent()).toContain('Сома шартқа сәйкес емес')
    await picture(page, 'act-phone-refused')
    expect(await namesOf(documentId, 'document.refused')).toContain('document.refused')
    expect(complaints).toEqual([])
    await close()
  })

  it('takes a signature made by another program as a file', async () => {
    const { documentId, link } = await mailed(aContract({ recipient: addressee() }))
    const { page, close } = await visit(link)
    await picture(page, 'contract-desktop')
    await page.getByText('Подписать другой программой').click()
    const { bytes } = await running.gateway.exchange.document({ caller: seller(), documentId })
    await page.getByLabel('Файл подписи').setInputFiles({
      name: 'подпись.cms',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(await signAs(thirdTaxId)(bytes)),
    })
    await page.waitForFunction(() =>
      document.querySelector<HTMLTextAreaElement>('#signature-text')?.value.startsWith('M'),
    )
    await page.getByRole('button', { name: 'Отправить подпись' }).click()
    await page.getByText('Документ принят и подписан').waitFor()
    expect(ncalayer.requests).toEqual([])
    await close()
  })

  it('downloads the exact bytes and the file inside under its own name', async () => {
    const { documentId, link } = await mailed(aContract({ recipient: addressee() }))
    const { page, close } = await visit(link)
    const save = async (name: string) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name }).click(),
      ])
      const chunks: Buffer[] = []
      for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
      return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) }
    }
    const { bytes } = await running.gateway.exchange.document({ caller: seller(), documentId })
    const xml = await save('Документ (XML)')
    expect(xml.name).toBe('contract-12-26.xml')
    expect(xml.bytes.equals(bytes)).toBe(true)
    const file = await save('Вложенный файл')
    expect(file.name).toBe('Договор 12-26.pdf')
    expect(file.bytes.toString('latin1')).toBe('%PDF-1.4\n%%EOF\n')
    await close()
  })

  it.each([320, 360, 768])('has nothing wider than a screen of %i px', async (width) => {
    const { link } = await mailed(
      anAct({
        buyer: addressee(),
        comment: 'Оченьдлинноесловобезединогопробела'.repeat(10),
      }),
    )
    const { page, close } = await visit(link, { ...phone, viewport: { width, height: 740 } })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    await picture(page, `act-${width}`)
    await close()
  })

  it('refuses and takes a pasted signature without JavaScript', async () => {
    const { link } = await mailed(anAct({ buyer: addressee() }))
    const { page, close } = await visit(link, { ...desktop, javaScriptEnabled: false })
    await page.getByText('Подписать другой программой').click()
    await page.getByLabel('или текст подписи').fill('не подпись')
    await page.getByRole('button', { name: 'Отправить подпись' }).click()
    await page.getByText('Ничего не изменено').waitFor()
    await picture(page, 'act-no-script-problem')
    await page.getByLabel('Причина отказа').fill('Работы не выполнены')
    await page.getByRole('button', { name: 'Отказать в подписании' }).click()
    await page.getByText('В документе отказано').waitFor()
    expect(await page.locator('#state').textContent()).toContain('Работы не выполнены')
    await close()
  })

  it('signs the sender’s own document behind a signing link, in English', async () => {
    const { documentId } = await running.gateway.exchange.send({
      caller: seller(),
      document: anAct({ buyer: addressee() }),
      raw: new Uint8Array([1]),
      origin: { door: 'test', format: 'test', requestId: 'r' },
      signing: 'sender',
    })
    const { link } = await running.gateway.makeSigningLink({
      caller: seller(),
      documentIds: [documentId],
      sentTo: 'director@example.kz',
    })
    const { page, complaints, close } = await visit(link, { ...desktop, locale: 'en-GB' })
    await page.getByText('The document awaits your organisation’s signature').waitFor()
    await picture(page, 'sign-desktop-english')
    ncalayer.sign = signAs(sellerTaxId)
    await page.getByRole('button', { name: 'Sign with NCALayer' }).click()
    await page.getByText('The document is signed').waitFor()
    expect(await namesOf(documentId, 'document.delivered')).toContain('document.signed')
    await mailbox.letterTo(address)
    expect(complaints).toEqual([])
    await close()
  })

  /** Documents of the seller that wait for its signature, behind the link that the director's mail holds. */
  const mailedPackage = async (documents: Document[]): Promise<{ ids: string[]; link: string }> => {
    const ids: string[] = []
    for (const document of documents) {
      const { documentId } = await running.gateway.exchange.send({
        caller: seller(),
        document,
        raw: new Uint8Array([1]),
        origin: { door: 'test', format: 'test', requestId: 'r' },
        signing: 'sender',
      })
      ids.push(documentId)
    }
    const { mailed } = await running.gateway.makeSigningLink({
      caller: seller(),
      documentIds: ids,
      sentTo: 'director@example.kz',
      mail: true,
      askedBy: 'Әйгерім Қасымқызы, бухгалтерия',
      signBy: '2099-12-01',
      note: 'Акты и счёт за март',
    })
    expect(mailed).toBe(true)
    const { text } = await mailbox.letterTo('director@example.kz')
    expect(text).toContain('Әйгерім Қасымқызы, бухгалтерия')
    expect(text).toContain('01.12.2099')
    return { ids, link: /http:\/\/\S+\/sign\/\S+/.exec(text)?.[0] ?? '' }
  }
  const aPackage = () => [
    anAct({ buyer: addressee() }),
    aPaymentInvoice({ buyer: addressee() }),
    aContract({ recipient: addressee() }),
  ]
  const statesOf = async (ids: string[]) =>
    Promise.all(
      ids.map(async (documentId) => {
        const { senderState } = await running.gateway.exchange.status({ caller: seller(), documentId })
        return senderState === 'awaiting_signature' ? 'waits' : 'signed'
      }),
    )

  it.each([
    ['desktop', desktop],
    ['phone', phone],
  ] as const)('signs a mailed package in one window of NCALayer, on a %s', async (name, options) => {
    const { ids, link } = await mailedPackage(aPackage())
    ncalayer.sign = signAs(sellerTaxId)
    const { page, complaints, hosts, close } = await visit(link, options)
    await picture(page, `package-${name}-open`)
    expect(await page.locator('h1').textContent()).toBe('Документы на подпись: 3')
    expect(await page.locator('.facts').textContent()).toContain('Әйгерім Қасымқызы')
    expect(await page.locator('.facts').textContent()).toContain('01.12.2099')
    expect(await page.locator('.facts').textContent()).toContain(sellerTaxId)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      options.viewport?.width ?? 0,
    )
    await page.getByRole('button', { name: 'Подписать все через NCALayer' }).click()
    await page.getByText('Все документы пакета подписаны').waitFor()
    await picture(page, `package-${name}-signed`)
    expect(await page.locator('.row-state').allTextContents()).toEqual(Array(3).fill('Документ подписан'))
    expect(ncalayer.requests.map(({ method }) => method)).toEqual(['sign'])
    expect((ncalayer.requests[0]?.args as { data: string[] }).data).toHaveLength(3)
    expect(await statesOf(ids)).toEqual(['signed', 'signed', 'signed'])
    for (const id of ids) expect(await namesOf(id, 'document.delivered')).toContain('document.signed')
    expect(complaints).toEqual([])
    expect([...hosts]).toEqual([new URL(link).host])
    await close()
  })

  it('shows which documents of a package were not signed and why, and signs those at the second try', async () => {
    const { ids, link } = await mailedPackage(aPackage())
    const { page, close } = await visit(link)
    let turn = 0
    // The second of three is signed with another company's key.
    ncalayer.sign = (data) => signAs((turn += 1) === 2 ? thirdTaxId : sellerTaxId)(data)
    await page.getByRole('button', { name: 'Подписать все через NCALayer' }).click()
    await page.getByText('Подписано документов: 2. Не подписано: 1.').waitFor()
    await picture(page, 'package-partly')
    const rows = await page.locator('.row-state').allTextContents()
    expect(rows.map((text) => text.split('.')[0])).toEqual(['Подписан', 'Не подписан', 'Подписан'])
    expect(rows[1]).toContain('Выбран ключ другой организации')
    expect(await statesOf(ids)).toEqual(['signed', 'waits', 'signed'])

    ncalayer.sign = signAs(sellerTaxId)
    await page.getByRole('button', { name: 'Подписать все через NCALayer' }).click()
    await page.getByText('Все документы пакета подписаны').waitFor()
    expect((ncalayer.requests[1]?.args as { data: string }).data).toEqual(expect.any(String))
    expect(await statesOf(ids)).toEqual(['signed', 'signed', 'signed'])
    const trail = await running.gateway.exchange.trail({ caller: seller(), documentId: ids[1] ?? '' })
    expect(trail.map(({ name }) => name)).toContain('signature.refused')
    await close()
  })

  it('signs a package one window after another where NCALayer has no basics module', async () => {
    const { ids, link } = await mailedPackage(aPackage())
    ncalayer.sign = signAs(sellerTaxId)
    ncalayer.mood = 'old'
    const { page, close } = await visit(link)
    await page.getByRole('button', { name: 'Подписать все через NCALayer' }).click()
    await page.getByText('Все документы пакета подписаны').waitFor()
    expect(ncalayer.requests.filter(({ method }) => method === 'createCAdESFromBase64')).toHaveLength(3)
    expect(await statesOf(ids)).toEqual(['signed', 'signed', 'signed'])
    await close()
  })

  it.each([
    ['cancels', 'Подписание отменено'],
    ['miscounts', 'не столько подписей, сколько документов'],
  ] as const)('sends nothing of a package when NCALayer %s', async (mood, words) => {
    const { ids, link } = await mailedPackage(aPackage())
    ncalayer.sign = signAs(sellerTaxId)
    ncalayer.mood = mood
    const { page, close } = await visit(link)
    await page.getByRole('button', { name: 'Подписать все через NCALayer' }).click()
    await page.locator('#progress').getByText(words).waitFor()
    expect(await statesOf(ids)).toEqual(['waits', 'waits', 'waits'])
    await close()
  })

  it('reads one document of a package, goes back, and declines it in Kazakh on a phone', async () => {
    const { ids, link } = await mailedPackage(aPackage())
    const { page, complaints, close } = await visit(link, phone)
    await page.getByRole('link', { name: 'Қазақша' }).tap()
    await page.getByText('Қол қоюға арналған құжаттар: 3').waitFor()
    await picture(page, 'package-phone-kazakh')
    await page.locator('#document-2 a').tap()
    await page.getByText('Пакет құжаты 2/3').waitFor()
    await picture(page, 'package-phone-document')
    await page.getByLabel('Неліктен қол қоймайсыз').fill('Сома дұрыс емес: 1 000 ₸ артық')
    await page.getByRole('button', { name: 'Қол қоюдан бас тарту' }).tap()
    await page.getByText('Қол қоюдан бас тартылды').waitFor()
    await page.getByText('Пакеттің барлық құжаттарына').tap()
    await page.getByText('Қол қоюға арналған құжаттар: 3').waitFor()
    const changes = await changesUntil(
      running.gateway,
      seller(),
      (change) => change.documentId === ids[1] && change.name === 'signature.declined',
    )
    expect(
      changes.at(-1)?.status.reason ??
        changes.find(({ name }) => name === 'signature.declined')?.status.reason,
    ).toBe('Сома дұрыс емес: 1 000 ₸ артық')
    expect(complaints).toEqual([])
    await close()
  })

  it('shows the same words for a link that never was', async () => {
    const { page, close } = await visit(`${running.gateway.url}/d/${'A'.repeat(43)}`, phone)
    expect(await page.locator('h1').textContent()).toBe('Ссылка не открывается')
    await picture(page, 'missing-phone')
    await close()
  })
})
