import { fault, isTaxId, type Clock, type Fault, type Ids, type UnitOfWork } from '../kernel/index.ts'
import type { Access } from '../access/index.ts'
import { Refusal } from '../exchange/index.ts'

import type { Company, Connection, SigningMode } from './company.ts'
import type { Companies, CompanyKey, CompanyKeys, PortalLogin, PortalLogins, Secrets } from './ports.ts'

export interface RegisterDeps {
  clock: Clock
  ids: Ids
  unitOfWork: UnitOfWork
  companies: Companies
  /** The operator's direct grant: a fact of the contract (offer 10.13). */
  grantDirectly(company: Company, months: number, by: string): Promise<Access>
  keys: CompanyKeys
  portalLogins: PortalLogins
  secrets: Secrets
  /** Names of the doors there are; undefined: any name. */
  doors?: ReadonlySet<string>
  /** Refuses a key file that does not open, or that cannot sign for this company. */
  checkKey(key: CompanyKey, company: Company): Promise<Fault[]>
}

/** What an administrator pastes into 1C, and into anything else. Password and key are shown this once. */
export interface NewConnection {
  connection: Connection
  password: string
  apiKey: string
}

const badTaxId = (): Fault =>
  fault('COMPANY-01', 'taxId', {
    ru: 'БИН/ИИН — 12 цифр с верной контрольной цифрой. Проверьте номер.',
    kk: 'БСН/ЖСН — бақылау цифры дұрыс 12 цифр. Нөмірді тексеріңіз.',
    en: 'A tax id has 12 digits with a right check digit. Check the number.',
  })

/** The door of a base that nobody said anything about. */
const usualDoor = 'onec-soap'

export const isConnectionName = (name: string): boolean => name !== '' && name.length <= 450

export const unknownDoor = (known: readonly string[]): Fault =>
  fault('CONNECTION-04', 'door', {
    ru: `Такой двери нет. Есть: ${known.join(', ')}.`,
    kk: `Мұндай есік жоқ. Бары: ${known.join(', ')}.`,
    en: `There is no such door. There are: ${known.join(', ')}.`,
  })

export const badName = (): Fault =>
  fault('COMPANY-02', 'name', {
    ru: 'Название обязательно, до 450 знаков.',
    kk: 'Атауы міндетті, 450 таңбаға дейін.',
    en: 'A name is required, up to 450 characters.',
  })

export const unknownCompany = (): Fault =>
  fault('COMPANY-03', 'taxId', {
    ru: 'Организация с таким БИН/ИИН не зарегистрирована.',
    kk: 'Мұндай БСН/ЖСН бар ұйым тіркелмеген.',
    en: 'No company with this tax id is registered.',
  })

const badMonths = (): Fault =>
  fault('COMPANY-04', 'months', {
    ru: 'Срок доступа — от 1 до 120 месяцев.',
    kk: 'Қолжетімділік мерзімі — 1-ден 120 айға дейін.',
    en: 'Access lasts from 1 to 120 months.',
  })

const badUserIin = (): Fault =>
  fault('COMPANY-05', 'userIin', {
    ru: 'ИИН пользователя портала — 12 цифр: ИИН владельца ключа, а не БИН организации.',
    kk: 'Портал пайдаланушысының ЖСН — 12 цифр: ұйымның БСН емес, кілт иесінің ЖСН.',
    en: 'The portal user is an ИИН of 12 digits: that of the key’s owner, not the company’s БИН.',
  })

const companyOf = async (deps: Pick<RegisterDeps, 'companies'>, taxId: string): Promise<Company> => {
  const company = await deps.companies.byTaxId(taxId)
  if (company === undefined) throw new Refusal('not-found', [unknownCompany()])
  return company
}

