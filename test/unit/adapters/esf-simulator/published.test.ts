import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { services } from '../../../../src/adapters/esf-simulator/contract.ts'
import { invoiceForm } from '../../../../src/adapters/esf-simulator/invoice-form.ts'
import type { Complex, XmlType } from '../../../../src/adapters/esf-simulator/schema.ts'
import type { XmlElement } from '../../../../src/adapters/esf-simulator/xml.ts'
import { child, childrenOf, parseXml } from '../../../../src/adapters/esf-simulator/xml.ts'

// Our description of the forms against the published schemas, field by field.
const published = resolve('../shared/reference/esf')
const withPublished = existsSync(published) ? describe : describe.skip

const attribute = (element: XmlElement | undefined, name: string): string | undefined =>
  element?.attributes.find((one) => one.name === name)?.value
const localName = (qualified: string | undefined): string => qualified?.replace(/^.*:/, '') ?? ''

/** Every xs:schema of some files, with their named types and elements. */
class PublishedSchema {
  readonly #types = new Map<string, XmlElement>()
  readonly #elements = new Map<string, XmlElement>()

  constructor(...files: string[]) {
    for (const file of files) this.#collect(parseXml(readFileSync(join(published, file), 'utf8')))
  }

  #collect(element: XmlElement): void {
    if (element.name === 'schema') {
      for (const one of element.children) {
        const name = attribute(one, 'name') ?? ''
        if (one.name === 'element') this.#elements.set(name, one)
        else if (one.name.endsWith('Type')) this.#types.set(name, one)
      }
    } else for (const one of element.children) this.#collect(one)
  }

  /** Lines such as `sellers.seller[*].tin? string [0-9]{8,20}`. */
  describeElement(name: string): string[] {
    return this.#complex(this.#types.get(localName(attribute(this.#elements.get(name), 'type'))), '')
  }

  describeType(name: string): string[] {
    return this.#complex(this.#types.get(name), '')
  }

  #complex(type: XmlElement | undefined, path: string): string[] {
    const extension = child(child(type, 'complexContent'), 'extension')
    const base =
      extension === undefined
        ? []
        : this.#complex(this.#types.get(localName(attribute(extension, 'base'))), path)
    const holder = extension ?? type
    const group = child(holder, 'sequence') ?? child(holder, 'all')
    return [...base, ...childrenOf(group, 'element').flatMap((element) => this.#element(element, path))]
  }

  #element(element: XmlElement, path: string): string[] {
    const name = attribute(element, 'name') ?? ''
    const many = attribute(element, 'maxOccurs') === 'unbounded' ? '[*]' : ''
    const optional = attribute(element, 'minOccurs') === '0' ? '?' : ''
    const at = `${path}${name}${many}${optional}`
    // A taxpayer may hold a head office, which is a taxpayer: one round is enough.
    if (at.split('headOffice').length > 2) return [at]
    const typeName = attribute(element, 'type')
    const named = this.#types.get(localName(typeName))
    const inline = child(element, 'complexType') ?? (named?.name === 'complexType' ? named : undefined)
    if (inline !== undefined) return [at, ...this.#complex(inline, `${at}.`)]
    const simple = child(element, 'simpleType') ?? (named?.name === 'simpleType' ? named : undefined)
    const restriction = child(simple, 'restriction')
    return [`${at} ${this.#facets(restriction, typeName)}`.trim()]
  }

  #facets(restriction: XmlElement | undefined, typeName: string | undefined): string {
    const facet = (name: string): string => {
      const value = attribute(child(restriction, name), 'value')
      return value === undefined ? '' : `${name}=${value}`
    }
    const values = childrenOf(restriction, 'enumeration').map((one) => attribute(one, 'value'))
    return [
      localName(attribute(restriction, 'base') ?? typeName),
      facet('pattern'),
      facet('maxLength'),
      facet('totalDigits'),
      facet('fractionDigits'),
      facet('minInclusive'),
      facet('maxInclusive'),
      values.length === 0 ? '' : values.join('|'),
    ]
      .filter((part) => part !== '')
      .join(' ')
  }
}

/** The same lines from our description. */
const describeOurs = (type: Complex, path = ''): string[] =>
  type.fields.flatMap((field) => {
    const at = `${path}${field.name}${field.many ? '[*]' : ''}${field.optional ? '?' : ''}`
    return field.type.kind === 'complex'
      ? [at, ...describeOurs(field.type, `${at}.`)]
      : [`${at} ${facetsOf(field.type)}`.trim()]
  })

const facetsOf = (type: XmlType): string => {
  if (type.kind === 'complex') return ''
  const facet = (name: string, value: number | string | undefined): string =>
    value === undefined ? '' : `${name}=${value}`
  return [
    type.base,
    facet('pattern', type.pattern?.source),
    facet('maxLength', type.maxLength),
    facet('totalDigits', type.totalDigits),
    facet('fractionDigits', type.fractionDigits),
    facet('minInclusive', type.min),
    facet('maxInclusive', type.max),
    type.oneOf?.join('|') ?? '',
  ]
    .filter((part) => part !== '')
    .join(' ')
}

const namesOf = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/ .*$/, ''))

withPublished('the published schemas (skipped without ../shared)', () => {
  test('the invoice form is the one of 2025, field by field', () => {
    const schema = new PublishedSchema('xsd/sdk-2025/InvoiceV2.xsd', 'xsd/sdk-2025/abstractInvoice.xsd')
    const theirs = schema.describeType('InvoiceV2')
    expect(theirs.length).toBeGreaterThan(150)
    expect(describeOurs(invoiceForm)).toEqual(theirs)
  })

  const files: Record<string, string> = {
    SessionService: 'wsdl/SessionService.test3-2020.wsdl',
    UploadInvoiceService: 'wsdl/UploadInvoiceService.test3-2020.wsdl',
    InvoiceService: 'wsdl/InvoiceService.sdk-2023-08.wsdl',
    AwpWebService: 'wsdl/AwpWebService.sdk-2023-08.wsdl',
  }
  const operations = services.flatMap((service) =>
    Object.entries(service.operations).map(([name, operation]) => ({
      service: service.name,
      name,
      operation,
    })),
  )
  /** In no published WSDL, or wider than it on purpose. */
  const newer = new Set(['createSessionSigned', 'closeSessionBySignedCredentials', 'uploadAwp'])
  const comparable = operations.filter(
    ({ service, name }) => files[service] !== undefined && !newer.has(name),
  )

  test.each(comparable)('$service $name asks for exactly what is published', ({ service, operation }) => {
    const theirs = new PublishedSchema(files[service] ?? '').describeElement(operation.request.element)
    expect(theirs.length).toBeGreaterThan(0)
    expect(namesOf(describeOurs(operation.request.type))).toEqual(namesOf(theirs))
  })

  test.each(comparable)(
    '$service $name answers nothing that is not published, and all that is required',
    ({ service, operation }) => {
      const theirs = namesOf(
        new PublishedSchema(files[service] ?? '').describeElement(operation.response.element),
      )
      const ours = namesOf(describeOurs(operation.response.type))
      const bare = (line: string): string => line.replaceAll('?', '').replaceAll('[*]', '')
      const order = theirs.map(bare)
      expect(ours.map(bare).filter((line) => !order.includes(line))).toEqual([])
      const positions = ours.map((line) => order.indexOf(bare(line)))
      expect(positions).toEqual([...positions].sort((a, b) => a - b))
      const known = new Set(ours.map(bare))
      expect(theirs.filter((line) => !line.includes('?') && !known.has(bare(line)))).toEqual([])
    },
  )
})
