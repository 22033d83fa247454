import type { Words } from '../../kernel/index.ts'
import type { Field, LeafForm, RecordForm } from './declare.ts'
import { elementOf } from './plan.ts'

/**
 * XSD 1.0 in the dialect that XDTO of 1C, gSOAP, zeep and php-soap all import: named types only, one
 * sequence a type, no choice, union, any, attribute or import.
 */

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const documentation = ({ ru, kk, en }: Words, indent: string): string =>
  [
    `${indent}<xs:annotation>`,
    `${indent}  <xs:documentation xml:lang="ru">${escape(ru)}</xs:documentation>`,
    `${indent}  <xs:documentation xml:lang="kk">${escape(kk)}</xs:documentation>`,
    `${indent}  <xs:documentation xml:lang="en">${escape(en)}</xs:documentation>`,
    `${indent}</xs:annotation>`,
  ].join('\n')

const simpleType = (name: string, base: string, facets: [string, string | number][]): string =>
  [
    `  <xs:simpleType name="${name}">`,
    `    <xs:restriction base="xs:${base}">`,
    ...facets.map(([facet, value]) => `      <xs:${facet} value="${escape(String(value))}"/>`),
    '    </xs:restriction>',
    '  </xs:simpleType>',
  ].join('\n')

/** Name and definition of the type of a leaf; no definition for a built-in. */
const leafType = (form: LeafForm): { name: string; definition?: string } => {
  switch (form.is) {
    case 'text': {
      const name = form.typeName ?? `Text${form.max}`
      const facets: [string, string | number][] = [['maxLength', form.max]]
      // Empty passes the schema: 1C checks facets when a program assigns a value, and an empty element is
      // an absent field. The reader asks for what is required, in words.
      if (form.pattern !== undefined) facets.push(['pattern', `(${form.pattern})?`])
      return { name: `edo:${name}`, definition: simpleType(name, 'string', facets) }
    }
    case 'decimal': {
      const name = form.places === 2 ? 'Money' : `Decimal${form.digits}_${form.fraction}`
      return {
        name: `edo:${name}`,
        definition: simpleType(name, 'decimal', [
          ['totalDigits', form.digits],
          ['fractionDigits', form.fraction],
        ]),
      }
    }
    case 'code':
      return {
        name: `edo:${form.typeName}`,
        definition: simpleType(
          form.typeName,
          'string',
          form.codes.map((code) => ['enumeration', code]),
        ),
      }
    case 'date':
      return { name: 'xs:date' }
    case 'boolean':
      return { name: 'xs:boolean' }
    case 'bytes':
      return { name: 'xs:base64Binary' }
  }
}

/** Gathers every type once, in the order in which the kinds need them. */
class Types {
  private readonly document: (title: Words, indent: string) => string[]
  readonly simple = new Map<string, string>()
  readonly complex = new Map<string, string>()
  private readonly forms = new Map<string, RecordForm>()

  constructor(isDocumented: boolean) {
    this.document = (title, indent) => (isDocumented ? [documentation(title, indent)] : [])
  }

  nameOf(form: LeafForm | RecordForm): string {
    if (form.is === 'record') {
      this.add(form)
      return `edo:${form.name}`
    }
    const { name, definition } = leafType(form)
    if (definition !== undefined) {
      const before = this.simple.get(name)
      if (before !== undefined && before !== definition)
        throw new Error(`two different types are called ${name}`)
      this.simple.set(name, definition)
    }
    return name
  }

  add(form: RecordForm): void {
    const before = this.forms.get(form.name)
    if (before === form) return
    if (before !== undefined) throw new Error(`two different records are called ${form.name}`)
    this.forms.set(form.name, form)
    const elements = Object.entries(form.shape).map(([key, field]) => this.element(key, field))
    this.complex.set(
      form.name,
      [
        `  <xs:complexType name="${form.name}">`,
        ...this.document(form.title, '    '),
        '    <xs:sequence>',
        ...elements,
        '    </xs:sequence>',
        '  </xs:complexType>',
      ].join('\n'),
    )
  }

  private element(key: string, { form, title, presence }: Field): string {
    const isList = form.is === 'list'
    const name = isList ? form.singular : elementOf(key)
    const type = this.nameOf(isList ? form.item : form)
    const occurs =
      (presence === 'required' ? '' : ' minOccurs="0"') + (isList ? ' maxOccurs="unbounded"' : '')
    // 1C writes an unset optional value either as nothing or as xsi:nil.
    const nillable = presence !== 'required' && !isList && form.is !== 'record' ? ' nillable="true"' : ''
    const element = `      <xs:element name="${name}" type="${type}"${occurs}${nillable}`
    const said = this.document(title, '        ')
    return said.length === 0 ? `${element}/>` : [`${element}>`, ...said, '      </xs:element>'].join('\n')
  }
}

/** The schema element, with all its namespaces declared on it: a file of its own or a part of a WSDL. */
export const schemaElement = (
  namespace: string,
  roots: readonly RecordForm[],
  isDocumented: boolean,
): string => {
  const types = new Types(isDocumented)
  for (const root of roots) types.add(root)
  return [
    `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:edo="${namespace}" targetNamespace="${namespace}" elementFormDefault="qualified" attributeFormDefault="unqualified">`,
    ...types.simple.values(),
    ...types.complex.values(),
    ...roots.map((root) => `  <xs:element name="${root.name}" type="edo:${root.name}"/>`),
    '</xs:schema>',
    '',
  ].join('\n')
}
