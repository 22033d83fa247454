import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { layoutOf } from '../../../../src/adapters/print/layout.ts'
import { renderPdf } from '../../../../src/adapters/print/render.ts'
import { anAct } from '../../../factories/documents.ts'
import { aPrintOrder } from '../../../factories/print-orders.ts'

/** Even a mistake in a layout could not make the printer read what it was not given. */
describe('what the printer may reach', () => {
  let server: Server
  let calls = 0
  beforeAll(async () => {
    server = createServer((_request, response) => {
      calls++
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve))
  })

  const withContent = (content: ReturnType<typeof layoutOf>['content']) =>
    renderPdf({ ...layoutOf(aPrintOrder(anAct())), content })

  test('no file of the machine', async () => {
    const picture = fileURLToPath(
      import.meta.resolve('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf.png'),
    )
    await expect(withContent([{ image: picture }])).rejects.toThrow(/access|denied|policy/i)
  })

  test('no address of the network', async () => {
    const { port } = server.address() as AddressInfo
    await expect(withContent([{ image: `http://127.0.0.1:${port}/picture.png` }])).rejects.toThrow()
    expect(calls).toBe(0)
  })
})
