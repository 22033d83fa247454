import { writeAct, type EsfPortal } from '../adapters/esf/index.ts'
import type { PgCompanies } from '../adapters/postgres/companies.ts'
import type { PgPool } from '../adapters/postgres/pool.ts'
import { PgActChoices, PgActRecords } from '../adapters/postgres/portal-acts.ts'
import { PgTaskStore } from '../adapters/postgres/tasks.ts'
import type { Ids, Step } from '../core/kernel/index.ts'
import {
  actSubject,
  followActs,
  mirrorAct,
  type ActUpload,
  type MirrorActDeps,
  type MirrorDeps,
} from '../core/mirror/index.ts'

/** Acts of work at the portal: for companies that have chosen it. */
export interface PortalActs {
  step: Step
  /** Gives a task to every act that is due; returns how many. */
  send: () => Promise<number>
  follow: (taxId: string) => Promise<number>
  choose: (taxId: string, upload: ActUpload | undefined) => Promise<boolean>
}

/** Tasks given in one round. */
const atOnce = 500

export const openPortalActs = (
  { pool, ids, companies }: { pool: PgPool; ids: Ids; companies: PgCompanies },
  mirror: MirrorDeps,
  portal: EsfPortal,
): PortalActs => {
  const choices = new PgActChoices(pool)
  const tasks = new PgTaskStore(pool)
  const deps: MirrorActDeps = {
    ...mirror,
    acts: new PgActRecords(pool),
    portal,
    writer: { write: writeAct },
  }
  return {
    step: mirrorAct(deps),
    follow: (taxId) => followActs(deps, taxId),
    send: async () => {
      const due = await choices.due(atOnce)
      if (due.length === 0) return 0
      const dueAt = mirror.clock.now()
      await mirror.unitOfWork.run((tx) =>
        tasks.add(
          tx,
          due.map((documentId) => ({
            id: ids.next(),
            kind: 'mirror' as const,
            documentId,
            subject: actSubject,
            dueAt,
          })),
        ),
      )
      return due.length
    },
    choose: async (taxId, upload) => {
      const company = await companies.byTaxId(taxId)
      if (company === undefined) return false
      await choices.choose(company.id, upload, mirror.clock.now())
      return true
    },
  }
}
