import { beforeEach, describe, expect, it } from '@jest/globals'
import { uuidIds } from '../../src/adapters/host/uuid-ids.ts'
import type { Companies, CompanyKeys, Connections, Credentials } from '../../src/core/company/index.ts'
import type { UnitOfWork } from '../../src/core/kernel/index.ts'

export interface CompaniesUnderTest {
  companies: Companies
  connections: Connections
  credentials: Credentials
  keys: CompanyKeys
  unitOfWork: UnitOfWork
  /** A tax id that no other test of this store uses. */
  newTaxId(): string
}

/** The promises of `Companies`, `Credentials` and `CompanyKeys`. */
export const companiesConformance = (name: string, open: () => CompaniesUnderTest): void => {
  describe(`${name} keeps companies`, () => {
    let under: CompaniesUnderTest
    let taxId: string
    let companyId: string

    beforeEach(async () => {
      under = open()
      taxId = under.newTaxId()
      companyId = uuidIds.next()
      await under.unitOfWork.run((tx) =>
        under.companies.register(tx, { id: companyId, taxId, name: 'First' }),
      )
    })

    const connect = async (login: string) => {
      const id = uuidIds.next()
      await under.unitOfWork.run((tx) =>
        under.companies.addConnection(tx, {
          id,
          companyId,
          name: 'base',
          login,
          signing: 'sender',
          door: 'onec-soap',
          secrets: [{ hash: 'aa' }],
        }),
      )
      return id
    }

    it('registers a company once; again only renames it', async () => {
      const again = await under.unitOfWork.run((tx) =>
        under.companies.register(tx, { id: uuidIds.next(), taxId, name: 'Renamed' }),
      )
      expect(again).toEqual({ id: companyId, taxId, name: 'Renamed' })
      expect(await under.companies.byId(companyId)).toEqual(again)
      expect(await under.companies.byTaxId('999999999999')).toBeUndefined()
    })

    it('finds a connection by its login with its company', async () => {
      const id = await connect(`login-${companyId}`)
      expect(await under.credentials.byLogin(`login-${companyId}`)).toEqual({
        role: 'connection',
        caller: {
          companyId,
          companyTaxId: taxId,
          companyName: 'First',
          connectionId: id,
          connectionName: 'base',
          signing: 'sender',
        },
        secrets: [{ hash: 'aa' }],
      })
      expect(await under.credentials.byLogin('nobody')).toBeUndefined()
    })

    it('keeps two secrets while a password is rotated', async () => {
      const id = await connect(`rotating-${companyId}`)
      const expiresAt = new Date('2026-05-01T00:00:00Z')
      await under.unitOfWork.run((tx) =>
        under.companies.setSecrets(tx, id, [{ hash: 'bb' }, { hash: 'aa', expiresAt }]),
      )
      await under.unitOfWork.run((tx) => under.companies.setSigning(tx, id, 'key'))
      expect(await under.companies.secretsOf(id)).toEqual([{ hash: 'bb' }, { hash: 'aa', expiresAt }])
      expect(await under.companies.connectionsOf(companyId)).toMatchObject([{ id, signing: 'key' }])
    })

    it('shows a connection by id and by login, with its company, secrets and keys', async () => {
      const id = await connect(`shown-${companyId}`)
      const keyId = `s${companyId.slice(-7)}`
      await under.unitOfWork.run((tx) =>
        under.companies.addApiKey(tx, { keyId, hash: 'ee', name: 'base', connectionId: id }),
      )
      const record = await under.connections.find(id)
      expect(record).toMatchObject({
        connection: {
          id,
          companyId,
          name: 'base',
          login: `shown-${companyId}`,
          signing: 'sender',
          door: 'onec-soap',
        },
        company: { id: companyId, taxId, name: 'First' },
        secrets: [{ hash: 'aa' }],
        keys: [{ keyId }],
      })
      expect(record?.closedAt).toBeUndefined()
      expect(await under.connections.find(`shown-${companyId}`)).toEqual(record)
      expect(await under.connections.find('nobody')).toBeUndefined()
      expect(await under.connections.ofCompany(companyId)).toEqual([record])
    })

    it('changes what is given and nothing else', async () => {
      const id = await connect(`changed-${companyId}`)
      const change = (given: { name?: string; signing?: 'key'; door?: string }) =>
        under.unitOfWork.run((tx) => under.connections.change(tx, id, given))
      await change({ name: 'Алматы' })
      await change({ door: `door-${companyId}` })
      expect((await under.connections.find(id))?.connection).toMatchObject({
        name: 'Алматы',
        signing: 'sender',
        door: `door-${companyId}`,
      })
      await change({ signing: 'key' })
      expect((await under.connections.find(id))?.connection).toMatchObject({ id, signing: 'key' })
    })

    it('closes a connection: nothing proves it any more, it stays to be seen', async () => {
      const login = `closed-${companyId}`
      const id = await connect(login)
      const keyId = `x${companyId.slice(-7)}`
      const at = new Date('2026-05-01T00:00:00Z')
      await under.unitOfWork.run(async (tx) => {
        await under.companies.addApiKey(tx, { keyId, hash: 'ff', name: 'base', connectionId: id })
        await under.connections.change(tx, id, { door: login })
      })
      for (const when of [at, new Date('2026-06-01T00:00:00Z')])
        await under.unitOfWork.run((tx) => under.connections.close(tx, id, when))
      expect(await under.credentials.byLogin(login)).toBeUndefined()
      expect(await under.credentials.byKeyId(keyId)).toBeUndefined()
      expect(await under.companies.connectionsOf(companyId)).toEqual([])
      expect((await under.connections.find(login))?.closedAt).toEqual(at)
    })

    it('ends every other key of the connection, none sooner than it would and none of others', async () => {
      const [id, other] = [await connect(`keys-${companyId}`), await connect(`others-${companyId}`)]
      const keyOf = (letter: string) => `${letter}${companyId.slice(-7)}`
      const at = new Date('2026-05-02T00:00:00Z')
      await under.unitOfWork.run(async (tx) => {
        for (const [letter, connectionId] of [
          ['p', id],
          ['q', id],
          ['r', other],
        ] as const)
          await under.companies.addApiKey(tx, { keyId: keyOf(letter), hash: letter, name: '', connectionId })
        await under.connections.endOtherKeys(tx, id, keyOf('q'), at)
        await under.connections.endOtherKeys(tx, id, keyOf('q'), new Date('2026-06-01T00:00:00Z'))
      })
      const endOf = async (letter: string) => (await under.credentials.byKeyId(keyOf(letter)))?.secrets
      expect(await endOf('p')).toEqual([{ hash: 'p', expiresAt: at }])
      expect(await endOf('q')).toEqual([{ hash: 'q' }])
      expect(await endOf('r')).toEqual([{ hash: 'r' }])
    })

    it('tells a key of a connection from a key of the operator', async () => {
      const id = await connect(`keyed-${companyId}`)
      const [own, operators] = [`c${companyId.slice(-7)}`, `o${companyId.slice(-7)}`]
      await under.unitOfWork.run(async (tx) => {
        await under.companies.addApiKey(tx, { keyId: own, hash: 'cc', name: 'base', connectionId: id })
        await under.companies.addApiKey(tx, { keyId: operators, hash: 'dd', name: 'console' })
      })
      expect(await under.credentials.byKeyId(own)).toMatchObject({
        role: 'connection',
        secrets: [{ hash: 'cc' }],
      })
      expect(await under.credentials.byKeyId(operators)).toMatchObject({
        role: 'operator',
        operator: { keyId: operators, name: 'console' },
        secrets: [{ hash: 'dd' }],
      })
      expect(await under.credentials.byKeyId('absent00')).toBeUndefined()
    })

    it('writes nothing of a transaction that is rolled back', async () => {
      const id = uuidIds.next()
      const other = under.newTaxId()
      const work = under.unitOfWork.run(async (tx) => {
        await under.companies.register(tx, { id, taxId: other, name: 'Never' })
        throw new Error('changed my mind')
      })
      await expect(work).rejects.toThrow('changed my mind')
      expect(await under.companies.byTaxId(other)).toBeUndefined()
    })

    it('keeps a signing key whole, replaces and removes it', async () => {
      const key = { file: new Uint8Array([0, 255, 7]), password: 'пароль 🔑' }
      await under.unitOfWork.run((tx) =>
        under.keys.put(tx, companyId, { ...key, password: 'old' }, new Date()),
      )
      await under.unitOfWork.run((tx) => under.keys.put(tx, companyId, key, new Date()))
      const versions = new Set([await under.keys.versionOf(companyId)])
      expect(versions.has(undefined)).toBe(false)
      expect(versions.has(await under.keys.versionOf(companyId))).toBe(true)
      await under.unitOfWork.run((tx) => under.keys.put(tx, companyId, key, new Date()))
      expect(versions.has(await under.keys.versionOf(companyId))).toBe(false)
      const kept = await under.keys.of(companyId)
      expect({ password: kept?.password, file: [...(kept?.file ?? [])] }).toEqual({
        password: key.password,
        file: [0, 255, 7],
      })
      expect(await under.unitOfWork.run((tx) => under.keys.remove(tx, companyId))).toBe(true)
      expect(await under.unitOfWork.run((tx) => under.keys.remove(tx, companyId))).toBe(false)
      expect(await under.keys.of(companyId)).toBeUndefined()
      expect(await under.keys.versionOf(companyId)).toBeUndefined()
    })
  })
}
