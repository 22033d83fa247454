import type { BaseSecretName, BaseSecrets } from '../../core/company/index.ts'

/** The twin of the secrets of bases; nothing is sealed in memory. */
export class MemoryBaseSecrets implements BaseSecrets {
  readonly #secrets = new Map<string, string>()

  put(connectionId: string, name: BaseSecretName, secret: string): Promise<void> {
    this.#secrets.set(`${connectionId} ${name}`, secret)
    return Promise.resolve()
  }

  of(connectionId: string, name: BaseSecretName): Promise<string | undefined> {
    return Promise.resolve(this.#secrets.get(`${connectionId} ${name}`))
  }

  remove(connectionId: string, name: BaseSecretName): Promise<void> {
    this.#secrets.delete(`${connectionId} ${name}`)
    return Promise.resolve()
  }
}
