import type { Caller } from '../../../../core/company/index.ts'
import type { Document } from '../../../../core/document/index.ts'
import type { Change, DoorNotes, Exchange, Status } from '../../../../core/exchange/index.ts'
import { readExactBytes } from '../../../xml/index.ts'
import type { Place } from '../tree.ts'
import { xmlOf } from '../write/element.ts'
import { documentElement } from '../write/document.ts'
import { doorName } from './sessions.ts'

/** Where a base stands in the feed: what it has said `success` to, and what it was given last. */
interface Position {
  confirmed?: string
  given?: string
}

const maxChanges = 200
/** Letters of one answer, about: 1C holds it in memory. */
const maxLetters = 4 * 1024 * 1024
/** A file inside a document that is larger than this is announced without its content. */
const maxContentLetters = 1024 * 1024

const senderWords: Readonly<Record<Status['senderState'], string>> = {
  awaiting_signature: 'На подписи',
  signing: 'Подписывается',
  signed: 'Подписан, отправляется',
  delivered: 'Доставлен получателю',
  annulment_requested: 'Ожидается аннулирование',
  completed: 'Обмен завершён',
  refused: 'Отклонён получателем',
  annulled: 'Аннулирован',
  failed: 'Ошибка передачи',
}

const recipientWords: Readonly<Record<Status['recipientState'], string>> = {
  none: 'Ещё не доставлен',
  arrived: 'Получен, не просмотрен',
  viewed: 'Просмотрен, ожидается ответ',
  annulment_requested: 'Отправитель просит аннулировать',
  accepted: 'Принят',
  refused: 'Отклонён',
  settled: 'Получен',
  annulled: 'Аннулирован',
}

/**
 * What `sale/query` hands out: incoming documents, and outgoing ones whose state has changed. The same again until the
 * base says `success`, so that a lost answer loses nothing.
 */
export class Outgoing {
  readonly #gateway: Exchange
  readonly #notes: DoorNotes

  constructor(gateway: Exchange, notes: DoorNotes) {
    this.#gateway = gateway
    this.#notes = notes
  }

  async next(caller: Caller): Promise<Place[]> {
    const { position, revision } = await this.#position(caller)
    const changes = await this.#gateway.changes({ caller, cursor: position.confirmed, limit: maxChanges })
    const latest = new Map<string, Change>()
    const places: Place[] = []
    let letters = 0
    let given = position.confirmed
    // Of several changes of one document the last one tells its state.
    for (const change of changes.changes) latest.set(change.documentId, change)
    const written = new Set<string>()
    for (const change of changes.changes) {
      const last = latest.get(change.documentId)
      if (last !== undefined && !written.has(change.documentId)) {
        const place = await this.#placeOf(caller, last)
        written.add(change.documentId)
        letters += place === undefined ? 0 : xmlOf(place).length
        if (letters > maxLetters && places.length > 0) break
        if (place !== undefined) places.push(place)
      }
      given = change.cursor
      if (change === changes.changes.at(-1)) given = changes.cursor
    }
    const next: Position = { ...position, ...(given === undefined ? {} : { given }) }
    await this.#notes.write(this.#place(caller), next, revision)
    return places
  }

  /** The base has taken what it was given. */
  async confirm(caller: Caller): Promise<void> {
    const { position, revision } = await this.#position(caller)
    if (position.given === undefined) return
    await this.#notes.write(this.#place(caller), { confirmed: position.given }, revision)
  }

  async #placeOf(caller: Caller, { documentId, status }: Change): Promise<Place | undefined> {
    // A document that could not be sent has nobody to tell but its sender; it is told by its state.
    const { bytes } = await this.#gateway.document({ caller, documentId })
    const read = await readExactBytes(status.kind, bytes)
    if (!read.ok) throw new Error(`document ${documentId} cannot be read back`)
    const isOurs = status.side === 'sender'
    return documentElement(withoutLargeContent(read.value), {
      role: isOurs ? 'Продавец' : 'Покупатель',
      notes: {
        'Идентификатор ЭДО': documentId,
        'Состояние ЭДО': isOurs ? senderWords[status.senderState] : recipientWords[status.recipientState],
        'Код состояния ЭДО': isOurs ? status.senderState : status.recipientState,
        'Причина ЭДО': status.reason,
        'Регистрационный номер ЭСФ': status.registrationNumber,
      },
    })
  }

  async #position(caller: Caller): Promise<{ position: Position; revision: number }> {
    const note = await this.#notes.read(this.#place(caller))
    return { position: (note?.value as Position | undefined) ?? {}, revision: note?.revision ?? 0 }
  }

  #place({ connectionId }: Caller): { connectionId: string; door: string; key: string } {
    return { connectionId, door: doorName, key: 'feed' }
  }
}

/** The base fetches a large file by its identifier, over REST or in the cabinet. */
const withoutLargeContent = (document: Document): Document =>
  (document.kind === 'file' || document.kind === 'contract') &&
  (document.content?.length ?? 0) > maxContentLetters
    ? { ...document, content: '' }
    : document
