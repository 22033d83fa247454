import { fault, type Clock, type Fault, type Ids, type UnitOfWork } from '../kernel/index.ts'
import { Refusal } from '../exchange/index.ts'
import { checkProfile } from './check-profile.ts'
import type { Caller, SigningMode } from './company.ts'
import type { ConnectionProfile, ConnectionProfiles } from './connection-profile.ts'
import type {
  BaseSecretName,
  BaseSecrets,
  Companies,
  ConnectionRecord,
  Connections,
  KeptSecret,
  Secrets,
} from './ports.ts'
import { badName, isConnectionName, unknownCompany, unknownDoor } from './register.ts'

export interface ConnectionDeskDeps {
  clock: Clock
  ids: Ids
  unitOfWork: UnitOfWork
  companies: Companies
  connections: Connections
  profiles: ConnectionProfiles
  secrets: Secrets
  baseSecrets: BaseSecrets
  /** Names of the doors there are. */
  doors: ReadonlySet<string>
  /** What a door says of its own settings; undefined for a name that no door and no mapping answers to. */
  checkSettings: (name: string, settings: Record<string, unknown>) => readonly Fault[] | undefined
}

/** A connection as those who manage it see it: everything but its secrets. */
export interface ConnectionView {
  id: string
  companyTaxId: string
  companyName: string
  name: string
  login: string
  signing: SigningMode
  door: string
  createdAt: Date
  closedAt?: Date
  /** Passwords that open it now: one, or two while it is rotated. */
  passwords: { expiresAt?: Date }[]
  /** API keys that open it now. */
  keys: { keyId: string; createdAt: Date; expiresAt?: Date }[]
}

/** What a rotation gave; shown this once. */
export interface Rotated {
  password?: string
  apiKey?: string
  /** Until then the old ones go on working. */
  oldWorksUntil: Date
}

const unknownConnection = (): Fault =>
  fault('CONNECTION-01', 'connection', {
    ru: 'Такого подключения нет. Укажите его номер или логин (daneker connection list БИН).',
    kk: 'Мұндай қосылым жоқ. Оның нөмірін немесе логинін көрсетіңіз (daneker connection list БСН).',
    en: 'There is no such connection. Give its id or login (daneker connection list TAX-ID).',
  })

const nothingToChange = (): Fault =>
  fault('CONNECTION-02', '', {
    ru: 'Укажите, что изменить: название, подпись или дверь.',
    kk: 'Нені өзгерту керегін көрсетіңіз: атауы, қолтаңба немесе есік.',
    en: 'Say what to change: name, signing or door.',
  })

const closed = (): Fault =>
  fault('CONNECTION-03', 'connection', {
    ru: 'Подключение закрыто. Создайте новое: закрытое не открывается снова.',
    kk: 'Қосылым жабылған. Жаңасын жасаңыз: жабылғаны қайта ашылмайды.',
    en: 'The connection is closed. Make a new one: a closed one is not opened again.',
  })

const longSecret = (): Fault =>
  fault('CONNECTION-05', 'password', {
    ru: 'Пароль длиннее 1000 знаков.',
    kk: 'Құпиясөз 1000 таңбадан ұзын.',
    en: 'The password is longer than 1000 characters.',
  })

