import { beforeAll, describe, expect, it } from '@jest/globals'
import { MemoryCompanyKeys } from '../../../../../src/adapters/memory/companies.ts'
import { MemoryUnitOfWork } from '../../../../../src/adapters/memory/unit-of-work.ts'
import { writePkcs12 } from '../../../../../src/adapters/signing/demo-authority/index.ts'
import { KeptKeySigners } from '../../../../../src/adapters/signing/index.ts'
import { readSignedMessage } from '../../../../../src/adapters/signing/cms/index.ts'
import type { KeyUse } from '../../../../../src/core/exchange/index.ts'
import { anAuthorityServer } from '../../../../factories/authority-server.ts'
import { aTestCa, testNow } from '../../../../factories/test-ca.ts'

const password = 'Qwerty12'
const data = Buffer.from('документ')

describe('keys kept for companies', () => {
  let files: Uint8Array[]

  beforeAll(async () => {
    const ca = await aTestCa()
    files = await Promise.all(
      [1, 2].map(async () => {
        const { key, certificate } = await ca.issue({ keyKind: 'rsa-2048' })
        return writePkcs12({ pkcs8: key.pkcs8, certificates: [certificate], password, friendlyName: 'key' })
      }),
    )
  })

  /** Two processes over one store. */
  const open = () => {
    const keys = new MemoryCompanyKeys()
    const unitOfWork = new MemoryUnitOfWork()
    const book: KeyUse[] = []
    const uses = {
      add: async (_tx: unknown, use: KeyUse) => {
        book.push(use)
      },
    }
    const process = () => new KeptKeySigners(keys, { clock: { now: () => testNow }, uses, unitOfWork })
    const load = (file: Uint8Array) => unitOfWork.run((tx) => keys.put(tx, 'company', { file, password }))
    return { keys, unitOfWork, book, here: process(), elsewhere: process(), load }
  }

  const serialOf = async (signers: KeptKeySigners): Promise<string | undefined> => {
    const signer = await signers.of('company')
    if (signer === undefined) return undefined
    const { cms } = await signer.sign(data)
    return readSignedMessage(cms, { maxSigners: 1, maxCertificates: 4 }).certificates[0]?.serial
  }

  it('a removed key signs no more, neither here nor in another process', async () => {
    const { keys, unitOfWork, here, elsewhere, load } = open()
    await load(files[0]!)
    expect(await serialOf(here)).toBe(await serialOf(elsewhere))
    await unitOfWork.run((tx) => keys.remove(tx, 'company'))
    expect(await here.of('company')).toBeUndefined()
    expect(await elsewhere.of('company')).toBeUndefined()
    expect(await elsewhere.portalKeyOf('company')).toBeUndefined()
  })

  it('a replaced key gives way to the new one everywhere', async () => {
    const { here, elsewhere, load } = open()
    await load(files[0]!)
    const first = [await serialOf(here), await serialOf(elsewhere)]
    await load(files[1]!)
    const second = [await serialOf(here), await serialOf(elsewhere)]
    expect(second[0]).toBe(second[1])
    expect(second[0]).not.toBe(first[0])
  })

  it('a key is opened once for many signatures', async () => {
    const { here, load } = open()
    await load(files[0]!)
    expect(await here.of('company')).toBe(await here.of('company'))
  })

  it('every raw signature for the portal is written down before it is made', async () => {
    const { here, book, load } = open()
    await load(files[0]!)
    const key = await here.portalKeyOf('company')
    await key?.sign(data, 'document-1')
    await key?.sign(data)
    expect(book).toMatchObject([
      { companyId: 'company', documentId: 'document-1', purpose: 'portal', by: 'portal', at: testNow },
      { companyId: 'company', documentId: undefined, purpose: 'portal' },
    ])
    expect(book[0]?.digest).toMatch(/^[0-9a-f]{64}$/)
    expect(book[0]?.serial).toBe(await serialOf(here))
  })

  it('what cannot be written down is not signed', async () => {
    const { keys, unitOfWork, load } = open()
    await load(files[0]!)
    const broken = new KeptKeySigners(keys, {
      clock: { now: () => testNow },
      unitOfWork,
      uses: { add: () => Promise.reject(new Error('no store')) },
    })
    await expect((await broken.portalKeyOf('company'))?.sign(data)).rejects.toThrow('no store')
  })

  it('an NCANode server signs in the gateway’s stead where one is set, with the key’s file and password', async () => {
    const ca = await aTestCa()
    const identity = await ca.issue()
    const asked: { signers: { key: string; password: string }[]; withTsp: boolean }[] = []
    const server = await anAuthorityServer(async (body, path) => {
      if (path !== '/cms/sign') return 404
      const request = JSON.parse(Buffer.from(body).toString()) as (typeof asked)[number] & { data: string }
      asked.push(request)
      const cms = await ca.sign(identity, { data: Buffer.from(request.data, 'base64') })
      return Buffer.from(
        JSON.stringify({ status: 200, message: 'OK', cms: Buffer.from(cms).toString('base64') }),
      )
    })
    try {
      const { keys, unitOfWork, load } = open()
      await load(files[0]!)
      const signers = new KeptKeySigners(keys, {
        clock: { now: () => testNow },
        unitOfWork,
        uses: { add: () => Promise.resolve() },
        ncanodeUrl: server.url,
      })
      const { cms } = (await (await signers.of('company'))?.sign(data)) ?? { cms: new Uint8Array() }
      expect((await ca.verifier().verify({ cms, data })).verdict).toBe('VALID')
      expect(asked).toMatchObject([
        { signers: [{ key: Buffer.from(files[0]!).toString('base64'), password }], withTsp: false },
      ])
    } finally {
      await server.stop()
    }
  })
})
