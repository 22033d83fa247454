import { describe, expect, it } from '@jest/globals'
import type { ConnectionProfiles } from '../../src/core/company/index.ts'

/** The promises of `ConnectionProfiles`. */
export const connectionProfilesConformance = (
  name: string,
  open: () => Promise<{
    profiles: ConnectionProfiles
    /** A connection that exists and has no profile. */
    connection: string
  }>,
): void => {
  describe(`${name} keeps profiles of connections`, () => {
    it('gives an empty one until it is set, then the last', async () => {
      const { profiles, connection } = await open()
      expect(await profiles.of(connection)).toEqual({})
      await profiles.set(connection, { units: { шт: '796' } })
      await profiles.set(connection, { settings: { enterprisedata: { act: 'услуги' } } })
      expect(await profiles.of(connection)).toEqual({ settings: { enterprisedata: { act: 'услуги' } } })
    })

    it('finds the connections that have settings under a name', async () => {
      const { profiles, connection } = await open()
      await profiles.set(connection, { settings: { 'onec-odata': {} } })
      expect(await profiles.withSettings('onec-odata')).toContain(connection)
      expect(await profiles.withSettings('commerceml')).not.toContain(connection)
      await profiles.set(connection, {})
      expect(await profiles.withSettings('onec-odata')).not.toContain(connection)
    })
  })
}