/** The operator's side of the register: companies, their accesses, connections and keys. */
export const openRegister = (deps: RegisterDeps) => ({
  /** Registering a company again only updates its name. */
  async registerCompany({ taxId, name }: { taxId: string; name: string }): Promise<Company> {
    const trimmed = name.trim()
    const faults = [
      ...(isTaxId(taxId) ? [] : [badTaxId()]),
      ...(trimmed === '' || trimmed.length > 450 ? [badName()] : []),
    ]
    if (faults.length > 0) throw new Refusal('invalid', faults)
    return deps.unitOfWork.run((tx) =>
      deps.companies.register(tx, { id: deps.ids.next(), taxId, name: trimmed }),
    )
  },

  /** Throws `Refusal` for one that is not registered. */
  companyByTaxId: (taxId: string): Promise<Company> => companyOf(deps, taxId),

  /** Access runs from the moment it is granted (offer 2.3): calendar months, ending with the last day, Almaty. */
  async grantAccess({
    taxId,
    months,
    by = 'operator',
  }: {
    taxId: string
    months: number
    by?: string
  }): Promise<Access> {
    if (!Number.isInteger(months) || months < 1 || months > 120) throw new Refusal('invalid', [badMonths()])
    return deps.grantDirectly(await companyOf(deps, taxId), months, by)
  },

  async connect({
    taxId,
    name,
    signing,
    door = usualDoor,
  }: {
    taxId: string
    name: string
    signing: SigningMode
    door?: string
  }): Promise<NewConnection> {
    const trimmed = name.trim()
    const faults = [
      ...(isConnectionName(trimmed) ? [] : [badName()]),
      ...(deps.doors === undefined || deps.doors.has(door) ? [] : [unknownDoor([...deps.doors])]),
    ]
    if (faults.length > 0) throw new Refusal('invalid', faults)
    const company = await companyOf(deps, taxId)
    const id = deps.ids.next()
    // The tail of a version 7 id is random: the login tells whose it is, and two bases never share one.
    const login = `${taxId}-${id.slice(-6)}`
    const connection: Connection = { id, companyId: company.id, name: trimmed, login, signing, door }
    const password = deps.secrets.newPassword()
    const { keyId, key } = deps.secrets.newApiKey()
    await deps.unitOfWork.run(async (tx) => {
      await deps.companies.addConnection(tx, {
        ...connection,
        secrets: [{ hash: deps.secrets.hash(password) }],
      })
      await deps.companies.addApiKey(tx, {
        keyId,
        hash: deps.secrets.hash(key),
        name: trimmed,
        connectionId: id,
      })
    })
    return { connection, password, apiKey: key }
  },

  connections: async (taxId: string): Promise<Connection[]> =>
    deps.companies.connectionsOf((await companyOf(deps, taxId)).id),

  /** A new password beside the old one, which goes on working for `overlapMs`: 1C is changed in between. */
  async rotatePassword({
    taxId,
    connectionId,
    overlapMs,
  }: {
    taxId: string
    connectionId: string
    overlapMs: number
  }): Promise<string> {
    const company = await companyOf(deps, taxId)
    const known = (await deps.companies.connectionsOf(company.id)).find(({ id }) => id === connectionId)
    if (known === undefined) throw new Refusal('not-found', [unknownCompany()])
    const password = deps.secrets.newPassword()
    const old = await deps.companies.secretsOf(connectionId)
    const endsAt = new Date(deps.clock.now().getTime() + overlapMs)
    const kept = old
      .filter(({ expiresAt }) => expiresAt === undefined)
      .slice(0, 1)
      .map(({ hash }) => ({ hash, expiresAt: endsAt }))
    await deps.unitOfWork.run((tx) =>
      deps.companies.setSecrets(tx, connectionId, [{ hash: deps.secrets.hash(password) }, ...kept]),
    )
    return password
  },

  /** Takes a company's key file; it is opened and checked before it is kept. */
  async loadKey({ taxId, key }: { taxId: string; key: CompanyKey }): Promise<void> {
    const company = await companyOf(deps, taxId)
    const faults = await deps.checkKey(key, company)
    if (faults.length > 0) throw new Refusal('invalid', faults)
    await deps.unitOfWork.run((tx) => deps.keys.put(tx, company.id, key, deps.clock.now()))
  },

  async removeKey(taxId: string): Promise<boolean> {
    const company = await companyOf(deps, taxId)
    return deps.unitOfWork.run((tx) => deps.keys.remove(tx, company.id))
  },

  /** How the company works at the state portal; without it its tax invoices wait. */
  async setPortalLogin({ taxId, login }: { taxId: string; login: PortalLogin }): Promise<void> {
    const company = await companyOf(deps, taxId)
    if (!/^\d{12}$/.test(login.userIin)) throw new Refusal('invalid', [badUserIin()])
    await deps.unitOfWork.run((tx) => deps.portalLogins.put(tx, company.id, login, deps.clock.now()))
  },

  /** A key of the operator's own; shown this once. */
  async newOperatorKey(name: string): Promise<string> {
    const { keyId, key } = deps.secrets.newApiKey()
    await deps.unitOfWork.run((tx) =>
      deps.companies.addApiKey(tx, { keyId, hash: deps.secrets.hash(key), name }),
    )
    return key
  },
})

export type Register = ReturnType<typeof openRegister>