/** Makes it visible what a connection is, and changes, rotates or closes it. */
export const openConnectionDesk = (deps: ConnectionDeskDeps) => {
  const found = async (idOrLogin: string): Promise<ConnectionRecord> => {
    const known = await deps.connections.find(idOrLogin)
    if (known === undefined) throw new Refusal('not-found', [unknownConnection()])
    return known
  }
  const open = async (idOrLogin: string): Promise<ConnectionRecord> => {
    const known = await found(idOrLogin)
    if (known.closedAt !== undefined) throw new Refusal('conflict', [closed()])
    return known
  }
  const view = ({ connection, company, createdAt, closedAt, secrets, keys }: ConnectionRecord) => {
    const now = deps.clock.now()
    const alive = <T extends { expiresAt?: Date }>(all: T[]): T[] =>
      closedAt === undefined ? all.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now) : []
    const { companyId: _, ...shown } = connection
    return {
      ...shown,
      companyTaxId: company.taxId,
      companyName: company.name,
      createdAt,
      closedAt,
      passwords: alive(secrets).map(({ expiresAt }) => ({ expiresAt })),
      keys: alive(keys),
    }
  }

  return {
    async list(taxId: string): Promise<ConnectionView[]> {
      const company = await deps.companies.byTaxId(taxId)
      if (company === undefined) throw new Refusal('not-found', [unknownCompany()])
      return (await deps.connections.ofCompany(company.id)).map(view)
    },

    show: async (idOrLogin: string): Promise<ConnectionView> => view(await found(idOrLogin)),

    /** Whom a connection stands for, for work that an operator does in its place. */
    async callerOf(idOrLogin: string): Promise<Caller> {
      const { connection, company } = await open(idOrLogin)
      return {
        companyId: company.id,
        companyTaxId: company.taxId,
        companyName: company.name,
        connectionId: connection.id,
        connectionName: connection.name,
        signing: connection.signing,
      }
    },

    async change(
      idOrLogin: string,
      { name, signing, door }: { name?: string; signing?: SigningMode; door?: string },
    ): Promise<ConnectionView> {
      const { connection } = await open(idOrLogin)
      const trimmed = name?.trim()
      const faults = [
        ...(trimmed === undefined || isConnectionName(trimmed) ? [] : [badName()]),
        ...(door === undefined || deps.doors.has(door) ? [] : [unknownDoor([...deps.doors])]),
        ...(trimmed === undefined && signing === undefined && door === undefined ? [nothingToChange()] : []),
      ]
      if (faults.length > 0) throw new Refusal('invalid', faults)
      await deps.unitOfWork.run((tx) =>
        deps.connections.change(tx, connection.id, { name: trimmed, signing, door }),
      )
      return view(await found(connection.id))
    },

    /**
     * Nothing the base shows opens the gateway any more, within the ten seconds for which a proof is remembered.
     * Its documents go their way, and its login is never given again.
     */
    async close(idOrLogin: string): Promise<ConnectionView> {
      const { connection } = await found(idOrLogin)
      await deps.unitOfWork.run((tx) => deps.connections.close(tx, connection.id, deps.clock.now()))
      return view(await found(connection.id))
    },

    /**
     * New secrets beside the old ones, which go on working for `overlapMs`: 1C is changed in between. Rotated again
     * within that time, the newest and the one before it live: never more than two.
     */
    async rotate(
      idOrLogin: string,
      { what, overlapMs }: { what: 'password' | 'key' | 'both'; overlapMs: number },
    ): Promise<Rotated> {
      const { connection, secrets } = await open(idOrLogin)
      const oldWorksUntil = new Date(deps.clock.now().getTime() + overlapMs)
      const password = what === 'key' ? undefined : deps.secrets.newPassword()
      const key = what === 'password' ? undefined : deps.secrets.newApiKey()
      await deps.unitOfWork.run(async (tx) => {
        if (password !== undefined)
          await deps.companies.setSecrets(tx, connection.id, [
            { hash: deps.secrets.hash(password) },
            ...lastOf(secrets, oldWorksUntil),
          ])
        if (key === undefined) return
        await deps.companies.addApiKey(tx, {
          keyId: key.keyId,
          hash: deps.secrets.hash(key.key),
          name: connection.name,
          connectionId: connection.id,
        })
        await deps.connections.endOtherKeys(tx, connection.id, key.keyId, oldWorksUntil)
      })
      return { password, apiKey: key?.key, oldWorksUntil }
    },

    profile: async (idOrLogin: string): Promise<ConnectionProfile> =>
      deps.profiles.of((await found(idOrLogin)).connection.id),

    /** The password of the base's OData user, or the key of signed calls; sealed, and never shown again. */
    async setBaseSecret(idOrLogin: string, name: BaseSecretName, secret: string): Promise<void> {
      const { connection } = await open(idOrLogin)
      if (secret === '') return deps.baseSecrets.remove(connection.id, name)
      if (secret.length > 1_000) throw new Refusal('invalid', [longSecret()])
      await deps.baseSecrets.put(connection.id, name, secret, deps.clock.now())
    },

    /** Replaces the profile as a whole; refused with every fault at once. */
    async setProfile(idOrLogin: string, value: unknown): Promise<ConnectionProfile> {
      const { connection } = await open(idOrLogin)
      const read = checkProfile(value, deps.checkSettings)
      if (!read.ok) throw new Refusal('invalid', read.faults)
      await deps.profiles.set(connection.id, read.value)
      return read.value
    },
  }
}

export type ConnectionDesk = ReturnType<typeof openConnectionDesk>

/** The secret that was good until now, with its end. */
const lastOf = (secrets: readonly KeptSecret[], endsAt: Date): KeptSecret[] =>
  secrets
    .filter(({ expiresAt }) => expiresAt === undefined)
    .slice(0, 1)
    .map(({ hash }) => ({ hash, expiresAt: endsAt }))
