import { complexType, operationElements, schemaNamespace, writeWsdl } from '../../soap/index.ts'
import type { SoapService } from '../../soap/index.ts'
import { prepareResult, resultNamespace } from './dialogue/services.ts'

const resultSchema = (): string =>
  [
    `<xs:schema xmlns:xs="${schemaNamespace}" xmlns:tns="${resultNamespace}" targetNamespace="${resultNamespace}" attributeFormDefault="unqualified" elementFormDefault="qualified">`,
    complexType(prepareResult),
    '</xs:schema>',
  ].join('\n')

const serviceSchema = (service: SoapService, hasResult: boolean): string =>
  [
    `<xs:schema xmlns:xs="${schemaNamespace}"${hasResult ? ` xmlns:xs1="${resultNamespace}"` : ''} targetNamespace="${service.namespace}" elementFormDefault="qualified">`,
    ...(hasResult ? [`<xs:import namespace="${resultNamespace}"/>`] : []),
    ...operationElements(service),
    '</xs:schema>',
  ].join('\n')

/** Our own text in the shape of the standard service's WSDL. We answer SOAP 1.1, so only that port is offered. */
export const wsdlOf = (service: SoapService, address: string): string => {
  const hasResult = service.operations.some(({ gives }) => gives.some(({ type }) => type === prepareResult))
  return writeWsdl(service, {
    address,
    schemas: [...(hasResult ? [resultSchema()] : []), serviceSchema(service, hasResult)],
  })
}
