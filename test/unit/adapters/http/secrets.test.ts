import { describe, expect, test } from '@jest/globals'
import { hmacSecrets, keyIdOf, newApiKey } from '../../../../src/adapters/http/index.ts'
import { authenticate } from '../../../../src/core/company/index.ts'
import type { Credential, Secrets } from '../../../../src/core/company/index.ts'
import { aCaller } from '../../../factories/http-gateway.ts'

const secrets = hmacSecrets({ pepper: Buffer.alloc(32, 1), environment: 'live' })

describe('keys and passwords', () => {
  test('a key names its environment, carries its id, 256 bits and a checksum', () => {
    const { keyId, key } = newApiKey('test')
    expect(key).toMatch(/^dnk_test_[0-9A-Za-z]{8}_[0-9A-Za-z]{43}_[0-9a-f]{8}$/)
    expect(keyIdOf(key)).toBe(keyId)
    expect(secrets.newApiKey().key).toMatch(/^dnk_live_/)
  })

  test('any mistyped letter is noticed before anything is asked of the store', () => {
    const { key } = newApiKey('live')
    for (let i = 0; i < key.length; i++) {
      const other = key[i] === 'a' ? 'b' : 'a'
      expect(keyIdOf(key.slice(0, i) + other + key.slice(i + 1))).toBeUndefined()
    }
  })

  test('nothing made is ever made again, and passwords can be read aloud', () => {
    const made = new Set(Array.from({ length: 1000 }, () => secrets.newPassword()))
    expect(made.size).toBe(1000)
    for (const password of made) expect(password).not.toMatch(/[01OIl]/)
  })

  test('the hash depends on the pepper, and a short pepper is refused', () => {
    const other = hmacSecrets({ pepper: Buffer.alloc(32, 2), environment: 'live' })
    expect(secrets.matches('s', secrets.hash('s'))).toBe(true)
    expect(secrets.matches('s', other.hash('s'))).toBe(false)
    expect(secrets.matches('s', 'not a hash')).toBe(false)
    expect(() => hmacSecrets({ pepper: Buffer.alloc(31), environment: 'live' })).toThrow(/32 bytes/)
  })
})

describe('authenticate', () => {
  const now = new Date('2026-03-31T10:00:00Z')
  const proving = (credential: Credential | undefined, given: Secrets = secrets) =>
    authenticate({
      credentials: { byLogin: async () => credential, byKeyId: async () => credential },
      secrets: given,
      clock: { now: () => now },
    })
  const connection = (...kept: { hash: string; expiresAt?: Date }[]): Credential => ({
    role: 'connection',
    caller: aCaller(),
    secrets: kept,
  })
  const shown = { by: 'login', login: 'a', password: 'right' } as const

  test('while a password is rotated both are good, until the old one ends', async () => {
    const old = { hash: secrets.hash('old'), expiresAt: new Date('2026-03-31T10:00:01Z') }
    const fresh = { hash: secrets.hash('right') }
    expect(await proving(connection(old, fresh))(shown)).toMatchObject({ role: 'connection' })
    expect(await proving(connection(old, fresh))({ ...shown, password: 'old' })).toMatchObject({
      role: 'connection',
    })
    const ended = { ...old, expiresAt: now }
    expect(await proving(connection(ended, fresh))({ ...shown, password: 'old' })).toBeUndefined()
    expect(await proving(connection(ended))({ ...shown, password: 'old' })).toBeUndefined()
  })

  test('an unknown login and one without a living secret cost a comparison too', async () => {
    let compared = 0
    const counting: Secrets = {
      ...secrets,
      matches: (secret, hash) => {
        compared++
        return secrets.matches(secret, hash)
      },
    }
    expect(await proving(undefined, counting)(shown)).toBeUndefined()
    expect(await proving(connection(), counting)({ ...shown, password: '' })).toBeUndefined()
    expect(compared).toBe(2)
  })

  test('an operator’s key proves an operator', async () => {
    const operator: Credential = {
      role: 'operator',
      operator: { keyId: 'k', name: 'дежурный' },
      secrets: [{ hash: secrets.hash('key') }],
    }
    expect(await proving(operator)({ by: 'key', keyId: 'k', key: 'key' })).toEqual({
      role: 'operator',
      operator: { keyId: 'k', name: 'дежурный' },
    })
  })
})
