import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser } from 'playwright-core'
import { door } from '../../src/adapters/erp/rest/index.ts'
import { operations } from '../../src/adapters/erp/rest/operations.ts'
import { documentKinds } from '../../src/core/document/index.ts'
import { openHttpGateway, type HttpGateway } from '../factories/http-gateway.ts'
import { findChromium, startChromium } from '../servers/chromium.ts'
import { serverStartMs } from '../servers/index.ts'

// Without Chromium these are skipped: it is installed only where the tests run as root on Debian.
const chromiumPath = await findChromium()
const inChromium = chromiumPath === undefined ? describe.skip : describe

inChromium('the page that describes REST, in Chromium', () => {
  let browser: Browser
  let gateway: HttpGateway
  beforeAll(async () => {
    browser = await startChromium(chromiumPath ?? '')
    gateway = await openHttpGateway({ erp: [door] })
  }, serverStartMs)
  afterAll(async () => {
    await browser.close()
    await gateway.stop()
  })

  it('shows every operation, asks nobody but us, and has nothing to complain about', async () => {
    const page = await browser.newPage()
    const elsewhere: string[] = []
    const complaints: string[] = []
    page.on('request', (request) => {
      const url = request.url()
      if (!url.startsWith(gateway.url) && !url.startsWith('data:')) elsewhere.push(url)
    })
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`${gateway.url}/docs`)
    await page.locator('.opblock').first().waitFor()

    const shown = await page.locator('.opblock').count()
    const perKind = operations.filter(({ path }) => path.includes('{kind}')).length
    const webhooks = 1
    expect(shown).toBe(operations.length - perKind + perKind * documentKinds.length + webhooks)

    await page.locator('#operations-documents-sendDocumentAct').click()
    await page.locator('#operations-documents-sendDocumentAct .responses-table').first().waitFor()
    expect(await page.locator('.errors-wrapper').count()).toBe(0)
    expect(elsewhere).toEqual([])
    expect(complaints).toEqual([])
  })

  it('lets a person try a call with the login and password of a connection', async () => {
    const page = await browser.newPage()
    await page.goto(`${gateway.url}/docs`)
    await page.locator('.authorize').first().click()
    const dialog = page.locator('.modal-ux')
    await dialog.locator('input[type=text]').first().fill('alatau')
    await dialog.locator('input[type=password]').first().fill(gateway.password)
    await dialog.locator('button.authorize').first().click()
    await dialog.locator('button.btn-done').first().click()

    const me = page.locator('#operations-me-me')
    await me.click()
    await me.locator('.try-out__btn').click()
    await me.locator('.execute').click()
    await me.locator('.live-responses-table').waitFor()
    expect(await me.locator('.live-responses-table').innerText()).toContain('260140000114')
  })
})
