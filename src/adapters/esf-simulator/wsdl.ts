import type { Service } from './contract.ts'
import { faultElements } from './contract.ts'
import type { Complex, Field, Simple, XmlType } from './schema.ts'
import { escapeXml } from './xml.ts'

/** Prints the WSDL 1.1 of a service: SOAP 1.1, document/literal, empty `soapAction`, as the portal's. */
export const writeWsdl = (service: Service, address: string): string => {
  const types = new Map<string, Complex>()
  const elements = new Map<string, Complex>()
  const faults = new Set(Object.values(service.operations).flatMap((operation) => operation.faults))
  for (const operation of Object.values(service.operations)) {
    for (const message of [operation.request, operation.response]) {
      elements.set(message.element, message.type)
      collect(message.type, types)
    }
  }
  for (const fault of faults) {
    elements.set(faultElements[fault].element, faultElements[fault].type)
    collect(faultElements[fault].type, types)
  }

  const schema = [
    ...[...types].map(([name, type]) => `<xs:complexType name="${name}">${body(type)}</xs:complexType>`),
    ...[...elements].map(([name, type]) => `<xs:element name="${name}" type="tns:${type.name}"/>`),
  ].join('')
  const messages = [
    ...Object.entries(service.operations).flatMap(([name, { request, response }]) => [
      wsdlMessage(name, request.element),
      wsdlMessage(`${name}Response`, response.element),
    ]),
    ...[...faults].map((fault) => wsdlMessage(faultElements[fault].message, faultElements[fault].element)),
  ].join('')
  const operations = Object.entries(service.operations)
  const portType = operations
    .map(
      ([name, operation]) =>
        `<wsdl:operation name="${name}"><wsdl:input name="${name}" message="tns:${name}"/><wsdl:output name="${name}Response" message="tns:${name}Response"/>${operation.faults
          .map((fault) => faultElements[fault].message)
          .map((message) => `<wsdl:fault name="${message}" message="tns:${message}"/>`)
          .join('')}</wsdl:operation>`,
    )
    .join('')
  const binding = operations
    .map(
      ([name, operation]) =>
        `<wsdl:operation name="${name}"><soap:operation soapAction="" style="document"/><wsdl:input name="${name}"><soap:body use="literal"/></wsdl:input><wsdl:output name="${name}Response"><soap:body use="literal"/></wsdl:output>${operation.faults
          .map((fault) => faultElements[fault].message)
          .map(
            (message) =>
              `<wsdl:fault name="${message}"><soap:fault name="${message}" use="literal"/></wsdl:fault>`,
          )
          .join('')}</wsdl:operation>`,
    )
    .join('')

  return `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="${service.name}" targetNamespace="${service.namespace}" xmlns:tns="${service.namespace}" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<wsdl:types><xs:schema targetNamespace="${service.namespace}" elementFormDefault="unqualified" attributeFormDefault="unqualified">${schema}</xs:schema></wsdl:types>
${messages}
<wsdl:portType name="${service.name}">${portType}</wsdl:portType>
<wsdl:binding name="${service.name}SoapBinding" type="tns:${service.name}"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>${binding}</wsdl:binding>
<wsdl:service name="${service.name}"><wsdl:port name="${service.name}Port" binding="tns:${service.name}SoapBinding"><soap:address location="${escapeXml(address)}"/></wsdl:port></wsdl:service>
</wsdl:definitions>
`
}

const wsdlMessage = (name: string, element: string): string =>
  `<wsdl:message name="${name}"><wsdl:part name="${element}" element="tns:${element}"/></wsdl:message>`

const collect = (type: XmlType, types: Map<string, Complex>): void => {
  if (type.kind === 'simple') return
  if (type.name !== undefined) types.set(type.name, type)
  for (const field of type.fields) collect(field.type, types)
}

const body = (type: Complex): string => {
  const fields = type.fields.map(element).join('')
  return `<xs:${type.order}>${fields}</xs:${type.order}>`
}

const element = (field: Field): string => {
  const occurs = `${field.optional ? ' minOccurs="0"' : ''}${field.many ? ' maxOccurs="unbounded"' : ''}`
  const { type } = field
  if (type.kind === 'complex') {
    return type.name === undefined
      ? `<xs:element name="${field.name}"${occurs}><xs:complexType>${body(type)}</xs:complexType></xs:element>`
      : `<xs:element name="${field.name}" type="tns:${type.name}"${occurs}/>`
  }
  const facets = facetsOf(type)
  return facets === ''
    ? `<xs:element name="${field.name}" type="xs:${type.base}"${occurs}/>`
    : `<xs:element name="${field.name}"${occurs}><xs:simpleType><xs:restriction base="xs:${type.base}">${facets}</xs:restriction></xs:simpleType></xs:element>`
}

const facetsOf = (type: Simple): string =>
  [
    ...(type.oneOf ?? []).map((value) => `<xs:enumeration value="${escapeXml(value)}"/>`),
    type.pattern === undefined ? '' : `<xs:pattern value="${escapeXml(type.pattern.source)}"/>`,
    type.maxLength === undefined ? '' : `<xs:maxLength value="${type.maxLength}"/>`,
    type.totalDigits === undefined ? '' : `<xs:totalDigits value="${type.totalDigits}"/>`,
    type.fractionDigits === undefined ? '' : `<xs:fractionDigits value="${type.fractionDigits}"/>`,
  ].join('')
