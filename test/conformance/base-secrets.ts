import { describe, expect, it } from '@jest/globals'
import type { BaseSecrets } from '../../src/core/company/index.ts'

/** The promises of `BaseSecrets`. */
export const baseSecretsConformance = (
  name: string,
  open: () => Promise<{ secrets: BaseSecrets; connection: string }>,
): void => {
  describe(`${name} keeps secrets of bases`, () => {
    it('gives the last one back, each use its own, until it is removed', async () => {
      const { secrets, connection } = await open()
      expect(await secrets.of(connection, 'odata')).toBeUndefined()
      await secrets.put(connection, 'odata', 'old', new Date())
      await secrets.put(connection, 'odata', 'пароль 🔑', new Date())
      expect([await secrets.of(connection, 'odata'), await secrets.of(connection, 'push')]).toEqual([
        'пароль 🔑',
        undefined,
      ])
      await secrets.remove(connection, 'odata')
      await secrets.remove(connection, 'odata')
      expect(await secrets.of(connection, 'odata')).toBeUndefined()
    })
  })
}
