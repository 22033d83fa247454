import { createHash } from 'node:crypto'
import type { Caller } from '../../../../core/company/index.ts'
import type { Document } from '../../../../core/document/index.ts'
import { Refusal, type Exchange, type Origin, type Receipt } from '../../../../core/exchange/index.ts'
import { readDocumentXml } from '../../../xml/index.ts'
import { edFault } from '../ed-faults.ts'
import { enterpriseData, type Remembered } from '../read/package.ts'
import { surveyMessage, type Survey } from '../read/survey.ts'
import { exchangePlan } from '../versions.ts'
import { judged, newNode, taken } from './node-state.ts'
import { each, type Notebook, type ObjectNote } from './notebook.ts'

interface Put {
  gateway: Exchange
  caller: Caller
  notebook: Notebook
  origin: Omit<Origin, 'format'>
  content: Uint8Array
  /** As the call names the base; undefined in the service that only uploads. */
  peer: string | undefined
}

export interface Taken {
  messageNo: number
  isRepeat: boolean
  receipts: Receipt[]
  /** Objects of kinds that are not processed. */
  skipped: Map<string, number>
}

/**
 * Takes a message in: the header by the rules of the exchange, the documents through the gateway, all or none of
 * them. The number counts as received only after everything else is written, so that a crash anywhere leaves a
 * message that 1C may send again.
 */
export const takeMessage = async (put: Put): Promise<Taken> => {
  const { notebook, content } = put
  const read = await surveyMessage(content)
  if (!read.ok) throw new Refusal('invalid', read.faults)
  const survey = read.value
  const { header, skipped } = survey
  checkPlan(header.plan)
  await checkPeer(put, header.from, header.newFrom)

  const digest = createHash('sha256').update(content).digest('hex')
  const state = (await notebook.node(header.from)) ?? newNode(header.from)
  const verdict = judged(state, header, digest, survey.documents.length > 0)
  if (!verdict.ok) throw new Refusal('conflict', verdict.faults)
  if (verdict.value === 'repeat') {
    await notebook.changeNode(header.from, (now) => taken(now, header, digest))
    return { messageNo: header.messageNo, isRepeat: true, receipts: [], skipped }
  }

  const receipts = survey.documents.length === 0 ? [] : await sendDocuments(put, survey)
  await remember(notebook, survey)
  if (header.newFrom !== undefined) await notebook.rename(header.from, header.newFrom)
  await notebook.changeNode(header.from, (now) => taken(now, header, digest))
  return { messageNo: header.messageNo, isRepeat: false, receipts, skipped }
}

const checkPlan = (plan: string | undefined): void => {
  if (plan !== undefined && plan !== exchangePlan) throw new Refusal('invalid', [edFault('ED-16', { plan })])
}

/** The call and the message must speak of the same node, under its old code or its new one. */
const checkPeer = async (
  { peer, notebook }: Put,
  from: string,
  newFrom: string | undefined,
): Promise<void> => {
  if (peer === undefined || peer === from || peer === newFrom) return
  const [a, b] = [await notebook.node(peer), await notebook.node(from)]
  if (a === undefined || b === undefined || a.peer !== b.peer)
    throw new Refusal('invalid', [edFault('ED-21', { from, peer })])
}

/**
 * A base that writes a document again sends it again. When something around it has changed in between (an address
 * in a catalogue, the profile), the version of the data is the same and the words are not: then the accepted
 * document is handed to the reader and stands.
 */
const sendDocuments = async (put: Put, survey: Survey): Promise<Receipt[]> => {
  const { gateway, caller, origin, content } = put
  const message = {
    caller,
    format: enterpriseData.name,
    fileName: `Message_${survey.header.from}_${survey.header.to ?? ''}.xml`,
    content,
    origin,
  }
  const known = await whatIsKnown(put, survey)
  try {
    return await gateway.sendMessage({ ...message, known })
  } catch (error) {
    const isVersionTaken = error instanceof Refusal && error.faults.some(({ code }) => code === 'EXCHANGE-03')
    if (!isVersionTaken) throw error
    await each(survey.documents, (document) => addAccepted(put, known, document.ref, document.guids))
    return gateway.sendMessage({ ...message, known })
  }
}

/** Requisites of the companies in the package, and source documents of its invoices that it does not hold. */
const whatIsKnown = async (put: Put, { documents }: Survey): Promise<Map<string, Remembered>> => {
  const known = new Map<string, Remembered>()
  await each([...new Set(documents.flatMap(({ companies }) => companies))], async (ref) => {
    const requisites = await put.notebook.read<Remembered['requisites']>(`company/${ref}`)
    if (requisites !== undefined) known.set(ref, { requisites })
  })
  const here = new Set(documents.map(({ ref }) => ref))
  const elsewhere = new Set(documents.flatMap(({ bases }) => bases.filter((ref) => !here.has(ref))))
  await each([...elsewhere], async (ref) => {
    const note = await put.notebook.read<ObjectNote>(`object/${ref}`)
    if (note !== undefined) await addAccepted(put, known, ref, note.guids)
  })
  return known
}

const addAccepted = async (
  { gateway, caller }: Put,
  known: Map<string, Remembered>,
  ref: string,
  guids: readonly string[],
): Promise<void> => {
  const documents: Document[] = []
  for (const guid of guids) {
    const found = await gateway.document({ caller, documentId: guid }).catch(unlessNotFound)
    const read = found === undefined ? undefined : await readDocumentXml(found.bytes, { limits: ownLimits })
    if (read?.ok === true) documents.push(read.value)
  }
  if (documents.length > 0) known.set(ref, { ...known.get(ref), documents })
}

/** Our own exact bytes, bounded when they were accepted. */
const ownLimits = { maxNodes: 5_000_000 }

const unlessNotFound = (error: unknown): undefined => {
  if (error instanceof Refusal && error.status === 'not-found') return undefined
  throw error
}

/** Under which references the base knows our documents, and what its catalogues say. */
const remember = async (notebook: Notebook, { documents, requisites }: Survey): Promise<void> => {
  await each(documents, async ({ object, ref, number, at, guids }) => {
    const note: ObjectNote = { object, ref, number, at, guids }
    await notebook.write(`object/${ref}`, note)
    for (const guid of guids) if (guid !== ref) await notebook.write(`part/${guid}`, { ref })
  })
  await each([...requisites], ([ref, found]) => notebook.write(`company/${ref}`, found))
}
