import { connectionDoor, type ConnectionDoorDeps, type DoorStrings } from '../adapters/console-api/index.ts'
import type { ErpDoor } from '../adapters/erp/contract.ts'
import type { ForeignFormat } from '../core/exchange/index.ts'
import type { Door } from '../adapters/http/index.ts'
import { PgConnections } from '../adapters/postgres/connections.ts'
import type { PgPool } from '../adapters/postgres/pool.ts'
import {
  openConnectionDesk,
  type BaseSecrets,
  type Companies,
  type ConnectionDesk,
  type ConnectionDeskDeps,
  type ConnectionProfiles,
  type Connections,
} from '../core/company/index.ts'
import { dryUnitOfWork, withoutWrites } from '../core/exchange/index.ts'

/** What is made of the connections of a gateway: the desk behind console and doors. */
export interface OpenConnections {
  connections: PgConnections
  desk: ConnectionDesk
  /** The same over stores that keep nothing. */
  dryDesk: ConnectionDesk
  addresses: (origin: string) => DoorStrings[]
  clientFiles: ConnectionDoorDeps['clientFiles']
  door(deps: Pick<ConnectionDoorDeps, 'register' | 'doctor'>): Door
}

export const openConnections = (
  deps: Omit<ConnectionDeskDeps, 'connections' | 'doors' | 'checkSettings'> & {
    pool: PgPool
    erpDoors: readonly ErpDoor[]
    /** A mapping has settings of its own. */
    formats: ReadonlyMap<string, ForeignFormat>
  },
): OpenConnections => {
  const { pool, erpDoors, formats } = deps
  const connections = new PgConnections(pool)
  const doors = new Map(erpDoors.map((door) => [door.name, door]))
  const deskDeps: ConnectionDeskDeps = {
    ...deps,
    connections,
    doors: new Set(doors.keys()),
    checkSettings: (name, settings) => {
      const door = doors.get(name)
      const format = formats.get(name)
      if (door === undefined && format === undefined) return undefined
      return [...(door?.checkSettings?.(settings) ?? []), ...(format?.checkSettings?.(settings) ?? [])]
    },
  }
  const desk = openConnectionDesk(deskDeps)
  const dryDesk = openConnectionDesk({
    ...deskDeps,
    unitOfWork: dryUnitOfWork,
    companies: withoutWrites<Companies>(deps.companies, ['setSecrets', 'addApiKey']),
    connections: withoutWrites<Connections>(connections, ['change', 'close', 'endOtherKeys']),
    profiles: withoutWrites<ConnectionProfiles>(deps.profiles, ['set']),
    baseSecrets: withoutWrites<BaseSecrets>(deps.baseSecrets, ['put', 'remove']),
  })
  const addresses: OpenConnections['addresses'] = (origin) =>
    erpDoors.flatMap((door) => {
      const own = door.addresses?.(origin) ?? []
      return own.length === 0 ? [] : [{ door: door.name, addresses: own }]
    })
  const clientFiles: OpenConnections['clientFiles'] = (subject) =>
    erpDoors.flatMap((door) => door.clientFiles?.(subject) ?? [])
  return {
    connections,
    desk,
    dryDesk,
    addresses,
    clientFiles,
    door: (more) => connectionDoor({ ...more, connections: desk, addresses, clientFiles }),
  }
}
