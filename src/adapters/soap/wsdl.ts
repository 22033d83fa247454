import { schemaNamespace } from './namespaces.ts'
import { soapActionOf } from './shapes.ts'
import type { Member, Parameter, SoapOperation, SoapService, Structure } from './shapes.ts'
import { escaped } from './write.ts'

const parameterTypes = {
  text: 'xs:string',
  integer: 'xs:int',
  decimal: 'xs:decimal',
  boolean: 'xs:boolean',
  bytes: 'xs:base64Binary',
} as const

const parameterElement = (parameter: Parameter): string => {
  const type = parameter.is === 'document' ? `doc:${parameter.type}` : parameterTypes[parameter.is]
  // 1C's own services say nillable, never minOccurs: its import takes a missing element for a change of type.
  return `<xs:element name="${parameter.name}" type="${type}"${parameter.nillable === true ? ' nillable="true"' : ''}/>`
}

const memberElement = (member: Member): string => {
  const type =
    typeof member.type !== 'object'
      ? `xs:${member.type}`
      : member.type.namespace === undefined
        ? `tns:${member.type.name}`
        : `xs1:${member.type.name}`
  const occurs =
    member.occurs === 'nillable'
      ? ' nillable="true"'
      : member.occurs === 'optional'
        ? ' minOccurs="0"'
        : member.occurs === 'many'
          ? ' minOccurs="0" maxOccurs="unbounded"'
          : ''
  return `<xs:element name="${member.name}" type="${type}"${occurs}/>`
}

const sequence = (elements: readonly string[]): string =>
  elements.length === 0 ? '<xs:sequence/>' : `<xs:sequence>${elements.join('')}</xs:sequence>`

export const complexType = (structure: Structure): string =>
  `<xs:complexType name="${structure.name}">${sequence(structure.members.map(memberElement))}</xs:complexType>`

const wrapper = (name: string, elements: readonly string[]): string =>
  `<xs:element name="${name}"><xs:complexType>${sequence(elements)}</xs:complexType></xs:element>`

/** The wrapper elements of all operations: the request's, then the answer's. */
export const operationElements = ({ operations }: SoapService): string[] =>
  operations.flatMap((operation) => [
    wrapper(operation.name, operation.takes.map(parameterElement)),
    wrapper(`${operation.name}Response`, operation.gives.map(memberElement)),
  ])

const message = (name: string, element: string): string =>
  `<message name="${name}"><part name="parameters" element="tns:${element}"/></message>`

const portOperation = ({ name }: SoapOperation, faultName: string | undefined): string => {
  const fault =
    faultName === undefined ? '' : `<fault name="${faultName}" message="tns:${faultName}Message"/>`
  return `<operation name="${name}"><input message="tns:${name}RequestMessage"/><output message="tns:${name}ResponseMessage"/>${fault}</operation>`
}

const boundOperation = (service: SoapService, name: string, faultName: string | undefined): string => {
  const fault =
    faultName === undefined
      ? ''
      : `<fault name="${faultName}"><soapbind:fault name="${faultName}" use="literal"/></fault>`
  return `<operation name="${name}"><soapbind:operation style="document" soapAction="${soapActionOf(service, name)}"/><input><soapbind:body use="literal"/></input><output><soapbind:body use="literal"/></output>${fault}</operation>`
}

/**
 * A WSDL as 1C itself would write it: schemas inline, one part named `parameters`, `return` first. Only the
 * address differs between installations; everything else is as published for ever.
 */
export const writeWsdl = (
  service: SoapService,
  {
    address,
    schemas,
    faultName,
  }: {
    address: string
    schemas: readonly string[]
    /** The element of the schema that stands in the detail of every fault. */
    faultName?: string
  },
): string => {
  const { name, namespace, port, operations } = service
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soapbind="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:tns="${namespace}" xmlns:xsd="${schemaNamespace}" name="${name}" targetNamespace="${namespace}">`,
    '<types>',
    ...schemas,
    '</types>',
    ...operations.flatMap((operation) => [
      message(`${operation.name}RequestMessage`, operation.name),
      message(`${operation.name}ResponseMessage`, `${operation.name}Response`),
    ]),
    ...(faultName === undefined ? [] : [message(`${faultName}Message`, faultName)]),
    `<portType name="${name}PortType">`,
    ...operations.map((operation) => portOperation(operation, faultName)),
    '</portType>',
    `<binding name="${name}SoapBinding" type="tns:${name}PortType">`,
    '<soapbind:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>',
    ...operations.map((operation) => boundOperation(service, operation.name, faultName)),
    '</binding>',
    `<service name="${name}">`,
    `<port name="${port}" binding="tns:${name}SoapBinding"><soapbind:address location="${escaped(address)}"/></port>`,
    '</service>',
    '</definitions>',
  ].join('\n')}\n`
}
