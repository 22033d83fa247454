import type { ConnectionProfile, ConnectionProfiles } from '../../core/company/index.ts'

/** The twin of the profiles of connections. */
export class MemoryConnectionProfiles implements ConnectionProfiles {
  readonly #profiles = new Map<string, ConnectionProfile>()

  of(connectionId: string): Promise<ConnectionProfile> {
    return Promise.resolve(structuredClone(this.#profiles.get(connectionId) ?? {}))
  }

  set(connectionId: string, profile: ConnectionProfile): Promise<void> {
    this.#profiles.set(connectionId, structuredClone(profile))
    return Promise.resolve()
  }

  withSettings(name: string): Promise<string[]> {
    const found = [...this.#profiles].filter(([, { settings = {} }]) => Object.hasOwn(settings, name))
    return Promise.resolve(found.map(([id]) => id).sort())
  }
}
