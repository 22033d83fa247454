import { documentNamespace, documentXsdElement } from '../../../core/document/index.ts'
import { complexType, operationElements, schemaNamespace, writeWsdl } from '../../soap/index.ts'
import { serviceNamespace, servicePath } from './dialect.ts'
import { service } from './service.ts'
import { faultsStructure, structures } from './shapes.ts'

const serviceSchema = (): string =>
  [
    `<xs:schema xmlns:xs="${schemaNamespace}" xmlns:doc="${documentNamespace}" xmlns:tns="${serviceNamespace}" targetNamespace="${serviceNamespace}" attributeFormDefault="unqualified" elementFormDefault="qualified">`,
    // No schemaLocation: the schema stands beside this one, and 1C would try to fetch it.
    `<xs:import namespace="${documentNamespace}"/>`,
    ...structures.map(complexType),
    `<xs:element name="${faultsStructure.name}" type="tns:${faultsStructure.name}"/>`,
    ...operationElements(service),
    '</xs:schema>',
  ].join('\n')

/** The WSDL of EdoGateway at this installation. */
export const wsdlFor = (origin: string): string =>
  writeWsdl(service, {
    address: `${origin}${servicePath}`,
    schemas: [documentXsdElement(), serviceSchema()],
    faultName: faultsStructure.name,
  })
