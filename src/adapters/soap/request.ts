import { documentNamespace, documentXmlReader, kindOfRootElement } from '../../core/document/index.ts'
import type { Document, DocumentXmlReader } from '../../core/document/index.ts'
import { failed, ok } from '../../core/kernel/index.ts'
import type { Fault, Result } from '../../core/kernel/index.ts'
import { charsetOf, decodeXml, documentXmlLimits, readXml, Unreadable } from '../xml/index.ts'
import type { XmlElement, XmlListener, XmlPlace } from '../xml/index.ts'
import { Base64Collector } from './base64.ts'
import { Arguments } from './arguments.ts'
import {
  encodingNamespace,
  envelopeNamespace,
  instanceNamespace,
  schemaNamespace,
  soap12Namespace,
  xmlnsNamespace,
} from './namespaces.ts'
import type { Parameter, SoapOperation, SoapService } from './shapes.ts'
import { actionAgrees } from './soap-action.ts'
import { soapFault } from './soap-faults.ts'

interface SoapRequest<Operation extends SoapOperation> {
  operation: Operation
  given: Arguments
}

/** After so many faults the rest is noise, and reading on would be the sender's free ride. */
const maxFaults = 100

const blank = /^[\s]*$/
const longestName = 80
const shown = (name: string): string => name.slice(0, longestName)

/** XML Schema's canonical way for `xs:token`-like values: 1C pads nothing, people's scripts do. */
const collapsed = (text: string): string => text.trim()

const megabytes = (bytes: number): number => Math.floor(bytes / (1024 * 1024))

type Where = 'start' | 'envelope' | 'header' | 'body' | 'operation' | 'parameter' | 'document' | 'end'

/** Follows one envelope, checks it against the operation's declaration as it goes, collects every fault. */
class EnvelopeReader<Operation extends SoapOperation> implements XmlListener {
  private readonly service: SoapService<Operation>
  private readonly action: string | undefined
  private readonly faults: Fault[] = []
  private readonly values = new Map<string, string | number | boolean | Uint8Array | Document>()
  private where: Where = 'start'
  private operation: Operation | undefined
  private sawBody = false
  /** Open elements inside a part that is skipped: header blocks, unknown elements. */
  private skipping = 0
  /** Place of the parameter being read in the operation's declaration, and of the last one seen. */
  private current: Parameter | undefined
  private position = -1
  private readonly seen = new Set<string>()
  private isNil = false
  private pieces = ''
  private bytes: Base64Collector | undefined
  private document: DocumentXmlReader | undefined
  private documentDepth = 0

  constructor(service: SoapService<Operation>, action: string | undefined) {
    this.service = service
    this.action = action
  }

  open(element: XmlElement, place: XmlPlace): void {
    if (this.skipping > 0) {
      this.skipping++
      return
    }
    switch (this.where) {
      case 'start':
        return this.openEnvelope(element)
      case 'envelope':
        return this.openPart(element)
      case 'header':
        return this.openHeaderBlock(element)
      case 'body':
        return this.openOperation(element, place)
      case 'operation':
        return this.openParameter(element, place)
      case 'parameter':
        this.fault(soapFault('SOAP-06', this.current?.name, { name: shown(element.local) }))
        this.skipping = 1
        return
      case 'document':
        return this.openInDocument(element, place)
      case 'end':
        throw new Unreadable(soapFault('SOAP-01'))
    }
  }

  text(text: string): void {
    if (this.skipping > 0) return
    if (this.where === 'document') this.document?.text(text)
    else if (this.where === 'parameter') {
      if (this.bytes === undefined) this.pieces += text
      else this.bytes.push(text)
    } else if (!blank.test(text)) this.fault(soapFault('SOAP-15'))
  }

  close(): void {
    if (this.skipping > 0) {
      this.skipping--
      return
    }
    switch (this.where) {
      case 'document':
        if (this.documentDepth > 0) {
          this.documentDepth--
          this.document?.close()
        } else {
          this.closeDocument()
          this.where = 'operation'
        }
        return
      case 'parameter':
        this.closeParameter()
        this.where = 'operation'
        return
      case 'operation':
        this.where = 'body'
        return
      case 'header':
      case 'body':
        this.where = 'envelope'
        return
      case 'envelope':
        this.where = 'end'
        return
      case 'start':
      case 'end':
    }
  }

  finish(): Result<SoapRequest<Operation>> {
    const { operation } = this
    if (operation === undefined)
      return failed(...(this.faults.length > 0 ? this.faults : [soapFault('SOAP-01')]))
    for (const parameter of operation.takes)
      if (parameter.nillable !== true && !this.seen.has(parameter.name))
        this.faults.push(soapFault('SOAP-07', parameter.name, { name: parameter.name }))
    return this.faults.length > 0
      ? failed(...this.faults)
      : ok({ operation, given: new Arguments(this.values) })
  }

