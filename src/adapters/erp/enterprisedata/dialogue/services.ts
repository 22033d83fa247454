import { randomBytes } from 'node:crypto'
import type { Caller } from '../../../../core/company/index.ts'
import { Refusal, type Exchange, type Origin } from '../../../../core/exchange/index.ts'
import type { Language } from '../../../../core/kernel/index.ts'
import { faultSentence, type Arguments, type Member, type Parameter } from '../../../soap/index.ts'
import type { SoapOperation, SoapService, Structure, Values } from '../../../soap/index.ts'
import { edFault } from '../ed-faults.ts'
import { exchangePlan } from '../versions.ts'
import { takeMessage } from './intake.ts'
import { confirmed } from './node-state.ts'
import type { Notebook } from './notebook.ts'
import type { Outgoing } from './outgoing.ts'

/** What an operation gets to work with. */
export interface Call {
  gateway: Exchange
  caller: Caller
  notebook: Notebook
  outgoing: Outgoing
  origin: Omit<Origin, 'format'>
  language: Language
  now: Date
  given: Arguments
}

export interface Operation extends SoapOperation {
  run(call: Call): Promise<Values>
}

const maxPartBytes = 4 * 1024 * 1024
const maxParts = 10_000
const maxPartKb = 65_536
/** 1C cuts at 1024 KB; a base that names no size gets the same. */
const defaultPartKb = 1024

const id = (name: string): Parameter => ({ name, is: 'text', max: 64 })
const plan: Parameter = { name: 'ExchangePlanName', is: 'text', max: 200 }
const peer: Parameter = { name: 'PeerCode', is: 'text', max: 100 }
const said = (name: string): Member => ({ name, type: 'string', occurs: 'nillable' })
const errorMessage = said('ErrorMessage')
const nothing = said('return')

/** The result type of the standard service, in a namespace of its own. */
export const resultNamespace = 'http://v8.1c.ru/SSL/Exchange/EnterpriseDataExchange'
export const prepareResult: Structure = {
  name: 'PrepareDataOperationResult',
  namespace: resultNamespace,
  members: [
    { name: 'ErrorMessage', type: 'string', occurs: 'optional' },
    { name: 'FileID', type: 'string', occurs: 'optional' },
    { name: 'PartCount', type: 'int', occurs: 'optional' },
    { name: 'Status', type: 'string', occurs: 'optional' },
  ],
}

/** What 1C waits for after `PutData` and `PrepareDataForGetting`. Work is done before the answer, so never `Active`. */
type OperationStatus = 'Completed' | 'Failed'

interface OperationNote {
  what: 'put' | 'prepare'
  status: OperationStatus
  message: string
  fileId?: string
  partCount?: number
  partBytes?: number
}

/** Sorts by time, so that the oldest go first. */
const timeOrderedId = (now: Date): string => {
  const hex = now.getTime().toString(16).padStart(12, '0') + randomBytes(10).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const keptOperations = 100

const writeOperation = async ({ notebook, now }: Call, note: OperationNote): Promise<string> => {
  const operationId = timeOrderedId(now)
  await notebook.write(`operation/${operationId}`, note)
  await notebook.prune('operation/', keptOperations)
  return operationId
}

const sentence = (refusal: Refusal, language: Language): string => faultSentence(refusal.faults, language)

/** Refusals that a program meets by calling again later stay faults; people read the rest in `ErrorMessage`. */
const isForPrograms = ({ status }: Refusal): boolean => status === 'unavailable' || status === 'too-many'

/** Answers a refusal in the out-parameter that 1C shows. */
const orError = async (call: Call, failed: Values, work: () => Promise<Values>): Promise<Values> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Refusal) || isForPrograms(error)) throw error
    return { ...failed, ErrorMessage: sentence(error, call.language) }
  }
}

const connectedWords = ({ companyName, connectionName }: Caller, language: Language): string =>
  ({
    ru: `Соединение установлено: ${companyName}, подключение «${connectionName}».`,
    kk: `Байланыс орнатылды: ${companyName}, «${connectionName}» қосылымы.`,
    en: `Connected: ${companyName}, connection "${connectionName}".`,
  })[language]

const checkPlan = (name: string): void => {
  if (name !== exchangePlan) throw new Refusal('invalid', [edFault('ED-16', { plan: name })])
}

