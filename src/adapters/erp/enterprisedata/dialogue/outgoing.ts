import type { Caller } from '../../../../core/company/index.ts'
import { Refusal, type Exchange, type Status } from '../../../../core/exchange/index.ts'
import { readDocumentXml } from '../../../xml/index.ts'
import { writeZip } from '../../../zip/index.ts'
import { edFault } from '../ed-faults.ts'
import { versionFor } from '../versions.ts'
import { incomingObjectOf, isWritable, writeIncoming } from '../write/incoming.ts'
import { writeMessage } from '../write/message.ts'
import {
  basisMembers,
  mostUrgent,
  stateObject,
  stateWordsOf,
  writeState,
  type StateItem,
} from '../write/states.ts'
import { newNode, sending, type NodeState } from './node-state.ts'
import { each, type Notebook, type ObjectNote } from './notebook.ts'

/** One message takes at most so many documents and states: what is left comes with the next. */
const maxItems = 500
const feedPage = 500

type Item = { documentId: string } | { state: StateItem }

/** A message as decided: everything its bytes follow from. */
interface OutgoingNote {
  peer: string
  from: string
  to: string
  messageNo: number
  receivedNo: number
  at: string
  version: string | undefined
  items: Item[]
}

interface Prepare {
  gateway: Exchange
  caller: Caller
  notebook: Notebook
  peer: string
  fileId: string
  now: Date
}

const takes = (state: NodeState, object: string): boolean => state.receives?.includes(object) ?? true

/** How the base knows a document that it sent through this door. */
const noteOf = async (notebook: Notebook, guid: string): Promise<ObjectNote | undefined> => {
  // Most objects become one document under their own reference.
  const own = await notebook.read<ObjectNote>(`object/${guid}`)
  if (own !== undefined) return own
  const part = await notebook.read<{ ref: string }>(`part/${guid}`)
  return part === undefined ? undefined : notebook.read<ObjectNote>(`object/${part.ref}`)
}

