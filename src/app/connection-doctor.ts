import type { DoorWork, ErpDoor } from '../adapters/erp/contract.ts'
import { lookAtPublicFace } from '../adapters/outbound/index.ts'
import {
  examineConnection,
  sameWords,
  type ConnectionCheck,
  type ConnectionDesk,
  type ConnectionProfiles,
  type Connections,
} from '../core/company/index.ts'
import type { ExchangeLog } from '../core/exchange/index.ts'
import { subjectOf } from './door-work.ts'

export interface ConnectionDoctorDeps {
  desk: ConnectionDesk
  connections: Connections
  profiles: ConnectionProfiles
  exchanges: ExchangeLog
  work: DoorWork
  erpDoors: readonly ErpDoor[]
  publicUrl(): string
  /** Lines still in memory are written first. */
  flush(): Promise<void>
}

/** Everything that can be seen of a connection from our side, each thing with cause and remedy. */
export const connectionDoctor =
  (deps: ConnectionDoctorDeps) =>
  async (idOrLogin: string): Promise<ConnectionCheck[]> => {
    const view = await deps.desk.show(idOrLogin)
    const subject = await subjectOf(deps, view.id)
    const now = deps.work.clock.now()
    await deps.flush()
    const [last] = await deps.exchanges.search({ connectionId: view.id, direction: 'in', limit: 1 })
    const standing = subject && (await deps.work.gateway.standing({ caller: subject.caller }))
    const own = examineConnection({
      view,
      profile: subject?.profile ?? {},
      denial: standing?.why,
      lastCall: last,
      now,
    })
    if (subject === undefined) return own.slice(0, 1)
    const face = await lookAtPublicFace(deps.publicUrl(), now)
    const checks: ConnectionCheck[] = [
      ...own,
      ...face.map(({ found, ...finding }) => ({ ...finding, found: sameWords(found) })),
    ]
    for (const door of deps.erpDoors) {
      if (door.examine !== undefined) checks.push(...(await door.examine(subject, deps.work)))
    }
    return checks
  }
