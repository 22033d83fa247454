import type { Caller, Company, Connection, Operator, SigningMode } from './company.ts'
import type { Tx } from '../kernel/index.ts'

/** A secret as it is kept: only its keyed hash, up to two alive at once while it is rotated. */
export interface KeptSecret {
  hash: string
  /** Undefined: until replaced. */
  expiresAt?: Date
}

/** What is known of the bearer of a login or an API key before the secret is compared. */
export type Credential =
  | { role: 'connection'; caller: Caller; secrets: KeptSecret[] }
  | { role: 'operator'; operator: Operator; secrets: KeptSecret[] }

/** Finds credentials; never compares secrets itself. */
export interface Credentials {
  byLogin(login: string): Promise<Credential | undefined>
  byKeyId(keyId: string): Promise<Credential | undefined>
}

/** Makes and compares secrets. All are machine-made with at least 128 bits, so a keyed hash is enough. */
export interface Secrets {
  /** A password as an administrator can paste it: letters and digits. */
  newPassword(): string
  /** `dnk_<live|test>_<8-char id>_<secret>_<crc32>`; see `adapters/http/api-key.ts`. */
  newApiKey(): { keyId: string; key: string }
  hash(secret: string): string
  /** Constant time. */
  matches(secret: string, hash: string): boolean
}

/** A key of a connection as those who manage it see it: never the key, never its hash. */
export interface KeyRecord {
  keyId: string
  createdAt: Date
  /** Undefined: until replaced. */
  expiresAt?: Date
}

/** One connection with all that hangs on it. */
export interface ConnectionRecord {
  connection: Connection
  company: Company
  createdAt: Date
  /** Closed for good: its credentials prove nothing any more, its documents stay. */
  closedAt?: Date
  secrets: KeptSecret[]
  keys: KeyRecord[]
}

/** Connections for those who manage them. */
export interface Connections {
  /** By id or by login, closed ones included. */
  find(idOrLogin: string): Promise<ConnectionRecord | undefined>
  /** All of a company, closed ones included, oldest first. */
  ofCompany(companyId: string): Promise<ConnectionRecord[]>
  change(
    tx: Tx,
    connectionId: string,
    change: Partial<Pick<Connection, 'name' | 'signing' | 'door'>>,
  ): Promise<void>
  /** Closing what is closed changes nothing. */
  close(tx: Tx, connectionId: string, at: Date): Promise<void>
  /** Every key of the connection but this one ends at `at`, unless it ends sooner. */
  endOtherKeys(tx: Tx, connectionId: string, keyId: string, at: Date): Promise<void>
}

/** What the gateway shows when it calls a base: the password of its OData user, the key that signs its calls. */
export type BaseSecretName = 'odata' | 'push'

/** Secrets of bases at rest; never in a profile, never in an answer. */
export interface BaseSecrets {
  put(connectionId: string, name: BaseSecretName, secret: string, at: Date): Promise<void>
  of(connectionId: string, name: BaseSecretName): Promise<string | undefined>
  remove(connectionId: string, name: BaseSecretName): Promise<void>
}

/** The register of companies and their connections. */
export interface Companies {
  byId(id: string): Promise<Company | undefined>
  byTaxId(taxId: string): Promise<Company | undefined>
  /** A second company with the same tax id is the same company: the first is returned, its name updated. */
  register(tx: Tx, company: Company): Promise<Company>
  addConnection(tx: Tx, connection: Connection & { secrets: KeptSecret[] }): Promise<void>
  connectionsOf(companyId: string): Promise<Connection[]>
  secretsOf(connectionId: string): Promise<KeptSecret[]>
  setSecrets(tx: Tx, connectionId: string, secrets: KeptSecret[]): Promise<void>
  setSigning(tx: Tx, connectionId: string, signing: SigningMode): Promise<void>
  addApiKey(tx: Tx, key: { keyId: string; hash: string; name: string; connectionId?: string }): Promise<void>
}

/** A company's key file as it was loaded, with its password. Never leaves the process unsealed. */
export interface CompanyKey {
  /** PKCS#12 bytes. */
  file: Uint8Array
  password: string
}

/** Signing keys of companies at rest. */
export interface CompanyKeys {
  put(tx: Tx, companyId: string, key: CompanyKey, at: Date): Promise<void>
  of(companyId: string): Promise<CompanyKey | undefined>
  /** Another one after every `put`, undefined after `remove`. Cheap: it is asked before every use of a key. */
  versionOf(companyId: string): Promise<string | undefined>
  remove(tx: Tx, companyId: string): Promise<boolean>
}

/** How a company works at the state portal: the person whose key opens the session, and the cabinet's password. */
export interface PortalLogin {
  userIin: string
  password: string
  /** `ticket` for every key since 2023; `certificate` is the old way of RSA test keys. */
  login: 'ticket' | 'certificate'
  profile?: string
}

export interface PortalLogins {
  put(tx: Tx, companyId: string, login: PortalLogin, at: Date): Promise<void>
  of(companyId: string): Promise<PortalLogin | undefined>
  /** Companies that work with the portal. */
  companies(): Promise<Company[]>
}
