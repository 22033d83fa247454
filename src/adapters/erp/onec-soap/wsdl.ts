import { documentNamespace, documentXsdElement } from '../../../core/document/index.ts'
import {
  portName,
  schemaNamespace,
  serviceName,
  serviceNamespace,
  servicePath,
  soapActionOf,
} from './dialect.ts'
import { operations } from './operations.ts'
import type { Operation } from './operations.ts'
import { faultsStructure, structures } from './shapes.ts'
import type { Member, Parameter, Structure } from './shapes.ts'
import { escaped } from './write.ts'

const parameterTypes = { text: 'xs:string', integer: 'xs:int', bytes: 'xs:base64Binary' } as const

const parameterElement = (parameter: Parameter): string => {
  const type = parameter.is === 'document' ? `doc:${parameter.type}` : parameterTypes[parameter.is]
  // 1C's own services say nillable, never minOccurs: its import takes a missing element for a change of type.
  return `<xs:element name="${parameter.name}" type="${type}"${parameter.nillable === true ? ' nillable="true"' : ''}/>`
}

const memberElement = (member: Member): string => {
  const type = typeof member.type === 'object' ? `tns:${member.type.name}` : `xs:${member.type}`
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

const complexType = (structure: Structure): string =>
  `<xs:complexType name="${structure.name}">${sequence(structure.members.map(memberElement))}</xs:complexType>`

const wrapper = (name: string, elements: readonly string[]): string =>
  `<xs:element name="${name}"><xs:complexType>${sequence(elements)}</xs:complexType></xs:element>`

const serviceSchema = (): string =>
  [
    `<xs:schema xmlns:xs="${schemaNamespace}" xmlns:doc="${documentNamespace}" xmlns:tns="${serviceNamespace}" targetNamespace="${serviceNamespace}" attributeFormDefault="unqualified" elementFormDefault="qualified">`,
    // No schemaLocation: the schema stands beside this one, and 1C would try to fetch it.
    `<xs:import namespace="${documentNamespace}"/>`,
    ...structures.map(complexType),
    `<xs:element name="${faultsStructure.name}" type="tns:${faultsStructure.name}"/>`,
    ...operations.flatMap((operation) => [
      wrapper(operation.name, operation.takes.map(parameterElement)),
      wrapper(`${operation.name}Response`, operation.gives.map(memberElement)),
    ]),
    '</xs:schema>',
  ].join('\n')

const message = (name: string, element: string): string =>
  `<message name="${name}"><part name="parameters" element="tns:${element}"/></message>`

const faultName = faultsStructure.name

const portOperation = ({ name }: Operation): string =>
  `<operation name="${name}"><input message="tns:${name}RequestMessage"/><output message="tns:${name}ResponseMessage"/><fault name="${faultName}" message="tns:${faultName}Message"/></operation>`

const boundOperation = ({ name }: Operation): string =>
  `<operation name="${name}"><soapbind:operation style="document" soapAction="${soapActionOf(name)}"/><input><soapbind:body use="literal"/></input><output><soapbind:body use="literal"/></output><fault name="${faultName}"><soapbind:fault name="${faultName}" use="literal"/></fault></operation>`

/**
 * The WSDL as 1C itself would write it: schemas inline, one part named `parameters`, `return` first. Only the
 * address differs between installations; everything else is as published for ever.
 */
export const wsdlFor = (origin: string): string =>
  `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soapbind="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:tns="${serviceNamespace}" xmlns:xsd="${schemaNamespace}" name="${serviceName}" targetNamespace="${serviceNamespace}">`,
    '<types>',
    documentXsdElement(),
    serviceSchema(),
    '</types>',
    ...operations.flatMap(({ name }) => [
      message(`${name}RequestMessage`, name),
      message(`${name}ResponseMessage`, `${name}Response`),
    ]),
    message(`${faultName}Message`, faultName),
    `<portType name="${serviceName}PortType">`,
    ...operations.map(portOperation),
    '</portType>',
    `<binding name="${serviceName}SoapBinding" type="tns:${serviceName}PortType">`,
    '<soapbind:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>',
    ...operations.map(boundOperation),
    '</binding>',
    `<service name="${serviceName}">`,
    `<port name="${portName}" binding="tns:${serviceName}SoapBinding"><soapbind:address location="${escaped(origin)}${servicePath}"/></port>`,
    '</service>',
    '</definitions>',
  ].join('\n')}\n`
