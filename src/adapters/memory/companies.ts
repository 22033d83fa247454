import type {
  Companies,
  Company,
  CompanyKey,
  CompanyKeys,
  Connection,
  ConnectionRecord,
  Connections,
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

interface KeptConnection extends Connection {
  secrets: KeptSecret[]
  createdAt: Date
  closedAt?: Date
}

interface KeptKey {
  hash: string
  name: string
  connectionId?: string
  createdAt: Date
  expiresAt?: Date
}

/** Twin of the register: companies, connections and the credentials that hang on them. */
export class MemoryCompanies implements Companies, Connections, Credentials {
  readonly #companies = new Map<string, Company>()
  readonly #connections = new Map<string, KeptConnection>()
  readonly #keys = new Map<string, KeptKey>()

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
    put(tx, this.#connections, connection.id, { ...connection, createdAt: new Date() })
    return Promise.resolve()
  }

  connectionsOf(companyId: string): Promise<Connection[]> {
    return Promise.resolve(
      [...this.#connections.values()]
        .filter((connection) => connection.companyId === companyId && connection.closedAt === undefined)
        .map(({ secrets: _, createdAt: __, closedAt: ___, ...connection }) => connection),
    )
  }

  find(idOrLogin: string): Promise<ConnectionRecord | undefined> {
    const found = [...this.#connections.values()].find(({ id, login }) => [id, login].includes(idOrLogin))
    return Promise.resolve(found && this.#recordOf(found))
  }

  ofCompany(companyId: string): Promise<ConnectionRecord[]> {
    return Promise.resolve(this.#records(({ companyId: own }) => own === companyId))
  }

  change(
    tx: Tx,
    connectionId: string,
    { name, signing, door }: Partial<Pick<Connection, 'name' | 'signing' | 'door'>>,
  ): Promise<void> {
    const known = this.#connections.get(connectionId)
    if (known !== undefined)
      put(tx, this.#connections, connectionId, {
        ...known,
        name: name ?? known.name,
        signing: signing ?? known.signing,
        door: door ?? known.door,
      })
    return Promise.resolve()
  }

  close(tx: Tx, connectionId: string, at: Date): Promise<void> {
    const known = this.#connections.get(connectionId)
    if (known !== undefined && known.closedAt === undefined)
      put(tx, this.#connections, connectionId, { ...known, closedAt: at })
    return Promise.resolve()
  }

  endOtherKeys(tx: Tx, connectionId: string, keyId: string, at: Date): Promise<void> {
    for (const [id, key] of [...this.#keys]) {
      const isOther = key.connectionId === connectionId && id !== keyId
      if (isOther && (key.expiresAt === undefined || key.expiresAt > at))
        put(tx, this.#keys, id, { ...key, expiresAt: at })
    }
    return Promise.resolve()
  }

  #records(isIt: (connection: KeptConnection) => boolean): ConnectionRecord[] {
    return [...this.#connections.values()]
      .filter(isIt)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((connection) => this.#recordOf(connection))
  }

  #recordOf({ secrets, createdAt, closedAt, ...connection }: KeptConnection): ConnectionRecord {
    const company = this.#companies.get(connection.companyId)
    if (company === undefined) throw new Error(`connection ${connection.id} has no company`)
    const keys = [...this.#keys].flatMap(([keyId, key]) =>
      key.connectionId === connection.id
        ? [{ keyId, createdAt: key.createdAt, expiresAt: key.expiresAt }]
        : [],
    )
    return { connection, company, createdAt, closedAt, secrets, keys }
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
    put(tx, this.#keys, keyId, { ...key, createdAt: new Date() })
    return Promise.resolve()
  }

  byLogin(login: string): Promise<Credential | undefined> {
    const connection = [...this.#connections.values()].find(
      (known) => known.login === login && known.closedAt === undefined,
    )
    return Promise.resolve(
      connection === undefined ? undefined : this.#credentialOf(connection, connection.secrets),
    )
  }

  byKeyId(keyId: string): Promise<Credential | undefined> {
    const key = this.#keys.get(keyId)
    if (key === undefined) return Promise.resolve(undefined)
    const secrets = [
      key.expiresAt === undefined ? { hash: key.hash } : { hash: key.hash, expiresAt: key.expiresAt },
    ]
    if (key.connectionId === undefined) {
      return Promise.resolve({ role: 'operator', operator: { keyId, name: key.name }, secrets })
    }
    const connection = this.#connections.get(key.connectionId)
    return Promise.resolve(
      connection === undefined || connection.closedAt !== undefined
        ? undefined
        : this.#credentialOf(connection, secrets),
    )
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
