import type { Change, Status } from '../../../core/exchange/index.ts'
import { BaseProblem } from './client.ts'
import type { PullDeps } from './pull.ts'
import type { Published } from './metadata.ts'
import { doorName } from './settings.ts'

const pageChanges = 100
/** Pages of one round; the rest comes with the next. */
const pagesAtMost = 20

/**
 * Carries what happened to documents into the base: states of what it sent, and, where it wants them, incoming
 * documents. Objects bear our document id as their reference, so that writing twice writes once.
 */
export const writeBack = async (deps: PullDeps, published: Published): Promise<number> => {
  const { settings, work, subject, signal } = deps
  if (settings.statuses === undefined && !settings.incoming) return 0
  const { caller } = subject
  const place = { connectionId: caller.connectionId, door: doorName, key: 'changes' }
  let written = 0
  for (let page = 0; page < pagesAtMost && !signal.aborted; page += 1) {
    const note = await work.notes.read(place)
    const cursor = typeof note?.value === 'string' ? note.value : undefined
    const { changes, cursor: next, more } = await work.gateway.changes({ caller, cursor, limit: pageChanges })
    // The last change of a document says all that the earlier ones did.
    for (const change of new Map(changes.map((one) => [one.documentId, one])).values())
      written += Number(await writeOne(deps, published, change, changes))
    // After the last one is written: a crash repeats the page, and the base keeps the same objects.
    if (changes.length > 0) await work.notes.write(place, next, note?.revision ?? 0)
    if (!more) break
  }
  return written
}

const writeOne = async (
  deps: PullDeps,
  published: Published,
  change: Change,
  page: readonly Change[],
): Promise<boolean> => {
  const { subject, work } = deps
  const { status, documentId } = change
  try {
    if (status.side === 'sender') return await writeState(deps, published, change)
    const arrived = page.some((one) => one.documentId === documentId && one.name === 'document.arrived')
    return arrived && (await writeIncoming(deps, published, status))
  } catch (error) {
    // A refusal of business says the same tomorrow; everything else ends the round and is tried again.
    if (!(error instanceof BaseProblem) || !error.isRefusal) throw error
    work.log.warn(
      { connection: subject.caller.connectionId, document: documentId, code: error.code },
      'base.refused',
    )
    return false
  }
}

const writeState = async (
  { settings: { statuses }, work, subject, client }: PullDeps,
  published: Published,
  { documentId, status, at }: Change,
): Promise<boolean> => {
  if (statuses === undefined) return false
  const place = { connectionId: subject.caller.connectionId, door: doorName, key: `document/${documentId}` }
  const source = (await work.notes.read(place))?.value as { entity: string; ref: string } | undefined
  // Sent through another door: that one tells its base.
  if (source === undefined) return false
  const { fields } = statuses
  const values: Record<string, unknown> = {}
  const give = (field: string | undefined, value: string | undefined): void => {
    if (field !== undefined) values[field] = value ?? ''
  }
  give('Description', `${status.number} ${status.date}: ${status.senderState}`.slice(0, 100))
  give(fields.source, source.ref)
  give(fields.state, status.senderState)
  give(fields.stateText, stateText(status))
  give(fields.reason, status.reason)
  give(fields.registrationNumber, status.registrationNumber)
  give(fields.changedAt, at.toISOString().slice(0, 19))
  await client.put(statuses.entity, documentId, onlyKnown(values, published, statuses.entity))
  return true
}

/** What 1C users call the states of their documents. */
const words: Readonly<Record<Status['senderState'], string>> = {
  awaiting_signature: 'На подписи',
  signing: 'Подписывается',
  signed: 'Подписан',
  delivered: 'Ожидается ответ получателя',
  annulment_requested: 'Запрошено аннулирование',
  completed: 'Обмен завершён',
  refused: 'Отклонён',
  annulled: 'Аннулирован',
  failed: 'Ошибка передачи',
}

const stateText = ({ senderState, reason }: Status): string =>
  `${words[senderState]}${reason === undefined ? '' : `: ${reason}`}`

const incomingEntity = 'Document_ПоступлениеТоваровУслуг'

const writeIncoming = async (
  { settings, client, subject }: PullDeps,
  published: Published,
  status: Status,
): Promise<boolean> => {
  const isPaper = status.kind === 'act' || status.kind === 'waybill'
  if (!settings.incoming || !isPaper || !published.entities.has(incomingEntity)) return false
  // Once there it is the accountant's: it may have been filled in and posted.
  if ((await client.one(incomingEntity, status.documentId)) !== undefined) return false
  const refOf = async (entity: string, field: string, taxId: string): Promise<string | undefined> => {
    const [found] = await client.rows(entity, {
      $filter: `${field} eq '${taxId}'`,
      $select: 'Ref_Key',
      $top: 1,
    })
    return typeof found?.['Ref_Key'] === 'string' ? found['Ref_Key'] : undefined
  }
  const values = {
    Date: `${status.date}T00:00:00`,
    Организация_Key: await refOf(
      'Catalog_Организации',
      'ИдентификационныйНомер',
      subject.caller.companyTaxId,
    ),
    Контрагент_Key: await refOf('Catalog_Контрагенты', 'ИдентификационныйКодЛичности', status.senderTaxId),
    НомерВходящегоДокумента: status.number,
    ДатаВходящегоДокумента: `${status.date}T00:00:00`,
    СуммаДокумента: status.total === undefined ? undefined : Number(status.total),
    Комментарий: `ЭДО: ${status.kind === 'act' ? 'акт' : 'накладная'} № ${status.number} от ${status.date}, ${status.senderName}`,
  }
  await client.put(incomingEntity, status.documentId, onlyKnown(values, published, incomingEntity))
  return true
}

/** Configurations differ: a field that the base does not publish is left out, and an empty one too. */
const onlyKnown = (
  values: Record<string, unknown>,
  { entities }: Published,
  entity: string,
): Record<string, unknown> => {
  const known = entities.get(entity)
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) => value !== undefined && (known === undefined || known.has(name)),
    ),
  )
}
