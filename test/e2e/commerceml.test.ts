import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { writeZip } from '../../src/adapters/zip/index.ts'
import { aCommerceMlFile, aRelease, onecSite } from '../factories/commerceml.ts'
import { thirdTaxId } from '../factories/documents.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, basicOf, type RunningGateway } from '../factories/running-gateway.ts'
import { serverStartMs } from '../servers/index.ts'

let running: RunningGateway
let buyer: RestClient
let seller: RestClient
const address = () => `${running.gateway.url}/commerceml`
const site = (who: 'seller' | 'buyer' = 'seller', userAgent?: string) =>
  onecSite(address, basicOf(running[who]), userAgent)

beforeAll(async () => {
  running = await aRunningGateway('embedded')
  const root = () => `${running.gateway.url}/api/v1`
  buyer = restClient(root, basicOf(running.buyer))
  seller = restClient(root, basicOf(running.seller))
}, serverStartMs)
afterAll(() => running.stop())

const sent = async (guid: string): Promise<string | undefined> => {
  const status = await seller.ask('GET', `/documents/${guid}`)
  return status.status === 200 ? (status.body as { documentId: string }).documentId : undefined
}

describe('the dialogue of 1C with a site', () => {
  test('carries a document in parts, imports it, and takes a repeat as one', async () => {
    const base = site()
    const limit = await base.begin('catalog')
    expect(limit).toBe(2 * 1024 * 1024)
    const file = Buffer.from(aCommerceMlFile(aRelease({ id: 'cml-1' })))
    expect(await base.send('catalog', 'documents0_1.xml', file, 700)).toEqual(['success'])
    const lines = await base.import('catalog', 'documents0_1.xml')
    expect(lines.slice(0, 2)).toEqual(['success', 'Документов принято: 1.'])
    expect(await base.import('catalog', 'documents0_1.xml')).toEqual(lines)
    expect(await sent('cml-1')).toBeDefined()

    const again = site()
    await again.begin('catalog')
    await again.send('catalog', 'documents0_1.xml', file, limit)
    expect(await again.import('catalog', 'documents0_1.xml')).toEqual(
      expect.arrayContaining(['success', 'Уже были приняты раньше: 1.']),
    )
  })

  test('a part sent twice is one part', async () => {
    const base = site()
    await base.begin('catalog')
    const file = Buffer.from(aCommerceMlFile(aRelease({ id: 'cml-twice' })))
    const [first, second] = [file.subarray(0, 900), file.subarray(900)]
    for (const part of [first, first, second, second])
      await base.ask({ type: 'catalog', mode: 'file', filename: 'd.xml' }, part)
    expect((await base.import('catalog', 'd.xml'))[0]).toBe('success')
  })

  test('a zip is asked for entry by entry, pictures are taken and dropped', async () => {
    const base = site()
    const limit = await base.begin('catalog')
    const zip = await writeZip(
      [
        { name: 'import_files/5c/5c44.jpg', bytes: Buffer.from('ÿØ') },
        { name: 'import0_1.xml', bytes: Buffer.from(aCommerceMlFile('<Каталог><Ид>k</Ид></Каталог>')) },
        { name: 'documents0_1.xml', bytes: Buffer.from(aCommerceMlFile(aRelease({ id: 'cml-zip' }))) },
      ],
      new Date('2026-03-31T11:00:00Z'),
    )
    await base.send('catalog', 'v8_1065_3a.zip', zip, Math.min(limit, 500))
    expect(
      (await base.ask({ type: 'catalog', mode: 'file', filename: 'import_files/5c/x.jpg' }, 'x')).lines,
    ).toEqual(['success'])
    expect(await base.import('catalog', 'import0_1.xml')).toEqual(['success', 'Документов принято: 0.'])
    expect((await base.import('catalog', 'documents0_1.xml')).slice(0, 2)).toEqual([
      'success',
      'Документов принято: 1.',
    ])
    expect((await base.import('catalog', 'offers0_1.xml'))[1]).toMatch(/^CML-13:/)
  })

  test('in an exchange of orders the file is read when its end has come', async () => {
    const base = site()
    const limit = await base.begin('sale')
    const file = Buffer.from(aCommerceMlFile(aRelease({ id: 'cml-sale' })))
    expect((await base.send('sale', 'orders-1.xml', file, limit)).slice(0, 2)).toEqual([
      'success',
      'Документов принято: 1.',
    ])
    const broken = Buffer.from(aCommerceMlFile(aRelease({ id: 'cml-bad', quantity: '0' })))
    const [word, first] = await base.send('sale', 'orders-2.xml', broken, limit)
    expect(word).toBe('failure')
    expect(first).toMatch(/^LINE-05 \[.*Товар\/Количество.*lines\[0\].quantity\]/)
  })

  test('the buyer is handed the document, again until it says success, and the seller its states', async () => {
    const base = site()
    await base.begin('sale')
    await base.send('sale', 'o.xml', Buffer.from(aCommerceMlFile(aRelease({ id: 'cml-told' }))), 1e6)
    const documentId = (await sent('cml-told')) ?? ''
    await buyer.changesUntil(
      (change) => change.documentId === documentId && change.name === 'document.arrived',
    )

    const other = site('buyer')
    await other.begin('sale')
    const first = await other.ask({ type: 'sale', mode: 'query' })
    const second = await other.ask({ type: 'sale', mode: 'query' })
    const xml = first.bytes.toString('utf8')
    expect(xml).toContain('<Ид>cml-told</Ид>')
    expect(xml).toContain('<Роль>Покупатель</Роль>')
    expect(second.bytes.toString('utf8')).toContain('<Ид>cml-told</Ид>')
    // What comes back to us as incoming is passed over.
    const back = await other.send('sale', 'back.xml', first.bytes, 1e6)
    expect(back[1]).toBe('Документов принято: 0.')

    expect((await other.ask({ type: 'sale', mode: 'success' })).lines).toEqual(['success'])
    // The look of the buyer's base is news in its own feed, and nothing else is.
    const third = (await other.ask({ type: 'sale', mode: 'query' })).bytes.toString('utf8')
    expect(third.match(/<Документ>/g)?.length ?? 0).toBeLessThanOrEqual(xml.match(/<Документ>/g)?.length ?? 0)

    const states = (await base.ask({ type: 'sale', mode: 'query' })).bytes.toString('utf8')
    expect(states).toContain('<Наименование>Состояние ЭДО</Наименование>')
    expect(states).toContain('Доставлен получателю')
  })

  test('1C of 8.2 hears windows-1251 and gets version 2.05', async () => {
    const base = site('seller', '1C+Enterprise/8.2')
    await base.begin('sale')
    const answer = await base.ask({ type: 'sale', mode: 'import', filename: 'none.xml' })
    expect(new TextDecoder('windows-1251').decode(answer.bytes)).toMatch(/^failure\nCML-17 .*не был передан/)
    const xml = new TextDecoder('windows-1251').decode(
      (await base.ask({ type: 'sale', mode: 'query' })).bytes,
    )
    expect(xml).toContain('encoding="windows-1251"')
    expect(xml).toContain('ВерсияСхемы="2.05"')
  })
})

