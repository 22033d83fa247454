import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs'
import { door } from '../../../../src/adapters/erp/onec-soap/index.ts'
import { documentKinds } from '../../../../src/core/document/index.ts'
import { aDocument, anAct } from '../../../factories/documents.ts'
import { openHttpGateway } from '../../../factories/http-gateway.ts'
import type { HttpGateway } from '../../../factories/http-gateway.ts'
import { sendCall, soapCall } from '../../../factories/soap-requests.ts'

/** What goes over the wire is valid against the schemas that the WSDL itself carries, judged by libxml2. */

let gateway: HttpGateway
let folder: string
let validator: XsdValidator

beforeAll(async () => {
  gateway = await openHttpGateway({ erp: [door] })
  const wsdl = await (await fetch(`${gateway.soapUrl}?wsdl`)).text()
  const [documents = '', service = ''] = wsdl.match(/<xs:schema[\s\S]*?<\/xs:schema>/g) ?? []
  folder = mkdtempSync(join(tmpdir(), 'daneker-wsdl-'))
  const file = join(folder, 'documents.xsd')
  writeFileSync(file, documents)
  xmlRegisterFsInputProviders()
  const schema = XmlDocument.fromString(
    service.replace(
      '<xs:import namespace="urn:daneker:edo:document:1"/>',
      `<xs:import namespace="urn:daneker:edo:document:1" schemaLocation="${file}"/>`,
    ),
  )
  validator = XsdValidator.fromDoc(schema)
  schema.dispose()
})

afterAll(async () => {
  validator.dispose()
  rmSync(folder, { recursive: true })
  await gateway.stop()
})

/** Complaints of libxml2 about one element; none when it is valid. */
const complaints = (xml: string): string[] => {
  const document = XmlDocument.fromString(xml)
  try {
    validator.validate(document)
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  } finally {
    document.dispose()
  }
}

const bodyOf = (xml: string): string => /<soap:Body>([\s\S]*)<\/soap:Body>/.exec(xml)?.[1]?.trim() ?? ''

const valueOf = (xml: string, name: string): string =>
  new RegExp(`<m:${name}>([^<]*)</m:${name}>`).exec(xml)?.[1] ?? ''

const expectExchanged = async (request: string): Promise<string> => {
  expect(complaints(bodyOf(request))).toEqual([])
  const answer = await fetch(gateway.soapUrl, {
    method: 'POST',
    headers: { authorization: gateway.alatau, 'content-type': 'text/xml; charset=utf-8' },
    body: request,
  })
  const xml = await answer.text()
  expect(answer.status).toBe(200)
  expect(complaints(bodyOf(xml))).toEqual([])
  return xml
}

test.each(documentKinds)('sending: %s', async (kind) => {
  expect(
    valueOf(await expectExchanged(sendCall(aDocument(kind), `key-${kind}`, 'TUlJQQ==')), 'DocumentId'),
  ).not.toBe('')
})

describe('every other operation', () => {
  test('answers as the WSDL says', async () => {
    const id = valueOf(await expectExchanged(sendCall(anAct(), 'key-x')), 'DocumentId')
    const asked: [string, [string, string | undefined][]][] = [
      ['Ping', []],
      ['TestConnection', []],
      [
        'SendMessage',
        [
          ['Format', 'x'],
          ['FileName', 'x'],
          ['Content', 'PGEvPg=='],
          ['Key', undefined],
        ],
      ],
      [
        'PutFilePart',
        [
          ['FileID', 'f'],
          ['PartNumber', '1'],
          ['PartData', 'AAAA'],
        ],
      ],
      [
        'PutData',
        [
          ['FileID', 'f'],
          ['Format', 'x'],
          ['FileName', 'x'],
          ['Key', 'k'],
        ],
      ],
      [
        'SubmitSignature',
        [
          ['DocumentId', id],
          ['Signature', 'TUlJQQ=='],
        ],
      ],
      ['GetStatus', [['DocumentId', id]]],
      [
        'GetChanges',
        [
          ['Cursor', undefined],
          ['Limit', undefined],
        ],
      ],
      ['GetDocument', [['DocumentId', id]]],
      ['GetSignature', [['DocumentId', id]]],
      ['GetExtendedSignature', [['DocumentId', id]]],
      [
        'AnswerDocument',
        [
          ['DocumentId', id],
          ['Answer', 'accept'],
          ['Reason', undefined],
          ['Signature', undefined],
        ],
      ],
      [
        'AnnulDocument',
        [
          ['DocumentId', id],
          ['Reason', 'Ошибка'],
        ],
      ],
    ]
    for (const [operation, parameters] of asked) await expectExchanged(soapCall(operation, parameters))
  })

  test('the detail of a fault is typed too', async () => {
    const answer = await fetch(gateway.soapUrl, {
      method: 'POST',
      headers: { authorization: gateway.alatau, 'content-type': 'text/xml; charset=utf-8' },
      body: soapCall('GetStatus', [['DocumentId', 'nowhere']]),
    })
    const detail = /<detail>([\s\S]*)<\/detail>/.exec(await answer.text())?.[1] ?? ''
    expect(complaints(detail)).toEqual([])
  })

  test('the judge is awake: a wrong element is complained about', () => {
    expect(complaints('<m:Ping xmlns:m="urn:daneker:edo:1.0"><m:x/></m:Ping>')).toHaveLength(1)
  })
})
