import type { Access, Accesses } from '../../core/access/index.ts'
import type {
  Companies,
  Company,
  CompanyKey,
  CompanyKeys,
  Connection,
  Credential,
  Credentials,
  KeptSecret,
  SigningMode,
} from '../../core/company/index.ts'
import type { Tx } from '../../core/kernel/index.ts'
import { onRollback } from './unit-of-work.ts'

/** Puts a value into a map, to be taken back when the transaction is. */
const put = <K, V>(tx: Tx, map: Map<K, V>, key: K, value: V): void => {
  const old = map.get(key)
  map.set(key, value)
  onRollback(tx, () => {
    if (old === undefined) map.delete(key)
    else map.set(key, old)
  })
}

/** Twin of the register: companies, connections and the credentials that hang on them. */
export class MemoryCompanies implements Companies, Credentials {
  readonly #companies = new Map<string, Company>()
  readonly #connections = new Map<string, Connection & { secrets: KeptSecret[] }>()
  readonly #keys = new Map<string, { hash: string; name: string; connectionId?: string }>()

  byId(id: string): Promise<Company | undefined> {
    return Promise.resolve(this.#companies.get(id))
  }

  byTaxId(taxId: string): Promise<Company | undefined> {
    return Promise.resolve([...this.#companies.values()].find((company) => company.taxId === taxId))
  }

  async register(tx: Tx, company: Company): Promise<Company> {
    const known = await this.byTaxId(company.taxId)
    const registered = known === undefined ? company : { ...known, name: company.name }
    put(tx, this.#companies, registered.id, registered)
    return registered
  }

  addConnection(tx: Tx, connection: Connection & { secrets: KeptSecret[] }): Promise<void> {
    put(tx, this.#connections, connection.id, connection)
    return Promise.resolve()
  }

  connectionsOf(companyId: string): Promise<Connection[]> {
    return Promise.resolve(
      [...this.#connections.values()]
        .filter((connection) => connection.companyId === companyId)
        .map(({ secrets: _, ...connection }) => connection),
    )
  }

  secretsOf(connectionId: string): Promise<KeptSecret[]> {
    return Promise.resolve(this.#connections.get(connectionId)?.secrets ?? [])
  }

  setSecrets(tx: Tx, connectionId: string, secrets: KeptSecret[]): Promise<void> {
    const known = this.#connections.get(connectionId)
    if (known !== undefined) put(tx, this.#connections, connectionId, { ...known, secrets })
    return Promise.resolve()
  }

  setSigning(tx: Tx, connectionId: string, signing: SigningMode): Promise<void> {
    const known = this.#connections.get(connectionId)
    if (known !== undefined) put(tx, this.#connections, connectionId, { ...known, signing })
    return Promise.resolve()
  }

  addApiKey(
    tx: Tx,
    { keyId, ...key }: { keyId: string; hash: string; name: string; connectionId?: string },
  ): Promise<void> {
    put(tx, this.#keys, keyId, key)
    return Promise.resolve()
  }

  byLogin(login: string): Promise<Credential | undefined> {
    const connection = [...this.#connections.values()].find((known) => known.login === login)
    return Promise.resolve(
      connection === undefined ? undefined : this.#credentialOf(connection, connection.secrets),
    )
  }

  byKeyId(keyId: string): Promise<Credential | undefined> {
    const key = this.#keys.get(keyId)
    if (key === undefined) return Promise.resolve(undefined)
    const secrets = [{ hash: key.hash }]
    if (key.connectionId === undefined) {
      return Promise.resolve({ role: 'operator', operator: { keyId, name: key.name }, secrets })
    }
    const connection = this.#connections.get(key.connectionId)
    return Promise.resolve(connection === undefined ? undefined : this.#credentialOf(connection, secrets))
  }

  #credentialOf(connection: Connection, secrets: KeptSecret[]): Credential | undefined {
    const company = this.#companies.get(connection.companyId)
    if (company === undefined) return undefined
    return {
      role: 'connection',
      caller: {
        companyId: company.id,
        companyTaxId: company.taxId,
        companyName: company.name,
        connectionId: connection.id,
        connectionName: connection.name,
        signing: connection.signing,
      },
      secrets,
    }
  }
}

/** Twin of the access rows. */
export class MemoryAccesses implements Accesses {
  readonly #accesses = new Map<string, Access>()

  of(companyId: string): Promise<Access | undefined> {
    return Promise.resolve(this.#accesses.get(companyId))
  }

  grant(tx: Tx, access: Access): Promise<void> {
    put(tx, this.#accesses, access.companyId, access)
    return Promise.resolve()
  }

  restrictExpired(now: Date, limit: number): Promise<string[]> {
    const ended = [...this.#accesses.values()]
      .filter(({ state, expiresAt }) => state === 'ACTIVE' && expiresAt <= now)
      .sort((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime())
      .slice(0, limit)
    for (const access of ended) this.#accesses.set(access.companyId, { ...access, state: 'RESTRICTED' })
    return Promise.resolve(ended.map(({ companyId }) => companyId))
  }
}

/** Twin of the sealed keys; nothing is sealed in memory. */
export class MemoryCompanyKeys implements CompanyKeys {
  readonly #keys = new Map<string, CompanyKey>()
  readonly #versions = new WeakMap<CompanyKey, string>()
  #puts = 0

  put(tx: Tx, companyId: string, key: CompanyKey): Promise<void> {
    put(tx, this.#keys, companyId, { ...key })
    return Promise.resolve()
  }

  of(companyId: string): Promise<CompanyKey | undefined> {
    return Promise.resolve(this.#keys.get(companyId))
  }

  versionOf(companyId: string): Promise<string | undefined> {
    const key = this.#keys.get(companyId)
    if (key === undefined) return Promise.resolve(undefined)
    let version = this.#versions.get(key)
    if (version === undefined) this.#versions.set(key, (version = String((this.#puts += 1))))
    return Promise.resolve(version)
  }

  remove(tx: Tx, companyId: string): Promise<boolean> {
    const key = this.#keys.get(companyId)
    if (key === undefined) return Promise.resolve(false)
    this.#keys.delete(companyId)
    onRollback(tx, () => this.#keys.set(companyId, key))
    return Promise.resolve(true)
  }
}