describe('bad input', () => {
  test.each([
    [
      'another company’s БИН',
      aRelease({ id: 'cml-foreign', sellerTaxId: thirdTaxId }),
      /EXCHANGE-01 \[.*Контрагент\[1\]/,
    ],
    [
      'an operation that is not exchanged',
      aRelease({ id: 'x' }).replace('Отпуск товара', 'Возврат товара'),
      /CML-03/,
    ],
  ])('%s is refused with its field, and nothing of its file is sent', async (_, document, wanted) => {
    const base = site()
    const limit = await base.begin('catalog')
    const good = aRelease({ id: `good-${String(wanted)}`.replace(/[^a-z0-9]/gi, '') })
    await base.send('catalog', 'd.xml', Buffer.from(aCommerceMlFile(good, document)), limit)
    const [word, ...lines] = await base.import('catalog', 'd.xml')
    expect(word).toBe('failure')
    expect(lines.join('\n')).toMatch(wanted)
    expect(await sent(`good-${String(wanted)}`.replace(/[^a-z0-9]/gi, ''))).toBeUndefined()
  })

  test('a file cut off is refused, and nothing of it is sent', async () => {
    const base = site()
    const limit = await base.begin('catalog')
    const file = Buffer.from(aCommerceMlFile(aRelease({ id: 'cml-cut' }), aRelease({ id: 'cml-cut-2' })))
    await base.send('catalog', 'd.xml', file.subarray(0, -300), limit)
    expect((await base.import('catalog', 'd.xml'))[1]).toMatch(/^XML-01|^TEXT-03/)
    expect(await sent('cml-cut')).toBeUndefined()
  })

  test.each(['../../etc/passwd', '/etc/passwd', 'a\\b.xml', 'C:x.xml', 'a/./b.xml', ''])(
    'the file name %j is refused',
    async (filename) => {
      const base = site()
      await base.begin('catalog')
      const { lines } = await base.ask({ type: 'catalog', mode: 'file', filename }, 'x')
      expect(lines[0]).toBe('failure')
      expect(lines[1]).toMatch(/^CML-16 /)
    },
  )

  test.each([
    [{ type: 'catalog', mode: 'dance' }, undefined, 'CML-14'],
    [{ type: 'nothing', mode: 'init' }, undefined, 'CML-14'],
    [{ type: 'catalog', mode: 'query' }, undefined, 'CML-14'],
    [{ type: 'catalog', mode: 'import', filename: 'never.xml' }, undefined, 'CML-17'],
    [{ type: 'catalog', mode: 'file', filename: 'd.xml' }, '', 'CML-18'],
  ])('%j is a failure with its code', async (query, body, code) => {
    const base = site()
    await base.begin('catalog')
    const { status, lines } = await base.ask(query, body)
    expect(status).toBe(200)
    expect(lines[0]).toBe('failure')
    expect(lines[1]?.startsWith(code)).toBe(true)
  })

  test('nobody gets in without a password, or with a stranger’s cookie', async () => {
    const nobody = onecSite(address, 'Basic eDp5')
    const refused = await nobody.ask({ type: 'sale', mode: 'checkauth' }, undefined, {
      authorization: 'Basic eDp5',
    })
    expect([refused.status, refused.lines[0]]).toEqual([401, 'failure'])
    const cookie = `daneker_exchange=${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}.${'0'.repeat(16)}.${'0'.repeat(64)}`
    const guessed = await nobody.ask({ type: 'sale', mode: 'query' }, undefined, { cookie })
    expect([guessed.status, guessed.lines[0]]).toEqual([401, 'failure'])
  })
})

describe('packages', () => {
  test('a document of 5 000 lines is one document', async () => {
    const base = site()
    const limit = await base.begin('catalog')
    const file = Buffer.from(aCommerceMlFile(aRelease({ id: 'cml-5000', lines: 5000 })))
    await base.send('catalog', 'd.xml', file, limit)
    expect((await base.import('catalog', 'd.xml'))[1]).toBe('Документов принято: 1.')
  })
})