const commentOf = ({ reason, registrationNumber }: Status): string | undefined => {
  const parts = [
    reason === undefined ? undefined : `Причина: ${reason}`,
    registrationNumber === undefined ? undefined : `Регистрационный номер ИС ЭСФ: ${registrationNumber}`,
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : parts.join('. ')
}

const ownOf = ({ companyName, companyTaxId }: Caller) => ({ name: companyName, taxId: companyTaxId })

const sentState = async (
  { gateway, caller, notebook }: Prepare,
  status: Status,
): Promise<StateItem | undefined> => {
  const note = await noteOf(notebook, status.guid)
  const member = note === undefined ? undefined : basisMembers[note.object]
  if (note === undefined || member === undefined) return undefined
  const statuses: Status[] = [status]
  for (const guid of note.guids) {
    if (guid !== status.guid) statuses.push(await gateway.status({ caller, documentId: guid }))
  }
  const shown = mostUrgent(statuses) ?? status
  const { ref, number, at } = note
  return {
    ...stateWordsOf(shown),
    member,
    ref,
    number,
    at,
    own: ownOf(caller),
    comment: commentOf(shown),
  }
}

const receivedState = ({ caller }: Prepare, status: Status): StateItem | undefined => {
  const member = basisMembers[incomingObjectOf(status.kind) ?? '']
  if (member === undefined) return undefined
  return {
    ...stateWordsOf(status),
    member,
    ref: status.documentId,
    number: status.number,
    at: `${status.date}T00:00:00`,
    own: ownOf(caller),
    partner: { name: status.senderName, taxId: status.senderTaxId },
    comment: commentOf(status),
  }
}

/** What the feed has told since the base last confirmed: each document once, with its latest state. */
const itemsSince = async (
  prepare: Prepare,
  state: NodeState,
): Promise<{ items: Item[]; cursor: string | undefined }> => {
  const { gateway, caller } = prepare
  const latest = new Map<string, Status>()
  const arrived = new Set<string>()
  let { cursor } = state
  for (let more = true; more && latest.size < maxItems;) {
    const page = await gateway.changes({ caller, cursor, limit: feedPage })
    for (const { documentId, name, status } of page.changes) {
      latest.set(documentId, status)
      if (name === 'document.arrived') arrived.add(documentId)
    }
    cursor = page.cursor
    more = page.more
  }
  const states = new Map<string, StateItem>()
  if (takes(state, stateObject)) {
    await each([...latest.values()], async (status) => {
      const item =
        status.side === 'sender' ? await sentState(prepare, status) : receivedState(prepare, status)
      if (item !== undefined) states.set(status.documentId, item)
    })
  }
  const items: Item[] = []
  const told = new Set<string>()
  for (const [documentId, status] of latest) {
    const object = incomingObjectOf(status.kind)
    if (
      status.side === 'recipient' &&
      arrived.has(documentId) &&
      object !== undefined &&
      takes(state, object)
    )
      items.push({ documentId })
    const item = states.get(documentId)
    // Both documents of one object have one state in 1C.
    if (item === undefined || told.has(item.ref)) continue
    told.add(item.ref)
    items.push({ state: item })
  }
  return { items, cursor }
}

/** Bytes of a message from its note. The same note gives the same bytes: parts are cut from them one by one. */
const packed = async (gateway: Exchange, caller: Caller, note: OutgoingNote): Promise<Buffer> => {
  const { version } = note
  const objects: string[] = []
  for (const item of version === undefined ? [] : note.items) {
    if ('state' in item) objects.push(writeState(item.state, version ?? ''))
    else {
      const { bytes } = await gateway.document({ caller, documentId: item.documentId })
      const read = await readDocumentXml(bytes, { limits: { maxNodes: 5_000_000 } })
      if (!read.ok || !isWritable(read.value)) throw new Error('a stored document cannot be read')
      objects.push(await writeIncoming(read.value, { ref: item.documentId, version: version ?? '' }))
    }
  }
  const at = new Date(note.at)
  const xml = writeMessage({ ...note, at, objects })
  return writeZip([{ name: `Message_${note.from}_${note.to}.xml`, bytes: Buffer.from(xml) }], at)
}

/** Messages for bases: made, kept as notes, cut into parts. Remembers the last few as bytes, to cut them quickly. */
export class Outgoing {
  readonly #packed = new Map<string, Buffer>()

  /** @returns size of the file in bytes */
  async prepare(prepare: Prepare): Promise<number> {
    const { gateway, caller, notebook, peer, fileId, now } = prepare
    const state = (await notebook.node(peer)) ?? newNode(peer)
    const version = versionFor(state.versions)
    // Without a version in common there is nothing but the handshake, and the feed waits.
    const { items, cursor } =
      version === undefined ? { items: [], cursor: state.cursor } : await itemsSince(prepare, state)
    const next = await notebook.changeNode(peer, (current) => sending(current, cursor ?? ''))
    const note: OutgoingNote = {
      peer,
      from: next.own,
      to: next.peer,
      messageNo: next.sentNo,
      receivedNo: next.receivedNo,
      at: now.toISOString(),
      version,
      items,
    }
    await notebook.write(`file/${fileId}`, note)
    await notebook.prune('file/', keptFiles)
    return (await this.#bytes(gateway, caller, notebook, fileId)).byteLength
  }

  async part(
    { gateway, caller, notebook }: Pick<Prepare, 'gateway' | 'caller' | 'notebook'>,
    fileId: string,
    partBytes: number,
    part: number,
  ): Promise<Uint8Array> {
    const bytes = await this.#bytes(gateway, caller, notebook, fileId)
    const from = (part - 1) * partBytes
    if (from >= bytes.byteLength || part < 1) throw new Refusal('invalid', [edFault('ED-17', { id: fileId })])
    return bytes.subarray(from, from + partBytes)
  }

  /** The number of the message that a file holds, and whose it is. */
  async forget(
    { caller, notebook }: Pick<Prepare, 'caller' | 'notebook'>,
    fileId: string,
  ): Promise<{ peer: string; messageNo: number } | undefined> {
    const note = await notebook.read<OutgoingNote>(`file/${fileId}`)
    await notebook.remove(`file/${fileId}`)
    this.#packed.delete(`${caller.connectionId}/${fileId}`)
    return note
  }

  async #bytes(gateway: Exchange, caller: Caller, notebook: Notebook, fileId: string): Promise<Buffer> {
    const key = `${caller.connectionId}/${fileId}`
    const ready = this.#packed.get(key)
    if (ready !== undefined) return ready
    const note = await notebook.read<OutgoingNote>(`file/${fileId}`)
    if (note === undefined) throw new Refusal('not-found', [edFault('ED-17', { id: fileId })])
    const bytes = await packed(gateway, caller, note)
    this.#packed.set(key, bytes)
    const [oldest] = this.#packed.keys()
    if (this.#packed.size > rememberedFiles && oldest !== undefined) this.#packed.delete(oldest)
    return bytes
  }
}

const keptFiles = 20
const rememberedFiles = 8
