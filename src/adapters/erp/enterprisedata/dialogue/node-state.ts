import { failed, ok, type Result } from '../../../../core/kernel/index.ts'
import { edFault } from '../ed-faults.ts'
import type { MessageHeader } from '../read/message.ts'

/** One end of an exchange as we remember it: a note of the door for each node of the connection. */
export interface NodeState {
  /** Our code, as the base has us in its exchange plan. */
  own: string
  /** The code under which the base speaks. */
  peer: string
  /** Versions and kinds of objects that the base said it takes; undefined until it says. */
  versions: string[]
  receives: string[] | undefined
  /** The last message taken in, and what the latest ones held. */
  receivedNo: number
  received: { no: number; digest: string }[]
  /** The last message that we made. */
  sentNo: number
  /** Position in the company's feed up to which the base has confirmed. */
  cursor: string | undefined
  /** Messages that wait for confirmation, with the position that each reaches. */
  sent: { no: number; cursor: string }[]
}

/** So many digests are kept: repeats come soon or never. */
const keptDigests = 50
const keptSent = 50

/** What our node is called until the base says what it calls us. */
const unnamed = 'DANEKER'

export const newNode = (peer: string): NodeState => ({
  own: unnamed,
  peer,
  versions: [],
  receives: undefined,
  receivedNo: 0,
  received: [],
  sentNo: 0,
  cursor: undefined,
  sent: [],
})

/** Messages of ours up to `no` have arrived: what they told is not told again. */
export const confirmed = (state: NodeState, no: number): NodeState => {
  const reached = state.sent.filter((message) => message.no <= no).at(-1)
  return {
    ...state,
    cursor: reached?.cursor ?? state.cursor,
    sent: state.sent.filter((message) => message.no > no),
    // The base has seen higher numbers than we remember: the next has to be above them, or it is ignored.
    sentNo: Math.max(state.sentNo, no),
  }
}

/**
 * The rule of numbers. A number already taken in is a repeat and changes nothing; the same number over other
 * content means a base restored from a copy, whose documents must not vanish in silence. Numbers may be skipped:
 * 1C sends again what was not confirmed.
 */
export const judged = (
  state: NodeState,
  { messageNo }: MessageHeader,
  digest: string,
  holdsDocuments: boolean,
): Result<'new' | 'repeat'> => {
  if (messageNo > state.receivedNo) return ok('new')
  const before = state.received.find(({ no }) => no === messageNo)
  if (before?.digest === digest || !holdsDocuments) return ok('repeat')
  return failed(edFault('ED-15', { number: messageNo, last: state.receivedNo }))
}

/** After the documents of a message are in. */
export const taken = (state: NodeState, header: MessageHeader, digest: string): NodeState => {
  const isNew = header.messageNo > state.receivedNo
  const learnt: NodeState = {
    ...state,
    own: header.to ?? state.own,
    peer: header.newFrom ?? header.from,
    versions: header.availableVersions.length > 0 ? header.availableVersions : state.versions,
    receives: header.receives ?? state.receives,
    receivedNo: Math.max(state.receivedNo, header.messageNo),
    received: isNew
      ? [...state.received, { no: header.messageNo, digest }].slice(-keptDigests)
      : state.received,
  }
  return confirmed(learnt, header.receivedNo)
}

/** One message more is under way. */
export const sending = (state: NodeState, cursor: string): NodeState => {
  const no = state.sentNo + 1
  return { ...state, sentNo: no, sent: [...state.sent, { no, cursor }].slice(-keptSent) }
}