const testConnection = (call: Call): Promise<Values> =>
  orError(call, { return: false }, async () => {
    const { gateway, caller, language } = call
    // Asks the store too: a connection that can only be greeted is no connection.
    await gateway.list({ caller, filter: { box: 'outbox', limit: 1 } })
    // Connected although sending is closed: incoming documents and the archive work (offer 4.3).
    const { why } = await gateway.standing({ caller })
    const words = connectedWords(caller, language)
    return { return: true, ErrorMessage: why === undefined ? words : `${words}\n${why.message[language]}` }
  })

const skippedWords = (skipped: ReadonlyMap<string, number>): string =>
  skipped.size === 0
    ? ''
    : `Не обрабатываются и пропущены: ${[...skipped].map(([name, count]) => `${name} (${count})`).join(', ')}.`

/** Files of a connection in the store are the same for every door: these are ours. */
const storedAs = (fileId: string): string => `ed-${fileId}`

const put = async (call: Call, from: string | undefined): Promise<Values> => {
  const { gateway, caller, notebook, origin, given, language } = call
  const fileId = storedAs(given.text('FileID'))
  // Missing parts are told at once: nothing has begun.
  const content = await gateway.readUpload({ caller, fileId })
  let note: OperationNote
  try {
    const { messageNo, isRepeat, skipped } = await takeMessage({
      gateway,
      caller,
      notebook,
      origin,
      content,
      peer: from,
    })
    const repeat = isRepeat ? `Сообщение № ${messageNo} уже было принято, повтор пропущен.` : ''
    note = { what: 'put', status: 'Completed', message: [repeat, skippedWords(skipped)].join(' ').trim() }
  } catch (error) {
    if (!(error instanceof Refusal) || isForPrograms(error)) throw error
    note = { what: 'put', status: 'Failed', message: sentence(error, language) }
  }
  // The result is durable before the parts go: a crash in between leaves a file that nobody asks for.
  const operationId = await writeOperation(call, note)
  await gateway.discardUpload({ caller, fileId })
  return { return: '', OperationID: operationId, ErrorMessage: '' }
}

const operationOf = async ({ notebook, given }: Call): Promise<OperationNote> => {
  const operationId = given.text('OperationID')
  const note = await notebook.read<OperationNote>(`operation/${operationId}`)
  if (note === undefined) throw new Refusal('not-found', [edFault('ED-17', { id: operationId })])
  return note
}

const ping: Operation = {
  name: 'Ping',
  takes: [],
  gives: [nothing],
  run: () => Promise.resolve({ return: '' }),
}

const putFilePart: Operation = {
  name: 'PutFilePart',
  takes: [
    id('FileID'),
    { name: 'PartNumber', is: 'integer', min: 0, max: maxParts, nillable: true },
    { name: 'PartData', is: 'bytes', maxBytes: maxPartBytes },
  ],
  gives: [nothing, errorMessage],
  run: (call) =>
    orError(call, { return: '' }, async () => {
      const { gateway, caller, given } = call
      await gateway.putFilePart({
        caller,
        fileId: storedAs(given.text('FileID')),
        // A file in one piece has no number, or 0.
        part: Math.max(1, given.optionalInteger('PartNumber') ?? 1),
        bytes: given.bytes('PartData'),
      })
      return { return: '', ErrorMessage: '' }
    }),
}

const putDataActionResult: Operation = {
  name: 'PutDataActionResult',
  takes: [id('OperationID')],
  gives: [{ name: 'return', type: 'string' }, errorMessage],
  run: (call) =>
    orError(call, { return: 'Failed' }, async () => {
      const { status, message } = await operationOf(call)
      return { return: status, ErrorMessage: message }
    }),
}

const putDataGives: readonly Member[] = [nothing, said('OperationID'), errorMessage]

/** `http://www.1c.ru/SSL/EnterpriseDataUpload_1_0_1_1`: a base sends, and hears whether it arrived. */
const uploadOperations: readonly Operation[] = [
  ping,
  {
    name: 'TestConnection',
    takes: [],
    gives: [{ name: 'return', type: 'boolean' }, errorMessage],
    run: testConnection,
  },
  putFilePart,
  {
    name: 'PutData',
    takes: [id('FileID')],
    gives: putDataGives,
    run: (call) => orError(call, { return: '', OperationID: '' }, () => put(call, undefined)),
  },
  putDataActionResult,
]

