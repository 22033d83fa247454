import type { NewEvent } from '../exchange/index.ts'
import type { Clock, Step, StepOutcome, UnitOfWork } from '../kernel/index.ts'
import { isOutdated } from './conclude.ts'
import { noteStatus, whatIsKnown } from './note-status.ts'
import type { NoteStatusDeps, SeenStatus } from './note-status.ts'
import type { OutageWatch } from './outages.ts'
import { hasTakenEffect } from './portal-command.ts'
import type { CommandRecord, CommandRecords } from './portal-command.ts'
import type { CommandAnswer, PortalCommands, PortalInvoice, StatePortal } from './ports.ts'
import type { MirrorSettings } from './settings.ts'

export interface CarryOutDeps extends NoteStatusDeps {
  commandRecords: CommandRecords
  commands: PortalCommands
  portal: Pick<StatePortal, 'statusOf'>
  outages?: Pick<OutageWatch, 'hold'>
  unitOfWork: UnitOfWork
  clock: Clock
  settings: Pick<MirrorSettings, 'batch' | 'claimMs' | 'askMs'>
}

/**
 * The step that carries out one command about an invoice at the portal, and others of the same company and kind
 * that wait: one call speaks for many. `sending` is committed before the call; whatever comes back that is not a
 * plain yes or no leaves it there, and then the invoice's status at the portal is asked for before the command is
 * given again.
 */
export const carryOutCommands =
  (deps: CarryOutDeps): Step =>
  async (task): Promise<StepOutcome> => {
    // A command's task is named after it.
    const id = task.subject
    const command = await deps.commandRecords.byId(id)
    if (command === undefined) return done('the command is no longer kept')
    const hold = command.settledAt === undefined ? await deps.outages?.hold() : undefined
    if (hold !== undefined)
      return waiting(hold.note, Math.max(1_000, hold.until.getTime() - deps.clock.now().getTime()))
    if (command.state === 'waiting') await send(deps, command)
    else if (command.state === 'sending') {
      const leftMs = (command.claimedUntil?.getTime() ?? 0) - deps.clock.now().getTime()
      if (leftMs > 0) return waiting('the command is being given', Math.min(leftMs, deps.settings.askMs))
      await findOut(deps, command)
    }
    const now = await deps.commandRecords.byId(id)
    switch (now?.state) {
      case 'waiting':
      case 'sending':
        return waiting('not at the portal yet', deps.settings.askMs)
      case 'refused':
        return { word: 'refused', note: now.errorCode ?? 'refused', record: async () => {} }
      default:
        return done(`done: ${now?.status ?? ''}`)
    }
  }

const send = async (deps: CarryOutDeps, first: CommandRecord): Promise<void> => {
  const batch = await deps.unitOfWork.run((tx) =>
    deps.commandRecords.claim(tx, {
      id: first.id,
      limit: deps.settings.batch,
      claimedUntil: new Date(deps.clock.now().getTime() + deps.settings.claimMs),
    }),
  )
  if (batch.length === 0) return
  let answers: CommandAnswer[]
  try {
    answers = await give(deps.commands, first, batch)
  } catch (error) {
    // Whatever the adapter calls it, a command that was on its way may have been carried out: ask first.
    for (const { id } of batch) {
      await deps.unitOfWork.run((tx) => deps.commandRecords.change(tx, id, { state: 'sending' }))
    }
    throw error
  }
  for (const command of batch) {
    const answer = answers.find(({ portalId }) => portalId === command.portalId)
    const isDone =
      answer !== undefined && (answer.changed || hasTakenEffect(command, effectOf(command, answer)))
    if (isDone) await settle(deps, command, 'done', statusAfter(command, answer.status))
    else if (answer?.errorCode !== undefined) {
      await settle(deps, command, 'refused', answer.status, answer.errorCode)
    } else {
      // Neither yes nor no: the invoice itself has to show it.
      await deps.unitOfWork.run((tx) => deps.commandRecords.change(tx, command.id, { state: 'sending' }))
    }
  }
}

/** An answer without a status shows nothing; only for a deletion is an absent one the sign. */
const effectOf = ({ kind }: CommandRecord, { status, changed }: CommandAnswer): string | undefined =>
  kind === 'delete' && !changed ? (status ?? 'FAILED') : status

/** A deleted invoice is not shown any more. */
const statusAfter = ({ kind }: CommandRecord, status: string | undefined): string | undefined =>
  kind === 'delete' ? 'DELETED' : status

const give = (portal: PortalCommands, { kind, taxId }: CommandRecord, batch: CommandRecord[]) => {
  const ids = batch.map(({ portalId }) => portalId)
  const reasoned = batch.map(({ portalId, reason = '' }) => ({ portalId, reason }))
  switch (kind) {
    case 'confirm':
      return portal.confirm(taxId, ids)
    case 'decline':
      return portal.decline(taxId, reasoned)
    case 'revoke':
      return portal.revoke(taxId, reasoned)
    case 'unrevoke':
      return portal.unrevoke(taxId, reasoned)
    case 'delete':
      return portal.deleteFailed(taxId, ids)
  }
}

/** The outcome is unknown: the invoice's status tells. No sign of it means that it may be given again. */
const findOut = async (deps: CarryOutDeps, command: CommandRecord): Promise<void> => {
  const summaries = await deps.portal.statusOf(command.taxId, [command.portalId])
  const found: PortalInvoice | undefined = summaries.find(({ portalId }) => portalId === command.portalId)
  if (found === undefined ? command.kind === 'delete' : hasTakenEffect(command, found.status ?? '')) {
    await settle(deps, command, 'done', statusAfter(command, found?.status))
    return
  }
  await deps.unitOfWork.run((tx) => deps.commandRecords.change(tx, command.id, { state: 'waiting' }))
}

/** The command, what it changed about the invoice, and the events, in one transaction. */
const settle = async (
  deps: CarryOutDeps,
  command: CommandRecord,
  state: 'done' | 'refused',
  status: string | undefined,
  errorCode?: string,
): Promise<void> => {
  for (let again = 0; ; again += 1) {
    const at = deps.clock.now()
    const known = await whatIsKnown(deps, command.documentId)
    const event: NewEvent = {
      documentId: command.documentId,
      companyId: command.companyId,
      name: state === 'done' ? 'mirror.command-done' : 'mirror.command-refused',
      at,
      details: { command: command.kind, status, ...(errorCode === undefined ? {} : { errorCode }) },
    }
    const seen: SeenStatus | undefined = status === undefined ? undefined : { status, since: at }
    try {
      await deps.unitOfWork.run(async (tx) => {
        const isOurs = await deps.commandRecords.change(tx, command.id, {
          state,
          settledAt: at,
          ...(status === undefined ? {} : { status }),
          ...(errorCode === undefined ? {} : { errorCode }),
        })
        if (isOurs && known !== undefined) await noteStatus(deps, tx, known, seen, { events: [event], at })
      })
      return
    } catch (error) {
      // Somebody changed the document meanwhile: read it again. What follows is one row and a few events.
      if (!isOutdated(error) || again >= 5) throw error
    }
  }
}

const done = (note: string): StepOutcome => ({ word: 'done', note, record: async () => {} })

const waiting = (note: string, askAgainInMs: number): StepOutcome => ({ word: 'waiting', note, askAgainInMs })
