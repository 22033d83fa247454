import { failed, ok, type Result } from '../../../../core/kernel/index.ts'
import { decodeXml, readXml, Unreadable, type XmlElement, type XmlListener } from '../../../xml/index.ts'
import { readZip } from '../../../zip/index.ts'
import { edFault } from '../ed-faults.ts'
import { isKnownVersion, messageNamespace, versionIn } from '../versions.ts'
import { childOf, newNode, textOf, type EdNode } from './object-tree.ts'

/** What the two ends of an exchange tell each other about the exchange itself. */
export interface MessageHeader {
  /** `…/EnterpriseData` in a handshake, `…/EnterpriseData/1.8` over data. */
  format: string
  plan: string | undefined
  to: string | undefined
  from: string
  messageNo: number
  /** The last message of ours that the base has taken in. */
  receivedNo: number
  availableVersions: string[]
  /** The code under which the base will speak from now on. */
  newFrom: string | undefined
  /** What the base takes, by `Receiving`. Undefined when it does not say. */
  receives: string[] | undefined
}

/** Told of each object of the body while the message is read. */
export type ObjectListener = (object: EdNode, version: string) => void

/** A package of thousands of documents; the bytes are bounded before. */
const messageLimits = { maxNodes: 8_000_000, maxDepth: 64 }
/** Unpacked. 2 000 documents with 20 lines take about 40 MiB. */
const zipLimits = { maxBytes: 160 * 1024 * 1024, maxEntries: 16 }

class MessageListener implements XmlListener {
  header: EdNode | undefined
  version: string | undefined
  private readonly onObject: ObjectListener
  private depth = 0
  private isInBody = false
  private node: EdNode | undefined

  constructor(onObject: ObjectListener) {
    this.onObject = onObject
  }

  open({ uri, local }: XmlElement): void {
    this.depth += 1
    if (this.depth === 1) {
      if (local !== 'Message' || (uri !== '' && uri !== messageNamespace))
        throw new Unreadable(edFault('ED-01'))
    } else if (this.depth === 2) this.openPart(uri, local)
    else if (this.node !== undefined || this.isInBody) this.node = newNode(local, uri, this.node)
  }

  private openPart(uri: string, local: string): void {
    if (local === 'Header' && uri === messageNamespace && this.header === undefined) {
      this.header = newNode('Header', uri, undefined)
      this.node = this.header
    } else if (local === 'Body') {
      if (this.header === undefined || this.version !== undefined) throw new Unreadable(edFault('ED-01'))
      const version = versionIn(uri)
      if (version === undefined || !isKnownVersion(version))
        throw new Unreadable(edFault('ED-03', { version: version ?? uri }))
      this.version = version
      this.isInBody = true
    }
  }

  text(text: string): void {
    const { node } = this
    if (node !== undefined) node.text = node.text === '' ? text : node.text + text
  }

  close(): void {
    this.depth -= 1
    const { node } = this
    if (node !== undefined) {
      this.node = node.parent
      if (this.node === undefined && this.isInBody) this.onObject(node, this.version ?? '')
    }
    if (this.depth === 1) {
      this.isInBody = false
      this.node = undefined
    }
  }
}

const whole = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined

const headerFrom = (header: EdNode): Result<MessageHeader> => {
  const confirmation = childOf(header, 'Confirmation')
  const from = textOf(childOf(confirmation, 'From'))
  const messageNo = whole(textOf(childOf(confirmation, 'MessageNo')))
  const received = childOf(confirmation, 'ReceivedNo')
  const receivedNo = received === undefined ? 0 : whole(textOf(received))
  const format = textOf(childOf(header, 'Format'))
  const missing: string[] = []
  if (format === undefined) missing.push('Format')
  if (from === undefined) missing.push('Confirmation/From')
  if (messageNo === undefined || messageNo === 0) missing.push('Confirmation/MessageNo')
  if (receivedNo === undefined) missing.push('Confirmation/ReceivedNo')
  if (format === undefined || from === undefined || messageNo === undefined || receivedNo === undefined)
    return failed(...missing.map((field) => edFault('ED-02', { field })))
  if (missing.length > 0) return failed(...missing.map((field) => edFault('ED-02', { field })))
  const types = childOf(header, 'AvailableObjectTypes')
  return ok({
    format,
    plan: textOf(childOf(confirmation, 'ExchangePlan')),
    to: textOf(childOf(confirmation, 'To')),
    from,
    messageNo,
    receivedNo,
    availableVersions: header.children
      .filter(({ name }) => name === 'AvailableVersion')
      .flatMap((node) => textOf(node) ?? []),
    newFrom: textOf(childOf(header, 'NewFrom')),
    receives: types?.children
      .filter((type) => textOf(childOf(type, 'Receiving')) !== undefined)
      .flatMap((type) => textOf(childOf(type, 'Name')) ?? []),
  })
}

/** The message of a file as 1C sends it: XML with or without a byte order mark, or a zip with one. */
const messageBytes = async (bytes: Uint8Array): Promise<Result<Uint8Array>> => {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return ok(bytes)
  const entries = await readZip(bytes, zipLimits)
  if (!entries.ok) return entries
  const files = entries.value.filter(({ name }) => /\.xml$/i.test(name))
  const [only] = files.length > 1 ? files.filter(({ name }) => /(^|\/)Message_/i.test(name)) : files
  return only === undefined || files.length > 8 ? failed(edFault('ED-04')) : ok(only.bytes)
}

/**
 * Reads a message in one pass and tells of each object of its body as it ends. What is told before a fault is
 * found counts for nothing: then the whole message is refused.
 */
export const readMessage = async (
  bytes: Uint8Array,
  onObject: ObjectListener,
): Promise<Result<{ header: MessageHeader; version: string | undefined }>> => {
  const message = await messageBytes(bytes)
  if (!message.ok) return message
  const text = decodeXml(message.value)
  if (!text.ok) return text
  const listener = new MessageListener(onObject)
  const read = await readXml(text.value, listener, messageLimits)
  if (!read.ok) return read
  if (listener.header === undefined) return failed(edFault('ED-01'))
  const header = headerFrom(listener.header)
  if (!header.ok) return header
  const { version } = listener
  const stated = versionIn(header.value.format)
  if (version !== undefined && stated !== undefined && stated !== version)
    return failed(edFault('ED-19', { header: stated, body: version }))
  return ok({ header: header.value, version })
}