  private fault(...faults: Fault[]): void {
    this.faults.push(...faults)
    if (this.faults.length > maxFaults) throw new Unreadable(...this.faults.slice(0, maxFaults))
  }

  private openEnvelope(element: XmlElement): void {
    if (element.local === 'Envelope' && element.uri === soap12Namespace)
      throw new Unreadable(soapFault('SOAP-02', '', { port: this.service.port }))
    if (element.local !== 'Envelope' || element.uri !== envelopeNamespace)
      throw new Unreadable(soapFault('SOAP-01'))
    this.checkSoapAttributes(element)
    this.where = 'envelope'
  }

  private openPart(element: XmlElement): void {
    if (element.uri !== envelopeNamespace) throw new Unreadable(soapFault('SOAP-01'))
    this.checkSoapAttributes(element)
    if (element.local === 'Header' && !this.sawBody) this.where = 'header'
    else if (element.local === 'Body' && !this.sawBody) {
      this.sawBody = true
      this.where = 'body'
    } else throw new Unreadable(soapFault('SOAP-01'))
  }

  /** Blocks are skipped unread, addressing and the like included, unless they insist. */
  private openHeaderBlock(element: XmlElement): void {
    for (const attribute of element.attributes)
      if (
        attribute.uri === envelopeNamespace &&
        attribute.local === 'mustUnderstand' &&
        ['1', 'true'].includes(attribute.value.trim())
      )
        throw new Unreadable(soapFault('SOAP-03', '', { name: shown(element.local) }))
    this.skipping = 1
  }

  private openOperation(element: XmlElement, place: XmlPlace): void {
    if (this.operation !== undefined) throw new Unreadable(soapFault('SOAP-01'))
    const { namespace, operations, name } = this.service
    const operation =
      element.uri === namespace ? operations.find((one) => one.name === element.local) : undefined
    if (operation === undefined)
      throw new Unreadable(soapFault('SOAP-04', '', { name: shown(element.local), service: name }))
    if (!actionAgrees(this.action, this.service, operation.name))
      throw new Unreadable(soapFault('SOAP-05', '', { name: operation.name }))
    this.operation = operation
    this.checkAttributes(element, place, operation.name, undefined)
    this.where = 'operation'
  }

  private openParameter(element: XmlElement, place: XmlPlace): void {
    const takes = this.operation?.takes ?? []
    const position =
      element.uri === this.service.namespace
        ? takes.findIndex((parameter) => parameter.name === element.local)
        : -1
    const parameter = takes[position]
    if (parameter === undefined) {
      this.fault(soapFault('SOAP-06', '', { name: shown(element.local) }))
      this.skipping = 1
      return
    }
    if (position <= this.position) {
      this.fault(soapFault('SOAP-08', parameter.name, { name: parameter.name }))
      this.skipping = 1
      return
    }
    this.position = position
    this.seen.add(parameter.name)
    this.current = parameter
    this.pieces = ''
    this.bytes = parameter.is === 'bytes' ? new Base64Collector(parameter.maxBytes) : undefined
    this.isNil = this.checkAttributes(
      element,
      place,
      parameter.name,
      parameter.is === 'document' ? parameter.type : undefined,
    )
    if (parameter.is !== 'document') {
      this.where = 'parameter'
      return
    }
    const kind = kindOfRootElement(parameter.type)
    if (kind === undefined) throw new Error(`no kind of document is called ${parameter.type}`)
    this.document = documentXmlReader(kind)
    this.documentDepth = 0
    this.where = 'document'
  }

  private openInDocument(element: XmlElement, place: XmlPlace): void {
    this.documentDepth++
    const isNil = this.checkAttributes(element, place, shown(element.local), undefined)
    this.document?.open(element.uri, element.local)
    if (isNil) this.document?.nil()
  }

  private closeDocument(): void {
    const parameter = this.current
    const read = this.document?.finish()
    this.document = undefined
    if (parameter === undefined || read === undefined) return
    if (this.isNil) this.fault(soapFault('SOAP-16', parameter.name, { name: parameter.name }))
    else if (read.ok) this.values.set(parameter.name, read.value)
    else this.fault(...read.faults.slice(0, maxFaults))
  }