/** `http://www.1c.ru/SSL/EnterpriseDataExchange_1_0_1_1`: a base sends, and fetches what came for it. */
const exchangeOperations: readonly Operation[] = [
  ping,
  {
    name: 'TestConnection',
    takes: [plan, peer],
    gives: [{ name: 'return', type: 'boolean' }, errorMessage],
    run: (call) =>
      orError(call, { return: false }, async () => {
        checkPlan(call.given.text('ExchangePlanName'))
        return testConnection(call)
      }),
  },
  {
    name: 'PrepareDataForGetting',
    takes: [plan, peer, { name: 'PartSize', is: 'decimal', max: maxPartKb }],
    gives: [nothing, said('OperationID'), errorMessage],
    run: (call) =>
      orError(call, { return: '', OperationID: '' }, async () => {
        const { given, now } = call
        checkPlan(given.text('ExchangePlanName'))
        const fileId = timeOrderedId(now)
        const size = await call.outgoing.prepare({ ...call, peer: given.text('PeerCode'), fileId })
        const kilobytes = Math.floor(Number(given.text('PartSize')))
        const partBytes = (kilobytes > 0 ? kilobytes : defaultPartKb) * 1024
        const operationId = await writeOperation(call, {
          what: 'prepare',
          status: 'Completed',
          message: '',
          fileId,
          partCount: Math.ceil(size / partBytes),
          partBytes,
        })
        await call.notebook.write(`cut/${fileId}`, { partBytes })
        await call.notebook.prune('cut/', keptOperations)
        return { return: '', OperationID: operationId, ErrorMessage: '' }
      }),
  },
  {
    name: 'PrepareDataActionResult',
    takes: [id('OperationID')],
    gives: [{ name: 'return', type: prepareResult }, errorMessage],
    run: (call) =>
      orError(call, { return: { Status: 'Failed' } }, async () => {
        const { status, message, fileId, partCount } = await operationOf(call)
        return {
          return: { ErrorMessage: message, FileID: fileId, PartCount: partCount, Status: status },
          ErrorMessage: message,
        }
      }),
  },
  {
    name: 'GetDataPart',
    takes: [id('FileID'), { name: 'PartNumber', is: 'integer', min: 0, max: maxParts }],
    gives: [{ name: 'return', type: 'base64Binary', occurs: 'nillable' }, errorMessage],
    run: (call) =>
      orError(call, { return: undefined }, async () => {
        const fileId = call.given.text('FileID')
        const cut = await call.notebook.read<{ partBytes: number }>(`cut/${fileId}`)
        if (cut === undefined) throw new Refusal('not-found', [edFault('ED-17', { id: fileId })])
        const part = Math.max(1, call.given.integer('PartNumber'))
        return { return: await call.outgoing.part(call, fileId, cut.partBytes, part), ErrorMessage: '' }
      }),
  },
  {
    name: 'ConfirmGettingFile',
    takes: [id('FileID'), { name: 'ClearDataPool', is: 'boolean' }],
    gives: [nothing, errorMessage],
    run: (call) =>
      orError(call, { return: '' }, async () => {
        const { notebook, given } = call
        const sent = await call.outgoing.forget(call, given.text('FileID'))
        // The base has loaded it and wants it told no more; otherwise its next message confirms by number.
        if (sent !== undefined && given.flag('ClearDataPool'))
          await notebook.changeNode(sent.peer, (state) => confirmed(state, sent.messageNo))
        return { return: '', ErrorMessage: '' }
      }),
  },
  putFilePart,
  {
    name: 'PutData',
    takes: [plan, peer, id('FileID')],
    gives: putDataGives,
    run: (call) =>
      orError(call, { return: '', OperationID: '' }, async () => {
        checkPlan(call.given.text('ExchangePlanName'))
        return put(call, call.given.text('PeerCode'))
      }),
  },
  putDataActionResult,
]

const service = (name: string, operations: readonly Operation[]): SoapService<Operation> => ({
  name,
  port: `${name}Soap`,
  namespace: `http://www.1c.ru/SSL/${name}`,
  operations,
})

/** The standard services of 1C, under their own names: a base finds them where it looks for those of another base. */
export const services: readonly SoapService<Operation>[] = [
  service('EnterpriseDataUpload_1_0_1_1', uploadOperations),
  service('EnterpriseDataExchange_1_0_1_1', exchangeOperations),
]
