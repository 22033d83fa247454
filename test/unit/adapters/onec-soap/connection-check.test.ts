import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { checkConnection } from '../../../../src/adapters/erp/onec-soap/connection-check.ts'
import { door } from '../../../../src/adapters/erp/onec-soap/index.ts'
import { openHttpGateway, type HttpGateway } from '../../../factories/http-gateway.ts'

let gateway: HttpGateway
const servers: Server[] = []

beforeAll(async () => {
  gateway = await openHttpGateway({ erp: [door] })
})
afterAll(() => gateway.stop())
afterEach(() => servers.splice(0).forEach((server) => server.close()))

const credentials = (): { login: string; password: string } => {
  const [login = '', password = ''] = Buffer.from(gateway.alatau.replace('Basic ', ''), 'base64')
    .toString()
    .split(':')
  return { login, password }
}

const wsdlUrl = (): string => `${gateway.soapUrl}?wsdl`

const servedAs = async (answer: string): Promise<string> => {
  const server = createServer((_request, response) => response.end(answer))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ws/EdoGateway_1_0?wsdl`
}

describe('the check of a connection', () => {
  it('walks all the way with right credentials', async () => {
    const findings = await checkConnection({ wsdlUrl: wsdlUrl(), ...credentials() })
    expect(findings.map(({ step, ok }) => [step, ok])).toEqual([
      ['address', true],
      ['wsdl', true],
      ['names', true],
      ['ping', true],
      ['login', true],
    ])
    expect(findings[2]?.found).toBe('urn:daneker:edo:1.0 · EdoGateway_1_0 · EdoGateway_1_0Soap')
  })

  it('says that the password does not fit, and what to do', async () => {
    const findings = await checkConnection({ wsdlUrl: wsdlUrl(), ...credentials(), password: 'wrong' })
    expect(findings.at(-1)).toMatchObject({ step: 'login', ok: false })
    expect(findings.at(-1)?.remedy?.ru).toContain('Логин или пароль')
  })

  it('says that nobody is there', async () => {
    const findings = await checkConnection({ wsdlUrl: 'http://127.0.0.1:9/ws/x?wsdl', ...credentials() })
    expect(findings).toMatchObject([{ step: 'address', ok: false }])
  })

  it.each(['<html>login</html>', 'not xml at all', '', '<definitions/>'])(
    'says that %j is not our service',
    async (answer) => {
      const findings = await checkConnection({ wsdlUrl: await servedAs(answer), ...credentials() })
      expect(findings.at(-1)).toMatchObject({ step: 'wsdl', ok: false })
    },
  )

  it('says that the names were changed on the way', async () => {
    const wsdl = await (await fetch(wsdlUrl())).text()
    const findings = await checkConnection({
      wsdlUrl: await servedAs(wsdl.replaceAll('name="EdoGateway_1_0Soap"', 'name="Other"')),
      ...credentials(),
    })
    expect(findings.at(-1)).toMatchObject({ step: 'names', ok: false })
  })
})