  private closeParameter(): void {
    const { current: parameter, bytes } = this
    const text = collapsed(this.pieces)
    this.pieces = ''
    this.bytes = undefined
    if (parameter === undefined || parameter.is === 'document') return
    const { name } = parameter
    // An empty string is how some clients write "none".
    const isEmpty = bytes === undefined ? text === '' : bytes.isEmpty
    if (this.isNil || isEmpty) {
      if (!isEmpty) this.fault(soapFault('SOAP-15', name))
      if (parameter.nillable !== true) this.fault(soapFault('SOAP-16', name, { name }))
      return
    }
    switch (parameter.is) {
      case 'text':
        if (text.length > parameter.max) this.fault(soapFault('SOAP-11', name, { name, max: parameter.max }))
        else if (parameter.codes !== undefined && !parameter.codes.includes(text))
          this.fault(soapFault('SOAP-12', name, { name, codes: parameter.codes.join(', ') }))
        else this.values.set(name, text)
        return
      case 'integer': {
        const value = /^[+-]?[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN
        if (value >= parameter.min && value <= parameter.max) this.values.set(name, value)
        else this.fault(soapFault('SOAP-09', name, { name, min: parameter.min, max: parameter.max }))
        return
      }
      case 'decimal':
        if (/^\d{1,9}(\.\d{1,6})?$/.test(text) && Number(text) <= parameter.max) this.values.set(name, text)
        else this.fault(soapFault('SOAP-09', name, { name, min: 0, max: parameter.max }))
        return
      case 'boolean':
        if (['true', 'false', '1', '0'].includes(text)) this.values.set(name, text === 'true' || text === '1')
        else this.fault(soapFault('SOAP-12', name, { name, codes: 'true, false' }))
        return
      case 'bytes': {
        const value = bytes?.finish()
        if (value === undefined) this.fault(soapFault('SOAP-10', name, { name }))
        else if (bytes?.isTooLarge === true)
          this.fault(soapFault('SOAP-17', name, { name, max: megabytes(parameter.maxBytes) }))
        else this.values.set(name, value)
      }
    }
  }

  private checkSoapAttributes(element: XmlElement): void {
    for (const attribute of element.attributes) {
      if (attribute.uri === xmlnsNamespace) continue
      if (attribute.uri === envelopeNamespace && attribute.local === 'encodingStyle') {
        if (attribute.value.includes(encodingNamespace)) throw new Unreadable(soapFault('SOAP-18'))
        continue
      }
      if (isSchemaLocation(attribute)) continue
      this.fault(soapFault('SOAP-13', shown(element.local), { name: shown(attribute.name) }))
    }
  }

  /**
   * Namespaces, `xsi:nil` and an `xsi:type` that says what we know anyway; nothing else, `id` and `href`
   * above all. True when the element is nil.
   */
  private checkAttributes(
    element: XmlElement,
    place: XmlPlace,
    path: string,
    documentType: string | undefined,
  ): boolean {
    let isNil = false
    for (const attribute of element.attributes) {
      if (attribute.uri === xmlnsNamespace) continue
      if (attribute.uri === instanceNamespace && attribute.local === 'nil')
        isNil = ['1', 'true'].includes(attribute.value.trim())
      else if (attribute.uri === instanceNamespace && attribute.local === 'type')
        this.checkType(attribute.value.trim(), place, path, documentType)
      else if (attribute.local === 'encodingStyle' && attribute.uri === envelopeNamespace)
        throw new Unreadable(soapFault('SOAP-18'))
      else if (!isSchemaLocation(attribute))
        this.fault(soapFault('SOAP-13', path, { name: shown(attribute.name) }))
    }
    return isNil
  }

  private checkType(value: string, place: XmlPlace, path: string, documentType: string | undefined): void {
    const colon = value.indexOf(':')
    const uri = place.resolve(colon === -1 ? '' : value.slice(0, colon))
    const local = value.slice(colon + 1)
    const fits =
      documentType !== undefined
        ? uri === documentNamespace && local === documentType
        : uri === schemaNamespace || (uri === documentNamespace && this.where === 'document')
    if (!fits) this.fault(soapFault('SOAP-14', path, { name: shown(value) }))
  }
}

/** A hint where a schema lies. Nobody follows it. */
const isSchemaLocation = (attribute: { uri: string; local: string }): boolean =>
  attribute.uri === instanceNamespace &&
  (attribute.local === 'schemaLocation' || attribute.local === 'noNamespaceSchemaLocation')

/**
 * Reads a request: encoding, well-formedness, envelope, operation, parameters and the document inside, all
 * in one pass. Nothing reaches a handler that the WSDL does not describe.
 */
export const readSoapRequest = async <Operation extends SoapOperation>(
  service: SoapService<Operation>,
  bytes: Uint8Array,
  headers: { contentType: string | undefined; soapAction: string | undefined },
): Promise<Result<SoapRequest<Operation>>> => {
  const text = decodeXml(bytes, charsetOf(headers.contentType))
  if (!text.ok) return text
  const reader = new EnvelopeReader(service, headers.soapAction)
  const read = await readXml(text.value, reader, documentXmlLimits)
  return read.ok ? reader.finish() : read
}
